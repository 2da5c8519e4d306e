import GradingCore
import GRDB

/// The monitor's own tables: numbered migrations, forward only, each in the transaction that records it.
enum MonitorSchema {
    /// The version that this binary writes and reads.
    static var version: Int { migrations.count }

    /// Brings the database to ``version``; a newer one is refused. `BEGIN IMMEDIATE` makes two at once wait for each other.
    /// Returns the layout of the web app's tables, found or made.
    static func migrate(_ db: Database) throws -> DatabaseLayout {
        try db.writing {
            let layout = try WebAppSchema.prepare(db)
            let found = try currentVersion(db)
            guard found <= version else {
                throw StoreError.incompatibleSchema(
                    "the database is at schema version \(found), this binary knows \(version); run a newer grading-monitor"
                )
            }
            for migration in migrations[found...] {
                try db.execute(sql: migration)
            }
            if found < version {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO monitor_meta (key, value) VALUES ('schema_version', ?)",
                    arguments: [version]
                )
            }
            return layout
        }
    }

    /// 0 where the monitor has never been.
    static func currentVersion(_ db: Database) throws -> Int {
        guard try db.tableExists("monitor_meta") else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT value FROM monitor_meta WHERE key = 'schema_version'") ?? 0
    }

    /// The first brings an empty database to version 1, the second to 2, and so on. A migration that was released never changes.
    static let migrations = [
        """
        CREATE TABLE monitor_meta (key TEXT NOT NULL PRIMARY KEY, value) WITHOUT ROWID;

        -- The delivery ledger, in the order of arrival by rowid. "report" is kept only while the delivery is parked.
        CREATE TABLE monitor_deliveries (
            delivery_id TEXT NOT NULL PRIMARY KEY,
            body_hash BLOB NOT NULL,
            task_id TEXT NOT NULL,
            key_id TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            has_conflict INTEGER NOT NULL DEFAULT 0,
            report BLOB
        );
        CREATE INDEX monitor_deliveries_parked ON monitor_deliveries (received_at, task_id) WHERE outcome = 'parked';

        -- What the web app's schema has no room for. One row for each task that the monitor has touched.
        CREATE TABLE monitor_tasks (
            task_id TEXT NOT NULL PRIMARY KEY,
            student_id TEXT NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 1,
            reported_attempt INTEGER,
            priority INTEGER NOT NULL DEFAULT 5,
            last_signal_at INTEGER,
            first_processing_at INTEGER,
            next_check_at INTEGER,
            consecutive_errors INTEGER NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_expires_at INTEGER,
            last_error TEXT,
            learned_via TEXT,
            needs_review INTEGER NOT NULL DEFAULT 0,
            result_hash BLOB
        ) WITHOUT ROWID;
        CREATE INDEX monitor_tasks_student_id ON monitor_tasks (student_id);
        CREATE INDEX monitor_tasks_learned_via ON monitor_tasks (learned_via);

        -- What was committed, in order: the source of live events.
        CREATE TABLE monitor_changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            task_id TEXT,
            student_id TEXT,
            session_id TEXT NOT NULL,
            from_status TEXT NOT NULL,
            to_status TEXT NOT NULL,
            source TEXT,
            at INTEGER NOT NULL
        );

        CREATE TABLE monitor_keys (key_id TEXT NOT NULL PRIMARY KEY, last_used_at INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        -- Jobs that one instance does at a time.
        CREATE TABLE monitor_leases (
            name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
        """
        -- From here on "next_check_at" says when a task is due, and is NULL when it is not open. Before, it was the end of a
        -- backoff, also of tasks that have ended since. The next sweep schedules the open ones.
        UPDATE monitor_tasks SET next_check_at = NULL WHERE next_check_at IS NOT NULL;
        CREATE INDEX monitor_tasks_due ON monitor_tasks (next_check_at) WHERE next_check_at IS NOT NULL;
        """,
        """
        -- The results of students whose table has no column for them, as they were received.
        CREATE TABLE monitor_results (student_id TEXT NOT NULL PRIMARY KEY, result TEXT NOT NULL);
        """,
        """
        -- Since when, and why, a task seems lost.
        ALTER TABLE monitor_tasks ADD COLUMN lost_since INTEGER;
        ALTER TABLE monitor_tasks ADD COLUMN lost_evidence TEXT;
        CREATE INDEX monitor_tasks_lost ON monitor_tasks (task_id) WHERE lost_since IS NOT NULL;
        """,
        """
        -- How often the grading server was asked about a task without news, and since which sign of life.
        ALTER TABLE monitor_tasks ADD COLUMN quiet_checks INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE monitor_tasks ADD COLUMN quiet_since INTEGER;
        """,
        """
        -- Claims read what is due priority by priority.
        CREATE TABLE monitor_session_priorities (
            session_id TEXT NOT NULL PRIMARY KEY, priority INTEGER NOT NULL
        ) WITHOUT ROWID;
        DROP INDEX monitor_tasks_due;
        CREATE INDEX monitor_tasks_due ON monitor_tasks (priority, next_check_at) WHERE next_check_at IS NOT NULL;
        """,
        """
        -- Tasks that are listed because their checks fail: few, whatever the table holds.
        CREATE INDEX monitor_tasks_failing ON monitor_tasks (consecutive_errors)
            WHERE consecutive_errors > 0 AND next_check_at IS NOT NULL;
        """,
        """
        -- How late we learned of an ending.
        ALTER TABLE monitor_tasks ADD COLUMN late_by_ms INTEGER;
        """,
        """
        -- Whether the adaptive grace has put the next check off.
        ALTER TABLE monitor_tasks ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- What is rare in the ledger, newest first. All of it is in the order of its rowid. No index by task: each callback would pay
        -- for it, and people seldom ask.
        CREATE INDEX monitor_deliveries_outcome ON monitor_deliveries (outcome, received_at) WHERE outcome <> 'applied';
        CREATE INDEX monitor_deliveries_conflicts ON monitor_deliveries (received_at)
            WHERE (has_conflict OR outcome = 'conflict');

        -- Refused callbacks: a sample, bounded, without their bodies.
        CREATE TABLE monitor_refusals (
            id TEXT NOT NULL PRIMARY KEY,
            received_at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            sender TEXT NOT NULL,
            delivery_id TEXT,
            task_id TEXT,
            key_id TEXT,
            body_hash BLOB,
            body_bytes INTEGER,
            count INTEGER NOT NULL
        );
        CREATE INDEX monitor_refusals_received_at ON monitor_refusals (received_at, id);
        """,
        """
        -- Tasks lie in the order in which they were registered (cuids grow with time), and no longer in that of their own ids, which are
        -- random: what falls due together, and is asked about together, shares its pages here and in the index of due times.
        -- The indexes by student and by source are gone. Nobody looked for the tasks of a student, and the statistics, which count
        -- the sources, read all students anyway; each ending paid with pages from all over the database.
        CREATE TABLE monitor_tasks_as_registered (
            task_id TEXT NOT NULL PRIMARY KEY,
            student_id TEXT NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 1,
            reported_attempt INTEGER,
            priority INTEGER NOT NULL DEFAULT 5,
            last_signal_at INTEGER,
            first_processing_at INTEGER,
            next_check_at INTEGER,
            consecutive_errors INTEGER NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_expires_at INTEGER,
            last_error TEXT,
            learned_via TEXT,
            needs_review INTEGER NOT NULL DEFAULT 0,
            result_hash BLOB,
            lost_since INTEGER,
            lost_evidence TEXT,
            quiet_checks INTEGER NOT NULL DEFAULT 0,
            quiet_since INTEGER,
            late_by_ms INTEGER,
            put_off INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO monitor_tasks_as_registered (task_id, student_id, attempt, reported_attempt, priority, last_signal_at,
            first_processing_at, next_check_at, consecutive_errors, lease_owner, lease_expires_at, last_error, learned_via,
            needs_review, result_hash, lost_since, lost_evidence, quiet_checks, quiet_since, late_by_ms, put_off)
        SELECT task_id, student_id, attempt, reported_attempt, priority, last_signal_at,
            first_processing_at, next_check_at, consecutive_errors, lease_owner, lease_expires_at, last_error, learned_via,
            needs_review, result_hash, lost_since, lost_evidence, quiet_checks, quiet_since, late_by_ms, put_off
        FROM monitor_tasks ORDER BY student_id;
        DROP TABLE monitor_tasks;
        ALTER TABLE monitor_tasks_as_registered RENAME TO monitor_tasks;
        CREATE INDEX monitor_tasks_due ON monitor_tasks (priority, next_check_at) WHERE next_check_at IS NOT NULL;
        CREATE INDEX monitor_tasks_lost ON monitor_tasks (task_id) WHERE lost_since IS NOT NULL;
        CREATE INDEX monitor_tasks_failing ON monitor_tasks (consecutive_errors)
            WHERE consecutive_errors > 0 AND next_check_at IS NOT NULL;
        """,
    ]
}

extension Database {
    /// `BEGIN IMMEDIATE`, and a value from within.
    fileprivate func writing<Value>(_ body: () throws -> Value) throws -> Value {
        var value: Value?
        try inTransaction(.immediate) {
            value = try body()
            return .commit
        }
        guard let value else { throw StoreError.unavailable("SQLite: the transaction did not run") }
        return value
    }
}
