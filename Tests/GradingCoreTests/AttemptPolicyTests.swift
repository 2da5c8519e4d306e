import Testing

@testable import GradingCore

@Suite("When a failed task begins anew by itself")
struct AttemptPolicyTests {
    private static func failed(attempt: Int) -> FailedTask {
        let snapshot = TaskSnapshot(
            task: TaskID("t1")!,
            student: StudentRowID("row"),
            studentName: "Ada Obi",
            session: SessionID(stored: "session"),
            status: .failed,
            attempt: attempt
        )
        return FailedTask(snapshot, failedAt: Timestamp(milliseconds: 0))
    }

    @Test(
        "it waits longer after each failure, and has no more attempts than are allowed",
        arguments: [(1, 300), (2, 1_800), (3, 7_200), (4, 7_200)]
    )
    func waits(attempt: Int, seconds: Int64) {
        var policy = AttemptPolicy()
        policy.maximum = 5
        let failed = Self.failed(attempt: attempt)
        #expect(!policy.isDue(failed, at: Timestamp(milliseconds: seconds * 1_000 - 1)))
        #expect(policy.isDue(failed, at: Timestamp(milliseconds: seconds * 1_000)))
        policy.maximum = attempt
        #expect(!policy.isDue(failed, at: Timestamp(milliseconds: .max / 2)))
    }
}
