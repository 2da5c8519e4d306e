import GradingCore

/// What is known of the rows that a transaction has locked, so that its writes need not look for it again.
struct LockedRows {
    private var places: [StudentRowID: [UInt8]] = [:]
    private var owners: [SessionID: String] = [:]

    init() {}

    /// - Parameter row: of ``ApplyStatements/lockBearers``.
    mutating func insert(_ bearer: TaskBearer, _ row: ResultRow) {
        places[bearer.student] = row.bytes(7)
        owners[bearer.session] = row.text(6)
    }

    /// Where a student's row lies in its table, as a `tid` in binary format; it stays there while the lock is held.
    func place(of student: StudentRowID) -> [UInt8]? { places[student] }

    /// The user who owns a session; `nil` when it is not locked.
    func owner(of session: SessionID) -> String? { owners[session] }
}
