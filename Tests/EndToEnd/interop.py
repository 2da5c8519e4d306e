#!/usr/bin/env python3
"""Callbacks signed by other people's libraries: are theirs accepted, and theirs with one flipped byte refused?

Starts the real server and lets Tests/Interop/send_callbacks.py sign with `standardwebhooks` and with `svix` (both from
PyPI, in a virtual environment of their own: scripts/test.sh makes it).
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from monitor import ROOT, Monitor, default_binary

# Library and prefix of the headers' names: Svix sends the same content under names of its own.
SENDERS = (("standardwebhooks", "webhook"), ("svix", "webhook"), ("svix", "svix"))
FLIPS = ("body", "id", "timestamp", "signature")


def send(options: argparse.Namespace, monitor: Monitor, library: str, prefix: str, task: str, flip: str | None) -> str:
    """The status of the answer, as the sender prints it."""
    command = [
        options.python, str(ROOT / "Tests" / "Interop" / "send_callbacks.py"),
        "--url", f"http://127.0.0.1:{monitor.port}/api/webhooks/grading",
        "--library", library, "--header-prefix", prefix, "--task-id", task,
        *(["--flip", flip] if flip else []),
    ]
    environment = {**os.environ, "WEBHOOK_SECRET": monitor.webhook_secret}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    if finished.returncode != 0:
        raise RuntimeError(f"the sender failed: {finished.stderr.strip()[-500:]}")
    return finished.stdout.strip()


def completed(monitor: Monitor) -> set[str]:
    """The tasks that stand at COMPLETED in the database."""
    connection = sqlite3.connect(monitor.database.as_uri() + "?mode=ro", uri=True, timeout=30)
    try:
        return {row[0] for row in connection.execute("SELECT taskId FROM students WHERE status = 'COMPLETED'")}
    finally:
        connection.close()


def run(options: argparse.Namespace, directory: pathlib.Path) -> int:
    monitor = Monitor(directory, options.binary)
    wrong = 0
    try:
        monitor.start()
        for library, prefix in SENDERS:
            for flip in (None, *FLIPS):
                task = f"{library}-{prefix}-{flip or 'untouched'}"
                monitor.register([{"taskId": task, "studentName": "Ada Obi", "session": {"id": f"interop-{library}"}}])
                status = send(options, monitor, library, prefix, task, flip)
                # The answer's word is not enough: the database has to agree.
                fine = (status, task in completed(monitor)) == (("401", False) if flip else ("200", True))
                wrong += not fine
                what = f"one flipped byte of the {flip}" if flip else "untouched"
                print(f"{'ok  ' if fine else 'FAIL'}  {library:<17} {prefix + '-*':<10} {what:<35} {status}", flush=True)
    finally:
        monitor.kill()
    print(f"interop: {wrong} wrong")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    parser.add_argument("--python", default=str(ROOT / ".build" / "venv" / "bin" / "python"), help="a Python with both libraries")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-monitor-interop.") as directory:
        return 1 if run(options, pathlib.Path(directory)) else 0


if __name__ == "__main__":
    sys.exit(main())
