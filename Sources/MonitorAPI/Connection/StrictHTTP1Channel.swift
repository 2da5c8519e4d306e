import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// An HTTP/1.1 connection of HummingbirdCore's server with a pipeline of our own: stricter than its, and a request that is
/// answered promptly never leaves the event loop.
struct StrictHTTP1Channel: ServerChildChannel {
    /// A connection, and the requests on it that a task has to answer, one at a time.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let calls: AsyncStream<Call>
    }

    let limits: ConnectionLimits
    let refusals: RefusalResponses
    let responder: APIResponder
    let encoder: AnswerEncoder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let (calls, continuation) = AsyncStream.makeStream(of: Call.self)
            let gate = RequestGate(
                limits: limits,
                refusals: refusals,
                responder: responder,
                encoder: encoder,
                calls: continuation
            )
            let decoder = HTTPRequestDecoder(limitConfiguration: limits.forDecoder)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers(ByteArrivalHandler(gate), ByteToMessageHandler(decoder), gate)
            return Value(channel: channel, calls: calls)
        }
    }

    /// Answers what the gate leaves to a task until the connection is closed. When cancelled, what is under way is still answered.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            for await call in value.calls { await call.run() }
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(mode: .input, promise: nil)
        }
    }
}

extension ConnectionLimits {
    fileprivate var forDecoder: NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = headerBytes
        decoder.maxHeaderListSize = headerBytes
        decoder.maxHeaderFieldCount = headerFields
        return decoder
    }
}
