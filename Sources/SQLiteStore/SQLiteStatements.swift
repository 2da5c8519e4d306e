import GradingCore

/// The SQL that depends on the web app's generation, made once. Each piece stands in the file that runs it.
final class SQLiteStatements: Sendable {
    let layout: DatabaseLayout
    let tasks: TaskStatements
    let parts: PartStatements
    let rollUp: RollUpStatements
    let registration: RegistrationStatements

    init(_ layout: DatabaseLayout) {
        self.layout = layout
        tasks = TaskStatements(layout)
        parts = PartStatements(layout)
        rollUp = RollUpStatements(layout)
        registration = RegistrationStatements(layout)
    }
}

extension DatabaseLayout {
    /// SQL that clears what an attempt has brought, in an UPDATE of students.
    var clearedResult: String { resultColumns.map { $0 + " = NULL" }.joined(separator: ", ") }
}

extension ColumnFiller.Value {
    /// SQL for the value; `now` is SQL for the moment of writing.
    func sql(now: String) -> String {
        switch self {
        case .text(let text): "'" + text.replacing("'", with: "''") + "'"
        case .integer(let number): String(number)
        case .now: now
        }
    }
}
