"""``make bench``: the ratios of the design, measured side by side in one run on this machine."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from api.measurements.files.reading import FileKind
from api.supervisor.cluster import temporary_cluster
from tests.bench import data, scale
from tests.bench import files as file_doors
from tests.bench.load import Asker, interleaved
from tests.service import ROOT, free_port

BATCH = 5000


@dataclass(frozen=True)
class Budget:
    what: str
    measured: float
    limit: float
    at_least: bool
    note: str

    @property
    def is_met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The service with the yardstick routes, on a free port, against this database."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "tests.bench.baseline:create_app",
            "--factory",
            "--port",
            str(port),
            "--log-level",
            "error",
            "--no-access-log",
        ],
        cwd=ROOT,
        env=os.environ | {"TURNSTONE_DATABASE_URL": url},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                if httpx.get(f"{address}/readyz").status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def signed_in(address: str, token: str) -> Asker:
    headers = {
        "Cookie": f"turnstone={token}",
        "Origin": address,
        "X-Turnstone-Client": "browser",
        "Accept-Encoding": "identity",
    }
    return Asker(address, headers)


def reads(connection: psycopg.Connection[Any], asker: Asker) -> list[Budget]:
    status, page, headers = asker.ask("/v1/plans/bench/dashboard?points=36")
    assert status == 200, page[:400]
    connection.execute("drop table if exists bench_page")
    connection.execute("create table bench_page (body bytea not null)")
    connection.execute("insert into bench_page values (%s)", (page,))
    connection.execute("grant select on bench_page to turnstone_service")
    status, listed, _ = asker.ask("/v1/plans/bench/actions?limit=50")
    assert status == 200 and len(json.loads(listed)["items"]) == 50
    etag = headers["etag"]
    status, _, _ = asker.ask("/v1/plans/bench/dashboard?points=36", headers={"If-None-Match": etag})
    assert status == 304
    none: dict[str, str] = {}
    dashboard, same, actions, rows, unchanged, one = interleaved(
        [
            (asker, "/v1/plans/bench/dashboard?points=36", none),
            (asker, "/bench/bench/same-bytes", none),
            (asker, "/v1/plans/bench/actions?limit=50", none),
            (asker, "/bench/bench/rows", none),
            (asker, "/v1/plans/bench/dashboard?points=36", {"If-None-Match": etag}),
            (asker, "/bench/bench/one", none),
        ],
        rounds=5,
        times=60,
    )
    ms = 1000
    return [
        Budget(
            "dashboard, 100 KPIs × 36 months ÷ the same bytes from one SELECT",
            same / dashboard,
            0.5,
            True,
            f"{dashboard * ms:.1f} ms against {same * ms:.1f} ms, {len(page) // 1000} kB",
        ),
        Budget(
            "list of 50 actions ÷ json_agg",
            rows / actions,
            0.5,
            True,
            f"{actions * ms:.1f} ms against {rows * ms:.1f} ms",
        ),
        Budget(
            "304 ÷ one SELECT",
            one / unchanged,
            0.7,
            True,
            f"{unchanged * ms:.1f} ms against {one * ms:.1f} ms",
        ),
    ]


def batches(connection: psycopg.Connection[Any], asker: Asker, plan: int) -> Budget:
    """New rows each time, on both sides."""
    connection.execute(
        "create table bench_bare (kpi text, segment text, period text, basis text, value numeric(18, 6), note text,"
        " primary key (kpi, segment, period, basis))"
    )
    months = [f"{year}-{month:02}" for year in range(1960, 2020) for month in range(1, 13)]
    bare, ours = [], []
    for turn in range(6):
        chosen = months[turn * 50 : turn * 50 + 50]
        rows = [
            (f"K{n}", "_all", month, "operational_provisional", 70 + n % 20, None)
            for n in range(1, data.KPIS + 1)
            for month in chosen
        ][:BATCH]
        bare.append(_timed(lambda rows=rows: _copy_and_merge(connection, rows)))  # type: ignore[misc]
        body = json.dumps({"rows": [{"kpi": r[0], "period": r[2], "value": r[4]} for r in rows]}).encode()

        def post(body: bytes = body) -> None:
            status, answer, _ = asker.ask(
                "/v1/plans/bench/measurements",
                method="POST",
                body=body,
                headers={"Content-Type": "application/json"},
            )
            assert status == 201 and json.loads(answer)["created"] == BATCH, answer[:500]

        ours.append(_timed(post))
    fast, slow = statistics.median(bare[1:]), statistics.median(ours[1:])
    return Budget(
        f"JSON batch of {BATCH:,} ÷ bare COPY and merge",
        fast / slow,
        0.15,
        True,
        f"{slow * 1000:.0f} ms against {fast * 1000:.0f} ms",
    )


def _copy_and_merge(connection: psycopg.Connection[Any], rows: list[tuple[Any, ...]]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("create temp table bare_staging (like bench_bare) on commit drop")
        with cursor.copy("copy bare_staging from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            "insert into bench_bare select * from bare_staging on conflict (kpi, segment, period, basis)"
            " do update set value = excluded.value, note = excluded.note"
        )


def files(
    connection: psycopg.Connection[Any], asker: Asker, plan: int, service_url: str, worker_url: str
) -> list[Budget]:
    """A CSV that is stored at once; a CSV and a workbook of a million rows, each through processes that
    have read none yet.
    """
    file_doors.daily_kpis(connection, plan)
    bare, ours = file_doors.csv_file(connection, asker)
    token = data.sign_in(connection, plan, "performance_officer")
    before = set(psutil.Process().children())
    large = []
    for kind, made in (
        (FileKind.CSV, file_doors.million_as_csv),
        (FileKind.XLSX, file_doors.million_as_xlsx),
    ):
        with serving(service_url) as address, file_doors.working(worker_url) as worker:
            fresh = {child for child in psutil.Process().children() if "uvicorn" in child.cmdline()} - before
            assert len(fresh) == 1
            megabytes, seconds = file_doors.million_rows(
                connection, signed_in(address, token), [*fresh, worker], made(), kind
            )
        large.append(
            Budget(
                f"memory above idle while {kind.value.upper()} of {file_doors.MILLION:,} rows comes in and is judged, MB",
                megabytes,
                200,
                False,
                f"API and worker together; stored in {seconds:.0f} s",
            )
        )
    return [
        Budget(
            f"CSV of {file_doors.ROWS:,} rows ÷ bare COPY and merge",
            bare / ours,
            0.3,
            True,
            f"{ours:.2f} s against {bare:.2f} s",
        ),
        *large,
    ]


def verdicts(connection: psycopg.Connection[Any], asker: Asker, plan: int, worker_url: str) -> Budget:
    judged, stored = scale.verdicts(connection, asker, plan, worker_url)
    return Budget(
        f"verdicts of {scale.SERIES:,} series × {scale.POINTS} points ÷ storing those rows",
        judged / stored,
        1,
        False,
        f"{judged:.2f} s against {stored:.2f} s",
    )


def at_scale(connection: psycopg.Connection[Any], asker: Asker) -> Budget:
    few, many = (scale.dashboard_among(connection, asker, count) for count in (scale.FEW, scale.MANY))
    return Budget(
        f"dashboard p95 among {scale.MANY:,} values ÷ among {scale.FEW:,}",
        many / few,
        1.2,
        False,
        f"{many * 1000:.0f} ms against {few * 1000:.0f} ms, made anew",
    )


def as_of(connection: psycopg.Connection[Any], asker: Asker, plan: int) -> Budget:
    """Both made anew each time: a kept page would make either of them one SELECT."""
    data.age_actions(connection, plan)
    moment = (datetime.now(UTC) - timedelta(days=500)).strftime("%Y-%m-%dT%H:%M:%SZ")
    live, past = "/v1/plans/bench/dashboard", f"/v1/plans/bench/dashboard?as_of={moment}"
    taken: dict[str, list[float]] = {live: [], past: []}
    for _ in range(9):
        for path in (live, past):
            connection.execute("delete from rendered")
            taken[path].append(_timed(lambda path=path: _ask_ok(asker, path)))  # type: ignore[misc]
    now, then = statistics.median(taken[live][1:]), statistics.median(taken[past][1:])
    return Budget(
        "as-of dashboard after 1,000,000 changes ÷ live",
        then / now,
        5,
        False,
        f"{then * 1000:.0f} ms against {now * 1000:.0f} ms, both made anew",
    )


def _ask_ok(asker: Asker, path: str) -> None:
    status, answer, _ = asker.ask(path)
    assert status == 200, answer[:500]


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def bundle() -> Budget:
    out = subprocess.run(
        ["npm", "run", "--silent", "size"], cwd=ROOT / "client", capture_output=True, text=True, check=False
    )
    found = re.search(r"first page, gzip JavaScript: ([0-9.]+) kB", out.stdout)
    assert found is not None, out.stdout + out.stderr
    return Budget("first page of the client, JavaScript, gzip kB", float(found[1]), 80, False, "")


def _processor() -> str:
    """What the machine calls its processor."""
    try:
        told = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        told = None
    return told[1] if told else platform.processor() or platform.machine()


def main() -> int:
    found = []
    with temporary_cluster() as cluster:
        with psycopg.connect(cluster.url("owner", "postgres"), autocommit=True) as connection:
            connection.execute("create database bench")
        subprocess.run(
            [sys.executable, "-m", "api.cli", "migrate"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"TURNSTONE_DATABASE_URL": cluster.url("owner", "bench")},
        )
        url = cluster.url("superuser", "bench")
        with (
            psycopg.connect(url, autocommit=True) as connection,
            serving(cluster.url("service", "bench")) as address,
        ):
            plan = data.make_plan(connection)
            asker = signed_in(address, data.sign_in(connection, plan, "programme_manager"))
            found += reads(connection, asker)
            # Before the batches bring decades: the past of three years of months is judged anew.
            found.append(as_of(connection, asker, plan))
            found.append(batches(connection, asker, plan))
            found += files(
                connection, asker, plan, cluster.url("service", "bench"), cluster.url("worker", "bench")
            )
            found.append(at_scale(connection, asker))
            found.append(verdicts(connection, asker, plan, cluster.url("worker", "bench")))
    found.append(bundle())
    print(f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    for budget in found:
        sign = "≥" if budget.at_least else "≤"
        print(
            f"{'met ' if budget.is_met else 'MISSED'}  {budget.measured:7.2f} {sign} {budget.limit:<5} {budget.what}"
            + (f"  ({budget.note})" if budget.note else "")
        )
    return 0 if all(budget.is_met for budget in found) else 1


if __name__ == "__main__":
    sys.exit(main())
