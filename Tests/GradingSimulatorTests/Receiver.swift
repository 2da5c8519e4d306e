import GradingCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A receiver of callbacks on a real socket that believes nothing unsigned, and refuses some deliveries at first.
final class Receiver: Sendable {
    struct Arrival: Sendable {
        let path: String
        let id: String
        let body: [UInt8]
        let status: Int
        /// Which of the callback URLs it came to: the number in `/hook-N`.
        var hook: Int { path.split(whereSeparator: { $0 == "-" || $0 == "/" }).dropFirst().first.flatMap { Int($0) } ?? -1 }
    }

    /// Every request that came, in order.
    let arrivals: AsyncStream<Arrival>
    private let arrived: AsyncStream<Arrival>.Continuation
    private let verifier: SignatureVerifier
    private let wallClock: WallClock
    /// Whether the first try of this delivery is answered 503.
    private let isBusy: @Sendable (String) -> Bool
    /// Whether signatures do not count.
    private let isGullible: Bool
    private let seen = Mutex<Set<String>>([])

    init(
        wallClock: WallClock,
        isGullible: Bool = false,
        isBusy: @escaping @Sendable (String) -> Bool = { _ in false }
    ) throws {
        self.wallClock = wallClock
        self.isGullible = isGullible
        self.isBusy = isBusy
        verifier = SignatureVerifier(secrets: [try WebhookSecret(testSecret)])
        (arrivals, arrived) = AsyncStream.makeStream()
    }

    func application(onRunning: @escaping @Sendable (Int) async -> Void) -> some ApplicationProtocol {
        let router = Router()
        router.post("/{hook}") { request, _ in try await self.take(request) }
        router.post("/{hook}/{task}") { request, _ in try await self.take(request) }
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { await onRunning($0.localAddress?.port ?? 0) },
            logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// The first requests, as soon as so many have come.
    func first(_ number: Int) async -> [Arrival] {
        await arrivals.prefix(number).reduce(into: []) { $0.append($1) }
    }

    private func take(_ request: Request) async throws -> Response {
        let body = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        let headers = SignatureHeaders(request.headers.map { ($0.name.rawName, $0.value) })
        let id = HTTPField.Name("webhook-id").flatMap { request.headers[$0] } ?? ""
        let status = status(headers, id: id, body: body)
        arrived.yield(Arrival(path: request.uri.path, id: id, body: body, status: status))
        return Response(status: .init(code: status))
    }

    private func status(_ headers: SignatureHeaders, id: String, body: [UInt8]) -> Int {
        let isSigned = (try? verifier.verify(headers, body: body, now: wallClock.now())) != nil
        guard isSigned || isGullible else { return 401 }
        let isFirst = seen.withLock { $0.insert(id).inserted }
        return isFirst && isBusy(id) ? 503 : 200
    }
}
