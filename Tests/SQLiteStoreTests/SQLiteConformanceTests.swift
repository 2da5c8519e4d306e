import StoreConformance
import Testing

@Suite("SQLite keeps the rules of every store")
struct SQLiteConformanceTests {
    @Test("rule", arguments: TestedLayout.allCases, StoreConformance.checks)
    func keeps(_ layout: TestedLayout, _ check: ConformanceCheck) async throws {
        try await SQLiteHarness.withDatabase(layout) { harness in
            guard check.applies(to: harness.layout) else { return }
            try await check.run(harness)
        }
    }
}
