import AsyncHTTPClient
import Foundation
import GradingCore
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import GradingSimulator

@Suite("Simulated grading server over real sockets", .timeLimit(.minutes(2)))
struct SimulatorServerTests {
    private let clock = JumpingClock()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Running: Sendable {
        let url: String
        let configuration: SimulatorConfiguration

        func upload(_ body: String) async throws -> (status: Int, json: [String: String]) {
            var request = HTTPClientRequest(url: "\(url)/api/grade/upload/")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: body))
            return try await answer(request)
        }

        func status(of task: String) async throws -> (status: Int, json: [String: String]) {
            try await answer(HTTPClientRequest(url: "\(url)/api/grade/status/\(task)/"))
        }

        func statistics() async throws -> SimulatorStatistics {
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "\(url)/api/simulator/stats"),
                timeout: .seconds(30)
            )
            let body = try await response.body.collect(upTo: 1 << 20)
            return try JSONDecoder().decode(SimulatorStatistics.self, from: Data(body.readableBytesView))
        }

        private func answer(_ request: HTTPClientRequest) async throws -> (status: Int, json: [String: String]) {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 1 << 20)
            let json = try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any]
            return (Int(response.status.code), json?.compactMapValues { $0 as? String } ?? [:])
        }
    }

    /// Runs a receiver and a simulator that calls it, then shuts both down in good order.
    private func withSimulator(
        receiver: Receiver,
        receivers: Int = 1,
        clock: (any Clock<Duration>)? = nil,
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ test: (Running) async throws -> Void
    ) async throws {
        let (receiverPorts, receiverPort) = AsyncStream.makeStream(of: Int.self)
        let receiverGroup = ServiceGroup(services: [receiver.application { receiverPort.yield($0) }], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiverGroup.run() }
            let port = try #require(await receiverPorts.first { _ in true })
            var configuration = try testConfiguration(change)
            configuration.callbackURLs = (0..<receivers).map { "http://127.0.0.1:\(port)/hook-\($0)" }
            configuration.port = 0

            let (simulatorPorts, simulatorPort) = AsyncStream.makeStream(of: Int.self)
            let simulator = SimulatorServer(
                configuration: configuration,
                wallClock: self.clock.wallClock,
                clock: clock ?? self.clock,
                logger: quiet
            ) { simulatorPort.yield($0) }
            let simulatorGroup = ServiceGroup(services: [simulator], logger: quiet)
            group.addTask { try await simulatorGroup.run() }
            let url = "http://127.0.0.1:\(try #require(await simulatorPorts.first { _ in true }))"
            try await test(Running(url: url, configuration: configuration))
            await simulatorGroup.triggerGracefulShutdown()
            await receiverGroup.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// What the plans promise, reckoned without the code that carries them out.
    private struct Promise {
        var requests = 0
        var statistics = SimulatorStatistics(receivers: 1)

        init(_ plans: [TaskPlan], isBusy: (String) -> Bool) {
            var (retries, busyProgress) = (0, 0)
            for plan in plans {
                statistics.tasks += 1
                statistics.ended += 1
                statistics.failing += plan.fails ? 1 : 0
                statistics.progressSent += plan.progressDeliveries.count
                statistics.lost += plan.isLost ? 1 : 0
                statistics.delivered += plan.isLost ? 0 : 1
                statistics.repeated += plan.copies
                statistics.delayed += plan.delay > .zero ? 1 : 0
                statistics.reordered += plan.isReordered ? 1 : 0
                statistics.forgedSent += plan.forgedAfter != nil ? 1 : 0
                retries += isBusy(plan.finalDelivery) && !plan.isLost ? 1 : 0
                busyProgress += plan.progressDeliveries.count(where: isBusy)
            }
            statistics.forgedRejected = statistics.forgedSent
            requests = retries + statistics.progressSent + statistics.delivered + statistics.repeated + statistics.forgedSent
            statistics.callbacksSent = requests
            statistics.taken = [requests - retries - busyProgress - statistics.forgedSent]
        }
    }

    @Test("every plan is carried out: signed, lost, repeated, reordered, forged, and retried when the receiver is busy")
    func everyFault() async throws {
        let isBusy: @Sendable (String) -> Bool = { $0.hasSuffix("0") || $0.hasSuffix("1") || $0.hasSuffix("2") }
        let receiver = try Receiver(wallClock: clock.wallClock, isBusy: isBusy)
        let faults = FaultShares(lost: 0.2, repeated: 0.2, delayed: 0.2, reordered: 0.2, forged: 0.2, failing: 0.2)
        try await withSimulator(
            receiver: receiver,
            {
                $0.faults = faults; $0.taskDuration = .seconds(1) ... .seconds(2)
            }
        ) { simulator in
            var plans: [TaskPlan] = []
            for _ in 0..<60 {
                let (status, json) = try await simulator.upload("{}")
                #expect(status == 202)
                plans.append(.draw(for: try #require(json["task_id"]), configuration: simulator.configuration))
            }
            let promise = Promise(plans, isBusy: isBusy)
            let arrivals = await receiver.first(promise.requests)
            check(arrivals, against: plans, isBusy: isBusy)

            // The last answers may still be on their way back to the simulator.
            var statistics = try await simulator.statistics()
            while statistics.callbacksSent < promise.requests || !statistics.isSettled {
                statistics = try await simulator.statistics()
            }
            #expect(statistics == promise.statistics)
            #expect(statistics.lost > 0 && statistics.repeated > 0 && statistics.reordered > 0 && statistics.forgedRejected > 0)
        }
    }

    private func check(_ arrivals: [Receiver.Arrival], against plans: [TaskPlan], isBusy: (String) -> Bool) {
        let byID = Dictionary(grouping: arrivals, by: \.id)
        for plan in plans {
            let finals = byID[plan.finalDelivery] ?? []
            let busy = isBusy(plan.finalDelivery)
            #expect(finals.count == (plan.isLost ? 0 : 1 + plan.copies + (busy ? 1 : 0)))
            #expect(Set(finals.map(\.body)).count == (plan.isLost ? 0 : 1))
            #expect(finals.first?.status == (plan.isLost ? nil : busy ? 503 : 200))
            #expect((byID[plan.forgedDelivery] ?? []).map(\.status) == (plan.forgedAfter == nil ? [] : [401]))
            #expect(plan.progressDeliveries.allSatisfy { byID[$0]?.count == 1 })
            guard !plan.isLost, let last = plan.progressDeliveries.last else { continue }
            let progress = arrivals.firstIndex { $0.id == last }
            let final = arrivals.firstIndex { $0.id == plan.finalDelivery }
            #expect((progress ?? -1 > final ?? -1) == plan.isReordered)
        }
    }

    @Test("receivers take turns, and what is sent again meets another one")
    func receiversTakeTurns() async throws {
        let isBusy: @Sendable (String) -> Bool = { $0.hasSuffix("0") || $0.hasSuffix("1") || $0.hasSuffix("2") }
        let receiver = try Receiver(wallClock: clock.wallClock, isBusy: isBusy)
        try await withSimulator(receiver: receiver, receivers: 3, { $0.faults.repeated = 1 }) { simulator in
            var plans: [TaskPlan] = []
            for number in 0..<20 {
                _ = try await simulator.upload(#"{"task_id":"t-\#(number)"}"#)
                plans.append(.draw(for: "t-\(number)", configuration: simulator.configuration))
            }
            let promise = Promise(plans, isBusy: isBusy)
            let arrivals = await receiver.first(promise.requests)
            var statistics = try await simulator.statistics()
            while statistics.callbacksSent < promise.requests { statistics = try await simulator.statistics() }
            #expect(statistics.taken == (0..<3).map { hook in arrivals.count { $0.status == 200 && $0.hook == hook } })

            let byID = Dictionary(grouping: arrivals, by: \.id)
            #expect(byID.values.allSatisfy { again in zip(again, again.dropFirst()).allSatisfy { ($0.hook + 1) % 3 == $1.hook } })
            #expect(byID.values.contains { $0.count == 2 } && byID.values.contains { $0.count >= 4 })
            let firsts = (0..<3).map { hook in byID.values.count { $0.first?.hook == hook } }
            #expect((firsts.max() ?? 0) - (firsts.min() ?? 0) <= 1)
        }
    }

    @Test("the same seed and order of uploads give the same tasks and callbacks")
    func repeats() async throws {
        func bodies() async throws -> [String: [UInt8]] {
            let receiver = try Receiver(wallClock: clock.wallClock)
            var bodies: [String: [UInt8]] = [:]
            try await withSimulator(
                receiver: receiver,
                {
                    $0.sendsProgress = false; $0.faults.forged = 1
                }
            ) { simulator in
                for _ in 0..<5 { _ = try await simulator.upload("") }
                for await arrival in receiver.arrivals.prefix(10) where arrival.status == 401 {
                    bodies[arrival.id] = arrival.body
                }
            }
            return bodies
        }
        let (first, second) = (try await bodies(), try await bodies())
        #expect(first.count == 5)
        #expect(first == second)
    }

    @Test("a task whose callback is lost is found by asking")
    func lost() async throws {
        let receiver = try Receiver(wallClock: clock.wallClock)
        try await withSimulator(receiver: receiver, { $0.faults.lost = 1 }) { simulator in
            let (status, _) = try await simulator.upload(#"{"task_id":"exam-1","student_name":"Ada Obi","session_id":"s"}"#)
            #expect(status == 202)
            while try await !simulator.statistics().isSettled {}
            let answer = try await simulator.status(of: "exam-1")
            #expect(answer.status == 200 && answer.json["status"] == "SUCCESS")
            let statistics = try await simulator.statistics()
            #expect(statistics.lost == 1 && statistics.delivered == 0 && statistics.statusRequests == 1)
        }
    }

    @Test("a new task is PENDING, and shutdown does not wait for its end")
    func pending() async throws {
        let receiver = try Receiver(wallClock: clock.wallClock)
        try await withSimulator(receiver: receiver, clock: StandingClock()) { simulator in
            let (status, json) = try await simulator.upload(#"{"student_name":"Ada Obi"}"#)
            #expect(status == 202 && json["status"] == "PENDING" && json["student_name"] == "Ada Obi")
            let statistics = try await simulator.statistics()
            #expect(statistics.tasks == 1 && statistics.ended == 0 && statistics.callbacksSent == 0)
        }
    }

    @Test("an id that is known is answered with its state, and makes no second task")
    func known() async throws {
        let receiver = try Receiver(wallClock: clock.wallClock)
        try await withSimulator(receiver: receiver) { simulator in
            #expect(try await simulator.upload(#"{"task_id":"exam-1"}"#).status == 202)
            while try await !simulator.statistics().isSettled {}
            let again = try await simulator.upload(#"{"task_id":"exam-1"}"#)
            #expect(again.status == 200 && again.json["status"] == "SUCCESS")
            #expect(try await simulator.statistics().tasks == 1)
        }
    }

    @Test("an unknown task is 404, or PENDING as Celery says")
    func unknown() async throws {
        try await withSimulator(receiver: try Receiver(wallClock: clock.wallClock)) { simulator in
            let answer = try await simulator.status(of: "nobody")
            #expect(answer.status == 404)
        }
        try await withSimulator(receiver: try Receiver(wallClock: clock.wallClock), { $0.unknownTasks = .pending }) { simulator in
            let answer = try await simulator.status(of: "nobody")
            #expect(answer.status == 200 && answer.json["status"] == "PENDING")
        }
    }

    @Test("uploads that make no sense, or are one too many, are refused")
    func refused() async throws {
        try await withSimulator(receiver: try Receiver(wallClock: clock.wallClock), { $0.maximumTasks = 1 }) { simulator in
            for body in ["{", "[]", #"{"task_id":7}"#, #"{"task_id":"a/b"}"#, #"{"task_id":""}"#] {
                let (status, _) = try await simulator.upload(body)
                #expect(status == 400, "\(body)")
            }
            var statuses: [Int] = []
            for id in ["one", "two", "one"] { statuses.append(try await simulator.upload(#"{"task_id":"\#(id)"}"#).status) }
            #expect(statuses == [202, 503, 200])
        }
    }

    @Test("a receiver that believes a forgery is found out")
    func forgeryAccepted() async throws {
        let receiver = try Receiver(wallClock: clock.wallClock, isGullible: true)
        try await withSimulator(
            receiver: receiver,
            {
                $0.faults.forged = 1; $0.faults.lost = 1; $0.sendsProgress = false
            }
        ) { simulator in
            _ = try await simulator.upload("{}")
            var statistics = try await simulator.statistics()
            while statistics.forgedAccepted + statistics.forgedRejected < 1 { statistics = try await simulator.statistics() }
            #expect(statistics.forgedAccepted == 1 && statistics.forgedSent == 1)
        }
    }

    @Test("a receiver that refuses for good makes the simulator give up")
    func givenUp() async throws {
        let receiver = try Receiver(wallClock: WallClock { Timestamp(milliseconds: 0) })
        try await withSimulator(receiver: receiver) { simulator in
            _ = try await simulator.upload("{}")
            var statistics = try await simulator.statistics()
            while !statistics.isSettled { statistics = try await simulator.statistics() }
            #expect(statistics.givenUp == 1 && statistics.delivered == 0)
        }
    }
}
