#!/usr/bin/env python3
"""Signs one grading callback with somebody else's library and sends it.

    python3 -m venv .build/interop && .build/interop/bin/pip install -r Tests/Interop/requirements.txt
    WEBHOOK_SECRET=whsec_… .build/interop/bin/python Tests/Interop/send_callbacks.py \
        --url http://127.0.0.1:3000/api/webhooks/grading --library svix --task-id TASK

Prints the HTTP status and nothing else on standard output; the answer's body goes to standard error.
Exits 0 whatever the status is, 1 when there was no answer, 2 when the arguments are wrong.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

PARTS = ("body", "id", "timestamp", "signature")


def callback_body(task_id: str, status: str, at: datetime) -> str:
    """The envelope shape: a completed report with text outside ASCII, as a grader writes it."""
    timestamp = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    result = {
        "status": "COMPLETED",
        "results": {
            "1a": {"score": 2, "max_score": 4, "feedback": "Démarche juste, résultat faux", "page_source": 1},
            "1b": {"score": 3.5, "max_score": 4, "feedback": "Bien", "page_source": 2},
        },
    }
    data = {"task_id": task_id, "status": status, "result": result, "error": None}
    return json.dumps(
        {"type": "grading.task.completed", "timestamp": timestamp, "data": data}, ensure_ascii=False
    )


def webhook(library: str, secret: str):
    """The library's signer; imported late, so that one of the two is enough."""
    if library == "svix":
        from svix.webhooks import Webhook
    else:
        from standardwebhooks import Webhook
    return Webhook(secret)


def flip(data: bytes, index: int) -> bytes:
    """Flips the lowest bit of one byte: a digit stays a digit, a letter stays visible ASCII."""
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]


def flip_text(text: str, index: int) -> str:
    return flip(text.encode("ascii"), index).decode("ascii")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="where to send it, the path included")
    parser.add_argument("--secret", help="whsec_…; better: the environment variable WEBHOOK_SECRET, which other users do not see")
    parser.add_argument("--library", required=True, choices=("standardwebhooks", "svix"))
    parser.add_argument("--header-prefix", choices=("webhook", "svix"), default="webhook", help="the headers' names begin with it")
    parser.add_argument("--task-id", required=True)
    parser.add_argument("--status", default="SUCCESS", help="the grading server's word (default: SUCCESS)")
    parser.add_argument("--id", dest="message_id", help="the delivery's id (default: a new one)")
    parser.add_argument("--age", type=int, default=0, metavar="SECONDS", help="sign as of so long ago; negative: in the future")
    parser.add_argument("--flip", choices=PARTS, help="flip one byte of this part after signing")
    found = parser.parse_args()
    found.secret = found.secret or os.environ.get("WEBHOOK_SECRET")
    if not found.secret:
        parser.error("no secret: set WEBHOOK_SECRET or give --secret")
    return found


def signed_request(options: argparse.Namespace) -> urllib.request.Request:
    # Both libraries take the time's fields for UTC, whatever its zone says.
    at = datetime.now(timezone.utc) - timedelta(seconds=options.age)
    message_id = options.message_id or f"msg_{uuid.uuid4().hex}"
    text = callback_body(options.task_id, options.status, at)
    signature = webhook(options.library, options.secret).sign(message_id, at, text)
    body, timestamp = text.encode(), str(int(at.timestamp()))

    if options.flip == "body":
        # Inside the feedback: the body stays good JSON, so that only the signature can tell.
        body = flip(body, body.index(b"Bien"))
    elif options.flip == "id":
        message_id = flip_text(message_id, len(message_id) - 1)
    elif options.flip == "timestamp":
        timestamp = flip_text(timestamp, len(timestamp) - 1)
    elif options.flip == "signature":
        signature = flip_text(signature, len("v1,") + 10)

    headers = {
        "Content-Type": "application/json",
        f"{options.header_prefix}-id": message_id,
        f"{options.header_prefix}-timestamp": timestamp,
        f"{options.header_prefix}-signature": signature,
    }
    return urllib.request.Request(options.url, data=body, headers=headers, method="POST")


def main() -> int:
    request = signed_request(arguments())
    # No proxy from the environment: the server is the one that the URL names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        status, text = refusal.code, refusal.read()
    except OSError as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 1
    print(status)
    print(text.decode(errors="replace"), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
