"""Scenes of database_faults.py: something is wrong while the monitor starts."""

from __future__ import annotations

import random
import subprocess

from fleet import fleet
from load import Load, count, pause
from monitor import Monitor, wait_until
from postgres import Cluster, program
from stage import RECOVERY, Stage

THEIRS = "FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"
EMPTY = """
    DROP SCHEMA IF EXISTS grading_monitor CASCADE;
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public AUTHORIZATION monitor
    """


class Others:
    """Connections of somebody else, as many as there may be."""

    def __init__(self, cluster: Cluster, count: int):
        self._cluster, self._count = cluster, count
        self._processes: list[subprocess.Popen] = []
        if not wait_until(lambda: self._take() == count, 20, every=0.5):
            self.leave()
            raise RuntimeError("the others did not get their connections")

    def _take(self) -> int:
        """Our own question takes up a connection too, so that one of theirs may be refused: then once more."""
        self._processes = [each for each in self._processes if each.poll() is None]
        while len(self._processes) < self._count:
            command = [program("psql"), "-X", "-q", "-c", "SELECT pg_sleep(600)", self._cluster.url()]
            self._processes.append(subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ))
        pause(0.3)
        return int(self._cluster.value(f"SELECT count(*) {THEIRS}", "postgres"))

    def leave(self) -> None:
        # A backend that sleeps does not notice that its client has gone.
        self._cluster.rows(f"SELECT pg_terminate_backend(pid) {THEIRS}", "postgres")
        for each in self._processes:
            each.kill()
            each.wait()


def full(stage: Stage) -> None:
    small = Cluster(stage.directory, "small", max_connections="12", superuser_reserved_connections="3")
    try:
        small.create()
        with stage.monitor("full: others have all the connections when the monitor starts", small.url()) as monitor:
            others = Others(small, 9)
            try:
                monitor.launch()
                pause(6)
                was_running, was_ready = monitor.is_running(), monitor.is_running() and monitor.is_ready()
                words = monitor.last_words()
            finally:
                others.leave()
            say_how_it_met_a_full_server(stage, monitor, was_running, was_ready, words)
            recover_from_full(stage, small, monitor, was_running)
    finally:
        small.destroy()


def say_how_it_met_a_full_server(stage: Stage, monitor: Monitor, was_running: bool, was_ready: bool, words: str) -> None:
    ended = "" if was_running else f"ended with status {monitor.process.returncode}"
    stage.say("while it was full, the monitor", "was ready" if was_ready else ended or "waited, not ready")
    stage.say("and said", words.splitlines()[-1][:160] if words else "nothing")
    if was_ready:
        stage.found(["it called itself ready without a connection"])
    if not any(word in words.lower() for word in ("too many", "remaining connection slots", "connection")):
        stage.found([f"no clear message: {words[-300:]!r}"])
    if not was_running and monitor.process.returncode == 0:
        stage.found(["it ended with status 0, so that nobody starts it again"])


def recover_from_full(stage: Stage, small: Cluster, monitor: Monitor, was_running: bool) -> None:
    if was_running:
        is_ready = wait_until(monitor.is_ready, RECOVERY * 2)
        stage.say("afterwards", "ready without a restart" if is_ready else "not ready")
        if not is_ready:
            return stage.found([f"not ready within {RECOVERY * 2:.0f} s of the others' end:\n{monitor.last_words()}"])
    else:
        monitor.start()
        stage.say("afterwards", "ready after a start")
    with Load([monitor], "full", senders=2, seed=stage.options.seed) as load:
        pause(1)
    stage.say("callbacks in all", count(load.attempts))
    stage.found(load.wrong(small))


# MARK: Killed while it makes the tables

def killed_migration(stage: Stage) -> None:
    """Two at a time on an empty database, both killed at any moment; in the end the tables are there and whole."""
    empty, chance = Cluster(stage.directory, "empty"), random.Random(stage.options.seed)
    try:
        empty.create()
        with stage.monitor("migration: killed again and again while it makes the tables", empty.url()) as monitor:
            [other] = fleet(stage.directory, stage.options.binary, empty.url(), ["other"])
            made = []
            for _ in range(stage.options.kills):
                empty.rows(EMPTY)
                monitor.launch()
                other.launch()
                pause(chance.uniform(0.0, 0.35))
                monitor.kill()
                other.kill()
                made.append(tables(stage, empty))
            stage.say("killed; of these before, after the commit", f"{len(made)}; {made.count(0)}, {len(made) - made.count(0)}")
            if len(set(made)) > 2:
                stage.found([f"a kill left half of the tables behind: {sorted(set(made))} tables"])
            monitor.start()
            with Load([monitor], "migration", senders=2, seed=stage.options.seed) as load:
                pause(1)
            stage.say("callbacks afterwards", count(load.attempts))
            stage.found(load.wrong(empty))
    finally:
        empty.destroy()


def tables(stage: Stage, cluster: Cluster) -> int:
    """How many there are, once the backends of those that were killed have gone."""
    if not wait_until(lambda: not cluster.backends(), 10):
        stage.found(["a killed monitor's connection is still there after 10 s"])
    return int(cluster.value("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'grading_monitor')"))
