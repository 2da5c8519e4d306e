/// Gives the failed students of a session another attempt.
///
/// The grading server is asked first: perhaps it has succeeded since, and then the grade is taken and nothing begins anew.
package struct SessionRetry: Sendable {
    /// Questions under way at once; the pacer that all checks share bounds their rate.
    private static let concurrency = 4
    /// After so many questions in a row without an answer the grading server is down.
    private static let outageThreshold = 5

    let store: any Store
    let reconciler: Reconciler
    let maximumAttempts: Int
    let wallClock: WallClock

    /// - Parameter maximumAttempts: in all, the first one among them; 1 or more.
    package init(store: any Store, reconciler: Reconciler, maximumAttempts: Int, wallClock: WallClock = .system) {
        self.store = store
        self.reconciler = reconciler
        self.maximumAttempts = maximumAttempts
        self.wallClock = wallClock
    }

    /// `nil` when there is no such session.
    package func run(on session: SessionID) async throws(StoreError) -> [RetriedTask]? {
        guard let failed = try await store.failedTasks(of: session) else { return nil }
        let answers = try await ask(about: failed.map(\.task))
        let mayBegin = failed.map(\.task).filter { answers[$0] == .stillFailed }
        let begun = try await store.retry(mayBegin, maximumAttempts: maximumAttempts, at: wallClock.now())
        return failed.map { snapshot in
            let attempt = begun[snapshot.task]
            return RetriedTask(
                task: snapshot.task,
                student: snapshot.student,
                studentName: snapshot.studentName,
                attempt: attempt ?? snapshot.attempt,
                outcome: outcome(of: snapshot, answers[snapshot.task] ?? .unanswered, hasBegun: attempt != nil)
            )
        }
    }

    private enum Answer: Sendable {
        case stillFailed
        case ended
        case unanswered
    }

    private func outcome(of snapshot: TaskSnapshot, _ answer: Answer, hasBegun: Bool) -> RetriedTask.Outcome {
        switch answer {
        case .ended: .recovered
        case .unanswered: .unanswered
        case .stillFailed where hasBegun: .retried
        // Somebody else may have begun it, or a callback have ended it, in the meantime.
        case .stillFailed: snapshot.attempt >= maximumAttempts ? .exhausted : .overtaken
        }
    }

    private func ask(about tasks: [TaskID]) async throws(StoreError) -> [TaskID: Answer] {
        var answers: [TaskID: Answer] = [:]
        var unansweredInARow = 0
        var rest = tasks[...]
        while !rest.isEmpty, unansweredInARow < Self.outageThreshold {
            let group = rest.prefix(Self.concurrency)
            rest = rest.dropFirst(Self.concurrency)
            for (task, result) in await check(Array(group)) {
                let answer = Self.answer(in: try result.get())
                answers[task] = answer
                unansweredInARow = answer == .unanswered ? unansweredInARow + 1 : 0
            }
        }
        return answers
    }

    private func check(_ tasks: [TaskID]) async -> [(TaskID, Result<CheckOutcome, StoreError>)] {
        await withTaskGroup(of: (TaskID, Result<CheckOutcome, StoreError>).self) { group in
            for task in tasks {
                group.addTask {
                    do throws(StoreError) {
                        return (task, .success(try await reconciler.check(task)))
                    } catch {
                        return (task, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Who was not answered for lack of a grading server keeps the failure: beginning anew could grade twice what has succeeded.
    private static func answer(in outcome: CheckOutcome) -> Answer {
        switch outcome {
        case .checked(let finding): finding.status == .failed ? .stillFailed : .ended
        case .settled: .ended
        case .failed(let status, _, let isOutage): isOutage ? .unanswered : status == .failed ? .stillFailed : .ended
        case .leasedElsewhere, .noSuchTask: .unanswered
        }
    }
}

/// What became of one failed student's task.
package struct RetriedTask: Sendable, Equatable {
    /// The raw value is the word in the API's answer.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Back at PENDING, as a new attempt.
        case retried
        /// The grading server has a result, or the task has ended otherwise: nothing to begin.
        case recovered
        /// It had as many attempts as are allowed.
        case exhausted
        /// The grading server could not be asked: still FAILED, try again.
        case unanswered
        /// Somebody else was faster.
        case overtaken
    }

    package let task: TaskID
    package let student: StudentRowID
    package let studentName: String
    /// The one that stands now, from 1.
    package let attempt: Int
    package let outcome: Outcome
}
