#!/usr/bin/env python3
"""Tests scripts/with-postgres.sh: the server that a command gets, and that nothing is left however the command ends."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "with-postgres.sh"
QUERY = 'psql --no-psqlrc -Atc "$1" "$TEST_POSTGRES_URL"'
# Tells its process id, then waits for a signal.
WAITING = 'echo $$ >"$1"; while :; do sleep 0.1; done'


class WithPostgres(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="with-postgres.")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        # The server's user must be able to come here, and only the clusters are in this place.
        self.directory.chmod(0o711)
        self.place = self.directory / "clusters"
        self.place.mkdir(mode=0o777)
        self.place.chmod(0o777)

    def start(self, *arguments: str, prefix: tuple[str, ...] = (), script: pathlib.Path = SCRIPT, **more) -> subprocess.Popen:
        return subprocess.Popen(
            [*prefix, str(script), "--data", str(self.place), *arguments],
            stdin=more.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
        )

    def run_script(self, *arguments: str, **more) -> tuple[int, str, str]:
        """Exit status, output and errors; by then, nothing may be left."""
        process = self.start(*arguments, **more)
        output, errors = process.communicate(timeout=90)
        self.assertEqual(self.left(), [], errors)
        return process.returncode, output, errors

    def left(self) -> list[str]:
        """What is there of clusters: directories, and processes that work in them."""
        found = [str(path) for path in self.place.iterdir()]
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                inside = os.readlink(process / "cwd").startswith(f"{self.place}/")
            except OSError:
                continue
            found += [str(process)] if inside else []
        return found

    def eventually(self, condition) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def waiting(self, command: str = WAITING) -> tuple[subprocess.Popen, int]:
        """A wrapper in a session of its own whose command is up and waits, and the command's process id."""
        told = self.directory / "told"
        process = self.start("bash", "-c", command, "-", str(told), start_new_session=True)
        self.assertTrue(self.eventually(lambda: told.exists() and told.read_text().endswith("\n")))
        self.assertEqual(len(list(self.place.iterdir())), 1)
        return process, int(told.read_text())

    def assert_ends(self, process: subprocess.Popen, status: int) -> None:
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, status)
        self.assertEqual(self.left(), [])

    # MARK: What a command gets

    def test_the_commands_input_output_and_status_pass_through(self) -> None:
        with open(self.directory / "input", "w+") as text:
            text.write("two words\n")
            text.seek(0)
            status, output, errors = self.run_script("bash", "-c", "cat; echo problem >&2; exit 7", stdin=text)
        self.assertEqual((status, output, errors), (7, "two words\n", "problem\n"))

    def test_a_superuser_on_a_server_that_syncs_reached_by_tcp(self) -> None:
        settings = ("is_superuser", "fsync", "synchronous_commit", "max_connections", "password_encryption")
        query = "SELECT host(inet_server_addr()), " + ", ".join(f"current_setting('{name}')" for name in settings)
        status, output, errors = self.run_script("bash", "-c", QUERY, "-", query)
        self.assertEqual((status, output), (0, "127.0.0.1|on|on|on|200|scram-sha-256\n"), errors)

    def test_nobody_comes_in_without_the_password(self) -> None:
        query = "SELECT current_setting('unix_socket_directories'), current_setting('port')"
        script = f'{QUERY} && IFS="|" read -r directory port < <({QUERY}) && unset PGPASSWORD && '
        for way in ("--host=127.0.0.1", '--host="$directory"'):
            for password in ("", "PGPASSWORD=wrong "):
                entry = f'{password}psql --no-password --username=postgres --port="$port" {way} -Atc "SELECT 1" postgres'
                status, output, errors = self.run_script("bash", "-c", script + entry, "-", query)
                self.assertEqual((status, output.count("\n")), (2, 1), errors)
                self.assertRegex(errors, "password authentication failed|no password supplied")

    def test_settings_reach_the_server_whatever_they_contain(self) -> None:
        value = "it's \\ 5% = \"a\" $HOME"
        status, output, errors = self.run_script(
            "--set", "fsync=on", "--set", f"cluster_name={value}", "--set", "fsync=off", "--set", "max_connections=17",
            "bash", "-c", QUERY, "-", "SELECT concat_ws('|', current_setting('cluster_name'), current_setting('fsync'), "
            "current_setting('max_connections'))",
        )
        self.assertEqual((status, output), (0, f"{value}|off|17\n"), errors)

    def test_the_callers_own_postgres_settings_do_not_count(self) -> None:
        environment = {**os.environ, "PGDATA": "/nowhere", "PGPORT": "1", "PGOPTIONS": "-c nonsense=1"}
        status, _, errors = self.run_script("true", env=environment)
        self.assertEqual(status, 0, errors)

    def test_several_at_once_have_a_server_each(self) -> None:
        told = [self.directory / f"told-{number}" for number in range(3)]
        wait = 'echo "$TEST_POSTGRES_URL" >"$1"; until [[ -e $2 ]]; do sleep 0.1; done; ' + QUERY.replace("$1", "SELECT 1")
        processes = [self.start("bash", "-c", wait, "-", str(one), str(self.directory / "go")) for one in told]
        self.assertTrue(self.eventually(lambda: all(one.exists() and one.read_text().endswith("\n") for one in told)))
        self.assertEqual(len({one.read_text() for one in told}), 3)
        (self.directory / "go").touch()
        for process in processes:
            output, errors = process.communicate(timeout=60)
            self.assertEqual((process.returncode, output), (0, "1\n"), errors)
        self.assertEqual(self.left(), [])

    def test_a_port_that_is_taken_is_not_the_end(self) -> None:
        # Only two ports to choose from, and another cluster on one of them.
        text = SCRIPT.read_text()
        narrow = self.directory / "with-postgres.sh"
        narrow.write_text(re.sub(r"RANDOM % \d+", "RANDOM % 2", text))
        narrow.chmod(0o755)
        self.assertNotEqual(narrow.read_text(), text)
        query = "SELECT inet_server_port()"
        inner = f'"$2" --data "$3" bash -c \'{QUERY}\' - "$1"; {QUERY}'
        status, output, errors = self.run_script("bash", "-c", inner, "-", query, str(narrow), str(self.place), script=narrow)
        self.assertEqual((status, sorted(output.split())), (0, ["20000", "20001"]), errors)

    def test_an_ordinary_user_can_use_it(self) -> None:
        # As root this becomes somebody else first; otherwise it is what all the other tests do.
        copy = pathlib.Path(shutil.copy(SCRIPT, self.directory))
        copy.chmod(0o755)
        somebody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--") if os.geteuid() == 0 else ()
        status, output, errors = self.run_script("bash", "-c", QUERY, "-", "SELECT 1", prefix=somebody, script=copy)
        self.assertEqual((status, output), (0, "1\n"), errors)

    # MARK: When something is wrong

    def test_wrong_usage_is_explained(self) -> None:
        for arguments in ([], ["--frob", "true"], ["--set", "fsync", "true"], ["--data", "/nowhere", "true"], ["--keep-log"]):
            status, output, errors = self.run_script(*arguments)
            self.assertEqual((status, output), (64, ""))
            self.assertIn("with-postgres: ", errors)

    def test_a_command_that_is_not_there(self) -> None:
        self.assertEqual(self.run_script("no-such-command")[0], 127)

    def test_a_server_that_does_not_start_shows_its_log(self) -> None:
        status, output, errors = self.run_script("--set", "no_such_setting=1", "echo", "ran")
        self.assertEqual((status, output), (70, ""))
        self.assertIn('unrecognized configuration parameter "no_such_setting"', errors)
        self.assertIn("with-postgres: the server did not start", errors)

    def test_a_place_that_cannot_be_used_is_named(self) -> None:
        # Not by root's servant, and not by an ordinary user either.
        closed = self.place / "closed"
        closed.mkdir(mode=0o600 if os.geteuid() != 0 else 0o700)
        process = self.start("--data", str(closed), "true")
        _, errors = process.communicate(timeout=60)
        closed.chmod(0o700)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn(str(closed), errors)
        self.assertEqual(list(closed.iterdir()), [])

    def test_the_log_is_kept_when_asked_for(self) -> None:
        log = self.directory / "server.log"
        self.assertEqual(self.run_script("--keep-log", str(log), "true")[0], 0)
        self.assertIn("database system is ready to accept connections", log.read_text())

    # MARK: However it ends

    def test_the_command_is_killed(self) -> None:
        process, command = self.waiting()
        os.kill(command, signal.SIGKILL)
        self.assert_ends(process, 128 + signal.SIGKILL)

    def test_term_ends_the_command_too(self) -> None:
        process, command = self.waiting()
        process.terminate()
        self.assert_ends(process, 128 + signal.SIGTERM)
        self.assertRaises(ProcessLookupError, os.kill, command, 0)

    def test_an_interrupt_to_the_wrapper_alone_ends_the_command_too(self) -> None:
        process, command = self.waiting()
        process.send_signal(signal.SIGINT)
        self.assert_ends(process, 128 + signal.SIGINT)
        self.assertRaises(ProcessLookupError, os.kill, command, 0)

    def test_an_interrupted_command_has_time_and_a_server_to_clean_up(self) -> None:
        clean = f'trap \'sleep 1; {QUERY.replace("$1", "SELECT 4711")} >&2; exit 3\' INT; {WAITING}'
        process, _ = self.waiting(clean)
        os.killpg(process.pid, signal.SIGINT)
        self.assertIn("4711", process.communicate(timeout=60)[1])
        self.assert_ends(process, 128 + signal.SIGINT)

    def test_a_command_that_hears_no_signal_is_killed(self) -> None:
        process, command = self.waiting(f"trap '' TERM; {WAITING}")
        process.terminate()
        self.assert_ends(process, 128 + signal.SIGTERM)
        self.assertRaises(ProcessLookupError, os.kill, command, 0)

    def test_kill_nine_of_the_wrapper_leaves_no_server(self) -> None:
        process, command = self.waiting()
        process.kill()
        self.addCleanup(os.kill, command, signal.SIGKILL)
        self.assertTrue(self.eventually(lambda: not self.left()))

    def test_stopped_and_orphaned_backends_do_not_stay(self) -> None:
        orphan = """
            psql -Atc 'SELECT pg_sleep(600)' "$TEST_POSTGRES_URL" &
            sleeping="SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            until backend=$(psql -Atc "$sleeping" "$TEST_POSTGRES_URL") && [[ -n $backend ]]; do sleep 0.1; done
            parent=$(ps -o ppid= -p "$backend")
            kill -STOP "$backend"
            kill -KILL $parent
        """
        status, _, errors = self.run_script("bash", "-c", orphan)
        self.assertEqual(status, 0, errors)


if __name__ == "__main__":
    # Whoever starts this in the background may have it ignore interrupts, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
