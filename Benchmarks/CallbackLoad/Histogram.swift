/// Counts latencies in buckets whose width grows with the value: 64 to each power of two, so no figure is off by more than 1.6 %.
struct Histogram: Sendable, Equatable {
    private static let bucketsPerOctave = 64
    /// Up to 2^36 microseconds: 19 hours.
    private static let octaves = 30

    private var buckets = [Int](repeating: 0, count: Self.bucketsPerOctave * (Self.octaves + 1))
    private(set) var count = 0

    /// - Parameter microseconds: negative counts as 0, beyond the range as the largest.
    mutating func record(microseconds: Int64) {
        buckets[Self.bucket(of: microseconds)] += 1
        count += 1
    }

    mutating func merge(_ other: Histogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
    }

    /// The value that this share of all values does not exceed, in microseconds, as the middle of its bucket; 0 when empty.
    /// - Parameter share: 0 to 1.
    func quantile(_ share: Double) -> Double {
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (index, number) in buckets.enumerated() {
            seen += number
            if seen >= rank { return Self.middle(of: index) }
        }
        return 0
    }

    /// Below 64 a bucket for each value; above, 64 for each octave [2^n, 2^(n+1)).
    private static func bucket(of microseconds: Int64) -> Int {
        let value = Int(max(0, microseconds))
        guard value >= bucketsPerOctave else { return value }
        let shift = (Int.bitWidth - value.leadingZeroBitCount) - 7
        guard shift < octaves else { return bucketsPerOctave * (octaves + 1) - 1 }
        return bucketsPerOctave * (shift + 1) + (value >> shift) - bucketsPerOctave
    }

    private static func middle(of bucket: Int) -> Double {
        guard bucket >= bucketsPerOctave else { return Double(bucket) }
        let shift = bucket / bucketsPerOctave - 1
        let low = (bucket % bucketsPerOctave + bucketsPerOctave) << shift
        return Double(low) + Double(1 << shift) / 2 - 0.5
    }
}
