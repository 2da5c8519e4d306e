#!/usr/bin/env python3
"""The old cron line with one header added, and scripts/check-task-status.sh: both against the real monitor, the same three numbers."""

from __future__ import annotations

import argparse
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

from monitor import ROOT, Monitor, default_binary


class GradingServer(http.server.BaseHTTPRequestHandler):
    """Has graded every task but those whose name begins with `broken`, of which it cannot speak."""

    def do_GET(self) -> None:
        task = self.path.rstrip("/").rsplit("/", 1)[1]
        graded = {"task_id": task, "status": "SUCCESS", "result": {"results": {"1": {"score": 2, "max_score": 4}}}}
        body = json.dumps(graded).encode()
        self.send_response(500 if task.startswith("broken") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def curl(monitor: Monitor, *header: str) -> tuple[int, dict]:
    """The line as it stood in the crontab, with what is added; curl's own output apart from that."""
    url = f"http://127.0.0.1:{monitor.port}/api/cron/status-check"
    line = ["curl", "-X", "GET", *header, url, "--silent", "--write-out", "\n%{http_code}"]
    body, status = subprocess.run(line, capture_output=True, text=True, check=True, timeout=60).stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def script(monitor: Monitor, directory: pathlib.Path) -> tuple[int, list[int]]:
    """The exit status of the script, and the numbers in the last line that it logged."""
    log = directory / "cron.log"
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(directory), "LOG_FILE": str(log), "CRON_SECRET": monitor.cron_secret,
        "NEXT_PUBLIC_APP_URL": f"http://127.0.0.1:{monitor.port}",
    }
    status = subprocess.run([str(ROOT / "scripts" / "check-task-status.sh")], env=environment, timeout=60).returncode
    numbers = re.search(r"processed (\d+), updated (\d+), errors (\d+)$", log.read_text().strip())
    return status, [int(number) for number in numbers.groups()] if numbers else []


def register(monitor: Monitor, *tasks: str) -> None:
    monitor.register([{"taskId": task, "studentName": task, "session": {"id": "cron"}} for task in tasks])


def run(options: argparse.Namespace, directory: pathlib.Path) -> int:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GradingServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monitor = Monitor(
        directory, options.binary, GRADING_SERVER_URL=f"http://127.0.0.1:{server.server_port}", SWEEP_GRACE="0"
    )
    wrong = 0

    def check(what: str, found: object, expected: object) -> None:
        nonlocal wrong
        wrong += found != expected
        print(f"{'ok  ' if found == expected else 'FAIL'}  {what}: {found}", flush=True)

    try:
        monitor.start()
        # The monitor's own first sweep comes within 5 s of the start; from then on only cron sweeps here.
        time.sleep(6)
        register(monitor, "graded-1", "graded-2", "broken-1")
        check("the old line without a header is refused", curl(monitor)[0], 401)
        status, answer = curl(monitor, "-H", f"Authorization: Bearer {monitor.cron_secret}")
        summary = answer["summary"]
        check("the old line with a header", status, 200)
        check("its three numbers", [summary[name] for name in ("tasksProcessed", "tasksUpdated", "errors")], [3, 2, 1])
        check("and what is left", summary["currentStats"], {"totalPendingTasks": 1, "totalProcessingTasks": 0, "totalActiveSessions": 1})
        # The broken one of before waits its backoff: the same three numbers again.
        register(monitor, "graded-3", "graded-4", "broken-2")
        check("the script logs the same three", script(monitor, directory), (0, [3, 2, 1]))
    finally:
        monitor.kill()
        server.shutdown()
    print(f"cron-line: {wrong} wrong")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-monitor-cron.") as directory:
        return 1 if run(options, pathlib.Path(directory)) else 0


if __name__ == "__main__":
    sys.exit(main())
