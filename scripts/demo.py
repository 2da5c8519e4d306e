#!/usr/bin/env python3
"""The work of scripts/demo.sh: one session from registration to its end, then every task checked against the truth.

Registers the students with the monitor, hands their scripts to the grading server, shows progress until the session is
done, and compares each task in the database with what the grading server says of it. With several monitors, one
of them is killed half-way. The last line of its output is one JSON object; the exit status is 0 only if nothing is wrong.

Reads the monitor's operator secret from OPERATOR_SECRET, and a database's password from PGPASSWORD. Standard library only.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import csv
import http.client
import itertools
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
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
    """One HTTP service at one address or several, with connections for each thread that uses it.

    Each request goes to the next address, and where nobody answers, to the one after that: as a load balancer would do.
    """

    def __init__(self, name: str, urls: list[str], secret: str | None = None):
        self.name = name
        self._addresses = [urllib.parse.urlsplit(url).netloc for url in urls]
        self._turns = itertools.count()
        self._headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._local = threading.local()

    def call(self, method: str, path: str, body: object = None) -> dict:
        """The decoded answer; anything but 2xx is a Failure."""
        payload = None if body is None else json.dumps(body).encode()
        headers = dict(self._headers)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        status, answer = self._ask_around(method, path, payload, headers)
        if not 200 <= status < 300:
            raise Failure(f"{self.name} answered {status} to {method} {path}: {answer[:300].decode(errors='replace')}")
        return json.loads(answer)

    def _ask_around(self, *request) -> tuple[int, bytes]:
        turn = next(self._turns)
        failures = []
        for number in range(len(self._addresses)):
            try:
                return self._exchange(self._addresses[(turn + number) % len(self._addresses)], *request)
            except (OSError, http.client.HTTPException) as error:
                failures.append(error)
        raise Failure(f"{self.name} does not answer: {failures[-1]!r}") from failures[-1]

    def _exchange(self, address: str, method: str, path: str, payload: bytes | None, headers: dict) -> tuple[int, bytes]:
        connections = vars(self._local).setdefault("connections", {})
        connection = connections.setdefault(address, http.client.HTTPConnection(address, timeout=30))
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except Exception:
            del connections[address]
            connection.close()
            raise


class Victim:
    """A monitor that is killed half-way, as a machine that fails would be, and that its keeper starts again."""

    def __init__(self, url: str, process_file: pathlib.Path):
        self._url = url
        self._monitor = Service("the killed monitor", [url])
        self._process_file = process_file
        self._killed_at: float | None = None
        self._process = 0
        self.seconds: float | None = None

    def step(self, is_half_way: bool) -> None:
        """Kills it when the time has come, and sees whether it is back."""
        if self._killed_at is None and is_half_way:
            self._process = int(self._process_file.read_text())
            os.kill(self._process, signal.SIGKILL)
            self._killed_at = time.monotonic()
            print(f"          kill -9 of the monitor at {self._url}", flush=True)
        elif self._killed_at is not None and self.seconds is None and self._is_back():
            self.seconds = time.monotonic() - self._killed_at
            print(f"          the monitor at {self._url} is back", flush=True)

    def wait(self, patience: float = 30) -> bool:
        """Whether it was killed and came back."""
        deadline = time.monotonic() + patience
        while self.seconds is None and time.monotonic() < deadline:
            self.step(is_half_way=True)
            time.sleep(0.1)
        return self.seconds is not None

    def _is_back(self) -> bool:
        try:
            self._monitor.call("GET", "/readyz")
        except Failure:
            return False
        # Another process: the one that was killed may have had an answer on its way.
        return int(self._process_file.read_text()) != self._process


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


def watch(monitor: Service, victim: Victim | None, deadline: float) -> dict:
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
        open_tasks = session["pendingStudents"] + session["processingStudents"]
        is_half_way = session["completedStudents"] + session["failedStudents"] >= open_tasks
        if session["status"] in ("COMPLETED", "FAILED", "CANCELLED"):
            return session
        if time.monotonic() > deadline:
            print("  The session did not end in time.", flush=True)
            return session
        for _ in range(10):
            if victim:
                victim.step(is_half_way)
            time.sleep(0.1)


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


def rows(database: str, query: str) -> list[list[str]]:
    """What the database itself says, past the monitor: by psql, or from the file of SQLite."""
    if database.startswith("postgresql://"):
        command = ["psql", "--no-psqlrc", "--csv", "--tuples-only", f"--dbname={database}", f"--command={query}"]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if finished.returncode != 0:
            raise Failure(f"psql: {finished.stderr.strip()}")
        return list(csv.reader(finished.stdout.splitlines()))
    connection = sqlite3.connect(pathlib.Path(database).resolve().as_uri() + "?mode=ro", uri=True, timeout=10)
    try:
        return [[str(value) for value in row] for row in connection.execute(query)]
    finally:
        connection.close()


def stored(database: str) -> tuple[dict[str, str], dict[str, int], dict[str, str]]:
    """From the database itself: status by task, rows about an ending by task, status by session."""
    statuses = rows(database, 'SELECT "taskId", status FROM students WHERE "taskId" IS NOT NULL')
    final_rows = rows(
        database,
        """
        SELECT students."taskId", COUNT(*) FROM session_logs
        JOIN students ON students.id = session_logs."studentId"
        WHERE session_logs.level = 'SUCCESS'
           OR (session_logs.level = 'ERROR' AND session_logs.message LIKE '%→ FAILED%')
        GROUP BY students."taskId"
        """,
    )
    sessions = rows(database, "SELECT id, status FROM grading_sessions")
    return dict(statuses), {task: int(count) for task, count in final_rows}, dict(sessions)


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


def table(lines: list[tuple[str, object]]) -> str:
    width, value_width = (max(len(str(column)) for column in columns) for columns in zip(*lines))
    return "\n".join(f"  {name:<{width}}  {value:>{value_width}}" for name, value in lines)


def several_monitors(taken: list[int], victim: Victim | None) -> list[tuple[str, object]]:
    """The lines of the table that only several monitors have."""
    if len(taken) == 1:
        return []
    found: list[tuple[str, object]] = [("callbacks taken by each monitor", " ".join(str(number) for number in taken))]
    if victim and victim.seconds is not None:
        found.append(("killed with -9, ready again after", f"{victim.seconds:.1f} s"))
    return found


def demonstrate(options: argparse.Namespace) -> bool:
    monitor = Service("the monitor", options.monitor, os.environ.get("OPERATOR_SECRET"))
    grading_server = Service("the grading server", [options.grading_server])
    victim = Victim(options.monitor[-1], options.kill) if options.kill else None
    began = time.monotonic()
    registrations = students(options.tasks, options.seed)
    register(monitor, registrations)
    upload(grading_server, registrations)
    session = watch(monitor, victim, deadline=began + 90 + options.tasks / 4)
    seconds = time.monotonic() - began
    counts = settled(grading_server)
    stats = monitor.call("GET", "/api/monitoring/stats")["stats"]
    ended_by = stats["completedBy"]

    wrong = differences(truth(grading_server, [each["taskId"] for each in registrations]), options.database)
    wrong += [f"{counts['forgedAccepted']} forged callbacks were accepted"] if counts["forgedAccepted"] else []
    if counts["lost"] > 0 and options.tasks >= 50 and not ended_by.get("sweep"):
        wrong.append("callbacks were lost, but the sweep found no task")
    if victim and not victim.wait():
        wrong.append("the monitor that was killed did not come back")
    result = {
        "tasks": options.tasks,
        "byCallback": ended_by.get("callback", 0),
        "bySweep": ended_by.get("sweep", 0),
        "duplicates": counts["duplicatesAnswered"],
        "rejected": counts["forgedRejected"],
        "wrong": len(wrong),
        "sessionStatus": session["status"],
        "instances": len(options.monitor),
        "database": "postgresql" if options.database.startswith("postgresql://") else "sqlite",
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
                *several_monitors(counts["taken"], victim),
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
    parser.add_argument("--monitor", required=True, action="append", help="URL of a monitor; may be repeated")
    parser.add_argument("--grading-server", required=True, help="URL of the simulated grading server")
    parser.add_argument("--database", required=True, help="postgresql://… or the path of the monitor's SQLite file")
    parser.add_argument("--kill", type=pathlib.Path, help="kill the last monitor half-way: its process id is in this file")
    parser.add_argument("--tasks", type=int, default=200, help="students in the session (200)")
    parser.add_argument("--seed", type=int, default=42, help="decides names and task ids (42)")
    try:
        return 0 if demonstrate(parser.parse_args()) else 1
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
