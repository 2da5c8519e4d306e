import FoundationEssentials
import GradingCore

/// Which file a path led to when it was opened.
///
/// SQLite goes on writing into a file that was deleted or replaced under it, and every commit succeeds until the process ends
/// and all is gone (https://www.sqlite.org/howtocorrupt.html, "Unlinking or renaming a database file while in use").
struct FileIdentity: Sendable {
    private let path: String
    private let number: UInt64?

    init(path: String) {
        self.path = path
        number = Self.number(of: path)
    }

    /// Throws unless the path still leads to the same file.
    func verify() throws(StoreError) {
        guard Self.number(of: path) == number else {
            throw .unavailable("the database file was deleted or replaced while in use; restart to use what is there now")
        }
    }

    private static func number(of path: String) -> UInt64? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.systemFileNumber] as? UInt64
    }
}
