import FoundationEssentials
import GradingCore
import HTTPTypes
import Hummingbird

/// The HTTP side: the paths and answers of a Django project that hands grading to Celery.
struct SimulatorRoutes: Sendable {
    let tasks: SimulatedTasks
    let configuration: SimulatorConfiguration
    let wallClock: WallClock

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.post("/api/grade/upload/") { request, _ in try await upload(request) }
        router.get("/api/grade/status/{id}/") { _, context in
            try await status(of: context.parameters.require("id"))
        }
        router.get("/api/simulator/stats") { _, _ in
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try await Self.json(.ok, Array(encoder.encode(tasks.statistics)))
        }
        return router
    }

    private struct UploadRequest: Decodable {
        var task_id: String?
        var student_name: String?
        var session_id: String?
    }

    private func upload(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 << 10)
        let bytes = body.readableBytesView.isEmpty ? Array("{}".utf8) : Array(body.readableBytesView)
        guard let upload = try? JSONDecoder().decode(UploadRequest.self, from: Data(bytes)) else {
            return Self.refusal(.badRequest, "the body is not a JSON object of texts")
        }
        do {
            let (task, isNew) = try await tasks.upload(id: upload.task_id)
            let answer: JSONValue = [
                "task_id": .text(task.id.rawValue), "status": .text(task.state(at: wallClock.now()).rawValue),
                "student_name": .optional(upload.student_name), "session_id": .optional(upload.session_id),
            ]
            return Self.json(isNew ? .accepted : .ok, answer.encoded)
        } catch .invalidID {
            return Self.refusal(.badRequest, "task_id must match [A-Za-z0-9._-]{1,128}")
        } catch .full {
            return Self.refusal(.serviceUnavailable, "too many tasks")
        }
    }

    private func status(of text: String) async -> Response {
        await tasks.count(\.statusRequests)
        if let id = TaskID(text), let task = await tasks[id] {
            return Self.json(.ok, task.statusBody(at: wallClock.now()))
        }
        switch configuration.unknownTasks {
        case .notFound: return Self.refusal(.notFound, "no such task")
        case .pending:
            let answer: JSONValue = [
                "task_id": .text(text), "status": "PENDING", "result": .null, "error": .null, "progress": .null,
            ]
            return Self.json(.ok, answer.encoded)
        }
    }

    private static func refusal(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        let body: JSONValue = ["error": .text(reason)]
        return json(status, body.encoded)
    }

    private static func json(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
