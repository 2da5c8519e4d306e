import GradingCore
import HTTPTypes
import HummingbirdCore

/// Figures for dashboards.
struct MonitoringRoutes: Sendable {
    let store: any Store
    let commits: CommitQueue
    let gatekeeper: Gatekeeper
    let access: Access
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "/api/monitoring/stats",
                .get,
                .head,
                handler: gatekeeper.guarding(access.operator) { _ in try await statistics() }
            )
        ]
    }

    private func statistics() async throws -> Response {
        let statistics = try await store.statistics()
        return .json([
            "message": "Monitoring statistics",
            "timestamp": .string(wallClock.now().iso8601),
            "stats": document(statistics),
        ])
    }

    private func document(_ statistics: MonitorStatistics) -> JSONValue {
        [
            "totalPendingTasks": .integer(statistics.open.pendingTasks),
            "totalProcessingTasks": .integer(statistics.open.processingTasks),
            "totalActiveSessions": .integer(statistics.open.activeSessions),
            "oldestPendingTask": document(statistics.oldestPending),
            "totalSessions": .integer(statistics.sessions),
            "totalStudentsGraded": .integer(statistics.studentsGraded),
            "averageScore": JSONValue(statistics.averageScore),
            "requiresReview": .integer(statistics.requiresReview),
            "failed": .integer(statistics.studentsFailed),
            "lost": .integer(statistics.lost),
            "completedBy": .counts(ReportSource.allCases, statistics.endedBy),
            "deliveries": .counts(Disposition.allCases, statistics.deliveries),
            "unknownStatusWords": document(commits.unknownWordCounts),
        ]
    }

    /// What this process has met since it began, the most frequent words first.
    private func document(_ counts: UnknownWordCounts) -> JSONValue {
        let words = counts.words.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.wordsShown)
        return [
            "total": .integer(counts.total),
            "words": .object(words.map { JSONValue.Member(name: $0.key, value: .integer($0.value)) }),
        ]
    }

    private static let wordsShown = 20

    private func document(_ task: OldestPendingTask?) -> JSONValue {
        guard let task else { return .null }
        return [
            "taskId": .string(task.task.rawValue),
            "studentName": .string(task.studentName),
            "createdAt": .string(task.createdAt.iso8601),
        ]
    }
}

extension JSONValue {
    /// One member for each word, zero where nothing was counted.
    fileprivate static func counts<Word: RawRepresentable<String> & Hashable>(
        _ words: [Word],
        _ counts: [Word: Int]
    ) -> JSONValue {
        .object(words.map { Member(name: $0.rawValue, value: .integer(counts[$0] ?? 0)) })
    }
}
