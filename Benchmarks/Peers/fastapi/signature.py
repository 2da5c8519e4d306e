"""Standard Webhooks signatures."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300


class Verifier:
    def __init__(self, secret: str):
        self._key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)

    def accepts(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        delivery, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not delivery or not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE:
            return False
        expected = hmac.digest(self._key, f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256)
        return any(
            hmac.compare_digest(_decoded(token[3:]), expected)
            for token in headers.get("webhook-signature", "").split()
            if token.startswith("v1,")
        )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
