/// For the operator's eyes and counters only: a sender learns nothing but 401.
package enum SignatureRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// No signature header of an enabled scheme, or its id or timestamp is not there.
    case missing
    /// A signature, id or timestamp header stands there twice.
    case doubled
    /// An id or timestamp outside its grammar, or no token that could be a signature.
    case malformed
    /// The timestamp is more than 300 s away, either way.
    case expired
    /// Well formed, and by none of our secrets.
    case mismatch
}
