import Foundation
import GradingCore

@testable import PostgresStore

extension PostgresStore {
    private static let text = Parameter.text("a")
    private static let texts = Parameter.texts(["a"])
    private static let now = Parameter.timestamp(Timestamp(milliseconds: 0))
    private static let times = Parameter.timestamps([Timestamp(milliseconds: 0)])
    private static let number = Parameter.integer(10)
    private static let numbers = Parameter.integers([1])

    /// Every statement that a callback, a registration or a sweep runs, with values of the right types; which ones does not
    /// matter.
    var hotQueries: [Query] { callbackQueries + registrationQueries + sweepQueries + upkeepQueries + ledgerQueries }

    private var callbackQueries: [Query] {
        let (text, texts, now, times, numbers) = (Self.text, Self.texts, Self.now, Self.times, Self.numbers)
        let bytes = Parameter.byteArrays([[1]])
        let (doubles, flags, jsons) = (Parameter.doubles([1]), Parameter.flags([true]), Parameter.jsonTexts([[0x31]]))
        let places = Parameter.places([[0, 0, 0, 0, 0, 1]])
        return [
            applying.lockBearers(texts), applying.bearers(texts), applying.records(texts), applying.formerTasks(texts),
            applying.deliveries(texts),
            applying.sessionsOfTasks(texts), applying.freeSessions(texts), applying.freeStudents(texts),
            applying.insertDeliveries(texts, bytes, texts, texts, texts, bytes, now), applying.settleDeliveries(texts, texts),
            applying.markConflicts(texts),
            applying.updateStudents(texts, texts, times, doubles, doubles, doubles, jsons, now, texts, places),
            applying.insertOwnedLogs(texts, texts, texts, texts, texts, texts, now, texts),
            applying.updateTasks(texts, texts, times, times, texts, bytes, numbers, flags, flags, texts, times),
            applying.insertTasks(texts, texts, times, times, texts, bytes, numbers, flags, flags, texts, times),
            applying.insertLogs(texts, texts, texts, texts, texts, texts, now),
            applying.insertChanges(texts, texts, texts, texts, texts, texts, now),
            applying.insertKeys(texts, now), applying.updateKeys(texts, now),
            applying.rollUp.presence(texts), applying.rollUp.settle(texts, texts, texts, texts, texts, now),
            applying.rollUp.updateSessions(texts, texts, now),
            applying.rollUp.insertChanges(texts, texts, texts, now),
            Self.takeToken(text, text, Self.number, Self.number, Self.number),
        ] + [applying.rollUp.updateScores?(texts, now)].compactMap(\.self)
            + applying.parts.clear([StudentRowID("a")], at: Timestamp(milliseconds: 0))
    }

    private var registrationQueries: [Query] {
        let (text, texts, now, numbers) = (Self.text, Self.texts, Self.now, Self.numbers)
        return [
            registering.insertOwner(text, now), registering.insertSessions(texts, texts, texts, texts, numbers, now, text),
            registering.lockSessions(texts), registering.holders(texts), registering.formerHolders(texts),
            registering.waiting(texts, texts), registering.failed(texts, texts),
            registering.insertStudents(texts, texts, texts, texts, texts, now), registering.giveTasks(texts, texts, now),
            registering.rememberFormerTasks(texts, texts), registering.startAttempts(texts, texts, now),
            registering.insertTasks(texts, texts, numbers, numbers, Self.times),
        ]
    }

    private var sweepQueries: [Query] {
        let (text, texts, now, number) = (Self.text, Self.texts, Self.now, Self.number)
        return [
            layout.parked(number), layout.sessionsToRollUp(), layout.lockSessions(texts),
            layout.scheduleOpenTasks(now, .double(1), number), layout.claimDueTasks(now, number, text, now, .double(1)),
            layout.failedSince(now, number, number), Self.priority(text),
            layout.setTaskPriority(text, number), layout.setSessionPriority(text, number), layout.setOpenPriorities(text, number),
            layout.claimTask(text, text, text, now, now, now), layout.writtenAt(text),
            Self.recordAnswers(texts, texts, Self.times, Self.times, texts, Self.numbers, Self.numbers),
            Self.recordFailure(text, text, now, text, now, text), Self.releaseLeases(texts, texts), layout.openTasks(),
            layout.activeSessions(), layout.sessionDurations(texts, number), layout.recentDurations(number),
            Self.putOff(texts, texts, Self.times), Self.endings(now), Self.acquireLease(text, text, now, now),
            Self.endLease(text, text),
        ]
    }

    private var upkeepQueries: [Query] {
        [
            Self.touch(), Self.pruneDeliveries(Self.now, Self.now), Self.pruneChanges(Self.now), Self.latest(),
            Self.page(Self.number, Self.number), Self.pruneRefusals(Self.now), Self.forgetOldestRefusals(),
            Self.addToRefusals(Self.texts, Self.numbers),
        ]
    }

    private var ledgerQueries: [Query] {
        let (text, now, number) = (Self.text, Self.now, Self.number)
        let outcomes = [nil] + Disposition.allCases
        return outcomes.map { Self.deliveries($0)(now, text, number) }
            + outcomes.map { Self.deliveriesOfTask($0)(now, text, number, text) }
            + [Self.delivery(text), Self.refusals(now, text, text, number)]
    }
}

/// How PostgreSQL goes about one statement, whatever its values: the plan that the store's own connections use.
struct QueryPlan {
    let statement: String
    private let root: Node

    private struct Node: Decodable {
        let type: String
        let relation: String?
        let index: String?
        let condition: String?
        let parts: [Node]?

        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case relation = "Relation Name"
            case index = "Index Name"
            case condition = "Index Cond"
            case parts = "Plans"
        }
    }

    private struct Answer: Decodable {
        let plan: Node

        enum CodingKeys: String, CodingKey {
            case plan = "Plan"
        }
    }

    /// Indexes that a statement may read without a condition: they hold what is open or parked and not what was, or a limit
    /// ends the reading.
    private static let wholeIndexes: [String: Set<String>] = [
        // All that is open is looked at, once for each sweep.
        "schedule_open_tasks": ["students_open_idx"],
        "open_tasks": ["students_open_idx"],
        "sessions_to_roll_up": ["students_open_idx"],
        // In the order of arrival, until the limit.
        "parked": ["deliveries_parked_idx"],
        // In the order of the sequence: the first 500, or the last one.
        "prune_changes": ["changes_pkey"],
        // All that are kept, which are 10,000 at most.
        "forget_oldest_refusals": ["refusals_received_at_idx"],
    ]

    init(of query: Query, named name: String, in database: TestDatabase) async throws {
        statement = query.statement.name
        var types: [String] = []
        for parameter in query.parameters {
            let type = try await database.first("SELECT format_type($1::oid, NULL)", .integer(Int(parameter.type))) { $0.text(0) }
            types.append((type ?? nil) ?? "unknown")
        }
        let list = types.isEmpty ? "" : "(" + types.joined(separator: ", ") + ")"
        try await database.execute("PREPARE \(name)\(list) AS \(query.statement.sql)")
        let values = types.isEmpty ? "" : "(" + types.map { "NULL::\($0)" }.joined(separator: ", ") + ")"
        let text = try await database.lines("EXPLAIN (FORMAT JSON) EXECUTE \(name)\(values)").joined()
        try await database.execute("DEALLOCATE \(name)")
        root = try JSONDecoder().decode([Answer].self, from: Data(text.utf8))[0].plan
    }

    /// The parts that read all of a table or of an index, apart from those that are meant to. None must be left: their cost grows
    /// with the table.
    var wholeReads: [String] { Self.wholeReads(in: root, allowed: Self.wholeIndexes[statement] ?? []) }

    private static func wholeReads(in node: Node, allowed: Set<String>) -> [String] {
        let isWhole =
            switch node.type {
            case "Seq Scan", "Sample Scan": true
            case "Index Scan", "Index Only Scan", "Bitmap Index Scan":
                node.condition == nil && !allowed.contains(node.index ?? "")
            default: false
            }
        return (isWhole ? ["\(node.type) on \(node.index ?? node.relation ?? "?")"] : [])
            + (node.parts ?? []).flatMap { wholeReads(in: $0, allowed: allowed) }
    }
}

extension TestDatabase {
    /// Ended students in many sessions, and a few that are open, with all that belongs to them: enough for a plan to differ from one
    /// that is made on empty tables.
    func fill() async throws {
        for statement in [
            #"INSERT INTO users (id, email, "updatedAt") VALUES ('u', 'u@example.org', now())"#,
            """
            INSERT INTO grading_sessions (id, title, subject, "examYear", status, "numStudents", "updatedAt", "userId")
            SELECT 'session-' || n, 'A session', '', '2026', CASE WHEN n > 2 THEN 'COMPLETED' ELSE 'PENDING' END::"SessionStatus",
                20, now(), 'u'
            FROM generate_series(1, 500) AS n
            """,
            """
            INSERT INTO students (id, name, "taskId", status, "updatedAt", "gradingSessionId")
            SELECT 'student-' || n, 'Ada Obi', md5(n::text),
                CASE WHEN n % 500 + 1 > 2 THEN 'COMPLETED' ELSE 'PENDING' END::"GradingStatus", now(), 'session-' || n % 500 + 1
            FROM generate_series(1, 10000) AS n
            """,
            """
            INSERT INTO grading_monitor.tasks (task_id, student_id, next_check_at)
            SELECT "taskId", id, CASE WHEN status = 'PENDING' THEN now() END FROM students
            """,
            """
            INSERT INTO grading_monitor.deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome)
            SELECT 'delivery-' || id, '', "taskId", 'k', now(), 'applied' FROM students
            """,
            """
            INSERT INTO grading_monitor.changes (kind, task_id, session_id, from_status, to_status, at)
            SELECT 'task', "taskId", "gradingSessionId", 'PENDING', 'COMPLETED', now() FROM students
            """,
            """
            INSERT INTO grading_monitor.refusals (id, received_at, reason, detail, sender, count)
            SELECT 'refusal-' || n, now(), 'wrong-key', '', '192.0.2.1', 1 FROM generate_series(1, 10000) AS n
            """,
            "ANALYZE",
        ] { try await execute(statement) }
    }
}
