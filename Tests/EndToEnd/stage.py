"""Scenes with one monitor and one database, and what is right and wrong about each."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
from typing import Callable, Iterator

from fleet import fleet
from load import Load, count, longest
from monitor import Monitor
from postgres import Cluster

# After a fault is over, the next 2xx has to come within this time.
RECOVERY = 15.0


class Stage:
    """One database for all scenes, and a monitor of its own for each."""

    def __init__(self, options: argparse.Namespace, directory: pathlib.Path, cluster: Cluster):
        self.options = options
        self.directory = directory
        self.cluster = cluster
        self.wrong: list[str] = []
        self._scene = ""

    @contextlib.contextmanager
    def monitor(self, scene: str, url: str | None = None) -> Iterator[Monitor]:
        self._scene = scene
        print(f"\n{scene}", flush=True)
        # The grading server is not asked in these scenes.
        name = scene.split(":")[0]
        [monitor] = fleet(self.directory, self.options.binary, url or self.cluster.url(), [name], SWEEP_GRACE="24h")
        try:
            yield monitor
            if not monitor.is_running():
                self.found([f"the monitor has ended by itself:\n{monitor.last_words()}"])
        finally:
            monitor.kill()
            self.found(told_secrets(monitor, url or self.cluster.url()))

    def say(self, label: str, value: object) -> None:
        print(f"  {label:<50} {value}", flush=True)

    def found(self, wrong: list[str]) -> None:
        self.wrong += [f"{self._scene.split(':')[0]}: {each}" for each in wrong]

    def conclude(self, load: Load) -> None:
        """What holds after every scene."""
        self.say("callbacks in all", count(load.attempts))
        self.say("longest wait for an answer", longest(load.attempts))
        self.found(load.wrong(self.cluster))
        if not any(each.is_acknowledged for each in load.attempts):
            self.found(["nothing was acknowledged: this scene shows nothing"])

    def recovered(self, load: Load, since: float) -> None:
        seconds = load.wait_for_answer_after(since, RECOVERY)
        self.say("first 2xx after the fault was over", "none" if seconds is None else f"{seconds:.2f} s")
        if seconds is None:
            self.found([f"no 2xx within {RECOVERY:.0f} s of the end of the fault"])


def told_secrets(monitor: Monitor, url: str) -> list[str]:
    """No error of the database, however odd, may carry a password into the log."""
    log = monitor.log.read_text(errors="replace") if monitor.log.exists() else ""
    secrets = (url.split(":")[2].split("@")[0], monitor.webhook_secret, monitor.operator_secret, monitor.cron_secret)
    return ["a secret stands in the log"] if any(each in log for each in secrets) else []


def play(stage: Stage, scenes: list[Callable[[Stage], None]]) -> None:
    for scene in scenes:
        try:
            scene(stage)
        except (RuntimeError, OSError) as error:
            # The scenes after it can still be played.
            stage.found([f"the scene came to no end: {error}"])
