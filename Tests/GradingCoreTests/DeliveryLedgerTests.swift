import Testing

@testable import GradingCore

@Suite("The delivery ledger as an operator reads it")
struct DeliveryLedgerTests {
    private static func delivery(_ id: String, at second: Int64) -> LedgerDelivery {
        LedgerDelivery(
            id: id,
            task: TaskID("task-1")!,
            keyID: "k",
            receivedAt: Timestamp(milliseconds: second * 1_000),
            disposition: .applied,
            hasConflict: false,
            bodyHash: []
        )
    }

    private static func refusal(_ id: String, at second: Int64) -> CallbackRefusal {
        CallbackRefusal(
            id: id,
            receivedAt: Timestamp(milliseconds: second * 1_000),
            reason: .wrongKey,
            detail: "",
            sender: "192.0.2.1",
            deliveryID: nil,
            task: nil,
            keyID: nil,
            bodyHash: nil,
            size: nil,
            count: 1
        )
    }

    private let store = FakeStore()

    private func ids(limit: Int = 10, _ outcome: LedgerOutcome? = nil) async throws -> [String?] {
        store.set { state in
            state.deliveries = [Self.delivery("d3", at: 3), Self.delivery("d1", at: 1)]
            state.refusals = ["r2": Self.refusal("r2", at: 2), "e3": Self.refusal("e3", at: 3)]
        }
        return try await DeliveryLedger(store: store).entries(LedgerPage(limit: limit), outcome: outcome).map(\.cursor.id)
    }

    @Test("has what was taken in and what was refused in one list, newest first, and no more than is wanted")
    func merged() async throws {
        #expect(try await ids() == ["e3", "d3", "r2", "d1"])
        #expect(try await ids(limit: 3) == ["e3", "d3", "r2"])
    }

    @Test("has the one without the other for an outcome")
    func byOutcome() async throws {
        #expect(Set(try await ids(.refused)) == ["e3", "r2"])
        #expect(try await ids(.remembered(.applied)) == ["d3", "d1"])
    }

    @Test("knows its words and no other")
    func words() {
        #expect(LedgerOutcome.allCases.map(\.word) == ["applied", "duplicate", "stale", "conflict", "parked", "refused"])
        #expect(LedgerOutcome.allCases.allSatisfy { LedgerOutcome(word: $0.word) == $0 })
        #expect(LedgerOutcome(word: "Refused") == nil)
    }

    @Test("a place in it is written and read back, whatever the id holds")
    func cursors() {
        let place = LogCursor(createdAt: Timestamp(milliseconds: 1_795_516_200_001), id: "msg_1_&%")
        #expect(place.text == "2026-11-24T10:30:00.001Z_msg_1_&%")
        #expect(LogCursor(place.text) == place)
        #expect(LogCursor("2026-11-24T10:30:00.001Z") == LogCursor(createdAt: place.createdAt, id: nil))
        #expect(LogCursor("msg_1") == nil && LogCursor("") == nil)
    }
}
