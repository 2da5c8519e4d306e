import FoundationEssentials
import GradingCore
import GRDB

extension Timestamp {
    /// Reads a `DATETIME` as Prisma writes it (integer Unix milliseconds) or as SQLite's own `CURRENT_TIMESTAMP` does
    /// (`YYYY-MM-DD HH:MM:SS` in UTC); `nil` for NULL and for anything else.
    init?(_ value: DatabaseValue) {
        switch value.storage {
        case .int64(let milliseconds): self.init(milliseconds: milliseconds)
        case .double(let milliseconds):
            guard let whole = Int64(exactly: milliseconds.rounded()) else { return nil }
            self.init(milliseconds: whole)
        case .string(let text):
            let iso = text.replacing(" ", with: "T", maxReplacements: 1)
            self.init(iso8601: iso.hasSuffix("Z") ? iso : iso + "Z")
        case .null, .blob: return nil
        }
    }

    /// SQL for the milliseconds in a `DATETIME` column, whichever way it was written; 0 for what is no point in time.
    static func milliseconds(of column: String) -> String {
        """
        coalesce(CASE typeof(\(column)) WHEN 'text' THEN CAST(round((julianday(\(column)) - 2440587.5) * 86400000) AS INTEGER)
            ELSE CAST(\(column) AS INTEGER) END, 0)
        """
    }
}

extension [UInt8] {
    /// A blob.
    var databaseValue: DatabaseValue { Data(self).databaseValue }
}

/// Reading that never traps: columns of the web app's tables may hold whatever SQLite let somebody write. GRDB's own
/// `row[n]` ends the process when a value is not of the type that was asked for.
extension Row {
    /// The text in a column, a number's too; `nil` for NULL and blobs.
    func text(_ index: Int) -> String? {
        switch (self[index] as DatabaseValue).storage {
        case .string(let text): text
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .null, .blob: nil
        }
    }

    /// The whole number in a column; `nil` for anything else.
    func integer(_ index: Int) -> Int? {
        guard case .int64(let number) = (self[index] as DatabaseValue).storage else { return nil }
        return Int(exactly: number)
    }

    /// The number in a column; `nil` for anything else.
    func double(_ index: Int) -> Double? {
        switch (self[index] as DatabaseValue).storage {
        case .double(let number): number
        case .int64(let number): Double(number)
        case .string, .null, .blob: nil
        }
    }

    /// Whether a column holds a number other than 0.
    func flag(_ index: Int) -> Bool { integer(index) ?? 0 != 0 }

    /// The point in time in a `DATETIME` or milliseconds column.
    func timestamp(_ index: Int) -> Timestamp? { Timestamp(self[index] as DatabaseValue) }

    /// The bytes of a blob column.
    func bytes(_ index: Int) -> [UInt8]? {
        guard case .blob(let data) = (self[index] as DatabaseValue).storage else { return nil }
        return Array(data)
    }
}
