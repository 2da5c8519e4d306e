/// Makes ids for rows in the web app's tables, whose ids the writer makes.
///
/// The form is that of a cuid, which Prisma's `@default(cuid())` writes there too: `c` and 24 characters of base 36: eight of
/// time and four of a counter, so that the rows of one transaction sort in the order in which they were made and land side
/// by side in the primary key's index, then twelve at random, which tell the sequence from every other one of that time.
package struct RowIDSequence: Sendable {
    private let time: String
    private let random: String
    private var counter: UInt64 = 0

    package init(at now: Timestamp, generator: consuming some RandomNumberGenerator = SystemRandomNumberGenerator()) {
        time = Self.digits(UInt64(clamping: now.milliseconds), width: 8)
        random = String(Self.digits(generator.next(), width: 12).suffix(12))
    }

    package mutating func next() -> String {
        counter += 1
        return "c" + time + Self.digits(counter, width: 4) + random
    }

    /// A number in base 36, with zeros up to `width` digits. A longer one keeps its digits: a counter never comes round.
    private static func digits(_ number: UInt64, width: Int) -> String {
        let text = String(number, radix: 36)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
