import GradingCore
import GradingSimulator
import Logging

/// Plays what goes wrong in life, on a scratch database, and finds out whether all comes right and how soon.
struct Drill: Sendable {
    /// What came of one exercise.
    struct Result: Sendable, Equatable {
        let name: String
        let isPassed: Bool
        /// From the end of what went wrong until everything was right; `nil` when it never was.
        let recovery: Duration?
        /// One line for people.
        let detail: String
    }

    private static let tasks = 20
    private static let copies = 5

    let database: DrillDatabase
    let logger: Logger

    /// One after the other; each is told of as soon as it is over.
    func run(_ tell: (Result) -> Void) async throws -> [Result] {
        let exercises: [(name: String, play: @Sendable (String) async throws -> Result)] = [
            ("lost callbacks", lostCallbacks), ("duplicates", duplicates), ("database down", databaseDown),
        ]
        var results: [Result] = []
        for exercise in exercises {
            let result: Result
            do {
                result = try await exercise.play(exercise.name)
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                result = Result(name: exercise.name, isPassed: false, recovery: nil, detail: "\(error)")
            }
            tell(result)
            results.append(result)
        }
        return results
    }

    /// No callback is sent at all: the sweep finds every task.
    private func lostCallbacks(_ name: String) async throws -> Result {
        let setting = DrillSetting(name: "lost", faults: FaultShares(lost: 1))
        return try await DrillStage.run(setting, on: database, logger: logger) { stage in
            let tasks = stage.tasks(Self.tasks)
            try await stage.register(tasks)
            try await stage.upload(tasks)
            _ = try await stage.eventually { try await stage.simulatorStatistics().ended == tasks.count }
            let (isRight, recovery) = try await stage.timed { await stage.openStudents() == 0 }
            let loss = CallbackLoss(
                try await stage.store.endings(since: CallbackLoss.start(at: WallClock.system.now())),
                at: WallClock.system.now()
            ).sessions.first { $0.id == stage.session }?.counts
            return Result(
                name: name,
                isPassed: isRight && loss?.lossRate == 1 && loss?.total == tasks.count,
                recovery: isRight ? recovery : nil,
                detail: "\(loss?.lost ?? 0) of \(tasks.count) tasks found by the sweep"
            )
        }
    }

    /// Each delivery comes five times, all mixed: one effect, one row in the log.
    private func duplicates(_ name: String) async throws -> Result {
        let setting = DrillSetting(name: "duplicates", grace: .seconds(600))
        return try await DrillStage.run(setting, on: database, logger: logger) { stage in
            let tasks = stage.tasks(Self.tasks)
            try await stage.register(tasks)
            let callbacks = tasks.map { task in
                TestCallback(
                    task: task,
                    status: "SUCCESS",
                    id: "msg_\(task)",
                    time: WallClock.system.now(),
                    signer: stage.signer
                )
            }
            let deliveries = callbacks.flatMap { Array(repeating: $0, count: Self.copies) }.shuffled()
            let clock = ContinuousClock()
            let start = clock.now
            let outcomes = try await stage.deliver(deliveries)
            let recovery = start.duration(to: clock.now)
            let rows = try await stage.store.logs(of: stage.session, limit: 1_000, before: nil)?.count ?? 0
            let applied = outcomes["applied"] ?? 0
            let duplicates = outcomes["duplicate"] ?? 0
            let isPassed =
                await stage.openStudents() == 0 && applied == tasks.count && applied + duplicates == deliveries.count
                && rows == tasks.count
            return Result(
                name: name,
                isPassed: isPassed,
                recovery: isPassed ? recovery : nil,
                detail: "\(deliveries.count) deliveries: \(applied) applied, \(duplicates) duplicates, \(rows) rows in the log"
            )
        }
    }

    /// The database goes away while callbacks come: all are refused with 503, and the sender's retries land when it is back.
    private func databaseDown(_ name: String) async throws -> Result {
        let setting = DrillSetting(name: "database", grace: .seconds(600))
        return try await DrillStage.run(setting, on: database, logger: logger) { stage in
            let tasks = stage.tasks(Self.tasks)
            try await stage.register(tasks)
            let restore = try await database.interrupt(logger)
            let refusals: [Int]
            do {
                try await stage.upload(tasks)
                refusals = try await stage.probes(tasks)
            } catch {
                try await restore()
                throw error
            }
            try await restore()
            let (isRight, recovery) = try await stage.timed {
                guard await stage.openStudents() == 0 else { return false }
                return try await stage.simulatorStatistics().delivered == tasks.count
            }
            let isRefused = !refusals.isEmpty && refusals.allSatisfy { $0 == 503 }
            return Result(
                name: name,
                isPassed: isRight && isRefused,
                recovery: isRight ? recovery : nil,
                detail:
                    "\(refusals.count) callbacks in the gap answered \(Set(refusals).sorted().map(String.init).joined(separator: ", "))"
            )
        }
    }
}

extension DrillStage {
    /// How long it takes until it is so.
    fileprivate func timed(_ condition: () async throws -> Bool) async throws -> (isRight: Bool, Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let isRight = try await eventually(condition)
        return (isRight, start.duration(to: clock.now))
    }

    /// Eight at a time; how often each outcome was answered.
    fileprivate func deliver(_ callbacks: [TestCallback]) async throws -> [String: Int] {
        try await withThrowingTaskGroup(of: String.self) { group in
            var outcomes: [String: Int] = [:]
            for (number, callback) in callbacks.enumerated() {
                if number >= 8, let outcome = try await group.next() { outcomes[outcome, default: 0] += 1 }
                group.addTask {
                    let answer = try await self.deliver(callback)
                    return answer.status == 200 ? answer.outcome ?? "none" : "status \(answer.status)"
                }
            }
            for try await outcome in group { outcomes[outcome, default: 0] += 1 }
            return outcomes
        }
    }

    /// Callbacks of the drill's own while the database is away, one for each task at once: what they are answered.
    fileprivate func probes(_ tasks: [TaskID]) async throws -> [Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for task in tasks {
                group.addTask {
                    let callback = TestCallback(
                        task: task,
                        status: "PROCESSING",
                        id: "msg_probe_\(task)",
                        time: WallClock.system.now(),
                        signer: signer
                    )
                    return try await deliver(callback).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
