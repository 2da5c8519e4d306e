/// A transaction on one session: as many round trips as it has steps. `BEGIN` goes out with the first step, `COMMIT` with the
/// last.
struct Transaction {
    private let session: Session
    private let deadline: Deadline
    private var hasBegun = false

    init(_ session: Session, until deadline: Deadline) {
        self.session = session
        self.deadline = deadline
    }

    /// Runs statements; one result for each.
    mutating func run(_ queries: [Query]) throws(PostgresError) -> [QueryResult] {
        let opening = opening()
        return Array(try session.run(opening + queries, until: deadline).dropFirst(opening.count))
    }

    /// Runs statements and commits, all in one round trip. When it returns, the commit is flushed.
    ///
    /// A COMMIT of a transaction that was aborted succeeds with the tag ROLLBACK; one whose wait for a synchronous standby
    /// was cut short succeeds with a warning (manual, 20.6.1 and the source of `SyncRepWaitForLSN`). Neither counts.
    @discardableResult
    mutating func commit(_ queries: [Query] = []) throws(PostgresError) -> [QueryResult] {
        let opening = opening()
        let pipeline = opening + queries + [Statement.commit()]
        let replies: Session.Replies
        do throws(PostgresError) {
            replies = try session.exchange(pipeline, until: deadline)
        } catch {
            throw error.afterCommitWasSent
        }
        if let failure = replies.failure {
            throw failure.index == pipeline.count - 1 ? failure.error.atCommit : failure.error
        }
        if let warning = session.notices.warnings.first {
            throw .commitUnknown(warning.message)
        }
        guard replies.results.last?.commandTag == "COMMIT" else { throw .connection("the transaction was rolled back") }
        return Array(replies.results.dropFirst(opening.count).dropLast())
    }

    private mutating func opening() -> [Query] {
        defer { hasBegun = true }
        return hasBegun ? [] : session.opening
    }
}

extension Session {
    /// Runs `body` in a transaction, which is rolled back unless `body` commits it.
    func transaction<Value>(
        until deadline: Deadline,
        _ body: (inout Transaction) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        defer { rollBack() }
        var transaction = Transaction(self, until: deadline)
        return try body(&transaction)
    }

    /// Runs statements that read, in one round trip.
    func read(_ queries: [Query], until deadline: Deadline) throws(PostgresError) -> [QueryResult] {
        guard isPooled else { return try run(queries, until: deadline) }
        // Without BEGIN there is nothing to set the settings in that a pooler's connection has not.
        return try transaction(until: deadline) { (transaction) throws(PostgresError) in try transaction.run(queries) }
    }

    private func rollBack() {
        guard !isReusable, isConnected, !isOutOfStep else { return }
        // When this fails the connection is not used again, which ends the transaction as well.
        _ = try? run([Statement.rollback()], until: Deadline(in: .seconds(1)))
    }
}

extension PostgresError {
    /// No answer to a pipeline that held the COMMIT: it may have happened.
    fileprivate var afterCommitWasSent: PostgresError {
        if case .connection(let reason) = self { return .commitUnknown(reason) }
        return self
    }

    /// The COMMIT itself failed: an error rolls back, but a server that dies meanwhile may have written it before.
    fileprivate var atCommit: PostgresError {
        if case .server(let error) = self, error.endsConnection || error.state.code.isEmpty {
            return .commitUnknown(error.message)
        }
        return self
    }
}
