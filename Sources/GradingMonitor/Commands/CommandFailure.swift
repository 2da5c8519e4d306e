import GradingCore

/// Why a command ends without having done what was asked.
struct CommandFailure: Error, Sendable, Equatable {
    let status: ExitStatus
    /// One line for the person at the terminal; no secret in it.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = LogText.escaped(message)
    }

    /// `nil` for an error that is not ours: wrong usage, a request for help.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self.init(.configuration, error.description)
        case let error as StoreError: self.init(error)
        case let error as CommitError: self.init(error)
        default: return nil
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .incompatibleSchema(let reason):
            self.init(.configuration, "DATABASE_URL names a database that cannot be used: \(reason)")
        case .unavailable(let reason): self.init(.unavailable, "the database is unavailable: \(reason)")
        case .busy: self.init(.unavailable, "somebody else holds the rows in the database; try again later")
        case .commitUnknown(let reason): self.init(.unavailable, "the database broke off during a commit: \(reason)")
        case .rejected(let reason): self.init(.failure, "the database refused the data: \(reason)")
        }
    }

    private init(_ error: CommitError) {
        switch error {
        case .full: self.init(.unavailable, "too much is waiting to be committed")
        case .draining: self.init(.unavailable, "shutting down")
        case .store(let error): self.init(error)
        }
    }
}
