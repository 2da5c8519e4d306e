#!/usr/bin/env python3
"""What the sweep promises, with real processes: lost callbacks are found and counted, an outage is worked off gently and in
order, a task that hangs holds up no other.

Scenes, each with a monitor and an empty database of its own:
  loss       all callbacks are lost, then one in twenty: every task is right in time, and the loss rate is what was lost.
  outage     many overdue tasks at once: never more questions than allowed, the urgent ones first, none forgotten.
  poison     one task hangs at each question: the others are not later for it.
  breaker    the grading server fails, then asks for quiet: it is left alone, callbacks go on, then all is asked about.
  retry      failed tasks are submitted again, unless they have succeeded since; late news of the failed attempt is refused.
Standard library only. On SQLite, or with --postgres on the server that scripts/with-postgres.sh lends.
"""

from __future__ import annotations

import argparse
import bisect
import concurrent.futures
import http.client
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from answering import Server, graded
from monitor import Monitor, default_binary, request, signed_headers, wait_until

GRACE, INTERVAL, BACKOFF, QUIET = 2, 1, 2, 11
SETTINGS = {
    "SWEEP_GRACE": f"{GRACE}s", "SWEEP_INTERVAL": f"{INTERVAL}s", "SWEEP_BACKOFF": f"{BACKOFF}s",
    "SWEEP_ADAPTIVE_GRACE": "off", "SWEEP_BATCH_SIZE": "50",
}


def call(monitor: Monitor, method: str, path: str, body: object = None) -> dict:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {monitor.operator_secret}"}
    payload = None if body is None else json.dumps(body).encode()
    status, answer = request(monitor.port, method, path, payload, headers)
    if status != 200:
        raise RuntimeError(f"{method} {path} answered {status}: {answer[:300].decode(errors='replace')}")
    return json.loads(answer)


def new_monitor(options: argparse.Namespace, directory: pathlib.Path, name: str, **settings: str) -> Monitor:
    """On an empty database: a file, or one on the server of PostgreSQL."""
    url = None
    if options.postgres:
        server, database = os.environ["TEST_POSTGRES_URL"], re.sub("[^a-z0-9]", "_", name.lower())
        subprocess.run(["psql", "--no-psqlrc", "-q", "-c", f"CREATE DATABASE {database}", server], check=True)
        url = server.rsplit("/", 1)[0] + "/" + database
    return Monitor(directory, options.binary, name=name, database_url=url, **settings)


def stats(monitor: Monitor) -> dict:
    return call(monitor, "GET", "/api/monitoring/stats")["stats"]


def open_tasks(monitor: Monitor) -> int:
    found = stats(monitor)
    return found["totalPendingTasks"] + found["totalProcessingTasks"]


def register(monitor: Monitor, tasks: list[str], session: str = "june", **members: object) -> None:
    entries = [{"taskId": task, "studentName": f"Student of {task}", "session": {"id": session}, **members} for task in tasks]
    for start in range(0, len(entries), 1_000):
        monitor.register(entries[start : start + 1_000])


# Scenes: each returns sentences about what was wrong.


def loss(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    return loss_of(1.0, options.tasks // 4, options, directory) + loss_of(0.05, options.tasks, options, directory)


def loss_of(share: float, count: int, options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    settings = {**SETTINGS, "GRADING_SERVER_REQUESTS_PER_SECOND": "500", "GRADING_SERVER_MAX_IN_FLIGHT": "8"}
    monitor = new_monitor(options, directory, f"loss-{share}", **settings)
    environment = {"PATH": os.environ.get("PATH", ""), "WEBHOOK_SECRETS": monitor.webhook_secret, "LOG_LEVEL": "error"}
    command = [
        options.binary, "simulate", "--port", "0", "--callback-url", f"http://127.0.0.1:{monitor.port}/api/webhooks/grading",
        "--seed", "7", "--lost", str(share), "--task-duration", "1...3",
    ]
    simulator = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        url = simulator.stdout.readline().strip().removeprefix("url=")
        port = int(url.rsplit(":", 1)[1])
        monitor.set("GRADING_SERVER_URL", url)
        monitor.start()
        tasks = [f"task-{number}" for number in range(count)]
        register(monitor, tasks)

        def upload(task: str) -> None:
            status, _ = request(port, "POST", "/api/grade/upload/", json.dumps({"task_id": task}).encode())
            if status not in (200, 202):
                raise RuntimeError(f"the simulator answered {status}")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(upload, tasks))
        uploaded = time.monotonic()
        # The last task ends 3 s after it was handed over; a silent one is asked about a grace after its last signal, or a
        # backoff after a question that came too early, by the next sweep, in one round of questions.
        bound = 3 + max(GRACE, BACKOFF * 1.1) + INTERVAL * 1.1 + BACKOFF * 1.1 + count / 400 + 3
        done = wait_until(lambda: open_tasks(monitor) == 0, bound, every=0.2)
        seconds = time.monotonic() - uploaded
        if not done:
            return [f"{open_tasks(monitor)} of {count} tasks were open {bound:.0f} s after they were handed over"]
        counts = json.loads(request(port, "GET", "/api/simulator/stats")[1])
        found = stats(monitor)["callbackLoss"]
        expected = counts["lost"] / count
        print(
            f"  {share:.0%} of {count} lost ({counts['lost']} in fact): all right after {seconds:.1f} s, loss rate "
            f"{found['lossRate']:.2%}, {found['learnedVia']}, at most {found['worstSecondsLate']:.1f} s late",
            flush=True,
        )
        wrong = []
        if abs(found["lossRate"] - expected) > 0.01:
            wrong.append(f"the loss rate is {found['lossRate']:.2%}, and {expected:.2%} were lost")
        if share == 1 and found["lossRate"] != 1:
            wrong.append("all were lost, and the loss rate is not 100 %")
        if found["perHour"][0]["ended"] + found["perHour"][1]["ended"] != count or found["bySession"][0]["ended"] != count:
            wrong.append("the hours or the session do not have all endings")
        return wrong
    finally:
        simulator.terminate()
        simulator.wait()
        monitor.kill()


def outage(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    """The grading server is down while exams go on; then it is back, and everything is overdue."""
    rate, count, in_flight = options.rate, options.overdue, 4
    ended: dict[str, float] = {}
    mode = {"now": "down"}

    def answer(task: str) -> tuple[int, dict[str, str], bytes]:
        if mode["now"] == "down":
            return 503, {}, b""
        ended[task] = time.monotonic()
        return graded(task)

    server = Server(answer)
    settings = {
        **SETTINGS, "GRADING_SERVER_REQUESTS_PER_SECOND": str(rate), "GRADING_SERVER_MAX_IN_FLIGHT": str(in_flight),
        # A claim is what is asked about in a second, as by default. None outlives a sweep that would wait for longer than 10 s.
        "SWEEP_BATCH_SIZE": str(rate), "BREAKER_INTERVAL": f"{QUIET}s",
    }
    monitor = new_monitor(options, directory, "outage", **settings)
    monitor.set("GRADING_SERVER_URL", server.url)
    try:
        monitor.start()
        ordinary = [f"ordinary-{number}" for number in range(count)]
        urgent = [f"urgent-{number}" for number in range(count // 20)]
        # As exams are: a session whose students are all of a country's would be rolled up with every answer.
        for start in range(0, count, 1_000):
            register(monitor, ordinary[start : start + 1_000], session=f"june-{start // 1_000}")
        register(monitor, urgent, session="urgent")
        changed = call(monitor, "PUT", "/api/sessions/urgent/priority", {"priority": 9})["tasksChanged"]
        time.sleep(GRACE + BACKOFF * 1.1)
        back, failed = time.monotonic(), {task for _, task in server.asked}
        mode["now"] = "up"
        # The next sweep comes when the breaker lets a question through, and sweeps have their pauses.
        slack = QUIET + 2 * INTERVAL * 1.1 + 3
        bound = slack + (count + len(urgent)) / rate * 1.25
        done = wait_until(lambda: len(ended) >= count + len(urgent), bound, every=0.2)
        asked = sorted(server.asked)
        since = [(at - back, task) for at, task in asked if at >= back]
        busiest = max(bisect.bisect_left(asked, (at + 1,)) - index for index, (at, _) in enumerate(asked))
        oldest = next(task for task in ordinary if task not in failed)
        waited = next((at for at, task in since if task == oldest), bound)
        print(
            f"  {count} ordinary and {len(urgent)} urgent tasks, {len(asked) - len(since)} questions while it was down; back, all "
            f"asked about in {since[-1][0]:.1f} s, the oldest ordinary one after {waited:.1f} s, {busiest} in the busiest second",
            flush=True,
        )
        wrong = [] if done else [f"{len(ended)} of {count + len(urgent)} were answered about in {bound:.0f} s"]
        if done and not wait_until(lambda: open_tasks(monitor) == 0, 5, every=0.2):
            wrong.append(f"{open_tasks(monitor)} tasks are open although all were answered about")
        if changed != len(urgent):
            wrong.append(f"the session's priority changed {changed} tasks instead of {len(urgent)}")
        # Starts are evenly spaced, and only those under way may arrive later than they should.
        if busiest > rate + 1 + in_flight:
            wrong.append(f"{busiest} questions in one second, and {rate} are allowed")
        if server.most_at_once > in_flight:
            wrong.append(f"{server.most_at_once} questions at once, and {in_flight} are allowed")
        # Whom the outage itself has put off comes when its backoff is over. Questions under way may arrive in another order.
        order = [task for _, task in since if task not in failed]
        last_urgent = max(index for index, task in enumerate(order) if task.startswith("urgent"))
        before_urgent = sum(not task.startswith("urgent") for task in order[:last_urgent])
        if before_urgent > in_flight:
            wrong.append(f"{before_urgent} ordinary tasks were asked about before the last urgent one")
        batches = [int(task.split("-")[1]) // 1_000 for task in order if task.startswith("ordinary")]
        overtaken = sum(batch < latest for batch, latest in zip(batches[in_flight:], itertools.accumulate(batches, max)))
        if overtaken:
            wrong.append(f"{overtaken} ordinary tasks were asked about after others that were due later")
        late = [index for index, (at, _) in enumerate(since) if at > slack + (index + 1) / rate * 1.25]
        if late:
            wrong.append(f"{len(late)} tasks were asked about later than those before them need, the first was number {late[0] + 1}")
        return wrong
    finally:
        monitor.kill()
        server.close()


def poison(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    """Twice the same, with and without the task that hangs. At a rate that a slow disk bears: what is measured is the sweep."""

    def run(with_poison: bool) -> list[float]:
        def answer(task: str) -> tuple[int, dict[str, str], bytes]:
            if task == "poison":
                time.sleep(options.hang)
            time.sleep(0.02)
            return graded(task)

        server = Server(answer)
        settings = {**SETTINGS, "GRADING_SERVER_REQUESTS_PER_SECOND": "40", "GRADING_SERVER_TIMEOUT": f"{options.hang - 1}s"}
        monitor = new_monitor(options, directory, f"poison-{with_poison}", **settings)
        monitor.set("GRADING_SERVER_URL", server.url)
        try:
            monitor.start()
            good = [f"good-{number}" for number in range(999)]
            if with_poison:
                register(monitor, ["poison"])
            register(monitor, good)
            began = time.monotonic()
            wait_until(lambda: all(task in server.answered for task in good), 60, every=0.1)
            if with_poison:
                wait_until(lambda: stats(monitor)["failingTasks"]["total"] == 1, 4 * options.hang, every=0.2)
                failing.append(stats(monitor)["failingTasks"])
            return sorted(server.answered[task] - began for task in good if task in server.answered)
        finally:
            monitor.kill()
            server.close()

    failing: list[dict] = []
    without, with_it = run(False), run(True)
    if len(without) < 999 or len(with_it) < 999:
        return [f"{len(without)} and {len(with_it)} of 999 good tasks were asked about"]
    print(
        f"  999 good tasks: median {without[499]:.2f} s and last {without[-1]:.2f} s without, {with_it[499]:.2f} s and "
        f"{with_it[-1]:.2f} s beside the one that hangs",
        flush=True,
    )
    wrong = []
    # The scheduler's first sweep comes at a random time within a second, and a busy machine is a second late at times. Whom the task
    # held up would be later by all the time that it hangs.
    if with_it[-1] - without[-1] > 0.6 * options.hang:
        wrong.append("the good tasks are later for the one that hangs")
    if failing[0]["total"] != 1 or failing[0]["worst"][0]["taskId"] != "poison":
        wrong.append(f"the task that hangs is not listed: {failing[0]}")
    return wrong


def breaker(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    mode = {"now": "down"}

    def answer(task: str) -> tuple[int, dict[str, str], bytes]:
        if mode["now"] == "down":
            return 500, {}, b""
        if mode["now"] == "busy":
            return 429, {"Retry-After": "6"}, b""
        return graded(task)

    server = Server(answer)
    monitor = new_monitor(options, directory, "breaker", **SETTINGS, BREAKER_INTERVAL="2s")
    monitor.set("GRADING_SERVER_URL", server.url)
    monitor.set("GRADING_SERVER_REQUESTS_PER_SECOND", "50")
    wrong = []
    try:
        monitor.start()
        tasks = [f"task-{number}" for number in range(60)]
        register(monitor, tasks)
        wait_until(lambda: stats(monitor)["gradingServer"]["breaker"] == "open", 15, every=0.1)
        at_opening = len(server.asked)
        time.sleep(5)
        probes = len(server.asked) - at_opening
        if at_opening > 5 + 4 or not 1 <= probes <= 4:
            wrong.append(f"{at_opening} questions until it opened, {probes} in the 5 s after that")
        body = json.dumps({"task_id": "task-59", "status": "FAILURE", "error": "x"}).encode()
        headers = signed_headers(monitor.webhook_secret, "d1", body)
        status, text = request(monitor.port, "POST", "/api/webhooks/grading", body, headers)
        if status != 200 or json.loads(text)["outcome"] != "applied":
            wrong.append(f"a callback was answered {status} while the breaker is open: {text!r}")
        mode["now"] = "busy"
        asked = len(server.asked)
        wait_until(lambda: len(server.asked) > asked, 10)
        asked_at, asked = time.monotonic(), len(server.asked)
        mode["now"] = "up"
        wait_until(lambda: len(server.asked) > asked, 20)
        quiet = time.monotonic() - asked_at
        if quiet < 5.9:
            wrong.append(f"the next question came {quiet:.1f} s after an answer that asked for 6 s of quiet")
        if not wait_until(lambda: open_tasks(monitor) == 0, 30, every=0.2):
            wrong.append(f"{open_tasks(monitor)} tasks are open 30 s after the grading server was back")
        print(
            f"  {at_opening} questions until it opened, {probes} in the 5 s after that, {quiet:.1f} s of quiet, then "
            f"{stats(monitor)['gradingServer']['breaker']}",
            flush=True,
        )
        return wrong
    finally:
        monitor.kill()
        server.close()


def retry(options: argparse.Namespace, directory: pathlib.Path) -> list[str]:
    recovered = {"recovered"}

    def answer(task: str) -> tuple[int, dict[str, str], bytes]:
        if task in recovered:
            return graded(task)
        body = {"task_id": task, "status": "FAILURE", "error": "no guide"}
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    server = Server(answer)
    monitor = new_monitor(options, directory, "retry", RETRY_URL_TEMPLATE="/api/grade/retry/{taskId}/")
    monitor.set("GRADING_SERVER_URL", server.url)
    wrong: list[str] = []

    def callback(task: str, report: dict, delivery: str) -> str:
        body = json.dumps({"task_id": task, **report}).encode()
        status, text = request(
            monitor.port, "POST", "/api/webhooks/grading", body, signed_headers(monitor.webhook_secret, delivery, body)
        )
        return json.loads(text)["outcome"] if status == 200 else f"status {status}"

    def expect(what: str, found: object, wanted: object) -> None:
        if found != wanted:
            wrong.append(f"{what}: {found!r} instead of {wanted!r}")

    def again(task: str) -> dict:
        return call(monitor, "POST", f"/api/tasks/{task}/retry")["result"]

    try:
        monitor.start()
        completed = json.loads(graded("any")[2])
        completed.pop("task_id")
        tasks = ["failed", "late", "recovered"]
        register(monitor, tasks)
        for task in tasks:
            expect(f"the failure of {task}", callback(task, {"status": "FAILURE", "error": "no guide"}, f"1-{task}"), "applied")
        # Before the resubmission a late grade is welcome, and nothing is submitted again.
        expect("a late grade before the resubmission", callback("late", completed, "2-late"), "applied")
        status, _ = request(
            monitor.port, "POST", "/api/tasks/late/retry", b"", {"Authorization": f"Bearer {monitor.operator_secret}"}
        )
        expect("the retry of what has a grade", status, 409)
        expect("the retry of what has succeeded since", again("recovered")["outcome"], "recovered")
        expect("resubmissions so far", server.posted, [])
        result = again("failed")
        expect("the retry of what has failed", [result["outcome"], result["newTaskId"]], ["retried", "failed-2"])
        expect("its path and key", [each[:2] for each in server.posted], [("/api/grade/retry/failed/", '"failed-2"')])
        expect("a late grade after the resubmission", callback("failed", completed, "2-failed"), "stale")
        expect("the new attempt's grade", callback("failed-2", completed, "1-failed-2"), "applied")
        logs = [row["message"] for row in call(monitor, "GET", "/api/sessions/june/logs")["logs"]]
        if not any("older attempt" in line for line in logs) or not any("attempt 2 of 3 begins" in line for line in logs):
            wrong.append(f"the log does not tell of both attempts: {logs}")
        session = call(monitor, "GET", "/api/sessions/june/status")
        expect("the session", [session["status"], session["completedStudents"]], ["COMPLETED", 3])
        print(f"  {len(server.posted)} resubmitted, as {result['newTaskId']}; {len(logs)} rows of history", flush=True)
        return wrong
    finally:
        monitor.kill()
        server.close()


SCENES = {"loss": loss, "outage": outage, "poison": poison, "breaker": breaker, "retry": retry}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", choices=SCENES, action="append", help="only this one; may be repeated (all)")
    parser.add_argument("--tasks", type=int, default=1_000, help="tasks of the scene loss (1000)")
    parser.add_argument("--overdue", type=int, default=1_000, help="ordinary tasks of the scene outage (1000)")
    parser.add_argument("--rate", type=int, default=40, help="questions in a second, in the scene outage (40)")
    parser.add_argument("--hang", type=int, default=5, help="seconds that the task hangs in the scene poison (5)")
    parser.add_argument("--postgres", action="store_true", help="on the server in TEST_POSTGRES_URL instead of SQLite")
    parser.add_argument("--binary", default=default_binary(), help="the grading-monitor to run")
    options = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="grading-monitor-reconciler.") as directory:
        for name in options.scene or SCENES:
            print(f"{name}:", flush=True)
            try:
                wrong += [f"{name}: {line}" for line in SCENES[name](options, pathlib.Path(directory))]
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                wrong.append(f"{name}: {error}")
    for line in wrong:
        print(f"  WRONG: {line}")
    print(f"reconciler: {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
