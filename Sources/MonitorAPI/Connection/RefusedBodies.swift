import GradingCore

/// Notes callbacks whose bodies were too large, which no route ever sees.
struct RefusedBodies: Sendable {
    let refusals: RefusalRecorder
    let clients: ClientResolver
    let limit: Int
    let wallClock: WallClock

    /// - Parameter announced: bytes, as the sender said.
    func note(_ request: APIRequest, announced: Int?) {
        let path = request.path
        guard path == WebhookRoutes.path || path.hasPrefix(WebhookRoutes.path + "/") else { return }
        let size = announced.map { "of \($0) bytes" } ?? "without a length"
        refusals.note(
            RefusedCallback(
                .bodyTooLarge,
                detail:
                    "The body, \(size), is larger than the \(limit) bytes that are taken in. Its signature was not looked at.",
                receivedAt: wallClock.now(),
                sender: clients.client(of: request),
                headers: SignatureHeaders(request.fields),
                body: nil,
                size: announced,
                task: path.dropFirst(WebhookRoutes.path.count + 1).percentDecoded.flatMap(TaskID.init)
            )
        )
    }
}
