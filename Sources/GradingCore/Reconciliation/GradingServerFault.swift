/// Whom a failed question tells against.
enum GradingServerFault: Sendable, Equatable {
    /// The server as a whole: it says so itself.
    case server
    /// The server as a whole, unless this one task breaks it: a question that hangs, a connection that breaks, a 5xx.
    case serverOrTask
    /// The task alone: the server is there, and answered.
    case task
    /// Nobody: the question was called back.
    case nobody
}

extension GradingServerError {
    var fault: GradingServerFault {
        switch self {
        case .busy, .status(429), .status(503): .server
        case .timeout, .connection: .serverOrTask
        case .status(let code): (500..<600).contains(code) ? .serverOrTask : .task
        case .tooLarge: .task
        case .cancelled: .nobody
        }
    }

    /// How long the server asked to be left alone.
    var quiet: Duration? {
        if case .busy(_, let quiet) = self { quiet } else { nil }
    }
}

extension CircuitBreaker.Outcome {
    /// What a question about `task` said about the server.
    init(_ answer: Result<[UInt8], GradingServerError>, about task: TaskID) {
        guard case .failure(let error) = answer else {
            self = .answered
            return
        }
        self =
            switch error.fault {
            case .server: .failed(suspect: nil, quiet: error.quiet)
            case .serverOrTask: .failed(suspect: task, quiet: error.quiet)
            case .task: .answered
            case .nobody: .unknown
            }
    }
}
