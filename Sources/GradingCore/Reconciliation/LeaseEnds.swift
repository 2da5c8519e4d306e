import Synchronization

/// Records the ends of answered checks: all that wait while one is being written go into the next transaction together, so that
/// a sweep is not held up by one flush to disk for each task.
final class LeaseEnds: Sendable {
    private struct Waiting {
        let answer: CheckAnswer
        let caller: CheckedContinuation<StoreError?, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    /// In one transaction at most.
    static let mostInBatch = 256

    private let store: any Store
    private let wallClock: WallClock
    private let executor: (any TaskExecutor)?
    private let state = Mutex(State())

    /// - Parameter executor: runs the writes; `nil` for the global pool.
    init(store: any Store, wallClock: WallClock, executor: (any TaskExecutor)? = nil) {
        self.store = store
        self.wallClock = wallClock
        self.executor = executor
    }

    /// How many wait for the next transaction.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Returns when it is committed.
    func record(_ answer: CheckAnswer) async throws(StoreError) {
        let failure = await withCheckedContinuation { caller in
            let mustWrite = state.withLock { state in
                state.waiting.append(Waiting(answer: answer, caller: caller))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            // In a task of its own: a caller that is cancelled must not take the others' write with it.
            if mustWrite { Task(executorPreference: executor) { await self.write() } }
        }
        if let failure { throw failure }
    }

    private func write() async {
        while let batch = nextBatch() {
            var failure: StoreError?
            do throws(StoreError) {
                try await store.recordAnsweredChecks(batch.map(\.answer), at: wallClock.now())
            } catch {
                failure = error
            }
            for waiting in batch { waiting.caller.resume(returning: failure) }
        }
    }

    /// `nil` when nothing waits: the next one that comes writes again.
    private func nextBatch() -> [Waiting]? {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.mostInBatch))
            state.waiting.removeFirst(batch.count)
            if batch.isEmpty { state.isWriting = false }
            return batch.isEmpty ? nil : batch
        }
    }
}
