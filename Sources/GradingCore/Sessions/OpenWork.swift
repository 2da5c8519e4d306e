/// What is still to be done: the three figures of every sweep's summary. Cheap to count, however much is done already.
package struct OpenWork: Sendable, Equatable {
    /// Students with a task id that stand at PENDING.
    package var pendingTasks: Int
    /// Students with a task id that stand at PROCESSING.
    package var processingTasks: Int
    /// Sessions that are PENDING or under way.
    package var activeSessions: Int

    package init(pendingTasks: Int = 0, processingTasks: Int = 0, activeSessions: Int = 0) {
        self.pendingTasks = pendingTasks
        self.processingTasks = processingTasks
        self.activeSessions = activeSessions
    }
}
