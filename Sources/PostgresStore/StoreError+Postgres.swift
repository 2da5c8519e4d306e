import GradingCore

extension StoreError {
    /// What an error of PostgreSQL means to the domain.
    init(_ error: PostgresError) {
        self =
            switch error {
            case .server(let error): Self(error)
            case .connection(let reason): .unavailable("PostgreSQL: \(reason)")
            case .commitUnknown(let reason): .commitUnknown("PostgreSQL: \(reason)")
            case .incompatible(let reason): .incompatibleSchema(reason)
            case .busy(let tasks): .busy(tasks)
            case .overtaken: .unavailable("PostgreSQL: other transactions came first again and again")
            }
    }

    /// By error class (manual, appendix A). What is wrong with the data itself is the sender's; the rest may pass.
    private init(_ error: ServerError) {
        let reason = "PostgreSQL: \(error.message) (\(error.state.code))"
        self =
            switch error.state.errorClass {
            case "22", "23": .rejected(reason)
            default: .unavailable(reason)
            }
    }

    var reason: String {
        switch self {
        case .busy: "somebody else holds the rows"
        case .unavailable(let reason), .commitUnknown(let reason), .rejected(let reason), .incompatibleSchema(let reason): reason
        }
    }
}
