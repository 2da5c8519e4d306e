import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a server listens.
struct HTTPAddress: Sendable, Equatable {
    let host: String
    let port: Int

    /// The URL's root for a client on this machine, without a slash at its end. An address that means "all of them" can be
    /// listened on, not called: the loopback of its family stands in.
    var url: String {
        let callable =
            switch host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: host
            }
        return "http://\(callable.contains(":") ? "[\(callable)]" : callable):\(port)"
    }

    /// Runs a server and says in one line why it cannot listen, if that is why it fails.
    func explainingBindErrors(_ run: () async throws -> Void) async throws {
        do {
            try await run()
        } catch let error as IOError {
            throw CommandFailure(.unavailable, "cannot listen on \(host):\(port): \(Self.reason(error.errnoCode))")
        } catch let error as SocketAddressError {
            throw CommandFailure(.configuration, "HTTP_HOST is not an address of this machine: \(error)")
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case EADDRINUSE: "the port is in use; stop the other server or set another HTTP_PORT"
        case EACCES: "not allowed; set an HTTP_PORT of 1024 or more"
        case EADDRNOTAVAIL: "this machine has no such address; set another HTTP_HOST"
        default: String(cString: strerror(code))
        }
    }
}
