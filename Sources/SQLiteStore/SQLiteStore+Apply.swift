package import GradingCore
import GRDB

extension SQLiteStore {
    package func apply(_ batch: [TaskReport], at now: Timestamp) async throws(StoreError) -> [ReportOutcome] {
        let (schedule, statements) = (schedule, statements)
        return try await write { db in
            let plan = CommitPlan(batch, in: try CommitState(for: batch, in: db, statements), at: now, schedule)
            try plan.write(to: db, statements, at: now)
            for session in plan.touchedSessions {
                try SessionRollUp.rollUp(session, in: db, statements, at: now)
            }
            return plan.outcomes
        }
    }
}

extension CommitState {
    /// Reads what the database knows of the deliveries and tasks in a batch.
    fileprivate init(for batch: [TaskReport], in db: Database, _ statements: SQLiteStatements) throws {
        self.init()
        for report in batch {
            if let id = report.provenance.delivery?.id, deliveries[id] == nil {
                deliveries[id] = try KnownDelivery.fetch(id, from: db)
            }
            if tasks[report.task] == nil {
                tasks[report.task] = try TaskState.fetch(report.task, from: db, statements)
            }
        }
    }
}

extension KnownDelivery {
    fileprivate static func fetch(_ id: String, from db: Database) throws -> KnownDelivery? {
        let statement = try db.cachedStatement(
            sql: "SELECT body_hash, task_id, outcome, has_conflict FROM monitor_deliveries WHERE delivery_id = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]), let task = row.text(1).flatMap(TaskID.init),
            let disposition = row.text(2).flatMap(Disposition.init)
        else { return nil }
        return KnownDelivery(bodyHash: row.bytes(0) ?? [], task: task, disposition: disposition, hasConflict: row.flag(3))
    }
}

extension CommitPlan {
    fileprivate func write(to db: Database, _ statements: SQLiteStatements, at now: Timestamp) throws {
        for delivery in deliveries {
            try delivery.write(to: db, at: now)
        }
        for task in tasks {
            try task.write(to: db, statements, at: now)
        }
        var ids = RowIDSequence(at: now)
        for log in logs {
            try log.write(to: db, id: ids.next(), at: now)
        }
        for change in changes {
            try change.write(to: db, at: now)
        }
        for key in keysUsed {
            try noteUse(ofKey: key, in: db, at: now)
        }
    }

    /// Kept to the minute, so that a busy key costs no write in most batches.
    private func noteUse(ofKey key: String, in db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_keys (key_id, last_used_at) VALUES (?, ?)
                ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at
                WHERE last_used_at < excluded.last_used_at - 60000
                """
        ).execute(arguments: [key, now.milliseconds])
    }
}

extension DeliveryWrite {
    fileprivate func write(to db: Database, at now: Timestamp) throws {
        switch self {
        case .remember(let delivery, let task, let disposition):
            try Self.insert(delivery, task, disposition, report: nil, into: db, at: now)
        case .park(let delivery, let report):
            try Self.insert(delivery, report.task, .parked, report: report.encoded(), into: db, at: now)
        case .settle(let id, let disposition):
            try db.cachedStatement(sql: "UPDATE monitor_deliveries SET outcome = ?, report = NULL WHERE delivery_id = ?")
                .execute(arguments: [disposition.rawValue, id])
        case .markConflict(let id):
            try db.cachedStatement(sql: "UPDATE monitor_deliveries SET has_conflict = 1 WHERE delivery_id = ?")
                .execute(arguments: [id])
        }
    }

    private static func insert(
        _ delivery: Delivery,
        _ task: TaskID,
        _ disposition: Disposition,
        report: [UInt8]?,
        into db: Database,
        at now: Timestamp
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome, report)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                delivery.id, delivery.bodyHash.databaseValue, task.rawValue, delivery.keyID, now.milliseconds,
                disposition.rawValue, report?.databaseValue,
            ]
        )
    }
}

extension LogWrite {
    /// The log's row belongs to the user who owns the session.
    func write(to db: Database, id: String, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO session_logs (id, level, message, context, studentId, createdAt, gradingSessionId, userId)
                SELECT ?, ?, ?, ?, ?, ?, id, userId FROM grading_sessions WHERE id = ?
                """
        ).execute(
            arguments: [
                id, level.rawValue, message, source.logContext, student.rawValue, now.milliseconds, session.rawValue,
            ]
        )
    }
}

extension TaskChange {
    func write(to db: Database, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO monitor_changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
                VALUES ('task', ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                task.rawValue, student.rawValue, session.rawValue, from.rawValue, to.rawValue, source.rawValue, now.milliseconds,
            ]
        )
    }
}
