import StoreConformance
import Testing

@Suite("SQLite keeps the rules of every store")
struct SQLiteConformanceTests {
    @Test("rule", arguments: StoreConformance.checks)
    func keeps(_ check: ConformanceCheck) async throws {
        try await SQLiteHarness.withFreshDatabase { harness in
            try await check.run(harness)
        }
    }
}
