import FoundationEssentials
import GradingCore

/// One task that the run will complete.
struct LoadTask: Sendable {
    let id: TaskID
    let session: String
    /// Counts within the session, from 1.
    let student: Int
}

extension LoadTask {
    /// Tasks of a run of its own: the first student of every session, then the second, as callbacks of many sessions mix.
    /// - Parameter run: letters and digits that no other run against the same database has.
    static func make(run: String, sessions: Int, studentsPerSession: Int) -> [LoadTask] {
        (1...studentsPerSession).flatMap { student in
            (1...sessions).compactMap { session in
                TaskID("\(run)-\(session)-\(student)").map { LoadTask(id: $0, session: "\(run)-\(session)", student: student) }
            }
        }
    }

    /// Tasks that are registered already: one id on each line, empty lines aside.
    static func read(_ path: String) throws -> [LoadTask] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        return try text.split(whereSeparator: \.isNewline).enumerated().map { index, line in
            guard let id = TaskID(String(line)) else { throw LoadError.badTaskID(line: index + 1) }
            return LoadTask(id: id, session: "", student: index + 1)
        }
    }
}
