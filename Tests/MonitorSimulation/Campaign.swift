import Foundation

/// Many seeds, some side by side: each in a world of its own.
package struct Campaign: Sendable {
    package struct Tally: Sendable {
        package var seeds = 0
        package var steps = 0
        package var failures: [Simulation.Verdict] = []

        mutating func add(_ verdict: Simulation.Verdict) {
            seeds += 1
            steps += verdict.steps
            if verdict.violation != nil { failures.append(verdict) }
        }
    }

    package let seeds: Range<UInt64>
    package let jobs: Int
    package let sabotage: Sabotage?
    /// Seeds after the first that fails are of no interest.
    package let stopsAtFailure: Bool

    package init(seeds: Range<UInt64>, jobs: Int = 2, sabotage: Sabotage? = nil, stopsAtFailure: Bool = false) {
        self.seeds = seeds
        self.jobs = jobs
        self.sabotage = sabotage
        self.stopsAtFailure = stopsAtFailure
    }

    package func run() async -> Tally {
        await withTaskGroup(of: Simulation.Verdict.self) { group in
            var tally = Tally()
            var rest = seeds.makeIterator()
            func begin() {
                guard !stopsAtFailure || tally.failures.isEmpty, let seed = rest.next() else { return }
                group.addTask { await Self.play(seed, sabotage) }
            }
            for _ in 0..<jobs { begin() }
            for await verdict in group {
                tally.add(verdict)
                begin()
            }
            return tally
        }
    }

    /// On a thread of its own, so that no task is current when those of the world run.
    private static func play(_ seed: UInt64, _ sabotage: Sabotage?) async -> Simulation.Verdict {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Simulation(seed: seed, sabotage: sabotage).run()) }
        }
    }
}
