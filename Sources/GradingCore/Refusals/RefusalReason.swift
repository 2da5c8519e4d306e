/// Why a callback was refused. For the operator's eyes and counters only: a sender learns nothing but the status.
package enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// No signature of an enabled scheme, or not all that belongs to it.
    case noSignature = "no-signature"
    /// A header of the signature stands there twice.
    case doubledHeader = "doubled-header"
    /// An id, timestamp or token outside its grammar.
    case malformedSignature = "malformed-signature"
    /// Well formed, and by no secret that we know.
    case wrongKey = "wrong-key"
    /// By a secret that is no longer valid. Found by a closer look at ``wrongKey`` and ``clockSkew``.
    case retiredKey = "retired-key"
    /// The timestamp is out of tolerance, the signature right.
    case clockSkew = "clock-skew"
    /// The timestamp is out of tolerance, and the signature is wrong as well. Found by a closer look at ``clockSkew``.
    case forgedTimestamp = "forged-timestamp"
    /// More bytes than are taken in.
    case bodyTooLarge = "body-too-large"
    case notUTF8 = "not-utf-8"
    /// A content type is named, and it is not JSON.
    case contentType = "content-type"
    case malformedJSON = "malformed-json"
    /// Sound JSON that is no report.
    case schema
    /// A task id outside its grammar.
    case badTaskID = "bad-task-id"
    /// Two task ids, in the path and in the body or twice in the body, that differ.
    case taskMismatch = "task-mismatch"

    /// Whether it takes a closer look, off the answer's path, to tell it from another.
    var isDiagnosed: Bool { self == .retiredKey || self == .forgedTimestamp }

    /// What the answer's path knows of a refused signature.
    package init(_ refusal: SignatureRefusal) {
        self =
            switch refusal {
            case .missing: .noSignature
            case .doubled: .doubledHeader
            case .malformed: .malformedSignature
            case .expired: .clockSkew
            case .mismatch: .wrongKey
            }
    }
}
