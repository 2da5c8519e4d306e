"""Senders of signed callbacks to one or several monitors, and the record of every answer that they got."""

from __future__ import annotations

import http.client
import json
import queue
import random
import threading
import time
import uuid
from typing import NamedTuple

from monitor import Monitor, signed_headers

# The word that is sent for each status, and the level of the log row that it leaves.
WORDS = {"COMPLETED": "SUCCESS", "FAILED": "FAILURE", "PROCESSING": "STARTED"}
REQUEST_PATIENCE = 30


class Delivery(NamedTuple):
    task: str
    id: str
    # What the task is after it.
    status: str
    body: bytes

    @classmethod
    def of(cls, task: str, status: str, chance: random.Random) -> Delivery:
        return cls(task, f"msg_{uuid.UUID(int=chance.getrandbits(128)).hex}", status, callback(task, status, chance))


class Attempt(NamedTuple):
    """One request and its answer. Times are those of `time.monotonic`."""

    delivery: Delivery
    monitor: str
    began: float
    ended: float
    # None: no answer, and nobody knows whether it was committed.
    status: int | None
    retry_after: str | None
    outcome: str | None
    text: str

    @property
    def is_acknowledged(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def callback(task: str, status: str, chance: random.Random) -> bytes:
    """A report of about 2 KB with graded parts; an error text for a failure, progress for what is under way."""
    report: dict = {"task_id": task, "status": WORDS[status]}
    if status == "COMPLETED":
        feedback = "Correct up to the sign. " * 8
        results = {
            f"{part}a": {"score": chance.randint(0, 4), "max_score": 4, "feedback": feedback, "page_source": 1}
            for part in range(1, 9)
        }
        report["result"] = {"status": "COMPLETED", "results": results}
    elif status == "FAILED":
        report["error"] = "The scan could not be read."
    else:
        report["progress"] = {"current_step": "grading", "message": "Page 1"}
    return json.dumps(report).encode()


class Courier:
    """Makes single attempts, with a connection of each thread to each monitor."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self._local = threading.local()

    def attempt(self, delivery: Delivery, monitor: Monitor, patience: float = REQUEST_PATIENCE) -> Attempt:
        connections = self._local.__dict__.setdefault("connections", {})
        connection = connections.pop(monitor.port, None)
        connection = connection or http.client.HTTPConnection("127.0.0.1", monitor.port, timeout=patience)
        headers = signed_headers(monitor.webhook_secret, delivery.id, delivery.body)
        status, retry_after, answer, began = None, None, b"", time.monotonic()
        try:
            connection.request("POST", f"/api/webhooks/grading/{delivery.task}", delivery.body, headers)
            response = connection.getresponse()
            status, retry_after, answer = response.status, response.headers.get("Retry-After"), response.read()
            connections[monitor.port] = connection
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, answer = None, repr(error).encode()
        text = answer[:300].decode(errors="replace")
        made = Attempt(delivery, monitor.name, began, time.monotonic(), status, retry_after, outcome_in(status, answer), text)
        self.attempts.append(made)
        return made


def outcome_in(status: int | None, answer: bytes) -> str | None:
    return json.loads(answer).get("outcome") if status is not None and 200 <= status < 300 else None


class Senders(Courier):
    """Threads that take deliveries from a queue and send each until it is acknowledged, by another monitor each time.

    A share of the deliveries goes out twice, to two different monitors: half of those at the same moment.
    """

    def __init__(self, monitors: list[Monitor], count: int, seed: int, duplicates: float = 0.0):
        super().__init__()
        # In order: a task's progress is acknowledged before its ending is sent.
        self.waiting: queue.SimpleQueue[list[Delivery]] = queue.SimpleQueue()
        self.faults: list[str] = []
        self.twice = 0
        self.together = 0
        self._monitors = monitors
        self._duplicates = duplicates
        self._under_way = 0
        self._lock = threading.Lock()
        self._running = threading.Event()
        self._running.set()
        self._given_up = threading.Event()
        self._threads = [
            threading.Thread(target=self._send_all, args=(random.Random(seed + number),), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def acknowledged(self) -> dict[str, Delivery]:
        """By delivery id: everything that was answered 2xx so far."""
        return {each.delivery.id: each.delivery for each in list(self.attempts) if each.is_acknowledged}

    def under_way(self) -> int:
        with self._lock:
            return self._under_way

    def is_idle(self) -> bool:
        return self.waiting.empty() and self.under_way() == 0

    def finish(self, patience: float) -> None:
        """Waits until what is on its way is acknowledged; takes nothing new from the queue."""
        self._running.clear()
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        stuck = sum(thread.is_alive() for thread in self._threads)
        if stuck:
            self.faults.append(f"{stuck} senders had no 2xx within {patience:.0f} s of the end")
        self._given_up.set()

    def _send_all(self, chance: random.Random) -> None:
        while self._running.is_set():
            try:
                deliveries = self.waiting.get(timeout=0.05)
            except queue.Empty:
                continue
            with self._lock:
                self._under_way += 1
            try:
                for delivery in deliveries:
                    self._deliver(delivery, chance)
            except Exception as error:  # A thread that ends in silence would look like a server that hangs.
                self.faults.append(f"task {deliveries[0].task}: the sender itself failed: {error!r}")
            with self._lock:
                self._under_way -= 1

    def _deliver(self, delivery: Delivery, chance: random.Random) -> None:
        first, second = self._two_monitors(chance)
        if chance.random() >= self._duplicates:
            self._insist(delivery, first, chance)
            return
        twin_chance, together = random.Random(chance.random()), chance.random() < 0.5
        with self._lock:
            self.twice += 1
            self.together += together
        if together:
            both = threading.Barrier(2)
            twin = threading.Thread(target=self._insist, args=(delivery, second, twin_chance, both), daemon=True)
            twin.start()
            self._insist(delivery, first, chance, both)
            twin.join()
        else:
            self._insist(delivery, first, chance)
            self._insist(delivery, second, twin_chance)

    def _two_monitors(self, chance: random.Random) -> tuple[Monitor, Monitor]:
        if len(self._monitors) == 1:
            return self._monitors[0], self._monitors[0]
        first, second = chance.sample(self._monitors, 2)
        return first, second

    def _insist(
        self, delivery: Delivery, monitor: Monitor, chance: random.Random, together: threading.Barrier | None = None
    ) -> None:
        if together is not None:
            together.wait(30)
        is_refused_otherwise = False
        while not self._given_up.is_set():
            made = self.attempt(delivery, monitor)
            if made.is_acknowledged:
                if made.outcome not in ("applied", "duplicate"):
                    self.faults.append(f"task {delivery.task}: {delivery.status} answered {made.outcome!r} by {made.monitor}")
                return
            if made.status not in (None, 503) and not is_refused_otherwise:
                is_refused_otherwise = True
                self.faults.append(f"task {delivery.task}: answered {made.status} {made.text!r} by {made.monitor}")
            if made.status is not None and made.status < 500:
                return
            time.sleep(chance.uniform(0.02, 0.1))
            monitor = chance.choice([each for each in self._monitors if each is not monitor] or self._monitors)


def doubled_effects(attempts: list[Attempt]) -> list[str]:
    """Deliveries that were answered `applied` more than once, or never although every attempt was answered 2xx."""
    by_delivery: dict[str, list[Attempt]] = {}
    for each in attempts:
        by_delivery.setdefault(each.delivery.id, []).append(each)
    found = []
    for made in by_delivery.values():
        applied = sum(each.outcome == "applied" for each in made)
        if applied > 1 or (applied == 0 and all(each.is_acknowledged for each in made)):
            answers = ", ".join(f"{each.monitor} {each.status} {each.outcome}" for each in made)
            found.append(f"task {made[0].delivery.task}: its delivery was applied {applied} times: {answers}")
    return found


def seconds_text(values: list[float]) -> str:
    """Median, 99th percentile and maximum."""
    if not values:
        return "none"
    ordered = sorted(values)
    chosen = (("p50", ordered[len(ordered) // 2]), ("p99", ordered[len(ordered) * 99 // 100]), ("max", ordered[-1]))
    return ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in chosen)
