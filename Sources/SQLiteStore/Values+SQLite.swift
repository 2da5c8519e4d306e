import FoundationEssentials
import GradingCore
import GRDB

extension Timestamp {
    /// Reads a `DATETIME` as Prisma writes it (integer Unix milliseconds) or as SQLite's own `CURRENT_TIMESTAMP` does
    /// (`YYYY-MM-DD HH:MM:SS` in UTC); `nil` for NULL and for anything else.
    init?(_ value: DatabaseValue) {
        switch value.storage {
        case .int64(let milliseconds): self.init(milliseconds: milliseconds)
        case .double(let milliseconds): self.init(milliseconds: Int64(milliseconds))
        case .string(let text):
            let iso = text.replacing(" ", with: "T", maxReplacements: 1)
            self.init(iso8601: iso.hasSuffix("Z") ? iso : iso + "Z")
        case .null, .blob: return nil
        }
    }

    /// SQL for the milliseconds in a `DATETIME` column, whichever way it was written.
    static func milliseconds(of column: String) -> String {
        """
        CASE typeof(\(column)) WHEN 'text' THEN CAST(strftime('%s', \(column)) AS INTEGER) * 1000 ELSE CAST(\(column) AS INTEGER) END
        """
    }
}

extension [UInt8] {
    /// A blob.
    var databaseValue: DatabaseValue { Data(self).databaseValue }
}

extension Row {
    /// The point in time in a `DATETIME` or milliseconds column.
    func timestamp(_ index: Int) -> Timestamp? { Timestamp(self[index] as DatabaseValue) }

    /// The bytes of a blob column.
    func bytes(_ index: Int) -> [UInt8]? { (self[index] as Data?).map { Array($0) } }
}
