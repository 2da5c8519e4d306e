import GradingCore

extension Transaction {
    /// For the trace; without the ids of rows.
    var line: String {
        switch operation {
        case .apply(let batch, let outcomes):
            let reports = zip(batch, outcomes).map { report, outcome in
                let name = report.provenance.delivery?.id ?? report.provenance.source.rawValue
                let status = outcome.status?.rawValue ?? "-"
                return "\(name) \(report.task) \(report.word): \(outcome.disposition.rawValue), \(status)"
            }
            return "apply [\(reports.joined(separator: "; "))]"
        case .register(let outcome): return "register: \(outcome)"
        case .claim(let request, let claimed):
            return "claim by \(request.owner): \(claimed.map(\.task.rawValue).joined(separator: " "))"
        case .endChecks(let claims):
            let ends = claims.map { claim in
                let next = after.task(claim.task)?.nextCheckAt.map { "\(ProcessState.epoch.duration(to: $0))" } ?? "never"
                return "\(claim.task) by \(claim.owner), next at \(next)"
            }
            return "ends of checks: \(ends.joined(separator: "; "))"
        case .retry(let begun):
            return "retry: \(begun.sorted { $0.key < $1.key }.map { "\($0.key) as \($0.value)" }.joined(separator: ", "))"
        case .rollUpSessions: return "roll up"
        case .webApp: return "the web app writes"
        case .other(let name): return name
        }
    }
}
