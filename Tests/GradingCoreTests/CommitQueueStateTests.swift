import Testing

@testable import GradingCore

@Suite("What the commit queue does next")
struct CommitQueueStateTests {
    typealias State = CommitQueueState<Int, String>

    static func state(reports: Int = 3, bytes: Int = 10_000, queued: Int = 5, queuedBytes: Int = 20_000) -> State {
        State(
            bounds: CommitBounds(
                batchReports: reports,
                batchBytes: bytes,
                queuedReports: queued,
                queuedBytes: queuedBytes
            )
        )
    }

    /// The ticket numbers of the next batch; `nil` when there is none.
    static func nextBatch(_ state: inout State) -> [Int]? {
        guard case .commit(let entries) = state.next() else { return nil }
        return entries.map(\.ticket)
    }

    static func refusal(_ submission: State.Submission) -> CommitError? {
        guard case .refused(let error) = submission else { return nil }
        return error
    }

    @Test("batches are in the order of arrival and no larger than allowed")
    func batches() {
        var state = Self.state()
        for ticket in 1...5 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket) }
        #expect(Self.nextBatch(&state) == [1, 2, 3])
        #expect(Self.nextBatch(&state) == [4, 5])
        #expect(Self.nextBatch(&state) == nil)
    }

    @Test("a batch ends before the report that would make it too large in bytes")
    func batchBytes() {
        var state = Self.state(bytes: 2_000)
        for ticket in 1...3 { _ = state.submit(.fake("t\(ticket)", bytes: 700), ticket: ticket) }
        #expect(Self.nextBatch(&state) == [1, 2])
        #expect(Self.nextBatch(&state) == [3])
    }

    @Test("a report that is larger than a batch goes alone")
    func oversize() {
        var state = Self.state(bytes: 2_000)
        _ = state.submit(.fake("a"), ticket: 1)
        _ = state.submit(.fake("b", bytes: 5_000), ticket: 2)
        _ = state.submit(.fake("c"), ticket: 3)
        #expect(Self.nextBatch(&state) == [1])
        #expect(Self.nextBatch(&state) == [2])
        #expect(Self.nextBatch(&state) == [3])
    }

    @Test("a full queue takes nothing in, by number and by bytes, until a batch has left")
    func full() {
        var byNumber = Self.state(queued: 2)
        #expect(Self.refusal(byNumber.submit(.fake("a"), ticket: 1)) == nil)
        #expect(Self.refusal(byNumber.submit(.fake("b"), ticket: 2)) == nil)
        #expect(Self.refusal(byNumber.submit(.fake("c"), ticket: 3)) == .full)
        #expect(Self.nextBatch(&byNumber) == [1, 2])
        #expect(Self.refusal(byNumber.submit(.fake("c"), ticket: 4)) == nil)

        var byBytes = Self.state(queuedBytes: 3_000)
        #expect(Self.refusal(byBytes.submit(.fake("a", bytes: 2_000), ticket: 1)) == nil)
        #expect(Self.refusal(byBytes.submit(.fake("b", bytes: 2_000), ticket: 2)) == .full)
        #expect(Self.nextBatch(&byBytes) == [1])
        #expect(Self.refusal(byBytes.submit(.fake("b", bytes: 9_000), ticket: 3)) == nil)
    }

    @Test("the drain loop is woken by a report, once, and not put to sleep when there is one")
    func waking() {
        var state = Self.state()
        #expect(state.wait("loop") == nil)
        guard case .queued(let woken) = state.submit(.fake("a"), ticket: 1) else { return #expect(Bool(false)) }
        #expect(woken == "loop")
        guard case .queued(let again) = state.submit(.fake("b"), ticket: 2) else { return #expect(Bool(false)) }
        #expect(again == nil)
        #expect(state.wait("loop") == "loop")
    }

    @Test("draining refuses what is new, commits what is queued, and ends")
    func draining() {
        var state = Self.state()
        _ = state.submit(.fake("a"), ticket: 1)
        #expect(state.drain() == nil)
        #expect(Self.refusal(state.submit(.fake("b"), ticket: 2)) == .draining)
        #expect(Self.nextBatch(&state) == [1])
        #expect(state.wait("loop") == "loop")
        guard case .finish = state.next() else { return #expect(Bool(false)) }
        #expect(Self.refusal(state.submit(.fake("c"), ticket: 3)) == .draining)
    }

    @Test("draining wakes an idle drain loop")
    func drainingWakes() {
        var state = Self.state()
        #expect(state.wait("loop") == nil)
        #expect(state.drain() == "loop")
    }

    @Test("ending hands back everything that waits")
    func ending() {
        var state = Self.state()
        for ticket in 1...5 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket) }
        #expect(Self.nextBatch(&state) == [1, 2, 3])
        #expect(state.end().refused.map(\.ticket) == [4, 5])
        #expect(state.count == 0)
        guard case .finish = state.next() else { return #expect(Bool(false)) }
    }
}
