import Testing

@testable import GradingCore

@Suite("What the commit queue does next")
struct CommitQueueStateTests {
    typealias State = CommitQueueState<Int, String>

    static func state(
        reports: Int = 3,
        bytes: Int = 10_000,
        queued: Int = 5,
        queuedBytes: Int = 20_000,
        beside: Int = 10
    ) -> State {
        State(
            bounds: CommitBounds(
                batchReports: reports,
                batchBytes: bytes,
                queuedReports: queued,
                queuedBytes: queuedBytes,
                patience: .seconds(4),
                besideReports: beside
            )
        )
    }

    /// The ticket numbers of the next batch, which is over at once; `nil` when there is none.
    static func nextBatch(_ state: inout State, at now: Duration = .zero) -> [Int]? {
        let batch = startedBatch(&state, at: now)
        if let batch { _ = state.finished(batch.count) }
        return batch
    }

    /// The same, with the batch still under way.
    static func startedBatch(_ state: inout State, at now: Duration = .zero) -> [Int]? {
        guard case .commit(let entries) = state.next(at: now) else { return nil }
        return entries.map(\.ticket)
    }

    static func refusal(_ submission: State.Submission) -> CommitError? {
        guard case .refused(let error) = submission else { return nil }
        return error
    }

    @Test("batches are in the order of arrival and no larger than allowed")
    func batches() {
        var state = Self.state()
        for ticket in 1...5 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.nextBatch(&state) == [1, 2, 3])
        #expect(Self.nextBatch(&state) == [4, 5])
        #expect(Self.nextBatch(&state) == nil)
    }

    @Test("a batch ends before the report that would make it too large in bytes")
    func batchBytes() {
        var state = Self.state(bytes: 2_000)
        for ticket in 1...3 { _ = state.submit(.fake("t\(ticket)", bytes: 700), ticket: ticket, at: .zero) }
        #expect(Self.nextBatch(&state) == [1, 2])
        #expect(Self.nextBatch(&state) == [3])
    }

    @Test("a report that is larger than a batch goes alone")
    func oversize() {
        var state = Self.state(bytes: 2_000)
        _ = state.submit(.fake("a"), ticket: 1, at: .zero)
        _ = state.submit(.fake("b", bytes: 5_000), ticket: 2, at: .zero)
        _ = state.submit(.fake("c"), ticket: 3, at: .zero)
        #expect(Self.nextBatch(&state) == [1])
        #expect(Self.nextBatch(&state) == [2])
        #expect(Self.nextBatch(&state) == [3])
    }

    @Test("a full queue takes nothing in, by number and by bytes, until a batch has left")
    func full() {
        var byNumber = Self.state(queued: 2)
        #expect(Self.refusal(byNumber.submit(.fake("a"), ticket: 1, at: .zero)) == nil)
        #expect(Self.refusal(byNumber.submit(.fake("b"), ticket: 2, at: .zero)) == nil)
        #expect(Self.refusal(byNumber.submit(.fake("c"), ticket: 3, at: .zero)) == .full)
        #expect(Self.nextBatch(&byNumber) == [1, 2])
        #expect(Self.refusal(byNumber.submit(.fake("c"), ticket: 4, at: .zero)) == nil)

        var byBytes = Self.state(queuedBytes: 3_000)
        #expect(Self.refusal(byBytes.submit(.fake("a", bytes: 2_000), ticket: 1, at: .zero)) == nil)
        #expect(Self.refusal(byBytes.submit(.fake("b", bytes: 2_000), ticket: 2, at: .zero)) == .full)
        #expect(Self.nextBatch(&byBytes) == [1])
        #expect(Self.refusal(byBytes.submit(.fake("b", bytes: 9_000), ticket: 3, at: .zero)) == nil)
    }

    @Test("the drain loop is woken by a report, once, and not put to sleep when there is one")
    func waking() {
        var state = Self.state()
        #expect(state.wait("loop") == nil)
        guard case .queued(let woken) = state.submit(.fake("a"), ticket: 1, at: .zero) else { return #expect(Bool(false)) }
        #expect(woken == "loop")
        guard case .queued(let again) = state.submit(.fake("b"), ticket: 2, at: .zero) else { return #expect(Bool(false)) }
        #expect(again == nil)
        #expect(state.wait("loop") == "loop")
    }

    @Test("a batch goes out beside another when it is as large, and otherwise after it")
    func sideBySide() {
        var state = Self.state(queued: 9)
        for ticket in 1...2 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.startedBatch(&state) == [1, 2])
        #expect(state.wait("other") == nil)
        guard case .queued(nil) = state.submit(.fake("t3"), ticket: 3, at: .zero) else { return #expect(Bool(false)) }
        #expect(Self.startedBatch(&state) == nil)
        guard case .queued("other") = state.submit(.fake("t4"), ticket: 4, at: .zero) else { return #expect(Bool(false)) }
        #expect(Self.startedBatch(&state) == [3, 4])

        _ = state.submit(.fake("t5"), ticket: 5, at: .zero)
        #expect(state.wait("loop") == nil)
        #expect(state.finished(2) == [])
        #expect(state.finished(2) == ["loop"])
        #expect(Self.startedBatch(&state) == [5])
    }

    @Test("a batch that is worth a transaction does not wait until it is as large as the one beside it")
    func besideALargeOne() {
        var state = Self.state(reports: 9, queued: 9, beside: 2)
        for ticket in 1...5 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.startedBatch(&state) == [1, 2, 3, 4, 5])
        #expect(state.wait("other") == nil)
        guard case .queued(nil) = state.submit(.fake("t6"), ticket: 6, at: .zero) else { return #expect(Bool(false)) }
        #expect(Self.startedBatch(&state) == nil)
        guard case .queued("other") = state.submit(.fake("t7"), ticket: 7, at: .zero) else { return #expect(Bool(false)) }
        #expect(Self.startedBatch(&state) == [6, 7])
    }

    @Test("draining commits what waits for another batch, after it")
    func drainingBesideAnother() {
        var state = Self.state()
        for ticket in 1...2 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.startedBatch(&state) == [1, 2])
        _ = state.submit(.fake("t3"), ticket: 3, at: .zero)
        #expect(state.wait("other") == nil)
        #expect(state.drain() == ["other"])
        guard case .wait = state.next(at: .zero) else { return #expect(Bool(false)) }
        #expect(state.wait("other") == nil)
        #expect(state.finished(2) == ["other"])
        #expect(Self.nextBatch(&state) == [3])
        guard case .finish = state.next(at: .zero) else { return #expect(Bool(false)) }
    }

    @Test("draining wakes every loop after a batch: another may take what they wait for")
    func drainingWithThreeLoops() {
        var state = Self.state()
        for ticket in 1...2 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.startedBatch(&state) == [1, 2])
        _ = state.submit(.fake("t3"), ticket: 3, at: .zero)
        #expect(state.drain() == [])
        for loop in ["b", "c"] { #expect(state.wait(loop) == nil) }
        #expect(state.finished(2) == ["b", "c"])
        #expect(Self.startedBatch(&state) == [3])
        for _ in 1...2 { guard case .finish = state.next(at: .zero) else { return #expect(Bool(false)) } }
    }

    @Test("draining refuses what is new, commits what is queued, and ends")
    func draining() {
        var state = Self.state()
        _ = state.submit(.fake("a"), ticket: 1, at: .zero)
        #expect(state.drain() == [])
        #expect(Self.refusal(state.submit(.fake("b"), ticket: 2, at: .zero)) == .draining)
        #expect(Self.nextBatch(&state) == [1])
        #expect(state.wait("loop") == "loop")
        guard case .finish = state.next(at: .zero) else { return #expect(Bool(false)) }
        #expect(Self.refusal(state.submit(.fake("c"), ticket: 3, at: .zero)) == .draining)
    }

    @Test("draining wakes every idle drain loop")
    func drainingWakes() {
        var state = Self.state()
        #expect(state.wait("loop") == nil)
        #expect(state.wait("other") == nil)
        #expect(state.drain() == ["loop", "other"])
        #expect(state.drain() == [])
    }

    @Test("ending hands back everything that waits")
    func ending() {
        var state = Self.state()
        for ticket in 1...5 { _ = state.submit(.fake("t\(ticket)"), ticket: ticket, at: .zero) }
        #expect(Self.nextBatch(&state) == [1, 2, 3])
        #expect(state.end().refused.map(\.ticket) == [4, 5])
        #expect(state.count == 0)
        guard case .finish = state.next(at: .zero) else { return #expect(Bool(false)) }
    }

    @Test("a report that has waited longer than the patience is given up, and those behind it are not")
    func patience() {
        var state = Self.state()
        _ = state.submit(.fake("a"), ticket: 1, at: .seconds(1))
        _ = state.submit(.fake("b"), ticket: 2, at: .milliseconds(1_001))
        _ = state.submit(.fake("c"), ticket: 3, at: .seconds(5))
        guard case .giveUp(let late) = state.next(at: .milliseconds(5_001)) else { return #expect(Bool(false)) }
        #expect(late.map(\.ticket) == [1])
        #expect(Self.nextBatch(&state, at: .milliseconds(5_001)) == [2, 3])
        #expect(state.count == 0)
    }

    @Test("what was given up makes room, by number and by bytes")
    func patienceMakesRoom() {
        var state = Self.state(queued: 2, queuedBytes: 3_000)
        _ = state.submit(.fake("a", bytes: 1_000), ticket: 1, at: .zero)
        _ = state.submit(.fake("b", bytes: 1_000), ticket: 2, at: .zero)
        guard case .giveUp(let late) = state.next(at: .seconds(9)) else { return #expect(Bool(false)) }
        #expect(late.map(\.ticket) == [1, 2])
        #expect(Self.refusal(state.submit(.fake("c", bytes: 1_000), ticket: 3, at: .seconds(9))) == nil)
        #expect(Self.refusal(state.submit(.fake("d", bytes: 1_000), ticket: 4, at: .seconds(9))) == nil)
        #expect(Self.nextBatch(&state, at: .seconds(9)) == [3, 4])
    }
}
