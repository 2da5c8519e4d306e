import TestSupport
import Testing

@testable import MonitorAPI

@Suite("The JSON of a callback", .timeLimit(.minutes(1)))
struct CorpusTests {
    @Test("is taken when it is sound and refused when it is not, class by class")
    func corpus() async throws {
        try await ServerHarness.run { server async throws in
            try await server.register("t-1")
            for (index, text) in JSONCorpus.cases.enumerated() {
                let answer = try await server.callback(text.callback(task: "t-1"), id: "msg_\(index)")
                #expect(answer.status == (text.isWellFormed ? 200 : 400), "\(text.name): \(answer.text)")
            }
            #expect(JSONCorpus.cases.count > 100)
        }
    }
}
