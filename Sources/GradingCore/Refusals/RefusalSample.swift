/// Which refusals go into the ledger, and which are only counted: whatever is thrown at it, it keeps a few of each kind.
///
/// In each minute the first 5 of one reason from one sender, and the first 20 of one reason. What is left out is counted with the last
/// one that was kept of that sender, or else of that reason; there always is one, but for what finds the waiting room full.
struct RefusalSample: Sendable {
    struct Bounds: Sendable {
        var fromSender = 5
        var ofReason = 20
        /// Those that wait for a closer look, with their bodies.
        var waiting = 64
        var waitingBytes = 4 << 20
    }

    /// One that was kept, and waits for a closer look.
    struct Kept: Sendable {
        let id: String
        let refused: RefusedCallback
        /// How many it stands for.
        let count: Int
    }

    /// What has come together since the last time.
    struct Taken: Sendable {
        var kept: [Kept] = []
        /// How many more came like one that was taken before, by its id.
        var more: [String: Int] = [:]

        var isEmpty: Bool { kept.isEmpty && more.isEmpty }
    }

    private struct Kind: Hashable {
        let reason: RefusalReason
        /// `nil`: all of them.
        let sender: String?
    }

    private struct Tally {
        var kept = 0
        var last = ""
    }

    private let bounds: Bounds
    private var minute = Int64(0)
    /// Of this minute. Grows with what is kept only.
    private var tallies: [Kind: Tally] = [:]
    private var taken = Taken()
    private var waitingBytes = 0
    /// Left out with nothing to count them with.
    private var carried: [RefusalReason: Int] = [:]

    init(bounds: Bounds = Bounds()) {
        self.bounds = bounds
    }

    /// Returns whether there is something to take now, and was not before.
    mutating func note(_ refused: RefusedCallback) -> Bool {
        let wasEmpty = taken.isEmpty
        begin(refused.receivedAt)
        let mine = Kind(reason: refused.reason, sender: refused.sender)
        let all = Kind(reason: refused.reason, sender: nil)
        if tallies[mine, default: Tally()].kept < bounds.fromSender, tallies[all, default: Tally()].kept < bounds.ofReason,
            taken.kept.count < bounds.waiting, waitingBytes + (refused.body?.count ?? 0) <= bounds.waitingBytes
        {
            keep(refused, as: [mine, all])
        } else if let last = (tallies[mine] ?? tallies[all])?.last {
            taken.more[last, default: 0] += 1
        } else {
            carried[refused.reason, default: 0] += 1
        }
        return wasEmpty && !taken.isEmpty
    }

    mutating func take() -> Taken {
        defer { (taken, waitingBytes) = (Taken(), 0) }
        return taken
    }

    private mutating func begin(_ now: Timestamp) {
        let current = now.milliseconds / 60_000
        // What was overtaken on its way belongs to a minute that is over, and must not open it again.
        guard current > minute || current < minute - 1 else { return }
        minute = current
        tallies.removeAll(keepingCapacity: true)
    }

    private mutating func keep(_ refused: RefusedCallback, as kinds: [Kind]) {
        var ids = RowIDSequence(at: refused.receivedAt)
        let id = ids.next()
        for kind in kinds {
            tallies[kind, default: Tally()].kept += 1
            tallies[kind]?.last = id
        }
        waitingBytes += refused.body?.count ?? 0
        taken.kept.append(Kept(id: id, refused: refused, count: 1 + (carried.removeValue(forKey: refused.reason) ?? 0)))
    }
}
