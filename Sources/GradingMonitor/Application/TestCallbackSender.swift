import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends one callback to a monitor, several times if wanted, one after another.
struct TestCallbackSender: Sendable {
    let url: String
    var timeout: Duration = .seconds(30)

    struct Answer: Sendable, Equatable {
        let status: Int
        /// The first 64 KiB of the body.
        let body: String
    }

    /// The answers in order. Throws ``CommandFailure`` when the monitor cannot be reached.
    func send(_ callback: TestCallback, times: Int) async throws -> [Answer] {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.clientConfiguration)
        do {
            var answers: [Answer] = []
            for _ in 0..<times { answers.append(try await send(callback, with: client)) }
            try await client.shutdown()
            return answers
        } catch {
            try? await client.shutdown()
            throw CommandFailure(.unavailable, "no answer from \(url): \(error)")
        }
    }

    /// No redirects, and no waiting for a server that is not there.
    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private func send(_ callback: TestCallback, with client: HTTPClient) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in callback.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: callback.body))
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        let body = try await response.body.collect(upTo: 65_536)
        return Answer(status: Int(response.status.code), body: String(buffer: body))
    }
}
