#!/usr/bin/env python3
"""A primary with a synchronous standby: is nothing acknowledged that the standby does not have?

`failover`: the primary is killed under load, and the standby promoted some seconds later. Every answer in between is 503
with Retry-After, everything acknowledged is on the new primary, and the monitor, which was given both hosts, goes on
without a restart.

`waiting`: the standby stops, so that commits wait for it. Nothing is acknowledged, not even when the wait is cancelled and
the row is there to be seen: the standby does not have it. When the standby goes on, the retries end in one effect.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import signal
import sys
import threading
import time
from typing import Iterator

from effects import Effects, verdict
from fleet import Registrar, bearer
from liveness import Liveness
from load import Load, count, longest, pause, wrong_refusals
from monitor import Monitor, default_binary, request, wait_until
from postgres import Cluster, workspace
from senders import Courier, Delivery
from stage import RECOVERY, Stage, play

CANCEL_WAITS = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@contextlib.contextmanager
def pair(stage: Stage, name: str) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary whose commits wait for its standby."""
    primary, standby = Cluster(stage.directory, f"{name}-primary"), Cluster(stage.directory, f"{name}-standby")
    try:
        primary.create()
        standby.create_standby(primary)
        # After the copy: the standby, once promoted, has nobody to wait for.
        primary.configure(synchronous_standby_names=f'"{standby.name}"')
        state = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        if not wait_until(lambda: primary.value(state) == "1", 20):
            raise RuntimeError(f"the standby is not synchronous:\n{standby.last_words()}")
        yield primary, standby
    finally:
        primary.destroy()
        standby.destroy()


def failover(stage: Stage) -> None:
    with pair(stage, "failover") as (primary, standby):
        url = primary.url(standby, target_session_attrs="read-write")
        with stage.monitor("failover: the primary is killed under load, the standby promoted", url) as monitor:
            monitor.start()
            process = monitor.process.pid
            with Liveness(monitor.port) as liveness, Load([monitor], "failover", 16, stage.options.seed) as load:
                pause(stage.options.seconds / 2)
                # Answers from here on may be refusals; those on their way at the kill may be either.
                primary.kill_nine()
                killed = time.monotonic()
                before = load.senders.acknowledged()
                pause(stage.options.gap)
                is_ready, promoting = monitor.is_ready(), time.monotonic()
                standby.promote()
                promoted = time.monotonic()
                stage.recovered(load, promoted)
                pause(stage.options.seconds / 2)
            gap = load.between(killed, promoting)
            stage.say("acknowledged before the kill", len(before))
            stage.say(f"answers in the {promoting - killed:.1f} s without a primary", count(gap))
            stage.say("refusals took, at most", longest(gap))
            stage.say("/readyz in the gap", 200 if is_ready else 503)
            stage.say("/livez", liveness)
            missing = Effects(standby).wrong(before)
            stage.say("acknowledged before and wrong on the new primary", len(missing))
            stage.cluster = standby
            stage.conclude(load)
            if not gap or any(each.status != 503 for each in gap):
                stage.found([f"in the gap: {count(gap)}"])
            if is_ready:
                stage.found(["/readyz was 200 without a primary"])
            if monitor.process.pid != process:
                stage.found(["the monitor was restarted"])
            stage.found(liveness.wrong())


def waiting(stage: Stage) -> None:
    with pair(stage, "waiting") as (primary, standby):
        stage.cluster = primary
        with stage.monitor("waiting: the synchronous standby stops, commits wait", primary.url()) as monitor:
            monitor.start()
            with Load([monitor], "waiting", seed=stage.options.seed) as load:
                pause(1.5)
                with stopped(standby) as since:
                    # What the standby had received by then may still be acknowledged.
                    pause(0.5)
                    began = time.monotonic()
                    pause(stage.options.stop)
                    waited = load.between(began, time.monotonic())
                stage.recovered(load, time.monotonic())
            stage.say(f"answers in {time.monotonic() - since:.0f} s of waiting", count(waited))
            stage.say("refusals took, at most", longest([each for each in load.attempts if each.status == 503]))
            if not waited or any(each.is_acknowledged for each in waited):
                stage.found([f"while the standby did not take anything: {count(waited)}"])
            stage.conclude(load)


def cancelled(stage: Stage) -> None:
    """A cancelled wait leaves a row that can be seen here and is not on the standby: no answer may be built on it."""
    with pair(stage, "cancelled") as (primary, standby):
        stage.cluster = primary
        url = primary.url(standby, target_session_attrs="read-write")
        with stage.monitor("cancelled: the wait for the standby is cancelled; then the primary is lost", url) as monitor:
            monitor.start()
            chance = random.Random(f"cancelled {stage.options.seed}")
            courier = Courier()
            tasks = Registrar([monitor], chance, stage.options.rounds, name="cancelled").first_session()
            # Every second one is for a task that nobody has registered: its delivery is parked, and a repeated one locks no row.
            deliveries = [
                Delivery.of(task if number % 2 == 0 else f"unknown-{number}", "COMPLETED", chance)
                for number, task in enumerate(tasks)
            ]
            pause(6)
            standby.stop("immediate")
            for delivery in deliveries:
                cancel_one(primary, monitor, courier, delivery)
            register_and_cancel(stage, primary, monitor)
            seen = [each for each in deliveries if is_seen(primary, each)]
            early = [each for each in courier.attempts if each.is_acknowledged]
            stage.say("deliveries; seen on the primary only", f"{len(deliveries)}; {len(seen)}")
            stage.say("answers meanwhile", count(courier.attempts))
            stage.found([
                f"acknowledged ({each.outcome}) while the standby did not have it: task {each.delivery.task}" for each in early
            ])
            if not seen:
                stage.found(["no cancelled wait left a row behind: this scene shows nothing"])
            primary.kill_nine()
            standby.start()
            standby.promote()
            lost = [each for each in deliveries if not is_seen(standby, each)]
            stage.say("of these, not on the new primary", len(lost))
            acknowledged = {each.delivery.id: each.delivery for each in early if each.outcome != "parked"}
            if wait_until(lambda: all([courier.attempt(each, monitor).is_acknowledged for each in deliveries]), RECOVERY * 2):
                acknowledged |= {each.id: each for each in deliveries if not each.task.startswith("unknown")}
                stage.found([f"acknowledged and gone: {each.id}" for each in deliveries if not is_seen(standby, each)])
            else:
                stage.found([f"not every retry was acknowledged within {RECOVERY * 2:.0f} s"])
            stage.found(Effects(standby).wrong(acknowledged) + wrong_refusals(courier.attempts))
            stage.say("after the retries, by the new primary", count(courier.attempts))


def cancel_one(primary: Cluster, monitor: Monitor, courier: Courier, delivery: Delivery) -> None:
    """Cancels the wait of one callback's commit, and that of its retry, and leaves a third attempt to wait."""
    for _ in range(2):
        sending = threading.Thread(target=courier.attempt, args=(delivery, monitor))
        sending.start()
        while sending.is_alive():
            # Those of earlier attempts, which wait on in the server, are cancelled with it.
            primary.rows(CANCEL_WAITS, "postgres")
            sending.join(0.1)
    courier.attempt(delivery, monitor)


def register_and_cancel(stage: Stage, primary: Cluster, monitor: Monitor) -> None:
    """The same for a registration: an operator who is told that a task is registered does not register it again."""
    entry = {"taskId": "registered-late", "studentName": "Ada Obi", "session": {"id": "late", "numStudents": 1}}
    body, answers = json.dumps([entry]).encode(), []

    def register() -> None:
        answers.append(request(monitor.port, "POST", "/api/tasks", body, bearer(monitor.operator_secret))[0])

    sending = threading.Thread(target=register)
    sending.start()
    while sending.is_alive():
        primary.rows(CANCEL_WAITS, "postgres")
        sending.join(0.1)
    is_there = primary.rows("""SELECT 1 FROM "students" WHERE "taskId" = 'registered-late'""") != []
    register()
    stage.say("registration; seen on the primary; repeated", f"{answers[0]}; {is_there}; {answers[1]}")
    if 200 in answers:
        stage.found([f"a registration was answered {answers} while the standby did not have it"])


def is_seen(cluster: Cluster, delivery: Delivery) -> bool:
    return cluster.rows(f"SELECT 1 FROM grading_monitor.deliveries WHERE delivery_id = '{delivery.id}'") != []


@contextlib.contextmanager
def stopped(cluster: Cluster) -> Iterator[float]:
    cluster.signal_all(signal.SIGSTOP)
    try:
        yield time.monotonic()
    finally:
        cluster.signal_all(signal.SIGCONT)


SCENES = {"failover": failover, "waiting": waiting, "cancelled": cancelled}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"which, of: {', '.join(SCENES)} (all)")
    parser.add_argument("--seconds", type=float, default=20, help="of load before and after the failover, together (20)")
    parser.add_argument("--gap", type=float, default=8, help="seconds without a primary (8)")
    parser.add_argument("--stop", type=float, default=25, help="seconds for which the standby stops (25)")
    parser.add_argument("--rounds", type=int, default=10, help="waits that are cancelled (10)")
    parser.add_argument("--short", action="store_true", help="for every day: --seconds 5 --gap 4 --stop 9 --rounds 4")
    parser.add_argument("--seed", type=int, default=1, help="what is sent (1)")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    unknown = set(options.scenes) - set(SCENES)
    if unknown:
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    if options.short:
        options.seconds, options.gap, options.stop, options.rounds = 5, 4, 9, 4
    with workspace("failover") as directory:
        # Each scene has a pair of its own.
        stage = Stage(options, directory, None)
        play(stage, [SCENES[name] for name in options.scenes or SCENES])
    print()
    return 0 if verdict("failover", stage.wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
