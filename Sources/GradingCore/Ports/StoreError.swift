/// Why a store could not do what was asked. No case carries a secret, a path or a statement's values.
package enum StoreError: Error, Sendable, Equatable {
    /// The database cannot serve now: down, full, read-only, busy past its deadline. Nothing was written; try again later.
    case unavailable(String)
    /// Somebody else holds the rows of these tasks, and has held them for long. Nothing was written; the rest of the batch
    /// can be committed at once.
    case busy(Set<TaskID>)
    /// The commit was sent and its fate is unknown. Never to be acknowledged; the sender's retry settles it.
    case commitUnknown(String)
    /// The database refused this very data; trying again will not help. Nothing was written.
    case rejected(String)
    /// The database's schema is not one that this binary can serve; the operator must act.
    case incompatibleSchema(String)
}
