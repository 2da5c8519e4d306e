import StoreConformance
import Testing

@Suite("PostgreSQL keeps the rules of every store", .enabled(if: PostgresServer.isWanted), .serialized)
struct PostgresConformanceTests {
    @Test("rule", arguments: StoreConformance.checks)
    func keeps(_ check: ConformanceCheck) async throws {
        try await PostgresHarness.withFreshDatabase { harness in
            try await check.run(harness)
        }
    }
}
