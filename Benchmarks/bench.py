#!/usr/bin/env python3
"""The work of scripts/bench.sh: runs the monitor and the load generator against each other, round by round.

Every run has a server of its own on a database of its own. Group commit and one transaction for each callback take
turns within a round, and the order turns around with every round, so that what else the machine does hits both alike.
Standard library only.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import http.client
import json
import os
import pathlib
import re
import secrets
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

# How a commit is made: the most reports in one transaction.
MODES = {"group": "256", "single": "1"}
SESSIONS = 200
# Tasks enough that a run ends by the clock: callbacks per second that no SQLite on one disk exceeds by much.
FASTEST_ALONE, FASTEST = 5_000, 15_000
# Directories of these file systems are memory, where a flush costs nothing.
MEMORY = {"tmpfs", "ramfs"}
RESULTS = pathlib.Path(__file__).parent / "results-sqlite.json"


class Failure(Exception):
    """The measurement cannot go on, or is worth nothing; the message is for people."""


@dataclasses.dataclass
class Run:
    """What one run measured."""

    per_second: float
    p50_ms: float
    p99_ms: float
    peak_rss_mb: float


class Server:
    """One `grading-monitor serve` on a fresh database. Ends what it started, and nothing else."""

    def __init__(self, program: pathlib.Path, directory: pathlib.Path, batch: str):
        self.database = directory / "bench.db"
        self.webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.operator_secret = secrets.token_hex(24)
        self.port = free_port()
        self._log = directory / "serve.log"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "DATABASE_URL": f"sqlite:{self.database}",
            # Nobody answers there, and nobody asks: the first sweep comes after the run.
            "GRADING_SERVER_URL": "http://127.0.0.1:9",
            "SWEEP_INTERVAL": "1h",
            "SWEEP_GRACE": "1h",
            "WEBHOOK_SECRETS": self.webhook_secret,
            "CRON_SECRETS": secrets.token_hex(24),
            "OPERATOR_SECRETS": self.operator_secret,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.port),
            "COMMIT_BATCH_REPORTS": batch,
            "LOG_LEVEL": "error",
        }
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [program, "serve"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def __enter__(self) -> Server:
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise Failure("the monitor did not start:\n" + self._log.read_text(errors="replace")[-2_000:])

    def peak_rss_mb(self) -> float:
        """The most memory that it had in use, in MiB; 0 where the system does not say."""
        try:
            status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0.0
        match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return int(match[1]) / 1024 if match else 0.0

    def stop(self) -> None:
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def completed(self) -> int:
        """Students that are COMPLETED, read from the file after the server has ended."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute("SELECT count(*) FROM students WHERE status = 'COMPLETED'").fetchone()[0]
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def file_system(directory: pathlib.Path) -> str:
    """The type of the file system that holds the directory; empty where the system does not say."""
    try:
        mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    path = directory.resolve()
    holding = [mount for mount in mounts if path.is_relative_to(mount[1])]
    # Of two mounts on one place the later one is on top.
    return max(enumerate(holding), key=lambda item: (len(item[1][1]), item[0]))[1][2] if holding else ""


def load(arguments: argparse.Namespace, server: Server, connections: int) -> dict:
    """One run of the load generator: its line of JSON. An answer other than 2xx is a failure."""
    fastest = FASTEST_ALONE if connections == 1 else FASTEST
    tasks = fastest * (arguments.duration + arguments.warmup)
    command = [
        arguments.bin / "callback-load", "--url", f"http://127.0.0.1:{server.port}",
        "--connections", str(connections), "--duration", str(arguments.duration), "--warmup", str(arguments.warmup),
        "--body-bytes", "2048", "--sessions", str(SESSIONS), "--students-per-session", str(int(tasks / SESSIONS) + 1),
    ]
    # In the environment, where other users do not see them.
    environment = dict(os.environ, WEBHOOK_SECRET=server.webhook_secret, OPERATOR_SECRET=server.operator_secret)
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    if finished.returncode != 0:
        raise Failure(f"the load generator ended with {finished.returncode}: {finished.stdout}{finished.stderr}".strip())
    return json.loads(finished.stdout.splitlines()[-1])


def measure(arguments: argparse.Namespace, mode: str, connections: int) -> Run:
    with tempfile.TemporaryDirectory(prefix="grading-monitor-bench.", dir=arguments.data) as directory:
        with Server(arguments.bin / "grading-monitor", pathlib.Path(directory), MODES[mode]) as server:
            summary = load(arguments, server, connections)
            peak = server.peak_rss_mb()
        answered = sum(summary["statuses"].values())
        completed = server.completed()
        if completed != answered:
            raise Failure(f"{answered} callbacks were answered 2xx, but {completed} students are COMPLETED")
    if summary["seconds"] < 0.9 * arguments.duration:
        print(f"note: all tasks were used up after {summary['seconds']} s", file=sys.stderr)
    return Run(summary["perSecond"], summary["p50Ms"], summary["p99Ms"], peak)


def run_rounds(arguments: argparse.Namespace) -> dict[tuple[int, str], list[Run]]:
    runs: dict[tuple[int, str], list[Run]] = {}
    for number in range(1, arguments.rounds + 1):
        settings = [(connections, mode) for connections in arguments.connections for mode in MODES]
        if number % 2 == 0:
            settings.reverse()
        for connections, mode in settings:
            run = measure(arguments, mode, connections)
            runs.setdefault((connections, mode), []).append(run)
            print(
                f"round {number}/{arguments.rounds}  {connections:>4} connections  {mode:<6}"
                f"  {run.per_second:>9,.0f}/s  p50 {run.p50_ms:.2f} ms  p99 {run.p99_ms:.2f} ms",
                file=sys.stderr,
            )
    return runs


def medians(arguments: argparse.Namespace, runs: dict[tuple[int, str], list[Run]]) -> dict:
    def median(connections: int, mode: str, field: str) -> float:
        return statistics.median(getattr(run, field) for run in runs[connections, mode])

    def ratio(connections: int) -> float:
        """Of runs of the same round, so that a slow minute of the machine cancels out."""
        pairs = zip(runs[connections, "group"], runs[connections, "single"])
        return statistics.median(group.per_second / single.per_second for group, single in pairs)

    return {
        "engine": "sqlite",
        "synchronous": "FULL",
        "rounds": arguments.rounds,
        "seconds": arguments.duration,
        "body_bytes": 2048,
        "cpus": os.cpu_count(),
        "connections": {
            str(connections): {
                "group": round(median(connections, "group", "per_second")),
                "single": round(median(connections, "single", "per_second")),
                "ratio": round(ratio(connections), 2),
                "p50_ms": round(median(connections, "group", "p50_ms"), 2),
                "p99_ms": round(median(connections, "group", "p99_ms"), 2),
                "single_p50_ms": round(median(connections, "single", "p50_ms"), 2),
                "single_p99_ms": round(median(connections, "single", "p99_ms"), 2),
                "peak_rss_mb": round(median(connections, "group", "peak_rss_mb"), 1),
            }
            for connections in arguments.connections
        },
    }


def table(results: dict) -> str:
    lines = [
        "| connections | group commit | one transaction each | ratio | p50 | p99 | peak RSS |",
        "|---|---|---|---|---|---|---|",
    ]
    for connections, row in results["connections"].items():
        lines.append(
            f"| {connections} | {row['group']:,}/s | {row['single']:,}/s | {row['ratio']:.2f} |"
            f" {row['p50_ms']:.2f} ms | {row['p99_ms']:.2f} ms | {row['peak_rss_mb']:.0f} MB |"
        )
    return "\n".join(lines)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def connection_list(text: str) -> list[int]:
    return [positive(part) for part in text.split(",")]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="holds grading-monitor and callback-load")
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--connections", type=connection_list, default=[1, 32, 128])
    parser.add_argument("--duration", type=positive, default=8, help="seconds")
    parser.add_argument("--warmup", type=int, default=2, help="seconds")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/var/tmp"), help="a directory on a real disk")
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS)
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    arguments.bin = arguments.bin.resolve()
    try:
        kind = file_system(arguments.data)
        if kind in MEMORY:
            raise Failure(f"{arguments.data} is memory ({kind}), where a flush costs nothing: give --data a directory on a disk")
        results = medians(arguments, run_rounds(arguments))
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    arguments.results.write_text(json.dumps(results, indent=2) + "\n")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
