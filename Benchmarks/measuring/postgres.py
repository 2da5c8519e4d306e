"""The benchmark on PostgreSQL: the monitor against its peers, round by round.

Every run has a fresh copy of one database, in which the tasks are registered already, and a server of its own. Within a
round all contenders take turns at each number of connections; who comes first moves on with every round.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
import time

from .contenders import Contender
from .database import Cluster
from .load import Load, Run
from .processes import Failure

# Sessions by shape: many small ones, and one big one, whose row every callback touches.
SHAPES = {"many": 200, "one": 1}


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a run is one of."""

    shape: str
    contender: str
    clients: int


def run_rounds(arguments: argparse.Namespace, cluster: Cluster, contenders: list[Contender]) -> dict[Setting, list[Run]]:
    load = Load(arguments.bin / "callback-load", arguments.duration, arguments.warmup)
    tasks = max(contender.fastest for contender in contenders) * load.seconds
    for shape in arguments.shapes:
        for past in {contender.past for contender in contenders}:
            cluster.make_template(template(shape, past), arguments.migrate, SHAPES[shape], tasks, past)
    for contender in contenders:
        with cluster.copy(template(arguments.shapes[0], contender.past)) as database:
            contender.prove(cluster, database)
    runs: dict[Setting, list[Run]] = {}
    for number in range(arguments.rounds):
        for setting, contender in order(arguments, contenders, number):
            run = measure(cluster, setting, contender, load)
            runs.setdefault(setting, []).append(run)
            tell(f"round {number + 1}/{arguments.rounds}", setting, run)
    return runs


def template(shape: str, past: int) -> str:
    """The database that holds the tasks, and so many students of the past."""
    return f"template_{shape}_{past}"


def order(arguments: argparse.Namespace, contenders: list[Contender], number: int) -> list[tuple[Setting, Contender]]:
    """The runs of a round: neighbours at the same number of clients are compared, so they run next to each other."""
    turn = number % len(contenders)
    turned = contenders[turn:] + contenders[:turn]
    by_clients = itertools.groupby(
        sorted((clients, place) for place, contender in enumerate(turned) for clients in arguments.clients_of(contender)),
        key=lambda pair: pair[0],
    )
    groups = [[(clients, turned[place]) for _, place in group] for clients, group in by_clients]
    if number % 2 == 1:
        groups.reverse()
    return [
        (Setting(shape, contender.name, clients), contender)
        for shape in arguments.shapes
        for group in groups
        for clients, contender in group
    ]


def measure(cluster: Cluster, setting: Setting, contender: Contender, load: Load) -> Run:
    with cluster.copy(template(setting.shape, contender.past)) as database:
        run = contender.run(cluster, database, setting.clients, load)
        effects = cluster.effects(database)
    if set(dataclasses.astuple(effects)) != {run.answered}:
        raise Failure(f"{setting.contender}: {run.answered} callbacks were answered 2xx, but the database holds {effects}")
    return run


def tell(place: str, setting: Setting, run: Run) -> None:
    print(
        f"{time.strftime('%H:%M:%S')}  {place}  {setting.shape:<4}  {setting.clients:>4} clients  {setting.contender:<10}"
        f"  {run.per_second:>9,.0f}/s  p50 {run.p50_ms:.2f} ms  p99 {run.p99_ms:.2f} ms",
        file=sys.stderr,
        flush=True,
    )
