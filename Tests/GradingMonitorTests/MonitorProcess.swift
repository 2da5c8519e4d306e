import Foundation

/// The built executable, run as a user runs it.
final class MonitorProcess: Sendable {
    struct Ending: Sendable {
        /// Negative when a signal killed it.
        let status: Int32
        let output: String
        let errors: String
    }

    /// Next to the test bundle.
    private static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "grading-monitor")

    let output = ProcessOutput()
    let errors = ProcessOutput()
    private let process = Process()
    private let statuses: AsyncStream<Int32>

    /// Starts it in `directory`, with this environment and no other.
    init(_ arguments: [String], environment: [String: String] = [:], in directory: TemporaryDirectory) throws {
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.statuses = statuses
        process.executableURL = Self.executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = directory.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        process.terminationHandler = { process in
            continuation.yield(process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        output.start()
        errors.start()
    }

    /// A test that failed half-way leaves no server behind.
    deinit {
        if process.isRunning { process.terminate() }
    }

    /// The values of the lines `name=value` on standard output, as soon as all names were seen or the output has ended.
    func values(_ names: [String]) async -> [String: String] {
        var values: [String: String] = [:]
        for await line in output.lines {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
            if names.allSatisfy({ values[$0] != nil }) { break }
        }
        return values
    }

    /// How each of its threads is scheduled: the 41st field of `/proc/PID/task/TID/stat` (proc(5)), the 39th after the name.
    func schedulingPolicies() throws -> [Int] {
        let threads = "/proc/\(process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: threads).compactMap { thread in
            let fields = (try? String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8)) ?? ""
            return fields.split(separator: ")").last?.split(separator: " ").dropFirst(38).first.flatMap { Int($0) }
        }
    }

    /// SIGTERM.
    func terminate() { process.terminate() }

    /// Waits for the end.
    func ending() async -> Ending {
        var status = Int32.min
        for await value in statuses { status = value }
        return Ending(status: status, output: await output.text(), errors: await errors.text())
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        in directory: TemporaryDirectory? = nil
    ) async throws -> Ending {
        let directory = try directory ?? TemporaryDirectory()
        return try await MonitorProcess(arguments, environment: environment, in: directory).ending()
    }
}
