import NIOCore
import NIOPosix

/// A TCP connection on which a test says exactly what it wants to say.
final class RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ""

    private init(
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.outbound = outbound
        self.inbound = inbound
    }

    static func open<Value>(_ port: Int, _ body: (RawConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawConnection(outbound: outbound, inbound: inbound.makeAsyncIterator()))
        }
    }

    /// To say nothing is no write: the other side may have hung up by then.
    func send(_ text: String) async throws {
        guard !text.isEmpty else { return }
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Closes this side: nothing more will be sent, but the other side may still answer.
    func endSending() { outbound.finish() }

    /// Sends one byte every few milliseconds until the connection does not take them any more.
    static func drip(_ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>) async {
        while !Task.isCancelled, (try? await writer.write(ByteBuffer(string: "a"))) != nil {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// What is received while bytes drip out, until the other side closes.
    func dripUntilClosed() async throws -> String {
        let outbound = outbound
        let dripping = Task { await RawConnection.drip(outbound) }
        defer { dripping.cancel() }
        return try await readUntilClosed()
    }

    /// Everything until the other side closes (or resets: then what came before).
    func readUntilClosed() async throws -> String {
        while let bytes = try? await inbound.next() { received += String(buffer: bytes) }
        defer { received = "" }
        return received
    }

    /// Everything up to and including `end`; what follows is kept for the next call.
    func read(until end: String) async throws -> String {
        while true {
            if let range = received.firstRange(of: end) {
                let text = String(received[..<range.upperBound])
                received = String(received[range.upperBound...])
                return text
            }
            guard let bytes = try await inbound.next() else { throw ClosedEarly(received: received) }
            received += String(buffer: bytes)
        }
    }

    struct ClosedEarly: Error {
        let received: String
    }
}

extension ServerHarness {
    /// Whether someone still listens.
    var takesConnections: Bool {
        get async { (try? await RawConnection.open(port) { _ in }) != nil }
    }
}
