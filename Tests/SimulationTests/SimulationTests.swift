import MonitorSimulation
import Testing

@Suite("The monitor in a world where everything goes wrong")
struct SimulationTests {
    @Test("keeps every rule, whatever the seed")
    func keepsEveryRule() async {
        let tally = await Campaign(seeds: 1..<301).run()
        #expect(tally.failures.map { "seed \($0.seed): \($0.violation.map(\.description) ?? "")" } == [])
    }

    @Test("each rule that is broken on purpose is found", arguments: Sabotage.allCases)
    func findsWhatIsBroken(_ sabotage: Sabotage) async {
        let tally = await Campaign(seeds: 1..<401, sabotage: sabotage, stopsAtFailure: true).run()
        #expect(!tally.failures.isEmpty)
    }

    @Test("a seed makes the same run each time")
    func replays() {
        for seed in UInt64(1)...10 {
            let first = Simulation(seed: seed, isTracing: true).run()
            let second = Simulation(seed: seed, isTracing: true).run()
            #expect(first.trace == second.trace)
            #expect(!first.trace.isEmpty)
        }
    }
}
