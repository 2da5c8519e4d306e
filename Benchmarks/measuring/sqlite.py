"""The benchmark on SQLite: group commit against one transaction for each callback.

Every run has a server of its own on a database of its own. Both take turns within a round, and the order turns around
with every round, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import secrets
import sqlite3
import statistics
import sys
import tempfile

from .load import BODY_BYTES, Load, Run
from .monitor import monitor, webhook_secret
from .processes import Failure

# How a commit is made: the most reports in one transaction.
MODES = {"group": "256", "single": "1"}
SESSIONS = 200
# Tasks enough that a run ends by the clock: callbacks per second that no SQLite on one disk exceeds by much.
FASTEST_ALONE, FASTEST = 5_000, 15_000


def measure(arguments: argparse.Namespace, mode: str, connections: int) -> Run:
    webhook, operator = webhook_secret(), secrets.token_hex(24)
    load = Load(arguments.bin / "callback-load", arguments.duration, arguments.warmup)
    with tempfile.TemporaryDirectory(prefix="grading-monitor-bench.", dir=arguments.data) as directory:
        database, log = pathlib.Path(directory) / "bench.db", pathlib.Path(directory) / "serve.log"
        program, settings = arguments.bin / "grading-monitor", {"COMMIT_BATCH_REPORTS": MODES[mode]}
        with monitor(program, f"sqlite:{database}", webhook, operator, log, settings) as server:
            run = load.run(server.port, connections, webhook, tasks(load, connections), operator)
            run.peak_rss_mb = server.peak_rss_mb()
        ended = completed(database)
        if ended != run.answered:
            raise Failure(f"{run.answered} callbacks were answered 2xx, but {ended} students are COMPLETED")
    return run


def tasks(load: Load, connections: int) -> list[str]:
    count = (FASTEST_ALONE if connections == 1 else FASTEST) * load.seconds
    return ["--sessions", str(SESSIONS), "--students-per-session", str(int(count / SESSIONS) + 1)]


def completed(database: pathlib.Path) -> int:
    """Students that are COMPLETED, read from the file after the server has ended."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM students WHERE status = 'COMPLETED'").fetchone()[0]


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
        "body_bytes": BODY_BYTES,
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
