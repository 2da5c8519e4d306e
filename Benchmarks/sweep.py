#!/usr/bin/env python3
"""How close a sweep comes to what its limits allow: overdue tasks against a grading server that takes a fixed time to answer.

The possible rate is the questions in flight by the time of an answer. SQLite with synchronous=FULL on a real disk; the grading
server is in this process and answers every question with a grade.

    scripts/bench.sh --engine sweep
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import pathlib
import re
import secrets
import selectors
import sqlite3
import statistics
import sys
import tempfile
import threading
import time

from measuring.monitor import monitor, webhook_secret
from measuring.processes import Failure, Server

HEAD = re.compile(rb"GET /api/grade/status/([^/ ]+)/ HTTP/1\.1\r\n")


class GradingServer:
    """Answers each question after the same time; keeps when each was asked and answered."""

    def __init__(self, answer_after: float):
        self.asked: list[float] = []
        self.answered: list[float] = []
        self.most_at_once = 0
        self._answer_after = answer_after
        # The usual epoll rounds each wait up to a whole millisecond.
        self._loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait(10)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(lambda: Connection(self), "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        self._loop.run_forever()

    def answer(self, connection: Connection, task: bytes) -> None:
        self.asked.append(time.monotonic())
        self.most_at_once = max(self.most_at_once, len(self.asked) - len(self.answered))
        self._loop.call_later(self._answer_after, self._send, connection, task)

    def _send(self, connection: Connection, task: bytes) -> None:
        self.answered.append(time.monotonic())
        connection.send(task)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class Connection(asyncio.Protocol):
    def __init__(self, server: GradingServer):
        self._server = server
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, self._buffer = self._buffer[: end + 4], self._buffer[end + 4 :]
            if match := HEAD.match(head):
                self._server.answer(self, match[1])
            else:
                self._transport.close()

    def send(self, task: bytes) -> None:
        part = {"score": 3, "max_score": 4, "feedback": "Correct up to the sign.", "page_source": 1}
        result = {"status": "COMPLETED", "results": {"1a": part}}
        body = json.dumps({"task_id": task.decode(), "status": "SUCCESS", "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def run(arguments: argparse.Namespace, directory: pathlib.Path) -> tuple[float, float]:
    """The rate of one round, and how long the grading server took in fact, in ms: its own timer may be late."""
    server = GradingServer(arguments.answer_ms / 1_000)
    operator = secrets.token_hex(24)
    database = directory / "sweep.db"
    settings = {
        "GRADING_SERVER_URL": server.url,
        "GRADING_SERVER_REQUESTS_PER_SECOND": "0",
        "GRADING_SERVER_MAX_IN_FLIGHT": str(arguments.in_flight),
        # All are registered by then. A sweep ends after a minute, and the next one follows at once.
        "SWEEP_GRACE": f"{arguments.grace}s",
        "SWEEP_INTERVAL": "5s",
        "SWEEP_ADAPTIVE_GRACE": "off",
    }
    with monitor(
        arguments.bin / "grading-monitor", f"sqlite:{database}", webhook_secret(), operator, directory / "log", settings
    ) as ours:
        register(ours, operator, arguments.tasks)
        if server.asked:
            raise Failure("the first question came before the last task was registered: give --grace")
        deadline = time.monotonic() + arguments.grace + arguments.tasks * arguments.answer_ms / 1_000
        while completed(database) < arguments.tasks:
            if time.monotonic() > deadline + 60:
                raise Failure(f"{completed(database)} of {arguments.tasks} tasks were completed in the time for all")
            time.sleep(0.5)
    server.stop()
    if len(server.asked) != arguments.tasks:
        raise Failure(f"{len(server.asked)} questions about {arguments.tasks} tasks")
    if server.most_at_once > arguments.in_flight:
        raise Failure(f"{server.most_at_once} questions were in flight, and {arguments.in_flight} are allowed")
    took_ms = (sum(server.answered) - sum(server.asked)) / arguments.tasks * 1_000
    return arguments.tasks / (server.answered[-1] - server.asked[0]), took_ms


def register(server: Server, operator: str, tasks: int) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {operator}"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for start in range(0, tasks, 1_000):
        entries = [
            {"taskId": f"task-{number}", "studentName": f"Student {number}", "session": {"id": f"session-{number // 200}"}}
            for number in range(start, min(start + 1_000, tasks))
        ]
        connection.request("POST", "/api/tasks", json.dumps(entries), headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise Failure(f"the registration was answered {answer.status}: {answer.read().decode(errors='replace')}")
        answer.read()
    connection.close()


def completed(database: pathlib.Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute("SELECT count(*) FROM students WHERE status = 'COMPLETED'").fetchone()[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--answer-ms", type=int, default=50)
    parser.add_argument("--in-flight", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--grace", type=int, default=30)
    arguments = parser.parse_args()
    rates, shares = [], []
    try:
        for number in range(arguments.rounds):
            with tempfile.TemporaryDirectory(prefix="grading-monitor-sweep.", dir=arguments.data) as directory:
                rate, took_ms = run(arguments, pathlib.Path(directory))
            rates.append(rate)
            shares.append(rate / (arguments.in_flight / took_ms * 1_000))
            print(
                f"round {number + 1}/{arguments.rounds}: {rate:.1f}/s, an answer took {took_ms:.1f} ms",
                file=sys.stderr,
                flush=True,
            )
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    print(
        f"{arguments.tasks:,} overdue tasks: {statistics.median(rates):.1f} questions a second, "
        f"{statistics.median(shares):.1%} of what {arguments.in_flight} in flight and the time of an answer allow"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
