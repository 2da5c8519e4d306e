import GradingCore
import HTTPTypes

/// Registering tasks, and asking the grading server about one.
struct TaskRoutes: Sendable {
    let store: any Store
    let reconciler: Reconciler
    let gatekeeper: Gatekeeper
    let access: Access
    let limits: RateLimits
    let wallClock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint("/api/tasks", .post, handler: gatekeeper.guarding(access.operator) { try await register($0) }),
            Endpoint(
                "/api/tasks/{taskId}/check",
                .get,
                .post,
                handler: gatekeeper.guarding(access.operator, limit: limits.manual) { try await check($0) }
            ),
        ]
    }

    // MARK: Register

    /// All or nothing; the same call again changes nothing.
    private func register(_ request: APIRequest) async throws -> APIResponse {
        let batch = try RegistrationBatch(request.strictJSON([RegistrationEntry].self))
        let outcome = try await store.register(batch.tasks, at: wallClock.now())
        switch outcome {
        case .taskTaken(let task):
            throw Problem(.conflict, "Another student holds the task id \(task). Nothing was registered.")
        case .refused(let refusal): throw Problem(refusal)
        case .registered(let new, let unchanged):
            let applied = try await reconciler.applyParked()
            return .json([
                "registered": .integer(new),
                "unchanged": .integer(unchanged + batch.repeated),
                "appliedParked": .integer(applied),
            ])
        }
    }

    // MARK: Check

    private func check(_ request: APIRequest) async throws -> APIResponse {
        let task = try request.taskID()
        let outcome = try await reconciler.check(task)
        guard let result = result(of: outcome, task: task) else { throw Problem.noSuchTask }
        return .json([
            "message": "Task status checked",
            "timestamp": .string(wallClock.now().iso8601),
            "result": result,
        ])
    }

    /// `nil` when there is no such task.
    private func result(of outcome: CheckOutcome, task: TaskID) -> JSONValue? {
        func result(_ status: TaskStatus, updated: Bool = false) -> JSONValue {
            [
                "taskId": .string(task.rawValue), "status": .string(status.rawValue), "updated": .bool(updated),
            ]
        }
        switch outcome {
        case .checked(let finding):
            return result(finding.status, updated: finding.updated)
                .adding("askedBy", .string(finding.askedBy.rawValue))
                .adding(finding.learned)
        case .failed(let status, let reason, _): return result(status).adding("error", .string(reason))
        case .settled(let status, let learned):
            return result(status).adding(learned).adding("note", "already settled, not asked again")
        case .leasedElsewhere(let status): return result(status).adding("note", "another check is under way")
        case .noSuchTask: return nil
        }
    }
}

extension JSONValue {
    fileprivate func adding(_ learned: Learned?) -> JSONValue {
        adding("learnedVia", JSONValue(learned?.via.rawValue)).adding("secondsLate", JSONValue(learned?.lateness?.inSeconds))
    }
}
