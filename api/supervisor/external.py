"""A database of somebody else's: reachable and new enough, or one line that says what is wrong."""

from __future__ import annotations

import psycopg

from api.supervisor.binaries import OLDEST_MAJOR
from api.supervisor.errors import SupervisorError

CONNECT_SECONDS = 5


def check_external(name: str, url: str) -> None:
    """Connects once. ``name`` is the setting the URL came from; the URL itself is never shown."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise SupervisorError(f"{name}: {_reason(error)}") from None
    if version // 10000 < OLDEST_MAJOR:
        raise SupervisorError(
            f"{name}: the server is PostgreSQL {version // 10000}, {OLDEST_MAJOR} or newer is needed"
        )


def _reason(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return "cannot connect"
    told = next((line for line in reversed(lines) if "failed: " in line or "FATAL" in line), lines[0])
    return told.removeprefix("connection failed: ").removeprefix("- ")
