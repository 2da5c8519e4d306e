import GradingCore
import Synchronization

/// Answers what it was told to answer; knows no task at first.
final class FakeGradingServer: GradingServerClient {
    private let answers = Mutex<[TaskID: [UInt8]]>([:])

    func answer(_ task: String, _ json: String) {
        answers.withLock { $0[TaskID(task)!] = Array(json.utf8) }
    }

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        guard let answer = answers.withLock({ $0[task] }) else { throw .status(404) }
        return answer
    }
}
