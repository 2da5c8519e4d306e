package import GradingCore

extension PostgresStore {
    package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        let words = sessionWords
        return try await read { (session, deadline) throws(PostgresError) in
            var position = sequence
            var changes: [CommittedChange] = []
            var oldestOpen: UInt64?
            while changes.count < limit {
                let wanted = limit - changes.count
                let rows = try session.read([Self.page(.integer(Int(position)), .integer(wanted))], until: deadline)[0].rows
                // Of the first rows: what had ended then has ended for the later ones as well.
                if oldestOpen == nil { oldestOpen = rows.first?.integer(9).map { UInt64(clamping: $0) } }
                changes += rows.compactMap { CommittedChange($0, words) }
                guard rows.count == wanted, let last = rows.last?.integer(0) else { break }
                position = Int64(last)
            }
            guard changes.hasGap(after: sequence) else { return ChangePage(changes: changes) }
            let next = try session.read([Self.nextTransaction()], until: deadline)[0].first?.integer(0)
            return ChangePage(
                changes: changes,
                oldestOpenTransaction: oldestOpen ?? 0,
                nextTransaction: next.map { UInt64(clamping: $0) } ?? .max
            )
        }
    }

    package func latestChange() async throws(StoreError) -> Int64 {
        try await read([Self.latest()]) { Int64($0[0].first?.integer(0) ?? 0) }
    }

    package func changeSignals() -> AsyncStream<Void> {
        signals.listen()
    }

    /// The rows and the oldest transaction under way in one snapshot, so in one statement: another moment would prove nothing.
    /// One row of nulls where there is no change.
    static let page = Statement(
        "change_page",
        """
        SELECT c.*, pg_snapshot_xmin(s)::text::bigint
        FROM pg_current_snapshot() AS s
        LEFT JOIN LATERAL (
            SELECT sequence, kind, session_id, from_status, to_status, at, task_id, student_id, source
            FROM \(MonitorSchema.name).changes WHERE sequence > $1 ORDER BY sequence LIMIT $2
        ) AS c ON true
        ORDER BY c.sequence
        """
    )

    /// An id of our own, taken after the rows were read: the end of a snapshot would not do, since transactions with greater
    /// ids may have been under way when it was taken. It costs an id, so it is asked for at a gap only.
    static let nextTransaction = Statement("next_transaction", "SELECT pg_current_xact_id()::text::bigint")

    static let latest = Statement("latest_change", "SELECT max(sequence) FROM \(MonitorSchema.name).changes")
}

extension [CommittedChange] {
    /// Whether a sequence is missing between them, or between the first and where the page began.
    fileprivate func hasGap(after sequence: Int64) -> Bool {
        zip(self, sequence + 1 ..< .max).contains { $0.sequence != $1 }
    }
}

extension CommittedChange {
    fileprivate init?(_ row: ResultRow, _ words: SessionWords) {
        guard let sequence = row.integer(0), let at = row.timestamp(5), let change = Change(row, words) else { return nil }
        self.init(sequence: Int64(sequence), change: change, at: at)
    }
}

extension Change {
    fileprivate init?(_ row: ResultRow, _ words: SessionWords) {
        let change: Change? =
            switch row.text(1) {
            case "task": TaskChange(row).map(Change.task)
            case "session": SessionChange(row, words).map(Change.session)
            default: nil
            }
        guard let change else { return nil }
        self = change
    }
}

extension TaskChange {
    fileprivate init?(_ row: ResultRow) {
        guard let session = row.text(2), let from = row.text(3).flatMap(TaskStatus.init),
            let to = row.text(4).flatMap(TaskStatus.init), let task = row.text(6).flatMap(TaskID.init),
            let student = row.text(7), let source = row.text(8).flatMap(ReportSource.init)
        else { return nil }
        self.init(
            task: task,
            student: StudentRowID(student),
            session: SessionID(stored: session),
            from: from,
            to: to,
            source: source
        )
    }
}

extension SessionChange {
    fileprivate init?(_ row: ResultRow, _ words: SessionWords) {
        guard let session = row.text(2), let from = row.text(3).flatMap(words.status), let to = row.text(4).flatMap(words.status)
        else { return nil }
        self.init(session: SessionID(stored: session), from: from, to: to)
    }
}
