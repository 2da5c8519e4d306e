import Foundation
import GradingCore
import Logging
import Synchronization
import Testing

@testable import grading_monitor

@Suite("Log lines")
struct LogFormatTests {
    /// What one event writes.
    private func lines(_ format: LogFormat, level: Logger.Level = .trace, _ log: (inout Logger) -> Void) -> [String] {
        let lines = Lines()
        var logger = Logger(label: "test") { label in
            LineLogHandler(
                label: label,
                format: format,
                logLevel: level,
                wallClock: WallClock { Timestamp(milliseconds: 1_795_430_000_000) }
            ) { line in lines.append(line) }
        }
        log(&logger)
        return lines.all
    }

    private final class Lines: Sendable {
        private let storage = Mutex<[String]>([])
        var all: [String] { storage.withLock { $0 } }
        func append(_ line: String) { storage.withLock { $0.append(line) } }
    }

    @Test("text: time, level, message, then sorted keys, quoted where they need it")
    func text() {
        let lines = lines(.text) { logger in
            logger[metadataKey: "session"] = "s-1"
            logger.warning("Check failed", metadata: ["task": "t-1", "reason": "no answer", "tries": "\(2)", "none": ""])
        }
        let time = Timestamp(milliseconds: 1_795_430_000_000).iso8601
        #expect(lines == [#"\#(time) warning  Check failed none="" reason="no answer" session=s-1 task=t-1 tries=2"#])
    }

    @Test("json: one object a line that any reader takes")
    func json() throws {
        let lines = lines(.json) { logger in
            logger.error("It \"broke\"", metadata: ["path": #"C:\x"#, "list": ["a", "b"], "inner": ["k": "v"]])
        }
        let line = try #require(lines.first)
        let decoded = try JSONSerialization.jsonObject(with: Data(line.utf8))
        let object = try #require(decoded as? [String: Any])
        #expect(object["level"] as? String == "error")
        #expect(object["logger"] as? String == "test")
        #expect(object["message"] as? String == "It \"broke\"")
        #expect(object["time"] as? String == Timestamp(milliseconds: 1_795_430_000_000).iso8601)
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["path"] as? String == #"C:\x"#)
        #expect(metadata["list"] as? [String] == ["a", "b"])
        #expect(metadata["inner"] as? [String: String] == ["k": "v"])
    }

    @Test(
        "what is logged cannot begin a line, move the cursor or turn the reading direction",
        arguments: LogFormat.allCases
    )
    func injection(_ format: LogFormat) {
        let hostile = "x\n2026-01-01T00:00:00.000Z info ok\r\u{1B}[2J\u{202E}\u{2028}\u{0085}\u{7F}"
        let lines = lines(format) { $0.info("\(hostile)", metadata: ["\(hostile)": "\(hostile)"]) }
        #expect(lines.count == 1)
        let scalars = lines.joined().unicodeScalars
        #expect(!scalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" || $0 == "\u{2028}" })
        #expect(lines[0].contains("\\n2026"))
    }

    @Test("a value cannot pretend to be another key")
    func quoting() {
        let lines = lines(.text) { $0.info("m", metadata: ["a": #"1 b=2 "c" \"#]) }
        #expect(lines[0].hasSuffix(#"a="1 b=2 \"c\" \\""#))
    }

    @Test(
        "JSON escapes survive a round through a reader",
        arguments: ["\u{0}", "a\u{1F}b", "\u{FEFF}", "\u{10FFFF}", "é\u{2066}", "\\u0041", "\t"]
    )
    func jsonRoundTrip(_ text: String) throws {
        let decoded = try JSONDecoder().decode([String].self, from: Data("[\(LogText.json(text))]".utf8))
        #expect(decoded == [text])
    }

    @Test("levels below the configured one are left out")
    func levels() {
        let lines = lines(.text, level: .warning) { logger in
            logger.info("quiet")
            logger.error("loud")
        }
        #expect(lines.count == 1)
    }

    @Test("the event's metadata wins over the logger's")
    func precedence() {
        let lines = lines(.text) { logger in
            logger[metadataKey: "task"] = "old"
            logger.info("m", metadata: ["task": "new"])
        }
        #expect(lines[0].hasSuffix(" task=new"))
    }
}
