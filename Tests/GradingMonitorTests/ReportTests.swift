import Foundation
import GradingCore
import Testing

@testable import grading_monitor

@Suite("What commands print")
struct ReportTests {
    private let time = Timestamp(milliseconds: 1_795_430_000_000)

    private func object(_ report: some JSONReport) throws -> [String: Any] {
        let line = try report.jsonLine()
        #expect(!line.contains("\n"))
        let decoded = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(decoded as? [String: Any])
    }

    @Test("stats has the members of the stats endpoint, null and zero where there is nothing")
    func emptyStatistics() throws {
        let object = try object(StatisticsReport(MonitorStatistics(), CallbackLoss([], at: time), at: time))
        #expect(object["timestamp"] as? String == time.iso8601)
        let stats = try #require(object["stats"] as? [String: Any])
        #expect(stats["totalPendingTasks"] as? Int == 0)
        #expect(stats["oldestPendingTask"] is NSNull)
        #expect(stats["averageScore"] is NSNull)
        #expect((stats["completedBy"] as? [String: Int])?.count == ReportSource.allCases.count)
        #expect((stats["deliveries"] as? [String: Int])?.count == Disposition.allCases.count)
    }

    @Test("stats names the task that has waited longest")
    func oldestTask() throws {
        var statistics = MonitorStatistics()
        statistics.open.pendingTasks = 3
        statistics.averageScore = 61.25
        statistics.endedBy = [.callback: 2]
        statistics.oldestPending = OldestPendingTask(
            task: try #require(TaskID("t-1")),
            studentName: "Ada\nObi",
            createdAt: time
        )
        statistics.failing.total = 1
        statistics.failing.worst = [
            FailingTask(task: try #require(TaskID("t-2")), consecutiveErrors: 7, lastError: "no answer", nextCheckAt: time)
        ]
        let lost = EndingGroup(
            hour: try #require(CallbackLoss([], at: time).hours.first?.start),
            session: SessionID(stored: "june"),
            source: .sweep,
            callbackFollowed: false,
            tasks: 2,
            lateness: .seconds(90),
            worstLateness: .seconds(60)
        )
        let report = StatisticsReport(statistics, CallbackLoss([lost], at: time), at: time)
        let stats = try #require(try object(report)["stats"] as? [String: Any])
        #expect((stats["oldestPendingTask"] as? [String: String])?["studentName"] == "Ada\nObi")
        #expect(report.text.contains(#"t-1, Ada\nObi, since"#))
        #expect(report.text.contains("61.3 %"))
        #expect(report.text.contains("7 in a row: no answer"))
        #expect(report.text.contains("100.0 % (2 of 2)"))
        let loss = try #require(stats["callbackLoss"] as? [String: Any])
        #expect(loss["lossRate"] as? Double == 1 && loss["meanSecondsLate"] as? Double == 45)
        #expect((loss["perHour"] as? [Any])?.count == 24)
        #expect((loss["bySession"] as? [[String: Any]])?.first?["sessionId"] as? String == "june")
        let failing = try #require(stats["failingTasks"] as? [String: Any])
        #expect(failing["total"] as? Int == 1 && (failing["worst"] as? [Any])?.count == 1)
    }

    @Test("sweep has the shape that the cron script reads")
    func sweep() throws {
        var summary = SweepSummary()
        summary.tasksProcessed = 12
        summary.tasksUpdated = 8
        summary.open.pendingTasks = 4
        let object = try object(SweepReport(summary, at: time))
        #expect(object["message"] as? String == "Background task status check completed")
        let inner = try #require(object["summary"] as? [String: Any])
        #expect(inner["tasksProcessed"] as? Int == 12)
        #expect(inner["tasksUpdated"] as? Int == 8)
        #expect(inner["errors"] as? Int == 0)
        #expect((inner["currentStats"] as? [String: Int])?["totalPendingTasks"] == 4)
    }

    @Test("check tells a failure from a task that needs no question")
    func checks() throws {
        let task = try #require(TaskID("t-1"))
        func result(_ outcome: CheckOutcome) throws -> [String: Any] {
            let answer = try object(CheckReport(task, outcome, at: time))
            return try #require(answer["result"] as? [String: Any])
        }
        let checked = try result(
            .checked(CheckFinding(status: .completed, updated: true, askedBy: .sweep, learned: Learned(via: .callback)))
        )
        #expect(checked["askedBy"] as? String == "sweep" && checked["learnedVia"] as? String == "callback")
        #expect(checked["status"] as? String == "COMPLETED" && checked["updated"] as? Bool == true && checked["error"] == nil)
        let failed = try result(.failed(status: .processing, reason: "no answer"))
        #expect(failed["status"] as? String == "PROCESSING" && failed["error"] as? String == "no answer")
        let settled = try result(.settled(.failed, Learned(via: .sweep, lateness: .seconds(90))))
        #expect(settled["secondsLate"] as? Double == 90)
        #expect(settled["error"] == nil && settled["note"] != nil)
        let missing = try result(.noSuchTask)
        #expect(missing["status"] == nil && missing["error"] as? String == "no such task")
    }

    @Test("deliveries says what a refusal was about, and how long a parked one has waited")
    func deliveries() throws {
        let task = try #require(TaskID("t-1"))
        let parked = LedgerDelivery(
            id: "msg_1",
            task: task,
            keyID: "k-1",
            receivedAt: time.advanced(by: .seconds(-11_100)),
            disposition: .parked,
            hasConflict: true,
            bodyHash: [0xAB]
        )
        let refusal = CallbackRefusal(
            id: "r1",
            receivedAt: time,
            reason: .clockSkew,
            detail: "The sender is 412 s behind.\n",
            sender: "192.0.2.1",
            deliveryID: nil,
            task: nil,
            keyID: nil,
            bodyHash: nil,
            size: 7,
            count: 3
        )
        let report = DeliveriesReport([.refusal(refusal), .delivery(parked)], limit: 2, at: time)
        #expect(
            report.text == #"""
                2026-11-23T10:33:20.000Z  refused    -  -
                    clock-skew: The sender is 412 s behind.\n
                    from 192.0.2.1, 3 times (this one and what was left out)
                2026-11-23T07:28:20.000Z  parked     t-1  msg_1
                    has waited for 3 h 5 min: there is no task t-1 yet
                    its id came again with another body, which was refused
                older ones: --before 2026-11-23T07:28:20.000Z_msg_1
                """#
        )
        let rows = try #require(try object(report)["deliveries"] as? [[String: Any]])
        #expect(rows[0]["outcome"] as? String == "refused" && rows[0]["count"] as? Int == 3 && rows[0]["taskId"] == nil)
        #expect(rows[1]["ageSeconds"] as? Double == 11_100 && rows[1]["bodyHash"] as? String == "ab")
        #expect(try object(report)["nextBefore"] as? String == "2026-11-23T07:28:20.000Z_msg_1")
        #expect(DeliveriesReport([], limit: 2, at: time).text == "no deliveries")
    }

    @Test("replay tells what was applied from what cannot be")
    func replay() throws {
        let delivery = LedgerDelivery(
            id: "msg_1",
            task: try #require(TaskID("t-1")),
            keyID: "k-1",
            receivedAt: time,
            disposition: .applied,
            hasConflict: false,
            bodyHash: []
        )
        let applied = try ReplayReport("msg_1", .replayed(delivery, ReportOutcome(.applied, status: .completed)), at: time)
        #expect(applied.text == "msg_1: applied, the task is COMPLETED")
        let result = try #require(try object(applied)["result"] as? [String: String])
        #expect(result == ["deliveryId": "msg_1", "taskId": "t-1", "outcome": "applied", "status": "COMPLETED"])
        let parked = try ReplayReport("msg_1", .replayed(delivery, ReportOutcome(.parked, status: nil)), at: time)
        #expect(parked.text == "msg_1: parked, there is no task t-1 yet")
        #expect(throws: CommandFailure.self) { try ReplayReport("msg_1", .settled(delivery), at: time) }
        #expect(throws: CommandFailure.self) { try ReplayReport("msg_1", .unreadable(delivery), at: time) }
    }
}
