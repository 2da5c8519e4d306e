package import GradingCore
package import Logging

extension PostgresStore {
    /// Reads what stands in the database, in one transaction that cannot write, whether the monitor has ever migrated it or not.
    package static func inspect(url: String, logger: Logger) async throws(StoreError) -> InspectedDatabase {
        guard let options = ConnectionOptions(url: url) else {
            throw .incompatibleSchema("the URL of the database is not one that libpq understands")
        }
        let connection = PostgresConnection(options, .migration, logger: logger)
        let inspected = try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
                // One snapshot; behind a pooler, whose transactions begin with our settings, it comes too late for that.
                let isolation = session.isPooled ? "" : "ISOLATION LEVEL REPEATABLE READ, "
                _ = try transaction.run([Statement("", "SET TRANSACTION \(isolation)READ ONLY")()])
                return try InspectedDatabase(schema: options.webAppSchema, in: &transaction)
            }
        }
        await connection.close()
        return inspected
    }
}

extension InspectedDatabase {
    fileprivate init(schema: String, in transaction: inout Transaction) throws(PostgresError) {
        let layout = try WebAppLayout(schema: schema, in: &transaction)
        let version = try MonitorSchema.currentVersion(&transaction)
        let results = try transaction.run([
            layout.inspectedSessions(), layout.inspectedTasks(isMigrated: version > 0)(), layout.studentsWithoutTask(),
        ])
        self.init(
            description: Description(
                engine: "PostgreSQL",
                layout: layout.database,
                schemaVersion: version == 0 ? nil : version
            ),
            sessions: Session.all(results[0]),
            openTasks: results[1].rows.map(Task.init),
            studentsWithoutTask: results[2].first?.integer(0) ?? 0
        )
    }
}

extension WebAppLayout {
    /// In the order of their ids.
    fileprivate var inspectedSessions: Statement {
        Statement(
            "",
            """
            SELECT g.id, g.title, g.\(sessionState)::text, s.\(studentState)::text, s."taskId" IS NOT NULL, count(s.id)
            FROM \(sessions) g LEFT JOIN \(students) s ON s."gradingSessionId" = g.id
            GROUP BY 1, 2, 3, 4, 5 ORDER BY g.id COLLATE "C"
            """
        )
    }

    fileprivate func inspectedTasks(isMigrated: Bool) -> Statement {
        Statement(
            "",
            """
            SELECT s."taskId", s.\(studentName), s."gradingSessionId", s.\(studentState)::text, s."updatedAt", s."gradedAt",
                s."totalScore" IS NOT NULL, \(database.hasRawOutput ? #"s."rawGradingOutput" IS NOT NULL"# : "false"),
                \(database.hasTaskWord ? #"s."aiTaskStatus""# : "NULL::text"),
                \(isMigrated ? "t.last_signal_at" : "NULL::timestamp")
            FROM \(students) s
            \(isMigrated ? #"LEFT JOIN \#(MonitorSchema.name).tasks t ON t.task_id = s."taskId""# : "")
            WHERE s.\(studentState) \(open) AND s."taskId" IS NOT NULL
            ORDER BY s."taskId" COLLATE "C", s.id COLLATE "C"
            """
        )
    }

    fileprivate var studentsWithoutTask: Statement {
        Statement("", #"SELECT count(*) FROM \#(students) WHERE \#(studentState) \#(open) AND "taskId" IS NULL"#)
    }
}

extension InspectedDatabase.Session {
    fileprivate static func all(_ result: QueryResult) -> [Self] {
        result.rows.reduce(into: []) { sessions, row in
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
    fileprivate init(_ row: ResultRow) {
        self.init(
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

extension PostgresStore {
    /// Whether nobody has made a table in the database. Writes nothing.
    package static func hasNoTables(url: String, logger: Logger) async throws(StoreError) -> Bool {
        guard let options = ConnectionOptions(url: url) else {
            throw .incompatibleSchema("the URL of the database is not one that libpq understands")
        }
        let connection = PostgresConnection(options, .migration, logger: logger)
        let tables = try await connection.perform { (session, deadline) throws(PostgresError) in
            try session.read([Statement("", countTables)()], until: deadline)[0].first?.integer(0)
        }
        await connection.close()
        return tables == 0
    }

    private static let countTables = """
        SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        """
}
