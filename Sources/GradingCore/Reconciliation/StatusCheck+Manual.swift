extension StatusCheck {
    /// A check that a person or the web app wants: one task, due or not, unless there is nothing to ask. Joins that of a sweep.
    ///
    /// - Parameter owner: not the sweep's, so that the lease keeps this check and a sweep of the same process apart.
    func run(on task: TaskID, owner: String) async throws(StoreError) -> CheckOutcome {
        while true {
            if let settlement = await underWay.join(task), settlement.verdict != .interrupted {
                return try await outcome(of: settlement, task, askedBy: .sweep)
            }
            let now = wallClock.now()
            let request = ClaimRequest(limit: 1, now: now, owner: owner, leaseExpiresAt: now.advanced(by: policy.lease))
            switch try await store.claimTask(task, request) {
            case .claimed(let claim): return try await outcome(of: claim, askBefore: policy.askBefore(claimedAt: now))
            case .settled(let status): return .settled(status, try await store.task(task)?.learned)
            // Claimed by a sweep of this process in this very moment.
            case .leasedElsewhere where underWay.contains(task): continue
            case .leasedElsewhere(let status): return .leasedElsewhere(status)
            case .noSuchTask: return .noSuchTask
            }
        }
    }

    private func outcome(of claim: ClaimedTask, askBefore deadline: Timestamp) async throws(StoreError) -> CheckOutcome {
        switch await ask(about: claim, before: deadline, patience: .zero) {
        case .answered(let answer):
            let settlement = await settle(answer, source: .manual)
            if settlement.verdict == .interrupted { return .interrupted(claim) }
            return try await outcome(of: settlement, claim.task, askedBy: .manual)
        case .refused(_, let wait):
            // Nothing was asked, so nothing is held against the task.
            try await store.release([claim])
            return .failed(status: claim.status, reason: Self.refusal(wait), isOutage: true)
        case .tooLate:
            try await store.release([claim])
            return .interrupted(claim)
        case .interrupted: return .interrupted(claim)
        }
    }

    private static func refusal(_ wait: Duration) -> String {
        "the grading server is left alone for now"
            + (wait > .zero ? "; it may be asked in \(Int(wait.inSeconds.rounded(.up))) s" : ", while one question finds out")
    }

    private func outcome(
        of settlement: Settlement,
        _ task: TaskID,
        askedBy source: ReportSource
    ) async throws(StoreError) -> CheckOutcome {
        switch settlement.verdict {
        case .committed(let outcome) where outcome.changedStatus:
            // The lease may have been left open (`storeFailure`), but the news is in the database.
            return .checked(
                CheckFinding(
                    status: outcome.status ?? settlement.claim.status,
                    updated: true,
                    askedBy: source,
                    learned: Learned(via: source, lateness: settlement.lateness)
                )
            )
        case .committed(let outcome):
            let snapshot = try await store.task(task)
            return .checked(
                CheckFinding(
                    status: snapshot?.status ?? outcome.status ?? settlement.claim.status,
                    updated: false,
                    askedBy: source,
                    learned: snapshot?.learned
                )
            )
        case .failed(let reason):
            if let storeFailure = settlement.storeFailure { throw storeFailure }
            // A callback may have ended the task meanwhile.
            let status = try await store.task(task)?.status ?? settlement.claim.status
            return .failed(status: status, reason: reason, isOutage: settlement.isOutage)
        case .interrupted:
            return .interrupted(settlement.claim)
        }
    }
}

extension CheckOutcome {
    fileprivate static func interrupted(_ claim: ClaimedTask) -> CheckOutcome {
        .failed(status: claim.status, reason: "the check was interrupted", isOutage: true)
    }
}
