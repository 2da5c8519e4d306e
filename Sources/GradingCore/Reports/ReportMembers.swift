/// The members of a report, as they were found in one object: the body itself or an envelope's `data`.
struct ReportMembers {
    var task: String?
    var status: String?
    var result: ResultReading?
    var details: ResultReading?
    var error: String?
    var message: String?
    var attempt: Int?

    /// The largest number of an attempt; both databases hold it.
    static let maximumAttempt = Int(Int32.max)

    /// Reads the value of the member `key`; skips one that means nothing here.
    mutating func read(_ key: JSONKey, from scanner: inout JSONScanner) throws(JSONError) {
        if scanner.isKey(key, "task_id") {
            task = try Self.readText(from: &scanner, or: "task_id must be a string")
        } else if scanner.isKey(key, "status") {
            status = try Self.readStatus(from: &scanner)
        } else if scanner.isKey(key, "result") {
            result = try ResultReading(from: &scanner)
        } else if scanner.isKey(key, "details") {
            details = try Self.readDetails(from: &scanner)
        } else if scanner.isKey(key, "error") {
            error = try Self.readError(from: &scanner)
        } else if scanner.isKey(key, "message") {
            message = try Self.readMessage(from: &scanner)
        } else if scanner.isKey(key, "attempt") {
            attempt = try Self.readAttempt(from: &scanner)
        } else {
            try scanner.skipValue()
        }
    }

    private static func readText(from scanner: inout JSONScanner, or needed: String) throws(JSONError) -> String? {
        if try scanner.skipNull() { return nil }
        guard try scanner.peek() == .string else { throw scanner.mismatch(needed) }
        let string = try scanner.readString()
        return scanner.text(of: string)
    }

    private static func readStatus(from scanner: inout JSONScanner) throws(JSONError) -> String {
        guard try scanner.peek() == .string else { throw scanner.mismatch("status must be a string") }
        let string = try scanner.readString()
        return scanner.text(of: string)
    }

    private static func readDetails(from scanner: inout JSONScanner) throws(JSONError) -> ResultReading? {
        if try scanner.skipNull() { return nil }
        guard try scanner.peek() == .object else { throw scanner.mismatch("details must be an object") }
        return try ResultReading(from: &scanner)
    }

    private static func readError(from scanner: inout JSONScanner) throws(JSONError) -> String? {
        switch try scanner.peek() {
        case .number, .boolean: throw scanner.mismatch("error must be a string, an object, an array or null")
        case .string, .object, .array, .null: return try ErrorText.read(from: &scanner)
        }
    }

    /// Free text beside the status; anything but a text says nothing and is let pass.
    private static func readMessage(from scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard try scanner.peek() == .string else {
            try scanner.skipValue()
            return nil
        }
        return try ErrorText.read(from: &scanner)
    }

    private static func readAttempt(from scanner: inout JSONScanner) throws(JSONError) -> Int? {
        if try scanner.skipNull() { return nil }
        let mismatch = scanner.mismatch("attempt must be an integer from 1 to \(maximumAttempt)")
        guard try scanner.peek() == .number else { throw mismatch }
        let number = try scanner.readNumber()
        guard let attempt = scanner.integer(of: number), (1...maximumAttempt).contains(attempt) else { throw mismatch }
        return attempt
    }
}
