import GradingCore
import Testing

@Suite("Timestamp")
struct TimestampTests {
    private static let instants: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_429_800_000, "2026-11-23T10:30:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_751_198_972_509, "2025-06-29T12:09:32.509Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ]

    @Test("is written in UTC with milliseconds", arguments: instants)
    func formatting(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }

    @Test("reads what it writes", arguments: instants)
    func parsing(milliseconds: Int64, text: String) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test("every millisecond of a second survives being written and read")
    func everyMillisecond() {
        for offset in Int64(0)..<1_000 {
            let instant = Timestamp(milliseconds: 1_795_429_800_000 + offset)
            #expect(Timestamp(iso8601: instant.iso8601) == instant, "\(instant.iso8601)")
            #expect(instant.iso8601.hasSuffix(".\(String(String(1_000 + offset).dropFirst()))Z"), "\(instant.iso8601)")
        }
    }

    @Test(
        "other ways of writing an instant are read",
        arguments: [
            ("2026-11-23T10:30:00Z", 1_795_429_800_000), ("2025-06-29T12:09:32.509703Z", 1_751_198_972_510),
            ("2026-11-23T12:30:00+02:00", 1_795_429_800_000), ("2026-11-23T10:30:00.5Z", 1_795_429_800_500),
        ] as [(String, Int64)]
    )
    func otherForms(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "anything else is not",
        arguments: ["", "now", "1795429800", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T10:30Z"]
    )
    func notInstants(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("moves by durations, either way")
    func arithmetic() {
        let start = Timestamp(milliseconds: 10_000)
        #expect(start.advanced(by: .seconds(300)) == Timestamp(milliseconds: 310_000))
        #expect(start.advanced(by: .milliseconds(-10_001)) == Timestamp(milliseconds: -1))
        #expect(start.duration(to: Timestamp(milliseconds: 9_500)) == .milliseconds(-500))
        #expect(start < start.advanced(by: .milliseconds(1)))
        #expect(Duration.microseconds(1_999).milliseconds == 1)
        #expect(Duration.milliseconds(2_500).inSeconds == 2.5)
    }
}
