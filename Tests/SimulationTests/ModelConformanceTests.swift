import StoreConformance
import Testing

@Suite("The simulation's model store keeps the rules of every store")
struct ModelConformanceTests {
    @Test("rule", arguments: StoreConformance.checks)
    func keeps(_ check: ConformanceCheck) async throws {
        let harness = try ModelHarness()
        guard check.applies(to: harness.layout) else { return }
        try await check.run(harness)
    }
}
