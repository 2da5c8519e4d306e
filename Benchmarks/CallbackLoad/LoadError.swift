/// Why a run cannot start or could not end.
enum LoadError: Error, CustomStringConvertible {
    case badURL
    case badTaskID(line: Int)
    case noTasks
    case tooLong
    case registration(statuses: [Int: Int])
    case stalled

    var description: String {
        switch self {
        case .badURL: "--url must look like http://HOST:PORT or http://HOST:PORT/PATH"
        case .badTaskID(let line): "line \(line) of the tasks file is no task id"
        case .noTasks: "there is no task to complete"
        case .tooLong:
            "--warmup and --duration together must stay under 240 s: signatures are made before the run and expire after 300 s"
        case .registration(let statuses): "tasks could not be registered: answers by status \(statuses)"
        case .stalled: "the server stopped answering"
        }
    }
}
