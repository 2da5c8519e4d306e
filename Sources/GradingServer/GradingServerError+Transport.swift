import AsyncHTTPClient
import GradingCore
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension GradingServerError {
    /// Names what went wrong on the way in a few words of ours: another library's text could hold a URL or a header.
    /// - Parameter limit: the most bytes that were allowed.
    init(_ error: any Error, limit: Int) {
        switch error {
        case let error as GradingServerError: self = error
        case is CancellationError: self = .cancelled
        case is NIOTooManyBytesError: self = .tooLarge(limit: limit)
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError: self = .connection(Self.reason(error))
        case let error as IOError: self = .connection(Self.reason(error))
        case is HTTPParserError: self = .connection("the answer is not HTTP, or ended too soon")
        default: self = .connection("the connection failed (\(type(of: error)))")
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .cancelled: self = .cancelled
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            self = .timeout
        case .remoteConnectionClosed: self = .connection("the connection closed before the answer was complete")
        case .alreadyShutdown: self = .connection("the client is shut down")
        default: self = .connection("the exchange failed (\(error.shortDescription))")
        }
    }

    /// What the resolver, or else the first attempt on one of the name's addresses, ran into.
    private static func reason(_ error: NIOConnectionError) -> String {
        if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
            return "its name could not be resolved"
        }
        let first = error.connectionErrors.lazy.compactMap { $0.error as? IOError }.first
        return first.map(reason) ?? "no connection was made"
    }

    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "the connection was refused"
        case EHOSTUNREACH, ENETUNREACH: "no route leads there"
        default: "the connection broke"
        }
    }
}
