/// Who wants tasks to ask about, and which.
package struct ClaimRequest: Sendable, Equatable {
    /// The most tasks to lease.
    package let limit: Int
    package let now: Timestamp
    /// The instance that asks: a name unique among those on one database.
    package let owner: String
    /// When the lease ends by itself.
    package let leaseExpiresAt: Timestamp

    package init(limit: Int, now: Timestamp, owner: String, leaseExpiresAt: Timestamp) {
        self.limit = limit
        self.now = now
        self.owner = owner
        self.leaseExpiresAt = leaseExpiresAt
    }
}

/// A task that this owner alone may ask about until the lease ends.
package struct ClaimedTask: Sendable, Equatable {
    package let task: TaskID
    /// The lease's owner, for fencing.
    package let owner: String
    /// Failed checks in a row so far.
    package let consecutiveErrors: Int
    package let status: TaskStatus
    package let trace: TaskTrace

    package init(task: TaskID, owner: String, consecutiveErrors: Int, status: TaskStatus, trace: TaskTrace = TaskTrace()) {
        self.task = task
        self.owner = owner
        self.consecutiveErrors = consecutiveErrors
        self.status = status
        self.trace = trace
    }
}

/// What became of the wish to check one task.
package enum SingleClaim: Sendable, Equatable {
    case claimed(ClaimedTask)
    /// Nothing to ask: a grade or a person's decision stands.
    case settled(TaskStatus)
    /// Another owner is asking right now.
    case leasedElsewhere(TaskStatus)
    case noSuchTask
}

/// A check that was answered.
package struct CheckAnswer: Sendable, Equatable {
    package let claim: ClaimedTask
    package let source: ReportSource
    package let nextCheckAt: Timestamp
    /// Whether the answer changed the task's status, which then has a row in the log already.
    package let changedStatus: Bool
    /// Set when the answer says that the task is lost; a mark from before goes when it does not.
    package let loss: Loss?

    package init(
        claim: ClaimedTask,
        source: ReportSource,
        nextCheckAt: Timestamp,
        changedStatus: Bool = false,
        loss: Loss? = nil
    ) {
        self.claim = claim
        self.source = source
        self.nextCheckAt = nextCheckAt
        self.changedStatus = changedStatus
        self.loss = loss
    }
}

/// A check that brought no report.
package struct CheckFailure: Sendable, Equatable {
    package let claim: ClaimedTask
    /// For the session log; no URL, no secret.
    package let reason: String
    package let source: ReportSource
    package let nextCheckAt: Timestamp
    /// Set when the failure says that the task is lost; a mark from before stays when it does not.
    package let loss: Loss?

    package init(claim: ClaimedTask, reason: String, source: ReportSource, nextCheckAt: Timestamp, loss: Loss? = nil) {
        self.claim = claim
        self.reason = reason
        self.source = source
        self.nextCheckAt = nextCheckAt
        self.loss = loss
    }
}
