"""The lease log: who held which task, and who swept, sampled from the database all the time."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from grading_server import Question
from postgres import Cluster, Psql

INTERVAL = 0.04


class Lease(NamedTuple):
    """One owner's hold on one task, as far as the samples show it: it began before `first` and ended after `last`.

    Times are those of the database's clock, in seconds. A lease that one sample shows may have `last` before `first`: the
    sample itself took that long.
    """

    task: str
    owner: str
    first: float
    last: float
    expires: float

    @property
    def instance(self) -> str:
        """An instance's manual checks have a lease of their own: its name, a slash, `manual`."""
        return self.owner.split("/")[0]


class LeaseLog:
    """Samples in a thread, from `with` to the end of the block."""

    # What a row shows was so at some moment between the first two columns.
    TASKS = """
        SELECT extract(epoch FROM statement_timestamp()), extract(epoch FROM clock_timestamp()),
            task_id, lease_owner, extract(epoch FROM lease_expires_at)
        FROM grading_monitor.tasks WHERE lease_owner IS NOT NULL
        """
    SWEEPS = """
        SELECT extract(epoch FROM statement_timestamp()), extract(epoch FROM clock_timestamp()),
            name, owner, extract(epoch FROM expires_at)
        FROM grading_monitor.leases
        """

    def __init__(self, cluster: Cluster):
        self.samples = 0
        self.leases: list[Lease] = []
        self.sweeps: list[Lease] = []
        self._cluster = cluster
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample_all, daemon=True)

    def __enter__(self) -> LeaseLog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def _sample_all(self) -> None:
        psql = Psql(self._cluster)
        tasks: dict[str, int] = {}
        sweeps: dict[str, int] = {}
        while not self._over.wait(INTERVAL):
            self._take(psql.rows(self.TASKS), self.leases, tasks)
            self._take(psql.rows(self.SWEEPS), self.sweeps, sweeps)
            self.samples += 1
        psql.close()

    @staticmethod
    def _take(rows: list[list[str]], log: list[Lease], standing: dict[str, int]) -> None:
        """A row goes on with the lease that stands when owner and expiry are the same; else it is a new one."""
        seen = set()
        for earliest, latest, task, owner, expires in rows:
            seen.add(task)
            known = standing.get(task)
            if known is not None and log[known].owner == owner and log[known].expires == float(expires):
                log[known] = log[known]._replace(last=float(earliest))
            else:
                standing[task] = len(log)
                log.append(Lease(task, owner, float(latest), float(earliest), float(expires)))
        for task in [each for each in standing if each not in seen]:
            del standing[task]

    def owner_of(self, question: Question) -> set[str]:
        """The instances that the samples show as owners of the task within the time of the question."""
        return {
            lease.instance for lease in self.leases
            if lease.task == question.task and lease.first <= question.ended and lease.last >= question.began
        }

    def handovers(self) -> list[tuple[Lease, Lease]]:
        """Leases of one task that went from one instance to another."""
        last: dict[str, Lease] = {}
        found = []
        for lease in self.leases:
            before = last.get(lease.task)
            if before is not None and before.instance != lease.instance:
                found.append((before, lease))
            last[lease.task] = lease
        return found


def clock_text(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03}"
