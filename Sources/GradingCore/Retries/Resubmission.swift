/// A failed task as the grading server is asked to grade it again.
package struct Resubmission: Sendable, Equatable {
    /// The one that failed.
    package let task: TaskID
    package let student: StudentRowID
    package let session: SessionID
    /// The attempt that begins, 2 or more.
    package let attempt: Int

    package init(task: TaskID, student: StudentRowID, session: SessionID, attempt: Int) {
        self.task = task
        self.student = student
        self.session = session
        self.attempt = attempt
    }

    /// The same for every request that means this attempt, in the sense of draft-ietf-httpapi-idempotency-key-header.
    package var idempotencyKey: String { "\(task)-\(attempt)" }

    /// The task id of the new attempt, from the body of the grading server's answer: a sound JSON object with a `task_id`, as a
    /// report has it.
    static func newTask(in body: [UInt8]) throws(ReportDecodingError) -> TaskID {
        let tasks: [String]
        do throws(JSONError) {
            tasks = try ReportBody(body).tasks
        } catch {
            throw ReportDecodingError(error)
        }
        guard let text = tasks.first, tasks.allSatisfy({ $0 == text }) else {
            throw ReportDecodingError(.schema, "the answer names no task id")
        }
        guard let task = TaskID(text) else {
            throw ReportDecodingError(.schema, "task_id is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'")
        }
        return task
    }
}

/// What became of a resubmission.
enum ResubmissionOutcome: Sendable, Equatable {
    /// Not sent: the grading server is to be left alone, for this long at least. No attempt has begun.
    case leftAlone(wait: Duration)
    /// Not sent: the task has not failed any more, or has had its attempts.
    case notBegun
    case taken(attempt: Int, as: TaskID)
    /// - Parameter reason: as the session log has it.
    case refused(attempt: Int, reason: String)
    /// Shutting down: whether it was taken is not known. The task is PENDING, and will be asked about.
    case interrupted(attempt: Int)
}

extension StatusCheck {
    /// Submits a failed task again when it is its turn.
    /// - Parameter begin: commits that the attempt begins, before anything is sent: from then on late reports of the one that
    ///   failed are refused, and a grade that came before keeps the task from being graded twice. `nil` when it may not begin.
    func resubmit(
        begin: () async throws(StoreError) -> Resubmission?
    ) async throws(StoreError) -> ResubmissionOutcome {
        let permit: CircuitBreaker.Permit
        do throws(CancellationError) {
            switch try await gate.enter(patience: .zero) {
            case .granted(let granted): permit = granted
            case .refused(let wait): return .leftAlone(wait: wait)
            }
        } catch {
            return .leftAlone(wait: .zero)
        }
        let resubmission: Resubmission?
        do throws(StoreError) {
            resubmission = try await begin()
        } catch {
            gate.leave(permit, .unknown)
            throw error
        }
        guard let resubmission else {
            gate.leave(permit, .unknown)
            return .notBegun
        }
        return await send(resubmission, permit)
    }

    private func send(_ resubmission: Resubmission, _ permit: CircuitBreaker.Permit) async -> ResubmissionOutcome {
        let answer: Result<[UInt8], GradingServerError>
        do throws(GradingServerError) {
            answer = .success(try await gradingServer.resubmit(resubmission))
        } catch {
            answer = .failure(error)
        }
        gate.leave(permit, CircuitBreaker.Outcome(answer, about: resubmission.task))
        let attempt = resubmission.attempt
        do {
            return .taken(attempt: attempt, as: try Resubmission.newTask(in: try answer.get()))
        } catch GradingServerError.cancelled {
            return .interrupted(attempt: attempt)
        } catch {
            return .refused(attempt: attempt, reason: "it could not be submitted again: \(error)")
        }
    }

    /// The end of an attempt that the grading server did not take.
    func fail(_ task: TaskID, _ reason: String, source: ReportSource) async -> Verdict {
        await commit(
            TaskReport(
                task: task,
                word: "REFUSED",
                meaning: .known(.failed),
                error: reason,
                provenance: Provenance(source: source, observedAt: wallClock.now())
            )
        )
    }
}
