/// Makes ids for rows in the web app's tables, whose ids the writer makes.
///
/// The form is that of a cuid, which Prisma's `@default(cuid())` writes there too: `c` and 24 characters of base 36. The first
/// eight are the time, so that new rows land side by side in the primary key's index.
package enum RowID {
    package static func make(at now: Timestamp) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(at: now, using: &generator)
    }

    package static func make(at now: Timestamp, using generator: inout some RandomNumberGenerator) -> String {
        let time = digits(UInt64(clamping: now.milliseconds), width: 8)
        let random = digits(generator.next(), width: 8) + digits(generator.next(), width: 8)
        return "c" + time + random
    }

    /// The last `width` digits of a number in base 36.
    private static func digits(_ number: UInt64, width: Int) -> String {
        let span = UInt64(2_821_109_907_456)  // 36^8
        let text = String(number % span, radix: 36)
        return String(repeating: "0", count: width - text.utf8.count) + text
    }
}
