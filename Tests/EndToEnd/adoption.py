#!/usr/bin/env python3
"""Adopts the database of each generation of the web app on each engine, as a user would: inspect, serve, sweep, call back,
retry.

Afterwards: the web app's schema is what it was; rows that nobody had a reason to touch are what they were, to the byte; the
session that the web app had left behind is done, without a question to the grading server; and what the monitor wrote has,
column by column, the types and forms of what Prisma had written there (the fixtures hold examples).

PostgreSQL is read with psycopg (in an environment of its own: scripts/test.sh makes it).
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import subprocess
import sys
import time

from adopted import ODD, Postgres, SQLite
from grading_server import GradingServer
from monitor import Monitor, default_binary, request, signed_headers, wait_until
from postgres import Cluster, workspace

CUID = re.compile(r"c[a-z0-9]{24}")
# What Prisma writes in a type that the fixtures have no example of in some column.
DECLARED = {
    "DATETIME": "integer Unix milliseconds", "REAL": "real", "INTEGER": "integer", "JSONB": "JSON text", "TEXT": "text",
    "timestamp without time zone": "timestamp without zone, milliseconds", "double precision": "float", "integer": "int",
    "jsonb": "JSON object", "text": "text", "USER-DEFINED": "text",
}
RESULT = {"status": "COMPLETED", "results": {"1a": {"score": 3, "max_score": 4, "feedback": "Ẹ kú iṣẹ́ 👍"}}}


class Adoption:
    """One database, from the web app's last word to the checks."""

    def __init__(self, name: str, database: SQLite | Postgres, generation: int, directory: pathlib.Path, binary: str):
        self.name = name
        self.database = database
        self.is_first = generation == 1
        self.wrong = 0
        self._binary = binary
        self._server = GradingServer(hold=0)
        self._server.ended = {"task-open-2"}
        self._before = database.rows()
        self._schema = database.schema()
        self._monitor = Monitor(
            directory, binary, name=f"monitor-{name}", database_url=database.url, SWEEP_INTERVAL="1", SWEEP_GRACE="1",
            GRADING_SERVER_URL=self._server.listen_for("monitor"), LOG_LEVEL="info",
        )

    def expect(self, what: str, holds: bool) -> None:
        if not holds:
            self.wrong += 1
            print(f"WRONG  {self.name}: {what}")

    def run(self) -> int:
        try:
            self._inspect()
            self._monitor.start()
            self._expect_one_line()
            self._call_back()
            self._register()
            self._expect_sweep()
            self._monitor.stop()
            self._expect_untouched()
            columns = self._expect_forms()
            print(f"{self.name}: {columns} columns compared, {self.wrong} wrong")
        finally:
            self._monitor.kill()
            self._server.close()
        return self.wrong

    # MARK: What a user does

    def _inspect(self) -> None:
        """Writes nothing and sees the session that was left behind."""
        finished = subprocess.run(
            [self._binary, "inspect-database", "--json", "--database-url", self.database.url],
            capture_output=True, text=True, timeout=60,
        )
        self.expect(f"inspect-database ended with {finished.returncode}: {finished.stderr}", finished.returncode == 0)
        found = json.loads(finished.stdout)
        self.expect("the generation", found["database"]["generation"] == (1 if self.is_first else 2))
        behind = [(session["sessionId"], session["shouldBe"]) for session in found["sessionsBehind"]["items"]]
        self.expect(f"sessions behind: {behind}", behind == [("session-left", "COMPLETED")])
        self.expect("the monitor was never there", "monitorSchemaVersion" not in found["database"])
        self.expect("inspect-database wrote something", self.database.rows() == self._before)

    def _expect_one_line(self) -> None:
        lines = [line for line in self._monitor.log.read_text().splitlines() if "The web app's tables were read" in line]
        self.expect(f"lines about what was found: {lines}", len(lines) == 1 and "students(" in lines[0])

    def _post(self, path: str, body: dict | list) -> dict:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._monitor.operator_secret}"}
        status, answer = request(self._monitor.port, "POST", path, json.dumps(body).encode(), headers)
        self.expect(f"POST {path}: {status} {answer[:200]!r}", status in (200, 201))
        return json.loads(answer)

    def _call_back(self) -> None:
        for task, outcome in (("task-open-1", "applied"), ("task-people-1", None), ("task-cancelled-1", "applied")):
            self._call(task, outcome, {"status": "SUCCESS", "result": RESULT})

    def _call(self, task: str, outcome: str | None, report: dict) -> None:
        body = json.dumps({"task_id": task, **report}).encode()
        headers = signed_headers(self._monitor.webhook_secret, f"msg_{task}", body)
        status, answer = request(self._monitor.port, "POST", "/api/webhooks/grading", body, headers)
        self.expect(f"callback for {task}: {status} {answer!r}", status == 200)
        if outcome:
            self.expect(f"outcome for {task}: {answer!r}", json.loads(answer)["outcome"] == outcome)

    def _register(self) -> None:
        """A retry of a failed paper, and a new one in a session that is not there yet; it fails, and its session is retried."""
        session = {"id": "session-new", "title": "Tuntun", "subject": "Physics", "examYear": "2026", "numStudents": 1}
        self._post("/api/tasks", [
            {"taskId": "task-retry-1", "studentName": "Emeka Obi", "studentId": "2010/021", "session": {"id": "session-failed"}},
            {"taskId": "task-new-1", "studentName": "Fún Àpẹẹrẹ", "studentId": "2010/031", "session": session},
        ])
        note = {"level": "INFO", "message": "A note", "context": "web", "studentId": "2010/001", "metadata": {"by": "ade"}}
        self._post("/api/sessions/session-left/logs", note)
        self._call("task-new-1", "applied", {"status": "FAILURE", "error": "out of memory"})
        answer = self._post("/api/sessions/session-new/retry", {})
        self.expect(f"the retry of a session: {answer}", answer["result"]["retried"] == 1)

    def _status(self, session: str) -> object:
        column = "status" if self.is_first else "sessionStatus"
        return self.database.one(f'SELECT "{column}" FROM grading_sessions WHERE id = ?', session)

    # MARK: What must hold

    def _expect_sweep(self) -> None:
        """The sweep puts the session right and asks about tasks that are open, and about no others."""
        student = "status" if self.is_first else "studentGradingStatus"

        def is_done() -> bool:
            word = self.database.one(f'SELECT "{student}" FROM students WHERE id = ?', "row-open-2")
            return word == "COMPLETED" and self._status("session-left") == "COMPLETED"

        self.expect("the sweep did not come to its end", wait_until(is_done, 30, every=0.2))
        done = self.database.one('SELECT "completedAt" FROM grading_sessions WHERE id = ?', "session-left")
        self.expect("completedAt of the session that was left behind", done is not None)
        asked = {question.task for question in self._server.questions}
        self.expect(f"asked about {asked}", not any(task.startswith("task-left") for task in asked) and "task-open-2" in asked)
        self.expect("the cancelled session", self._status("session-cancelled") == "CANCELLED")
        retried = self.database.one(f'SELECT "{student}" FROM students WHERE id = ?', "row-failed-1")
        self.expect(f"the retry stands at {retried}", retried in ("PENDING", "PROCESSING"))

    def _expect_untouched(self) -> None:
        after = self.database.rows()
        self.expect("the web app's schema was changed", self.database.schema() == self._schema)
        touched = {row for row, values in self._before.items() if after.get(row) != values}
        allowed = {
            ("grading_sessions", "session-left"), ("grading_sessions", "session-failed"), ("grading_sessions", "session-open"),
            *(("students", f"row-{row}") for row in ("open-1", "open-2", "open-4", "cancelled-1", "failed-1", "twice-2")),
        }
        self.expect(f"touched without a reason: {touched - allowed}", touched <= allowed)
        self._after = after

    def _expect_forms(self) -> int:
        """Column by column; returns how many were compared."""
        compared = 0
        for table in sorted({table for table, _ in self._after}):
            written: dict[str, list[str]] = {}
            for (where, row), values in self._after.items():
                if where != table:
                    continue
                old = self._before.get((table, row), {})
                if not old:
                    made = bool(CUID.fullmatch(row)) or (table, row) in {("users", "grading-monitor"), ("grading_sessions", "session-new")}
                    self.expect(f"{table}: the id {row} is none that Prisma makes", made)
                for column, value in values.items():
                    if not old or old[column] != value:
                        written.setdefault(column, []).append(row)
            examples = [row for where, row in self._before if where == table and row not in ODD]
            for column, rows in written.items():
                compared += self._expect_form(table, column, rows, examples)
        return compared

    def _expect_form(self, table: str, column: str, rows: list[str], examples: list[str]) -> int:
        ours = self.database.forms(table, column, rows)
        theirs = self.database.forms(table, column, examples)
        declared = DECLARED[self.database.columns(table)[column]]
        # Where a column requires a text and nobody has one, it is empty.
        allowed = (theirs or {declared}) | ({"empty text"} if declared == "text" else set())
        self.expect(f"{table}.{column}: the monitor wrote {ours}, Prisma {theirs or declared}", ours <= allowed)
        return 1 if ours else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=default_binary(), help="the program under test")
    parser.add_argument("--sqlite-only", action="store_true", help="without PostgreSQL")
    options = parser.parse_args()
    wrong = 0
    began = time.monotonic()
    with workspace("adoption") as directory:
        for generation in (1, 2):
            wrong += Adoption(f"sqlite-{generation}", SQLite(directory, generation), generation, directory, options.binary).run()
        if not options.sqlite_only:
            for generation in (1, 2):
                cluster = Cluster(directory, f"pg{generation}").create()
                try:
                    database = Postgres(cluster.url(), generation)
                    wrong += Adoption(f"postgres-{generation}", database, generation, directory, options.binary).run()
                    database.close()
                finally:
                    cluster.destroy()
    print(f"{'passed' if wrong == 0 else 'FAILED'}: {wrong} wrong, {time.monotonic() - began:.0f} s")
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
