import NIOCore
import NIOPosix

/// A server on a real socket that answers every request with the same bytes, good HTTP or not.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        /// These bytes; the connection stays open.
        case bytes(String)
        /// These bytes, then the connection is closed.
        case bytesThenClose(String)
        /// These bytes, then one `x` every 10 ms for ever.
        case drip(String)
        /// Nothing at all.
        case silence
    }

    let port: Int
    /// The head of each request as it came.
    let requests: AsyncStream<String>
    private let channel: any Channel
    private let finish: @Sendable () -> Void

    init(_ answer: Answer) async throws {
        let (requests, continuation) = AsyncStream.makeStream(of: String.self)
        self.requests = requests
        finish = { continuation.finish() }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer) { continuation.yield($0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Stops listening and ends ``requests``.
    func close() async throws {
        try await channel.close()
        finish()
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: ScriptedServer.Answer
    private let received: (String) -> Void
    private var head = ""

    init(_ answer: ScriptedServer.Answer, received: @escaping (String) -> Void) {
        self.answer = answer
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        // What follows is the body of a POST, which nobody reads.
        guard let end = head.firstRange(of: "\r\n\r\n") else { return }
        received(String(head[..<end.upperBound]))
        head = ""
        switch answer {
        case .bytes(let text): write(text, to: context.channel)
        case .bytesThenClose(let text):
            write(text, to: context.channel)
            context.close(promise: nil)
        case .drip(let text):
            write(text, to: context.channel)
            Self.drip(to: context.channel)
        case .silence: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func write(_ text: String, to channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private static func drip(to channel: any Channel) {
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { _ in
            channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
        }
        channel.closeFuture.whenComplete { _ in task.cancel() }
    }
}
