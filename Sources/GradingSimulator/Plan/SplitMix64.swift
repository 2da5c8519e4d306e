import GradingCore

/// A small generator with a seed: the same seed gives the same numbers, on every machine and at every run.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Not for secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A generator of its own for each name, so that one task's draws never move another's.
    /// - Parameter name: what is drawn, and for whom: `plan/4b8ab882`, say.
    package init(seed: UInt64, name: String) {
        // FNV-1a: Swift's own hashes change from run to run.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        var mixer = SplitMix64(seed: hash)
        state = mixer.next() ^ seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension SplitMix64 {
    /// Whether an event of this probability (0 to 1) happens.
    mutating func happens(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < share
    }

    /// A duration in whole milliseconds.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        .milliseconds(Int64.random(in: range.lowerBound.milliseconds...range.upperBound.milliseconds, using: &self))
    }

    /// `length` lower-case hexadecimal digits.
    mutating func hexadecimal(_ length: Int) -> String {
        let digits = Array("0123456789abcdef")
        return String((0..<length).map { _ in digits[Int(next() >> 60)] })
    }

    /// A text in the form of a version 4 UUID (RFC 9562), as Celery names its tasks.
    mutating func uuid() -> String {
        let variant = ["8", "9", "a", "b"][Int(next() >> 62)]
        return [hexadecimal(8), hexadecimal(4), "4" + hexadecimal(3), variant + hexadecimal(3), hexadecimal(12)]
            .joined(separator: "-")
    }
}
