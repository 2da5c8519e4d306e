import GradingCore

extension RefusedCallback {
    static func fake(
        _ reason: RefusalReason = .wrongKey,
        from sender: String = "192.0.2.1",
        at second: Int64 = 0,
        bytes: Int = 2
    ) -> RefusedCallback {
        RefusedCallback(
            reason,
            receivedAt: Timestamp(milliseconds: second * 1_000),
            sender: sender,
            headers: SignatureHeaders([]),
            body: Array(repeating: 0x7B, count: bytes)
        )
    }
}
