import GradingCore
import StoreConformance
import Testing

/// What the conformance suite cannot bring about through the port.
@Suite("Registration in PostgreSQL", .enabled(if: PostgresServer.isWanted), .serialized)
struct PostgresRegistrationTests {
    private static let task = TaskID("task-1")!

    private static let registration = TaskRegistration(
        task: task,
        studentName: "Ada Obi",
        studentID: "7",
        priority: 9,
        session: SessionRegistration(id: SessionID("s1")!, title: nil, subject: nil, examYear: nil, numStudents: nil)
    )

    private static func at(_ seconds: Int) -> Timestamp { Timestamp.start.advanced(by: .seconds(seconds)) }

    @Test("a task whose student was deleted begins again, with nothing left of its checks")
    func deletedStudent() async throws {
        try await PostgresHarness.withFreshDatabase { harness in
            let store = harness.store
            _ = try await store.register([Self.registration], at: .start)
            let request = ClaimRequest(limit: 1, now: Self.at(120), owner: "a", leaseExpiresAt: Self.at(180))
            let claim = try #require(try await store.claimDueTasks(request).first)
            try await store.putOff([TaskPutOff(claim, until: Self.at(1_200))])
            try await harness.database.execute("DELETE FROM students")

            // By a clock that was ahead: what waits for nothing but its grace is brought forward.
            let again = try await store.register([Self.registration], at: Self.at(5_000))
            #expect(again == .registered(new: 1, unchanged: 0))
            #expect(try await store.scheduleOpenTasks(at: Self.at(130)) == 1)
        }
    }
}
