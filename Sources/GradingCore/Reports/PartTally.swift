/// The parts of one result, counted and summed up as they are read.
struct PartTally {
    /// Parts with a score that a grader gave.
    private(set) var graded = 0
    /// Parts that are an error instead of a grade.
    private(set) var failed = 0
    private var scoreSum = 0.0
    private var maximumSum: Double?

    /// The sum over the graded parts; `nil` when there are none, or when it is beyond a double.
    var score: Double? { graded > 0 && scoreSum.isFinite ? scoreSum : nil }
    /// The sum over the graded parts that name a maximum; `nil` when none does.
    var maximum: Double? { maximumSum.flatMap { $0.isFinite ? $0 : nil } }

    /// Reads a container of parts, a map or a list; anything else is skipped, and the answer is `false`.
    mutating func readParts(from scanner: inout JSONScanner) throws(JSONError) -> Bool {
        switch try scanner.peek() {
        case .object:
            var object = try scanner.beginObject()
            while try scanner.nextKey(in: &object) != nil { try readPart(from: &scanner) }
            return true
        case .array:
            var array = try scanner.beginArray()
            while try scanner.nextElement(in: &array) { try readPart(from: &scanner) }
            return true
        case .string, .number, .boolean, .null:
            try scanner.skipValue()
            return false
        }
    }

    /// A score or a maximum; `nil` when it is not a number. Always finite: the scanner sees to that.
    static func readScore(from scanner: inout JSONScanner) throws(JSONError) -> Double? {
        guard try scanner.peek() == .number else {
            try scanner.skipValue()
            return nil
        }
        let number = try scanner.readNumber()
        return scanner.double(of: number)
    }

    private mutating func readPart(from scanner: inout JSONScanner) throws(JSONError) {
        switch try scanner.peek() {
        case .object: try readPartObject(from: &scanner)
        case .string:
            // `"page_1_error": "Failed to analyze …"` stands where a part should.
            failed += 1
            try scanner.skipValue()
        case .array, .number, .boolean, .null: try scanner.skipValue()
        }
    }

    private mutating func readPartObject(from scanner: inout JSONScanner) throws(JSONError) {
        var score: Double?
        var maximum: Double?
        var feedback: JSONString?
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            switch scanner.text(of: key) {
            case "score": score = try Self.readScore(from: &scanner)
            case "max_score": maximum = try Self.readScore(from: &scanner)
            case "feedback" where try scanner.peek() == .string: feedback = try scanner.readString()
            default: try scanner.skipValue()
            }
        }
        // Only a 0 can be a failure in disguise: no grader that failed has given points.
        if score ?? 0 == 0, let feedback, GraderFailure.isNamed(in: scanner.text(of: feedback)) {
            failed += 1
        } else if let score {
            graded += 1
            scoreSum += score
            if let maximum { maximumSum = (maximumSum ?? 0) + maximum }
        }
    }
}
