/// Why a report has no outcome. It may be submitted again: the same report applied twice has one effect.
package enum CommitError: Error, Sendable, Equatable {
    /// The queue is full: nothing was taken in, try again later.
    case full
    /// The server is shutting down: nothing was written.
    case draining
    case store(StoreError)
}
