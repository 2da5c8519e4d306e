/// The graces of one sweep: learns what it needs to know of each session that it meets, once.
struct SweepGraces: Sendable {
    private let policy: AdaptiveGrace
    private let store: any Store
    private let ledger: GraceLedger
    private var overall: AdaptiveGrace.Estimate?
    private var sessions: [SessionID: AdaptiveGrace.Estimate] = [:]
    private var met: Set<SessionID> = []

    init(policy: AdaptiveGrace, store: any Store, ledger: GraceLedger) {
        self.policy = policy
        self.store = store
        self.ledger = ledger
    }

    /// Of tasks that were claimed, those that may be asked about; the others are put off, and their leases are over.
    mutating func sift(_ tasks: [ClaimedTask], at now: Timestamp) async throws(StoreError) -> [ClaimedTask] {
        guard policy.isOn, !tasks.isEmpty else { return tasks }
        try await meet(tasks)
        var due: [ClaimedTask] = []
        var early: [TaskPutOff] = []
        for task in tasks {
            let estimate = task.session.flatMap { sessions[$0] } ?? overall
            if let end = policy.putsOff(task, expecting: estimate, at: now) {
                early.append(TaskPutOff(task, until: end))
            } else {
                due.append(task)
            }
        }
        if !early.isEmpty {
            try await store.putOff(early)
            ledger.notePutOff(early.count)
        }
        return due
    }

    private mutating func meet(_ tasks: [ClaimedTask]) async throws(StoreError) {
        let new = Set(tasks.compactMap(\.session)).subtracting(met)
        guard !new.isEmpty else { return }
        met.formUnion(new)
        let observed = try await store.durations(of: new.sorted())
        overall = policy.estimate(from: observed.overall)
        for session in new {
            sessions[session] = policy.estimate(from: observed.bySession[session] ?? [])
        }
        ledger.note(overall: overall, sessions: sessions)
    }
}
