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

    /// What became of a question.
    enum Question: Sendable {
        case answered(Answer)
        /// Not sent: the grading server is to be left alone, for this long at least.
        case refused(ClaimedTask, wait: Duration)
        /// Not sent: by the time of its turn it could have outlived the lease.
        case tooLate(ClaimedTask)
        /// Not sent: the caller was cancelled.
        case interrupted(ClaimedTask)
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
        let claim: ClaimedTask
        let verdict: Verdict
        /// When the answer ended the task: how late we learned of it at most.
        var lateness: Duration?
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
    let gate: GradingServerGate
    let policy: SweepPolicy
    let leaseEnds: LeaseEnds
    let wallClock: WallClock
    /// Evenly distributed from 0 up to 1, for the jitter.
    let random: @Sendable () -> Double
    /// Those of sweeps.
    let underWay = ChecksUnderWay()
    let metrics: CheckMetrics
    let logger: Logger

    /// Asks when it is this check's turn.
    /// - Parameters:
    ///   - deadline: when the question has to be under way.
    ///   - patience: how long to wait for a server that asked for quiet.
    func ask(about claim: ClaimedTask, before deadline: Timestamp, patience: Duration) async -> Question {
        do throws(CancellationError) {
            switch try await gate.enter(patience: patience) {
            case .granted(let permit):
                // A process that was stopped while it waited may have lost the lease: another one may be asking by now.
                guard wallClock.now() < deadline else {
                    gate.leave(permit, .unknown)
                    return .tooLate(claim)
                }
                return .answered(await send(claim, permit))
            case .refused(let wait): return .refused(claim, wait: wait)
            }
        } catch {
            return .interrupted(claim)
        }
    }

    private func send(_ claim: ClaimedTask, _ permit: CircuitBreaker.Permit) async -> Answer {
        let sentAt = wallClock.now()
        let body: Result<[UInt8], GradingServerError>
        do throws(GradingServerError) {
            body = .success(try await gradingServer.fetchStatus(of: claim.task))
        } catch {
            body = .failure(error)
        }
        gate.leave(permit, CircuitBreaker.Outcome(body, about: claim.task))
        return Answer(claim: claim, sentAt: sentAt, body: body)
    }

    /// Commits the answer, or records that there was none; either way the lease ends.
    func settle(_ answer: Answer, source: ReportSource) async -> Settlement {
        let finding = await finding(in: answer, source: source)
        metrics.count(finding.verdict, source: source)
        let now = wallClock.now()
        let next = nextCheck(of: answer.claim, after: finding, source: source, at: now)
        let storeFailure = await endLease(of: answer.claim, after: finding, next, source: source, at: now)
        return Settlement(
            claim: answer.claim,
            verdict: finding.verdict,
            lateness: next.lateness,
            isOutage: finding.isOutage,
            storeFailure: storeFailure
        )
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
        guard report.meaning == .known(.pending) else { return await finding(in: report, of: answer, source: source) }
        let verdict = policy.loss.verdictOnPending(answer.claim, at: wallClock.now())
        if let finding = await finding(on: verdict, answer, source) { return finding }
        guard let loss = verdict.loss else { return Finding(verdict: await commit(report)) }
        // Not submitted: no sign of life, and it would change no status.
        return Finding(verdict: .committed(ReportOutcome(.stale, status: answer.claim.status)), loss: loss)
    }

    private func finding(in report: TaskReport, of answer: Answer, source: ReportSource) async -> Finding {
        let verdict = await commit(report)
        guard case .committed(let outcome) = verdict, outcome.isOfOlderAttempt else { return Finding(verdict: verdict) }
        let loss = policy.loss.verdictOnOlderAttempt(answer.claim, at: wallClock.now())
        return await finding(on: loss, answer, source) ?? Finding(verdict: verdict, loss: loss.loss)
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

    func commit(_ report: TaskReport) async -> Verdict {
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

    private func endLease(
        of claim: ClaimedTask,
        after finding: Finding,
        _ next: NextCheck,
        source: ReportSource,
        at now: Timestamp
    ) async -> StoreError? {
        do throws(StoreError) {
            switch finding.verdict {
            case .committed(let outcome):
                let answer = CheckAnswer(
                    claim: claim,
                    source: source,
                    nextCheckAt: next.at,
                    quietChecks: next.quietChecks,
                    lateness: next.lateness,
                    changedStatus: outcome.changedStatus,
                    loss: finding.loss
                )
                try await leaseEnds.record(answer)
            case .failed(let reason):
                let failure = CheckFailure(
                    claim: claim,
                    reason: reason,
                    source: source,
                    nextCheckAt: next.at,
                    loss: finding.loss
                )
                try await store.recordFailedCheck(failure, at: now)
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

    private static let leastWaitOfLost = Duration.seconds(900)

    /// What a check leaves behind.
    private struct NextCheck {
        let at: Timestamp
        var quietChecks = 0
        var lateness: Duration?
    }

    /// News starts the ladder anew. A person's question takes no step on it, or a few of them would put the sweep's off.
    private func nextCheck(
        of claim: ClaimedTask,
        after finding: Finding,
        source: ReportSource,
        at now: Timestamp
    ) -> NextCheck {
        if case .committed(let outcome) = finding.verdict, outcome.changedStatus {
            let hasEnded = outcome.status.map { !$0.isOpen } ?? false
            let lateness = claim.heardAt.map { max(.zero, $0.duration(to: now)) }
            return NextCheck(at: now.advanced(by: policy.grace), lateness: hasEnded ? lateness : nil)
        }
        let checks = claim.checksInVain + (source == .manual ? 0 : 1)
        let step = policy.ladder.wait(afterChecks: claim.checksInVain, random: random())
        // Nothing is to be expected soon of a task that seems lost.
        let wait = finding.loss == nil ? step : max(step, Self.leastWaitOfLost)
        return NextCheck(at: now.advanced(by: wait), quietChecks: checks)
    }
}
