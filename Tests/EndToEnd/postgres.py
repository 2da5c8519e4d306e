"""Throwaway PostgreSQL clusters for the end-to-end programs, made with the binaries of Debian's `postgresql`.

PostgreSQL refuses to run as root: there, everything of the cluster is done as the user `postgres`. The monitor connects
as an ordinary role with a password over TCP, these programs as the superuser over a socket in the cluster's directory.
"""

from __future__ import annotations

import contextlib
import csv
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tempfile
from typing import Iterator

from monitor import ReservedPort, wait_until

ROLE = DATABASE = "monitor"
# Where a fault makes the database itself hang, a question to it must not.
PATIENCE = 20


def as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def program(name: str) -> str:
    """The newest version that is installed."""
    versions = pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: float(path.parent.parent.name), default=None)
    found = newest or shutil.which(name)
    if found is None:
        raise SystemExit(f"there is no {name}: install Debian's package 'postgresql'")
    return str(found)


@contextlib.contextmanager
def workspace(name: str) -> Iterator[pathlib.Path]:
    """A directory that is gone afterwards. SIGTERM ends the program as Ctrl-C does, so that it can clean up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix=f"grading-monitor-{name}.") as directory:
        # The user `postgres` has to get through.
        os.chmod(directory, 0o755)
        yield pathlib.Path(directory)


class Cluster:
    """One server with a data directory and a port of its own."""

    def __init__(self, directory: pathlib.Path, name: str, **settings: str):
        self.name = name
        self._reserved = ReservedPort()
        self.port = self._reserved.number
        self.password = secrets.token_hex(12)
        self.home = directory / name
        self.data = self.home / "data"
        self._settings = {"max_connections": "60", "log_min_messages": "warning", **settings}
        self.home.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")

    # MARK: Making one

    def create(self) -> Cluster:
        """A cluster with the role and the empty database of the monitor, started."""
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", str(self.data))
        self.configure(listen_addresses="127.0.0.1")
        # Passwords over TCP, as a user would have it; the last lines of initdb's file trust everybody on this machine.
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 trust\n"
        (self.data / "pg_hba.conf").write_text(rules)
        self.start()
        self.rows(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.password}'", database="postgres")
        self.rows(f"CREATE DATABASE {DATABASE} OWNER {ROLE}", database="postgres")
        return self

    def create_standby(self, primary: Cluster) -> Cluster:
        """A streaming standby that calls itself by its name, started."""
        self.password = primary.password
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={self.name}"
        self._run("pg_basebackup", "--no-sync", "-c", "fast", "-R", "-X", "stream", "-d", source, "-D", str(self.data))
        self.start()
        return self

    def configure(self, **settings: str) -> None:
        """For what can be changed in a running server: the last line wins, and all processes are told."""
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as configuration:
            configuration.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        if (postmaster := self.postmaster()) is not None:
            os.kill(postmaster, signal.SIGHUP)

    # MARK: Up and down

    def start(self) -> None:
        # Options win over the file, which a standby has from its primary.
        settings = {"port": str(self.port), "unix_socket_directories": str(self.home), **self._settings}
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.home / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def restart(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.home / "log"), "-w", "-m", mode, "restart")

    def promote(self) -> None:
        """Returns when the standby takes writes."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def postmaster(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def processes(self) -> list[int]:
        """The postmaster first, then its children."""
        postmaster = self.postmaster()
        return [] if postmaster is None else [postmaster, *children(postmaster)]

    def signal_all(self, number: signal.Signals) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill_nine(self) -> None:
        """The machine is gone: no process of the cluster ends in an orderly way."""
        doomed = self.processes()
        # First the one that would start others in their place.
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not wait_until(lambda: not any(is_alive(pid) for pid in doomed), 10):
            raise RuntimeError(f"the processes of {self.name} did not end")

    def destroy(self) -> None:
        """Whatever state it is in."""
        if any(is_alive(pid) for pid in self.processes()):
            self.signal_all(signal.SIGCONT)
            with contextlib.suppress(RuntimeError):
                self.stop("immediate")
            if any(is_alive(pid) for pid in self.processes()):
                self.kill_nine()

    # MARK: Questions

    def url(self, *others: Cluster, port: int | None = None, **parameters: str) -> str:
        """For the monitor; with others, one of several hosts; with a port, through what listens there."""
        hosts = ",".join(f"127.0.0.1:{each}" for each in (port or self.port, *(cluster.port for cluster in others)))
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"postgresql://{ROLE}:{self.password}@{hosts}/{DATABASE}" + (f"?{query}" if query else "")

    def psql(self, *arguments: str, database: str = DATABASE) -> list[str]:
        where = ["-h", str(self.home), "-p", str(self.port), "-U", "postgres", "-d", database]
        return [program("psql"), "-X", "-q", *where, *arguments]

    def rows(self, sql: str, database: str = DATABASE) -> list[list[str]]:
        """As the superuser. NULL is an empty text."""
        command = self.psql("--csv", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, database=database)
        environment = {**os.environ, "PGCONNECT_TIMEOUT": "15"}
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
        if finished.returncode != 0:
            raise RuntimeError(f"psql: {finished.stderr.strip()[-500:]}")
        return list(csv.reader(finished.stdout.splitlines()))

    def value(self, sql: str, database: str = DATABASE) -> str:
        return self.rows(sql, database)[0][0]

    def backends(self, application: str = "grading-monitor%") -> dict[int, str]:
        """Application name by process, of the monitor's own connections."""
        found = self.rows(
            f"""
            SELECT pid, application_name FROM pg_stat_activity
            WHERE usename = '{ROLE}' AND application_name LIKE '{application}'
            """,
            database="postgres",
        )
        return {int(pid): name for pid, name in found}

    def last_words(self) -> str:
        return "\n".join((self.home / "log").read_text(errors="replace").splitlines()[-20:])

    def _run(self, name: str, *arguments: str) -> None:
        # Not a pipe: a server that is started here would hold it open.
        with tempfile.TemporaryFile("w+") as output:
            command = [*as_postgres(), program(name), *arguments]
            status = subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=120
            ).returncode
            output.seek(0)
            if status != 0:
                raise RuntimeError(f"{name} failed with status {status}: {output.read().strip()[-800:]}")


class Psql:
    """One long-lived connection of the superuser, for questions that are asked many times a second."""

    def __init__(self, cluster: Cluster, database: str = DATABASE):
        command = cluster.psql("-A", "-t", "-F", "\t", database=database)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1
        )

    def rows(self, sql: str) -> list[list[str]]:
        """Raises OSError when the connection is gone."""
        self._process.stdin.write(f"{sql};\n\\echo --\n")
        self._process.stdin.flush()
        found = []
        while (line := self._process.stdout.readline()) != "--\n":
            if not line:
                raise OSError("psql has ended")
            found.append(line.rstrip("\n").split("\t"))
        return found

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def children(parent: int) -> list[int]:
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # After the name in parentheses, which may hold anything: state, parent.
            if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False
