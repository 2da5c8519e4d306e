import CPostgres
import Glibc

/// One connection of libpq. Not Sendable: it is made, used and ended on the thread of the ``PostgresConnection`` that owns it.
///
/// It stays in pipeline mode: several statements go out at once and their answers come back in order, so that a transaction
/// costs as few round trips as it has decisions to take.
final class Session {
    let connection: OpaquePointer
    let notices = NoticeLog()
    /// Whether a pooler such as pgbouncer stands in between.
    private(set) var hasMetPooler = false
    /// Whether the server has taken our settings at the start.
    let hasSettings: Bool
    /// Whether nothing may be left in the session, neither prepared statements nor settings nor LISTEN: a pooler may give every
    /// transaction another server connection. True too where the settings were not taken, so that each transaction has them.
    var isPooled = false
    /// What a transaction has to ask for itself when the session cannot keep it.
    private let settings: Statement
    /// Names of statements that this connection has prepared.
    var prepared: Set<String> = []
    /// Whether it has been told to LISTEN.
    var isListening = false
    /// Set when an answer is still owed: whoever used this connection next would read it.
    var isOutOfStep = false

    /// Connects, trying the hosts of the URL in turn. Blocks for at most ``ConnectionOptions``' timeout for each, and then until
    /// the deadline: a pooler lets us in before it has a server connection for us.
    ///
    /// - Parameter withSettings: whether to try with our settings first.
    init(
        _ options: ConnectionOptions,
        _ role: ConnectionRole,
        withSettings: Bool,
        until deadline: Deadline
    ) throws(PostgresError) {
        settings = SessionSettings(role).local
        (connection, hasSettings) = try Self.connect(options, role, withSettings: withSettings)
        notices.listen(to: connection)
        PQsetnonblocking(connection, 1)
        PQenterPipelineMode(connection)
        hasMetPooler = try meetsPooler(until: deadline)
        isPooled = hasMetPooler || !hasSettings
        // A pooler's connection is somebody else's after each transaction: it is left as it is.
        if role == .writer, !isPooled { _ = try run([Self.fastCompression()], until: deadline) }
    }

    deinit {
        PQfinish(connection)
    }

    /// Whether it can serve the next user: connected, in no transaction, no answer owed.
    var isReusable: Bool {
        !isOutOfStep && PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    var isConnected: Bool { PQstatus(connection) == CONNECTION_OK }

    /// libpq's own words about what went wrong; they name hosts and users, never the password.
    var errorMessage: String { Self.message(of: connection) }

    /// The server's version as a number: 150018 is 15.18.
    var serverVersion: Int { Int(PQserverVersion(connection)) }

    /// What stands at the head of every transaction.
    var opening: [Query] { isPooled ? [Statement.begin(), settings()] : [Statement.begin()] }

    /// The process id in the startup's key is the pooler's invention, where there is one.
    private func meetsPooler(until deadline: Deadline) throws(PostgresError) -> Bool {
        let pid = try run([Self.backendPID()], until: deadline).first?.first?.integer(0)
        return pid.map { $0 != Int(PQbackendPID(connection)) } ?? true
    }

    private static let backendPID = Statement("", "SELECT pg_backend_pid()")

    /// Results of some kilobytes are compressed as they are written: with LZ4, which costs less, where the server has it (manual,
    /// 20.11.1). Each value tells how it was compressed, so that readers notice nothing.
    private static let fastCompression = Statement(
        "",
        """
        SELECT set_config(name, 'lz4', false) FROM pg_settings
        WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
        """
    )
}

// MARK: Connecting

extension Session {
    private static func connect(
        _ options: ConnectionOptions,
        _ role: ConnectionRole,
        withSettings: Bool
    ) throws(PostgresError) -> (connection: OpaquePointer, hasSettings: Bool) {
        let settings = withSettings ? SessionSettings(role).startupOptions : nil
        let connection = try start(options.keywords(for: role, settings: settings))
        if PQstatus(connection) == CONNECTION_OK { return (connection, withSettings) }
        let message = message(of: connection)
        PQfinish(connection)
        // pgbouncer takes no options at startup unless it is told to ignore them; every transaction will set them itself.
        if withSettings, message.contains("unsupported startup parameter") {
            return try connect(options, role, withSettings: false)
        }
        throw .connection(message)
    }

    private static func start(_ keywords: [(keyword: String, value: String)]) throws(PostgresError) -> OpaquePointer {
        let names = CStrings(keywords.map(\.keyword))
        let values = CStrings(keywords.map(\.value))
        // 1: expand the URL that stands as `dbname`.
        guard let connection = PQconnectdbParams(names.pointers, values.pointers, 1) else {
            throw .connection("no memory for a connection")
        }
        return connection
    }

    private static func message(of connection: OpaquePointer) -> String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

/// A null-terminated array of C strings, freed with this object.
private final class CStrings {
    private let storage: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    var pointers: UnsafePointer<UnsafePointer<CChar>?>? { UnsafePointer(storage.baseAddress) }

    init(_ strings: [String]) {
        storage = .allocate(capacity: strings.count + 1)
        storage.initialize(repeating: nil)
        for (index, string) in strings.enumerated() { storage[index] = UnsafePointer(strdup(string)) }
    }

    deinit {
        for string in storage { free(UnsafeMutableRawPointer(mutating: string)) }
        storage.deallocate()
    }
}
