import NIOCore

/// When a connection measures and when it stops.
struct LoadSchedule: Sendable {
    /// Answers to requests sent before this are not measured.
    let measuresFrom: NIODeadline
    /// No request is sent after this.
    let ends: NIODeadline
}

/// One keep-alive connection with one request outstanding at a time. Starts when it gets a ``LoadSchedule`` as user event, and
/// succeeds its promise when the requests or the time are used up and the last answer is in.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let source: RequestSource
    private let finished: EventLoopPromise<LoadTally>
    private var schedule: LoadSchedule?
    private var sentAt: NIODeadline?
    private var tally = LoadTally()
    private var received = ByteBuffer()

    init(source: RequestSource, finished: EventLoopPromise<LoadTally>) {
        self.source = source
        self.finished = finished
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let schedule = event as? LoadSchedule else { return context.fireUserInboundEventTriggered(event) }
        self.schedule = schedule
        sendNext(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        do {
            guard let answer = try ResponseScanner.next(in: &received) else { return }
            received.discardReadBytes()
            take(answer)
            if answer.closes { finish(context) } else { sendNext(context) }
        } catch {
            errorCaught(context: context, error: error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if sentAt != nil { tally.count(0) }
        finish(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if sentAt != nil { tally.count(0) }
        finish(context)
    }

    private func take(_ answer: ResponseScanner.Answer) {
        guard let sentAt, let schedule else { return }
        tally.count(answer.status)
        if sentAt >= schedule.measuresFrom {
            tally.record(microseconds: (NIODeadline.now() - sentAt).nanoseconds / 1_000)
        }
        self.sentAt = nil
    }

    private func sendNext(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        guard let schedule, now < schedule.ends, let request = source.next() else { return finish(context) }
        sentAt = now
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    /// A promise takes the first value only, so coming here twice is harmless.
    private func finish(_ context: ChannelHandlerContext) {
        sentAt = nil
        finished.succeed(tally)
        context.close(promise: nil)
    }
}
