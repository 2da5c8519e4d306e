/// What the value of `result` or `details` holds, noted while the scanner walks over it. Any JSON will do: what is not as
/// expected is merely no grade.
struct ResultReading {
    private var range = 0..<0
    private let kind: JSONKind
    private var isEmpty = true
    /// The run's own verdict.
    private(set) var status: String?
    private(set) var error: String?
    private(set) var message: String?
    /// The text of a result that is nothing but a text: what Celery says of an exception.
    private(set) var text: String?
    /// Whether there is a container of parts under `results`.
    private(set) var hasResults = false
    private var ownTotal: Double?
    private var ownMaximum: Double?
    private var results = PartTally()
    private var feedback = PartTally()

    /// Reads the value that comes next; `nil` for `null`.
    init?(from scanner: inout JSONScanner) throws(JSONError) {
        kind = try scanner.peek()
        let start = scanner.index
        switch kind {
        case .null:
            try scanner.skipValue()
            return nil
        case .object: try readMembers(from: &scanner)
        case .string: text = try ErrorText.read(from: &scanner)
        case .array, .number, .boolean: try scanner.skipValue()
        }
        range = start..<scanner.index
    }

    /// The result as it is stored.
    func gradingResult(in body: [UInt8]) -> GradingResult {
        GradingResult(
            raw: Array(body[range]),
            totalScore: ownTotal ?? tally.score,
            maxScore: ownMaximum ?? tally.maximum,
            assessment: assessment,
            parts: tally.parts.distinctlyNamed
        )
    }

    /// "Two kinds of done": a grade needs at least one part that a grader really graded.
    var assessment: ResultAssessment {
        if tally.graded > 0 { return .graded }
        if kind != .object { return .needsReview("the result is not an object") }
        if isEmpty { return .needsReview("the result is empty") }
        if tally.failed > 0 { return .needsReview("every part of the result is an error") }
        return .needsReview("no part of the result has a score")
    }

    /// The parts that count: `results`, or a scored result's `feedback` where `results` has none.
    private var tally: PartTally {
        results.graded > 0 || feedback.graded == 0 && results.failed > 0 ? results : feedback
    }

    private mutating func readMembers(from scanner: inout JSONScanner) throws(JSONError) {
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            isEmpty = false
            if scanner.isKey(key, "status") {
                status = try Self.readText(from: &scanner)
            } else if scanner.isKey(key, "error") {
                error = try ErrorText.read(from: &scanner)
            } else if scanner.isKey(key, "message") {
                message = try ErrorText.read(from: &scanner)
            } else if scanner.isKey(key, "results") {
                hasResults = try results.readParts(from: &scanner)
            } else if scanner.isKey(key, "feedback") {
                _ = try feedback.readParts(from: &scanner)
            } else if scanner.isKey(key, "total_score") {
                ownTotal = try PartTally.readScore(from: &scanner)
            } else if scanner.isKey(key, "max_score") {
                ownMaximum = try PartTally.readScore(from: &scanner)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private static func readText(from scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard try scanner.peek() == .string else {
            try scanner.skipValue()
            return nil
        }
        let string = try scanner.readString()
        return scanner.text(of: string)
    }
}
