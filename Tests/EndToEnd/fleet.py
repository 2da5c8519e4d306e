"""Several monitors on one database, and what feeds them."""

from __future__ import annotations

import http.client
import json
import pathlib
import random
import time
import uuid

from monitor import Monitor, Secrets, request
from senders import Delivery, Senders

# A person or a cron job of these programs is in a hurry: the limits have tests of their own.
SETTINGS = {"RATE_LIMIT_CRON": "100000/60", "RATE_LIMIT_MANUAL": "100000/60"}


def fleet(directory: pathlib.Path, binary: str, database_url: str, names: list[str], **settings: str) -> list[Monitor]:
    shared = Secrets.fresh()
    return [
        Monitor(directory, binary, name=name, database_url=database_url, shared=shared, **{**SETTINGS, **settings})
        for name in names
    ]


def bearer(secret: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}


class Registrar:
    """Registers sessions with whichever monitor answers, and hands their deliveries to the senders."""

    def __init__(self, monitors: list[Monitor], chance: random.Random, session_size: int = 100, name: str = "session"):
        self.registered = 0
        self.withheld: set[str] = set()
        # Answers that were neither 2xx nor 503.
        self.faults: list[str] = []
        self._monitors = monitors
        self._chance = chance
        self._session_size = session_size
        self._name = name
        self.sessions = 0

    def keep_stocked(self, senders: Senders, stock: int) -> None:
        """Registers until so many deliveries wait."""
        while senders.waiting.qsize() < stock:
            tasks = self.new_session()
            if tasks is None:
                return
            for task in tasks:
                senders.waiting.put(self.deliveries(task))

    def new_session(self, withheld: int = 0) -> list[str] | None:
        """The tasks to deliver; the withheld ones are remembered. `None` when no monitor took it: to be tried again."""
        self.sessions += 1
        session = {"id": f"{self._name}-{self.sessions}", "title": "Mathematics, June", "numStudents": self._session_size}
        tasks = [str(uuid.UUID(int=self._chance.getrandbits(128), version=4)) for _ in range(self._session_size)]
        entries = [
            {"taskId": task, "studentName": f"Student {number}", "session": session} for number, task in enumerate(tasks)
        ]
        if not self._register(entries):
            return None
        self.registered += len(tasks)
        self.withheld.update(tasks[:withheld])
        return tasks[withheld:]

    def first_session(self) -> list[str]:
        """For scenes that show nothing without it."""
        tasks = self.new_session()
        if tasks is None:
            raise RuntimeError(f"no tasks could be registered {self.faults}")
        return tasks

    def deliveries(self, task: str) -> list[Delivery]:
        """What the grading server says about a task: sometimes progress, then the ending; one in ten failed."""
        status = "FAILED" if self._chance.random() < 0.1 else "COMPLETED"
        words = ["PROCESSING", status] if self._chance.random() < 0.3 else [status]
        return [Delivery.of(task, word, self._chance) for word in words]

    def _register(self, entries: list[dict]) -> bool:
        """The same call again, with another monitor, until one takes it: registration is idempotent."""
        body = json.dumps(entries).encode()
        for monitor in self._chance.sample(self._monitors, len(self._monitors)) * 20:
            try:
                status, answer = request(monitor.port, "POST", "/api/tasks", body, bearer(monitor.operator_secret))
            except (OSError, http.client.HTTPException):
                status, answer = 503, b""
            if status == 200:
                return True
            if status != 503:
                self.faults.append(f"registration answered {status} by {monitor.name}: {answer[:200]!r}")
                return False
            time.sleep(0.05)
        return False
