/// All that chance decides about one task, decided when it is uploaded.
///
/// A pure function of the configuration (its seed among it) and the task's id, so a run repeats: ``draw(for:configuration:)``.
package struct TaskPlan: Sendable, Equatable {
    /// From upload to end.
    package let duration: Duration
    /// Whether the task ends in FAILURE.
    package let fails: Bool
    package let shape: FinalShape
    package let grades: GradeSheet

    /// Whether the final callback is never sent.
    package let isLost: Bool
    /// How often the final callback is sent again, 0 to 3.
    package let copies: Int
    /// The time between the final callback and a copy, and between copies.
    package let copyGap: Duration
    /// How much later than the task's end the final callback is sent.
    package let delay: Duration
    /// Whether the last progress event is sent after the final callback.
    package let isReordered: Bool
    /// When, counted from the upload, a forged callback is sent; `nil` for never.
    package let forgedAfter: Duration?

    /// The delivery ids, one for each callback; copies and retries bear the same.
    package let finalDelivery: String
    package let progressDeliveries: [String]
    package let forgedDelivery: String
}

extension TaskPlan {
    /// The plan of this task. Every draw is made whatever the shares are, so changing one fault leaves the others' victims alone.
    package static func draw(for task: String, configuration: SimulatorConfiguration) -> TaskPlan {
        var random = SplitMix64(seed: configuration.seed, name: "plan/\(task)")
        let faults = configuration.faults
        let duration = random.duration(in: configuration.taskDuration)
        let fails = random.happens(faults.failing)
        let shape = FinalShape.allCases[Int.random(in: FinalShape.allCases.indices, using: &random)]
        let isLost = random.happens(faults.lost)
        let (repeats, copies) = (random.happens(faults.repeated), Int.random(in: 1...3, using: &random))
        let copyGap = duration * Double.random(in: 0.05...0.3, using: &random)
        let (delays, delay) = (random.happens(faults.delayed), random.duration(in: configuration.delay))
        let isReordered = random.happens(faults.reordered)
        let (forges, forgedAfter) = (random.happens(faults.forged), duration * Double.random(in: 0.2...1.2, using: &random))
        return TaskPlan(
            duration: duration,
            fails: fails,
            shape: shape,
            grades: .draw(bytes: configuration.bodyBytes, using: &random),
            isLost: isLost,
            copies: repeats && !isLost ? copies : 0,
            copyGap: copyGap,
            delay: delays && !isLost ? delay : .zero,
            isReordered: isReordered && !isLost && configuration.sendsProgress,
            forgedAfter: forges ? forgedAfter : nil,
            finalDelivery: "msg_" + random.hexadecimal(24),
            progressDeliveries: configuration.sendsProgress ? ProgressEvent.all.map { _ in "msg_" + random.hexadecimal(24) } : [],
            forgedDelivery: "msg_" + random.hexadecimal(24)
        )
    }
}
