/// Open tasks whose last check failed, so that a poison task is seen before anyone asks for it.
package struct FailingTasks: Sendable, Equatable {
    /// How many are listed at most.
    package static let listed = 20

    package var total = 0
    /// Those with the most failed checks in a row.
    package var worst: [FailingTask] = []

    package init() {}
}

package struct FailingTask: Sendable, Equatable {
    package let task: TaskID
    /// Failed checks in a row, 1 or more.
    package let consecutiveErrors: Int
    /// Why the last one failed.
    package let lastError: String?
    package let nextCheckAt: Timestamp?

    package init(task: TaskID, consecutiveErrors: Int, lastError: String?, nextCheckAt: Timestamp?) {
        self.task = task
        self.consecutiveErrors = consecutiveErrors
        self.lastError = lastError
        self.nextCheckAt = nextCheckAt
    }
}
