import Testing

@testable import GradingCore

@Suite("Inspecting a database")
struct DatabaseInspectionTests {
    private static let now = Timestamp(milliseconds: 1_795_429_800_000)

    private static func session(_ id: String, _ word: String, _ students: (Int, TaskStatus, Bool)...) -> InspectedDatabase.Session
    {
        var session = InspectedDatabase.Session(id: SessionID(stored: id), title: "T \(id)", word: word)
        for (number, status, hasTask) in students { session.add(number, at: status, hasTask: hasTask) }
        return session
    }

    private static func task(
        _ id: String,
        silentFor seconds: Int?,
        gradedAt: Timestamp? = nil,
        hasScore: Bool = false,
        hasResult: Bool = false,
        word: String? = nil
    ) -> InspectedDatabase.Task {
        InspectedDatabase.Task(
            id: id,
            studentName: "Ada",
            session: SessionID(stored: "s"),
            status: "PENDING",
            lastSignOfLife: seconds.map { now.advanced(by: .seconds(-$0)) },
            gradedAt: gradedAt,
            hasScore: hasScore,
            hasResult: hasResult,
            word: word
        )
    }

    private static func inspection(
        sessions: [InspectedDatabase.Session] = [],
        tasks: [InspectedDatabase.Task] = [],
        limit: Int = 100
    ) throws -> DatabaseInspection {
        let inspected = InspectedDatabase(
            description: .init(engine: "SQLite", layout: try .secondGeneration(), schemaVersion: nil),
            sessions: sessions,
            openTasks: tasks,
            studentsWithoutTask: 0
        )
        return DatabaseInspection(inspected, at: now, stuckAfter: .seconds(3_600), limit: limit)
    }

    @Test("a session is behind when its status does not follow from its students")
    func sessions() throws {
        let found = try Self.inspection(sessions: [
            Self.session("done", "PENDING", (2, .completed, true), (1, .failed, true)),
            Self.session("open", "PROCESSING", (1, .completed, true), (1, .pending, false)),
            Self.session("ahead", "COMPLETED", (1, .approved, true), (1, .processing, false)),
            Self.session("empty", "PENDING"), Self.session("cancelled", "CANCELLED", (1, .completed, true)),
            Self.session("odd", "SLEEPING", (1, .completed, true)),
        ]).sessionsBehind
        #expect(
            found.first.map { "\($0.session) \($0.word) \($0.shouldBe)" } == [
                "done PENDING COMPLETED", "ahead COMPLETED PROCESSING",
            ]
        )
        #expect(found.first.first?.students == StudentCounts(failed: 1, completed: 2))
    }

    @Test("an open task is behind when its student's row shows an ending")
    func tasks() throws {
        let found = try Self.inspection(tasks: [
            Self.task("a", silentFor: 1, hasResult: true), Self.task("b", silentFor: 1, gradedAt: Self.now),
            Self.task("c", silentFor: 1, hasScore: true), Self.task("d", silentFor: 1, word: "REVOKED"),
            Self.task("e", silentFor: 1, word: "PROGRESS"), Self.task("f", silentFor: 1, word: "dreaming"),
            Self.task("g", silentFor: 1),
        ]).tasksBehind
        #expect(found.first.map(\.task) == ["a", "b", "c", "d"])
        #expect(found.first.last?.evidence == "aiTaskStatus is REVOKED")
    }

    @Test("a task is stuck from the time on that is allowed, the longest silent first")
    func stuck() throws {
        let tasks = [
            Self.task("young", silentFor: 3_599), Self.task("old", silentFor: 3_600), Self.task("oldest", silentFor: 90_000),
            Self.task("unreadable", silentFor: nil),
        ]
        let found = try Self.inspection(tasks: tasks).stuckTasks
        #expect(found.first.map(\.task) == ["unreadable", "oldest", "old"])
        #expect(found.first[1].silentFor == .seconds(90_000))
        #expect(found.first[0].silentSince == nil)
        let few = try Self.inspection(tasks: tasks, limit: 1).stuckTasks
        #expect(few.total == 3)
        #expect(few.first.map(\.task) == ["unreadable"])
    }
}

extension DatabaseLayout {
    /// Nothing but what every database of the second generation has.
    fileprivate static func secondGeneration() throws -> DatabaseLayout {
        let columns = LayoutNames.of(.second).needed.map { table, columns in
            (table, FoundTable(columns: columns.map { FoundTable.Column($0) }))
        }
        return try DatabaseLayout(Dictionary(uniqueKeysWithValues: columns))
    }
}
