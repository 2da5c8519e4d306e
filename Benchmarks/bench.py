#!/usr/bin/env python3
"""The work of scripts/bench.sh: runs the monitor, its peers and the load generator, round by round.

Standard library only, and the programs of PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

from measuring import contenders, postgres, results, sqlite
from measuring.database import Cluster
from measuring.processes import Failure

HERE = pathlib.Path(__file__).parent
RESULTS = {"sqlite": HERE / "results-sqlite.json", "postgres": HERE / "results.json"}
# Directories of these file systems are memory, where a flush costs nothing.
MEMORY = {"tmpfs", "ramfs"}
NAMES = ["ours", "pgbench", "go", "fastapi"]


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


def on_sqlite(arguments: argparse.Namespace) -> tuple[dict, str]:
    figures = sqlite.medians(arguments, sqlite.run_rounds(arguments))
    return figures, sqlite.table(figures)


def on_postgres(arguments: argparse.Namespace) -> tuple[dict, str]:
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        raise Failure("TEST_POSTGRES_URL is not set: run this through scripts/with-postgres.sh")
    cluster = Cluster(url)
    arguments.migrate = lambda database: migrate(arguments.bin / "grading-monitor", database)
    arguments.clients_of = lambda one: arguments.pgbench_clients if one.name == "pgbench" else arguments.connections
    runs = postgres.run_rounds(arguments, cluster, taking_part(arguments))
    figures = results.results(arguments, cluster.version(), runs)
    return figures, results.table(figures)


def migrate(program: pathlib.Path, url: str) -> None:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    finished = subprocess.run([program, "migrate"], env=environment, capture_output=True, text=True, timeout=60)
    if finished.returncode != 0:
        raise Failure(f"grading-monitor migrate ended with {finished.returncode}: {finished.stderr.strip()[-2_000:]}")


def taking_part(arguments: argparse.Namespace) -> list[contenders.Contender]:
    program, settings = arguments.bin / "grading-monitor", dict(arguments.server_env)
    known = {
        "ours": lambda: contenders.ours("ours", program, settings),
        "pgbench": lambda: contenders.PgBench(),
        "go": lambda: contenders.go(arguments.peers / "go-callbacks"),
        "fastapi": lambda: contenders.fastapi(arguments.peers / "venv"),
    }
    variants = [
        contenders.ours(name, (directory or arguments.bin) / "grading-monitor", {**settings, **changed})
        for name, directory, changed in arguments.variant
    ]
    large = [contenders.ours("large", program, settings, arguments.large)] if arguments.large else []
    return [known[name]() for name in arguments.only] + variants + large


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def number_list(text: str) -> list[int]:
    return [positive(part) for part in text.split(",")]


def choice_list(choices: list[str]):
    def parse(text: str) -> list[str]:
        chosen = [part for part in text.split(",") if part]
        if not set(chosen) <= set(choices):
            raise argparse.ArgumentTypeError(f"choose from {','.join(choices)}")
        return chosen

    return parse


def setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError
    return name, value


def variant(text: str) -> tuple[str, pathlib.Path | None, dict[str, str]]:
    """NAME[@DIR][:KEY=VALUE,...]"""
    head, _, settings = text.partition(":")
    name, _, directory = head.partition("@")
    if not name or name in [*NAMES, "large"]:
        raise ValueError
    changed = dict(setting(part) for part in settings.split(",") if part)
    return name, pathlib.Path(directory).resolve() if directory else None, changed


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=RESULTS, default="postgres")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="holds grading-monitor and callback-load")
    parser.add_argument("--rounds", type=positive, help="3 on SQLite, 5 on PostgreSQL")
    parser.add_argument("--connections", type=number_list, default=[1, 32, 128])
    parser.add_argument("--duration", type=positive, default=8, help="seconds")
    parser.add_argument("--warmup", type=int, default=2, help="seconds")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/var/tmp"), help="a directory on a real disk")
    parser.add_argument("--results", type=pathlib.Path, help="where the figures go")
    parser.add_argument("--peers", type=pathlib.Path, help="holds the built peers: go-callbacks and venv")
    parser.add_argument("--only", type=choice_list(NAMES), default=NAMES, help="contenders, separated by commas")
    parser.add_argument("--shapes", type=choice_list(list(postgres.SHAPES)), default=list(postgres.SHAPES))
    parser.add_argument("--pgbench-clients", type=number_list, default=[1, 8, 16, 32, 64])
    parser.add_argument("--server-env", type=setting, action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--variant", type=variant, action="append", default=[], metavar="NAME[@DIR][:KEY=VALUE,...]")
    parser.add_argument(
        "--large", type=positive, metavar="STUDENTS",
        help="ours once more, on a database in which so many students have ended, with ten log rows each",
    )
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    arguments.bin = arguments.bin.resolve()
    arguments.peers = (arguments.peers or HERE.parent / ".build/peers").resolve()
    arguments.rounds = arguments.rounds or {"sqlite": 3, "postgres": 5}[arguments.engine]
    # So that what runs is ended in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        kind = file_system(arguments.data)
        if kind in MEMORY:
            raise Failure(f"{arguments.data} is memory ({kind}), where a flush costs nothing: give --data a place on a disk")
        figures, table = on_sqlite(arguments) if arguments.engine == "sqlite" else on_postgres(arguments)
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    (arguments.results or RESULTS[arguments.engine]).write_text(json.dumps(figures, indent=2) + "\n")
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
