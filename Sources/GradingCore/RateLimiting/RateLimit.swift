/// So many requests in so much time. All of them may come at once; then one each `window / quota`.
package struct RateLimit: Sendable, Equatable {
    /// The policy's name in `RateLimit-Policy`: `cron`, `manual`, `bad-signature`.
    package let name: String
    /// Requests per window, 1 or more.
    package let quota: Int
    /// Longer than zero.
    package let window: Duration

    package init(name: String, quota: Int, window: Duration) {
        self.name = name
        self.quota = quota
        self.window = window
    }
}
