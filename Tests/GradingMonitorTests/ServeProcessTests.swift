import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import grading_monitor

@Suite("serve as a process", .timeLimit(.minutes(2)))
struct ServeProcessTests {
    private static let names = ["url", "webhook_secret", "cron_secret", "operator_secret"]

    private func get(_ url: String, bearer: String? = nil) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: url)
        if let bearer { request.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    private func register(_ task: String, at url: String, bearer: String) async throws -> Int {
        var request = HTTPClientRequest(url: "\(url)/api/tasks")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(bearer)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: #"[{"taskId":"\#(task)","studentName":"Ada Obi","session":{"id":"s-1"}}]"#))
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status.code)
    }

    @Test("--dev prints four lines, serves with what they say, and ends with 0 on SIGTERM")
    func development() async throws {
        let directory = try TemporaryDirectory()
        let server = try MonitorProcess(["serve", "--dev", "--http-port", "0"], in: directory)
        let values = await server.values(Self.names)
        let url = try #require(values["url"])
        let webhookSecret = try #require(values["webhook_secret"])
        let operatorSecret = try #require(values["operator_secret"])
        #expect(webhookSecret.hasPrefix("whsec_"))
        #expect(Set(values.values).count == 4)

        #expect(try await get("\(url)/livez").status == 200)
        // SCHED_BATCH: no thread interrupts what runs.
        let policies = try server.schedulingPolicies()
        #expect(policies.count > 1 && Set(policies) == [3])
        #expect(try await get("\(url)/api/monitoring/stats").status == 401)
        #expect(try await get("\(url)/api/cron/status-check", bearer: values["cron_secret"]).status == 200)
        #expect(try await register("t-1", at: url, bearer: operatorSecret) == 200)

        let send = ["send-test-callback", "t-1", "--status", "COMPLETED", "--url", "\(url)/api/webhooks/grading"]
        let environment = ["WEBHOOK_SECRETS": webhookSecret]
        let bad = try await MonitorProcess.run(send + ["--bad-signature"], environment: environment)
        #expect(bad.status == 0)
        #expect(bad.output.hasPrefix("401 "))
        let good = try await MonitorProcess.run(send + ["--duplicate", "2"], environment: environment)
        #expect(good.status == 0)
        let answers = good.output.split(separator: "\n")
        #expect(answers.count == 3)
        #expect(answers.first?.contains(#""outcome":"applied""#) == true)
        #expect(answers.dropFirst().allSatisfy { $0.hasPrefix("200 ") && $0.contains(#""outcome":"duplicate""#) })

        let stranger = try await MonitorProcess.run(send, environment: ["WEBHOOK_SECRETS": Valid.webhookSecret])
        #expect(stranger.status == 1)

        let stats = try await get("\(url)/api/monitoring/stats", bearer: operatorSecret)
        #expect(stats.body.contains(#""totalStudentsGraded":1"#))
        server.terminate()
        let ending = await server.ending()
        #expect(ending.status == 0)
        #expect(ending.output.split(separator: "\n").count == 4)
        for secret in [webhookSecret, operatorSecret] { #expect(!ending.errors.contains(secret)) }
        #expect(FileManager.default.fileExists(atPath: directory.path("data/dev.db")))

        let after = try await MonitorProcess.run(
            ["stats", "--json", "--database-url", "sqlite:./data/dev.db"],
            in: directory
        )
        #expect(after.output.contains(#""totalStudentsGraded":1"#))
    }

    @Test("without --dev, standard output stays empty and the log says where it listens")
    func production() async throws {
        let directory = try TemporaryDirectory()
        let environment = Valid.environment.merging(["HTTP_PORT": "0", "LOG_FORMAT": "json"]) { $1 }
        let server = try MonitorProcess(["serve"], environment: environment, in: directory)
        let line = try #require(await server.errors.line(containing: "http://127.0.0.1:"))
        let url = try #require(line.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)/))
        #expect(try await get("\(url.0)/livez").status == 200)

        let second = try await MonitorProcess.run(["serve", "--http-port", "\(url.1)"], environment: environment, in: directory)
        #expect(second.status == 69)
        #expect(second.errors.contains("error: cannot listen on 127.0.0.1:\(url.1): the port is in use"))

        server.terminate()
        let ending = await server.ending()
        #expect(ending.status == 0)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains("Stopped"))
        for line in ending.errors.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test("nobody there: send-test-callback is status 69")
    func nobodyThere() async throws {
        let ending = try await MonitorProcess.run(
            ["send-test-callback", "t-1", "--status", "COMPLETED"],
            environment: ["WEBHOOK_SECRETS": Valid.webhookSecret, "HTTP_PORT": "9"]
        )
        #expect(ending.status == 69)
    }

    @Test("simulate prints its URL, takes a task and ends with 0")
    func simulate() async throws {
        let directory = try TemporaryDirectory()
        let simulator = try MonitorProcess(
            ["simulate", "--port", "0", "--lost", "1"],
            environment: ["WEBHOOK_SECRETS": Valid.webhookSecret],
            in: directory
        )
        let url = try #require(await simulator.values(["url"])["url"])
        #expect(try await get("\(url)/api/grade/status/unknown/").status == 404)
        simulator.terminate()
        #expect(await simulator.ending().status == 0)
    }
}
