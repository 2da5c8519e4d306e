import GradingCore

extension RegistrationWrites {
    /// Writes everything but the roll-up, and returns what that has to write.
    func perform(
        in transaction: inout Transaction,
        _ statements: RegistrationStatements,
        _ applying: ApplyStatements,
        at now: Timestamp
    ) throws(PostgresError) -> SessionRollUps {
        let insertTasks = statements.insertTasks(tasks)
        let presence = applying.rollUp.presence(.texts(touchedSessions.map(\.rawValue)))
        let queries =
            studentQueries(statements, at: now) + applying.parts.clear(attempts.map(\.student), at: now)
            + (logs.isEmpty ? [] : [applying.insertLogs(logs, at: now)])
            + (changes.isEmpty ? [] : [applying.insertChanges(changes, at: now)])
        let results = try transaction.run(queries + [insertTasks, presence])
        // Another instance has registered one of them in the same moment: what was read is no longer so.
        guard results[queries.count].changedRows == tasks.count else { throw .overtaken }
        return SessionRollUps(results[queries.count + 1], applying.rollUp.words)
    }

    private func studentQueries(_ statements: RegistrationStatements, at now: Timestamp) -> [Query] {
        let former = attempts.filter { $0.formerTask != nil }
        return [
            students.isEmpty ? nil : statements.insertStudents(students, at: now),
            givenTasks.isEmpty
                ? nil
                : statements.giveTasks(
                    .texts(givenTasks.map(\.student.rawValue)),
                    .texts(givenTasks.map(\.task.rawValue)),
                    .timestamp(now)
                ),
            former.isEmpty
                ? nil
                : statements.rememberFormerTasks(
                    .texts(former.map { $0.formerTask?.rawValue }),
                    .texts(former.map(\.student.rawValue))
                ),
            attempts.isEmpty
                ? nil
                : statements.startAttempts(
                    .texts(attempts.map(\.student.rawValue)),
                    .texts(attempts.map(\.task.rawValue)),
                    .timestamp(now)
                ),
            attempts.isEmpty ? nil : statements.forgetResults?(.texts(attempts.map(\.student.rawValue))),
        ].compactMap(\.self)
    }
}

extension RegistrationStatements {
    fileprivate func insertStudents(_ students: [NewStudent], at now: Timestamp) -> Query {
        insertStudents(
            .texts(students.map(\.row.rawValue)),
            .texts(students.map(\.name)),
            .texts(students.map(\.studentID)),
            .texts(students.map(\.task.rawValue)),
            .texts(students.map(\.session.rawValue)),
            .timestamp(now)
        )
    }

    /// In the order of the task ids, so that two instances wait for each other one way only.
    fileprivate func insertTasks(_ tasks: [NewTask]) -> Query {
        let sorted = tasks.sorted { $0.task < $1.task }
        return insertTasks(
            .texts(sorted.map(\.task.rawValue)),
            .texts(sorted.map(\.student.rawValue)),
            .integers(sorted.map(\.attempt)),
            .integers(sorted.map(\.priority)),
            .timestamps(sorted.map(\.nextCheckAt))
        )
    }
}
