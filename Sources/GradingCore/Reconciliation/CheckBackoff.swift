/// How long a task is left alone after a failed check: 30 s·2ⁿ, at most 15 min.
enum CheckBackoff {
    static let first = Duration.seconds(30)
    static let cap = Duration.seconds(900)

    /// - Parameter errors: failed checks in a row before this one.
    static func delay(afterErrors errors: Int) -> Duration {
        // 30 s·2⁵ is past the cap already; a larger shift could overflow.
        min(first * (1 << min(max(errors, 0), 5)), cap)
    }
}
