package import GradingCore
import GRDB

extension SQLiteStore {
    /// Reads what stands in the database at `path`, opened so that nothing can be written, whether the monitor has ever
    /// migrated it or not.
    package static func inspect(path: String) async throws(StoreError) -> InspectedDatabase {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.label = "grading-monitor.inspection"
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let inspected = try await queue.read { db in try InspectedDatabase(reading: db) }
            try queue.close()
            return inspected
        } catch {
            throw StoreError(error)
        }
    }
}

extension InspectedDatabase {
    fileprivate init(reading db: Database) throws {
        let layout = try DatabaseLayout(FoundTable.readAll(from: db))
        let version = try MonitorSchema.currentVersion(db)
        self.init(
            description: Description(engine: "SQLite", layout: layout, schemaVersion: version == 0 ? nil : version),
            sessions: try Session.readAll(from: db, layout),
            openTasks: try Task.readOpen(from: db, layout, isMigrated: version > 0),
            studentsWithoutTask: try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM students WHERE \(layout.studentStatus) IN ('PENDING', 'PROCESSING') AND taskId IS NULL
                    """
            ) ?? 0
        )
    }
}

extension InspectedDatabase.Session {
    /// In the order of their ids.
    fileprivate static func readAll(from db: Database, _ layout: DatabaseLayout) throws -> [Self] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT g.id, g.title, g.\(layout.sessionStatus), s.\(layout.studentStatus), s.taskId IS NOT NULL, count(s.id)
                FROM grading_sessions g LEFT JOIN students s ON s.gradingSessionId = g.id
                GROUP BY 1, 4, 5 ORDER BY 1
                """
        )
        return rows.reduce(into: []) { sessions, row in
            guard let id = row.text(0) else { return }
            if sessions.last?.id.rawValue != id {
                sessions.append(Self(id: SessionID(stored: id), title: row.text(1) ?? "", word: row.text(2) ?? ""))
            }
            guard let status = row.text(3).flatMap(TaskStatus.init), let number = row.integer(5) else { return }
            sessions[sessions.count - 1].add(number, at: status, hasTask: row.flag(4))
        }
    }
}

extension InspectedDatabase.Task {
    fileprivate static func readOpen(from db: Database, _ layout: DatabaseLayout, isMigrated: Bool) throws -> [Self] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT s.taskId, s.\(layout.studentName), s.gradingSessionId, s.\(layout.studentStatus), s.updatedAt, s.gradedAt,
                    s.totalScore IS NOT NULL, \(layout.hasRawOutput ? "s.rawGradingOutput IS NOT NULL" : "0"),
                    \(layout.hasTaskWord ? "s.aiTaskStatus" : "NULL"), \(isMigrated ? "t.last_signal_at" : "NULL")
                FROM students s \(isMigrated ? "LEFT JOIN monitor_tasks t ON t.task_id = s.taskId" : "")
                WHERE s.\(layout.studentStatus) IN ('PENDING', 'PROCESSING') AND s.taskId IS NOT NULL
                ORDER BY s.taskId, s.id
                """
        )
        return rows.map { row in
            Self(
                id: row.text(0) ?? "",
                studentName: row.text(1) ?? "",
                session: SessionID(stored: row.text(2) ?? ""),
                status: row.text(3) ?? "",
                lastSignOfLife: [row.timestamp(4), row.timestamp(9)].compactMap(\.self).max(),
                gradedAt: row.timestamp(5),
                hasScore: row.flag(6),
                hasResult: row.flag(7),
                word: row.text(8)
            )
        }
    }
}
