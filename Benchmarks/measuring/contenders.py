"""Who takes part in the benchmark on PostgreSQL. Each does one run against a database that it gets."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import secrets
import statistics
import subprocess
import tempfile
import time
import typing

from .database import Cluster, task_id
from .load import BODY_BYTES, Load, Run
from .monitor import monitor, webhook_secret
from .processes import Failure, Server, free_port
from .proof import expect_effects, prove

PEERS = pathlib.Path(__file__).parent.parent / "Peers"


class Contender(typing.Protocol):
    name: str
    # Tasks that no machine of this size gets through in a second, with one connection and with many.
    fastest_alone: int
    fastest: int
    # Students that have ended before, in the database that it runs on.
    past: int

    def prove(self, cluster: Cluster, database: str) -> None: ...

    def run(self, cluster: Cluster, database: str, clients: int, load: Load) -> Run: ...


@dataclasses.dataclass
class HTTPContender:
    """A server behind the load generator."""

    name: str
    start: typing.Callable[[str, str, pathlib.Path], Server]
    fastest_alone: int = 4_000
    fastest: int = 8_000
    # Seconds after the start in which it begins work of its own that no callback asked for.
    settles_within: float = 0
    past: int = 0

    def prove(self, cluster: Cluster, database: str) -> None:
        webhook = webhook_secret()
        with tempfile.TemporaryDirectory(prefix="grading-monitor-bench.") as directory:
            with self.start(cluster.url(database), webhook, pathlib.Path(directory) / "log") as server:
                prove(self.name, server, webhook, cluster, database)

    def run(self, cluster: Cluster, database: str, clients: int, load: Load) -> Run:
        webhook = webhook_secret()
        count = (self.fastest_alone if clients == 1 else self.fastest) * load.seconds
        with tempfile.TemporaryDirectory(prefix="grading-monitor-bench.") as directory:
            tasks = pathlib.Path(directory) / "tasks"
            tasks.write_text("".join(task_id(number) + "\n" for number in range(count)))
            with self.start(cluster.url(database), webhook, pathlib.Path(directory) / "log") as server:
                time.sleep(self.settles_within)
                cluster.wait_until_idle(database)
                run = load.run(server.port, clients, webhook, ["--tasks-file", str(tasks)])
                run.peak_rss_mb = server.peak_rss_mb()
        return run


def ours(name: str, program: pathlib.Path, settings: dict[str, str], past: int = 0) -> HTTPContender:
    def start(url: str, webhook: str, log: pathlib.Path) -> Server:
        return monitor(program, url, webhook, secrets.token_hex(24), log, settings)

    # Its first sweep begins within five seconds, and reads every open task.
    return HTTPContender(name, start, fastest=20_000, settles_within=5, past=past)


def go(program: pathlib.Path) -> HTTPContender:
    def start(url: str, webhook: str, log: pathlib.Path) -> Server:
        port = free_port()
        environment = peer_environment(url, webhook, port)
        return Server("the Go peer", [program], environment, port, log)

    return HTTPContender("go", start)


def fastapi(venv: pathlib.Path) -> HTTPContender:
    def start(url: str, webhook: str, log: pathlib.Path) -> Server:
        port = free_port()
        command = [
            venv / "bin/python", "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port),
            # A worker for each of two cores; three were no faster.
            "--workers", os.environ.get("FASTAPI_WORKERS", "2"),
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
        ]
        environment = {**peer_environment(url, webhook, port), "PYTHONDONTWRITEBYTECODE": "1"}
        return Server("the FastAPI peer", command, environment, port, log, cwd=PEERS / "fastapi")

    return HTTPContender("fastapi", start)


def peer_environment(url: str, webhook: str, port: int) -> dict[str, str]:
    environment = {"DATABASE_URL": url, "WEBHOOK_SECRET": webhook, "HTTP_PORT": str(port)}
    # For trying out other sizes than the peers' own.
    if "POOL_SIZE" in os.environ:
        environment["POOL_SIZE"] = os.environ["POOL_SIZE"]
    return environment


@dataclasses.dataclass
class PgBench:
    """PostgreSQL's own load generator, without HTTP, signature or JSON between it and the database."""

    name: str = "pgbench"
    fastest_alone: int = 10_000
    fastest: int = 20_000
    past: int = 0

    def prove(self, cluster: Cluster, database: str) -> None:
        cluster.script(database, PEERS / "pgbench/apply_callback.sql")
        call = """SELECT apply_callback('msg_proof', md5('0')::uuid::text, '\\x00', '{"results": {}}', 17.5, 25)"""
        outcomes = [cluster.sql(database, call) for _ in range(2)]
        if outcomes != ["applied", "duplicate"]:
            raise Failure(f"pgbench's function answered {outcomes}")
        expect_effects(self.name, cluster.effects(database), 1)

    def run(self, cluster: Cluster, database: str, clients: int, load: Load) -> Run:
        cluster.script(database, PEERS / "pgbench/apply_callback.sql")
        result = result_of_a_callback()
        command = [
            "pgbench", "--no-vacuum", "--protocol=prepared", "--progress=1", f"--time={load.seconds}",
            f"--client={clients}", f"--jobs={min(2, clients)}", f"--file={PEERS / 'pgbench/callback.pgbench'}",
            "--define=i=0", f"--define=clients={clients}", f"--define=body={result}",
            f"--define=digest=\\x{hashlib.sha256(result.encode()).hexdigest()}",
        ]
        finished = subprocess.run(
            command, env=cluster.environment(database), capture_output=True, text=True, timeout=900
        )
        if finished.returncode != 0:
            raise Failure(f"pgbench ended with {finished.returncode}: {finished.stderr.strip()[-2_000:]}")
        return summary(finished.stdout, finished.stderr, load)


def summary(output: str, progress: str, load: Load) -> Run:
    """pgbench has no warm-up: the seconds that count are taken from its progress."""
    lines = re.findall(r"^progress: ([\d.]+) s, ([\d.]+) tps, lat ([\d.]+) ms", progress, re.MULTILINE)
    measured = [(float(rate), float(latency)) for second, rate, latency in lines if float(second) > load.warmup + 0.5]
    processed = re.search(r"^number of transactions actually processed: (\d+)", output, re.MULTILINE)
    if not measured or not processed:
        raise Failure(f"pgbench said nothing that can be read: {output}")
    rate = statistics.mean(rate for rate, _ in measured)
    # The mean, where the others have medians; pgbench tells no quantiles.
    latency = sum(rate * latency for rate, latency in measured) / (rate * len(measured))
    return Run(rate, latency, 0.0, int(processed[1]))


def result_of_a_callback() -> str:
    """The member "result" of the load generator's callbacks, which is what the others write into the student's row."""
    part = {"score": 3.5, "max_score": 5, "feedback": "", "page_source": 1}
    # What a callback has around its five parts.
    around = 150
    room = (BODY_BYTES - around) // 5 - len(json.dumps({"1": part}, separators=(",", ":")))
    feedback = ("Good use of the data. " * (room // 22 + 1))[:room]
    parts = {str(number): {**part, "feedback": feedback, "page_source": number} for number in range(1, 6)}
    return json.dumps({"status": "COMPLETED", "results": parts}, separators=(",", ":"))
