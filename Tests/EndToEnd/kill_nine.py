#!/usr/bin/env python3
"""kill -9 under load, again and again: does every callback that was answered 2xx survive?

Each round starts the real server on the same SQLite file, registers tasks, lets senders deliver signed callbacks, and
kills the server at a random moment while they do. The senders retry until they are answered, across the restarts.
After each restart, everything that was answered before the kill is looked up in the database; after the last round,
all of it again. Exit status 1 if anything is lost, doubled or damaged.
"""

from __future__ import annotations

import argparse
import http.client
import json
import pathlib
import queue
import random
import sqlite3
import sys
import tempfile
import threading
import time
import uuid

from monitor import Monitor, default_binary, signed_headers

# Registered and not yet delivered when a round begins: more than any round can use up.
STOCK = 3_000
SESSION_SIZE = 250


class Senders:
    """Threads that deliver one callback for each task and retry until it is answered 2xx."""

    def __init__(self, monitor: Monitor, count: int, seed: int):
        self.tasks: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.faults: list[str] = []
        self.retries = 0
        self.answered_after_retry_as_duplicate = 0
        self._monitor = monitor
        self._lock = threading.Lock()
        self._answered: dict[str, str] = {}
        self._waiting = 0
        self._running = threading.Event()
        self._running.set()
        self._threads = [
            threading.Thread(target=self._send_all, args=(random.Random(seed + number),), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def answered(self) -> dict[str, str]:
        """Delivery id by task, for everything that was answered 2xx so far."""
        with self._lock:
            return dict(self._answered)

    def waiting(self) -> int:
        """Callbacks that are on their way and not answered."""
        with self._lock:
            return self._waiting

    def finish(self) -> None:
        """Waits until what is on its way is answered; takes no new task."""
        self._running.clear()
        for thread in self._threads:
            thread.join(60)

    def _send_all(self, chance: random.Random) -> None:
        connection = None
        while self._running.is_set():
            try:
                task = self.tasks.get(timeout=0.05)
            except queue.Empty:
                continue
            with self._lock:
                self._waiting += 1
            connection = self._deliver(task, chance, connection)
            with self._lock:
                self._waiting -= 1

    def _deliver(self, task: str, chance: random.Random, connection: http.client.HTTPConnection | None):
        delivery, body, attempts = f"msg_{uuid.UUID(int=chance.getrandbits(128)).hex}", callback(task, chance), 0
        while True:
            connection, status, answer = self._post(connection, task, delivery, body)
            attempts += 1
            if status is not None and 200 <= status < 300:
                break
            if status is not None and status < 500:
                self._fault(f"task {task}: answered {status} {answer[:200]!r}")
                return connection
            time.sleep(chance.uniform(0.01, 0.05))
        outcome = json.loads(answer).get("outcome")
        with self._lock:
            self._answered[task] = delivery
            self.retries += attempts - 1
            # Committed, killed before the answer, and recognised when it came again.
            self.answered_after_retry_as_duplicate += outcome == "duplicate"
        if outcome != "applied" and not (outcome == "duplicate" and attempts > 1):
            self._fault(f"task {task}: outcome {outcome!r} at attempt {attempts}")
        if chance.random() < 0.1:
            # A sender that missed the answer. Once only: repeated after a restart, it would repair what was lost.
            connection, status, answer = self._post(connection, task, delivery, body)
            if status is not None and status < 500 and json.loads(answer).get("outcome") not in ("duplicate", "applied"):
                self._fault(f"task {task}: repeated, answered {status} {answer[:200]!r}")
        return connection

    def _post(self, connection, task: str, delivery: str, body: bytes):
        """(connection to use next, status or None, body). None: no answer, nobody knows whether it was committed."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", self._monitor.port, timeout=30)
        headers = signed_headers(self._monitor.webhook_secret, delivery, body)
        try:
            connection.request("POST", f"/api/webhooks/grading/{task}", body, headers)
            response = connection.getresponse()
            return connection, response.status, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return None, None, b""

    def _fault(self, text: str) -> None:
        with self._lock:
            self.faults.append(text)


def callback(task: str, chance: random.Random) -> bytes:
    """A report of about 2 KB with graded parts."""
    results = {
        f"{part}a": {"score": chance.randint(0, 4), "max_score": 4, "feedback": "Correct up to the sign. " * 8, "page_source": 1}
        for part in range(1, 9)
    }
    return json.dumps({"task_id": task, "status": "SUCCESS", "result": {"status": "COMPLETED", "results": results}}).encode()


def register(monitor: Monitor, senders: Senders, count: int, name: str, chance: random.Random) -> None:
    """Registers new tasks, in sessions of some hundred students, and gives them to the senders."""
    fresh = []
    while len(fresh) < count:
        session = {"id": f"{name}-{len(fresh) // SESSION_SIZE}", "title": name, "numStudents": SESSION_SIZE}
        batch = [
            {
                "taskId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                "studentName": f"Student {len(fresh) + number}",
                "session": session,
            }
            for number in range(min(SESSION_SIZE, count - len(fresh)))
        ]
        monitor.register(batch)
        fresh += [each["taskId"] for each in batch]
    for task in fresh:
        senders.tasks.put(task)


def losses(database: pathlib.Path, answered: dict[str, str], integrity: bool) -> list[str]:
    """What the database has wrong about these callbacks, a sentence each."""
    connection = sqlite3.connect(database.as_uri() + "?mode=ro", uri=True, timeout=30)
    try:
        # One transaction: one state of the database for all three questions.
        connection.execute("BEGIN")
        statuses = dict(connection.execute("SELECT taskId, status FROM students WHERE taskId IS NOT NULL"))
        rows = dict(
            connection.execute(
                """
                SELECT students.taskId, COUNT(*) FROM session_logs
                JOIN students ON students.id = session_logs.studentId
                WHERE session_logs.context = 'callback'
                GROUP BY students.taskId
                """
            )
        )
        remembered = {row[0] for row in connection.execute("SELECT delivery_id FROM monitor_deliveries")}
        found = []
        for task, delivery in answered.items():
            if statuses.get(task) != "COMPLETED":
                found.append(f"task {task}: answered 2xx, but {statuses.get(task, 'missing')}")
            if rows.get(task, 0) != 1:
                found.append(f"task {task}: {rows.get(task, 0)} log rows for one change")
            if delivery not in remembered:
                found.append(f"task {task}: its delivery is not remembered")
        if integrity:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                found.append(f"integrity_check: {verdict}")
        return found
    finally:
        connection.close()


def run(options: argparse.Namespace, directory: pathlib.Path) -> bool:
    chance = random.Random(options.seed)
    monitor = Monitor(directory, options.binary)
    senders = Senders(monitor, options.senders, options.seed)
    found: list[str] = []
    answered_before: dict[str, str] = {}
    under_load = 0
    try:
        for number in range(1, options.rounds + 1):
            ready = monitor.start()
            found += losses(monitor.database, answered_before, integrity=False) if answered_before else []
            register(monitor, senders, STOCK - senders.tasks.qsize(), f"round-{number}", chance)
            time.sleep(chance.uniform(0.05, options.longest))
            loaded = senders.waiting()
            monitor.kill()
            answered = senders.answered()
            under_load += loaded > 0
            print(
                f"  round {number:>3}: ready in {ready:.2f} s, {len(answered) - len(answered_before):>5} callbacks answered, "
                f"{loaded:>3} on their way at the kill, {len(found)} losses so far",
                flush=True,
            )
            answered_before = answered
        monitor.start()
        found += losses(monitor.database, answered_before, integrity=False)
        senders.finish()
        answered = senders.answered()
        found += losses(monitor.database, answered, integrity=True)
    finally:
        monitor.kill()
    found = sorted(set(found)) + senders.faults
    if under_load == 0:
        found.append("no kill met the server under load: this run shows nothing")
    for line in found[:20]:
        print(f"  WRONG: {line}")
    print(
        f"kill-nine: {options.rounds} kills ({under_load} under load), {len(answered)} callbacks answered 2xx, "
        f"{senders.retries} retries, {senders.answered_after_retry_as_duplicate} committed but not answered before a kill, "
        f"{len(found)} wrong"
    )
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50, help="how many times the server is killed (50)")
    parser.add_argument("--senders", type=int, default=16, help="threads that deliver callbacks (16)")
    parser.add_argument("--longest", type=float, default=0.8, help="seconds of load before a kill, at most (0.8)")
    parser.add_argument("--seed", type=int, default=1, help="when the kills come, and what is sent (1)")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    print(f"kill-nine: {options.rounds} rounds, {options.senders} senders, seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="grading-monitor-kill-nine.") as directory:
        return 0 if run(options, pathlib.Path(directory)) else 1


if __name__ == "__main__":
    sys.exit(main())
