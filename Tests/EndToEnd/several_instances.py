#!/usr/bin/env python3
"""Three monitors on one PostgreSQL, with two of them killed during the run: is every effect there, and there once?

Senders deliver signed callbacks, a fifth of them twice and to different monitors, half of those at the same moment. Some
callbacks are withheld: the sweeps and checks of all monitors ask a grading server about these tasks, and it holds each
question to see whether two ask about one task at once. The leases are sampled all the time. Two monitors are killed with
-9 under load and started again; at the end one is stopped for longer than its leases last. Exit status 1 if anything is
lost, doubled, or polled by two at once.
"""

from __future__ import annotations

import argparse
import http.client
import os
import pathlib
import random
import signal
import sys
import threading
import time
from collections import Counter

from effects import Effects, verdict
from fleet import Registrar, bearer, fleet
from grading_server import GradingServer
from leases import Lease, LeaseLog, clock_text
from monitor import Monitor, default_binary, request, wait_until
from postgres import Cluster, workspace
from senders import Senders, doubled_effects, seconds_text

NAMES = ["one", "two", "three"]
# A monitor that was killed comes back after this time.
ABSENCE = 2.0
# How long a kill waits for the monitor to ask the grading server something.
PATIENCE = 4.0
# A task that a killed monitor had leased is free again after this time (the lease's length is 90 s).
LEASE = 90.0
# What a stopped monitor's tasks may wait for: it may be the one that sweeps, and another takes its place when the lease on that is
# over (budget and lease, 150 s) and it has looked (every 30 s).
TAKEOVER = 180.0
# What the sweeps are given to find, below what they may ask (10 a second).
WITHHELD_PER_SECOND = 4


class Triggers:
    """Cron jobs and people: sweeps on any monitor, and checks of the same task on all of them at once."""

    def __init__(self, monitors: list[Monitor], registrar: Registrar, grading_server: GradingServer, seed: int):
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []
        self._monitors = monitors
        self._registrar = registrar
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._sweep, args=(each,), daemon=True) for each in monitors]
        self._threads.append(threading.Thread(target=self._check, daemon=True))
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(100)

    def _sweep(self, monitor: Monitor) -> None:
        while not self._over.wait(1.5):
            self._post(monitor, "/api/cron/status-check", monitor.cron_secret, "sweep")

    def _check(self) -> None:
        while not self._over.wait(0.5):
            if not self._registrar.withheld:
                continue
            path = f"/api/tasks/{self._chance.choice(sorted(self._registrar.withheld))}/check"
            at_once = [
                threading.Thread(target=self._post, args=(monitor, path, monitor.operator_secret, "check"), daemon=True)
                for monitor in self._monitors
            ]
            for thread in at_once:
                thread.start()
            for thread in at_once:
                thread.join(60)

    def _post(self, monitor: Monitor, path: str, secret: str, kind: str) -> None:
        try:
            status, answer = request(monitor.port, "POST", path, b"", bearer(secret), timeout=90)
        except (OSError, http.client.HTTPException):
            # Killed, or not back yet.
            self.answers[f"{kind} none"] += 1
            return
        self.answers[f"{kind} {status}"] += 1
        if status not in (200, 409, 503):
            self.faults.append(f"{kind} answered {status} by {monitor.name}: {answer[:200]!r}")


class Kill:
    """One kill -9 and the start that follows."""

    def __init__(self, at: float, monitor: Monitor):
        self.at = at
        self.monitor = monitor
        self.killed_at: float | None = None
        self.under_way = 0
        self.is_back = False

    def advance(self, elapsed: float, senders: Senders, grading_server: GradingServer) -> None:
        # Under load and in the middle of a question, if it asks any: then it leaves leases behind.
        under_way = senders.under_way()
        is_met = under_way > 0 and grading_server.is_asked_by(self.monitor.name)
        if self.killed_at is None and elapsed >= self.at and (is_met or elapsed >= self.at + PATIENCE):
            self.under_way = under_way
            self.monitor.kill()
            self.at, self.killed_at = elapsed, time.time()
            print(f"  {elapsed:5.1f} s  killed {self.monitor.name}, {self.under_way} deliveries under way", flush=True)
        elif self.killed_at is not None and not self.is_back and elapsed >= self.at + ABSENCE:
            seconds = self.monitor.start()
            self.is_back = True
            print(f"  {elapsed:5.1f} s  {self.monitor.name} is back, ready in {seconds:.2f} s", flush=True)


class Run:
    def __init__(self, options: argparse.Namespace, directory: pathlib.Path, cluster: Cluster):
        self.options = options
        self.cluster = cluster
        self.chance = random.Random(options.seed)
        self.grading_server = GradingServer()
        self.monitors = fleet(
            directory, options.binary, cluster.url(), NAMES,
            SWEEP_GRACE="2s", SWEEP_BACKOFF="2s", SWEEP_ADAPTIVE_GRACE="off", SWEEP_INTERVAL="1s",
            GRADING_SERVER_TIMEOUT="20s",
        )
        for monitor in self.monitors:
            monitor.set("GRADING_SERVER_URL", self.grading_server.listen_for(monitor.name))
        self.registrar = Registrar(self.monitors, self.chance)
        first, second = options.seconds * 0.25, options.seconds * 0.55
        self.kills = [Kill(first, self.monitors[0]), Kill(second, self.monitors[1])]
        self.wrong: list[str] = []
        # When the lease of a task was ended by hand, by task.
        self.turned: dict[str, float] = {}

    def all_at_once(self) -> None:
        """The first start of all of them is also three migrations of one empty database at once."""
        began = time.monotonic()
        for monitor in self.monitors:
            monitor.launch()
        if not wait_until(lambda: all(each.is_ready_or_ended() for each in self.monitors), 60):
            raise RuntimeError("not ready within 60 s:\n" + "\n".join(each.last_words() for each in self.monitors))
        for monitor in self.monitors:
            if not monitor.is_running():
                raise RuntimeError(f"{monitor.name} ended at its first start:\n{monitor.last_words()}")
        print(f"  three monitors started at once on an empty database, ready in {time.monotonic() - began:.2f} s", flush=True)

    def load(self) -> None:
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < self.options.seconds or not all(kill.is_back for kill in self.kills):
            if elapsed < self.options.seconds:
                self.registrar.keep_stocked(self.senders, 100)
            if len(self.registrar.withheld) < WITHHELD_PER_SECOND * min(elapsed + 2, self.options.seconds):
                self.withhold()
            for kill in self.kills:
                kill.advance(elapsed, self.senders, self.grading_server)
            time.sleep(0.02)
        wait_until(self.senders.is_idle, 60)
        self.senders.finish(10)

    def withhold(self) -> None:
        before = set(self.registrar.withheld)
        tasks = self.registrar.new_session(withheld=10)
        self.grading_server.ended |= self.registrar.withheld - before
        for task in tasks or []:
            self.senders.waiting.put(self.registrar.deliveries(task))

    def settle(self) -> None:
        """Until the sweeps have found all that was withheld. What a killed monitor had leased takes the rest of the lease."""
        began = time.monotonic()
        if self.options.turn_leases:
            self.turn_leases_of_the_dead()
        # Where something is wrong already, there is nothing to wait for.
        patience = 10 if self.senders.faults else LEASE + 40
        wait_until(lambda: self.open_sessions() == 0, patience, every=0.25)
        print(f"  the sweeps were done {time.monotonic() - began:.1f} s after the last callback", flush=True)

    def open_sessions(self) -> int:
        return int(self.cluster.value("""SELECT count(*) FROM "grading_sessions" WHERE "status" <> 'COMPLETED'"""))

    def turn_leases_of_the_dead(self) -> None:
        dead = ", ".join(f"'{owner}'" for owner in self.owners_of_the_dead()) or "''"
        turned = self.cluster.rows(
            f"""
            UPDATE grading_monitor.tasks SET lease_expires_at = clock_timestamp() AT TIME ZONE 'UTC'
            WHERE split_part(lease_owner, '/', 1) IN ({dead}) RETURNING task_id, extract(epoch FROM lease_expires_at)
            """
        )
        self.turned = {task: float(at) for task, at in turned}
        print(f"  turned {len(turned)} leases of killed monitors to their end, instead of waiting for it", flush=True)

    def askers(self) -> dict[str, set[str]]:
        """Which monitors asked while this owner held the task's lease, by owner."""
        found: dict[str, set[str]] = {}
        for question in list(self.grading_server.questions):
            for owner in self.log.owner_of(question):
                found.setdefault(owner, set()).add(question.asker)
        return found

    def owners_of_the_dead(self) -> dict[str, Kill]:
        """The lease owners that ended with a kill: they asked before it and never after it."""
        last: dict[str, float] = {}
        for question in list(self.grading_server.questions):
            for owner in self.log.owner_of(question):
                last[owner] = max(last.get(owner, 0), question.began)
        return {
            owner: kill for owner, askers in self.askers().items() for kill in self.kills
            if kill.killed_at is not None and askers == {kill.monitor.name} and last[owner] <= kill.killed_at
        }

    def run(self) -> None:
        self.all_at_once()
        self.senders = Senders(self.monitors, self.options.senders, self.options.seed, duplicates=0.2)
        with LeaseLog(self.cluster) as self.log:
            triggers = Triggers(self.monitors, self.registrar, self.grading_server, self.options.seed)
            try:
                self.load()
                self.settle()
            finally:
                triggers.end()
            if self.options.zombie:
                self.outlast_a_lease()
        self.judge(triggers)

    def outlast_a_lease(self) -> None:
        """Stops a monitor in the middle of its questions until its leases have ended and others have taken them over; then it
        wakes up, with answers of long ago and a lease that is not its own any more."""
        before = set(self.registrar.withheld)
        tasks = self.registrar.new_session(withheld=100) or []
        new = self.registrar.withheld - before
        self.grading_server.ended |= new
        asking: list[Monitor] = []

        def somebody_asks() -> bool:
            asking[:] = [each for each in self.monitors if self.grading_server.is_asked_by(each.name)]
            return bool(asking)

        if tasks or not wait_until(somebody_asks, TAKEOVER + 20, every=0.01):
            raise RuntimeError("nobody asks about the tasks that are withheld")
        sleeper = asking[0]
        os.kill(sleeper.process.pid, signal.SIGSTOP)
        print(f"  stopped {sleeper.name} in the middle of a question, for longer than a lease", flush=True)
        try:
            all_done = wait_until(lambda: self.open_sessions() == 0, TAKEOVER + 20, every=0.25)
        finally:
            os.kill(sleeper.process.pid, signal.SIGCONT)
        if not all_done:
            self.wrong.append(f"{TAKEOVER + 20:.0f} s after {sleeper.name} stopped, its tasks had not been taken over")
        # What it still wants to write comes now.
        if not wait_until(sleeper.is_ready, 30):
            self.wrong.append(f"{sleeper.name} was not ready within 30 s of its waking up")
        time.sleep(3)

    # MARK: Judging

    def judge(self, triggers: Triggers) -> None:
        acknowledged, effects = self.senders.acknowledged(), Effects(self.cluster)
        self.wrong += effects.wrong(acknowledged)
        self.wrong += effects.wrong_polled(self.registrar.withheld)
        self.wrong += effects.wrong_sessions()
        self.wrong += doubled_effects(self.senders.attempts)
        self.wrong += self.grading_server.overlaps
        self.wrong += self.wrong_leases()
        self.wrong += self.senders.faults + self.registrar.faults + triggers.faults
        for monitor in self.monitors:
            if not monitor.is_running():
                self.wrong.append(f"{monitor.name} has ended by itself:\n{monitor.last_words()}")
        # Two writers, a listener and four for everything else, each.
        if (connections := len(self.cluster.backends())) > 7 * len(self.monitors):
            self.wrong.append(f"{connections} connections to the database are open at the end")
        self.wrong += [f"the kill of {each.monitor.name} met no load" for each in self.kills if each.under_way == 0]
        if not self.grading_server.questions or len({each.asker for each in self.grading_server.questions}) < 2:
            self.wrong.append("fewer than two monitors asked the grading server: this run shows nothing about polling")
        self.show(acknowledged, effects, triggers)
        self.show_leases()

    def wrong_leases(self) -> list[str]:
        found = []
        for question in self.grading_server.questions:
            owners = self.log.owner_of(question)
            if len(owners) > 1:
                found.append(f"task {question.task}: leased by {sorted(owners)} while {question.asker} asked about it")
        for owner, askers in self.askers().items():
            if len(askers) > 1:
                found.append(f"{sorted(askers)} asked under the lease of one owner, {owner}")
        dead = self.owners_of_the_dead()
        for before, after in self.log.handovers():
            kill = dead.get(before.instance)
            # A lease that was turned may be taken before the next sample, which then never saw its new end.
            expires = min(before.expires, self.turned.get(before.task, before.expires))
            if kill is not None and before.last > kill.killed_at + 0.5 and after.first < expires - 0.1:
                early = expires - after.first
                found.append(f"task {before.task}: the lease of {kill.monitor.name} was taken {early:.1f} s early")
        return found

    def show(self, acknowledged: dict, effects: Effects, triggers: Triggers) -> None:
        attempts = self.senders.attempts
        statuses = Counter("no answer" if each.status is None else str(each.status) for each in attempts)
        outcomes = Counter(each.outcome for each in attempts if each.outcome)
        asked = Counter(each.asker for each in self.grading_server.questions)
        contexts = Counter(context for task in self.registrar.withheld for _, context in effects.endings.get(task, []))
        leased = sum(bool(self.log.owner_of(each)) for each in self.grading_server.questions)
        taken = Counter(each.monitor for each in attempts if each.is_acknowledged)
        rows = [
            ("tasks registered, sessions", f"{self.registrar.registered}, {len(effects.sessions)}"),
            ("deliveries acknowledged", f"{len(acknowledged)}"),
            ("sent twice; of these at the same moment", f"{self.senders.twice}; {self.senders.together}"),
            ("answers", ", ".join(f"{key}: {value}" for key, value in sorted(statuses.items()))),
            ("outcomes", ", ".join(f"{key}: {value}" for key, value in sorted(outcomes.items()))),
            ("acknowledged by each monitor", ", ".join(f"{name}: {taken[name]}" for name in NAMES)),
            ("time to a 2xx", seconds_text([each.seconds for each in attempts if each.is_acknowledged])),
            ("callbacks withheld; found by", f"{len(self.registrar.withheld)}; {dict(contexts)}"),
            ("questions to the grading server", f"{len(self.grading_server.questions)} ({dict(asked)}), each held 200 ms"),
            ("questions seen under their lease", f"{leased} (samples: {self.log.samples})"),
            ("a task asked about by two at once", f"{len(self.grading_server.overlaps)}"),
            ("connections to the database, at the end", dict(Counter(self.cluster.backends().values()))),
            ("sweeps and checks triggered", ", ".join(f"{key}: {value}" for key, value in sorted(triggers.answers.items()))),
        ]
        print()
        for label, value in rows:
            print(f"  {label:<42} {value}", flush=True)

    def show_leases(self) -> None:
        """The hand-overs from one instance to another, and who swept: the lease log in short."""
        names = {owner: "/".join(sorted(askers)) for owner, askers in self.askers().items()}

        def name(lease: Lease) -> str:
            return f"{names.get(lease.instance, '?')} ({lease.owner[:8]}{lease.owner[36:]})"

        handovers = self.log.handovers()
        print(f"\n  lease log: {len(self.log.leases)} leases, {len(handovers)} tasks went from one instance to another")
        longest = sorted(handovers, key=lambda pair: pair[0].first - pair[0].last)[:4]
        for before, after in sorted({*longest, *handovers[:4]}, key=lambda pair: pair[1].first):
            print(
                f"    {before.task[:8]}  {name(before)} {clock_text(before.first)} to {clock_text(before.last)}"
                f", expires {clock_text(before.expires)}; then {name(after)} from {clock_text(after.first)}"
            )
        sweeps = self.log.sweeps
        print(f"  sweep lease: {len(sweeps)} times taken or renewed, by {len({each.owner for each in sweeps})} processes")
        for lease in [each for at, each in enumerate(sweeps) if at == 0 or sweeps[at - 1].owner != each.owner][:8]:
            print(f"    {lease.task}  {name(lease)} from {clock_text(lease.first)}, expires {clock_text(lease.expires)}")
        print()

    def close(self) -> None:
        for monitor in self.monitors:
            monitor.kill()
        self.grading_server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long callbacks are sent (60)")
    parser.add_argument("--senders", type=int, default=50, help="threads that deliver callbacks (50)")
    parser.add_argument("--turn-leases", action="store_true", help="end the leases of killed monitors by hand, not after 90 s")
    parser.add_argument("--no-zombie", dest="zombie", action="store_false", help="stop no monitor for longer than a lease")
    parser.add_argument("--short", action="store_true", help="for every day: --seconds 12 --turn-leases --no-zombie")
    parser.add_argument("--seed", type=int, default=1, help="what is sent, and where (1)")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    if options.short:
        options.seconds, options.turn_leases, options.zombie = 12, True, False
    print(f"several-instances: {len(NAMES)} monitors, {options.senders} senders, {options.seconds:.0f} s", flush=True)
    with workspace("several-instances") as directory:
        cluster = Cluster(directory, "database")
        try:
            run = Run(options, directory, cluster.create())
            try:
                run.run()
            finally:
                run.close()
        finally:
            cluster.destroy()
    return 0 if verdict("several-instances", run.wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
