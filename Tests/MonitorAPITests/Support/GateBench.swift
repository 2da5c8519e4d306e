import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization

@testable import MonitorAPI

/// A gate in a pipeline without a socket, on an event loop whose time the test makes. `/prompt` is answered at once, `/slow` when
/// the test says so.
final class GateBench {
    let channel = EmbeddedChannel()
    let gate: RequestGate
    private let replies = Replies()
    private let socket = MissingSocket()
    private let calls = AsyncStream.makeStream(of: Call.self)
    private var sent = ""

    init() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var generator = SystemRandomNumberGenerator()
        let endpoints = EndpointTable([
            Endpoint("/prompt", .get, promptly: { $1.send { .json(["status": "ok"]) } }),
            Endpoint("/slow", .get, promptly: { [replies] in replies.add($1) }),
            Endpoint("/waiting", .get) { _ in .json(["status": "ok"]) },
        ])
        gate = RequestGate(
            limits: ConnectionLimits(),
            refusals: RefusalResponses(noteTooLarge: { _, _ in }, logger: logger),
            responder: APIResponder(endpoints: endpoints, logger: logger),
            encoder: AnswerEncoder(headers: AnswerHeaders(wallClock: TestClock().wallClock, using: &generator)),
            calls: calls.continuation
        )
        try channel.pipeline.syncOperations.addHandlers(
            socket,
            ByteArrivalHandler(gate),
            ByteToMessageHandler(HTTPRequestDecoder()),
            gate
        )
        // From here on it reads by itself, as a socket does.
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
    }

    var eventLoop: EmbeddedEventLoop { channel.embeddedEventLoop }

    /// How often the channel was told to read on.
    var reads: Int { socket.reads }

    /// Whether the connection is still open.
    var isOpen: Bool {
        eventLoop.run()
        return channel.isActive
    }

    /// Whether the sender was told that no more answers will come.
    var isOutputClosed: Bool { socket.isOutputClosed }

    /// All that the sender could read so far.
    var answers: String {
        eventLoop.run()
        return answersBeforeNextTurn
    }

    private var answersBeforeNextTurn: String {
        while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { sent += String(buffer: bytes) }
        return sent
    }

    var statuses: [String] { Self.statuses(in: answers) }

    /// Without what is left to the next turn of the event loop.
    var statusesBeforeNextTurn: [String] { Self.statuses(in: answersBeforeNextTurn) }

    private static func statuses(in answers: String) -> [String] {
        answers.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
    }

    /// One piece of bytes arrives.
    func receive(_ text: String) throws {
        guard !text.isEmpty else { return }
        try channel.writeInbound(ByteBuffer(string: text))
        channel.pipeline.read()
    }

    /// Answers the request to `/slow` that has waited longest.
    func answer() {
        replies.next()?.send { .json(["status": "ok"]) }
    }

    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// From now on nothing reaches the sender.
    func holdWrites() { socket.isHolding = true }

    func releaseWrites() { socket.release() }

    /// As when the connection's task is cancelled.
    func endCalls() { calls.continuation.finish() }

    func quiesce() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}

private final class Replies: Sendable {
    private let waiting = Mutex<[Reply]>([])

    func add(_ reply: Reply) { waiting.withLock { $0.append(reply) } }
    func next() -> Reply? { waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// Stands for the socket where an embedded channel has none of its own.
private final class MissingSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var reads = 0
    var isOutputClosed = false
    var isHolding = false
    private var held: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isHolding else { return context.write(data, promise: promise) }
        if let promise { held.append(promise) }
        context.write(data, promise: nil)
    }

    func release() {
        isHolding = false
        for promise in held { promise.succeed() }
        held = []
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        isOutputClosed = true
        promise?.succeed()
    }
}
