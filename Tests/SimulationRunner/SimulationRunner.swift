import ArgumentParser
import MonitorSimulation

/// Plays many seeds, or one again.
@main
struct SimulationRunner: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulation",
        abstract: "Plays seeds of the deterministic simulation; ends with 1 when a rule was broken."
    )

    @Option(help: "How many seeds to play.")
    var seeds: UInt64 = 1_000

    @Option(help: "The first seed.")
    var from: UInt64 = 1

    @Option(help: "Seeds that are played side by side.")
    var jobs = 2

    @Option(help: "A rule to break on purpose: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var sabotage: Sabotage?

    @Flag(help: "Print all that happens; for one seed.")
    var trace = false

    func validate() throws {
        guard seeds > 0, jobs > 0 else { throw ValidationError("--seeds and --jobs must be greater than zero.") }
        guard !trace || seeds == 1 else { throw ValidationError("--trace is for one seed: --seeds 1.") }
    }

    func run() async throws {
        if trace { try show(from) }
        let clock = ContinuousClock()
        let start = clock.now
        let tally = await Campaign(seeds: from..<from + seeds, jobs: jobs, sabotage: sabotage).run()
        let took = start.duration(to: clock.now)
        print("\(tally.seeds) seeds, \(tally.steps) steps, \(took.formatted()); \(tally.failures.count) failed")
        guard let first = tally.failures.min(by: { $0.seed < $1.seed }) else { return }
        for failure in tally.failures.prefix(10) { print("seed \(failure.seed): \(failure.violation.map(\.description) ?? "")") }
        let option = sabotage.map { " --sabotage \($0.rawValue)" } ?? ""
        print("Again, with all that happens: scripts/simulate.sh --from \(first.seed) --seeds 1 --trace\(option)")
        print("What came before:")
        let again = Simulation(seed: first.seed, sabotage: sabotage, isTracing: true).run()
        for line in again.trace.suffix(40) { print("  \(line)") }
        throw ExitCode.failure
    }

    private func show(_ seed: UInt64) throws {
        let verdict = Simulation(seed: seed, sabotage: sabotage, isTracing: true).run()
        for line in verdict.trace { print(line) }
        print("seed \(seed): \(verdict.steps) steps; \(verdict.violation.map(\.description) ?? "every rule was kept")")
        if verdict.violation != nil { throw ExitCode.failure }
        throw ExitCode.success
    }
}

extension Sabotage: ExpressibleByArgument {}

extension Duration {
    fileprivate func formatted() -> String { "\(components.seconds) s" }
}
