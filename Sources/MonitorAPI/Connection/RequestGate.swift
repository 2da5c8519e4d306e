import HTTPTypes
import NIOCore
import NIOHTTP1

/// The end of a connection's pipeline: has whole, well-formed requests answered, one at a time, and refuses everything else.
///
/// No route sees a request before its last byte is here, so no task waits for a slow sender, no route reads a truncated
/// body as a whole one, and all limits on senders stand in one place. A body is bounded, so keeping it is.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// A request whose body is on its way.
    private struct Incoming {
        var request: APIRequest
        var keepAlive: Bool
        /// From `Content-Length`; `nil` for a chunked body.
        let announcedBytes: Int?

        var isHead: Bool { request.method == .head }

        mutating func append(_ bytes: ByteBuffer) {
            // Most bodies come in one piece: it is taken as it is.
            guard request.body.readableBytes > 0 else { return request.body = bytes }
            if let announcedBytes { request.body.reserveCapacity(announcedBytes) }
            request.body.writeImmutableBuffer(bytes)
        }
    }

    /// What is still needed of a request that somebody answers.
    private struct Exchange {
        let id: String
        let path: String
        let isHead: Bool
        var keepAlive: Bool
    }

    private enum State {
        /// Nothing of the next request is here. The idle timer runs.
        case idle
        /// Some bytes, but no whole head. The request's timer runs.
        case receivingHead
        /// The request's timer runs.
        case receivingBody(Incoming)
        /// A route has the request. No timer runs.
        case answering(Exchange)
        /// The last answer is out: whatever comes is thrown away until the linger timer or the sender ends it.
        case closing(afterRefusal: Bool)
    }

    /// What comes while an answer is under way, or not read, and has to wait for its turn.
    private enum Arrival {
        case part(HTTPServerRequestPart)
        case error(HTTPParserError)
        case inputClosed
    }

    private let limits: ConnectionLimits
    private let rules: RequestRules
    private let refusals: RefusalResponses
    private let responder: APIResponder
    private let encoder: AnswerEncoder
    private let calls: AsyncStream<Call>.Continuation

    private var state = State.idle
    private var waiting = CircularBuffer<Arrival>(initialCapacity: 0)
    private var isTakingWaiting = false
    /// Whether the channel would read on, once what waits is taken.
    private var isReadHeldBack = false
    /// Whether anything came after the request that is being answered.
    private var bytesCameMeanwhile = false
    private var isWritable = true
    /// The server is shutting down: no further request is taken in.
    private var isQuiescing = false
    // In the pipeline there always is one of each.
    private var context: ChannelHandlerContext?
    private var reply: Reply?
    /// Requests answered at once since the event loop's turn began.
    private var answersInTurn = 0
    /// So many requests of one connection are answered at once before other connections have their turn.
    private static let mostAnswersInTurn = 64
    /// More than one turn of the event loop reads, so that only who sends a flood and its end, which is read to the end, has more.
    private static let mostWaiting = 1 << 15
    /// Asked for once: it costs a call to the kernel.
    private lazy var peer = context?.remoteAddress
    private var deadline: MovingDeadline?
    private var stallDeadline: MovingDeadline?

    /// - Parameter calls: takes the requests that a task has to answer; it ends with the connection.
    init(
        limits: ConnectionLimits,
        refusals: RefusalResponses,
        responder: APIResponder,
        encoder: AnswerEncoder,
        calls: AsyncStream<Call>.Continuation
    ) {
        self.limits = limits
        self.rules = RequestRules(maximumBodyBytes: limits.bodyBytes)
        self.refusals = refusals
        self.responder = responder
        self.encoder = encoder
        self.calls = calls
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        reply = Reply(to: self, on: context.eventLoop)
        deadline = MovingDeadline(on: context.eventLoop) { [unowned self] in timeIsUp() }
        stallDeadline = MovingDeadline(on: context.eventLoop) { context.close(promise: nil) }
        deadline?.set(after: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        state = .closing(afterRefusal: false)
        waiting.removeAll()
        deadline?.end()
        stallDeadline?.end()
        calls.finish()
        // They all lead back to the gate.
        (context, reply, deadline, stallDeadline) = (nil, nil, nil, nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            stallDeadline?.clear()
            takeWaiting(context: context)
        } else {
            stallDeadline?.set(after: limits.unreadAnswer)
        }
        context.fireChannelWritabilityChanged()
    }

    /// While a request is answered, the sender may send the next one, but is not read any further than that, unless it has closed
    /// its side: then the channel reads all there is. Most send none, so it costs no call to the kernel that reading ends and
    /// begins with every answer.
    func read(context: ChannelHandlerContext) {
        if waiting.isEmpty { context.read() } else { isReadHeldBack = true }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if answersInTurn < Self.mostAnswersInTurn { answersInTurn = 0 }
        context.fireChannelReadComplete()
    }

    // MARK: Arrivals

    /// Before anything is decoded.
    func bytesArrived() {
        switch state {
        case .idle: beginRequest()
        case .answering: bytesCameMeanwhile = true
        case .receivingHead, .receivingBody, .closing: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived(.part(unwrapInboundIn(data)), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What is not the request's fault is the connection's, which is of no more use.
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        arrived(.error(error), context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            arrived(.inputClosed, context: context)
        case is ChannelShouldQuiesceEvent:
            quiesce(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func isTurn(of arrival: Arrival) -> Bool {
        switch (arrival, state) {
        // The end of the requests is none: the answer under way is the last one.
        case (.inputClosed, _), (_, .closing): true
        case (_, .answering): false
        default: isWritable && answersInTurn < Self.mostAnswersInTurn
        }
    }

    private func arrived(_ arrival: Arrival, context: ChannelHandlerContext) {
        if waiting.isEmpty && isTurn(of: arrival) {
            take(arrival, context: context)
        } else if waiting.count < Self.mostWaiting {
            waiting.append(arrival)
        } else {
            context.close(promise: nil)
        }
    }

    private func takeWaiting(context: ChannelHandlerContext) {
        // An answer that is given at once comes back here: the loop below goes on with what follows.
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        while let arrival = waiting.first, isTurn(of: arrival) {
            waiting.removeFirst()
            take(arrival, context: context)
        }
        isTakingWaiting = false
        if waiting.isEmpty && isReadHeldBack {
            isReadHeldBack = false
            context.read()
        }
    }

    private func take(_ arrival: Arrival, context: ChannelHandlerContext) {
        switch (arrival, state) {
        case (.part(.head(let head)), _): receive(head, context: context)
        case (.part(.body(let bytes)), _): receive(bytes, context: context)
        case (.part(.end), _): passOn()
        case (.inputClosed, .answering(var exchange)):
            // The sender has said all it had to say and still wants its answer.
            exchange.keepAlive = false
            state = .answering(exchange)
        case (.inputClosed, _): context.close(promise: nil)
        case (.error, .closing): break
        case (.error(.headerOverflow), _): refuse(.headersTooLarge, target: nil, context: context)
        case (.error, _): refuse(.malformed, target: nil, context: context)
        }
    }

    // MARK: Receiving

    private func beginRequest() {
        state = .receivingHead
        deadline?.set(after: limits.wholeRequest)
    }

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        // A pipelined head comes out of a buffer, without bytes arriving.
        if case .idle = state { beginRequest() }
        guard case .receivingHead = state else { return }
        do {
            let admission = try rules.admit(head)
            let request = try APIRequest(head, id: encoder.headers.requestIDs.next(), peer: peer)
            if admission.awaitsContinue { context.writeAndFlush(wrapOutboundOut(AnswerEncoder.goOn), promise: nil) }
            state = .receivingBody(
                Incoming(
                    request: request,
                    keepAlive: head.canBeFollowed && !admission.offersUpgrade,
                    announcedBytes: admission.announcedBytes
                )
            )
        } catch {
            if error == .bodyTooLarge, let request = try? APIRequest(head, id: "", peer: peer) {
                let announced = head.headers.first(name: "content-length").flatMap { Int($0) }
                refusals.noteTooLarge(request, announced)
            }
            refuse(error, target: head.uri, isToHead: head.method == .HEAD, context: context)
        }
    }

    private func receive(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard case .receivingBody(var incoming) = state else { return }
        guard incoming.request.body.readableBytes + bytes.readableBytes <= limits.bodyBytes else {
            refusals.noteTooLarge(incoming.request, incoming.announcedBytes)
            return refuse(.bodyTooLarge, target: incoming.request.path, isToHead: incoming.isHead, context: context)
        }
        // The state lets go of the body first, or every piece would copy it.
        state = .receivingHead
        incoming.append(bytes)
        state = .receivingBody(incoming)
    }

    private func passOn() {
        guard case .receivingBody(let incoming) = state, let reply else { return }
        let request = incoming.request
        deadline?.clear()
        bytesCameMeanwhile = false
        state = .answering(
            Exchange(id: request.id, path: request.path, isHead: incoming.isHead, keepAlive: incoming.keepAlive)
        )
        responder.respond(to: request, reply, calls: calls)
        if case .answering = state { return }
        answersInTurn += 1
        if answersInTurn == Self.mostAnswersInTurn { context?.eventLoop.assumeIsolated().execute { self.beginTurn() } }
    }

    private func beginTurn() {
        answersInTurn = 0
        if let context { takeWaiting(context: context) }
    }

    // MARK: Answering

    /// See ``Reply/send(_:)``.
    func answer(_ answer: () throws -> APIResponse) {
        guard case .answering(let exchange) = state, let context else { return }
        let response = responder.response(of: answer, id: exchange.id, path: exchange.path)
        let message = encoder.encode(
            response,
            requestID: exchange.id,
            isToHead: exchange.isHead,
            isLast: !exchange.keepAlive
        )
        guard exchange.keepAlive else { return sendLast(message, afterRefusal: false, context: context) }
        state = .idle
        if bytesCameMeanwhile && waiting.isEmpty { beginRequest() } else { deadline?.set(after: limits.idle) }
        context.writeAndFlush(wrapOutboundOut(message), promise: nil)
        takeWaiting(context: context)
    }

    private func refuse(_ refusal: Refusal, target: String?, isToHead: Bool = false, context: ChannelHandlerContext) {
        let id = encoder.headers.requestIDs.next()
        let response = refusals.response(to: refusal, target: target, id: id)
        let message = encoder.encode(response, requestID: id, isToHead: isToHead, isLast: true)
        sendLast(message, afterRefusal: true, context: context)
    }

    /// The output is closed when the answer is on its way: where the sender has closed its own side, closing the output closes the
    /// connection, over whatever is not sent yet.
    private func sendLast(_ message: ByteBuffer, afterRefusal: Bool, context: ChannelHandlerContext) {
        close(afterRefusal: afterRefusal)
        let mode = isQuiescing && !afterRefusal ? CloseMode.all : .output
        context.writeAndFlush(wrapOutboundOut(message)).assumeIsolated().whenComplete { [limits, deadline] _ in
            deadline?.set(after: limits.linger)
            context.close(mode: mode, promise: nil)
        }
    }

    /// Nothing that follows is taken in. What comes is still read, or the kernel would answer it with a reset.
    private func close(afterRefusal: Bool) {
        state = .closing(afterRefusal: afterRefusal)
        waiting.removeAll()
        deadline?.set(after: limits.unreadAnswer)
    }

    // MARK: Time

    /// What the deadline means depends on what was waited for.
    private func timeIsUp() {
        guard let context else { return }
        // Without a whole head there is nothing to answer: the connection is just closed.
        guard case .receivingBody(let incoming) = state else { return context.close(promise: nil) }
        refuse(.tooSlow, target: incoming.request.path, isToHead: incoming.isHead, context: context)
    }

    // MARK: Shutdown

    /// The request that is here, in part or as a whole, is still answered.
    private func quiesce(context: ChannelHandlerContext) {
        isQuiescing = true
        switch state {
        case .idle, .receivingHead, .closing(afterRefusal: false): context.close(promise: nil)
        case .receivingBody(var incoming):
            incoming.keepAlive = false
            state = .receivingBody(incoming)
        case .answering(var exchange):
            exchange.keepAlive = false
            state = .answering(exchange)
            waiting.removeAll()
        case .closing(afterRefusal: true): break
        }
    }
}

extension HTTPRequestHead {
    /// Whether another request may come on the same connection. Not behind a CONNECT, declined or not: the decoder parses nothing
    /// there. And not in HTTP/1.0, whose `keep-alive` would have to be agreed on.
    fileprivate var canBeFollowed: Bool {
        isKeepAlive && version != .http1_0 && method != .CONNECT
    }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
