/// Why a connection was refused before any route saw the request. It is closed after the answer.
enum Refusal: Error, Sendable, Hashable, CaseIterable {
    /// Not HTTP/1.1 as RFC 9112 has it.
    case malformed
    /// More header bytes or fields than allowed.
    case headersTooLarge
    /// No `Host` in an HTTP/1.1 request, or two of them (RFC 9112, section 3.2).
    case badHost
    /// A `Transfer-Encoding` that is not exactly `chunked`.
    case badTransferEncoding
    /// An `Expect` other than `100-continue` (RFC 9110, section 10.1.1).
    case badExpectation
    /// A body over the limit.
    case bodyTooLarge
    /// The request did not arrive in time.
    case tooSlow
}
