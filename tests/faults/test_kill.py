"""kill -9 of any process while a batch comes in leaves all of it or none, and the next start is clean."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from api.supervisor.cluster import Cluster
from tests.service import Running, running_service, token_of

ROWS = 5000
MONTHS = [f"{year}-{month:02}" for year in range(1981, 2016) for month in range(1, 13)]


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running_service() as running:
        yield running


def processes(service: Running) -> dict[str, psutil.Process]:
    """The supervisor's children by what they are."""
    found: dict[str, psutil.Process] = {}
    for child in psutil.Process(service.process.pid).children(recursive=True):
        try:
            line = " ".join(child.cmdline())
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        for name, mark in (
            ("api", "api.cli serve"),
            ("worker", "api.cli worker"),
            ("database", "/postgres -D"),
        ):
            if mark in line and name not in found:
                found[name] = child
    return found


def batch(service: Running, tag: str) -> dict[str, object]:
    """5,000 rows over monthly KPIs of the live plan, all told apart by ``source``."""
    token = token_of(service.address, service.sign_ins()["performance_officer"])
    kpis = httpx.get(
        f"{service.address}/v1/plans/northmoor/kpis?limit=200",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).json()["items"]
    monthly = [k["ref"] for k in kpis if k["period_type"] == "month" and k["kind"] == "quantitative"]
    keys = [(kpi, month) for kpi in monthly for month in MONTHS][:ROWS]
    return {
        "source": tag,
        "rows": [{"kpi": kpi, "period": month, "value": 7, "source": tag} for kpi, month in keys],
    }


def stored(service: Running, tag: str) -> tuple[int, int]:
    """Values kept of a batch, and series whose stored facts differ from recomputation."""
    cluster = Cluster(Path(service.environment["TURNSTONE_DATA_DIR"]))
    with psycopg.connect(cluster.url("superuser", "turnstone")) as connection:
        kept = connection.execute("select count(*) from measurement where source = %s", (tag,)).fetchone()
        stale = connection.execute(
            "select count(*) from series s join series_facts f on f.series_id = s.id"
            " where s.points_held <> f.points_held or s.latest_value is distinct from f.latest_value"
        ).fetchone()
    assert kept is not None and stale is not None
    return int(kept[0]), int(stale[0])


def wait_until_ready(service: Running, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{service.address}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("not ready again: " + service.log.read_text(errors="replace")[-3000:])


@pytest.mark.parametrize("delay", [0.1, 0.3])
@pytest.mark.parametrize("victim", ["api", "worker", "database"])
def test_a_killed_process_leaves_all_or_none(service: Running, victim: str, delay: float) -> None:
    tag = f"kill-{victim}-{delay}"
    body = batch(service, tag)
    token = token_of(service.address, service.sign_ins()["performance_officer"])
    statuses: list[int] = []

    def push() -> None:
        try:
            statuses.append(
                httpx.post(
                    f"{service.address}/v1/plans/northmoor/measurements",
                    json=body,
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=60,
                ).status_code
            )
        except httpx.HTTPError:
            statuses.append(0)

    pusher = threading.Thread(target=push)
    pusher.start()
    time.sleep(delay)
    os.kill(processes(service)[victim].pid, signal.SIGKILL)
    pusher.join()
    wait_until_ready(service)
    kept, stale = stored(service, tag)
    assert stale == 0
    assert kept in (0, ROWS)
    if statuses == [201]:
        assert kept == ROWS


def test_a_killed_supervisor_takes_everything_along_and_starts_again() -> None:
    with running_service() as service:
        children = list(processes(service).values())
        service.process.kill()
        service.process.wait()
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
        again = psutil.Popen(
            service.process.args,
            env=service.environment,
            cwd=Path(__file__).resolve().parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_ready(service)
        finally:
            again.send_signal(signal.SIGTERM)
            again.wait(timeout=60)
