/// What one connection may ask of the server before it is cut off.
package struct ConnectionLimits: Sendable, Equatable {
    /// How long a connection may stay open between two requests.
    package var idle: Duration = .seconds(60)
    /// How long one request may take to arrive, from its first byte to the last of its body. A drip of a byte per second
    /// outlives any idle timeout; it does not outlive this.
    package var wholeRequest: Duration = .seconds(30)
    /// How long a sender may leave its answers unread, once they no longer fit into the connection's buffers.
    package var unreadAnswer: Duration = .seconds(30)
    /// How long a refused sender is listened to before the connection is closed under it. Closing at once would let the
    /// kernel answer its next byte with a reset, which can take the refusal with it (RFC 9112, section 9.6).
    package var linger: Duration = .seconds(2)
    /// Request line and headers together, in bytes.
    package var headerBytes = 16 << 10
    /// Header fields, trailers included.
    package var headerFields = 100
    /// A body, in bytes.
    package var bodyBytes = 1 << 20

    package init() {}
}
