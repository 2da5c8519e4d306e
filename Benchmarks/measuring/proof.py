"""Before the rounds: does a contender do what it is measured for? Its own figures would not tell."""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import time

from .database import Cluster, Effects, task_id
from .processes import Failure, Server


def signed(webhook: str, delivery: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    moment = str(int(time.time()))
    key = base64.b64decode(webhook.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{delivery}.{moment}.".encode() + body, "sha256")).decode()
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def prove(name: str, server: Server, webhook: str, cluster: Cluster, database: str) -> None:
    """A forgery is refused, a callback is committed when it is answered, and a second time has no effect."""
    result = {"status": "COMPLETED", "results": {"1": {"score": 17.5, "max_score": 25, "feedback": "", "page_source": 1}}}
    task = task_id(0)
    body = json.dumps({"task_id": task, "status": "SUCCESS", "result": result}).encode()
    headers = signed(webhook, "msg_proof", body)
    forged = dict(headers, **{"webhook-signature": signed(webhook, "msg_other", body)["webhook-signature"]})
    expect(name, "to a forgery", post(server, forged, body), 401, None)
    expect_effects(name, cluster.effects(database), 0)
    expect(name, "to a callback", post(server, headers, body), 200, "applied")
    expect_effects(name, cluster.effects(database), 1)
    expect(name, "to a repetition", post(server, headers, body), 200, "duplicate")
    expect_effects(name, cluster.effects(database), 1)


def post(server: Server, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("POST", "/api/webhooks/grading", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def expect(name: str, what: str, answer: tuple[int, bytes], status: int, outcome: str | None) -> None:
    if answer[0] != status or (outcome and json.loads(answer[1]).get("outcome") != outcome):
        raise Failure(f"{name} answered {what}: {answer[0]} {answer[1].decode(errors='replace')}")


def expect_effects(name: str, effects: Effects, count: int) -> None:
    if effects != Effects(count, count, count, count, count):
        raise Failure(f"{name} should have written {count} of each, but the database holds {effects}")
