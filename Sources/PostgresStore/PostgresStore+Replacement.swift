package import GradingCore

extension PostgresStore {
    package func replaceTask(
        _ task: TaskID,
        by new: TaskID,
        attempt: Int,
        source: ReportSource,
        at now: Timestamp
    ) async throws(StoreError) -> TaskReplacement {
        let (registering, applying, schedule) = (registering, applying, schedule)
        return try await write { (transaction) throws(PostgresError) in
            let former = Parameter.texts([task.rawValue])
            let ids = Parameter.texts([new.rawValue])
            let results = try transaction.run([
                applying.lockBearers(former), applying.records(former), Self.priority(.text(task.rawValue)),
                registering.holders(ids), registering.formerHolders(ids),
            ])
            let plan = ReplacementPlan(
                TaskState.all(results[0].rows.compactMap(TaskBearer.init), results[1].taskRecords)[task],
                attempt: attempt,
                by: new,
                priority: results[2].first?.integer(0),
                in: RegistrationState(holders: results[3], formerHolders: results[4]),
                source: source,
                at: now,
                schedule
            )
            guard plan.outcome == .replaced else { return plan.outcome }
            _ = try plan.writes.perform(in: &transaction, registering, applying, at: now)
            try transaction.commit()
            return plan.outcome
        }
    }

    static let priority = Statement(
        "priority",
        "SELECT priority FROM \(MonitorSchema.name).tasks WHERE task_id = $1"
    )
}
