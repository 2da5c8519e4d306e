import Testing

/// One rule that every store keeps.
package struct ConformanceCheck: Sendable, CustomTestStringConvertible {
    /// The rule, as a sentence.
    package let testDescription: String
    /// Proves it on a store with an empty database.
    package let run: @Sendable (any StoreHarness) async throws -> Void

    init(_ rule: String, run: @escaping @Sendable (any StoreHarness) async throws -> Void) {
        testDescription = rule
        self.run = run
    }
}

/// The suite that every store passes, with the same results: run each check against a fresh database.
package enum StoreConformance {
    package static let checks =
        applyChecks + deliveryChecks + rollUpChecks + registrationChecks + claimChecks + scheduleChecks + logChecks + upkeepChecks
        + leaseChecks + changeChecks + rateLimitChecks
}
