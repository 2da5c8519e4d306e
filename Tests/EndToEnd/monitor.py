"""A `grading-monitor serve` of one's own, for the end-to-end programs: real process, real database, real port."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time
from typing import Callable, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]


def default_binary() -> str:
    """Where `swift build` puts the program for debugging."""
    return os.environ.get("GRADING_MONITOR", str(ROOT / ".build" / "debug" / "grading-monitor"))


class ReservedPort:
    """A port on 127.0.0.1 that nobody else is given while this object lives, even when the server that it is for is down.

    The socket is bound and does not listen: a connection is refused, and no other program gets the port for its own end of a
    connection. A server that sets SO_REUSEADDR, as servers do, can listen there all the same.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = self._socket.getsockname()[1]


def signed_headers(secret: str, delivery: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body` with the decoded secret."""
    sent_at = str(int(time.time()) if timestamp is None else timestamp)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{delivery}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": sent_at,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def request(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 30
) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], timeout: float, every: float = 0.05) -> bool:
    """Asks again and again; `False` when it was not so within the time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


class Secrets(NamedTuple):
    """What instances on one database have in common."""

    webhook: str
    cron: str
    operator: str

    @classmethod
    def fresh(cls) -> Secrets:
        webhook = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        return cls(webhook, secrets.token_hex(24), secrets.token_hex(24))


class Monitor:
    """Starts, kills and restarts one server on the same port and the same database.

    Without `database_url` the database is a SQLite file of its own. Several on one database have a name and a port each
    and share the secrets.
    """

    def __init__(
        self,
        directory: pathlib.Path,
        binary: str,
        *,
        name: str = "monitor",
        database_url: str | None = None,
        shared: Secrets | None = None,
        **settings: str,
    ):
        shared = shared or Secrets.fresh()
        self.binary = binary
        self.name = name
        self._reserved, self._nobody = ReservedPort(), ReservedPort()
        self.port = self._reserved.number
        self.database = directory / f"{name}.db"
        self.log = directory / f"{name}.log"
        self.webhook_secret, self.cron_secret, self.operator_secret = shared
        self.process: subprocess.Popen | None = None
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(directory),
            "DATABASE_URL": database_url or f"sqlite:{self.database}",
            # Nobody listens there: these programs have no grading server to ask.
            "GRADING_SERVER_URL": f"http://127.0.0.1:{self._nobody.number}",
            "WEBHOOK_SECRETS": self.webhook_secret,
            "CRON_SECRETS": self.cron_secret,
            "OPERATOR_SECRETS": self.operator_secret,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.port),
            "SWEEP_INTERVAL": "3600",
            "LOG_LEVEL": "warning",
            **settings,
        }

    def set(self, name: str, value: str) -> None:
        """For the next start."""
        self._environment[name] = value

    def launch(self) -> None:
        """Starts the process and waits for nothing."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve"], env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start(self, timeout: float = 30) -> float:
        """Returns when /readyz answers 200, with the seconds that it took."""
        began = time.monotonic()
        self.launch()
        if not wait_until(self.is_ready_or_ended, timeout, every=0.02):
            raise RuntimeError(f"the server was not ready within {timeout} s:\n{self.last_words()}")
        if not self.is_running():
            raise RuntimeError(f"the server ended with status {self.process.returncode}:\n{self.last_words()}")
        return time.monotonic() - began

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        try:
            return request(self.port, "GET", "/readyz", timeout=5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def is_ready_or_ended(self) -> bool:
        return not self.is_running() or self.is_ready()

    def stop(self, timeout: float = 40) -> int:
        """SIGTERM; the exit status. A server that does not end in time is killed, and that is an error."""
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"the server did not end within {timeout} s of SIGTERM:\n{self.last_words()}") from None

    def kill(self) -> None:
        """kill -9, and waits until the process is gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def register(self, registrations: list[dict]) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.operator_secret}"}
        status, answer = request(self.port, "POST", "/api/tasks", json.dumps(registrations).encode(), headers)
        if status != 200:
            raise RuntimeError(f"registration answered {status}: {answer[:300].decode(errors='replace')}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
