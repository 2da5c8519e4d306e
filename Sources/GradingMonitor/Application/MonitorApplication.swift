import GradingCore
import Logging

struct MonitorApplication {
    let configuration: MonitorConfiguration
    let logger: Logger
    func run(onServerRunning: @escaping @Sendable (String) async -> Void) async throws {
        throw CommandFailure(.failure, "not there yet")
    }
}
struct ReconciliationCore {
    init(_ configuration: ReconciliationConfiguration, creating: Bool, logger: Logger) async throws {
        throw CommandFailure(.failure, "not there yet")
    }
    func runOnce<T: Sendable>(_ work: @Sendable (Reconciler) async throws -> T) async throws -> T {
        throw CommandFailure(.failure, "not there yet")
    }
}
extension DatabaseLocation {
    func open(creating: Bool, logger: Logger) async throws -> any Store { throw CommandFailure(.failure, "not there yet") }
    var displayName: String {
        switch self {
        case .sqlite(let path): path
        }
    }
}
