/// The one line of JSON that a run prints.
struct LoadSummary {
    let connections: Int
    /// Measured, without the warm-up.
    let seconds: Double
    let tally: LoadTally

    var json: String {
        let callbacks = tally.latencies.count
        let statuses = tally.statuses.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }
        return "{"
            + [
                #""connections":\#(connections)"#,
                #""seconds":\#(rounded(seconds))"#,
                #""callbacks":\#(callbacks)"#,
                #""perSecond":\#(rounded(seconds > 0 ? Double(callbacks) / seconds : 0))"#,
                #""p50Ms":\#(rounded(tally.latencies.quantile(0.5) / 1_000))"#,
                #""p99Ms":\#(rounded(tally.latencies.quantile(0.99) / 1_000))"#,
                #""statuses":{\#(statuses.joined(separator: ","))}"#,
            ].joined(separator: ",") + "}"
    }

    private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}
