import GradingCore
import HTTPTypes

/// Figures for dashboards.
struct MonitoringRoutes: Sendable {
    let store: any Store
    let reconciler: Reconciler
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

    private func statistics() async throws -> APIResponse {
        let now = wallClock.now()
        let statistics = try await store.statistics()
        let loss = CallbackLoss(try await store.endings(since: CallbackLoss.start(at: now)), at: now)
        return .json([
            "message": "Monitoring statistics",
            "timestamp": .string(now.iso8601),
            "stats": document(statistics)
                .adding("callbackLoss", JSONValue(loss))
                .adding("adaptiveGrace", document(reconciler.graceReport))
                .adding("gradingServer", document(reconciler.gradingServerHealth)),
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
            "failingTasks": document(statistics.failing),
        ]
    }

    private func document(_ failing: FailingTasks) -> JSONValue {
        [
            "total": .integer(failing.total),
            "worst": .array(
                failing.worst.map { task in
                    [
                        "taskId": .string(task.task.rawValue),
                        "consecutiveErrors": .integer(task.consecutiveErrors),
                        "lastError": JSONValue(task.lastError),
                        "nextCheckAt": JSONValue(task.nextCheckAt?.iso8601),
                    ]
                }
            ),
        ]
    }

    /// Of this instance's last sweep.
    private func document(_ report: GraceReport) -> JSONValue {
        [
            "on": .bool(report.isOn),
            "overall": document(report.overall),
            "bySession": .array(
                report.sessions.sorted { $0.key < $1.key }.map { session, estimate in
                    document(estimate).adding("sessionId", .string(session.rawValue))
                }
            ),
            "tasksPutOff": .integer(report.tasksPutOff),
        ]
    }

    private func document(_ estimate: AdaptiveGrace.Estimate?) -> JSONValue {
        guard let estimate else { return .null }
        return ["seconds": .number(estimate.duration.inSeconds), "samples": .integer(estimate.samples)]
    }

    /// Of this instance; others may fare otherwise.
    private func document(_ health: GradingServerHealth) -> JSONValue {
        [
            "breaker": .string(health.breaker.rawValue),
            "failuresInARow": .integer(health.failuresInARow),
            "nextQuestionAt": JSONValue(health.nextQuestionAt?.iso8601),
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
    static func counts<Word: RawRepresentable<String> & Hashable>(
        _ words: [Word],
        _ counts: [Word: Int]
    ) -> JSONValue {
        .object(words.map { Member(name: $0.rawValue, value: .integer(counts[$0] ?? 0)) })
    }
}
