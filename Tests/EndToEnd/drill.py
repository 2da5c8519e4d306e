#!/usr/bin/env python3
"""The drill, as an operator runs it: on a database of its own, and on a given one, which has to be empty.

    Tests/EndToEnd/drill.py
    scripts/with-postgres.sh Tests/EndToEnd/drill.py    # on PostgreSQL as well
"""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("GRADING_MONITOR", os.path.join(ROOT, ".build", "debug", "grading-monitor"))


def drill(*arguments):
    """The exit status, standard output and standard error."""
    done = subprocess.run(
        [PROGRAM, "drill", *arguments], capture_output=True, text=True, timeout=120, cwd=tempfile.gettempdir()
    )
    return done.returncode, done.stdout, done.stderr


def expect(condition, what):
    if not condition:
        print(f"WRONG: {what}")
        sys.exit(1)


def passes(*arguments):
    status, output, errors = drill("--json", *arguments)
    expect(status == 0, f"exit status {status}: {output}{errors}")
    report = json.loads(output)
    expect(report["passed"] is True, output)
    names = [exercise["name"] for exercise in report["exercises"]]
    expect(names == ["lost callbacks", "duplicates", "database down"], output)
    for exercise in report["exercises"]:
        expect(exercise["passed"] and exercise["recoverySeconds"] < 20, str(exercise))
        print(f"  {exercise['name']}: {exercise['recoverySeconds']} s; {exercise['detail']}")


def refuses(url):
    status, output, errors = drill("--database-url", url)
    expect(status == 78 and "not empty" in errors and output == "", f"exit status {status}: {output}{errors}")


def database_on(server):
    """An empty database of its own on a server of PostgreSQL."""
    subprocess.run(["psql", "--no-psqlrc", "-q", "-c", "CREATE DATABASE drill", server], check=True)
    return server.rsplit("/", 1)[0] + "/drill"


def main():
    print("a database of its own")
    passes()
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:{directory}/given.db"
        print("a given file of SQLite")
        passes("--database-url", url)
        refuses(url)
    server = os.environ.get("TEST_POSTGRES_URL")
    if server:
        print("a given database of PostgreSQL")
        url = database_on(server)
        passes("--database-url", url)
        refuses(url)
    print("all right")


if __name__ == "__main__":
    main()
