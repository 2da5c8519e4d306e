import GradingCore

/// What a drill found.
struct DrillReport: JSONReport {
    struct Exercise: Encodable {
        let name: String
        let passed: Bool
        let recoverySeconds: Double?
        let detail: String
    }

    let passed: Bool
    let exercises: [Exercise]

    init(_ results: [Drill.Result]) {
        passed = results.allSatisfy(\.isPassed)
        exercises = results.map { result in
            Exercise(
                name: result.name,
                passed: result.isPassed,
                recoverySeconds: result.recovery.map { ($0.inSeconds * 1_000).rounded() / 1_000 },
                detail: result.detail
            )
        }
    }

    var text: String { exercises.map(\.line).joined(separator: "\n") }
}

extension DrillReport.Exercise {
    var line: String {
        let verdict = passed ? "pass" : "FAIL"
        let recovery = recoverySeconds.map { "right after \($0) s" } ?? "not right in time"
        return "\(verdict)  \(name): \(recovery); \(detail)"
    }
}
