import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Lets whole, well-formed requests through, one at a time, and refuses everything else.
///
/// A route never sees a request before its last byte is here, so no task waits for a slow sender, no route reads a truncated
/// body as a whole one, and all limits on senders stand in one place. A body is bounded, so keeping it is.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose body is on its way.
    private struct Incoming {
        let request: HTTPRequest
        let keepAlive: Bool
        /// From `Content-Length`; `nil` for a chunked body.
        let announcedBytes: Int?
        var body = ByteBuffer()

        mutating func append(_ bytes: ByteBuffer) {
            // Most bodies come in one piece: it is taken as it is.
            guard body.readableBytes > 0 else { return body = bytes }
            if let announcedBytes { body.reserveCapacity(announcedBytes) }
            body.writeImmutableBuffer(bytes)
        }
    }

    private enum State {
        /// Nothing of the next request is here. The idle timer runs.
        case idle
        /// Some bytes, but no whole head. The request's timer runs.
        case receivingHead
        /// The request's timer runs.
        case receivingBody(Incoming)
        /// A route has the request. No timer runs.
        case answering(keepAlive: Bool)
        /// The last answer is out: whatever comes is thrown away until the linger timer or the sender ends it.
        case closing
    }

    private let limits: ConnectionLimits
    private let rules: RequestRules
    private let refusals: RefusalResponses
    private var state = State.idle
    private var timer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?

    init(limits: ConnectionLimits, refusals: RefusalResponses) {
        self.limits = limits
        self.rules = RequestRules(maximumBodyBytes: limits.bodyBytes)
        self.refusals = refusals
    }

    // MARK: Inbound

    func handlerAdded(context: ChannelHandlerContext) {
        closeAfter(limits.idle, context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context: context)
        case .body(let bytes): receive(bytes, context: context)
        case .end: passOn(context: context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ByteArrivalHandler.BytesArrived, .idle):
            beginRequest(context: context)
        case (is ByteArrivalHandler.BytesArrived, _):
            break
        case (ChannelEvent.inputClosed, .answering):
            // The sender has said all it had to say and still wants its answer.
            state = .answering(keepAlive: false)
            context.fireUserInboundEventTriggered(event)
        case (ChannelEvent.inputClosed, _):
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (state, error) {
        case (.closing, _):
            break
        case (_, HTTPParserError.headerOverflow):
            refuse(.headersTooLarge, target: nil, context: context)
        case (_, is HTTPParserError):
            refuse(.malformed, target: nil, context: context)
        default:
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallTimer?.cancel()
        stallTimer = nil
        if !context.channel.isWritable {
            stallTimer = schedule(limits.unreadAnswer, context: context) { _, context in context.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        stallTimer?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopTimer()
        stallTimer?.cancel()
    }

    // MARK: Receiving

    private func beginRequest(context: ChannelHandlerContext) {
        state = .receivingHead
        stopTimer()
        timer = schedule(limits.wholeRequest, context: context) { gate, context in gate.cutOff(context: context) }
    }

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        // A pipelined head comes out of a buffer, without bytes arriving.
        if case .idle = state { beginRequest(context: context) }
        guard case .receivingHead = state else { return }
        do {
            let admission = try rules.admit(head)
            let request = try HTTPRequest(receivedHead: head)
            if admission.awaitsContinue {
                let interim = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
            }
            state = .receivingBody(
                Incoming(request: request, keepAlive: head.canBeFollowed, announcedBytes: admission.announcedBytes)
            )
        } catch {
            if error == .bodyTooLarge, let request = try? HTTPRequest(receivedHead: head) {
                let announced = head.headers.first(name: "content-length").flatMap { Int($0) }
                refusals.bodies.note(request, announced: announced, peer: context.remoteAddress)
            }
            refuse(error, target: head.uri, context: context)
        }
    }

    private func receive(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard case .receivingBody(var incoming) = state else { return }
        guard incoming.body.readableBytes + bytes.readableBytes <= limits.bodyBytes else {
            refusals.bodies.note(incoming.request, announced: incoming.announcedBytes, peer: context.remoteAddress)
            return refuse(.bodyTooLarge, target: incoming.request.path, context: context)
        }
        // The state lets go of the body first, or every piece would copy it.
        state = .receivingHead
        incoming.append(bytes)
        state = .receivingBody(incoming)
    }

    private func passOn(context: ChannelHandlerContext) {
        guard case .receivingBody(let incoming) = state else { return }
        stopTimer()
        state = .answering(keepAlive: incoming.keepAlive)
        context.fireChannelRead(wrapInboundOut(.head(incoming.request)))
        if incoming.body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(incoming.body))) }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    // MARK: Answering

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .answering(let keepAlive) = state else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let response):
            var head = HTTPResponseHead(response)
            if !keepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end:
            // Before the write: it can bring the next request out of the pipeline's buffer.
            state = keepAlive ? .idle : .closing
            closeAfter(keepAlive ? limits.idle : limits.linger, context: context)
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
            if !keepAlive { closeOutputAfterFlush(context: context) }
        }
    }

    private func refuse(_ refusal: Refusal, target: String?, context: ChannelHandlerContext) {
        if case .answering = state {
            // Cannot be: the pipeline holds back what follows a request until its answer is out.
            return context.close(promise: nil)
        }
        state = .closing
        closeAfter(limits.linger, context: context)
        let (response, body) = refusals.response(to: refusal, target: target)
        var head = HTTPResponseHead(response)
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        closeOutputAfterFlush(context: context)
    }

    /// A shutdown of the output waits for what was written before it.
    private func closeOutputAfterFlush(context: ChannelHandlerContext) {
        context.flush()
        context.close(mode: .output, promise: nil)
    }

    // MARK: Time

    /// The request took too long. Without a whole head there is nothing to answer: the connection is just closed.
    private func cutOff(context: ChannelHandlerContext) {
        guard case .receivingBody(let incoming) = state else { return context.close(promise: nil) }
        refuse(.tooSlow, target: incoming.request.path, context: context)
    }

    private func closeAfter(_ duration: Duration, context: ChannelHandlerContext) {
        stopTimer()
        timer = schedule(duration, context: context) { _, context in context.close(promise: nil) }
    }

    private func schedule(
        _ duration: Duration,
        context: ChannelHandlerContext,
        _ action: @escaping (RequestGate, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) {
            action(self, context)
        }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}

extension HTTPRequestHead {
    /// Whether another request may come on the same connection. Not behind an offer to upgrade or a CONNECT, declined or not:
    /// the decoder parses nothing there. And not in HTTP/1.0, whose `keep-alive` would have to be agreed on.
    fileprivate var canBeFollowed: Bool {
        isKeepAlive && version != .http1_0 && method != .CONNECT && !headers.contains(name: "upgrade")
    }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
