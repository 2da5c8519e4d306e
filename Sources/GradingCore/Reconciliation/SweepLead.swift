import Logging

/// Whose turn it is to sweep: of all instances on one database one has the lease, and keeps it from sweep to sweep as long
/// as it lives.
struct SweepLead: Sendable {
    enum Turn: Sendable, Equatable {
        case mine
        /// Another instance has the lease.
        case anothers
        /// The database did not say.
        case unknown
    }

    static let leaseName = "sweep"

    let store: any Store
    let owner: String
    let policy: SweepPolicy
    let wallClock: WallClock
    let logger: Logger
    private var isHeld = false

    init(store: any Store, owner: String, policy: SweepPolicy, wallClock: WallClock, logger: Logger) {
        self.store = store
        self.owner = owner
        self.policy = policy
        self.wallClock = wallClock
        self.logger = logger
    }

    /// Takes the lease for one sweep: its budget, and as long again as an answer may take that is in flight when it ends.
    mutating func take() async -> Turn {
        do throws(StoreError) {
            isHeld = try await acquire(for: policy.budget + policy.lease)
            return isHeld ? .mine : .anothers
        } catch {
            logger.warning("Nobody knows whose turn it is to sweep; asking again later", metadata: ["error": "\(error)"])
            return .unknown
        }
    }

    /// Keeps the lease until the next sweep, which begins after `wait`, and a little longer. When that fails, another
    /// instance takes over.
    mutating func keep(for wait: Duration) async {
        do throws(StoreError) {
            isHeld = try await acquire(for: wait + margin)
        } catch {
            logger.debug("The lease on the sweep was not renewed", metadata: ["error": "\(error)"])
        }
    }

    /// Lets another instance have the lease at once. When that fails, it ends by itself.
    mutating func giveUp() async {
        guard isHeld else { return }
        isHeld = false
        do throws(StoreError) {
            try await store.releaseLease(named: Self.leaseName, owner: owner)
        } catch {
            logger.debug("The lease on the sweep was not released; it ends by itself", metadata: ["error": "\(error)"])
        }
    }

    /// For clocks that differ and a start that is late.
    private var margin: Duration { min(.seconds(10), policy.interval / 4) }

    private func acquire(for time: Duration) async throws(StoreError) -> Bool {
        let now = wallClock.now()
        let end = now.advanced(by: time)
        return try await store.acquire(InstanceLease(name: Self.leaseName, owner: owner, now: now, expiresAt: end))
    }
}
