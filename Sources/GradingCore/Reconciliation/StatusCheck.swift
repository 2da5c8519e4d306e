import Logging

/// One check of one task, the same for the sweep and for a person: ask, decode, commit, end the lease.
///
/// In two steps, because only the first takes up the grading server: a sweep has the next question under way while an
/// answer is being committed.
struct StatusCheck: Sendable {
    typealias Decode = @Sendable ([UInt8], TaskID, Provenance) throws(ReportDecodingError) -> TaskReport

    /// What the grading server said to one question.
    struct Answer: Sendable {
        let claim: ClaimedTask
        /// When the question was sent: a callback that came after that is newer than this answer.
        let sentAt: Timestamp
        let body: Result<[UInt8], GradingServerError>
    }

    /// What became of a check.
    enum Verdict: Sendable, Equatable {
        case committed(ReportOutcome)
        /// No answer that could be committed; the reason as the session log has it.
        case failed(reason: String)
        /// Cancelled or shutting down: nothing was recorded, the lease ends by itself.
        case interrupted
    }

    struct Settlement: Sendable, Equatable {
        let verdict: Verdict
        /// Whether the grading server, rather than the task, is to blame.
        var isOutage = false
        /// Set when the lease could not be ended: the database is not serving.
        var storeFailure: StoreError?
    }

    /// A verdict, and what else a check found.
    struct Finding: Sendable {
        let verdict: Verdict
        var isOutage = false
        /// Set when the task seems lost.
        var loss: Loss?
    }

    let store: any Store
    let commits: CommitQueue
    let gradingServer: any GradingServerClient
    let decode: Decode
    let pacer: RequestPacer
    let policy: SweepPolicy
    let wallClock: WallClock
    let metrics: CheckMetrics
    let logger: Logger

    /// Asks when it is this check's turn; `nil` when the caller was cancelled before that.
    func ask(about claim: ClaimedTask) async -> Answer? {
        do { try await pacer.waitForTurn() } catch { return nil }
        let sentAt = wallClock.now()
        do throws(GradingServerError) {
            let body = try await gradingServer.fetchStatus(of: claim.task)
            return Answer(claim: claim, sentAt: sentAt, body: .success(body))
        } catch {
            return Answer(claim: claim, sentAt: sentAt, body: .failure(error))
        }
    }

    /// Commits the answer, or records that there was none; either way the lease ends.
    func settle(_ answer: Answer, source: ReportSource) async -> Settlement {
        let finding = await finding(in: answer, source: source)
        metrics.count(finding.verdict, source: source)
        let storeFailure = await endLease(of: answer.claim, after: finding, source: source)
        return Settlement(verdict: finding.verdict, isOutage: finding.isOutage, storeFailure: storeFailure)
    }

    private func finding(in answer: Answer, source: ReportSource) async -> Finding {
        do throws(GradingServerError) {
            return await finding(in: try answer.body.get(), of: answer, source: source)
        } catch {
            switch error {
            case .cancelled: return Finding(verdict: .interrupted)
            case .status(404):
                let verdict = policy.loss.verdictOnUnknownTask(answer.claim, at: wallClock.now())
                return await finding(on: verdict, answer, source)
                    ?? Finding(verdict: .failed(reason: "\(error)"), loss: verdict.loss)
            default: return Finding(verdict: .failed(reason: "\(error)"), isOutage: error.isOutage)
            }
        }
    }

    private func finding(in body: [UInt8], of answer: Answer, source: ReportSource) async -> Finding {
        let task = answer.claim.task
        let report: TaskReport
        do throws(ReportDecodingError) {
            report = try decode(body, task, Provenance(source: source, observedAt: answer.sentAt))
        } catch {
            return Finding(verdict: .failed(reason: "the grading server's answer could not be read: \(error)"))
        }
        guard report.task == task else {
            return Finding(verdict: .failed(reason: "the grading server answered about another task"))
        }
        guard report.meaning == .known(.pending) else { return Finding(verdict: await commit(report)) }
        let verdict = policy.loss.verdictOnPending(answer.claim, at: wallClock.now())
        if let finding = await finding(on: verdict, answer, source) { return finding }
        guard let loss = verdict.loss else { return Finding(verdict: await commit(report)) }
        // Not submitted: no sign of life, and it would change no status.
        return Finding(verdict: .committed(ReportOutcome(.stale, status: answer.claim.status)), loss: loss)
    }

    /// The end of a task that has been lost for too long; `nil` for any other verdict. What a callback said since the question
    /// was sent is newer, and stands.
    private func finding(on verdict: LossPolicy.Verdict, _ answer: Answer, _ source: ReportSource) async -> Finding? {
        guard case .givenUp(let loss) = verdict else { return nil }
        let end = TaskReport(
            task: answer.claim.task,
            word: "LOST",
            meaning: .known(.failed),
            error: loss.errorText,
            provenance: Provenance(source: source, observedAt: answer.sentAt)
        )
        return Finding(verdict: await commit(end), loss: loss)
    }

    private func commit(_ report: TaskReport) async -> Verdict {
        do throws(CommitError) {
            return .committed(try await commits.submit(report))
        } catch {
            return Self.verdict(on: error)
        }
    }

    private static func verdict(on error: CommitError) -> Verdict {
        switch error {
        case .draining: .interrupted
        case .full: .failed(reason: "the answer was not stored: too much is waiting to be stored")
        case .store(.rejected): .failed(reason: "the answer was not stored: the database refused it")
        case .store: .failed(reason: "the answer was not stored: the database did not serve")
        }
    }

    private func endLease(of claim: ClaimedTask, after finding: Finding, source: ReportSource) async -> StoreError? {
        do throws(StoreError) {
            switch finding.verdict {
            case .committed(let outcome):
                try await store.recordAnsweredCheck(
                    answer(to: claim, outcome, loss: finding.loss, source: source),
                    at: wallClock.now()
                )
            case .failed(let reason):
                try await store.recordFailedCheck(
                    failure(of: claim, reason, loss: finding.loss, source: source),
                    at: wallClock.now()
                )
                logger.debug("A check failed", metadata: ["task": "\(claim.task)", "reason": "\(reason)"])
            case .interrupted:
                return nil
            }
            if let loss = finding.loss, claim.trace.standingLoss == nil { metrics.countLost(loss.evidence) }
            return nil
        } catch {
            logger.warning(
                "The end of a check could not be recorded; its lease will end by itself",
                metadata: ["task": "\(claim.task)", "error": "\(error)"]
            )
            return error
        }
    }

    private func answer(
        to claim: ClaimedTask,
        _ outcome: ReportOutcome,
        loss: Loss?,
        source: ReportSource
    ) -> CheckAnswer {
        // Nothing is to be expected soon of a task that seems lost.
        let wait = loss == nil ? policy.grace : max(policy.grace, CheckBackoff.cap)
        return CheckAnswer(
            claim: claim,
            source: source,
            nextCheckAt: wallClock.now().advanced(by: wait),
            changedStatus: outcome.changedStatus,
            loss: loss
        )
    }

    private func failure(of claim: ClaimedTask, _ reason: String, loss: Loss?, source: ReportSource) -> CheckFailure {
        let wait = CheckBackoff.delay(afterErrors: claim.consecutiveErrors)
        return CheckFailure(
            claim: claim,
            reason: reason,
            source: source,
            nextCheckAt: wallClock.now().advanced(by: wait),
            loss: loss
        )
    }
}
