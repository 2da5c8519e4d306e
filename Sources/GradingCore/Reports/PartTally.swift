/// The parts of one result, counted and summed up as they are read.
struct PartTally {
    /// Parts with a score that a grader gave.
    private(set) var graded = 0
    /// Parts that are an error instead of a grade.
    private(set) var failed = 0
    /// All of them, in their order, under the names that they were given.
    private(set) var parts: [GradedPart] = []
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
            while let key = try scanner.nextKey(in: &object) {
                try readPart(named: scanner.text(of: key), from: &scanner)
            }
            return true
        case .array:
            var array = try scanner.beginArray()
            while try scanner.nextElement(in: &array) { try readPart(named: "", from: &scanner) }
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

    private mutating func readPart(named name: String, from scanner: inout JSONScanner) throws(JSONError) {
        switch try scanner.peek() {
        case .object: try readPartObject(named: name, from: &scanner)
        case .string:
            // `"page_1_error": "Failed to analyze …"` stands where a part should.
            failed += 1
            let text = try scanner.readString()
            add(GradedPart(question: name, feedback: scanner.text(of: text)))
        case .array, .number, .boolean, .null: try scanner.skipValue()
        }
    }

    /// - Parameter name: the part's key in a map; in a list it says itself which question it is.
    private mutating func readPartObject(named name: String, from scanner: inout JSONScanner) throws(JSONError) {
        var question = name
        var score: Double?
        var maximum: Double?
        var feedback = ""
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            if scanner.isKey(key, "score") {
                score = try Self.readScore(from: &scanner)
            } else if scanner.isKey(key, "max_score") {
                maximum = try Self.readScore(from: &scanner)
            } else if scanner.isKey(key, "feedback"), try scanner.peek() == .string {
                let text = try scanner.readString()
                feedback = scanner.text(of: text)
            } else if name.isEmpty, scanner.isKey(key, "question_id") {
                question = try Self.readQuestion(from: &scanner)
            } else {
                try scanner.skipValue()
            }
        }
        // Only a 0 can be a failure in disguise: no grader that failed has given points.
        if score ?? 0 == 0, GraderFailure.isNamed(in: feedback) {
            failed += 1
            add(GradedPart(question: question, feedback: feedback))
        } else {
            if let score { count(score, of: maximum) }
            add(GradedPart(question: question, score: score, maximum: maximum, feedback: feedback.isEmpty ? nil : feedback))
        }
    }

    private mutating func count(_ score: Double, of maximum: Double?) {
        graded += 1
        scoreSum += score
        if let maximum { maximumSum = (maximumSum ?? 0) + maximum }
    }

    private mutating func add(_ part: GradedPart) {
        guard part.score != nil || part.feedback?.isEmpty == false else { return }
        if parts.isEmpty { parts.reserveCapacity(8) }
        parts.append(part)
    }

    /// A text or a number; empty for anything else.
    private static func readQuestion(from scanner: inout JSONScanner) throws(JSONError) -> String {
        switch try scanner.peek() {
        case .string:
            let string = try scanner.readString()
            return scanner.text(of: string)
        case .number:
            let number = try scanner.readNumber()
            return String(decoding: scanner.bytes[number.range], as: UTF8.self)
        case .object, .array, .boolean, .null:
            try scanner.skipValue()
            return ""
        }
    }
}
