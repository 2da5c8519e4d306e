import GradingCore
import GRDB

extension FoundTable {
    /// The web app's tables, by name; those that are not there are left out.
    static func readAll(from db: Database) throws -> [String: FoundTable] {
        let names = ["users", "grading_sessions", "students", "question_scores", "student_feedback", "session_logs"]
        return try names.reduce(into: [:]) { tables, name in
            let columns = try Column.readAll(of: name, from: db)
            guard !columns.isEmpty else { return }
            tables[name] = FoundTable(columns: columns, indexes: try Index.readAll(of: name, from: db))
        }
    }
}

extension FoundTable.Column {
    /// Enums are plain text here: no column lists its words.
    fileprivate static func readAll(of table: String, from db: Database) throws -> [FoundTable.Column] {
        let sql = #"SELECT name, "notnull", dflt_value IS NULL FROM pragma_table_info(?)"#
        return try Row.fetchAll(db, sql: sql, arguments: [table]).compactMap { row in
            guard let name = row.text(0) else { return nil }
            return FoundTable.Column(name, isRequired: row.flag(1) && row.flag(2), isNullable: !row.flag(1))
        }
    }
}

extension FoundTable.Index {
    fileprivate static func readAll(of table: String, from db: Database) throws -> [FoundTable.Index] {
        let sql = #"SELECT name, "unique", partial FROM pragma_index_list(?)"#
        return try Row.fetchAll(db, sql: sql, arguments: [table]).map { row in
            let columns = try Row.fetchAll(
                db,
                sql: "SELECT name FROM pragma_index_info(?) ORDER BY seqno",
                arguments: [row.text(0)]
            )
            let isPartial = row.flag(2)
            return FoundTable.Index(
                columns.compactMap { $0.text(0) },
                isUnique: row.flag(1) && !isPartial,
                isPartial: isPartial
            )
        }
    }
}
