import Foundation
import Synchronization

/// Runs an actor's jobs one after the other on a thread of its own, so that a library that blocks holds up nobody else.
/// (There is no `DispatchSerialQueue` on Linux.) The thread ends with this object.
///
/// A task may prefer it too: then the way to the actor and back wakes no other thread.
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
        // An actor's job keeps its actor alive, and that this executor; a task that prefers it keeps it by itself.
        let actors = asUnownedSerialExecutor()
        let tasks = asUnownedTaskExecutor()
        jobs.add { job.runSynchronously(isolatedTo: actors, taskExecutor: tasks) }
    }
}

/// Jobs that wait for their thread.
private final class JobQueue: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        jobs.withLock { $0.append(job) }
        signal.signal()
    }

    /// A signal without a job.
    func end() {
        signal.signal()
    }

    /// Waits for a job; `nil` when there will be none any more.
    func next() -> (@Sendable () -> Void)? {
        signal.wait()
        return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
