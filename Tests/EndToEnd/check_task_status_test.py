#!/usr/bin/env python3
"""Tests scripts/check-task-status.sh against small HTTP servers: what it logs, how it ends, what it never shows."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-task-status.sh"
SECRET = "cron-secret-that-is-long-enough-0123456789"
SUMMARY = {
    "message": "Background task status check completed",
    "timestamp": "2026-11-23T10:30:00.000Z",
    "summary": {
        "tasksProcessed": 12, "tasksUpdated": 8, "errors": 0,
        "currentStats": {"totalPendingTasks": 4, "totalProcessingTasks": 2, "totalActiveSessions": 3},
    },
}


class Monitor(http.server.ThreadingHTTPServer):
    """Answers every request alike, and keeps what it was asked. `gate` holds answers back until it is set."""

    def __init__(self, status: int = 200, body: bytes = json.dumps(SUMMARY, indent=1).encode(), headers: dict | None = None):
        self.answer = (status, body, headers or {})
        self.requests: list[tuple[str, str, str | None]] = []
        self.arrived, self.gate = threading.Event(), threading.Event()
        self.gate.set()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __exit__(self, *_) -> None:
        self.gate.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.requests.append((self.command, self.path, self.headers.get("Authorization")))
        self.server.arrived.set()
        self.server.gate.wait(20)
        status, body, headers = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_) -> None:
        pass


class CheckTaskStatus(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.home = pathlib.Path(directory.name)
        self.log = self.home / "grading-status-check.log"

    def start(self, **settings: str) -> subprocess.Popen:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "CRON_SECRET": SECRET, **settings}
        return subprocess.Popen(
            [str(SCRIPT)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )

    def run_script(self, **settings: str) -> tuple[int, str, str]:
        """Exit status, standard error, and the log (which must never hold the secret)."""
        process = self.start(**settings)
        output, errors = process.communicate(timeout=60)
        log = self.log.read_text() if self.log.exists() else ""
        self.assertNotIn(SECRET, output + errors + log)
        return process.returncode, errors, log

    def test_a_check_is_logged_with_its_three_numbers(self) -> None:
        with Monitor() as monitor:
            status, errors, log = self.run_script(MONITOR_URL=monitor.url + "/")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(log, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO checked: processed 12, updated 8, errors 0\n$")
        self.assertEqual(monitor.requests, [("GET", "/api/cron/status-check", f"Bearer {SECRET}")])

    def test_failed_checks_are_a_warning_not_a_failure(self) -> None:
        summary = {"summary": {**SUMMARY["summary"], "errors": 3}}
        with Monitor(body=json.dumps(summary).encode()) as monitor:
            status, _, log = self.run_script(MONITOR_URL=monitor.url)
        self.assertEqual(status, 0)
        self.assertIn("WARNING checked: processed 12, updated 8, errors 3", log)

    def test_the_web_apps_own_variable_still_works(self) -> None:
        with Monitor() as monitor:
            status, _, _ = self.run_script(NEXT_PUBLIC_APP_URL=monitor.url)
        self.assertEqual((status, len(monitor.requests)), (0, 1))

    def test_monitor_url_wins_over_the_web_apps_variable(self) -> None:
        with Monitor() as monitor, Monitor() as web_app:
            self.run_script(MONITOR_URL=monitor.url, NEXT_PUBLIC_APP_URL=web_app.url)
        self.assertEqual((len(monitor.requests), len(web_app.requests)), (1, 0))

    def test_the_secret_may_be_in_a_file(self) -> None:
        file = self.home / "secret"
        file.write_text(SECRET + "\n")
        with Monitor() as monitor:
            status, _, _ = self.run_script(MONITOR_URL=monitor.url, CRON_SECRET="", CRON_SECRET_FILE=str(file))
        self.assertEqual((status, monitor.requests[0][2]), (0, f"Bearer {SECRET}"))

    def test_a_refused_secret_is_a_failure(self) -> None:
        with Monitor(status=401, body=b'{"status":401}') as monitor:
            status, errors, log = self.run_script(MONITOR_URL=monitor.url)
        self.assertEqual(status, 1)
        self.assertIn("refused the secret (401)", errors)
        self.assertIn("ERROR", log)

    def test_other_answers_are_failures(self) -> None:
        for code in (404, 429, 500, 503):
            with self.subTest(code=code), Monitor(status=code) as monitor:
                status, errors, _ = self.run_script(MONITOR_URL=monitor.url)
                self.assertEqual(status, 1)
                self.assertIn(str(code), errors)

    def test_an_answer_without_a_summary_is_a_failure(self) -> None:
        with Monitor(body=b"<html>Sign in</html>") as monitor:
            status, errors, _ = self.run_script(MONITOR_URL=monitor.url)
        self.assertEqual(status, 1)
        self.assertIn("no summary", errors)

    def test_a_redirect_is_not_followed(self) -> None:
        with Monitor() as elsewhere, Monitor(status=302, headers={"Location": elsewhere.url}) as monitor:
            status, _, _ = self.run_script(MONITOR_URL=monitor.url)
        self.assertEqual((status, len(monitor.requests), elsewhere.requests), (1, 1, []))

    def test_nobody_listening_is_a_failure(self) -> None:
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            status, errors, log = self.run_script(MONITOR_URL=f"http://127.0.0.1:{reserved.getsockname()[1]}")
        self.assertEqual(status, 1)
        self.assertIn("no answer from http://127.0.0.1", errors)
        self.assertIn("ERROR no answer from", log)

    def test_an_answer_that_takes_too_long_is_a_failure(self) -> None:
        with Monitor() as monitor:
            monitor.gate.clear()
            status, errors, _ = self.run_script(MONITOR_URL=monitor.url, CHECK_TIMEOUT="1")
        self.assertEqual(status, 1)
        self.assertIn("no answer", errors)

    def test_unusable_settings_are_told_apart(self) -> None:
        for settings, expected in (
            ({"CRON_SECRET": ""}, "set CRON_SECRET"),
            ({"CRON_SECRET": "two words"}, "one header"),
            ({"CRON_SECRET": "a\nX-Other: b"}, "one header"),
            ({"CRON_SECRET": "", "CRON_SECRET_FILE": "/nonexistent"}, "cannot read"),
            ({"MONITOR_URL": "ftp://127.0.0.1"}, "not an http(s) URL"),
            ({"CHECK_TIMEOUT": "soon"}, "not a number"),
        ):
            with self.subTest(settings=settings):
                status, errors, _ = self.run_script(**settings)
                self.assertEqual(status, 78)
                self.assertIn(expected, errors)

    def test_a_log_that_cannot_be_written_is_told(self) -> None:
        status, errors, _ = self.run_script(LOG_FILE=str(self.home / "no" / "such" / "directory" / "log"))
        self.assertEqual(status, 78)
        self.assertIn("cannot write", errors)

    def test_a_second_run_leaves_while_the_first_is_at_it(self) -> None:
        with Monitor() as monitor:
            monitor.gate.clear()
            first = self.start(MONITOR_URL=monitor.url)
            self.assertTrue(monitor.arrived.wait(20))
            status, errors, log = self.run_script(MONITOR_URL=monitor.url)
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("skipped: the previous check is still running", log)
            monitor.gate.set()
            first.communicate(timeout=20)
            self.assertEqual((first.returncode, len(monitor.requests)), (0, 1))
            self.assertEqual(self.run_script(MONITOR_URL=monitor.url)[0], 0, "the lock is free again")

    def test_the_secret_is_in_no_process_list(self) -> None:
        with Monitor() as monitor:
            monitor.gate.clear()
            process = self.start(MONITOR_URL=monitor.url)
            self.assertTrue(monitor.arrived.wait(20))
            listed = subprocess.run(["ps", "-eww", "-o", "args="], capture_output=True, text=True, check=True).stdout
            monitor.gate.set()
            process.communicate(timeout=20)
        self.assertIn("curl --disable", listed, "the request was under way when the list was made")
        self.assertNotIn(SECRET, listed)

    def test_a_log_past_ten_megabytes_is_rotated(self) -> None:
        self.log.write_bytes(b"old\n" * (10 * 1024 * 1024 // 4 + 1))
        with Monitor() as monitor:
            _, _, log = self.run_script(MONITOR_URL=monitor.url)
        self.assertEqual(log.count("\n"), 1)
        self.assertTrue((self.home / "grading-status-check.log.1").read_bytes().startswith(b"old\n"))

    def test_a_log_of_ten_megabytes_is_not_rotated(self) -> None:
        self.log.write_bytes(b"old\n" * (10 * 1024 * 1024 // 4))
        with Monitor() as monitor:
            self.run_script(MONITOR_URL=monitor.url)
        self.assertFalse((self.home / "grading-status-check.log.1").exists())

    def test_the_log_is_for_its_owner_only(self) -> None:
        with Monitor() as monitor:
            self.run_script(MONITOR_URL=monitor.url, LOG_FILE=str(self.home / "other.log"))
        self.assertEqual((self.home / "other.log").stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
