import ArgumentParser
import GradingCore
import Testing

@testable import grading_monitor

@Suite("Settings as text")
struct SettingTextTests {
    @Test(
        "times have a unit or are seconds",
        arguments: [
            ("90", Duration.seconds(90)), ("90s", .seconds(90)), ("1.5s", .milliseconds(1_500)), ("500ms", .milliseconds(500)),
            ("3m", .seconds(180)), ("1h", .seconds(3_600)), ("0", .zero),
        ]
    )
    func times(_ text: String, _ expected: Duration) {
        #expect(Duration(configurationText: text) == expected)
    }

    @Test(
        "nothing else is a time",
        arguments: ["", "s", "-1", "+1", "1d", "1 s", ".5", "1e3", "90S", "nan", "inf", "1.2.3", "٣s", "9999999999"]
    )
    func notTimes(_ text: String) {
        #expect(Duration(configurationText: text) == nil)
    }

    @Test("a time is shown in its largest whole unit", arguments: ["90s", "3m", "1h", "500ms", "0s"])
    func shownTimes(_ text: String) throws {
        let duration = try #require(Duration(configurationText: text))
        #expect(duration.configurationText == text)
    }

    @Test(
        "a database URL names a file",
        arguments: [
            ("sqlite:./data/x.db", "./data/x.db"), ("sqlite:x.db", "x.db"), ("sqlite:/var/x.db", "/var/x.db"),
            ("SQLite:///var/x.db", "/var/x.db"),
        ]
    )
    func databaseURLs(_ url: String, _ path: String) throws {
        #expect(try DatabaseLocation(url: url) == .sqlite(path: path))
    }

    @Test(
        "a PostgreSQL URL is kept as it is: several hosts, parameters of libpq and of Prisma",
        arguments: [
            "postgresql://app:secret@db/exams", "postgres://db1:5432,db2:5433/exams?target_session_attrs=read-write",
            "postgresql://app@db/exams?schema=public&connection_limit=5",
        ]
    )
    func postgresURLs(_ url: String) throws {
        #expect(try DatabaseLocation(url: url) == .postgres(url: url))
        #expect(!DatabaseLocation.postgres(url: url).description.contains("db"))
    }

    @Test("an address that means all of them is called by its loopback")
    func addresses() {
        #expect(HTTPAddress(host: "0.0.0.0", port: 80).url == "http://127.0.0.1:80")
        #expect(HTTPAddress(host: "::", port: 80).url == "http://[::1]:80")
        #expect(HTTPAddress(host: "2001:db8::1", port: 80).url == "http://[2001:db8::1]:80")
        #expect(HTTPAddress(host: "localhost", port: 0).url == "http://localhost:0")
    }

    @Test("a range of times is two times or one")
    func durationRanges() {
        #expect(DurationRange(argument: "2...8")?.bounds == .seconds(2) ... .seconds(8))
        #expect(DurationRange(argument: "500ms...1m")?.bounds == .milliseconds(500) ... .seconds(60))
        #expect(DurationRange(argument: "3")?.bounds == .seconds(3) ... .seconds(3))
        #expect(DurationRange(argument: "8...2") == nil)
        #expect(DurationRange(argument: "2..8") == nil)
    }

    @Test(
        "a share lies between 0 and 1",
        arguments: [("0", true), ("0.2", true), ("1", true), ("1.1", false), ("-0.1", false), ("x", false)]
    )
    func shares(_ text: String, _ isShare: Bool) {
        #expect((Share(argument: text) != nil) == isShare)
    }

    @Test("every flag of serve is its variable in lower case")
    func flagNames() throws {
        let secrets = [Setting.webhookSecrets, .webhookSecretsRetired, .cronSecrets, .operatorSecrets]
        for setting in Setting.all {
            let flag = "--" + setting.variable.lowercased().split(separator: "_").joined(separator: "-")
            if secrets.contains(setting) {
                #expect(throws: (any Error).self) { try ServeCommand.parse([flag, "x"]) }
            } else {
                let serve = try ServeCommand.parse([flag, "x"])
                #expect(serve.sources.flags == [setting: "x"])
            }
        }
    }

    @Test("simulate takes several callback URLs, and has one of its own when none is given")
    func callbackURLs() throws {
        let two = try SimulateCommand.parse(["--callback-url", "http://a/hook", "--callback-url", "http://b/hook"])
        #expect(two.callbackURLs == ["http://a/hook", "http://b/hook"])
        #expect(try SimulateCommand.parse([]).callbackURLs == ["http://127.0.0.1:3000/api/webhooks/grading"])
    }
}
