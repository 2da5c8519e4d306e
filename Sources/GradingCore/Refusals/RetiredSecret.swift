/// A secret that is no longer valid, known so that whoever still signs with it can be told apart from a forger. It never
/// verifies anything.
package struct RetiredSecret: Sendable {
    package let secret: WebhookSecret
    /// When it ceased to be valid.
    package let expiredAt: Timestamp

    package init(_ secret: WebhookSecret, expiredAt: Timestamp) {
        self.secret = secret
        self.expiredAt = expiredAt
    }
}
