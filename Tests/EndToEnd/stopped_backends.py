"""Scenes of database_faults.py: the database does not answer, and does not hang up either."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from typing import Callable

from effects import Effects
from fleet import Registrar
from liveness import Liveness
from load import LONGEST, Load, count, longest, pause, wrong_refusals
from monitor import Monitor, wait_until
from postgres import Psql
from senders import Senders
from severing import WRITER
from stage import Stage


def stopped_writer(stage: Stage) -> None:
    with stage.monitor("stopped: the writer's backend is stopped (SIGSTOP)") as monitor:
        monitor.start()
        stop_and_go_on(stage, monitor, "stopped", lambda: list(stage.cluster.backends(WRITER)))


def stopped_server(stage: Stage) -> None:
    with stage.monitor("frozen: every process of the database is stopped (SIGSTOP)") as monitor:
        monitor.start()
        stop_and_go_on(stage, monitor, "frozen", stage.cluster.processes)


def stop_and_go_on(stage: Stage, monitor: Monitor, name: str, find: Callable[[], list[int]]) -> None:
    with Liveness(monitor.port) as liveness, Load([monitor], name, seed=stage.options.seed) as load:
        pause(1)
        processes, began = find(), time.monotonic()
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            pause(stage.options.stop)
        finally:
            for pid in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        ended = time.monotonic()
        stage.recovered(load, ended)
    refused = [each for each in load.attempts if began <= each.ended <= ended + LONGEST and each.status == 503]
    stage.say("processes stopped", len(processes))
    stage.say("answered while it was stopped", count(load.between(began, ended)))
    stage.say("refusals took, at most", longest(refused))
    stage.say("/livez", liveness)
    if not refused:
        stage.found(["no callback was refused: the fault did not reach the writer"])
    stage.found(liveness.wrong())
    stage.conclude(load)


def locked(stage: Stage) -> None:
    """Somebody else, the web app say, holds the row of one session: its callbacks have to wait, the others do not."""
    with stage.monitor("locked: another program holds the lock of one session's row") as monitor:
        monitor.start()
        held = Senders([monitor], 2, stage.options.seed)
        registrar = Registrar([monitor], random.Random(f"held {stage.options.seed}"), 50, name="held")
        tasks = registrar.first_session()
        psql = Psql(stage.cluster)
        with Load([monitor], "locked", seed=stage.options.seed) as load:
            pause(1)
            psql.rows("""BEGIN; SELECT 1 FROM "grading_sessions" WHERE "id" = 'held-1' FOR UPDATE""")
            for task in tasks:
                held.waiting.put(registrar.deliveries(task))
            began = time.monotonic()
            pause(stage.options.stop)
            ended = time.monotonic()
            psql.rows("COMMIT")
            wait_until(held.is_idle, 30)
            held.finish(30)
            psql.close()
        during = load.between(began, ended)
        of_session = [each for each in held.attempts if each.ended <= ended]
        stage.say(f"{ended - began:.0f} s with the lock held: its session", count(of_session))
        stage.say("all other sessions", count(during))
        stage.say("their longest time without a 2xx", f"{longest_gap(load, began, ended):.1f} s")
        if not any(each.is_acknowledged for each in during):
            stage.found(["one locked session kept all callbacks from being taken"])
        if any(each.is_acknowledged for each in of_session):
            stage.found(["the lock was no lock: this scene shows nothing"])
        stage.found(wrong_refusals(held.attempts) + Effects(stage.cluster).wrong(held.acknowledged()) + held.faults)
        stage.conclude(load)


def longest_gap(load: Load, began: float, ended: float) -> float:
    """Between two acknowledgements."""
    answered = [each.ended for each in load.attempts if each.is_acknowledged and began < each.ended < ended]
    moments = [began, *sorted(answered), ended]
    return max(after - before for before, after in zip(moments, moments[1:]))


def shut_down_without_database(stage: Stage) -> None:
    """SIGTERM while nothing answers: whoever waits is told so, and the process ends in time."""
    with stage.monitor("shutdown: the monitor is told to end (SIGTERM) while the database is stopped") as monitor:
        monitor.start()
        with Load([monitor], "shutdown", seed=stage.options.seed) as load:
            pause(1)
            processes = stage.cluster.processes()
            for pid in processes:
                os.kill(pid, signal.SIGSTOP)
            try:
                pause(1)
                told = time.monotonic()
                status = monitor.stop()
                seconds = time.monotonic() - told
            finally:
                for pid in processes:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)
            monitor.start()
            stage.recovered(load, time.monotonic())
        stage.say("it ended after", f"{seconds:.1f} s with status {status}")
        if seconds > 30:
            stage.found([f"it took {seconds:.1f} s to end: a service manager would have killed it"])
        # While it was down nobody answered.
        load.senders.attempts[:] = [each for each in load.attempts if each.status is not None]
        stage.conclude(load)
