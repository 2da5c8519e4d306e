/// The wish of one instance to be, for a while, the only one that does a job.
package struct InstanceLease: Sendable, Equatable {
    /// The job: `sweep`.
    package let name: String
    /// The instance: a name unique among those on one database.
    package let owner: String
    package let now: Timestamp
    /// When the lease ends by itself, unless its owner takes it again before.
    package let expiresAt: Timestamp

    package init(name: String, owner: String, now: Timestamp, expiresAt: Timestamp) {
        self.name = name
        self.owner = owner
        self.now = now
        self.expiresAt = expiresAt
    }
}
