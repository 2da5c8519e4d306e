"""Scenes of database_faults.py: backends are ended from outside, the server is restarted, or takes no writes."""

from __future__ import annotations

import pathlib
import random
import time
from collections import Counter

from load import Load, count, pause
from monitor import Monitor, wait_until
from postgres import Psql
from stage import Stage


def cancelled_and_terminated(stage: Stage) -> None:
    with stage.monitor("ended: backends are cancelled and terminated all the time") as monitor:
        monitor.start()
        chance = random.Random(stage.options.seed)
        done: Counter[str] = Counter()
        with Load([monitor], "ended", seed=stage.options.seed) as load:
            pause(2)
            before = footprint(stage, monitor)
            psql, until = Psql(stage.cluster, "postgres"), time.monotonic() + stage.options.seconds
            while time.monotonic() < until:
                pause(chance.uniform(0.005, 0.06))
                how = "pg_terminate_backend" if chance.random() < 0.1 else "pg_cancel_backend"
                hit = psql.rows(
                    f"SELECT {how}(pid) FROM pg_stat_activity WHERE application_name LIKE 'grading-monitor%'"
                )
                done[how] += len(hit)
            psql.close()
            stage.recovered(load, time.monotonic())
        after = settled_footprint(stage, monitor, before)
        for how, times in sorted(done.items()):
            stage.say(how, f"{times} times")
        stage.say("connections, open files, threads before", before)
        stage.say("and after", after)
        if any(now > was + 3 for was, now in zip(before, after)):
            stage.found([f"something was left behind: {before} connections, open files, threads became {after}"])
        stage.conclude(load)


def footprint(stage: Stage, monitor: Monitor) -> tuple[int, int, int]:
    """Connections to the database, open files, threads."""
    process = pathlib.Path(f"/proc/{monitor.process.pid}")
    return len(stage.cluster.backends()), len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def settled_footprint(stage: Stage, monitor: Monitor, before: tuple[int, int, int]) -> tuple[int, int, int]:
    wait_until(lambda: all(now <= was for was, now in zip(before, footprint(stage, monitor))), 10, every=0.5)
    return footprint(stage, monitor)


def restarted(stage: Stage) -> None:
    with stage.monitor("restarted: the database is restarted at once (immediate)") as monitor:
        monitor.start()
        with Load([monitor], "restarted", seed=stage.options.seed) as load:
            for _ in range(stage.options.restarts):
                pause(1.5)
                began = time.monotonic()
                stage.cluster.restart("immediate")
                stage.say("restart took", f"{time.monotonic() - began:.2f} s")
                stage.recovered(load, time.monotonic())
        stage.conclude(load)


def read_only(stage: Stage) -> None:
    with stage.monitor("read-only: default_transaction_read_only is switched on") as monitor:
        monitor.start()
        with Load([monitor], "read-only", seed=stage.options.seed) as load:
            pause(1)
            stage.cluster.configure(default_transaction_read_only="on")
            try:
                # The setting reaches a backend between two statements.
                pause(1)
                began = time.monotonic()
                pause(stage.options.stop / 2)
                refused = load.between(began, time.monotonic())
                is_ready = monitor.is_ready()
            finally:
                stage.cluster.configure(default_transaction_read_only="off")
            stage.recovered(load, time.monotonic())
        stage.say("answered while it was read-only", count(refused))
        stage.say("/readyz while it was read-only", 200 if is_ready else 503)
        if is_ready:
            stage.found(["/readyz was 200 while nothing could be written"])
        if not refused or any(each.is_acknowledged for each in refused):
            stage.found([f"while it was read-only: {count(refused)}"])
        stage.conclude(load)
