extension StatusCheck {
    /// A check that a person or the web app wants: one task, due or not, unless there is nothing to ask.
    ///
    /// - Parameter owner: not the sweep's, so that the lease keeps this check and a sweep of the same process apart.
    func run(on task: TaskID, owner: String) async throws(StoreError) -> CheckOutcome {
        let now = wallClock.now()
        let request = ClaimRequest(
            limit: 1,
            now: now,
            owner: owner,
            leaseExpiresAt: now.advanced(by: policy.lease)
        )
        return switch try await store.claimTask(task, request) {
        case .claimed(let claim): try await outcome(of: claim)
        case .settled(let status): .settled(status)
        case .leasedElsewhere(let status): .leasedElsewhere(status)
        case .noSuchTask: .noSuchTask
        }
    }

    private func outcome(of claim: ClaimedTask) async throws(StoreError) -> CheckOutcome {
        guard let answer = await ask(about: claim) else { return .interrupted(claim) }
        let settlement = await settle(answer, source: .manual)
        switch settlement.verdict {
        case .committed(let outcome):
            // The lease may have been left open (`storeFailure`), but the news is in the database.
            return .checked(status: outcome.status ?? claim.status, updated: outcome.changedStatus)
        case .failed(let reason):
            if let storeFailure = settlement.storeFailure { throw storeFailure }
            // A callback may have ended the task meanwhile.
            let status = try await store.task(claim.task)?.status ?? claim.status
            return .failed(status: status, reason: reason, isOutage: settlement.isOutage)
        case .interrupted:
            return .interrupted(claim)
        }
    }
}

extension CheckOutcome {
    fileprivate static func interrupted(_ claim: ClaimedTask) -> CheckOutcome {
        .failed(status: claim.status, reason: "the check was interrupted", isOutage: true)
    }
}
