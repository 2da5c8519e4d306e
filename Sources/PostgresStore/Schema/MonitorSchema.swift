/// The monitor's own tables, in a schema of their own: numbered migrations, forward only.
enum MonitorSchema {
    static let name = "grading_monitor"
    /// The constraint that a delivery violates which another instance has remembered in the same moment.
    static let deliveriesKey = "deliveries_pkey"

    /// The version that this binary writes and reads.
    static var version: Int { migrations.count }

    /// 0 where the monitor has never been.
    static func currentVersion(_ transaction: inout Transaction) throws(PostgresError) -> Int {
        let exists = Statement("", "SELECT to_regclass('\(name).meta') IS NOT NULL")
        guard try transaction.run([exists()])[0].first?.flag(0) == true else { return 0 }
        let query = Statement("", "SELECT value FROM \(name).meta WHERE key = 'schema_version'")
        return try transaction.run([query()])[0].first?.text(0).flatMap { Int($0) } ?? 0
    }

    /// The first brings an empty schema to version 1, the second to 2, and so on. A migration that was released never changes.
    static let migrations = [
        """
        CREATE TABLE grading_monitor.meta (key text PRIMARY KEY, value text NOT NULL);

        CREATE TABLE grading_monitor.deliveries (
            delivery_id text PRIMARY KEY,
            body_hash bytea NOT NULL,
            task_id text NOT NULL,
            key_id text NOT NULL,
            received_at timestamp(3) NOT NULL,
            outcome text NOT NULL,
            has_conflict boolean NOT NULL DEFAULT false,
            report bytea
        );
        CREATE INDEX deliveries_received_at_idx ON grading_monitor.deliveries (received_at);
        CREATE INDEX deliveries_parked_idx ON grading_monitor.deliveries (received_at, task_id) WHERE outcome = 'parked';

        CREATE TABLE grading_monitor.tasks (
            task_id text PRIMARY KEY,
            student_id text NOT NULL,
            attempt integer NOT NULL DEFAULT 1,
            reported_attempt integer,
            priority integer NOT NULL DEFAULT 5,
            last_signal_at timestamp(3),
            first_processing_at timestamp(3),
            next_check_at timestamp(3),
            consecutive_errors integer NOT NULL DEFAULT 0,
            lease_owner text,
            lease_expires_at timestamp(3),
            last_error text,
            learned_via text,
            needs_review boolean NOT NULL DEFAULT false,
            result_hash bytea
        ) WITH (fillfactor = 80);
        CREATE INDEX tasks_student_id_idx ON grading_monitor.tasks (student_id);

        CREATE TABLE grading_monitor.changes (
            sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL,
            task_id text,
            student_id text,
            session_id text NOT NULL,
            from_status text NOT NULL,
            to_status text NOT NULL,
            source text,
            at timestamp(3) NOT NULL
        );

        CREATE TABLE grading_monitor.keys (key_id text PRIMARY KEY, last_used_at timestamp(3) NOT NULL);
        CREATE TABLE grading_monitor.leases (name text PRIMARY KEY, owner text NOT NULL, expires_at timestamp(3) NOT NULL);
        CREATE UNLOGGED TABLE grading_monitor.rate_limits (
            name text NOT NULL, client text NOT NULL, tat bigint NOT NULL, allowed boolean NOT NULL, PRIMARY KEY (name, client)
        );
        """,
        // From here on `next_check_at` says when a task is due, and is NULL when it is not open. Before, it was the end of a
        // backoff, also of tasks that have ended since. The next sweep schedules the open ones.
        """
        UPDATE grading_monitor.tasks SET next_check_at = NULL WHERE next_check_at IS NOT NULL;
        CREATE INDEX tasks_due_idx ON grading_monitor.tasks (next_check_at) WHERE next_check_at IS NOT NULL;
        """,
        // The results of students whose table has no column for them.
        """
        CREATE TABLE grading_monitor.results (student_id text PRIMARY KEY, result jsonb NOT NULL);
        """,
        // Since when, and why, a task seems lost.
        """
        ALTER TABLE grading_monitor.tasks ADD COLUMN IF NOT EXISTS lost_since timestamp(3),
            ADD COLUMN IF NOT EXISTS lost_evidence text;
        CREATE INDEX IF NOT EXISTS tasks_lost_idx ON grading_monitor.tasks (task_id) WHERE lost_since IS NOT NULL;
        """,
        // How often the grading server was asked about a task without news, and since which sign of life.
        """
        ALTER TABLE grading_monitor.tasks
            ADD COLUMN quiet_checks integer NOT NULL DEFAULT 0, ADD COLUMN quiet_since timestamp(3);
        """,
        // Claims read what is due priority by priority.
        """
        CREATE TABLE grading_monitor.session_priorities (session_id text PRIMARY KEY, priority integer NOT NULL);
        DROP INDEX grading_monitor.tasks_due_idx;
        CREATE INDEX tasks_due_idx ON grading_monitor.tasks (priority, next_check_at) WHERE next_check_at IS NOT NULL;
        """,
        // Tasks that are listed because their checks fail: few, whatever the table holds.
        """
        CREATE INDEX tasks_failing_idx ON grading_monitor.tasks (consecutive_errors)
            WHERE consecutive_errors > 0 AND next_check_at IS NOT NULL;
        """,
        // How late we learned of an ending; and the changes of the last hours, by an index that costs next to nothing to keep, since
        // rows are only ever added at the end.
        """
        ALTER TABLE grading_monitor.tasks ADD COLUMN late_by_ms bigint;
        CREATE INDEX changes_at_idx ON grading_monitor.changes USING brin (at) WITH (pages_per_range = 16);
        """,
        // Whether the adaptive grace has put the next check off.
        "ALTER TABLE grading_monitor.tasks ADD COLUMN put_off boolean NOT NULL DEFAULT false",
        // What is rare in the ledger, newest first; all of it has its index. None by task: each callback would pay for it, and people
        // seldom ask. And refused callbacks: a sample, bounded, without their bodies.
        """
        CREATE INDEX deliveries_outcome_idx ON grading_monitor.deliveries (outcome, received_at) WHERE outcome <> 'applied';
        CREATE INDEX deliveries_conflicts_idx ON grading_monitor.deliveries (received_at)
            WHERE (has_conflict OR outcome = 'conflict');
        CREATE TABLE grading_monitor.refusals (
            id text PRIMARY KEY,
            received_at timestamp(3) NOT NULL,
            reason text NOT NULL,
            detail text NOT NULL,
            sender text NOT NULL,
            delivery_id text,
            task_id text,
            key_id text,
            body_hash bytea,
            body_bytes bigint,
            count bigint NOT NULL
        );
        CREATE INDEX refusals_received_at_idx ON grading_monitor.refusals (received_at);
        """,
        // Nobody looks for tasks by their student's row, and every callback paid for it.
        "DROP INDEX grading_monitor.tasks_student_id_idx",
    ]
}
