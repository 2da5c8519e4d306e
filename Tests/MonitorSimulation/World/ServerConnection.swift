import GradingCore

/// One process's way to the grading server.
struct ServerConnection: GradingServerClient {
    let server: GradingServerModel
    let process: ProcessState
    let auditor: Auditor
    let timeline: Timeline

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        guard !process.isDead else { throw .connection("the process is gone") }
        auditor.asked(about: task, by: process.name, at: process.now)
        process.mayFail()
        let answer = await answer(about: task)
        auditor.answered(answer, about: task, by: process.name, isDead: process.isDead)
        process.mayFail()
        return try answer.get()
    }

    /// The network and the grading server go on while the process is stopped.
    private func answer(about task: TaskID) async -> Result<[UInt8], GradingServerError> {
        await withCheckedContinuation { continuation in
            timeline.after(latency) {
                let (answer, wait) = reply(about: task)
                timeline.after(wait) {
                    auditor.served(task, to: process.name)
                    timeline.after(latency) { continuation.resume(returning: answer) }
                }
            }
        }
    }

    private func reply(about task: TaskID) -> (Result<[UInt8], GradingServerError>, after: Duration) {
        switch server.answer(about: task) {
        case .body(let body): (.success(body), .zero)
        case .failure(let error): (.failure(error), .zero)
        case .silence: (.failure(.timeout), ServerFaults.timeout)
        }
    }

    private var latency: Duration { timeline.draw { $0.duration(.milliseconds(1)...(.milliseconds(40))) } }
}
