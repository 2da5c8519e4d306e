/// How the grader says, in a part's feedback, that it failed rather than that the student did.
enum GraderFailure {
    /// How far behind "Grading guide" its "not found" may stand, in bytes: between them is a question's id.
    private static let reach = 100

    /// "Grader error", or "Grading guide … not found" within a hundred bytes, in any case of the ASCII letters.
    static func isNamed(in feedback: String) -> Bool {
        let text = feedback.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if find("grader error", in: text[...]) != nil { return true }
        var rest = text[...]
        while let guide = find("grading guide", in: rest) {
            rest = rest[guide...].dropFirst()
            if find("not found", in: rest.prefix(reach)) != nil { return true }
        }
        return false
    }

    private static func find(_ phrase: StaticString, in text: ArraySlice<UInt8>) -> Int? {
        let phrase = UnsafeBufferPointer(start: phrase.utf8Start, count: phrase.utf8CodeUnitCount)
        guard let first = phrase.first, text.count >= phrase.count else { return nil }
        return (text.startIndex...(text.endIndex - phrase.count)).first { start in
            text[start] == first && text[start...].starts(with: phrase)
        }
    }
}
