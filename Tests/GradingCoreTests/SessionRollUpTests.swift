import GradingCore
import Testing

@Suite("The status of a session, from its students")
struct SessionRollUpTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let students: String
        let expected: SessionStatus

        var testDescription: String { "students \(students)" }

        /// p: pending, r: processing, f: failed, g: graded.
        var presence: StudentPresence {
            StudentPresence(
                pending: students.contains("p"),
                processing: students.contains("r"),
                failed: students.contains("f"),
                graded: students.contains("g")
            )
        }
    }

    /// All sixteen combinations but the empty one.
    static let table = [
        Row(students: "p", expected: .pending), Row(students: "r", expected: .processing),
        Row(students: "f", expected: .failed), Row(students: "g", expected: .completed),
        Row(students: "pr", expected: .processing), Row(students: "pf", expected: .processing),
        Row(students: "pg", expected: .processing), Row(students: "rf", expected: .processing),
        Row(students: "rg", expected: .processing), Row(students: "fg", expected: .completed),
        Row(students: "prf", expected: .processing), Row(students: "prg", expected: .processing),
        Row(students: "pfg", expected: .processing), Row(students: "rfg", expected: .processing),
        Row(students: "prfg", expected: .processing),
    ]

    @Test("whatever it was before, unless cancelled", arguments: table)
    func status(_ row: Row) {
        for current in SessionStatus.allCases where current != .cancelled {
            #expect(SessionRollUp.status(of: row.presence, current: current) == row.expected)
        }
        #expect(SessionRollUp.status(of: row.presence, current: .cancelled) == .cancelled)
    }

    @Test("without students it stays as it is", arguments: SessionStatus.allCases)
    func empty(_ current: SessionStatus) {
        let nobody = StudentPresence(pending: false, processing: false, failed: false, graded: false)
        #expect(SessionRollUp.status(of: nobody, current: current) == current)
    }
}
