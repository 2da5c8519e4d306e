/// A whole body, read in one walk: the report's members wherever they stand.
struct ReportBody {
    let bytes: [UInt8]
    /// The members of the report itself.
    let report: ReportMembers
    /// The task ids that the body names: inside the envelope, beside it, or both.
    let tasks: [String]

    /// Throws unless the bytes are one sound JSON object whose known members have the types they should.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        guard try scanner.peek() == .object else { throw scanner.mismatch("the body must be an object") }
        var outer = ReportMembers()
        var data: ReportMembers?
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            if scanner.isKey(key, "data") {
                data = try Self.readData(from: &scanner)
            } else {
                try outer.read(key, from: &scanner)
            }
        }
        try scanner.finish()
        self.bytes = bytes
        self.tasks = [outer.task, data?.task].compactMap(\.self)
        self.report = Self.report(outer: outer, data: data)
    }

    private static func readData(from scanner: inout JSONScanner) throws(JSONError) -> ReportMembers? {
        if try scanner.skipNull() { return nil }
        guard try scanner.peek() == .object else { throw scanner.mismatch("data must be an object") }
        var members = ReportMembers()
        var object = try scanner.beginObject()
        while let key = try scanner.nextKey(in: &object) {
            try members.read(key, from: &scanner)
        }
        return members
    }

    /// `data` makes an envelope, unless it says nothing of a status and the body itself does.
    private static func report(outer: ReportMembers, data: ReportMembers?) -> ReportMembers {
        guard let data else { return outer }
        return data.status == nil && outer.status != nil ? outer : data
    }
}
