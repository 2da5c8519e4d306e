import GradingCore

extension CommitPlan {
    /// What the plan writes, apart from the roll-up of the sessions: never nothing.
    ///
    /// - Parameters:
    ///   - recorded: the tasks that have a row of the monitor's.
    ///   - locked: of the rows that the plan writes.
    func queries(
        _ statements: ApplyStatements,
        recorded: Set<TaskID>,
        locked: LockedRows,
        noting keys: [String],
        at now: Timestamp
    ) -> [Query] {
        let writes =
            deliveryQueries(statements, at: now) + taskQueries(statements, recorded, locked, at: now)
            + logAndChangeQueries(statements, locked, at: now)
        // Apart from the rest: that a key was noted before leaves them nothing to write.
        return keyQueries(keys, statements, at: now) + writes + (isSureToWrite ? [] : [Self.barrier()])
    }

    /// Other rows may be gone by now: a delivery that was pruned since it was read, the session of a former task.
    private var isSureToWrite: Bool {
        !tasks.isEmpty
            || deliveries.contains {
                switch $0 {
                case .remember, .park: true
                case .settle, .markConflict: false
                }
            }
    }

    /// A batch of nothing but duplicates is acknowledged too, so it has to wait for the standby as well: the commit that it
    /// repeats may be visible here without having reached it. A commit that writes nothing waits for nobody.
    private static let barrier = Statement("barrier", "SELECT pg_logical_emit_message(true, 'grading-monitor', '')")

    // MARK: Deliveries

    /// In the order of their ids, so that two instances which remember the same ones wait for each other one way only.
    private func deliveryQueries(_ statements: ApplyStatements, at now: Timestamp) -> [Query] {
        var new: [NewDelivery] = []
        var settled: [(id: String, disposition: Disposition)] = []
        var conflicts: [String] = []
        for write in deliveries {
            switch write {
            case .remember(let delivery, let task, let disposition):
                new.append(NewDelivery(delivery: delivery, task: task, disposition: disposition, report: nil))
            case .park(let delivery, let report):
                new.append(NewDelivery(delivery: delivery, task: report.task, disposition: .parked, report: report.encoded()))
            case .settle(let id, let disposition): settled.append((id, disposition))
            case .markConflict(let id): conflicts.append(id)
            }
        }
        new.sort { $0.delivery.id < $1.delivery.id }
        settled.sort { $0.id < $1.id }
        return [
            new.isEmpty ? nil : statements.insertDeliveries(new, at: now),
            settled.isEmpty
                ? nil : statements.settleDeliveries(.texts(settled.map(\.id)), .texts(settled.map(\.disposition.rawValue))),
            conflicts.isEmpty ? nil : statements.markConflicts(.texts(conflicts.sorted())),
        ].compactMap(\.self)
    }

    // MARK: Tasks

    private func taskQueries(
        _ statements: ApplyStatements,
        _ recorded: Set<TaskID>,
        _ locked: LockedRows,
        at now: Timestamp
    ) -> [Query] {
        let sorted = tasks.sorted { $0.state.task < $1.state.task }
        let moved = sorted.filter { $0.move != nil }
        let (updated, new) = (
            sorted.filter { recorded.contains($0.state.task) }, sorted.filter { !recorded.contains($0.state.task) }
        )
        return [
            moved.isEmpty ? nil : statements.updateStudents(moved, locked, at: now),
            updated.isEmpty ? nil : statements.writeTasks(statements.updateTasks, updated),
            new.isEmpty ? nil : statements.writeTasks(statements.insertTasks, new),
        ].compactMap(\.self) + statements.parts.replace(moved, at: now)
    }

    // MARK: Logs, changes, keys

    private func logAndChangeQueries(_ statements: ApplyStatements, _ locked: LockedRows, at now: Timestamp) -> [Query] {
        statements.insertLogs(logs + replacementLogs, locked, at: now)
            + (changes.isEmpty ? [] : [statements.insertChanges(changes, at: now)])
    }

    /// Of the results that are stored with U+FFFD for U+0000: once for each, as they are stored.
    private var replacementLogs: [LogWrite] {
        tasks.filter { $0.move?.result?.raw.hasNullEscape == true }.map { task in
            LogWrite(
                session: task.state.session,
                student: task.state.student,
                level: .warning,
                message: "Task \(task.state.task): the result holds U+0000, which jsonb cannot keep; U+FFFD stands for it",
                source: task.state.learnedVia ?? .callback
            )
        }
    }

    private func keyQueries(_ keys: [String], _ statements: ApplyStatements, at now: Timestamp) -> [Query] {
        guard !keys.isEmpty else { return [] }
        return [
            statements.insertKeys(.texts(keys), .timestamp(now)), statements.updateKeys(.texts(keys), .timestamp(now)),
        ]
    }
}

/// A row for the ledger.
private struct NewDelivery {
    let delivery: Delivery
    let task: TaskID
    let disposition: Disposition
    let report: [UInt8]?
}

// MARK: Batches as arrays

extension ApplyStatements {
    fileprivate func insertDeliveries(_ new: [NewDelivery], at now: Timestamp) -> Query {
        insertDeliveries(
            .texts(new.map(\.delivery.id)),
            .byteArrays(new.map(\.delivery.bodyHash)),
            .texts(new.map(\.task.rawValue)),
            .texts(new.map(\.delivery.keyID)),
            .texts(new.map(\.disposition.rawValue)),
            .byteArrays(new.map(\.report)),
            .timestamp(now)
        )
    }

    fileprivate func updateStudents(_ tasks: [TaskWrite], _ locked: LockedRows, at now: Timestamp) -> Query {
        let results = tasks.map { $0.move?.result }
        return updateStudents(
            .texts(tasks.map(\.state.student.rawValue)),
            .texts(tasks.map(\.state.status.rawValue)),
            .timestamps(tasks.map(\.state.gradedAt)),
            .doubles(results.map { $0?.totalScore }),
            .doubles(results.map { $0?.maxScore }),
            .doubles(results.map { $0?.percentage }),
            .jsonTexts(results.map { $0?.raw }),
            .timestamp(now),
            .texts(tasks.map { $0.move?.word }),
            .places(tasks.map { locked.place(of: $0.state.student) })
        )
    }

    fileprivate func writeTasks(_ statement: Statement, _ tasks: [TaskWrite]) -> Query {
        statement(
            .texts(tasks.map(\.state.task.rawValue)),
            .texts(tasks.map(\.state.student.rawValue)),
            .timestamps(tasks.map(\.state.lastSignalAt)),
            .timestamps(tasks.map(\.state.firstProcessingAt)),
            .texts(tasks.map(\.state.learnedVia?.rawValue)),
            .byteArrays(tasks.map(\.state.resultHash)),
            .integers(tasks.map(\.state.reportedAttempt)),
            .flags(tasks.map { $0.move != nil }),
            .flags(tasks.map { $0.move?.needsReview ?? false }),
            .texts(tasks.map { $0.move?.error }),
            .timestamps(tasks.map(\.nextCheckAt))
        )
    }

    /// The session of a former task is not locked, and may be gone by now: then nothing is written.
    fileprivate func insertLogs(_ logs: [LogWrite], _ locked: LockedRows, at now: Timestamp) -> [Query] {
        let owned = logs.filter { locked.owner(of: $0.session) != nil }
        let others = logs.filter { locked.owner(of: $0.session) == nil }
        let owners = Parameter.texts(owned.map { locked.owner(of: $0.session) })
        return (owned.isEmpty ? [] : [Query(statement: insertOwnedLogs, parameters: Self.columns(of: owned, at: now) + [owners])])
            + (others.isEmpty ? [] : [insertLogs(others, at: now)])
    }

    func insertLogs(_ logs: [LogWrite], at now: Timestamp) -> Query {
        Query(statement: insertLogs, parameters: Self.columns(of: logs, at: now))
    }

    private static func columns(of logs: [LogWrite], at now: Timestamp) -> [Parameter] {
        var ids = RowIDSequence(at: now)
        return [
            .texts(logs.map { _ in ids.next() }),
            .texts(logs.map(\.level.rawValue)),
            .texts(logs.map(\.message)),
            .texts(logs.map(\.source.logContext)),
            .texts(logs.map(\.student.rawValue)),
            .texts(logs.map(\.session.rawValue)),
            .timestamp(now),
        ]
    }

    func insertChanges(_ changes: [TaskChange], at now: Timestamp) -> Query {
        insertChanges(
            .texts(changes.map(\.task.rawValue)),
            .texts(changes.map(\.student.rawValue)),
            .texts(changes.map(\.session.rawValue)),
            .texts(changes.map(\.from.rawValue)),
            .texts(changes.map(\.to.rawValue)),
            .texts(changes.map(\.source.rawValue)),
            .timestamp(now)
        )
    }
}
