import GradingCore
import Testing

@Suite("Status vocabulary")
struct StatusVocabularyTests {
    private static let table: [TaskStatus: [String]] = [
        .pending: ["PENDING", "RECEIVED", "QUEUED", "INITIALIZED", "WAITING"],
        .processing: [
            "PROCESSING", "PROCESSING_PDF", "PROGRESS", "STARTED", "RETRY", "IN_PROGRESS", "GRADING", "PAGE_ANALYSIS_START",
            "PAGE_ANALYSIS_COMPLETE", "PAGE_ANALYSIS_ERROR", "GRADING_PART_START", "GRADING_PART_COMPLETE", "MISSING_GUIDE_INFO",
            "WARNING", "INFO", "DEBUG_INFO", "ALL_PAGES_COMPLETE", "FINAL_RESULTS_COMPILED",
        ],
        .completed: ["SUCCESS", "COMPLETED", "GRADED", "READY"],
        .failed: ["FAILURE", "FAILED", "ERROR", "REVOKED", "REJECTED", "CANCELLED", "ABORTED"],
    ]

    @Test("every word of the table means what the table says, in any case", arguments: Self.table.keys)
    func meanings(status: TaskStatus) throws {
        for word in try #require(Self.table[status]) {
            #expect(StatusVocabulary.standard.meaning(of: word) == .known(status), "\(word)")
            #expect(StatusVocabulary.standard.meaning(of: word.lowercased()) == .known(status), "\(word)")
        }
    }

    @Test(
        "any other word is unknown",
        arguments: [
            "", " ", "DONE", " SUCCESS", "SUCCESS ", "SUC\u{0}CESS", "REQUIRES_REVIEW", "APPROVED", "SUCCESSES",
            // Kelvin and long s: the one is canonically a K, the other has S as its upper case.
            "REVO\u{212A}ED", "\u{17F}UCCESS", "SUCCESS\u{301}",
        ]
    )
    func unknown(word: String) {
        #expect(StatusVocabulary.standard.meaning(of: word) == .unknown)
    }

    @Test("the operator extends and overrides the table")
    func extended() {
        let vocabulary = StatusVocabulary.standard.extended(with: ["marked": .completed, "WARNING": .failed, "PASSED": .approved])
        #expect(vocabulary.meaning(of: "Marked") == .known(.completed))
        #expect(vocabulary.meaning(of: "WARNING") == .known(.failed))
        #expect(vocabulary.meaning(of: "PASSED") == .unknown)
        #expect(vocabulary.meaning(of: "SUCCESS") == .known(.completed))
        #expect(StatusVocabulary.standard.meaning(of: "MARKED") == .unknown)
    }

    @Test("a word longer than 64 characters is unknown, even to the operator")
    func long() {
        let (fits, long) = (String(repeating: "W", count: 64), String(repeating: "W", count: 65))
        let vocabulary = StatusVocabulary.standard.extended(with: [fits: .completed, long: .completed])
        #expect(vocabulary.meaning(of: fits) == .known(.completed))
        #expect(vocabulary.meaning(of: long) == .unknown)
    }
}
