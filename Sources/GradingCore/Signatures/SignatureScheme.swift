/// A way of signing callbacks. The raw value is its word in the configuration.
package enum SignatureScheme: String, Sendable, Hashable, CaseIterable {
    /// Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
    case standard
    /// `X-Hub-Signature-256`, as GitHub signs.
    case github
    /// `Stripe-Signature`, as Stripe signs.
    case stripe
}
