import GradingCore
import Testing

extension NewSessionLog {
    fileprivate static func note(_ message: String, student: String? = nil) -> NewSessionLog {
        NewSessionLog(
            session: .s1,
            level: .info,
            message: message,
            context: "web",
            studentID: student,
            metadata: #"{"a":1}"#
        )
    }
}

extension StoreConformance {
    static let logChecks = [
        ConformanceCheck("logs come newest first, page by page, also when they share a millisecond") { harness in
            try await harness.addSession(.s1, status: .pending)
            for number in 1...5 {
                _ = try await harness.store.addLog(.note("n\(number)"), at: .start.after(number / 2))
            }
            let all = try await harness.logs()
            #expect(all.count == 5)
            #expect(all.map(\.createdAt) == all.map(\.createdAt).sorted(by: >))
            var paged: [SessionLog] = []
            var cursor: LogCursor?
            repeat {
                let page = try await harness.store.logs(of: .s1, limit: 2, before: cursor) ?? []
                paged += page
                cursor = page.last.map { LogCursor(createdAt: $0.createdAt, id: $0.id) }
            } while cursor != nil && paged.count < 20
            #expect(paged == all)
        },
        ConformanceCheck("a student is found by row id and by the institution's number; an unknown one is kept as given") {
            harness in
            try await harness.addSession(.s1, status: .pending)
            try await harness.addStudent(WebAppStudent("row-1", in: .s1, task: nil, studentID: "2010/1"))
            let logs = [
                try await harness.store.addLog(.note("a", student: "row-1"), at: .start),
                try await harness.store.addLog(.note("b", student: "2010/1"), at: .start),
                try await harness.store.addLog(.note("c", student: "who?"), at: .start),
            ]
            #expect(logs.map { $0?.studentID } == ["row-1", "row-1", "who?"])
            let stored = try await harness.logs()
            #expect(Set(stored.map(\.id)) == Set(logs.compactMap { $0?.id }))
            #expect(stored.allSatisfy { $0.metadata.map(canonicalJSON) == #"{"a":1}"# && $0.context == "web" })
        },
        ConformanceCheck("an unknown session has no logs, no summary, and takes no row") { harness in
            let logs = try await harness.store.logs(of: .s1, limit: 10, before: nil)
            let summary = try await harness.store.sessionSummary(.s1)
            let added = try await harness.store.addLog(.note("a"), at: .start)
            #expect(logs == nil)
            #expect(summary == nil)
            #expect(added == nil)
        },
    ]
}
