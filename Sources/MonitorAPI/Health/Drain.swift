import Synchronization

/// Whether the server is on its way out. Set once.
final class Drain: Sendable {
    private let begun = Atomic<Bool>(false)

    var isUnderWay: Bool { begun.load(ordering: .acquiring) }

    func begin() { begun.store(true, ordering: .releasing) }
}
