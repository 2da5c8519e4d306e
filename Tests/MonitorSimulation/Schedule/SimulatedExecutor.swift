import Synchronization

/// Where the tasks of one process run: on the timeline of its world, unless it is stopped.
package final class SimulatedExecutor: TaskExecutor {
    private let timeline: Timeline
    private let stopped = Mutex(false)

    package init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    /// As after SIGSTOP: what is ready waits, timers that end in the meantime are found ended afterwards.
    package var isStopped: Bool {
        get { stopped.withLock { $0 } }
        set { stopped.withLock { $0 = newValue } }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        timeline.enqueue(UnownedJob(job), on: self)
    }

    func run(_ job: UnownedJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
