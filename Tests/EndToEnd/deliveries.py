#!/usr/bin/env python3
"""What the delivery ledger tells an operator, with a real server and callbacks signed by `standardwebhooks` (PyPI).

Scenes, on one monitor with SQLite:
  refusals   a stranger, a retired secret, a clock that is 412 s behind, garbage: the sender is told next to nothing, the operator
             what to do, in `GET /api/deliveries` and in `grading-monitor deliveries`.
  parked     a callback before its task: listed with its age, replayed by the endpoint and by the command once the task is there.
  flood      5,000 bad signatures from one address: a few rows that count them all, and no good callback is the worse for it.
Runs in the virtual environment that scripts/test.sh makes from Tests/Interop/requirements.txt.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import hashlib
import http.client
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

from standardwebhooks import Webhook

from monitor import Monitor, Secrets, default_binary, request, wait_until

PATH = "/api/webhooks/grading"
FLOOD, GOOD, CONNECTIONS = 5_000, 200, 8


def key_id(secret: str) -> str:
    """What the ledger calls a secret."""
    return "k-" + hashlib.sha256(secret.encode()).hexdigest()[:8]


def signed(secret: str, delivery: str, body: str, seconds_ago: int = 0) -> dict[str, str]:
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds_ago)
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, at, body),
    }


def report(task: str, status: str = "PROCESSING") -> str:
    return json.dumps({"task_id": task, "status": status})


def add_student(database: pathlib.Path, session: str, task: str) -> None:
    """As the web app does it, without telling the monitor."""
    with sqlite3.connect(database, timeout=30) as connection:
        connection.execute(
            "INSERT INTO students (id, name, taskId, status, updatedAt, gradingSessionId) VALUES (?, 'Ada Obi', ?, 'PENDING', ?, ?)",
            (f"row-{task}", task, int(time.time() * 1000), session),
        )
    connection.close()


class Play:
    """The scenes share a monitor, and this counts what is wrong."""

    def __init__(self, directory: pathlib.Path, binary: str):
        self.retired = Secrets.fresh().webhook
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        self.monitor = Monitor(directory, binary, WEBHOOK_SECRETS_RETIRED=f"{self.retired}@{yesterday:%Y-%m-%dT%H:%M:%SZ}")
        self.environment = {"PATH": "", "DATABASE_URL": f"sqlite:{self.monitor.database}"}
        self.wrong = 0

    def check(self, what: str, found: object, expected: object) -> None:
        fine = found == expected
        self.wrong += not fine
        print(f"{'ok  ' if fine else 'FAIL'}  {what}: {found}{'' if fine else f', not {expected}'}", flush=True)

    def send(self, secret: str, delivery: str, body: str, seconds_ago: int = 0) -> tuple[int, bytes]:
        return request(self.monitor.port, "POST", PATH, body.encode(), signed(secret, delivery, body, seconds_ago))

    def call(self, method: str, path: str) -> tuple[int, dict]:
        headers = {"Authorization": f"Bearer {self.monitor.operator_secret}"}
        status, answer = request(self.monitor.port, method, path, None, headers)
        return status, json.loads(answer)

    def rows(self, query: str) -> list[dict]:
        return self.call("GET", f"/api/deliveries?limit=1000&{query}")[1]["deliveries"]

    def command(self, *arguments: str) -> tuple[int, str]:
        finished = subprocess.run(
            [self.monitor.binary, "deliveries", *arguments], env=self.environment, capture_output=True, text=True, timeout=60
        )
        return finished.returncode, finished.stdout + finished.stderr

    # Scenes

    def refusals(self) -> None:
        good, stranger = self.monitor.webhook_secret, Secrets.fresh().webhook
        answers = [
            self.send(stranger, "msg_stranger", report("task-1")),
            self.send(self.retired, "msg_retired", report("task-1")),
            self.send(good, "msg_late", report("task-1"), seconds_ago=412),
            self.send(stranger, "msg_forged", report("task-1"), seconds_ago=412),
            request(self.monitor.port, "POST", PATH, b"\xff\x00garbage"),
        ]
        self.check("refused signatures are 401", {status for status, _ in answers}, {401})
        self.check("in the same bytes, whatever the reason", len({body for _, body in answers}), 1)
        self.check("garbage that is signed is 400", self.send(good, "msg_garbage", '{"status":')[0], 400)
        large = request(self.monitor.port, "POST", PATH, b"x" * (1 << 20) + b"x")
        self.check("more than 1 MiB is 413", large[0], 413)

        expected = {
            "wrong-key", "retired-key", "clock-skew", "forged-timestamp", "no-signature", "malformed-json", "body-too-large",
        }
        wait_until(lambda: len(self.rows("outcome=refused")) >= len(expected), 10)
        rows = {row["reason"]: row for row in self.rows("outcome=refused")}
        self.check("each has its reason in the ledger", set(rows), expected)
        detail = {reason: row["detail"] for reason, row in rows.items()}
        retired, late = detail["retired-key"], detail["clock-skew"]
        told = f"Signed with the retired secret {key_id(self.retired)}, which expired at " in retired and "(1 d before)" in retired
        self.check("the retired secret is named, with when it expired", told, True)
        self.check("and the one that is valid", retired.endswith(f"Give the sender one that is valid: {key_id(good)}."), True)
        # A second may pass between signing and arriving.
        behind = [f"The sender is {seconds} s behind; 300 s are allowed." for seconds in (412, 413)]
        self.check("the clock's error is measured", any(late.startswith(each) for each in behind), True)
        self.check("a stranger's time is not believed", "signature is wrong as well" in detail["forged-timestamp"], True)
        self.check("the task of a sender of ours is named", rows["retired-key"]["taskId"], "task-1")
        self.check("of a stranger's none is", rows["wrong-key"]["taskId"], None)
        body = report("task-1").encode()
        self.check("of the body there is a hash", rows["clock-skew"]["bodyHash"], hashlib.sha256(body).hexdigest())

        status, text = self.command("--outcome", "refused")
        said = all(each in text for each in (f"retired-key: {retired}", f"clock-skew: {late}", "from 127.0.0.1, once"))
        self.check("the command says the same", (status, said), (0, True))
        stored = json.loads(self.command("--outcome", "refused", "--json")[1])["deliveries"]
        self.check("and in JSON", {row["reason"] for row in stored}, expected)
        secrets = (good, self.retired, stranger, self.monitor.operator_secret)
        whole = text + self.monitor.log.read_text(errors="replace") + json.dumps(list(rows.values()))
        self.check("no secret stands in any of it", any(each in whole for each in secrets), False)

    def parked(self) -> None:
        good = self.monitor.webhook_secret
        for number in (1, 2):
            answer = self.send(good, f"msg_early/{number}", report(f"early-{number}"))
            self.check("a callback before its task is parked", answer[0], 202)
        [row] = self.rows("outcome=parked&task=early-1")
        self.check("it is listed with its age", 0 <= row["ageSeconds"] < 30, True)
        self.check("the command says what it waits for", "there is no task early-1 yet" in self.command("--task", "early-1")[1], True)

        replay = f"/api/deliveries/{urllib.parse.quote('msg_early/1', safe='')}/replay"
        self.check("a replay without the task changes nothing", self.call("POST", replay)[1]["result"]["outcome"], "parked")
        self.monitor.register([{"taskId": "seed", "studentName": "Ada Obi", "session": {"id": "june"}}])
        for number in (1, 2):
            add_student(self.monitor.database, "june", f"early-{number}")
        status, answer = self.call("POST", replay)
        self.check("with it, it is applied", (status, answer["result"]["outcome"], answer["result"]["status"]), (200, "applied", "PROCESSING"))
        self.check("and only once", self.call("POST", replay)[0], 409)
        self.check("by the command too", self.command("replay", "msg_early/2"), (0, "msg_early/2: applied, the task is PROCESSING\n"))
        self.check("and only once", self.command("replay", "msg_early/2")[0], 1)
        self.check("what nobody sent is not there", self.call("POST", "/api/deliveries/msg_nobody/replay")[0], 404)
        self.check("nothing is parked any more", self.rows("outcome=parked"), [])

    def flood(self) -> None:
        good, stranger = self.monitor.webhook_secret, Secrets.fresh().webhook
        before = sum(row["count"] for row in self.rows("outcome=refused"))
        body = report("seed")
        bad = signed(stranger, "msg_flood", body)

        def send_bad(_: int) -> set[int]:
            connection = http.client.HTTPConnection("127.0.0.1", self.monitor.port, timeout=30)
            statuses = set()
            for _ in range(FLOOD // CONNECTIONS):
                connection.request("POST", PATH, body.encode(), bad)
                answer = connection.getresponse()
                answer.read()
                statuses.add(answer.status)
            connection.close()
            return statuses

        began, slowest, refused = time.monotonic(), 0.0, 0
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            floods = [pool.submit(send_bad, number) for number in range(CONNECTIONS)]
            for number in range(GOOD):
                sent = time.monotonic()
                refused += self.send(good, f"msg_good_{number}", body)[0] != 200
                slowest = max(slowest, time.monotonic() - sent)
            statuses = set().union(*(each.result() for each in floods))
        took = time.monotonic() - began
        print(f"      {FLOOD} bad signatures and {GOOD} good callbacks in {took:.1f} s, the slowest good one {slowest * 1000:.0f} ms")
        self.check("the flood is refused", statuses, {401, 429})
        self.check("no good callback is", refused, 0)
        self.check("none waits for a second", slowest < 1, True)
        self.check("the ledger counts them all", wait_until(lambda: self.counted() - before == FLOOD, 10), True)
        # 5 of a reason and sender in each minute that the flood has touched; in the first scene's minute fewer.
        rows = [row for row in self.rows("outcome=refused") if row["reason"] == "wrong-key"]
        self.check("in a few rows", len(rows) <= 5 * (1 + int((time.monotonic() - self.began) // 60 + 1)), True)
        self.check("beside the good ones", len(self.rows("outcome=applied&task=seed")), GOOD)

    def counted(self) -> int:
        return sum(row["count"] for row in self.rows("outcome=refused"))

    def run(self) -> int:
        self.began = time.monotonic()
        try:
            self.monitor.start()
            for scene in (self.refusals, self.parked, self.flood):
                print(f"{scene.__name__}", flush=True)
                scene()
            self.check("the monitor ends well", self.monitor.stop(), 0)
        finally:
            self.monitor.kill()
        print(f"deliveries: {self.wrong} wrong, {time.monotonic() - self.began:.1f} s")
        return self.wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-monitor-deliveries.") as directory:
        return 1 if Play(pathlib.Path(directory), options.binary).run() else 0


if __name__ == "__main__":
    sys.exit(main())
