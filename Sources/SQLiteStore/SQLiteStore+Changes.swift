package import GradingCore
import GRDB

extension SQLiteStore {
    /// Transactions write one at a time, so no row ever appears behind one that was seen: the page's transaction ids are
    /// equal, and every gap is settled.
    package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> ChangePage {
        let words = sessionWords
        return try await read { db in
            let rows = try Row.fetchCursor(db.cachedStatement(sql: Self.changesAfter), arguments: [sequence])
            var changes: [CommittedChange] = []
            while changes.count < limit, let row = try rows.next() {
                if let change = CommittedChange(row, words) { changes.append(change) }
            }
            return ChangePage(changes: changes)
        }
    }

    /// Without a limit: SQLite finds the rows one by one, as they are asked for.
    private static let changesAfter = """
        SELECT sequence, kind, session_id, from_status, to_status, at, task_id, student_id, source
        FROM monitor_changes WHERE sequence > ? ORDER BY sequence
        """

    package func latestChange() async throws(StoreError) -> Int64 {
        try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT coalesce(max(sequence), 0) FROM monitor_changes")
            return try Int64.fetchOne(statement) ?? 0
        }
    }

    package func changeSignals() -> AsyncStream<Void> {
        signals.listen()
    }
}

extension CommittedChange {
    fileprivate init?(_ row: Row, _ words: SessionWords) {
        guard let sequence = row.integer(0), let at = row.timestamp(5), let change = Change(row, words) else { return nil }
        self.init(sequence: Int64(sequence), change: change, at: at)
    }
}

extension Change {
    fileprivate init?(_ row: Row, _ words: SessionWords) {
        let change =
            switch row.text(1) {
            case "task": TaskChange(row).map(Change.task)
            case "session": SessionChange(row, words).map(Change.session)
            default: Change?.none
            }
        guard let change else { return nil }
        self = change
    }
}

extension TaskChange {
    fileprivate init?(_ row: Row) {
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
    fileprivate init?(_ row: Row, _ words: SessionWords) {
        guard let session = row.text(2), let from = row.text(3).flatMap(words.status),
            let to = row.text(4).flatMap(words.status)
        else { return nil }
        self.init(session: SessionID(stored: session), from: from, to: to)
    }
}
