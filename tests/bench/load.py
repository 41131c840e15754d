"""One client that asks again and again over one kept-open connection, and nothing else.

Sequential requests on one connection make throughput the inverse of latency, so a ratio of two
routes is not disturbed by how the two cores are shared out.
"""

from __future__ import annotations

import http.client
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Timing:
    """Seconds per request over all rounds."""

    median: float
    p95: float
    bytes: int
    status: int


class Asker:
    """A keep-alive connection with fixed headers."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.headers = headers

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes, dict[str, str]]:
        sent = self.headers | (headers or {})
        try:
            self._connection.request(method, path, body=body, headers=sent)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server lets an idle connection go; a stage that prepared data for long finds it closed.
            self._connection.close()
            self._connection.request(method, path, body=body, headers=sent)
            answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content, {name.lower(): value for name, value in answer.getheaders()}


def time_requests(asker: Asker, path: str, *, times: int, headers: dict[str, str] | None = None) -> Timing:
    for _ in range(max(3, times // 10)):
        status, content, _ = asker.ask(path, headers=headers)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        asker.ask(path, headers=headers)
        taken.append(time.perf_counter() - began)
    return Timing(statistics.median(taken), statistics.quantiles(taken, n=20)[-1], len(content), status)


def interleaved(pairs: list[tuple[Asker, str, dict[str, str]]], *, rounds: int, times: int) -> list[float]:
    """Median seconds for each of several routes, asked in turns so that a busy moment hits them all."""
    seen: list[list[float]] = [[] for _ in pairs]
    for _ in range(rounds):
        for place, (asker, path, headers) in enumerate(pairs):
            seen[place].append(time_requests(asker, path, times=times, headers=headers).median)
    return [statistics.median(each) for each in seen]
