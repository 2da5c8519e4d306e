/// What is old enough to be forgotten.
package struct PruneLimits: Sendable, Equatable {
    /// Settled deliveries that came before this.
    package let deliveriesBefore: Timestamp
    /// Parked deliveries that came before this: a 2xx was given for them, so they are kept much longer.
    package let parkedBefore: Timestamp
    /// Rows of the change feed that were committed before this.
    package let changesBefore: Timestamp

    /// Deliveries are remembered for 80 h: Standard Webhooks' sample retry schedule spans about 75.
    static let deliveryRetention = Duration.seconds(80 * 3_600)
    static let longRetention = Duration.seconds(30 * 86_400)

    package init(at now: Timestamp) {
        deliveriesBefore = now.advanced(by: .zero - Self.deliveryRetention)
        parkedBefore = now.advanced(by: .zero - Self.longRetention)
        changesBefore = parkedBefore
    }
}
