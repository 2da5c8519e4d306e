package import AsyncHTTPClient
package import GradingCore
import NIOCore
import NIOHTTP1

/// Asks the grading server over HTTP: `GET {base}/api/grade/status/{taskId}/`, and `POST` to a ``ResubmissionURL``.
package struct HTTPGradingServerClient: GradingServerClient {
    private let url: GradingServerURL
    private let resubmissionURL: ResubmissionURL?
    private let timeout: Duration
    private let maximumResponseBytes: Int
    private let httpClient: HTTPClient
    private let userAgent: String
    private let clock: any Clock<Duration>
    private let wallClock: WallClock

    /// - Parameters:
    ///   - resubmissionURL: where failed tasks are submitted again; `nil` where they are not.
    ///   - timeout: for the whole exchange, from the wait for a connection to the answer's last byte.
    ///   - maximumResponseBytes: the most that an answer's body may hold.
    ///   - httpClient: made with ``clientConfiguration()``, or it would follow redirects. Shut down by its owner.
    package init(
        url: GradingServerURL,
        resubmissionURL: ResubmissionURL? = nil,
        timeout: Duration = .seconds(30),
        maximumResponseBytes: Int = 4 << 20,
        httpClient: HTTPClient,
        userAgent: String = "grading-monitor",
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: WallClock = .system
    ) {
        self.url = url
        self.resubmissionURL = resubmissionURL
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
        self.httpClient = httpClient
        self.userAgent = userAgent
        self.clock = clock
        self.wallClock = wallClock
    }

    /// - Parameter baseURL: see ``GradingServerURL``.
    package init(
        baseURL: String,
        timeout: Duration = .seconds(30),
        maximumResponseBytes: Int = 4 << 20,
        httpClient: HTTPClient,
        userAgent: String = "grading-monitor",
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: WallClock = .system
    ) throws(GradingServerURLError) {
        self.init(
            url: try GradingServerURL(baseURL),
            timeout: timeout,
            maximumResponseBytes: maximumResponseBytes,
            httpClient: httpClient,
            userAgent: userAgent,
            clock: clock,
            wallClock: wallClock
        )
    }

    /// The body of a 2xx answer. Its content type is not looked at: whether it is a report is the decoder's to say.
    package func fetchStatus(of task: TaskID) async throws(GradingServerError) -> [UInt8] {
        try await exchange(request(url.status(of: task)))
    }

    package var takesResubmissions: Bool { resubmissionURL != nil }

    /// The same key for the same attempt: a server that honours it takes the attempt once, however often it is asked for.
    package func resubmit(_ resubmission: Resubmission) async throws(GradingServerError) -> [UInt8] {
        guard let resubmissionURL else { throw .connection("no address for resubmissions is configured") }
        var request = request(resubmissionURL.url(for: resubmission))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: "\"\(resubmission.idempotencyKey)\"")
        request.body = .bytes(ByteBuffer(bytes: resubmission.json))
        return try await exchange(request)
    }

    private func exchange(_ request: HTTPClientRequest) async throws(GradingServerError) -> [UInt8] {
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await answer(to: request) }
                // The client's own deadline ends at the answer's head; a body that drips would outlive it.
                group.addTask {
                    try await clock.sleep(for: timeout)
                    throw GradingServerError.timeout
                }
                defer { group.cancelAll() }
                guard let body = try await group.next() else { throw GradingServerError.cancelled }
                return body
            }
        } catch {
            throw GradingServerError(error, limit: maximumResponseBytes)
        }
    }

    private func request(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: userAgent)
        return request
    }

    private func answer(to request: HTTPClientRequest) async throws -> [UInt8] {
        let response = try await httpClient.execute(request, deadline: .distantFuture)
        guard (200..<300).contains(response.status.code) else {
            throw refusal(response)
        }
        let body = try await response.body.collect(upTo: maximumResponseBytes)
        // Never half an answer, whatever a cancelled stream hands out.
        try Task.checkCancellation()
        return Array(body.readableBytesView)
    }

    /// Too much at once, or out of service for now: the server may say for how long.
    private func refusal(_ response: HTTPClientResponse) -> GradingServerError {
        let (code, headers) = (Int(response.status.code), response.headers)
        guard code == 429 || code == 503, let text = headers.first(name: "Retry-After"),
            let quiet = RetryAfter.wait(text, date: headers.first(name: "Date"), now: wallClock.now())
        else { return .status(code) }
        return .busy(status: code, quiet: quiet)
    }
}

extension HTTPGradingServerClient {
    /// How the `HTTPClient` behind this is to be made: no redirects, which could lead anywhere, and no decompression, so
    /// that the limit on bytes holds for what is kept in memory.
    /// - Parameter connections: to the grading server at once, and so the most questions under way.
    package static func clientConfiguration(connections: Int = 8) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10)),
            connectionPool: HTTPClient.Configuration.ConnectionPool(
                idleTimeout: .seconds(30),
                concurrentHTTP1ConnectionsPerHostSoftLimit: connections
            ),
            decompression: .disabled
        )
        // A check that fails is tried again by the next sweep; one that waits holds up the others.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

extension Resubmission {
    /// `{"task_id":…,"student_id":…,"session_id":…,"attempt":…}`
    fileprivate var json: [UInt8] {
        let members = [("task_id", task.rawValue), ("student_id", student.rawValue), ("session_id", session.rawValue)]
        var bytes = [UInt8(ascii: "{")]
        for (name, value) in members {
            JSONText.append(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONText.append(value, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        return bytes + Array("\"attempt\":\(attempt)}".utf8)
    }
}
