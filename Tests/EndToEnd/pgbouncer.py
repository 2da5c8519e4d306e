#!/usr/bin/env python3
"""Two monitors behind pgbouncer in transaction mode: right results, or a message that names what to set?

In that mode each transaction may find another server connection: what a session remembers (prepared statements, settings,
LISTEN) is gone. The pool is small, so that connections do change hands. Played with pgbouncer's own settings, and with
`ignore_startup_parameters` as its manual advises for drivers that send more at the start; then in session mode, and in
statement mode, which can only be refused. In the middle pgbouncer is killed and started again.
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import subprocess
import sys
import time

from effects import Effects, verdict
from fleet import fleet
from grading_server import GradingServer
from load import Load, count, longest, pause
from monitor import Monitor, ReservedPort, default_binary, wait_until
from postgres import DATABASE, ROLE, Cluster, as_postgres, workspace

# What a message may name: settings of pgbouncer, and ours.
REMEDIES = ("pool_mode", "ignore_startup_parameters", "session", "server_reset_query", "pgbouncer", "statement pooling mode")

STARTUP = "extra_float_digits,options"
# In statement mode there are no transactions: only a refusal is right.
MODES = (("transaction", ""), ("transaction", STARTUP), ("session", ""), ("statement", STARTUP))


class Pooler:
    """One pgbouncer with an ini file of its own."""

    def __init__(self, directory: pathlib.Path, cluster: Cluster, pool_mode: str, ignored: str):
        self._reserved = ReservedPort()
        self.port = self._reserved.number
        self.home = directory / f"pgbouncer-{self.port}"
        self.home.mkdir()
        (self.home / "users.txt").write_text(f'"{ROLE}" "{cluster.password}"\n')
        # In session mode a connection is somebody's for good: both monitors need all of theirs.
        pool_size = 20 if pool_mode == "session" else 4
        (self.home / "pgbouncer.ini").write_text(
            f"""
            [databases]
            {DATABASE} = host=127.0.0.1 port={cluster.port} dbname={DATABASE}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {self.port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {self.home}/users.txt
            pool_mode = {pool_mode}
            default_pool_size = {pool_size}
            max_client_conn = 200
            logfile = {self.home}/log
            {f"ignore_startup_parameters = {ignored}" if ignored else ""}
            """.replace("\n            ", "\n")
        )
        if as_postgres():
            for path in (self.home, *self.home.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Pooler:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        self._process = subprocess.Popen(
            # setpriv and not runuser: it becomes pgbouncer, so that it is the one to be ended.
            [*(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if as_postgres() else []),
             program, "-q", str(self.home / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def refused_options(self) -> int:
        """How many connections were begun with options that pgbouncer does not take."""
        return (self.home / "log").read_text(errors="replace").count("closing because: unsupported startup parameter: options")

    def last_words(self) -> str:
        log = self.home / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""


class Scene:
    def __init__(self, options: argparse.Namespace, directory: pathlib.Path, pool_mode: str, ignored: str):
        self.options = options
        self.directory = directory
        self.pool_mode, self.ignored = pool_mode, ignored
        self.wrong: list[str] = []
        self.name = f"pool_mode = {pool_mode}, ignore_startup_parameters {'= ' + ignored if ignored else 'not set'}"

    def say(self, label: str, value: object) -> None:
        print(f"  {label:<50} {value}", flush=True)

    def play(self) -> None:
        print(f"\n{self.name}", flush=True)
        cluster = Cluster(self.directory, f"database-{self.pool_mode}-{len(self.ignored)}")
        grading_server = GradingServer(hold=0.05)
        try:
            with Pooler(self.directory, cluster.create(), self.pool_mode, self.ignored) as pooler:
                self.pooler = pooler
                self.through(pooler, cluster, grading_server)
        finally:
            grading_server.close()
            cluster.destroy()

    def through(self, pooler: Pooler, cluster: Cluster, grading_server: GradingServer) -> None:
        monitors = fleet(
            self.directory, self.options.binary, cluster.url(port=pooler.port), [f"one-{pooler.port}", f"two-{pooler.port}"],
            SWEEP_GRACE="2s", SWEEP_BACKOFF="2s", SWEEP_INTERVAL="1s",
        )
        try:
            for monitor in monitors:
                monitor.set("GRADING_SERVER_URL", grading_server.listen_for(monitor.name))
                monitor.launch()
            if not wait_until(lambda: all(each.is_ready_or_ended() for each in monitors), 30, every=0.2):
                return self.judge_refusal(monitors, "does not become ready")
            if not all(each.is_running() for each in monitors):
                return self.judge_refusal(monitors, "refuses to start")
            self.serve(monitors, cluster, grading_server)
        finally:
            for monitor in monitors:
                monitor.kill()

    def judge_refusal(self, monitors: list[Monitor], how: str) -> None:
        for monitor in monitors:
            words = monitor.last_words()
            self.say(f"{monitor.name} {how} and says", words.splitlines()[-1][:200] if words else "nothing")
            if not any(each in words for each in REMEDIES):
                both = f"{words}\n{self.pooler.last_words()}"
                self.wrong.append(f"{self.name}: {monitor.name} {how}, without saying what to set:\n{both}")

    def serve(self, monitors: list[Monitor], cluster: Cluster, grading_server: GradingServer) -> None:
        if self.pool_mode == "statement":
            self.wrong.append(f"{self.name}: started, though this mode has no transactions")
        with Load(monitors, "pool", senders=16, seed=self.options.seed) as load:
            withheld: set[str] = set()
            began, killed = time.monotonic(), None
            while time.monotonic() < began + self.options.seconds:
                if killed is None and time.monotonic() > began + self.options.seconds / 2:
                    killed = time.monotonic()
                    self.pooler.kill()
                    pause(1)
                    self.pooler.start()
                    back = time.monotonic()
                tasks = load.registrar.new_session(withheld=3) or []
                withheld |= load.registrar.withheld
                grading_server.ended |= withheld
                for task in tasks:
                    load.senders.waiting.put(load.registrar.deliveries(task))
                pause(1)
            seconds = load.wait_for_answer_after(back, 15)
            self.say("first 2xx after pgbouncer was back", "none" if seconds is None else f"{seconds:.2f} s")
        settled = """SELECT count(*) FROM "grading_sessions" WHERE "status" <> 'COMPLETED'"""
        if self.options.short and not wait_until(lambda: cluster.value(settled) == "0", 8, every=0.25):
            cluster.rows("UPDATE grading_monitor.tasks SET lease_expires_at = clock_timestamp() AT TIME ZONE 'UTC'")
        # A claim whose answer was lost with pgbouncer ends with its lease, after 90 s.
        wait_until(lambda: cluster.value(settled) == "0", 130, every=0.25)
        found = load.wrong(cluster)
        effects = Effects(cluster)
        found += effects.wrong_polled(withheld) + effects.wrong_sessions() + grading_server.overlaps
        found += [f"{each.name} has ended by itself:\n{each.last_words()}" for each in monitors if not each.is_running()]
        # Once is enough to know.
        if (refusals := self.pooler.refused_options()) > len(monitors):
            found.append(f"{refusals} connections were begun with options that pgbouncer refuses")
        refused = [each for each in load.attempts if not each.is_acknowledged and not killed <= each.ended <= back + 3]
        if refused:
            found.append(f"{len(refused)} callbacks were refused though nothing was out of order, the first: {refused[0].text}")
        self.say("callbacks", count(load.attempts))
        self.say("longest wait for an answer", longest(load.attempts))
        self.say("found by the sweeps", f"{len(withheld)} ({len(grading_server.questions)} questions)")
        self.say("connections to the database", len(cluster.backends("%")))
        self.say("connections refused for their options", refusals)
        self.wrong += [f"{self.name}: {each}" for each in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="of load (20)")
    parser.add_argument("--short", action="store_true", help="for every day: --seconds 4, and leases are ended by hand")
    parser.add_argument("--seed", type=int, default=1, help="what is sent (1)")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    if options.short:
        options.seconds = 4
    wrong: list[str] = []
    with workspace("pgbouncer") as directory:
        for pool_mode, ignored in MODES:
            scene = Scene(options, directory, pool_mode, ignored)
            scene.play()
            wrong += scene.wrong
    print()
    return 0 if verdict("pgbouncer", wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
