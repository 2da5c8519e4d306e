"""What one callback writes, as six statements in one transaction; asyncpg prepares each once for each connection."""

import hashlib
import secrets
import time

import asyncpg
import orjson
from report import Report

REMEMBER_DELIVERY = """
    INSERT INTO grading_monitor.deliveries (delivery_id, body_hash, task_id, key_id, received_at, outcome)
    VALUES ($1, $2, $3, 'bench', now() AT TIME ZONE 'utc', 'applied')
    ON CONFLICT (delivery_id) DO NOTHING
    RETURNING true
"""

# Forward only: a task that has ended with a result stays as it is.
UPDATE_STUDENT = """
    UPDATE students AS s
    SET status = 'COMPLETED', "rawGradingOutput" = $2, "totalScore" = $3, "maxScore" = $4, percentage = $5,
        "gradedAt" = coalesce("gradedAt", now() AT TIME ZONE 'utc'), "updatedAt" = now() AT TIME ZONE 'utc'
    FROM (SELECT id, status FROM students WHERE "taskId" = $1 FOR NO KEY UPDATE) AS old
    WHERE s.id = old.id AND old.status IN ('PENDING', 'PROCESSING', 'FAILED')
    RETURNING s.id, s."gradingSessionId", old.status::text
"""

# Locks the session's row on the way to its user, so that of two last students one sees the other in the roll-up.
WRITE_LOG = """
    INSERT INTO session_logs (id, level, message, context, "studentId", "createdAt", "gradingSessionId", "userId")
    SELECT $1, 'SUCCESS', $2, 'callback', $3, now() AT TIME ZONE 'utc', session.id, session."userId"
    FROM (SELECT id, "userId" FROM grading_sessions WHERE id = $4 FOR NO KEY UPDATE) AS session
"""

# What a sweep for lost callbacks lives on.
NOTE_TASK = """
    INSERT INTO grading_monitor.tasks (task_id, student_id, last_signal_at, learned_via, result_hash)
    VALUES ($1, $2, now() AT TIME ZONE 'utc', 'callback', $3)
    ON CONFLICT (task_id) DO UPDATE
    SET last_signal_at = excluded.last_signal_at, learned_via = excluded.learned_via, result_hash = excluded.result_hash,
        next_check_at = NULL
"""

# What live updates live on.
NOTE_CHANGE = """
    INSERT INTO grading_monitor.changes (kind, task_id, student_id, session_id, from_status, to_status, source, at)
    VALUES ('task', $1, $2, $3, $4, 'COMPLETED', 'callback', now() AT TIME ZONE 'utc')
"""

ROLL_UP = """
    UPDATE grading_sessions AS session
    SET status = rolled.status, "updatedAt" = now() AT TIME ZONE 'utc',
        "startedAt" = coalesce("startedAt", now() AT TIME ZONE 'utc'),
        "completedAt" = CASE rolled.status WHEN 'COMPLETED' THEN now() AT TIME ZONE 'utc' END
    FROM (
        SELECT CASE WHEN EXISTS (
            SELECT FROM students WHERE "gradingSessionId" = $1 AND status IN ('PENDING', 'PROCESSING')
        ) THEN 'IN_PROGRESS' ELSE 'COMPLETED' END::"SessionStatus" AS status
    ) AS rolled
    WHERE session.id = $1 AND session.status <> 'CANCELLED' AND session.status <> rolled.status
"""


class Store:
    def __init__(self, pool: asyncpg.Pool):
        self._pool = pool

    async def apply(self, delivery: str, body: bytes, report: Report) -> str:
        """Commits one report before it returns."""
        async with self._pool.acquire() as connection, connection.transaction():
            digest = hashlib.sha256(body).digest()
            if not await connection.fetchval(REMEMBER_DELIVERY, delivery, digest, report.task_id):
                return "duplicate"
            score, most = report.scores()
            raw = orjson.dumps(report.result).decode()
            percentage = score / most * 100 if most else None
            student = await connection.fetchrow(UPDATE_STUDENT, report.task_id, raw, score, most, percentage)
            if student is None:
                return "stale"
            message = f"Task {report.task_id}: COMPLETED, {score:g} of {most:g} points"
            session = student["gradingSessionId"]
            await connection.execute(WRITE_LOG, new_id(), message, student["id"], session)
            await connection.execute(NOTE_TASK, report.task_id, student["id"], digest)
            await connection.execute(NOTE_CHANGE, report.task_id, student["id"], session, student["status"])
            await connection.execute(ROLL_UP, session)
            return "applied"


def new_id() -> str:
    """A row's id that sorts by time, as the web app's cuids do."""
    return f"c{time.time_ns() // 1_000_000:x}{secrets.token_hex(8)}"
