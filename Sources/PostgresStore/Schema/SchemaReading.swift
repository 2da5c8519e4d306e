import GradingCore

/// The web app's tables as the server's catalogue describes them. Not by way of `information_schema`, which shows a role only
/// what it may use.
struct SchemaReading {
    private(set) var tables: [String: FoundTable] = [:]
    /// The types of columns by `table.column`, as SQL.
    private(set) var types: [String: String] = [:]

    /// - Parameter schema: the one that the tables are in.
    init(_ schema: String, in transaction: inout Transaction) throws(PostgresError) {
        let results = try transaction.run([Self.columns(.text(schema)), Self.indexes(.text(schema))])
        for row in results[0].rows { take(column: row) }
        for row in results[1].rows { take(index: row) }
    }

    private mutating func take(column row: ResultRow) {
        guard let table = row.text(0), let column = row.text(1) else { return }
        let isNullable = !row.flag(2)
        tables[table, default: FoundTable()].columns.append(
            FoundTable.Column(
                column,
                isRequired: !isNullable && !row.flag(3),
                isNullable: isNullable,
                words: row.text(5).map { $0.split(separator: "\n").map(String.init) }
            )
        )
        types["\(table).\(column)"] = row.text(4)
    }

    private mutating func take(index row: ResultRow) {
        guard let table = row.text(0), let columns = row.text(3) else { return }
        let isPartial = row.flag(2)
        tables[table]?.indexes.append(
            FoundTable.Index(
                columns.split(separator: "\n").map(String.init),
                isUnique: row.flag(1) && !isPartial,
                isPartial: isPartial
            )
        )
    }

    private static let names = """
        'users', 'grading_sessions', 'students', 'question_scores', 'student_feedback', 'session_logs'
        """

    private static let columns = Statement(
        "",
        """
        SELECT c.relname::text, a.attname::text, a.attnotnull, a.atthasdef OR a.attidentity <> '',
            quote_ident(n.nspname) || '.' || quote_ident(t.typname),
            (SELECT string_agg(e.enumlabel::text, E'\\n' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            AND c.relkind IN ('r', 'p', 'f') AND c.relname IN (\(names))
        ORDER BY c.relname, a.attnum
        """
    )

    private static let indexes = Statement(
        "",
        """
        SELECT c.relname::text, i.indisunique, i.indpred IS NOT NULL, string_agg(a.attname::text, E'\\n' ORDER BY k.position)
        FROM pg_class c
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisvalid
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            AND c.relname IN (\(names)) AND k.position <= i.indnkeyatts
        GROUP BY i.indexrelid, c.relname, i.indisunique, i.indpred IS NOT NULL
        """
    )
}

extension WebAppLayout {
    /// Reads what is there; throws with the name of what is missing.
    init(schema: String, in transaction: inout Transaction) throws(PostgresError) {
        try self.init(schema: schema, SchemaReading(schema, in: &transaction))
    }

    init(schema: String, _ reading: SchemaReading) throws(PostgresError) {
        do {
            self.init(schema: schema, try DatabaseLayout(reading.tables), types: reading.types)
        } catch {
            throw .incompatible(error.reason)
        }
    }
}
