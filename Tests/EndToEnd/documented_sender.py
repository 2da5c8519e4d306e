#!/usr/bin/env python3
"""The sender in docs/migration.md, run as it stands there: applied, repeated until the monitor is up, refused for good.

Needs a Python with `standardwebhooks` (scripts/test.sh makes one).
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

from monitor import ROOT, Monitor, default_binary

RESULT = "{'results': {'1a': {'score': 2, 'max_score': 4, 'feedback': 'fair'}}}"


def documented_sender() -> str:
    """The one Python block of the document."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / "migration.md").read_text(), re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        raise RuntimeError(f"docs/migration.md holds {len(blocks)} Python blocks, not one")
    return blocks[0]


class Sender:
    def __init__(self, directory: pathlib.Path, python: str, monitor: Monitor):
        self._directory, self._python, self._monitor = directory, python, monitor
        (directory / "grading_callbacks.py").write_text(documented_sender())

    def start(self, arguments: str, secret: str | None = None) -> subprocess.Popen:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "MONITOR_URL": f"http://127.0.0.1:{self._monitor.port}/",
            "WEBHOOK_SECRET": secret or self._monitor.webhook_secret,
        }
        program = f"from grading_callbacks import tell_monitor; print(tell_monitor({arguments}))"
        return subprocess.Popen(
            [self._python, "-c", program], env=environment, cwd=self._directory, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def send(self, arguments: str, secret: str | None = None) -> str:
        return said(self.start(arguments, secret))


def said(process: subprocess.Popen) -> str:
    output, errors = process.communicate(timeout=60)
    return output.strip() if process.returncode == 0 else f"failed: {errors.strip()[-300:]}"


def stored(monitor: Monitor) -> dict[str, tuple]:
    """Status and percentage of each task, and how many deliveries were remembered for it."""
    connection = sqlite3.connect(monitor.database.as_uri() + "?mode=ro", uri=True, timeout=30)
    try:
        return {
            row[0]: row[1:]
            for row in connection.execute(
                "SELECT taskId, status, percentage, (SELECT count(*) FROM monitor_deliveries WHERE task_id = taskId) FROM students"
            )
        }
    finally:
        connection.close()


def run(options: argparse.Namespace, directory: pathlib.Path) -> int:
    monitor = Monitor(directory, options.binary)
    sender = Sender(directory, options.python, monitor)
    wrong = 0

    def check(what: str, found: object, expected: object) -> None:
        nonlocal wrong
        wrong += found != expected
        print(f"{'ok  ' if found == expected else 'FAIL'}  {what}: {found}", flush=True)

    try:
        monitor.start()
        session = {"id": "documented"}
        tasks = ["graded", "failed", "late", "forged"]
        monitor.register([{"taskId": task, "studentName": task, "session": session} for task in tasks])
        check("a grade is committed", sender.send(f"'graded', 'SUCCESS', {RESULT}"), "True")
        check("an error is committed", sender.send("'failed', 'FAILURE', None, 'no guide'"), "True")
        began = time.monotonic()
        check("a wrong secret is refused", sender.send("'forged', 'SUCCESS'", "whsec_" + "A" * 43 + "="), "False")
        check("and not tried again", time.monotonic() - began < 1, True)
        monitor.stop()
        waiting = sender.start(f"'late', 'SUCCESS', {RESULT}")
        time.sleep(2)
        check("while the monitor is down it tries again", waiting.poll(), None)
        monitor.start()
        check("and is heard when it is back", said(waiting), "True")
        check(
            "the database agrees", stored(monitor),
            {"graded": ("COMPLETED", 50.0, 1), "failed": ("FAILED", None, 1), "late": ("COMPLETED", 50.0, 1), "forged": ("PENDING", None, 0)},
        )
    finally:
        monitor.kill()
    print(f"documented-sender: {wrong} wrong")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    parser.add_argument("--python", default=str(ROOT / ".build" / "venv" / "bin" / "python"), help="a Python with the library")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-monitor-sender.") as directory:
        return 1 if run(options, pathlib.Path(directory)) else 0


if __name__ == "__main__":
    sys.exit(main())
