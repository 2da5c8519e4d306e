#!/usr/bin/env python3
"""The work of scripts/demo.sh: one session from registration to its end, then every task checked against the truth.

Registers the students with the monitor, hands their scripts to the grading server, shows progress until the session is
done, and compares each task in the database with what the grading server says of it. The last line of its output is
one JSON object; the exit status is 0 only if nothing is wrong.

Reads the monitor's operator secret from OPERATOR_SECRET. Standard library only.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import sqlite3
import sys
import threading
import time
import urllib.parse
import uuid

SESSION = "demo"
# The grading server's words (Celery's) for an ended task, and the database's.
ENDED = {"SUCCESS": "COMPLETED", "FAILURE": "FAILED"}
GIVEN = ["Ada", "Bola", "Chidi", "Dayo", "Efe", "Femi", "Grace", "Halima", "Ife", "Jide", "Kemi", "Lola"]
FAMILY = ["Obi", "Eze", "Bello", "Okafor", "Musa", "Adeyemi", "Nwosu", "Ibrahim", "Okoro", "Balogun"]


class Failure(Exception):
    """The demonstration cannot go on; the message is for people."""


class Service:
    """One HTTP service, with a connection for each thread that uses it."""

    def __init__(self, name: str, url: str, secret: str | None = None):
        address = urllib.parse.urlsplit(url)
        self.name = name
        self._host, self._port = address.hostname, address.port
        self._headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._local = threading.local()

    def call(self, method: str, path: str, body: object = None) -> dict:
        """The decoded answer; anything but 2xx is a Failure."""
        payload = None if body is None else json.dumps(body).encode()
        headers = dict(self._headers)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        try:
            status, answer = self._exchange(method, path, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"{self.name} does not answer: {error!r}") from error
        if not 200 <= status < 300:
            raise Failure(f"{self.name} answered {status} to {method} {path}: {answer[:300].decode(errors='replace')}")
        return json.loads(answer)

    def _exchange(self, method: str, path: str, payload: bytes | None, headers: dict) -> tuple[int, bytes]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except Exception:
            self._local.connection = None
            connection.close()
            raise


def students(count: int, seed: int) -> list[dict]:
    """Registrations. What the grading server does to a task follows from the seed and the task's id: same seed, same run."""
    chance = random.Random(seed)
    session = {
        "id": SESSION, "title": "Mathematics, June", "subject": "Mathematics", "examYear": "2026", "numStudents": count,
    }
    return [
        {
            "taskId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "studentName": f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            "studentId": f"{2010400000 + number}",
            "session": session,
        }
        for number in range(count)
    ]


def register(monitor: Service, registrations: list[dict]) -> None:
    for start in range(0, len(registrations), 200):
        monitor.call("POST", "/api/tasks", registrations[start : start + 200])
    print(f"Registered {len(registrations)} students in the session '{SESSION}'.", flush=True)


def upload(grading_server: Service, registrations: list[dict]) -> None:
    def upload_one(registration: dict) -> None:
        grading_server.call("POST", "/api/grade/upload/", {"task_id": registration["taskId"]})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(upload_one, registrations))
    print(f"Handed {len(registrations)} scripts to the grading server.", flush=True)


def watch(monitor: Service, deadline: float) -> dict:
    """Shows a line whenever the session moved, until it is done; returns its last status."""
    began, shown = time.monotonic(), None
    while True:
        session = monitor.call("GET", f"/api/sessions/{SESSION}/status")
        ended_by = monitor.call("GET", "/api/monitoring/stats")["stats"]["completedBy"]
        line = (
            f"{session['status']:<11}  pending {session['pendingStudents']:>4}  under way {session['processingStudents']:>4}"
            f"  completed {session['completedStudents']:>4}  failed {session['failedStudents']:>3}"
            f"  (callback {ended_by.get('callback', 0)}, sweep {ended_by.get('sweep', 0)})"
        )
        if line != shown:
            print(f"  {time.monotonic() - began:5.1f} s  {line}", flush=True)
            shown = line
        if session["status"] in ("COMPLETED", "FAILED", "CANCELLED"):
            return session
        if time.monotonic() > deadline:
            print("  The session did not end in time.", flush=True)
            return session
        time.sleep(1)


def settled(grading_server: Service) -> dict:
    """The grading server's counts, once its late and repeated callbacks are out: all ends announced, then 3 s of silence."""
    deadline = time.monotonic() + 40
    counts, since = grading_server.call("GET", "/api/simulator/stats"), time.monotonic()
    while time.monotonic() < deadline:
        announced = counts["delivered"] + counts["lost"] + counts["givenUp"]
        if announced == counts["tasks"] and time.monotonic() - since >= 3:
            break
        time.sleep(0.25)
        latest = grading_server.call("GET", "/api/simulator/stats")
        if latest != counts:
            counts, since = latest, time.monotonic()
    return counts


def truth(grading_server: Service, task_ids: list[str]) -> dict[str, str]:
    """What the grading server says of each task, in its own words."""

    def ask(task_id: str) -> str:
        return grading_server.call("GET", f"/api/grade/status/{task_id}/")["status"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return dict(zip(task_ids, pool.map(ask, task_ids)))


def stored(database: str) -> tuple[dict[str, str], dict[str, int], dict[str, str]]:
    """From the database itself: status by task, rows about an ending by task, status by session."""
    uri = pathlib.Path(database).resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=10)
    try:
        statuses = dict(connection.execute("SELECT taskId, status FROM students WHERE taskId IS NOT NULL"))
        final_rows = dict(
            connection.execute(
                """
                SELECT students.taskId, COUNT(*) FROM session_logs
                JOIN students ON students.id = session_logs.studentId
                WHERE session_logs.level = 'SUCCESS'
                   OR (session_logs.level = 'ERROR' AND session_logs.message LIKE '%→ FAILED%')
                GROUP BY students.taskId
                """
            )
        )
        sessions = dict(connection.execute("SELECT id, status FROM grading_sessions"))
    finally:
        connection.close()
    return statuses, final_rows, sessions


def differences(expected: dict[str, str], database: str) -> list[str]:
    """Everything that the database has wrong, a sentence each."""
    statuses, final_rows, sessions = stored(database)
    found = []
    for task, word in expected.items():
        ours = statuses.get(task, "missing")
        if word not in ENDED or ENDED[word] != ours:
            found.append(f"task {task}: the grading server says {word}, the database {ours}")
        if final_rows.get(task, 0) != 1:
            found.append(f"task {task}: {final_rows.get(task, 0)} log rows about its end instead of 1")
    if sessions.get(SESSION) != "COMPLETED":
        found.append(f"session {SESSION}: {sessions.get(SESSION, 'missing')} instead of COMPLETED")
    return found


def table(rows: list[tuple[str, object]]) -> str:
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {value:>10}" for name, value in rows)


def demonstrate(options: argparse.Namespace) -> bool:
    monitor = Service("the monitor", options.monitor, os.environ.get("OPERATOR_SECRET"))
    grading_server = Service("the grading server", options.grading_server)
    began = time.monotonic()
    registrations = students(options.tasks, options.seed)
    register(monitor, registrations)
    upload(grading_server, registrations)
    session = watch(monitor, deadline=began + 90 + options.tasks / 4)
    seconds = time.monotonic() - began
    counts = settled(grading_server)
    stats = monitor.call("GET", "/api/monitoring/stats")["stats"]
    ended_by = stats["completedBy"]

    wrong = differences(truth(grading_server, [each["taskId"] for each in registrations]), options.database)
    accepted_forgeries = counts["forgedSent"] - counts["forgedRejected"]
    wrong += [f"{accepted_forgeries} forged callbacks were not refused"] if accepted_forgeries else []
    if counts["lost"] > 0 and options.tasks >= 50 and not ended_by.get("sweep"):
        wrong.append("callbacks were lost, but the sweep found no task")
    result = {
        "tasks": options.tasks,
        "byCallback": ended_by.get("callback", 0),
        "bySweep": ended_by.get("sweep", 0),
        "duplicates": counts["duplicatesAnswered"],
        "rejected": counts["forgedRejected"],
        "wrong": len(wrong),
        "sessionStatus": session["status"],
    }
    print()
    print(
        table(
            [
                ("students", options.tasks),
                ("ended by a callback", result["byCallback"]),
                ("found by the sweep", result["bySweep"]),
                ("callbacks lost on the way", counts["lost"]),
                ("duplicates, answered and ignored", result["duplicates"]),
                ("forgeries, rejected", result["rejected"]),
                ("tasks or sessions with a wrong status", result["wrong"]),
                ("session", session["status"]),
                ("time from registration to the end", f"{seconds:.1f} s"),
            ]
        )
    )
    for line in wrong[:20]:
        print(f"  WRONG: {line}")
    print(json.dumps(result, separators=(",", ":")), flush=True)
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--monitor", required=True, help="URL of the monitor")
    parser.add_argument("--grading-server", required=True, help="URL of the simulated grading server")
    parser.add_argument("--database", required=True, help="path of the monitor's SQLite file")
    parser.add_argument("--tasks", type=int, default=200, help="students in the session (200)")
    parser.add_argument("--seed", type=int, default=42, help="decides names and task ids (42)")
    try:
        return 0 if demonstrate(parser.parse_args()) else 1
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
