package import GradingCore

/// One uploaded task. What happens to it was decided at upload: the rest is time.
package struct SimulatedTask: Sendable, Equatable {
    package let id: TaskID
    package let plan: TaskPlan
    package let uploadedAt: Timestamp

    package init(id: TaskID, plan: TaskPlan, uploadedAt: Timestamp) {
        self.id = id
        self.plan = plan
        self.uploadedAt = uploadedAt
    }

    package func state(at now: Timestamp) -> CeleryState {
        plan.state(after: uploadedAt.duration(to: now))
    }

    var endsAt: Timestamp { uploadedAt.advanced(by: plan.duration) }
}
