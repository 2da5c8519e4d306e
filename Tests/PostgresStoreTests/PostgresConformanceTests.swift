import StoreConformance
import Testing

@Suite("PostgreSQL keeps the rules of every store", .enabled(if: PostgresServer.isWanted), .serialized)
struct PostgresConformanceTests {
    @Test("rule", arguments: TestedLayout.allCases, StoreConformance.checks)
    func keeps(_ layout: TestedLayout, _ check: ConformanceCheck) async throws {
        try await PostgresHarness.withDatabase(layout) { harness in
            guard check.applies(to: harness.layout) else { return }
            try await check.run(harness)
        }
    }
}
