#!/usr/bin/env python3
"""Callbacks signed by other people's libraries: are theirs accepted, and theirs with one flipped byte refused?

Starts the real server and lets Tests/Interop/send_callbacks.py sign with `standardwebhooks` and with `svix` (both from
PyPI, in a virtual environment of their own: scripts/test.sh makes it).
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile

from monitor import ROOT, Monitor, default_binary

LIBRARIES = ("standardwebhooks", "svix")
FLIPS = ("body", "id", "timestamp", "signature")


def send(options: argparse.Namespace, monitor: Monitor, library: str, task: str, flip: str | None) -> str:
    """The status of the answer, as the sender prints it."""
    command = [
        options.python, str(ROOT / "Tests" / "Interop" / "send_callbacks.py"),
        "--url", f"http://127.0.0.1:{monitor.port}", "--secret", monitor.webhook_secret,
        "--library", library, "--task-id", task,
    ]
    finished = subprocess.run(command + (["--flip", flip] if flip else []), capture_output=True, text=True, timeout=60)
    if finished.returncode != 0 and not finished.stdout.strip():
        raise RuntimeError(f"the sender failed: {finished.stderr.strip()[-500:]}")
    return finished.stdout.strip()


def run(options: argparse.Namespace, directory: pathlib.Path) -> int:
    monitor = Monitor(directory, options.binary)
    wrong = 0
    try:
        monitor.start()
        for library in LIBRARIES:
            for flip in (None, *FLIPS):
                task = f"interop-{library}-{flip or 'untouched'}"
                monitor.register([{"taskId": task, "studentName": "Ada Obi", "session": {"id": f"interop-{library}"}}])
                expected = "401" if flip else "200"
                status = send(options, monitor, library, task, flip)
                fine = status == expected
                wrong += not fine
                what = f"one flipped byte of the {flip}" if flip else "untouched"
                print(f"{'ok  ' if fine else 'FAIL'}  {library:<17} {what:<32} {status}")
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
