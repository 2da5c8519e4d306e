import Foundation
import Testing

/// The databases in which every rule is tried.
package enum TestedLayout: String, Sendable, CaseIterable, CustomTestStringConvertible {
    /// Made by the monitor.
    case fresh = "a fresh database"
    /// As the web app's first generation leaves it.
    case firstGeneration = "generation 1"
    /// As the web app's second generation leaves it.
    case secondGeneration = "generation 2"

    package static let adopted = [TestedLayout.firstGeneration, .secondGeneration]

    package var testDescription: String { rawValue }

    /// The web app's tables, without rows; `nil` where the monitor makes them.
    package func schema(for engine: String) throws -> String? { try fixture(engine, "schema") }

    /// What the web app has left in them; `nil` where there is nothing.
    package func data(for engine: String) throws -> String? { try fixture(engine, "data") }

    private func fixture(_ engine: String, _ part: String) throws -> String? {
        let generation: Int
        switch self {
        case .fresh: return nil
        case .firstGeneration: generation = 1
        case .secondGeneration: generation = 2
        }
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/\(engine)-generation-\(generation).\(part).sql")
        return try String(contentsOf: file, encoding: .utf8)
    }
}
