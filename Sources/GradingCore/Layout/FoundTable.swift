/// One of the web app's tables, as the database describes it.
package struct FoundTable: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package let name: String
        /// Whether a new row needs a value for it: it is not null and has no default.
        package let isRequired: Bool
        package let isNullable: Bool
        /// The words that it takes, where its type lists them; `nil` where it takes any text.
        package let words: [String]?

        package init(_ name: String, isRequired: Bool = false, isNullable: Bool = true, words: [String]? = nil) {
            self.name = name
            self.isRequired = isRequired
            self.isNullable = isNullable
            self.words = words
        }
    }

    package struct Index: Sendable, Equatable {
        /// In the order of the index; without expressions.
        package let columns: [String]
        /// Whether it keeps two rows from bearing the same values, in all of the table.
        package let isUnique: Bool
        /// Whether it covers some rows only. Prisma makes no such index.
        package let isPartial: Bool

        package init(_ columns: [String], isUnique: Bool = false, isPartial: Bool = false) {
            self.columns = columns
            self.isUnique = isUnique
            self.isPartial = isPartial
        }
    }

    package var columns: [Column]
    package var indexes: [Index]

    package init(columns: [Column] = [], indexes: [Index] = []) {
        self.columns = columns
        self.indexes = indexes
    }

    func column(_ name: String) -> Column? { columns.first { $0.name == name } }

    func has(_ name: String) -> Bool { column(name) != nil }

    func isUnique(_ columns: String...) -> Bool {
        indexes.contains { $0.isUnique && Set($0.columns) == Set(columns) }
    }
}
