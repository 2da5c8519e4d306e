import GradingCore

extension Auditor {
    /// What a batch of reports may have done: each effect has a report that is new and not of an older attempt.
    func verify(_ batch: [TaskReport], _ before: ModelDatabase, _ after: ModelDatabase) {
        let fresh = FreshReports(batch, before)
        let changes = after.changes[before.changes.count...].compactMap { committed -> TaskChange? in
            if case .task(let change) = committed.change { change } else { nil }
        }
        for change in changes where !fresh.explain(change) {
            report(fresh.isOnlyOlder(change.task) ? .olderAttemptsChangeNothing : .oneEffect, "\(change.task) → \(change.to)")
        }
        verifySignals(fresh, before, after)
        verifyLog(changes, fresh, before, after)
    }

    private func verifySignals(_ fresh: FreshReports, _ before: ModelDatabase, _ after: ModelDatabase) {
        for (position, row) in after.tasks.enumerated() {
            let old = position < before.tasks.count ? before.tasks[position] : nil
            guard row != old, !fresh.tasks.contains(row.task) else { continue }
            report(
                fresh.isOnlyOlder(row.task) ? .olderAttemptsChangeNothing : .oneEffect,
                "\(row.task) was written without a new report"
            )
        }
    }

    private func verifyLog(
        _ changes: [TaskChange],
        _ fresh: FreshReports,
        _ before: ModelDatabase,
        _ after: ModelDatabase
    ) {
        var rows = after.logs[before.logs.count...].map(\.log)
        if rows.count > fresh.mostRows { report(.oneEffect, "\(rows.count) rows in the log for \(fresh.mostRows) reports") }
        for change in changes {
            let position = rows.firstIndex { row in
                row.studentID == change.student.rawValue && row.context == change.source.logContext
                    && row.message.contains("\(change.from.rawValue) → \(change.to.rawValue)")
            }
            if let position {
                rows.remove(at: position)
            } else {
                report(.logged, "\(change.task): \(change.from.rawValue) → \(change.to.rawValue)")
            }
        }
        // What is left tells of refusals.
        if rows.contains(where: { $0.level != .warning }) { report(.logged, "a row without a change") }
    }
}

/// The reports of a batch that may have an effect, by a second reading of the rules.
private struct FreshReports {
    private(set) var tasks: Set<TaskID> = []
    /// Rows that the batch may add to logs.
    private(set) var mostRows = 0
    private var reports: [TaskReport] = []
    private var older: Set<TaskID> = []

    init(_ batch: [TaskReport], _ before: ModelDatabase) {
        var seen: [String: [UInt8]] = [:]
        var attempts: [TaskID: Int] = [:]
        for report in batch {
            if let delivery = report.provenance.delivery {
                let isParked = before.delivery(delivery.id)?.disposition == .parked
                let known = before.delivery(delivery.id)?.delivery.bodyHash
                let first = seen[delivery.id] ?? (isParked && known == delivery.bodyHash ? nil : known)
                if let first {
                    if first != delivery.bodyHash { mostRows += 1 }
                    continue
                }
                seen[delivery.id] = delivery.bodyHash
            }
            mostRows += 1
            let highest = max(attempts[report.task] ?? 0, before.task(report.task)?.reportedAttempt ?? 0)
            let isSuperseded = before.bearers(of: report.task.rawValue).isEmpty
            guard !isSuperseded, report.attempt ?? .max >= highest else {
                older.insert(report.task)
                continue
            }
            attempts[report.task] = report.attempt ?? attempts[report.task]
            tasks.insert(report.task)
            reports.append(report)
        }
    }

    func explain(_ change: TaskChange) -> Bool {
        reports.contains { report in
            guard report.task == change.task, report.provenance.source == change.source else { return false }
            return switch report.meaning {
            case .known(.completed): change.to == .completed || change.to == .requiresReview
            case .known(let status): change.to == status
            case .unknown: false
            }
        }
    }

    func isOnlyOlder(_ task: TaskID) -> Bool { older.contains(task) && !tasks.contains(task) }
}
