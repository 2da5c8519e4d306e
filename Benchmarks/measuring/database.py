"""Databases for the runs on PostgreSQL: each is a copy of a template that holds the tasks, through psql alone."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import pathlib
import subprocess
import time
import typing
import urllib.parse
import uuid
from hashlib import md5

from .padding import PAST, pad
from .processes import Failure

# No two runs of the load generator share a database, so the same ids serve all.
TASK_ID = "md5(number::text)::uuid::text"


def task_id(number: int) -> str:
    """The same as TASK_ID: random in order, as the grading server's ids are."""
    return str(uuid.UUID(md5(str(number).encode(), usedforsecurity=False).hexdigest()))


@dataclasses.dataclass
class Effects:
    """Rows that a run has left behind; each callback that was answered makes one of each."""

    students: int
    logs: int
    deliveries: int
    tasks: int
    changes: int


class Cluster:
    def __init__(self, url: str):
        self._parts = urllib.parse.urlsplit(url)

    def url(self, database: str) -> str:
        # The throwaway cluster is on this machine and has no certificate; lib/pq insists on one unless told.
        return urllib.parse.urlunsplit(self._parts._replace(path="/" + database, query="sslmode=disable"))

    def environment(self, database: str) -> dict[str, str]:
        """What libpq's own programs read; not in their arguments, where other users would see the password."""
        parts = self._parts
        return {
            **os.environ,
            "PGHOST": parts.hostname or "",
            "PGPORT": str(parts.port or 5432),
            "PGUSER": urllib.parse.unquote(parts.username or ""),
            "PGPASSWORD": urllib.parse.unquote(parts.password or ""),
            "PGDATABASE": database,
            "PGSSLMODE": "disable",
        }

    def sql(self, database: str, *statements: str) -> str:
        """Runs each in a transaction of its own; the rows as text, a tab between columns."""
        commands = [part for statement in statements for part in ("-c", statement)]
        return self._psql(database, *commands)

    def script(self, database: str, path: pathlib.Path) -> None:
        self._psql(database, "-f", str(path))

    def _psql(self, database: str, *arguments: str) -> str:
        command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", *arguments]
        finished = subprocess.run(command, env=self.environment(database), capture_output=True, text=True, timeout=600)
        if finished.returncode != 0:
            raise Failure(f"psql: {finished.stderr.strip()}")
        return finished.stdout.strip()

    def version(self) -> str:
        return self.sql("postgres", "SHOW server_version").split()[0]

    def make_template(self, name: str, migrate, sessions: int, tasks: int, past: int = 0) -> None:
        """
        - migrate: makes the tables in the database whose URL it gets.
        - past: students that have ended before, each with ten log rows.
        """
        self.sql("postgres", f"CREATE DATABASE {name}")
        migrate(self.url(name))
        # As in the web app's second generation: a result is one value in the student's row. The peers know no rows of parts.
        self.sql(name, "DROP TABLE question_scores, student_feedback")
        if past:
            pad(functools.partial(self.sql, name), past)
        self.sql(
            name,
            # A teacher for each session: one user for all would be one row that every log row's foreign key locks.
            f"""INSERT INTO users (id, email, "updatedAt")
                SELECT 'teacher-' || number, 'teacher-' || number || '@example.org', now() AT TIME ZONE 'utc'
                FROM generate_series(0, {sessions} - 1) AS number""",
            f"""INSERT INTO grading_sessions (id, title, subject, "examYear", "numStudents", "updatedAt", "userId")
                SELECT 'session-' || number, 'Session ' || number, 'Mathematics', '2026', {tasks // sessions},
                       now() AT TIME ZONE 'utc', 'teacher-' || number
                FROM generate_series(0, {sessions} - 1) AS number""",
            # Session by session, as they are registered; the callbacks come in the order of the numbers, across sessions.
            f"""INSERT INTO students (id, name, "taskId", "updatedAt", "gradingSessionId")
                SELECT 'student-' || number, 'Student ' || number, {TASK_ID}, now() AT TIME ZONE 'utc',
                       'session-' || number % {sessions}
                FROM generate_series(0, {tasks} - 1) AS number ORDER BY number % {sessions}, number""",
            # As they are registered with a grace of an hour.
            """INSERT INTO grading_monitor.tasks (task_id, student_id, next_check_at)
                SELECT "taskId", id, now() AT TIME ZONE 'utc' + interval '1 hour' FROM students WHERE status = 'PENDING'""",
            "VACUUM (FREEZE, ANALYZE)",
        )

    @contextlib.contextmanager
    def copy(self, template: str, name: str = "bench") -> typing.Iterator[str]:
        """A fresh database in the same state for every run: no dead rows, new statistics, nothing left to write back."""
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            self.sql(name, "VACUUM ANALYZE", "CHECKPOINT")
            yield name
        finally:
            self.sql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def wait_until_idle(self, name: str) -> None:
        """Until no client of the database has a query under way."""
        deadline = time.monotonic() + 60
        busy = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND state <> 'idle'"
        while self.sql("postgres", busy) != "0":
            if time.monotonic() > deadline:
                raise Failure("the server does not come to rest")
            time.sleep(0.1)

    def effects(self, database: str) -> Effects:
        counts = self.sql(
            database,
            f"""SELECT (SELECT count(*) FROM students WHERE status = 'COMPLETED' AND "totalScore" = 17.5 AND "maxScore" = 25
                       AND jsonb_typeof("rawGradingOutput"->'results') = 'object'),
                      (SELECT count(*) FROM session_logs WHERE NOT starts_with(id, '{PAST}')),
                      (SELECT count(*) FROM grading_monitor.deliveries WHERE NOT starts_with(delivery_id, '{PAST}')),
                      (SELECT count(*) FROM grading_monitor.tasks
                       WHERE result_hash IS NOT NULL AND next_check_at IS NULL AND NOT starts_with(student_id, 'past-')),
                      (SELECT count(*) FROM grading_monitor.changes
                       WHERE kind = 'task' AND NOT starts_with(student_id, 'past-'))""",
        )
        return Effects(*map(int, counts.split("\t")))
