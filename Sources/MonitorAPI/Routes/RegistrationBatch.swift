import GradingCore
import HTTPTypes

/// The tasks of one registration, each once.
struct RegistrationBatch {
    static let sizes = 1...5_000

    let tasks: [TaskRegistration]
    /// Entries that repeated another one word for word.
    let repeated: Int

    /// Throws a 400 when the array is empty or too long, or names a task twice and differently: which would count?
    init(_ entries: [RegistrationEntry]) throws(Problem) {
        guard Self.sizes.contains(entries.count) else {
            throw Problem(.badRequest, "The array has to hold 1 to 5000 tasks; this one holds \(entries.count).")
        }
        var indexOfTask: [TaskID: Int] = [:]
        var tasks: [TaskRegistration] = []
        for (index, entry) in entries.enumerated() {
            let registration = entry.registration
            guard let former = indexOfTask.updateValue(index, forKey: registration.task) else {
                tasks.append(registration)
                continue
            }
            guard entries[former].registration == registration else {
                throw Problem(.badRequest, "[\(index)].taskId stands in [\(former)] too, with other members.")
            }
        }
        self.tasks = tasks
        self.repeated = entries.count - tasks.count
    }
}
