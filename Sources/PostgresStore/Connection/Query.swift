/// SQL text under a name of its own, to be prepared once on each connection.
struct Statement: Sendable {
    /// Unique among the statements of the store.
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// What is decided under a lock relies on each statement seeing what was committed before it, whatever the server's default is.
    static let begin = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED")
    static let commit = Statement("commit", "COMMIT")
    static let rollback = Statement("rollback", "ROLLBACK")

    /// SQL for the rows of arrays side by side: the first row has the first element of each, and so on.
    ///
    /// The same as `unnest` of several arrays in FROM, which first puts every array into a tuplestore of its own: 25 us against 10
    /// for 11 arrays of 11 elements, measured on PostgreSQL 15. Worth its length where each callback passes.
    ///
    /// - Parameter columns: each with the number of the parameter that holds its array.
    static func rows(_ columns: KeyValuePairs<String, Int>) -> String {
        "(SELECT " + columns.map { "unnest($\($0.value)) AS \($0.key)" }.joined(separator: ", ") + ")"
    }

    func callAsFunction(_ parameters: Parameter...) -> Query {
        Query(statement: self, parameters: parameters)
    }
}

/// A statement with its values.
struct Query: Sendable {
    let statement: Statement
    let parameters: [Parameter]
}
