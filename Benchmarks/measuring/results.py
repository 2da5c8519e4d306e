"""From the runs on PostgreSQL to figures: medians, and ratios of runs of the same round."""

from __future__ import annotations

import argparse
import os
import statistics
import typing

from .load import BODY_BYTES, Run
from .postgres import Setting

Runs = dict[Setting, list[Run]]


def results(arguments: argparse.Namespace, version: str, runs: Runs) -> dict:
    shapes = {shape: of_shape(shape, runs) for shape in arguments.shapes}
    return {
        "engine": "postgresql",
        "version": version,
        "rounds": arguments.rounds,
        "seconds": arguments.duration,
        "body_bytes": BODY_BYTES,
        "cpus": os.cpu_count(),
        **shapes.get("many", {}),
        **({"one_session": shapes["one"]} if "one" in shapes else {}),
    }


def of_shape(shape: str, runs: Runs) -> dict:
    mine = {(setting.contender, setting.clients): list_ for setting, list_ in runs.items() if setting.shape == shape}
    alone = {clients: list_ for (name, clients), list_ in mine.items() if name == "pgbench"}
    best = [max(rates) for rates in zip(*([run.per_second for run in list_] for list_ in alone.values()))]
    connections = sorted({clients for name, clients in mine if name != "pgbench"})
    figures: dict = {}
    if alone:
        figures["pgbench"] = {str(clients): rate(list_) for clients, list_ in sorted(alone.items())}
    if 1 in alone:
        figures["pgbench_1_ms"] = median(run.p50_ms for run in alone[1])
    figures["connections"] = {str(clients): of_connections(clients, mine, best) for clients in connections}
    return figures


def of_connections(clients: int, runs: dict[tuple[str, int], list[Run]], best: list[float]) -> dict:
    servers = {name: list_ for (name, number), list_ in runs.items() if number == clients and name != "pgbench"}
    row: dict = {name: rate(list_) for name, list_ in servers.items()}
    others = {name: [run.per_second for run in list_] for name, list_ in servers.items() if name != "ours"}
    if best:
        row["pgbench_best"] = round(statistics.median(best))
        others["pgbench"] = best
    for name, list_ in servers.items():
        prefix = "" if name == "ours" else name + "_"
        row[prefix + "p50_ms"] = median(run.p50_ms for run in list_)
        row[prefix + "p99_ms"] = median(run.p99_ms for run in list_)
    if "ours" in servers:
        row["peak_rss_mb"] = median(run.peak_rss_mb for run in servers["ours"])
        row["ratios"] = {
            name: median(run.per_second / other for run, other in zip(servers["ours"], rates))
            for name, rates in others.items()
        }
    return row


def rate(runs: list[Run]) -> int:
    return round(statistics.median(run.per_second for run in runs))


def median(values: typing.Iterable[float]) -> float:
    return round(statistics.median(values), 2)


def table(figures: dict) -> str:
    """In Markdown, for the README."""
    shapes = [(name, part) for name, part in (("200", figures), ("1", figures.get("one_session"))) if part]
    rows = [(shape, connections, row) for shape, part in shapes for connections, row in part.get("connections", {}).items()]
    names = list(dict.fromkeys(name for _, _, row in rows for name in rated(row)))
    compared = [name for name in names if name != "ours"] if "ours" in names else []
    titles = [TITLES.get(name, name) for name in names]
    head = ["sessions", "connections", *titles, *(f"to {TITLES.get(name, name)}" for name in compared)]
    # Latencies are those of the monitor.
    latencies = ["p50_ms", "p99_ms"] if "ours" in names else []
    head += [key.removesuffix("_ms") for key in latencies]
    lines = [head, ["---"] * len(head)]
    for shape, connections, row in rows:
        rates = [f"{row[name]:,}/s" for name in names]
        ratios = [f"{row['ratios'][name.removesuffix('_best')]:.2f}" for name in compared]
        lines.append([shape, connections, *rates, *ratios, *(f"{row[key]:.2f} ms" for key in latencies)])
    notes = [
        f"pgbench, sessions: {shape}, by clients: "
        + ", ".join(f"{clients}: {rate:,}/s" for clients, rate in part["pgbench"].items())
        for shape, part in shapes
        if "pgbench" in part
    ]
    return "\n".join(["| " + " | ".join(line) + " |" for line in lines] + ["", *notes]).rstrip()


TITLES = {"ours": "grading-monitor", "pgbench_best": "pgbench", "go": "Go", "fastapi": "FastAPI"}


def rated(row: dict) -> list[str]:
    """The contenders in a row of figures."""
    return [name for name in row if name not in {"ratios", "peak_rss_mb"} and not name.endswith("_ms")]

