import CPostgres
import Glibc

extension Session {
    /// Sends statements in one go and returns one result for each, in order. Either all succeed, or the first error is
    /// thrown and nothing of this pipeline has happened (a COMMIT in it apart, which ``Transaction`` looks at).
    func run(_ queries: [Query], until deadline: Deadline) throws(PostgresError) -> [QueryResult] {
        let replies = try exchange(queries, until: deadline)
        if let failure = replies.failure { throw failure.error }
        return replies.results
    }

    /// What came back for a pipeline: results up to the first failure.
    struct Replies {
        var results: [QueryResult] = []
        var failure: (index: Int, error: PostgresError)?
    }

    /// Errors of the server are part of the replies; what is thrown is that it cannot be known what the server did.
    func exchange(_ queries: [Query], until deadline: Deadline) throws(PostgresError) -> Replies {
        notices.clear()
        isOutOfStep = true
        let steps = try send(queries)
        var replies = Replies()
        do throws(PostgresError) {
            for step in steps { try take(step, into: &replies) }
            guard try receive(until: deadline).status == PGRES_PIPELINE_SYNC else { throw .connection("an answer out of turn") }
            isOutOfStep = false
        } catch {
            // The server may say why it hangs up before it does: then that is what happened.
            if replies.failure == nil { throw error }
        }
        return replies

        func take(_ step: Step, into replies: inout Replies) throws(PostgresError) {
            let result = try receive(until: deadline)
            switch (result.status, step) {
            case (PGRES_PIPELINE_ABORTED, _): break
            case (PGRES_COMMAND_OK, .prepare(let name)): prepared.insert(name)
            case (PGRES_COMMAND_OK, .execute), (PGRES_TUPLES_OK, .execute): replies.results.append(result)
            default: replies.note(result)
            }
            // libpq ends each statement's results with a NULL.
            while try receiveNext(until: deadline) != nil {}
        }
    }

    private enum Step {
        case prepare(name: String)
        case execute
    }

    private func send(_ queries: [Query]) throws(PostgresError) -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(queries.count)
        var preparing: Set<String> = []
        for query in queries {
            let name = isPooled ? "" : query.statement.name
            if !name.isEmpty, !prepared.contains(name), preparing.insert(name).inserted {
                try prepare(query)
                steps.append(.prepare(name: name))
            }
            try execute(query, name: name)
            steps.append(.execute)
        }
        guard PQpipelineSync(connection) == 1 else { throw .connection(errorMessage) }
        return steps
    }

    private func prepare(_ query: Query) throws(PostgresError) {
        let types = query.parameters.map(\.type)
        guard PQsendPrepare(connection, query.statement.name, query.statement.sql, Int32(types.count), types) == 1 else {
            throw .connection(errorMessage)
        }
    }

    private func execute(_ query: Query, name: String) throws(PostgresError) {
        let sent = query.parameters.withPointers { types, values, lengths, formats in
            name.isEmpty
                ? PQsendQueryParams(connection, query.statement.sql, Int32(types.count), types, values, lengths, formats, 1)
                : PQsendQueryPrepared(connection, name, Int32(types.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw .connection(errorMessage) }
    }

    // MARK: Receiving

    private func receive(until deadline: Deadline) throws(PostgresError) -> QueryResult {
        guard let result = try receiveNext(until: deadline) else { throw .connection("an answer is missing") }
        return result
    }

    private func receiveNext(until deadline: Deadline) throws(PostgresError) -> QueryResult? {
        var isFlushed = false
        while true {
            if !isFlushed { isFlushed = try flush() }
            if PQisBusy(connection) == 0 { break }
            try waitForSocket(writing: !isFlushed, until: deadline)
            guard PQconsumeInput(connection) == 1 else { throw .connection(errorMessage) }
        }
        guard isConnected else { throw .connection(errorMessage) }
        return PQgetResult(connection).map(QueryResult.init)
    }

    private func flush() throws(PostgresError) -> Bool {
        let state = PQflush(connection)
        if state < 0 { throw .connection(errorMessage) }
        return state == 0
    }

    func waitForSocket(writing: Bool, until deadline: Deadline) throws(PostgresError) {
        guard try pollSocket(writing: writing, until: deadline) else {
            throw .connection("the server did not answer in time")
        }
    }

    /// `false` when the deadline came first.
    func pollSocket(writing: Bool, until deadline: Deadline) throws(PostgresError) -> Bool {
        var socket = pollfd(fd: PQsocket(connection), events: Int16(POLLIN | (writing ? POLLOUT : 0)), revents: 0)
        while true {
            let ready = poll(&socket, 1, deadline.pollMilliseconds)
            if ready > 0 { return true }
            if ready == 0 { return false }
            guard errno == EINTR else { throw .connection("poll failed with error \(errno)") }
        }
    }
}

extension Session.Replies {
    fileprivate mutating func note(_ result: QueryResult) {
        guard failure == nil else { return }
        failure = (results.count, .server(result.serverError))
    }
}

extension [Parameter] {
    /// The four parallel arrays that libpq wants, which copies the values into its own buffer. All values are binary.
    fileprivate func withPointers<Value>(
        _ body: (_ types: [Oid], _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Value
    ) -> Value {
        var values: [UnsafePointer<CChar>?] = []
        values.reserveCapacity(count)
        // A pointer holds for as long as its closure runs: one within the other.
        func point(at index: Int) -> Value {
            guard index < count else {
                return body(map(\.type), values, map { Int32(clamping: $0.bytes?.count ?? 0) }, map { _ in 1 })
            }
            guard let bytes = self[index].bytes else {
                values.append(nil)
                return point(at: index + 1)
            }
            // The spare byte: an empty value without an address would be taken for NULL.
            return (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { bytes in
                values.append(bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
                return point(at: index + 1)
            }
        }
        return point(at: 0)
    }
}
