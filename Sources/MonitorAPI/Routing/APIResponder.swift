import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Answers every request: finds its endpoint, turns what is thrown into a problem document, adds what every answer bears.
struct APIResponder: Sendable {
    let endpoints: EndpointTable
    let answerHeaders: AnswerHeaders
    let logger: Logger

    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        let call = try await self.call(of: request, peer: channel.remoteAddress)
        var response = await answer(call)
        answerHeaders.set(on: &response.headers, requestID: call.id)
        // RFC 9110, section 9.3.2: an answer to HEAD has the headers and nothing more.
        let body = call.method == .head ? ResponseBody() : response.body
        try await writer.write(response: response.head, body: body)
    }

    private func call(of request: Request, peer: SocketAddress?) async throws -> APIRequest {
        let target = request.head.path ?? ""
        let path = target.prefix { $0 != "?" }
        return APIRequest(
            id: answerHeaders.requestIDs.next(),
            method: request.method,
            path: String(path),
            query: path.endIndex == target.endIndex ? nil : target[path.endIndex...].dropFirst(),
            headers: request.headers,
            body: try await wholeBody(of: request),
            peer: peer
        )
    }

    /// It is all here: the gate lets nothing else through, and in one piece.
    private func wholeBody(of request: Request) async throws -> ByteBuffer {
        var body = ByteBuffer()
        for try await piece in request.body {
            if body.readableBytes == 0 { body = piece } else { body.writeImmutableBuffer(piece) }
        }
        return body
    }

    private func answer(_ call: APIRequest) async -> Response {
        do {
            return try await endpoints.respond(to: call)
        } catch {
            let problem = Problem(error)
            if problem.status.code >= 500 {
                logger.warning(
                    "Could not answer a request.",
                    metadata: ["error": "\(error)", "status": "\(problem.status.code)", "request": "\(call.id)"]
                )
            }
            return problem.response(path: call.path)
        }
    }
}
