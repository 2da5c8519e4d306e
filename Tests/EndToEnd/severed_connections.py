"""Scenes of database_faults.py: the connection is cut at a commit, or anywhere."""

from __future__ import annotations

import random
import time
from collections import Counter

from effects import Effects
from fleet import Registrar, bearer
from load import Load, longest, pause, wrong_refusals
from monitor import Monitor, request, wait_until
from senders import Attempt, Courier, Delivery
from severing import ANSWERED, BEFORE, MOMENTS, SeveringProxy
from stage import RECOVERY, Stage


def cut_commits(stage: Stage) -> None:
    """One callback at a time: the answer to each can be told, and what is in the database too."""
    proxy = SeveringProxy(stage.cluster.port)
    chance = random.Random(f"cut {stage.options.seed}")
    # A name for the moment, and how it ended.
    ends: Counter[tuple[str, str]] = Counter()
    try:
        with stage.monitor("cut: the connection is cut at a commit", stage.cluster.url(port=proxy.port)) as monitor:
            monitor.start()
            registrar, courier = Registrar([monitor], chance, stage.options.cuts, name="cut"), Courier()
            # What the monitor does at its start would meet the first fault: its sweep begins within 5 s, and then it prunes. A sweep
            # that is asked for joins the one that is under way.
            pause(5)
            request(monitor.port, "POST", "/api/cron/status-check", b"", bearer(monitor.cron_secret))
            pause(3)
            moments = (list(MOMENTS) * stage.options.cuts)[: stage.options.cuts]
            acknowledged = {}
            for moment, task in zip(moments, registrar.first_session()):
                delivery = Delivery.of(task, "COMPLETED", chance)
                ends[moment, cut_one(stage, proxy, monitor, courier, delivery, moment)] += 1
                acknowledged[delivery.id] = delivery
            for (moment, end), times in sorted(ends.items()):
                stage.say(moment, f"{times:>3} x {end}")
            stage.say("longest wait for an answer", longest(courier.attempts))
            stage.found(Effects(stage.cluster).wrong(acknowledged) + wrong_refusals(courier.attempts))
    finally:
        proxy.close()


def cut_one(stage: Stage, proxy: SeveringProxy, monitor: Monitor, courier: Courier, delivery: Delivery, moment: str) -> str:
    proxy.arm(moment)
    first = courier.attempt(delivery, monitor)
    if proxy.disarm():
        stage.found([f"the proxy saw no commit for a callback that was answered {first.status}"])
        return "no commit seen"
    is_committed = stage.cluster.rows(f"SELECT 1 FROM grading_monitor.deliveries WHERE delivery_id = '{delivery.id}'") != []
    if first.status != 503:
        stage.found([f"cut {moment}: answered {first.status} {first.text}, and it is {'' if is_committed else 'not '}committed"])
    if MOMENTS[moment] is not None and MOMENTS[moment] != is_committed:
        stage.found([f"cut {moment}: the delivery is {'' if is_committed else 'not '}in the database"])
    again: list[Attempt] = []

    def retry() -> bool:
        again.append(courier.attempt(delivery, monitor))
        return again[-1].is_acknowledged

    if not wait_until(retry, RECOVERY):
        stage.found([f"cut {moment}: no 2xx within {RECOVERY:.0f} s"])
        return "no recovery"
    if moment in (BEFORE, ANSWERED) and again[-1].outcome != ("duplicate" if is_committed else "applied"):
        stage.found([f"cut {moment}: the retry was answered {again[-1].outcome}"])
    return f"{first.status}, {'committed' if is_committed else 'not committed'}, retry {again[-1].outcome}"


def cut_anywhere(stage: Stage) -> None:
    """Under load: cut after any number of bytes, or at any moment of a commit."""
    proxy = SeveringProxy(stage.cluster.port)
    chance = random.Random(stage.options.seed)
    try:
        with stage.monitor("bytes: connections are cut anywhere, under load", stage.cluster.url(port=proxy.port)) as monitor:
            monitor.start()
            with Load([monitor], "bytes", seed=stage.options.seed) as load:
                until = time.monotonic() + stage.options.seconds
                while time.monotonic() < until:
                    pause(chance.uniform(0.1, 0.6))
                    if chance.random() < 0.6:
                        proxy.cut_after_bytes(int(chance.paretovariate(0.3)) % 20_000)
                    else:
                        proxy.arm(chance.choice([moment for moment in MOMENTS if not moment.startswith("silence")]))
                proxy.disarm()
                for link in proxy.links():
                    link.budget = None
                stage.recovered(load, time.monotonic())
            for moment, times in sorted(Counter(each.moment for each in proxy.cuts).items()):
                stage.say(moment, f"{times} cuts")
            stage.conclude(load)
    finally:
        proxy.close()
