import Synchronization

@testable import GradingCore

/// Answers as the test wants, and remembers what it was asked.
final class FakeGradingServer: GradingServerClient {
    typealias Respond = @Sendable (TaskID) async -> Result<[UInt8], GradingServerError>

    private struct State {
        var asked: [TaskID] = []
        var inFlight = 0
        var mostInFlight = 0
    }

    private let state = Mutex(State())
    private let respond: Respond

    init(_ respond: @escaping Respond = { .success(FakeGradingServer.graded($0)) }) {
        self.respond = respond
    }

    var asked: [TaskID] { state.withLock { $0.asked } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        state.withLock { state in
            state.asked.append(task)
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
        }
        let answer = await respond(task)
        state.withLock { $0.inFlight -= 1 }
        return try answer.get()
    }

    static func graded(_ task: TaskID) -> [UInt8] {
        let results = #"{"1a":{"score":2,"max_score":4,"feedback":"fair","page_source":1}}"#
        return Array(
            #"{"task_id":"\#(task)","status":"SUCCESS","result":{"status":"COMPLETED","results":\#(results)}}"#.utf8
        )
    }

    static func saying(_ word: String, about task: TaskID) -> [UInt8] {
        Array(#"{"task_id":"\#(task)","status":"\#(word)"}"#.utf8)
    }
}
