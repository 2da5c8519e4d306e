import GradingCore

/// One process's way to the grading server.
struct ServerConnection: GradingServerClient {
    let server: GradingServerModel
    let process: ProcessState
    let auditor: Auditor
    let timeline: Timeline
    let takesResubmissions: Bool

    func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        guard !process.isDead else { throw .connection("the process is gone") }
        auditor.asked(about: task, by: process.name, at: process.now)
        process.mayFail()
        let answer = await exchange(served: { auditor.served(task, to: process.name) }, { server.answer(about: task) })
        auditor.answered(answer, about: task, by: process.name, isDead: process.isDead)
        process.mayFail()
        return try answer.get()
    }

    func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
        guard !process.isDead else { throw .connection("the process is gone") }
        auditor.note("\(process.name) submits \(resubmission.idempotencyKey)")
        process.mayFail()
        let answer = await exchange(served: {}, { server.answer(to: resubmission) })
        process.mayFail()
        return try answer.get()
    }

    /// The network and the grading server go on while the process is stopped.
    private func exchange(
        served: @escaping @Sendable () -> Void,
        _ answer: @escaping @Sendable () -> GradingServerModel.Answer
    ) async -> Result<[UInt8], GradingServerError> {
        await withCheckedContinuation { continuation in
            timeline.after(latency) {
                let (reply, wait) = Self.reply(answer())
                timeline.after(wait) {
                    served()
                    timeline.after(latency) { continuation.resume(returning: reply) }
                }
            }
        }
    }

    private static func reply(_ answer: GradingServerModel.Answer) -> (Result<[UInt8], GradingServerError>, after: Duration) {
        switch answer {
        case .body(let body): (.success(body), .zero)
        case .failure(let error): (.failure(error), .zero)
        case .silence: (.failure(.timeout), ServerFaults.timeout)
        }
    }

    private var latency: Duration { timeline.draw { $0.duration(.milliseconds(1)...(.milliseconds(40))) } }
}
