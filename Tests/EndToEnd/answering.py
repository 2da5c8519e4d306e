"""A grading server whose answers the scene decides."""

from __future__ import annotations

import http.server
import json
import threading
import time
from typing import Callable


class Server:
    """A grading server whose answers the scene decides; knows when it was asked about what."""

    def __init__(self, answer: Callable[[str], tuple[int, dict[str, str], bytes]]):
        self.asked: list[tuple[float, str]] = []
        self.answered: dict[str, float] = {}
        # Resubmissions, as they came: path, key and body.
        self.posted: list[tuple[str, str, dict]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are written one after the other: the second would wait 40 ms for the client's delayed acknowledgement.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                task = self.path.split("/")[4]
                with outer._lock:
                    outer.asked.append((time.monotonic(), task))
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                status, headers, body = answer(task)
                with outer._lock:
                    outer._at_once -= 1
                    outer.answered[task] = time.monotonic()
                self._send(status, headers, body)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.posted.append((self.path, self.headers["Idempotency-Key"], body))
                answer = {"task_id": f"{body['task_id']}-{body['attempt']}", "status": "PENDING"}
                self._send(202, {"Content-Type": "application/json"}, json.dumps(answer).encode())

            def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                # Whoever asked was killed meanwhile.
                pass

        self._server = Listener(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def graded(task: str) -> tuple[int, dict[str, str], bytes]:
    results = {"1a": {"score": 3, "max_score": 4, "feedback": "Correct up to the sign.", "page_source": 1}}
    answer = {"task_id": task, "status": "SUCCESS", "result": {"status": "COMPLETED", "results": results}}
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
