import GradingCore
import HTTPTypes

/// The one place where an error becomes a status.
extension Problem {
    /// Total: whatever is not known here is the server's own fault, and says nothing about it.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as CommitError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as ReportDecodingError: self.init(.badRequest, error.description)
        case let error as JSONError: self.init(.badRequest, error.description)
        case let error as DecodingError: self.init(.badRequest, error.schemaDescription)
        case let error as Refusal: self.init(error)
        default: self.init(.internalServerError, "The server could not do this.")
        }
    }

    init(_ error: CommitError) {
        switch error {
        case .full: self = .unavailable("Too many reports are waiting to be stored. Try again later.")
        case .draining: self = .draining
        case .store(let error): self.init(error)
        }
    }

    init(_ error: StoreError) {
        switch error {
        case .unavailable, .busy: self = .unavailable("The database cannot take this now. Nothing was stored. Try again later.")
        case .commitUnknown: self = .unavailable("It is not known whether this was stored. Send it again.")
        case .rejected: self.init(.internalServerError, "The database refused this. Nothing was stored.")
        case .incompatibleSchema: self.init(.internalServerError, "The database is not one that this server can use.")
        }
    }

    init(_ refusal: RegistrationRefusal) {
        switch refusal {
        case .studentIDTaken(let number):
            self.init(.conflict, "Another student has the studentId \(number). Nothing was registered.")
        case .studentIDRequired:
            self.init(
                .unprocessableContent,
                "The web app's database wants a studentId for every student. Nothing was registered."
            )
        case .columnRequired(let column):
            self.init(
                .unprocessableContent,
                "The web app's database requires a value for \(column). Let the web app add the row, and register its task then."
            )
        }
    }

    init(_ refusal: Refusal) {
        switch refusal {
        case .malformed: self.init(.badRequest, "This is not an HTTP/1.1 request.")
        case .headersTooLarge: self.init(.requestHeaderFieldsTooLarge, "The headers are too large or too many.")
        case .badHost: self.init(.badRequest, "A request needs exactly one Host header.")
        case .badTransferEncoding: self.init(.badRequest, "The only transfer encoding understood is chunked.")
        case .badExpectation: self.init(.expectationFailed, "The only expectation understood is 100-continue.")
        case .bodyTooLarge: self.init(.contentTooLarge, "The body is too large.")
        case .tooSlow: self.init(.requestTimeout, "The request took too long to arrive.")
        }
    }

    static let draining = Problem.unavailable("The server is shutting down. Try again.")
    static let notFound = Problem(.notFound, "There is nothing at this path.")
    static let badTaskID = Problem(.badRequest, "The task id is not 1 to 128 of A-Z a-z 0-9 . _ -")
    static let badSessionID = Problem(.badRequest, "The session id is not 1 to 128 of A-Z a-z 0-9 . _ -")
    static let noSuchTask = Problem(.notFound, "There is no such task.")
    static let noSuchSession = Problem(.notFound, "There is no such session.")
    static let notJSON = Problem(.unsupportedMediaType, "The body has to be JSON.")

    /// The same bytes whatever the reason and whatever the path.
    static let badSignature = Problem(
        .unauthorized,
        "The signature is missing or not valid.",
        instance: "/api/webhooks/grading"
    )

    /// RFC 9110, section 15.5.2: a 401 names the scheme that would do.
    static let badSecret = Problem(
        .unauthorized,
        "The secret is missing or not valid.",
        headers: [.wwwAuthenticate: "Bearer"]
    )

    /// RFC 9110, section 15.5.6: a 405 says what is allowed.
    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(.methodNotAllowed, "This path understands \(list) only.", headers: [.allow: list])
    }
}
