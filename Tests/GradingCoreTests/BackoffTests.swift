import Testing

@testable import GradingCore

@Suite("Backoff after failed checks")
struct BackoffTests {
    @Test(
        "doubles from 30 s and stops at 15 min",
        arguments: [(0, 30), (1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900), (64, 900), (Int.max, 900), (-1, 30)]
    )
    func delay(_ errors: Int, _ seconds: Int) {
        #expect(CheckBackoff.delay(afterErrors: errors) == .seconds(seconds))
    }
}
