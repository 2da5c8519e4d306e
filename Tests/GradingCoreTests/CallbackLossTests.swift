import Testing

@testable import GradingCore

@Suite("The callback loss rate")
struct CallbackLossTests {
    /// 2026-11-23T10:30:00Z
    private static let now = Timestamp(milliseconds: 1_795_429_800_000)
    private static let hour = Timestamp(milliseconds: 1_795_428_000_000)

    private static func group(
        _ source: ReportSource,
        _ tasks: Int,
        hoursAgo: Int = 0,
        session: String = "s1",
        followed: Bool = false,
        lateness: Int = 0
    ) -> EndingGroup {
        EndingGroup(
            hour: hour.advanced(by: .seconds(-3_600 * hoursAgo)),
            session: SessionID(session)!,
            source: source,
            callbackFollowed: followed,
            tasks: tasks,
            lateness: .seconds(lateness),
            worstLateness: .seconds(lateness)
        )
    }

    @Test("is the share of endings that we had to ask about")
    func rate() {
        let loss = CallbackLoss([Self.group(.callback, 95), Self.group(.sweep, 4), Self.group(.manual, 1)], at: Self.now)
        #expect(loss.overall.lossRate == 0.05)
        #expect(loss.overall.total == 100)
        #expect(loss.overall.lost == 5)
    }

    @Test("is 1 when every callback is lost, 0 when none is, and nothing when nothing has ended")
    func extremes() {
        #expect(CallbackLoss([Self.group(.sweep, 3)], at: Self.now).overall.lossRate == 1)
        #expect(CallbackLoss([Self.group(.callback, 3)], at: Self.now).overall.lossRate == 0)
        #expect(CallbackLoss([], at: Self.now).overall.lossRate == nil)
    }

    @Test("does not count a callback that came after the sweep: it was late")
    func late() {
        let groups = [Self.group(.callback, 90), Self.group(.sweep, 6, followed: true), Self.group(.sweep, 4)]
        let counts = CallbackLoss(groups, at: Self.now).overall
        #expect(counts.lossRate == 0.04)
        #expect(counts.callbackFollowed == 6)
    }

    @Test("is told for each of 24 hours, and older endings count for none")
    func hours() {
        let groups = [
            Self.group(.callback, 1), Self.group(.sweep, 1, hoursAgo: 1), Self.group(.sweep, 5, hoursAgo: 23),
            Self.group(.sweep, 7, hoursAgo: 24),
        ]
        let loss = CallbackLoss(groups, at: Self.now)
        #expect(CallbackLoss.start(at: Self.now) == Self.hour.advanced(by: .seconds(-23 * 3_600)))
        #expect(loss.hours.count == 24)
        #expect(loss.hours[0].counts.lossRate == 0)
        #expect(loss.hours[1].counts.lossRate == 1)
        #expect(loss.hours[2].counts.lossRate == nil)
        #expect(loss.hours[23].counts.total == 5)
        #expect(loss.overall.total == 7)
    }

    @Test("is told for each session, those that lose the most first, and not for more than twenty")
    func sessions() {
        let many = (10..<40).map { Self.group(.callback, $0, session: "s\($0)") }
        let loss = CallbackLoss(many + [Self.group(.sweep, 2, session: "lossy")], at: Self.now)
        #expect(loss.sessions.count == 20)
        #expect(loss.sessions[0].id == SessionID("lossy"))
        #expect(loss.sessions[0].counts.lossRate == 1)
        #expect(loss.sessions[1].id == SessionID("s39"))
    }

    @Test("comes with how late we learned of what we had to ask about")
    func lateness() {
        let groups = [Self.group(.callback, 50), Self.group(.sweep, 2, lateness: 300), Self.group(.manual, 1, lateness: 60)]
        let counts = CallbackLoss(groups, at: Self.now).overall
        #expect(counts.meanLateness == .seconds(120))
        #expect(counts.worstLateness == .seconds(300))
        #expect(CallbackLoss([Self.group(.callback, 1)], at: Self.now).overall.meanLateness == nil)
    }
}
