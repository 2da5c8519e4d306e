import GradingCore
import Synchronization

/// Answers what it was told to answer; knows no task at first.
final class FakeGradingServer: GradingServerClient {
    private let answers = Mutex<[TaskID: [UInt8]]>([:])
    private let hanging = Mutex(false)
    private let failure = Mutex<GradingServerError?>(nil)
    private let resubmission = Mutex<Result<[UInt8], GradingServerError>?>(nil)
    private let resubmissions = Mutex<[Resubmission]>([])
    /// Yields once for each question.
    let questions: AsyncStream<TaskID>
    private let asked: AsyncStream<TaskID>.Continuation

    init() {
        (questions, asked) = AsyncStream.makeStream()
    }

    /// From now on nothing is answered until the asker gives up.
    func hang() {
        hanging.withLock { $0 = true }
    }

    /// From now on every question fails like this.
    func fail(with error: GradingServerError) {
        failure.withLock { $0 = error }
    }

    func answer(_ task: String, _ json: String) {
        answers.withLock { $0[TaskID(task)!] = Array(json.utf8) }
    }

    /// From now on every resubmission is answered like this.
    func takeResubmissions(answering json: String) {
        resubmission.withLock { $0 = .success(Array(json.utf8)) }
    }

    func takeResubmissions(failing error: GradingServerError) {
        resubmission.withLock { $0 = .failure(error) }
    }

    /// What was submitted again so far.
    var resubmitted: [Resubmission] { resubmissions.withLock { $0 } }

    var takesResubmissions: Bool { resubmission.withLock { $0 != nil } }

    func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
        resubmissions.withLock { $0.append(resubmission) }
        guard let answer = self.resubmission.withLock({ $0 }) else { throw .status(404) }
        return try answer.get()
    }

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        asked.yield(task)
        if hanging.withLock({ $0 }) {
            try? await Task.sleep(for: .seconds(3_600))
            throw .cancelled
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        guard let answer = answers.withLock({ $0[task] }) else { throw .status(404) }
        return answer
    }
}
