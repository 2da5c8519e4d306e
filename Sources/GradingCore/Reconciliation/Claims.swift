/// Who wants tasks to ask about, and which.
package struct ClaimRequest: Sendable, Equatable {
    /// The most tasks to lease.
    package let limit: Int
    package let now: Timestamp
    /// The instance that asks: a name unique among those on one database.
    package let owner: String
    /// When the lease ends by itself.
    package let leaseExpiresAt: Timestamp
    /// In which order.
    package let rank: ClaimRank

    package init(limit: Int, now: Timestamp, owner: String, leaseExpiresAt: Timestamp, rank: ClaimRank = ClaimRank()) {
        self.limit = limit
        self.now = now
        self.owner = owner
        self.leaseExpiresAt = leaseExpiresAt
        self.rank = rank
    }
}

/// A task that this owner alone may ask about until the lease ends.
package struct ClaimedTask: Sendable, Equatable {
    package let task: TaskID
    /// The lease's owner, for fencing.
    package let owner: String
    /// Failed checks in a row so far.
    package let consecutiveErrors: Int
    /// Answered checks since the last news of the task, that brought none.
    package let quietChecks: Int
    package let status: TaskStatus
    /// When the grading server last gave a sign of life about the task, or else when its student was made; `nil` when neither is
    /// known.
    package let heardAt: Timestamp?
    /// The session; `nil` where the claim does not say.
    package let session: SessionID?
    /// When the task was first seen under way, or else when its student was made; `nil` where the claim does not say.
    package let startedAt: Timestamp?
    package let trace: TaskTrace

    package init(
        task: TaskID,
        owner: String,
        consecutiveErrors: Int,
        quietChecks: Int = 0,
        status: TaskStatus,
        heardAt: Timestamp? = nil,
        session: SessionID? = nil,
        startedAt: Timestamp? = nil,
        trace: TaskTrace = TaskTrace()
    ) {
        self.task = task
        self.owner = owner
        self.consecutiveErrors = consecutiveErrors
        self.quietChecks = quietChecks
        self.status = status
        self.heardAt = heardAt
        self.session = session
        self.startedAt = startedAt
        self.trace = trace
    }

    /// The task's place on the ``CheckLadder``.
    var checksInVain: Int { quietChecks + consecutiveErrors }
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
    /// When to ask again, if the task is open still and nothing is heard of it.
    package let nextCheckAt: Timestamp
    /// Checks in a row that brought nothing new; 0 after news.
    package let quietChecks: Int
    /// When the answer ended the task: how late we learned of it at most, from the last sign of life.
    package let lateness: Duration?
    /// Whether the answer changed the task's status, which then has a row in the log already.
    package let changedStatus: Bool
    /// Set when the answer says that the task is lost; a mark from before goes when it does not.
    package let loss: Loss?

    package init(
        claim: ClaimedTask,
        source: ReportSource,
        nextCheckAt: Timestamp,
        quietChecks: Int = 0,
        lateness: Duration? = nil,
        changedStatus: Bool = false,
        loss: Loss? = nil
    ) {
        self.claim = claim
        self.source = source
        self.nextCheckAt = nextCheckAt
        self.quietChecks = quietChecks
        self.lateness = lateness
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
