import Foundation
import Testing

@testable import grading_monitor

@Suite("Commands as processes", .timeLimit(.minutes(2)))
struct CommandProcessTests {
    @Test(
        "serve refuses to start with status 78 and one line",
        arguments: [
            ["GRADING_SERVER_URL": ""], ["WEBHOOK_SECRETS": ""], ["CRON_SECRETS": "changeme"],
            ["OPERATOR_SECRETS": Valid.cronSecret], ["HTTP_PORT": "70000"], ["DATABASE_URL": "postgresql://db/exams?hosts=2"],
            ["LOG_LEVEL": "loud"], ["LOG_FORMAT": "xml"],
        ]
    )
    func refusals(_ change: [String: String]) async throws {
        let directory = try TemporaryDirectory()
        let ending = try await MonitorProcess.run(
            ["serve"],
            environment: Valid.environment.merging(change) { $1 },
            in: directory
        )
        #expect(ending.status == 78)
        #expect(ending.output.isEmpty)
        let variable = try #require(change.keys.first)
        #expect(ending.errors.hasPrefix("error: \(variable) "))
        #expect(ending.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: directory.path("data")))
    }

    @Test(
        "wrong usage is status 64",
        arguments: [
            ["check", "a/b"], ["deliveries", "--outcome", "lost"], ["deliveries", "--limit", "0"],
            ["deliveries", "--before", "soon"],
            ["deliveries", "replay"], ["serve", "--webhook-secrets", "x"], ["send-test-callback", "t"],
        ]
    )
    func usage(_ arguments: [String]) async throws {
        #expect(try await MonitorProcess.run(arguments).status == 64)
    }

    @Test(
        "every command has help with an example",
        arguments: [
            "serve", "migrate", "sweep", "check", "stats", "deliveries", "inspect-database", "send-test-callback", "simulate",
        ]
    )
    func help(_ command: String) async throws {
        let ending = try await MonitorProcess.run([command, "--help"])
        #expect(ending.status == 0)
        #expect(ending.output.contains("  grading-monitor \(command)"))
        #expect(ending.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("migrate makes the database in a directory of its owner's; stats reads it")
    func migrateAndStats() async throws {
        let directory = try TemporaryDirectory()
        let missing = try await MonitorProcess.run(["stats"], in: directory)
        #expect(missing.status == 69)
        #expect(missing.errors.contains("grading-monitor migrate"))

        #expect(try await MonitorProcess.run(["migrate"], in: directory).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("data"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)

        let stats = try await MonitorProcess.run(["stats", "--json"], in: directory)
        #expect(stats.status == 0)
        #expect(stats.errors.isEmpty)
        let decoded = try JSONSerialization.jsonObject(with: Data(stats.output.utf8))
        let object = try #require(decoded as? [String: Any])
        #expect((object["stats"] as? [String: Any])?["totalPendingTasks"] as? Int == 0)
        let text = try await MonitorProcess.run(["stats"], in: directory).output
        #expect(text.contains("pending tasks"))
    }

    @Test("inspect-database shows what was found, makes nothing, and refuses what it does not know with status 78")
    func inspectDatabase() async throws {
        let directory = try TemporaryDirectory()
        #expect(try await MonitorProcess.run(["inspect-database"], in: directory).status == 69)
        #expect(!FileManager.default.fileExists(atPath: directory.path("data")))

        #expect(try await MonitorProcess.run(["migrate"], in: directory).status == 0)
        let inspected = try await MonitorProcess.run(["inspect-database", "--json"], in: directory)
        #expect(inspected.status == 0)
        #expect(inspected.errors.isEmpty)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(inspected.output.utf8)) as? [String: Any])
        let database = try #require(object["database"] as? [String: Any])
        #expect(database["generation"] as? Int == 1)
        #expect((database["names"] as? [String: String])?["studentStatus"] == "students.status")
        #expect((database["missingIndexes"] as? [String])?.isEmpty == true)
        #expect((object["stuckTasks"] as? [String: Any])?["total"] as? Int == 0)
        let text = try await MonitorProcess.run(["inspect-database"], in: directory).output
        #expect(text.contains("sessions whose status is behind their students: 0"))

        let foreign = try directory.file("foreign.db", "")
        let refused = try await MonitorProcess.run(["inspect-database", "--database-url", "sqlite:\(foreign)"], in: directory)
        #expect(refused.status == 78)
        #expect(refused.errors.contains("has no table \"users\""))
        #expect(try Data(contentsOf: URL(filePath: foreign)).isEmpty)
    }

    @Test("a file that is no database is status 78, one that cannot be made is 69")
    func unusableDatabases() async throws {
        let directory = try TemporaryDirectory()
        let text = try directory.file("text.db", String(repeating: "This is not a database.\n", count: 100))
        let wrong = try await MonitorProcess.run(["stats", "--database-url", "sqlite:\(text)"], in: directory)
        #expect(wrong.status == 78)
        let blocked = try await MonitorProcess.run(["migrate", "--database-url", "sqlite:\(text)/x.db"], in: directory)
        #expect(blocked.status == 69)
    }

    @Test("deliveries shows the ledger and replays, with no more than a database")
    func deliveries() async throws {
        let directory = try TemporaryDirectory()
        #expect(try await MonitorProcess.run(["deliveries"], in: directory).status == 69)
        #expect(try await MonitorProcess.run(["migrate"], in: directory).status == 0)
        let empty = try await MonitorProcess.run(["deliveries", "--outcome", "refused"], in: directory)
        #expect(empty.status == 0 && empty.output == "no deliveries\n")
        let json = try await MonitorProcess.run(["deliveries", "--task", "t-1", "--json"], in: directory)
        #expect(json.output == #"{"deliveries":[]}"# + "\n")
        let replay = try await MonitorProcess.run(["deliveries", "replay", "msg_1"], in: directory)
        #expect(replay.status == 1)
        #expect(replay.errors == "error: there is no delivery msg_1\n")
    }

    @Test("sweep and check need the grading server's URL and no secrets")
    func sweepAndCheck() async throws {
        let directory = try TemporaryDirectory()
        #expect(try await MonitorProcess.run(["migrate"], in: directory).status == 0)
        #expect(try await MonitorProcess.run(["sweep"], in: directory).status == 78)

        let environment = ["GRADING_SERVER_URL": "http://127.0.0.1:9"]
        let sweep = try await MonitorProcess.run(["sweep", "--json"], environment: environment, in: directory)
        #expect(sweep.status == 0)
        #expect(sweep.output.contains(#""tasksProcessed":0"#))

        let check = try await MonitorProcess.run(["check", "t-1", "--json"], environment: environment, in: directory)
        #expect(check.status == 1)
        #expect(check.output.contains("no such task"))
    }
}
