import CPostgres

/// The warnings that the server sent since it was last asked. libpq calls back on the thread of the connection only.
final class NoticeLog {
    private(set) var warnings: [ServerError] = []

    func clear() { warnings = [] }

    /// Takes what `connection` sends from now on. This object must outlive the connection.
    func listen(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { log, notice in
                guard let log, let notice else { return }
                Unmanaged<NoticeLog>.fromOpaque(log).takeUnretainedValue().note(notice)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func note(_ notice: OpaquePointer) {
        guard DiagnosticField.severity.text(of: notice) == "WARNING" else { return }
        warnings.append(
            ServerError(
                state: SQLState(DiagnosticField.sqlState.text(of: notice) ?? ""),
                message: DiagnosticField.message.text(of: notice) ?? "no message",
                constraint: nil,
                endsConnection: false
            )
        )
    }
}
