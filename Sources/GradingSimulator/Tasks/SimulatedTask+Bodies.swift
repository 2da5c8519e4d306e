package import GradingCore

/// What the simulator says about a task: pure functions, so that a copy has the bytes of its original.
extension SimulatedTask {
    /// The final callback's body, in the shape of the plan.
    package var finalBody: [UInt8] {
        switch plan.shape {
        case .envelope:
            let event: JSONValue = [
                "type": .text(plan.fails ? "grading.task.failed" : "grading.task.completed"),
                "timestamp": .text(endsAt.iso8601),
                "data": status(.null),
            ]
            return event.encoded
        case .progress where !plan.fails: return finalEvent.encoded
        case .status, .scored, .progress: return status(.null).encoded
        }
    }

    /// The body of one progress event. It names no task: its path does.
    package func progressBody(_ index: Int) -> [UInt8] {
        let event = ProgressEvent.all[index]
        let part = plan.grades.parts[event.part]
        let body: JSONValue = [
            "status": .text(event.word),
            "timestamp": .text(uploadedAt.advanced(by: plan.duration * event.moment).iso8601),
            "message": .text(event.message),
            "details": [
                "page_number": .integer(part.page), "part_id": .text(part.question), "score": .number(part.score),
                "feedback": .text(part.feedback),
            ],
        ]
        return body.encoded
    }

    /// What a forger would like to be believed.
    package var forgedBody: [UInt8] {
        let body: JSONValue = [
            "task_id": .text(id.rawValue), "status": "FAILED", "result": .null, "error": "Forged by nobody in particular",
        ]
        return body.encoded
    }

    /// The answer to a question about the task.
    package func statusBody(at now: Timestamp) -> [UInt8] {
        let state = state(at: now)
        guard !state.isEnded else { return status(.null).encoded }
        let body: JSONValue = [
            "task_id": .text(id.rawValue), "status": .text(state.rawValue), "result": .null, "error": .null,
            "progress": progress(at: now),
        ]
        return body.encoded
    }

    /// The status (shapes 2 and 3) of the task at its end.
    private func status(_ progress: JSONValue) -> JSONValue {
        [
            "task_id": .text(id.rawValue),
            "status": .text((plan.fails ? CeleryState.failure : .success).rawValue),
            "result": plan.fails ? .null : plan.shape == .scored ? plan.grades.scored : plan.grades.result,
            "error": plan.fails ? "Grading failed: the answer script could not be read" : .null,
            "progress": progress,
        ]
    }

    private func progress(at now: Timestamp) -> JSONValue {
        guard state(at: now) == .progress else { return .null }
        let elapsed = uploadedAt.duration(to: now)
        let reached = ProgressEvent.all.last { plan.duration * $0.moment <= elapsed }
        return [
            "current_step": .text(reached?.word ?? "PAGE_ANALYSIS_START"),
            "message": .text(reached?.message ?? "Reading the script"),
        ]
    }

    private var finalEvent: JSONValue {
        [
            "task_id": .text(id.rawValue), "status": "COMPLETED", "timestamp": .text(endsAt.iso8601),
            "message": "Grading completed", "details": ["results": plan.grades.results],
        ]
    }
}

extension GradeSheet {
    /// `{"1a":{"score":…,…},…}`
    fileprivate var results: JSONValue {
        .object(
            parts.map { part in
                let grade: JSONValue = [
                    "score": .number(part.score), "max_score": .integer(part.maxScore), "feedback": .text(part.feedback),
                    "page_source": .integer(part.page),
                ]
                return (name: part.question, value: grade)
            }
        )
    }

    /// The result of shape 2.
    fileprivate var result: JSONValue { ["status": "COMPLETED", "results": results] }

    /// The result of shape 3.
    fileprivate var scored: JSONValue {
        [
            "total_score": .number(totalScore), "max_score": .integer(maxScore),
            "feedback": .array(
                parts.map { part in
                    [
                        "question_id": .text(part.question), "score": .number(part.score), "max_score": .integer(part.maxScore),
                        "feedback": .text(part.feedback), "confidence": .number(0.9), "keywords": [],
                    ]
                }
            ),
        ]
    }
}
