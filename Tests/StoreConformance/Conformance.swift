package import GradingCore
import Testing

/// One rule that every store keeps.
package struct ConformanceCheck: Sendable, CustomTestStringConvertible {
    /// The rule, as a sentence.
    package let testDescription: String
    private let exception: @Sendable (DatabaseLayout) -> Bool
    /// Proves it on a store with an empty database.
    package let run: @Sendable (any StoreHarness) async throws -> Void

    /// - Parameter exception: layouts in which what the rule speaks of cannot be.
    init(
        _ rule: String,
        unless exception: @escaping @Sendable (DatabaseLayout) -> Bool = { _ in false },
        run: @escaping @Sendable (any StoreHarness) async throws -> Void
    ) {
        testDescription = rule
        self.exception = exception
        self.run = run
    }

    /// Whether the rule has a meaning in a database like this.
    package func applies(to layout: DatabaseLayout) -> Bool { !exception(layout) }
}

/// The suite that every store passes, with the same results: run each check against a fresh database.
package enum StoreConformance {
    package static let checks =
        applyChecks + deliveryChecks + ledgerChecks + rollUpChecks + registrationChecks + claimChecks + priorityChecks
        + scheduleChecks
        + graceChecks + endingChecks + logChecks + upkeepChecks + leaseChecks + changeChecks + rateLimitChecks
        + partChecks + generationChecks + studentChecks + retryChecks + automaticRetryChecks + lossChecks + outageChecks
}
