"""A TCP proxy before PostgreSQL that cuts a connection at a chosen moment of a commit, or after so many bytes.

It reads just as much of the protocol (version 3, see "Message Formats" in PostgreSQL's manual) as it takes to know which
message ends a transaction: the texts of statements, which of them a Bind names, and the server's ReadyForQuery.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from typing import Callable, NamedTuple

WRITER = "grading-monitor writer"
SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
# Parse, Bind, Describe, Execute, Close: they wait for the Sync that follows.
HELD_BACK = b"PBDEC"
COMMIT = re.compile(r"(^|;)\s*(COMMIT|END)\b", re.IGNORECASE)
BEGIN = re.compile(r"(^|;)\s*(BEGIN|START)\b", re.IGNORECASE)
WRITE = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)

# The moments at which a commit can be cut, and whether the transaction is in the database then.
BEFORE = "before COMMIT reaches the server"
AFTER = "after COMMIT was sent to the server"
ANSWERED = "after the server has committed"
SILENT = "silence after COMMIT was sent"
MOMENTS = {BEFORE: False, AFTER: None, ANSWERED: True, SILENT: None}


class Cut(NamedTuple):
    moment: str
    application: str
    at: float


class SeveringProxy:
    """Passes everything on until it is armed; then the next commit of the writer meets the fault."""

    def __init__(self, target: int):
        self.cuts: list[Cut] = []
        self._target = target
        self._armed: str | None = None
        self._lock = threading.Lock()
        self._links: set[Link] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept_all, daemon=True).start()

    def arm(self, moment: str) -> None:
        with self._lock:
            self._armed = moment

    def disarm(self) -> bool:
        """`False` when the fault has already come to pass."""
        with self._lock:
            armed, self._armed = self._armed, None
            return armed is not None

    def cut_after_bytes(self, count: int) -> None:
        """Every connection that is open, each after so many more bytes, whichever way they go."""
        for link in self.links():
            link.budget = count

    def cut_all(self) -> None:
        for link in self.links():
            link.cut("at once")

    def links(self) -> list[Link]:
        with self._lock:
            return list(self._links)

    def close(self) -> None:
        self._listener.close()
        self.cut_all()

    def take_fault(self, link: Link) -> str | None:
        """The armed fault, if this connection is the one that it waits for."""
        with self._lock:
            if link.application != WRITER or self._armed is None:
                return None
            armed, self._armed = self._armed, None
            return armed

    def forget(self, link: Link) -> None:
        with self._lock:
            self._links.discard(link)

    def _accept_all(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self, client, server)
            with self._lock:
                self._links.add(link)
            link.start()


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy: SeveringProxy, client: socket.socket, server: socket.socket):
        self.application = ""
        # Bytes until it is cut; None: never.
        self.budget: int | None = None
        self._proxy, self._client, self._server = proxy, client, server
        self._statements: dict[bytes, str] = {}
        self._is_in_transaction = False
        self._pending: str | None = None
        self._is_over = False

    def start(self) -> None:
        for work in (self._pass_requests, self._pass_answers):
            threading.Thread(target=self._until_the_end, args=(work,), daemon=True).start()

    def cut(self, moment: str) -> None:
        if not self._is_over:
            self._is_over = True
            self._proxy.cuts.append(Cut(moment, self.application, time.monotonic()))
        self._close()

    def _close(self) -> None:
        self._is_over = True
        for each in (self._client, self._server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._proxy.forget(self)

    def _until_the_end(self, work: Callable[[], None]) -> None:
        with contextlib.suppress(OSError, EOFError, struct.error):
            work()
        self._close()

    # MARK: From the client

    def _pass_requests(self) -> None:
        self._pass_startup()
        unit, texts = b"", []
        while True:
            kind, body = receive(self._client)
            unit += kind + struct.pack("!I", len(body) + 4) + body
            texts += self._texts(kind, body)
            if kind in HELD_BACK:
                continue
            self._pass_unit(unit, texts)
            unit, texts = b"", []

    def _pass_startup(self) -> None:
        """Declines encryption in the server's place, and learns the application's name."""
        while True:
            length, code = struct.unpack("!II", read(self._client, 8))
            body = read(self._client, length - 8)
            if code in (SSL_REQUEST, GSS_REQUEST):
                self._client.sendall(b"N")
                continue
            fields = body.split(b"\0")
            if code != CANCEL_REQUEST and b"application_name" in fields:
                self.application = fields[fields.index(b"application_name") + 1].decode()
            return self._server.sendall(struct.pack("!II", length, code) + body)

    def _texts(self, kind: bytes, body: bytes) -> list[str]:
        """The statements that this message runs."""
        if kind == b"Q":
            return [body.rstrip(b"\0").decode(errors="replace")]
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            self._statements[name] = text.decode(errors="replace")
        elif kind == b"B":
            return [self._statements.get(body.split(b"\0")[1], "")]
        return []

    def _commits(self, texts: list[str]) -> bool:
        if any(COMMIT.search(text) for text in texts):
            return True
        # A statement outside of a transaction is one by itself.
        is_alone = not self._is_in_transaction and not any(BEGIN.search(text) for text in texts)
        return is_alone and any(WRITE.search(text) for text in texts)

    def _pass_unit(self, unit: bytes, texts: list[str]) -> None:
        fault = self._proxy.take_fault(self) if self._commits(texts) else None
        if fault == BEFORE:
            return self.cut(fault)
        self._pending = fault
        self._spend(self._server, unit)
        if fault == AFTER:
            self.cut(fault)

    # MARK: From the server

    def _pass_answers(self) -> None:
        while True:
            kind, body = receive(self._server)
            if self._pending == SILENT:
                # Nothing more comes through, in either direction, and nobody hangs up.
                self._proxy.cuts.append(Cut(SILENT, self.application, time.monotonic()))
                self._pending = None
                self._is_over = True
                while self._server.recv(65536):
                    pass
                return
            if kind == b"Z":
                if self._pending == ANSWERED:
                    return self.cut(ANSWERED)
                self._is_in_transaction = body != b"I"
            # What belongs to the commit's answer is kept back, so that the client learns nothing of it.
            if self._pending != ANSWERED:
                self._spend(self._client, kind + struct.pack("!I", len(body) + 4) + body)

    def _spend(self, to: socket.socket, data: bytes) -> None:
        if self.budget is not None:
            allowed, self.budget = data[: max(self.budget, 0)], self.budget - len(data)
            if self.budget < 0:
                with contextlib.suppress(OSError):
                    to.sendall(allowed)
                return self.cut("after some bytes")
        to.sendall(data)


def receive(peer: socket.socket) -> tuple[bytes, bytes]:
    kind, length = struct.unpack("!cI", read(peer, 5))
    return kind, read(peer, length - 4)


def read(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = peer.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
