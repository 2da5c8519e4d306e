/// A row among the monitor's tasks. It replaces, with all its columns, what is known of a task whose student the web app has
/// deleted since.
package struct NewTask: Sendable, Equatable {
    package let task: TaskID
    package let student: StudentRowID
    /// From 1.
    package let attempt: Int
    /// 0 to 9, 9 first; `nil` for the session's, or else the ordinary one.
    package let priority: Int?
    /// When to ask about it if nothing is heard.
    package let nextCheckAt: Timestamp?
}
