import Synchronization

/// Makes the ids in `X-Request-Id`: unique among all runs of all instances, cheap, and taken from nothing that was sent.
final class RequestIDs: Sendable {
    private let prefix: String
    private let last = Atomic<UInt64>(0)

    init(using generator: inout some RandomNumberGenerator) {
        let run = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
        prefix = String(repeating: "0", count: 16 - run.count) + run + "-"
    }

    func next() -> String {
        prefix + String(last.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    }
}
