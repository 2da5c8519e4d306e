import Glibc
import NIOCore

/// A port at which both loopback addresses refuse connections until it is closed. Its sockets are bound, so that nobody else is
/// given the port meanwhile, and do not listen.
struct RefusingPort {
    private struct Failure: Error { let code = errno }

    let number: Int
    private let sockets: [CInt]

    init() throws {
        while true {
            // Below those that the system gives away by itself.
            let number = Int.random(in: 20_000..<32_000)
            do {
                (self.number, sockets) = (number, try Self.sockets(at: number))
                return
            } catch let failure as Failure where failure.code == EADDRINUSE {
                // Somebody else's: another one.
            }
        }
    }

    func close() {
        for socket in sockets { Glibc.close(socket) }
    }

    private static func sockets(at number: Int) throws -> [CInt] {
        let v4 = try socket(boundTo: SocketAddress(ipAddress: "127.0.0.1", port: number))
        do {
            return [v4, try socket(boundTo: SocketAddress(ipAddress: "::1", port: number))]
        } catch let failure as Failure where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(failure.code) {
            // Where there is no IPv6, nobody can listen there either.
            return [v4]
        } catch {
            Glibc.close(v4)
            throw error
        }
    }

    private static func socket(boundTo address: SocketAddress) throws -> CInt {
        let socket = Glibc.socket(CInt(address.protocol.rawValue), CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure() }
        guard address.withSockAddr({ bind(socket, $0, socklen_t($1)) }) == 0 else {
            let failure = Failure()
            Glibc.close(socket)
            throw failure
        }
        return socket
    }
}
