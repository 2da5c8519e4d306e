import GradingCore
import Testing

extension GradingResult {
    fileprivate static func parts(_ parts: GradedPart...) -> GradingResult { .all(parts) }

    fileprivate static func all(_ parts: [GradedPart]) -> GradingResult {
        GradingResult(
            raw: Array(#"{"results":{"n":\#(parts.count)}}"#.utf8),
            totalScore: parts.compactMap(\.score).reduce(0, +),
            maxScore: nil,
            assessment: .graded,
            parts: parts
        )
    }
}

extension StoreHarness {
    fileprivate func scores(of task: TaskID) async throws -> [StoredScore] {
        guard let snapshot = try await store.task(task) else { return [] }
        return try await questionScores(of: snapshot.student)
    }

    fileprivate func feedback(of task: TaskID) async throws -> [String] {
        guard let snapshot = try await store.task(task) else { return [] }
        return try await feedback(of: snapshot.student).map { "\($0.question) \($0.type): \($0.text)" }
    }
}

extension StoreConformance {
    private static let one = GradedPart(question: "1a", score: 2, maximum: 4, feedback: "Ó dára")
    private static let two = GradedPart(question: "1b", score: 0, maximum: 5, feedback: "No \"working\", a\0b")

    static let partChecks = [
        ConformanceCheck(
            "each part of a result is a row of scores and one of feedback",
            unless: { !$0.hasQuestionScores || !$0.hasFeedback }
        ) { harness in
            try await harness.register(.t1, .t2)
            let unscored = GradedPart(question: "page_1_error", feedback: "Failed to analyze")
            let silent = GradedPart(question: "2", score: 1, maximum: 1)
            let unbounded = GradedPart(question: "3", score: 1)
            _ = try await harness.apply(
                .callback(.t1, .completed, result: .parts(one, two, unscored, silent, unbounded), id: "d1"),
                .callback(.t2, .completed, result: .parts(one), id: "d2"),
                at: .start.after(1)
            )
            let scores = try await harness.scores(of: .t1)
            #expect(scores.map(\.question) == ["1a", "1b", "2"])
            #expect(scores.map(\.score) == [2, 0, 1])
            #expect(scores.map(\.maximum) == [4, 5, 1])
            #expect(scores.allSatisfy { $0.createdAt == .start.after(1) && $0.updatedAt == .start.after(1) })
            let said = try await harness.feedback(of: .t1)
            #expect(said.count == 3)
            #expect(said.first == "1a GENERAL: Ó dára")
            #expect(said.last == "page_1_error GENERAL: Failed to analyze")
            #expect(try await harness.scores(of: .t2).map(\.question) == ["1a"])
        },
        ConformanceCheck(
            "a result may have many parts",
            unless: { !$0.hasQuestionScores || !$0.hasFeedback }
        ) { harness in
            try await harness.register(.t1)
            let parts = (100..<150).map { GradedPart(question: "\($0)", score: Double($0), maximum: 200, feedback: "to \($0)") }
            _ = try await harness.apply(.callback(.t1, .completed, result: .all(parts), id: "d1"))
            let scores = try await harness.scores(of: .t1).sorted { $0.score < $1.score }
            #expect(scores.map(\.question) == parts.map(\.question))
            #expect(scores.map(\.score) == parts.map(\.score))
            let said = try await harness.feedback(of: .t1)
            #expect(said.sorted() == parts.map { "\($0.question) GENERAL: to \($0.question)" })
        },
        ConformanceCheck(
            "a later result takes the place of the parts before it, and what people wrote stays",
            unless: { !$0.hasQuestionScores || !$0.hasFeedback }
        ) { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .failed, result: .parts(one, two), id: "d1"), at: .start.after(1))
            let student = try #require(try await harness.store.task(.t1)).student
            try await harness.addFeedback(StoredFeedback(question: "1b", text: "See me.", type: "STRENGTH"), to: student)
            let better = GradedPart(question: "1a", score: 3, maximum: 4, feedback: "Ó dára")
            _ = try await harness.apply(.callback(.t1, .completed, result: .parts(better), id: "d2"), at: .start.after(2))
            let scores = try await harness.scores(of: .t1)
            #expect(
                scores == [
                    StoredScore(question: "1a", score: 3, maximum: 4, createdAt: .start.after(1), updatedAt: .start.after(2))
                ]
            )
            #expect(try await harness.feedback(of: .t1) == ["1a GENERAL: Ó dára", "1b STRENGTH: See me."])
        },
        ConformanceCheck(
            "a status without a result leaves the parts alone; a retry takes them away",
            unless: { !$0.hasQuestionScores || !$0.hasFeedback }
        ) { harness in
            _ = try await harness.store.register([.sample(.t1, studentID: "7"), .sample(.t3, studentID: "8")], at: .start)
            _ = try await harness.apply(
                .callback(.t1, .failed, result: .parts(one, two), id: "d1"),
                .callback(.t3, .failed, result: .parts(one), id: "d2")
            )
            _ = try await harness.apply(.callback(.t1, .failed, id: "d3"))
            #expect(try await harness.scores(of: .t1).count == 2)
            _ = try await harness.store.register([.sample(.t2, studentID: "7")], at: .start.after(1))
            #expect(try await harness.scores(of: .t2).isEmpty)
            #expect(try await harness.feedback(of: .t2).isEmpty)
            #expect(try await harness.scores(of: .t3).count == 1)
        },
        ConformanceCheck("where there are no tables for parts, a result with parts is stored all the same") { harness in
            try await harness.register(.t1)
            _ = try await harness.apply(.callback(.t1, .completed, result: .parts(one, two), id: "d1"))
            #expect(try await harness.student(of: .t1)?.totalScore == 2)
            #expect(try await harness.student(of: .t1)?.rawGradingOutput == #"{"results":{"n":2}}"#)
        },
    ]
}
