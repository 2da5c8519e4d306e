import AsyncHTTPClient
import Foundation
import GradingCore
import NIOCore
import NIOHTTP1

/// An answer, read whole.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; empty when it is none.
    var json: [String: any Sendable] { Self.object(body) }

    func header(_ name: String) -> String? { headers.first(name: name) }

    static func object(_ bytes: [UInt8]) -> [String: any Sendable] {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: any Sendable] ?? [:]
    }
}

extension [String: any Sendable] {
    func string(_ name: String) -> String? { self[name] as? String }
    func integer(_ name: String) -> Int? { self[name] as? Int }
    func object(_ name: String) -> [String: any Sendable] { self[name] as? [String: any Sendable] ?? [:] }
    func array(_ name: String) -> [[String: any Sendable]] { self[name] as? [[String: any Sendable]] ?? [] }
}

extension ServerHarness {
    func send(
        _ method: HTTPMethod,
        _ path: String,
        secret: String? = nil,
        headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        if let secret { request.headers.add(name: "authorization", value: "Bearer \(secret)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = Array(try await response.body.collect(upTo: 4 << 20).readableBytesView)
        return Answer(status: Int(response.status.code), headers: response.headers, body: bytes)
    }

    /// As an operator.
    func get(_ path: String) async throws -> Answer {
        try await send(.GET, path, secret: Self.operatorSecret)
    }

    /// As an operator.
    func post(_ path: String, _ json: String = "") async throws -> Answer {
        let type = json.isEmpty ? [] : [("content-type", "application/json")]
        return try await send(.POST, path, secret: Self.operatorSecret, headers: type, body: Array(json.utf8))
    }

    // MARK: Callbacks

    /// A signed callback.
    func callback(
        _ json: String,
        id: String = UUID().uuidString,
        path: String = "/api/webhooks/grading",
        method: HTTPMethod = .POST,
        contentType: String? = "application/json"
    ) async throws -> Answer {
        try await callback(Array(json.utf8), id: id, path: path, method: method, contentType: contentType)
    }

    func callback(
        _ body: [UInt8],
        id: String = UUID().uuidString,
        path: String = "/api/webhooks/grading",
        method: HTTPMethod = .POST,
        contentType: String? = "application/json"
    ) async throws -> Answer {
        var headers = signer.headers(id: id, at: clock.now, body: body).map { ($0.name, $0.value) }
        if let contentType { headers.append(("content-type", contentType)) }
        return try await send(method, path, headers: headers, body: body)
    }

    /// A callback that nobody signed.
    func forgedCallback(_ json: String = "{}") async throws -> Answer {
        try await send(.POST, "/api/webhooks/grading", body: Array(json.utf8))
    }

    // MARK: Tasks

    /// Registers a task of this student in the session `session-1`.
    @discardableResult
    func register(_ task: String, student: String = "2010402434") async throws -> Answer {
        try await post(
            "/api/tasks",
            #"[{"taskId":"\#(task)","studentName":"Ada Obi","studentId":"\#(student)","session":{"id":"session-1"}}]"#
        )
    }

    func status(of task: String) async throws -> TaskStatus? {
        try await store.task(TaskID(task)!)?.status
    }
}
