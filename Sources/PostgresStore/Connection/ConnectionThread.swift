import Foundation
import Synchronization

/// Runs an actor's jobs one after the other on a thread of its own, so that a library that blocks holds up nobody else.
/// (There is no `DispatchSerialQueue` on Linux.) The thread ends with this object.
///
/// A task may prefer it too: then its work beside the actor's runs there as well, and nobody wakes another thread on its way.
final class ConnectionThread: SerialExecutor, TaskExecutor {
    private let jobs = JobQueue()

    init(name: String) {
        let jobs = jobs
        let thread = Thread { while let job = jobs.next() { job() } }
        thread.name = name
        thread.start()
    }

    deinit {
        jobs.end()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The job keeps its actor alive, and the actor this executor.
        let actors = asUnownedSerialExecutor()
        let tasks = asUnownedTaskExecutor()
        jobs.add { job.runSynchronously(isolatedTo: actors, taskExecutor: tasks) }
    }
}

/// Jobs that wait for their thread.
private final class JobQueue: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        signal.signal()
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        signal.signal()
    }

    /// Waits for a job; `nil` when there will be none any more.
    func next() -> (@Sendable () -> Void)? {
        signal.wait()
        return state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }
}
