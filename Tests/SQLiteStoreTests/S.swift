import Testing
@Test("placeholder SQLiteStore") func placeholderSQLiteStore() { #expect(Bool(true)) }
