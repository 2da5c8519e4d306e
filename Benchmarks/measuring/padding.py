"""Rows of the past, so that a benchmark runs on a database that has grown: ended students, and all that belongs to them."""

from __future__ import annotations

import typing

# A log row and a delivery of the past begin with this; those of a run do not.
PAST = "past-"
STUDENTS_PER_SESSION = 200
LOGS_PER_STUDENT = 10


def pad(sql: typing.Callable[..., str], students: int) -> None:
    """
    - sql: runs each statement on the database in a transaction of its own.
    """
    sessions = (students + STUDENTS_PER_SESSION - 1) // STUDENTS_PER_SESSION
    # Neighbours in the table are of one session, as they were registered; ids of tasks are random in order. A student is graded
    # hours before the run: later than 80 h ago, so that the deliveries are still remembered.
    session, task = f"'past-session-' || number / {STUDENTS_PER_SESSION}", "md5('past' || number)::uuid::text"
    past = "now() AT TIME ZONE 'utc' - interval '60 hours'"
    numbers = f"generate_series(0, {students} - 1) AS number"
    statements = [
        f"""INSERT INTO users (id, email, "updatedAt") VALUES ('past-teacher', 'past@example.org', {past})""",
        f"""INSERT INTO grading_sessions (id, title, subject, "examYear", "numStudents", status, "createdAt", "updatedAt",
                "startedAt", "completedAt", "userId")
            SELECT 'past-session-' || number, 'Session ' || number, 'Mathematics', '2025', {STUDENTS_PER_SESSION}, 'COMPLETED',
                   {past}, {past}, {past}, {past}, 'past-teacher'
            FROM generate_series(0, {sessions} - 1) AS number""",
        f"""INSERT INTO students (id, name, "studentId", "taskId", status, "totalScore", "maxScore", percentage, "createdAt",
                "updatedAt", "gradedAt", "gradingSessionId", "rawGradingOutput")
            SELECT 'past-student-' || number, 'Student ' || number, number, {task}, 'COMPLETED', 12, 20, 60, {past}, {past}, {past},
                   {session}, jsonb_build_object('results', jsonb_build_object('1', repeat('Good use of the data. ', 12)))
            FROM {numbers}""",
        f"""INSERT INTO grading_monitor.tasks (task_id, student_id, last_signal_at, learned_via, result_hash)
            SELECT {task}, 'past-student-' || number, {past}, 'callback', sha256(number::text::bytea) FROM {numbers}""",
        f"""INSERT INTO grading_monitor.deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome)
            SELECT '{PAST}' || md5('delivery' || number), sha256(number::text::bytea), {task}, 'k-past', {past}, 'applied'
            FROM {numbers}""",
        f"""INSERT INTO grading_monitor.changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
            SELECT 'task', {task}, 'past-student-' || number, {session}, 'PENDING', 'COMPLETED', 'callback', {past}
            FROM {numbers}""",
        f"""INSERT INTO session_logs (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
            SELECT '{PAST}' || lpad(number::text, 10, '0') || '-' || entry, 'INFO', 'Task ' || {task} || ': PENDING → COMPLETED',
                   'callback', 'past-student-' || number, {past} + entry * interval '1 second', {session}, 'past-teacher'
            FROM {numbers}, generate_series(1, {LOGS_PER_STUDENT}) AS entry""",
    ]
    # The rows fit each other; to look up every foreign key would take longer than all the rest.
    unchecked = "SET session_replication_role = replica"
    for statement in statements:
        sql(unchecked, statement)
