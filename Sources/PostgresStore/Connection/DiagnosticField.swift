import CPostgres

/// A field of an error or notice. libpq's `PG_DIAG_…` are character constants, which the importer leaves out.
enum DiagnosticField: UInt8 {
    /// ERROR, FATAL, PANIC, WARNING and the like, in no language.
    case severity = 0x56  // V
    case sqlState = 0x43  // C
    case message = 0x4D  // M
    case constraint = 0x6E  // n

    func text(of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(rawValue)).map { String(cString: $0) }
    }
}
