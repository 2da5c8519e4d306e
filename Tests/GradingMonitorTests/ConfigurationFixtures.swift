import Configuration
import Foundation

@testable import grading_monitor

/// Settings that `serve` starts with.
enum Valid {
    static let webhookSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    static let formerSecret = "whsec_uYh2bGSo9eBVtJqk0Zf3xNwRzC5mLpD7"
    static let cronSecret = "Qx7dT0mZrVn4bWfKj2pLsYh8uEaG6cNi"
    static let operatorSecret = "h3Gk9QwErTyUiOp1AsDfGhJkLzXcVbN5"

    static let environment = [
        "GRADING_SERVER_URL": "http://127.0.0.1:8000",
        "WEBHOOK_SECRETS": webhookSecret,
        "CRON_SECRETS": cronSecret,
        "OPERATOR_SECRETS": operatorSecret,
    ]
}

extension MonitorConfiguration {
    /// What `serve` makes of the valid environment with these changes.
    static func read(
        environment changes: [String: String] = [:],
        flags: [Setting: String] = [:],
        file: String? = nil,
        defaults: [Setting: String] = [:]
    ) async throws -> MonitorConfiguration {
        let environment = Valid.environment.merging(changes) { $1 }
        let sources = ConfigurationSources(flags: flags, environment: environment, file: file, defaults: defaults)
        return try await MonitorConfiguration(sources.reader())
    }
}

/// A directory that is removed when the test is over.
final class TemporaryDirectory: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "grading-monitor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return path(name)
    }
}
