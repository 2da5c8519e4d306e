import GradingCore
import HTTPTypes
import NIOCore

/// Notes callbacks whose bodies were too large, which no route ever sees.
struct RefusedBodies: Sendable {
    let refusals: RefusalRecorder
    let clients: ClientResolver
    let limit: Int
    let wallClock: WallClock

    /// - Parameters:
    ///   - announced: bytes, as the sender said.
    ///   - peer: the other end of the connection.
    func note(_ request: HTTPRequest, announced: Int?, peer: SocketAddress?) {
        let path = (request.path ?? "").prefix { $0 != "?" }
        guard path == WebhookRoutes.path || path.hasPrefix(WebhookRoutes.path + "/") else { return }
        let size = announced.map { "of \($0) bytes" } ?? "without a length"
        refusals.note(
            RefusedCallback(
                .bodyTooLarge,
                detail:
                    "The body, \(size), is larger than the \(limit) bytes that are taken in. Its signature was not looked at.",
                receivedAt: wallClock.now(),
                sender: clients.client(of: request.headerFields, peer: peer),
                headers: SignatureHeaders(request.headerFields),
                body: nil,
                size: announced,
                task: path.dropFirst(WebhookRoutes.path.count + 1).percentDecoded.flatMap(TaskID.init)
            )
        )
    }
}
