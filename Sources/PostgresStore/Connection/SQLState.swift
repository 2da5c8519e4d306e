/// The five characters by which PostgreSQL names an error (its manual, appendix A).
struct SQLState: Sendable, Hashable {
    let code: String

    init(_ code: String) {
        self.code = code
    }

    /// The first two characters: what kind of error it is.
    var errorClass: Substring { code.prefix(2) }

    static let serializationFailure = SQLState("40001")
    static let deadlockDetected = SQLState("40P01")
    static let lockNotAvailable = SQLState("55P03")
    static let uniqueViolation = SQLState("23505")
    static let readOnlyTransaction = SQLState("25006")
    static let queryCancelled = SQLState("57014")
    static let insufficientPrivilege = SQLState("42501")
    static let undefinedTable = SQLState("42P01")
    static let invalidSchemaName = SQLState("3F000")
    /// A prepared statement that the server does not know, or knows already: a pooler has changed the server connection.
    static let undefinedStatement = SQLState("26000")
    static let duplicateStatement = SQLState("42P05")
}
