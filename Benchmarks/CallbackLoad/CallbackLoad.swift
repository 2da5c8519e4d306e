import ArgumentParser
import FoundationEssentials
import GradingCore
import NIOCore
import NIOPosix

@main
struct CallbackLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback-load",
        abstract: "Measures how many signed callbacks a grading-monitor commits per second.",
        discussion: """
            Registers tasks, signs one COMPLETED callback for each, and sends them over keep-alive connections, one request \
            outstanding on each. Prints one line of JSON: "callbacks", "perSecond" and the latencies are of the measured time, \
            "statuses" counts every answer, the warm-up's too (0: no answer). Ends early when every task has its callback. \
            Exits with 1 if any answer was not 2xx.
            """
    )

    @Option(help: "The monitor: http://HOST:PORT, or with the path of its webhook.")
    var url = "http://127.0.0.1:3000"
    @Option(help: "Signs the callbacks: whsec_…; default: the environment's WEBHOOK_SECRET.")
    var secret: String?
    @Option(help: "Registers the tasks; default: the environment's OPERATOR_SECRET. Not needed with --tasks-file.")
    var operatorSecret: String?
    @Option(help: "Connections, each with one request outstanding.")
    var connections = 32
    @Option(help: "Measured seconds.")
    var duration = 10.0
    @Option(help: "Seconds before that, which are not measured.")
    var warmup = 2.0
    @Option(help: "About how long a callback's body is.")
    var bodyBytes = 2_048
    @Option(help: "Ids of tasks that are registered already, one on each line, instead of new ones.")
    var tasksFile: String?
    @Option(help: "Sessions to register. One session with many students is the hardest case for most servers.")
    var sessions = 200
    @Option(help: "Students in each; sessions times students is the number of callbacks at most.")
    var studentsPerSession = 50
    @Option(help: "Threads of this generator.")
    var threads = 1

    func validate() throws {
        let counts = [connections, sessions, studentsPerSession, threads, bodyBytes]
        guard counts.allSatisfy({ $0 >= 1 }), duration > 0, warmup >= 0 else {
            throw ValidationError("counts and --duration must be positive")
        }
        guard connections <= 4_096, threads <= 64, bodyBytes <= 1 << 20, sessions <= 1_000_000, studentsPerSession <= 1_000_000,
            sessions * studentsPerSession <= 2_000_000
        else { throw ValidationError("too much: 4,096 connections, 64 threads, 1 MiB bodies, 2,000,000 tasks") }
        guard warmup + duration <= 240 else { throw ValidationError(LoadError.tooLong.description) }
    }

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let builder = try requestBuilder()
        let tasks = try await registeredTasks(builder, group: group)
        let now = WallClock.system.now()
        let requests = tasks.map { builder.callback(for: $0, at: now) }
        let load = LoadRun(target: builder.target, connections: connections, group: group)
        let (tally, seconds) = try await load.send(requests, warmup: seconds(warmup), duration: seconds(duration))
        print(LoadSummary(connections: connections, seconds: seconds, tally: tally).json)
        try await group.shutdownGracefully()
        guard tally.isAllSuccess else { throw ExitCode(1) }
    }

    private func requestBuilder() throws -> RequestBuilder {
        let environment = ProcessInfo.processInfo.environment
        guard let secret = secret ?? environment["WEBHOOK_SECRET"] else { throw ValidationError("--secret is missing") }
        return RequestBuilder(
            target: try Target(url),
            signer: WebhookSigner(secret: try WebhookSecret(secret), scheme: .standard),
            operatorSecret: operatorSecret ?? environment["OPERATOR_SECRET"] ?? "",
            bodyBytes: bodyBytes
        )
    }

    /// Reads the tasks file, or registers new tasks in calls of 1,000.
    private func registeredTasks(_ builder: RequestBuilder, group: MultiThreadedEventLoopGroup) async throws -> [LoadTask] {
        if let tasksFile {
            let tasks = try LoadTask.read(tasksFile)
            guard !tasks.isEmpty else { throw LoadError.noTasks }
            return tasks
        }
        let run = "load" + String(UInt64.random(in: .min ... .max), radix: 36)
        let tasks = LoadTask.make(run: run, sessions: sessions, studentsPerSession: studentsPerSession)
        let requests = stride(from: 0, to: tasks.count, by: 1_000).map { start in
            builder.registration(of: tasks[start..<min(start + 1_000, tasks.count)])
        }
        let registration = LoadRun(target: builder.target, connections: 1, group: group)
        let (tally, _) = try await registration.send(requests, warmup: .zero, duration: .minutes(10))
        guard tally.statuses == [200: requests.count] else { throw LoadError.registration(statuses: tally.statuses) }
        return tasks
    }

    private func seconds(_ value: Double) -> TimeAmount { .nanoseconds(Int64(value * 1e9)) }
}
