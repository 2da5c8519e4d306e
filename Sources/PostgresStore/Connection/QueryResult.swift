import CPostgres

/// What one statement returned, in binary format. Not Sendable: it stays on the thread of its connection.
final class QueryResult {
    private let result: OpaquePointer

    /// Takes over a `PGresult`, which is freed with this object.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var status: ExecStatusType { PQresultStatus(result) }

    /// Rows returned.
    var count: Int { Int(PQntuples(result)) }

    /// Rows changed by an INSERT, UPDATE or DELETE; 0 for others.
    var changedRows: Int { Int(text(of: PQcmdTuples(result))) ?? 0 }

    /// `COMMIT`, `ROLLBACK`, `INSERT 0 1` and the like.
    var commandTag: String { text(of: PQcmdStatus(result)) }

    var rows: [ResultRow] { (0..<count).map { ResultRow(result: self, row: Int32($0)) } }

    var first: ResultRow? { count > 0 ? ResultRow(result: self, row: 0) : nil }

    /// The error that the server reported; the state is empty when it was libpq that did.
    var serverError: ServerError {
        let severity = DiagnosticField.severity.text(of: result) ?? ""
        return ServerError(
            state: SQLState(DiagnosticField.sqlState.text(of: result) ?? ""),
            message: DiagnosticField.message.text(of: result) ?? "no message",
            constraint: DiagnosticField.constraint.text(of: result),
            endsConnection: severity == "FATAL" || severity == "PANIC"
        )
    }

    /// The bytes of one value, valid while this object lives; `nil` for NULL.
    func withBytes<Value>(_ row: Int32, _ column: Int32, _ body: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return body(bytes)
    }

    private func text(of pointer: UnsafeMutablePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }
}
