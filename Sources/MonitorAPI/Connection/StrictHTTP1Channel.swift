import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Hummingbird's HTTP/1.1 connection with this server's own, stricter pipeline.
///
/// Its own `HTTP1Channel` takes further handlers behind its translation to HTTP types only, where a second `Host` and the
/// request's version can no longer be seen.
struct StrictHTTP1Channel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let limits: ConnectionLimits
    let refusals: RefusalResponses
    let responder: HTTPChannelHandler.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteArrivalHandler())
            try pipeline.configureHTTPServerPipeline(
                // One request at a time, and quiescing on shutdown.
                withPipeliningAssistance: true,
                // The gate answers protocol errors.
                withErrorHandling: false,
                // HTTP types validate header fields when they are made.
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: limits.forDecoder
            )
            try pipeline.addHandler(RequestGate(limits: limits, refusals: refusals))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
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
