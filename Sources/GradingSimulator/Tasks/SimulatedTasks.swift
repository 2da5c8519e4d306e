import GradingCore

/// The tasks of one simulator and its counters.
actor SimulatedTasks {
    /// Why an upload was refused.
    enum UploadRefusal: Error, Equatable {
        /// The id is outside the grammar of task ids.
        case invalidID
        /// There are as many tasks as the configuration allows.
        case full
    }

    /// Every new task once, in the order of upload.
    nonisolated let uploads: AsyncStream<SimulatedTask>
    private let newTask: AsyncStream<SimulatedTask>.Continuation
    private let configuration: SimulatorConfiguration
    private let wallClock: WallClock
    private var tasks: [TaskID: SimulatedTask] = [:]
    private var idsMade = 0
    private var turns = 0
    private var counts: SimulatorStatistics

    init(configuration: SimulatorConfiguration, wallClock: WallClock) {
        self.configuration = configuration
        self.wallClock = wallClock
        counts = SimulatorStatistics(receivers: configuration.callbackURLs.count)
        // Unbounded, but for `maximumTasks`: a task waits here only until the runner takes it.
        (uploads, newTask) = AsyncStream.makeStream()
    }

    /// Takes a task in, or finds the one that has this id.
    /// - Parameter id: `nil` to make one.
    func upload(id: String?) throws(UploadRefusal) -> (task: SimulatedTask, isNew: Bool) {
        guard let id = TaskID(id ?? makeID()) else { throw .invalidID }
        if let known = tasks[id] { return (known, false) }
        guard tasks.count < configuration.maximumTasks else { throw .full }
        let plan = TaskPlan.draw(for: id.rawValue, configuration: configuration)
        let task = SimulatedTask(id: id, plan: plan, uploadedAt: wallClock.now())
        tasks[id] = task
        newTask.yield(task)
        return (task, true)
    }

    subscript(id: TaskID) -> SimulatedTask? { tasks[id] }

    func count(_ counter: any WritableKeyPath<SimulatorStatistics, Int> & Sendable, by number: Int = 1) {
        counts[keyPath: counter] += number
    }

    /// Counts a callback that a receiver took.
    func countTaken(by receiver: Int) {
        counts.taken[receiver] += 1
    }

    /// Which receiver a new callback begins at: one after the other, counted round and round from 0.
    func nextTurn() -> Int {
        defer { turns = (turns + 1) % configuration.callbackURLs.count }
        return turns
    }

    var statistics: SimulatorStatistics {
        let now = wallClock.now()
        var statistics = counts
        statistics.tasks = tasks.count
        for task in tasks.values where task.state(at: now).isEnded {
            statistics.ended += 1
            if task.plan.fails { statistics.failing += 1 }
        }
        return statistics
    }

    /// The n-th id made depends on the seed and on n only.
    private func makeID() -> String {
        idsMade += 1
        var random = SplitMix64(seed: configuration.seed, name: "id/\(idsMade)")
        return random.uuid()
    }
}
