import NIOCore
import Synchronization

/// The requests of a run, handed to whichever connection is free.
final class RequestSource: Sendable {
    private let requests: [ByteBuffer]
    private let taken = Atomic<Int>(0)

    init(_ requests: [ByteBuffer]) {
        self.requests = requests
    }

    /// `nil` when all are taken.
    func next() -> ByteBuffer? {
        let index = taken.add(1, ordering: .relaxed).oldValue
        return index < requests.count ? requests[index] : nil
    }
}
