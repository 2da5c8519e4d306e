import GradingCore

/// Brings a database to this binary's schema: everything in one transaction, so that one which is killed leaves nothing behind,
/// and under a lock of the database, so that of two at once the second finds the work done.
struct Migration {
    private let webAppSchema: String
    /// "grmonitr" in ASCII: the number of our advisory lock. One for the transaction, so that it works through a pooler.
    private static let lock = 0x67_72_6D_6F_6E_69_74_72
    /// The oldest server with all that is asked of it (`xid8`, PostgreSQL 13).
    private static let oldestServer = 130_000

    init(webAppSchema: String) {
        self.webAppSchema = webAppSchema
    }

    /// Returns the layout that was found or made.
    func run(on session: Session, until deadline: Deadline) throws(PostgresError) -> WebAppLayout {
        guard session.serverVersion >= Self.oldestServer else {
            throw .incompatible("the server is PostgreSQL \(session.serverVersion / 10_000); 13 or later is needed")
        }
        return try session.transaction(until: deadline) { (transaction) throws(PostgresError) in
            do throws(PostgresError) {
                return try migrate(&transaction)
            } catch {
                throw error.explainingPrivileges
            }
        }
    }

    private func migrate(_ transaction: inout Transaction) throws(PostgresError) -> WebAppLayout {
        _ = try transaction.run([Statement("", "SELECT pg_advisory_xact_lock($1)")(.integer(Self.lock))])
        let layout = try prepareWebApp(&transaction)
        let found = try MonitorSchema.currentVersion(&transaction)
        guard found <= MonitorSchema.version else {
            throw .incompatible(
                "the database is at schema version \(found), this binary knows \(MonitorSchema.version); run a newer grading-monitor"
            )
        }
        if found < MonitorSchema.version { try upgrade(from: found, &transaction) }
        try verifyPrivileges(layout, &transaction)
        try transaction.commit()
        return layout
    }

    // MARK: The web app's tables

    /// Makes them in a fresh database; otherwise they are used as they are.
    private func prepareWebApp(_ transaction: inout Transaction) throws(PostgresError) -> WebAppLayout {
        let found = try SchemaReading(webAppSchema, in: &transaction)
        guard found.tables.isEmpty else { return try WebAppLayout(schema: webAppSchema, found) }
        try ensureSchema(webAppSchema, &transaction)
        try execute(WebAppSchema.tables(in: webAppSchema.quotedIdentifier), &transaction)
        return try WebAppLayout(schema: webAppSchema, in: &transaction)
    }

    /// The rows of a student's parts are written and taken away with the result: every commit would fail without the right to.
    private func verifyPrivileges(_ layout: WebAppLayout, _ transaction: inout Transaction) throws(PostgresError) {
        let tables = [(layout.database.hasQuestionScores, layout.questionScores), (layout.database.hasFeedback, layout.feedback)]
        for table in tables.filter(\.0).map(\.1) {
            let query = Statement("", "SELECT has_table_privilege($1, 'INSERT') AND has_table_privilege($1, 'DELETE')")
            guard try transaction.run([query(.text(table))])[0].first?.flag(0) != true else { continue }
            throw .incompatible("the role may not write \(table) (\(PostgresError.privilegeRemedy))")
        }
    }

    // MARK: The monitor's own

    private func upgrade(from version: Int, _ transaction: inout Transaction) throws(PostgresError) {
        try ensureSchema(MonitorSchema.name, &transaction)
        for migration in MonitorSchema.migrations[version...] { try execute(migration, &transaction) }
        let record = Statement(
            "",
            """
            INSERT INTO \(MonitorSchema.name).meta (key, value) VALUES ('schema_version', $1)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """
        )
        _ = try transaction.run([record(.text(String(MonitorSchema.version)))])
    }

    /// Asks before it makes one: `IF NOT EXISTS` wants the right to make schemas even where there is nothing to do.
    private func ensureSchema(_ name: String, _ transaction: inout Transaction) throws(PostgresError) {
        let exists = Statement("", "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
        guard try transaction.run([exists(.text(name))])[0].first?.flag(0) != true else { return }
        try execute("CREATE SCHEMA " + name.quotedIdentifier, &transaction)
    }

    /// The extended protocol takes one statement at a time; no migration has a semicolon within one.
    private func execute(_ sql: String, _ transaction: inout Transaction) throws(PostgresError) {
        let statements = sql.split(separator: ";").filter { $0.contains { !$0.isWhitespace } }
        _ = try transaction.run(statements.map { Statement("", String($0))() })
    }
}

extension PostgresError {
    /// What a role without enough rights has to be given.
    fileprivate var explainingPrivileges: PostgresError {
        guard case .server(let error) = self, error.state == .insufficientPrivilege else { return self }
        return .incompatible("PostgreSQL: \(error.message); \(Self.privilegeRemedy)")
    }

    fileprivate static let privilegeRemedy = """
        let the role make the monitor's tables (GRANT CREATE ON DATABASE … TO …) and use the web app's (GRANT SELECT, INSERT, \
        UPDATE ON ALL TABLES IN SCHEMA … TO …; DELETE on question_scores and student_feedback too, where they are), or run \
        `migrate` once as their owner
        """
}
