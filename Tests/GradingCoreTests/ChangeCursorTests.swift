import Testing

@testable import GradingCore

extension CommittedChange {
    /// A change of which only the sequence matters.
    static func fake(_ sequence: Int64) -> CommittedChange {
        CommittedChange(
            sequence: sequence,
            change: .session(SessionChange(session: SessionID("s1")!, from: .pending, to: .processing)),
            at: Timestamp(milliseconds: sequence)
        )
    }
}

@Suite("How far the change feed was read")
struct ChangeCursorTests {
    static func page(_ sequences: [Int64], oldestOpen: UInt64 = 0, next: UInt64 = 0) -> ChangePage {
        ChangePage(changes: sequences.map { .fake($0) }, oldestOpenTransaction: oldestOpen, nextTransaction: next)
    }

    static func cursor(at position: Int64 = 0) -> ChangeCursor {
        ChangeCursor(at: page([]), after: position)
    }

    @Test("rows without a gap are told at once, whatever is in flight, and once only")
    func contiguous() {
        var cursor = Self.cursor()
        #expect(cursor.take(Self.page([1, 2, 3], oldestOpen: 5, next: 9)).map(\.sequence) == [1, 2, 3])
        #expect(cursor.take(Self.page([2, 3, 4], oldestOpen: 5, next: 9)).map(\.sequence) == [4])
        #expect(!cursor.isWaiting)
        #expect(cursor.position == 4)
    }

    @Test("nothing behind a gap is told while a transaction that may fill it is in flight")
    func gapIsFilled() {
        var cursor = Self.cursor()
        #expect(cursor.take(Self.page([1, 3], oldestOpen: 10, next: 12)).map(\.sequence) == [1])
        #expect(cursor.isWaiting)
        #expect(cursor.take(Self.page([3, 4], oldestOpen: 11, next: 13)).isEmpty)
        #expect(cursor.take(Self.page([2, 3, 4], oldestOpen: 12, next: 13)).map(\.sequence) == [2, 3, 4])
        #expect(!cursor.isWaiting)
    }

    @Test("a gap that was rolled back is passed once everyone who was in flight has ended, though others are by now")
    func gapIsRolledBack() {
        var cursor = Self.cursor()
        #expect(cursor.take(Self.page([1, 3], oldestOpen: 10, next: 12)).map(\.sequence) == [1])
        #expect(cursor.take(Self.page([3], oldestOpen: 11, next: 20)).isEmpty)
        #expect(cursor.take(Self.page([3], oldestOpen: 12, next: 30)).map(\.sequence) == [3])
    }

    @Test("a gap is passed at once when nobody is in flight")
    func nobodyInFlight() {
        var cursor = Self.cursor()
        #expect(cursor.take(Self.page([2, 5], oldestOpen: 12, next: 12)).map(\.sequence) == [2, 5])
        #expect(!cursor.isWaiting)
    }

    @Test("a gap behind one that is settled waits for its own transactions")
    func secondGap() {
        var cursor = Self.cursor()
        #expect(cursor.take(Self.page([2], oldestOpen: 10, next: 12)).isEmpty)
        #expect(cursor.take(Self.page([2, 4], oldestOpen: 12, next: 15)).map(\.sequence) == [2])
        #expect(cursor.isWaiting)
        #expect(cursor.take(Self.page([4], oldestOpen: 14, next: 16)).isEmpty)
        #expect(cursor.take(Self.page([3, 4], oldestOpen: 15, next: 16)).map(\.sequence) == [3, 4])
    }

    @Test("from the start, what is there is not told, and what appears before it later is")
    func start() {
        var cursor = ChangeCursor(at: Self.page([11, 12, 14], oldestOpen: 20, next: 22), after: 10)
        #expect(cursor.position == 12)
        #expect(cursor.isWaiting)
        #expect(cursor.take(Self.page([13, 14, 15], oldestOpen: 22, next: 22)).map(\.sequence) == [13, 15])
    }

    @Test(
        "of transactions that overlap as they like, every row is told once and in order",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func simulation(_ seed: UInt64) {
        var random = Numbers(state: seed)
        var database = Transactions()
        var cursor = Self.cursor()
        var told: [Int64] = []
        for _ in 0..<2_000 {
            switch random.next() % 8 {
            case 0, 1: database.begin()
            case 2, 3: database.takeSequence(random.next())
            case 4: database.commit(random.next())
            case 5: database.rollBack(random.next())
            default:
                told += cursor.take(database.page(after: cursor.position, limit: 1 + Int(random.next() % 20))).map(\.sequence)
            }
        }
        database.commitAll()
        while true {
            let page = database.page(after: cursor.position, limit: 20)
            if page.changes.isEmpty { break }
            told += cursor.take(page).map(\.sequence)
        }
        #expect(told == database.committed.sorted())
        #expect(told.count > 100)
    }

    /// Transactions that take sequences and end in any order.
    private struct Transactions {
        private var open: [(id: UInt64, sequences: [Int64])] = []
        private var nextID: UInt64 = 1
        private var nextSequence: Int64 = 1
        private(set) var committed: [Int64] = []

        mutating func begin() {
            guard open.count < 6 else { return }
            open.append((nextID, []))
            nextID += 1
        }

        mutating func takeSequence(_ choice: UInt64) {
            guard !open.isEmpty else { return }
            open[Int(choice % UInt64(open.count))].sequences.append(nextSequence)
            nextSequence += 1
        }

        mutating func commit(_ choice: UInt64) {
            guard !open.isEmpty else { return }
            committed += open.remove(at: Int(choice % UInt64(open.count))).sequences
        }

        mutating func rollBack(_ choice: UInt64) {
            guard !open.isEmpty else { return }
            open.remove(at: Int(choice % UInt64(open.count)))
        }

        mutating func commitAll() {
            while !open.isEmpty { commit(0) }
        }

        func page(after sequence: Int64, limit: Int) -> ChangePage {
            ChangePage(
                changes: committed.sorted().filter { $0 > sequence }.prefix(limit).map { .fake($0) },
                oldestOpenTransaction: open.map(\.id).min() ?? nextID,
                nextTransaction: nextID
            )
        }
    }

    /// SplitMix64: the same numbers for the same seed.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
