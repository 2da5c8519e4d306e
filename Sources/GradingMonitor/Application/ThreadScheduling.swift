import Foundation
import Glibc

/// How the operating system shares its processors between this process's threads and others.
enum ThreadScheduling {
    /// `SCHED_OTHER` and `SCHED_BATCH`, as their numbers in the kernel's `include/uapi/linux/sched.h`.
    private static let ordinary: Int32 = 0
    private static let batch: Int32 = 3

    /// Lets a thread that wakes up wait for its turn, or take a free processor, instead of interrupting what runs (sched(7) on
    /// `SCHED_BATCH`). Where the database shares the processors, a batch of callbacks is then committed without being
    /// interrupted by each callback of the next one. The share of processor time stays the same, and where a processor is
    /// free nothing changes.
    ///
    /// Threads to come inherit it from those that make them. A policy that the operator has chosen is left alone, and where this
    /// is not allowed everything works as it is.
    static func useBatchPolicy() {
        var priority = sched_param(sched_priority: 0)
        // The next look meets the threads that others were making meanwhile.
        for _ in 1...3 {
            for thread in threads where sched_getscheduler(thread) == ordinary {
                _ = sched_setscheduler(thread, batch, &priority)
            }
        }
    }

    /// Of this process, by their ids in the kernel.
    private static var threads: [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []).compactMap { pid_t($0) }
    }
}
