"""One run of the load generator, `callback-load`."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

from .processes import Failure

BODY_BYTES = 2048


@dataclasses.dataclass
class Run:
    """What one run measured."""

    per_second: float
    p50_ms: float
    p99_ms: float
    # Answers with 2xx, those of the warm-up included: as many tasks must have ended in the database.
    answered: int
    peak_rss_mb: float = 0.0


@dataclasses.dataclass
class Load:
    """How to run the generator."""

    program: pathlib.Path
    # Measured seconds, and those before them.
    duration: int
    warmup: int

    @property
    def seconds(self) -> int:
        return self.duration + self.warmup

    def run(self, port: int, connections: int, webhook: str, tasks: list[str], operator: str = "") -> Run:
        """
        - tasks: the generator's options that say which tasks there are.
        """
        command = [
            self.program, "--url", f"http://127.0.0.1:{port}", "--connections", str(connections),
            "--duration", str(self.duration), "--warmup", str(self.warmup), "--body-bytes", str(BODY_BYTES), *tasks,
        ]
        # In the environment, where other users do not see them.
        environment = dict(os.environ, WEBHOOK_SECRET=webhook, OPERATOR_SECRET=operator)
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
        if finished.returncode != 0:
            raise Failure(f"the load generator ended with {finished.returncode}: {finished.stdout}{finished.stderr}".strip())
        summary = json.loads(finished.stdout.splitlines()[-1])
        if summary["seconds"] < 0.9 * self.duration:
            print(f"note: all tasks were used up after {summary['seconds']} s", file=sys.stderr)
        answered = sum(summary["statuses"].values())
        return Run(summary["perSecond"], summary["p50Ms"], summary["p99Ms"], answered)
