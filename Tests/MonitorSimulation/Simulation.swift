import GradingCore

/// Plays one seed: the monitor's own code, in a world where everything else is made up and goes wrong.
package struct Simulation: Sendable {
    /// What became of a seed.
    package struct Verdict: Sendable {
        package let seed: UInt64
        /// `nil` when every rule was kept.
        package let violation: Violation?
        /// Jobs and timers that have run.
        package let steps: Int
        /// What happened, line by line; empty unless it was wanted.
        package let trace: [String]
    }

    package let scenario: Scenario
    package var sabotage: Sabotage?
    package var isTracing = false

    package init(seed: UInt64, sabotage: Sabotage? = nil, isTracing: Bool = false) {
        scenario = Scenario(seed: seed)
        self.sabotage = sabotage
        self.isTracing = isTracing
    }

    /// Runs on the calling thread from beginning to end.
    package func run() -> Verdict {
        let world = World(scenario, sabotage: sabotage, isTracing: isTracing)
        world.play()
        return Verdict(
            seed: scenario.seed,
            violation: world.auditor.violation,
            steps: world.timeline.steps,
            trace: world.auditor.trace
        )
    }
}
