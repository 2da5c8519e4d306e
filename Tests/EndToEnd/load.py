"""Callbacks all the time while something is done to the database, and what may be said about their answers."""

from __future__ import annotations

import random
import threading
import time

from effects import Effects
from fleet import Registrar
from monitor import Monitor, wait_until
from postgres import Cluster
from senders import Attempt, Senders, doubled_effects

# The longest that a sender may have to wait for a refusal.
LONGEST = 8.0


class Load:
    """Senders at work from `with` to the end of the block; then everything that is under way is acknowledged."""

    def __init__(self, monitors: list[Monitor], name: str, senders: int = 8, seed: int = 1, patience: float = 60):
        self.registrar = Registrar(monitors, random.Random(f"{name} {seed}"), name=name)
        self._arguments = (monitors, senders, seed)
        self._patience = patience
        self._over = threading.Event()
        self._feeder = threading.Thread(target=self._feed, daemon=True)

    def __enter__(self) -> Load:
        self.senders = Senders(*self._arguments)
        self.registrar.keep_stocked(self.senders, 300)
        self._feeder.start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._over.set()
        self._feeder.join(60)
        if kind is None:
            wait_until(self.senders.is_idle, self._patience)
        self.senders.finish(self._patience if kind is None else 0)

    def _feed(self) -> None:
        while not self._over.wait(0.02):
            self.registrar.keep_stocked(self.senders, 300)

    @property
    def attempts(self) -> list[Attempt]:
        return list(self.senders.attempts)

    def between(self, began: float, ended: float) -> list[Attempt]:
        """Requests that were both sent and answered in this time."""
        return [each for each in self.attempts if each.began >= began and each.ended <= ended]

    def acknowledged_after(self, moment: float) -> float | None:
        """Seconds until the first 2xx to a request that was sent after this moment."""
        answered = [each.ended for each in self.attempts if each.is_acknowledged and each.began >= moment]
        return min(answered) - moment if answered else None

    def wait_for_answer_after(self, moment: float, timeout: float) -> float | None:
        wait_until(lambda: self.acknowledged_after(moment) is not None, timeout, every=0.02)
        return self.acknowledged_after(moment)

    def wrong(self, cluster: Cluster) -> list[str]:
        """After the end: everything acknowledged is there once, and every refusal was a proper one."""
        found = Effects(cluster).wrong(self.senders.acknowledged())
        found += doubled_effects(self.attempts)
        found += wrong_refusals(self.attempts)
        return found + self.senders.faults + self.registrar.faults


def wrong_refusals(attempts: list[Attempt]) -> list[str]:
    """A callback that is not taken is answered 503, with `Retry-After`, before the sender's patience ends."""
    found = []
    for each in attempts:
        what = f"task {each.delivery.task}: answered {each.status} after {each.seconds:.1f} s"
        if each.status is None:
            found.append(f"{what}: no answer ({each.text})")
        elif each.status == 503 and not each.retry_after:
            found.append(f"{what}: without Retry-After")
        if each.seconds >= LONGEST:
            found.append(f"{what}: {LONGEST:.0f} s are too long")
    return found


def count(attempts: list[Attempt]) -> str:
    acknowledged = sum(each.is_acknowledged for each in attempts)
    refused = sum(each.status == 503 for each in attempts)
    other = len(attempts) - acknowledged - refused
    return f"{acknowledged} acknowledged, {refused} refused with 503" + (f", {other} OTHERS" if other else "")


def longest(attempts: list[Attempt]) -> str:
    return f"{max((each.seconds for each in attempts), default=0):.2f} s"


def pause(seconds: float) -> None:
    """Lets the load go on for so long."""
    time.sleep(seconds)
