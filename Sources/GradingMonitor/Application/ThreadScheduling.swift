import Foundation
import Glibc

/// How the operating system shares its processors between this process's threads and others.
enum ThreadScheduling {
    /// `SCHED_BATCH`, as its number in the kernel's `include/uapi/linux/sched.h`.
    private static let batch: Int32 = 3

    /// Lets a thread that wakes up wait for its turn, or take a free processor, instead of interrupting what runs (sched(7) on
    /// `SCHED_BATCH`). Where the database shares the processors, a batch of callbacks is then committed without being
    /// interrupted by each callback of the next one. The share of processor time stays the same, and where a processor is
    /// free nothing changes.
    ///
    /// Threads to come inherit it from those that make them. Where it is not allowed, everything works as it is.
    static func takeTurns() {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        var priority = sched_param(sched_priority: 0)
        for thread in threads.compactMap({ pid_t($0) }) { _ = sched_setscheduler(thread, batch, &priority) }
    }
}
