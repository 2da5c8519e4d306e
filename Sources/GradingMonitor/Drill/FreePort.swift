import NIOCore
import NIOPosix

/// A port of the loopback that nobody listens on.
enum FreePort {
    /// Two servers that have to know each other's address before either of them runs need one ahead. It could be taken by
    /// somebody else in between; then the drill says so.
    static func take() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0)
            .get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
