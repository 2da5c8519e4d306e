import Synchronization

/// The checks of a sweep that are under way in this process, so that whoever wants one of them joins it instead of asking the
/// grading server twice.
final class ChecksUnderWay: Sendable {
    private typealias Waiter = CheckedContinuation<StatusCheck.Settlement?, Never>

    private let waiters = Mutex<[TaskID: [Waiter]]>([:])

    /// - Parameter tasks: leased to the caller; each is to be ended.
    func begin(_ tasks: [TaskID]) {
        waiters.withLock { waiters in
            for task in tasks where waiters[task] == nil { waiters[task] = [] }
        }
    }

    /// - Parameter settlement: `nil` when nothing was asked after all.
    func end(_ task: TaskID, _ settlement: StatusCheck.Settlement?) {
        let joined = waiters.withLock { $0.removeValue(forKey: task) } ?? []
        for waiter in joined { waiter.resume(returning: settlement) }
    }

    func contains(_ task: TaskID) -> Bool { waiters.withLock { $0[task] != nil } }

    /// What becomes of the check that is under way; `nil` when there is none, or when it came to nothing.
    func join(_ task: TaskID) async -> StatusCheck.Settlement? {
        await withCheckedContinuation { waiter in
            let isUnderWay = waiters.withLock { waiters in
                guard waiters[task] != nil else { return false }
                waiters[task]?.append(waiter)
                return true
            }
            if !isUnderWay { waiter.resume(returning: nil) }
        }
    }
}
