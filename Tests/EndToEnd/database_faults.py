#!/usr/bin/env python3
"""One monitor, one PostgreSQL, and everything that can happen to the connection between them, under load.

Connections cut in the middle of a commit, a writer's backend that stops, backends that are cancelled and terminated again
and again, a server that is restarted, made read-only, or full when the monitor starts. Whatever happens: a 2xx means that
it is in the database, everything else is 503 with Retry-After within 8 s, and the monitor recovers by itself.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
from typing import Callable

from effects import verdict
from ended_backends import cancelled_and_terminated, read_only, restarted
from monitor import default_binary
from postgres import Cluster, workspace
from severed_connections import cut_anywhere, cut_commits
from stage import Stage, play
from starting import full, killed_migration
from stopped_backends import locked, shut_down_without_database, stopped_server, stopped_writer

SCENES: dict[str, Callable[[Stage], None]] = {
    "cut": cut_commits,
    "bytes": cut_anywhere,
    "stopped": stopped_writer,
    "frozen": stopped_server,
    "locked": locked,
    "shutdown": shut_down_without_database,
    "ended": cancelled_and_terminated,
    "restarted": restarted,
    "read-only": read_only,
    "full": full,
    "migration": killed_migration,
}


def run(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    cluster = Cluster(directory, "database")
    try:
        stage = Stage(options, directory, cluster.create())
        play(stage, [SCENES[name] for name in options.scenes or SCENES])
        return stage.wrong
    finally:
        cluster.destroy()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"which, of: {', '.join(SCENES)} (all)")
    parser.add_argument("--seconds", type=float, default=60, help="of cut connections, and of ended backends (60)")
    parser.add_argument("--stop", type=float, default=20, help="seconds for which a backend is stopped (20)")
    parser.add_argument("--cuts", type=int, default=100, help="commits that are cut one by one (100)")
    parser.add_argument("--restarts", type=int, default=3, help="of the database (3)")
    parser.add_argument("--kills", type=int, default=30, help="while the tables are made (30)")
    parser.add_argument("--short", action="store_true", help="for every day: --seconds 8 --stop 9 --cuts 12 --restarts 1 --kills 5")
    parser.add_argument("--seed", type=int, default=1, help="what is sent, and when the faults come (1)")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    unknown = set(options.scenes) - set(SCENES)
    if unknown:
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    if options.short:
        options.seconds, options.stop, options.cuts, options.restarts, options.kills = 8, 9, 12, 1, 5
    with workspace("database-faults") as directory:
        wrong = run(options, directory)
    print()
    return 0 if verdict("database-faults", wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
