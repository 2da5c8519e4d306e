/// What came back, of one connection or of all.
struct LoadTally: Sendable {
    /// Answers by status, those of the warm-up included. 0: the connection broke before the answer.
    private(set) var statuses: [Int: Int] = [:]
    /// Latencies of the measured answers.
    private(set) var latencies = Histogram()

    mutating func count(_ status: Int) {
        statuses[status, default: 0] += 1
    }

    mutating func record(microseconds: Int64) {
        latencies.record(microseconds: microseconds)
    }

    mutating func merge(_ other: LoadTally) {
        statuses.merge(other.statuses, uniquingKeysWith: +)
        latencies.merge(other.latencies)
    }

    var isAllSuccess: Bool { statuses.keys.allSatisfy { (200..<300).contains($0) } }
}
