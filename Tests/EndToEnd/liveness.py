"""How long /livez takes, measured all the time by a process of its own (the senders' threads would slow the measure)."""

from __future__ import annotations

import http.client
import json
import select
import subprocess
import sys
import time

INTERVAL = 0.025
# A probe that woke up this late says that the machine was busy, not that the server was.
BUSY = 0.025
LONGEST = 0.1


class Liveness:
    """Probes from `with` to the end of the block."""

    def __init__(self, port: int):
        self._port = port
        self.samples: list[float] = []
        self.busy = 0
        self.failures: list[str] = []

    def __enter__(self) -> Liveness:
        self._process = subprocess.Popen(
            [sys.executable, "-B", __file__, str(self._port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        output, _ = self._process.communicate("", timeout=40)
        measured = json.loads(output)
        self.samples, self.busy, self.failures = measured["samples"], measured["busy"], measured["failures"]

    def wrong(self) -> list[str]:
        slow = [each for each in self.samples if each >= LONGEST]
        found = [f"/livez: {each}" for each in self.failures[:3]]
        if slow:
            found.append(f"/livez took {LONGEST * 1000:.0f} ms or more {len(slow)} times, up to {max(slow) * 1000:.0f} ms")
        if not self.samples:
            found.append("/livez was not measured")
        return found

    def __str__(self) -> str:
        if not self.samples:
            return "not measured"
        return f"{len(self.samples)} probes, max {max(self.samples) * 1000:.1f} ms ({self.busy} left out: machine busy)"


def probe(port: int) -> dict:
    samples, failures, busy = [], [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    lateness, asked = 0.0, None
    while True:
        began = time.monotonic()
        is_over = bool(select.select([sys.stdin], [], [], INTERVAL)[0])
        late = time.monotonic() - began - INTERVAL
        # A slow answer counts only if the probe was on time before it and after it.
        if asked is not None:
            if asked >= LONGEST and not is_over and max(late, lateness) > BUSY:
                busy += 1
            else:
                samples.append(asked)
        if is_over:
            return {"samples": samples, "busy": busy, "failures": failures}
        lateness, began = late, time.monotonic()
        try:
            connection.request("GET", "/livez")
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                failures.append(f"answered {response.status}")
            asked = time.monotonic() - began
        except (OSError, http.client.HTTPException) as error:
            failures.append(repr(error))
            connection.close()
            asked = None


if __name__ == "__main__":
    json.dump(probe(int(sys.argv[1])), sys.stdout)
