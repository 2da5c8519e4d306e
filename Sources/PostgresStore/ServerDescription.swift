import GradingCore
import Logging

/// What was found on the server at the start: one line for the log, and a warning where an acknowledged grade would not be safe.
struct ServerDescription: Sendable {
    let layout: WebAppLayout
    let isPooled: Bool
    private let version: String
    private let unsafeSettings: [String]

    init(_ session: Session, layout: WebAppLayout, until deadline: Deadline) throws(PostgresError) {
        let settings = Statement(
            "",
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('full_page_writes')"
        )
        let row = try session.run([settings()], until: deadline)[0].first
        self.layout = layout
        isPooled = session.isPooled
        version = row?.text(0) ?? "unknown"
        unsafeSettings = [("fsync", row?.text(1)), ("full_page_writes", row?.text(2))].filter { $0.1 == "off" }.map(\.0)
    }

    func log(to logger: Logger) {
        logger.info("PostgreSQL found", metadata: ["version": "\(version)", "pooler": "\(isPooled)"])
        layout.database.log(to: logger)
        for setting in unsafeSettings {
            logger.warning(
                "The PostgreSQL server does not keep what it has committed when the power fails",
                metadata: ["setting": "\(setting)=off", "remedy": "switch it on in postgresql.conf"]
            )
        }
    }
}
