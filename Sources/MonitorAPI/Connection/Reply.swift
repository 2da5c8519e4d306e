import NIOCore

/// The way back to the connection that a request came on, from any thread. To be taken once.
struct Reply: Sendable {
    private let gate: NIOLoopBound<RequestGate>

    /// To be made on the gate's event loop.
    init(to gate: RequestGate, on eventLoop: any EventLoop) {
        self.gate = NIOLoopBound(gate, eventLoop: eventLoop)
    }

    /// - Parameter answer: called on the connection's event loop, if the sender is still there. What it throws becomes a problem
    ///   document.
    func send(_ answer: @escaping @Sendable () throws -> APIResponse) {
        if gate.eventLoop.inEventLoop {
            gate.value.answer(answer)
        } else {
            gate.eventLoop.execute { gate.value.answer(answer) }
        }
    }
}
