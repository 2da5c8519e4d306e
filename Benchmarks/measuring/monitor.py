"""`grading-monitor serve` as the benchmark runs it."""

from __future__ import annotations

import base64
import pathlib
import secrets

from .processes import Server, free_port


def webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def monitor(
    program: pathlib.Path, database_url: str, webhook: str, operator: str, log: pathlib.Path, settings: dict[str, str]
) -> Server:
    """
    - settings: environment variables that win over those here.
    """
    port = free_port()
    environment = {
        "DATABASE_URL": database_url,
        # Nobody answers there, and nobody asks: no task is silent for long enough.
        "GRADING_SERVER_URL": "http://127.0.0.1:9",
        "SWEEP_INTERVAL": "1h",
        "SWEEP_GRACE": "1h",
        "WEBHOOK_SECRETS": webhook,
        "CRON_SECRETS": secrets.token_hex(24),
        "OPERATOR_SECRETS": operator,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "error",
        **settings,
    }
    return Server("the monitor", [program, "serve"], environment, port, log)
