"""Servers under measurement as child processes. Ends what it started, and nothing else."""

from __future__ import annotations

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time


class Failure(Exception):
    """The measurement cannot go on, or is worth nothing; the message is for people."""


class Server:
    """A server that answers `GET /readyz` once it is ready. Its workers, if it has any, are in its process group."""

    def __init__(self, name: str, command: list, environment: dict[str, str], port: int, log: pathlib.Path, cwd=None):
        self.name = name
        self.port = port
        self._log = log
        base = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        with open(log, "wb") as output:
            self._process = subprocess.Popen(
                command, env={**base, **environment}, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> Server:
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise Failure(f"{self.name} did not start:\n{self.log_end()}")

    def log_end(self) -> str:
        return self._log.read_text(errors="replace")[-2_000:]

    def peak_rss_mb(self) -> float:
        """The most memory that it had in use, in MiB; 0 where the system does not say."""
        try:
            status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0.0
        match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return int(match[1]) / 1024 if match else 0.0

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # Workers that outlived it would take part in the next run.
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
