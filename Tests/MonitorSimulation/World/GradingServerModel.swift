import GradingCore
import Synchronization

/// The grading server: works on tasks, tells of it in callbacks, answers questions.
final class GradingServerModel: Sendable {
    private let scenario: Scenario
    private let timeline: Timeline
    private let tasks = Mutex<[ServerTask]>([])
    private let isFaulty = Mutex(true)
    private let isDown = Mutex(false)
    private let send: @Sendable (CallbackMessage) -> Void

    init(_ scenario: Scenario, _ timeline: Timeline, send: @escaping @Sendable (CallbackMessage) -> Void) {
        self.scenario = scenario
        self.timeline = timeline
        self.send = send
    }

    var all: [ServerTask] { tasks.withLock { $0 } }

    func task(_ id: TaskID) -> ServerTask? { tasks.withLock { $0.first { $0.id == id } } }

    /// From now on it answers well.
    func recover() {
        isFaulty.withLock { $0 = false }
        isDown.withLock { $0 = false }
    }

    func goDown(for time: Duration) {
        isDown.withLock { $0 = true }
        timeline.after(time) { [self] in isDown.withLock { $0 = false } }
    }

    // MARK: Work

    func begin(
        _ id: TaskID,
        in session: SessionID,
        studentID: String,
        at start: Duration,
        isResubmission: Bool = false
    ) {
        let task = timeline.draw { random in
            let phases = ServerPhase.course(scenario, from: start, &random)
            let isForgotten = random.happens(scenario.server.forgotten)
            let forgottenAt = isForgotten ? random.duration(start...(start + .seconds(400))) : nil
            // What it has forgotten never ends.
            let rest = phases.filter { forgottenAt == nil || $0.at < forgottenAt ?? .zero }
            return ServerTask(
                id,
                in: session,
                studentID: studentID,
                phases: rest,
                forgottenAt: forgottenAt,
                forgetsAsPending: random.happens(0.5),
                isResubmission: isResubmission
            )
        }
        tasks.withLock { $0.append(task) }
        announce(task)
    }

    /// The same task id once more, as the next run.
    func beginAgain(_ id: TaskID) {
        let now = timeline.now
        let phases = timeline.draw { ServerPhase.course(scenario, from: now, &$0) }
        let task = tasks.withLock { tasks -> ServerTask? in
            guard let position = tasks.firstIndex(where: { $0.id == id }), tasks[position].forgottenAt == nil else { return nil }
            tasks[position].beginAgain(phases)
            return tasks[position]
        }
        if let task { announce(task) }
    }

    private func announce(_ task: ServerTask) {
        for phase in task.phases where phase.word != "PENDING" {
            timeline.after(phase.at - timeline.now) { [self] in tell(phase, of: task) }
        }
    }

    private func tell(_ phase: ServerPhase, of task: ServerTask) {
        let run = scenario.numbersRuns ? task.run : nil
        send(CallbackMessage(task: task.id, body: task.body(phase, run: run), isEnd: phase.isEnd))
        guard phase.isEnd, timeline.draw({ $0.happens(scenario.callbacks.contradicted) }) else { return }
        let other = timeline.draw { random in
            random.happens(0.5)
                ? ServerPhase(at: phase.at, word: "FAILURE", error: "on second thoughts")
                : ServerPhase.success(at: phase.at, scenario, &random)
        }
        tasks.withLock { tasks in
            guard let position = tasks.firstIndex(where: { $0.id == task.id }) else { return }
            tasks[position].contradictions.append(other)
        }
        timeline.after(timeline.draw { $0.duration(.seconds(1)...(.seconds(60))) }) { [self] in
            send(CallbackMessage(task: task.id, body: task.body(other, run: run), isEnd: true))
        }
    }
}

// MARK: - Questions

extension GradingServerModel {
    /// What becomes of a question that arrives now.
    enum Answer: Sendable {
        case body([UInt8])
        case failure(GradingServerError)
        /// None before the asker gives up.
        case silence
    }

    func answer(about id: TaskID) -> Answer {
        if isDown.withLock({ $0 }) { return timeline.draw { $0.happens(0.5) } ? .silence : .failure(.connection("refused")) }
        if isFaulty.withLock({ $0 }), let fault = faultyAnswer(about: id) { return fault }
        guard let task = task(id), let phase = task.phase(at: timeline.now) else { return .failure(.status(404)) }
        let run = scenario.numbersRuns ? task.run : nil
        guard task.isForgotten(at: timeline.now) else { return .body(task.body(phase, run: run)) }
        let forgotten = ServerPhase(at: timeline.now, word: "PENDING")
        return task.forgetsAsPending ? .body(task.body(forgotten, run: nil)) : .failure(.status(404))
    }

    /// Takes a failed task again, under an id that is the same for each request of one attempt.
    func answer(to resubmission: Resubmission) -> Answer {
        if isDown.withLock({ $0 }) { return .failure(.connection("refused")) }
        let fault = isFaulty.withLock { $0 } ? faultyAnswer(about: resubmission.task) : nil
        guard let former = task(resubmission.task), let new = TaskID(resubmission.idempotencyKey) else {
            return .failure(.status(404))
        }
        // It may have been taken although the answer says nothing of it.
        if fault == nil || timeline.draw({ $0.happens(0.5) }), task(new) == nil {
            begin(new, in: former.session, studentID: former.studentID, at: timeline.now, isResubmission: true)
        }
        return fault ?? .body(Array(#"{"task_id":"\#(new)"}"#.utf8))
    }

    private func faultyAnswer(about id: TaskID) -> Answer? {
        timeline.draw { random in
            if random.happens(scenario.server.busy) {
                let quiet = Duration.seconds(random.number(1...Int(ServerFaults.longestQuiet.components.seconds)))
                return .failure(.busy(status: random.happens(0.5) ? 429 : 503, quiet: quiet))
            }
            guard random.happens(scenario.server.failing) else { return nil }
            switch random.number(0...5) {
            case 0: return .silence
            case 1: return .failure(.status(500))
            case 2: return .failure(.connection("reset"))
            case 3: return .body(Array("<html>".utf8))
            case 4: return .body(Array(#"{"task_id":"another","status":"SUCCESS"}"#.utf8))
            default: return .failure(.tooLarge(limit: 1 << 22))
            }
        }
    }
}
