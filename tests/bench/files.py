"""Files of values: how fast a CSV is stored beside a bare COPY and merge, and what memory one takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psutil
import psycopg

from api.measurements.files.reading import CONTENT_TYPES, FileKind
from tests.bench.load import Asker
from tests.bench.workbooks import as_xlsx
from tests.service import ROOT

KPIS = 100
ROWS = 100_000
MILLION = 1_000_000
TURNS = 4
FIRST_DAY = date(1900, 1, 1)
_FILES = "/v1/plans/bench/measurement-files"


def daily_kpis(connection: psycopg.Connection[Any], plan: int) -> None:
    """A hundred KPIs of days: only they have a million periods between them."""
    connection.execute(
        "insert into kpi (plan_id, ref, title, kind, category, unit, polarity, nature, period_type, position)"
        " select %s, 'D' || n, 'Referrals of the day, team ' || n, 'quantitative', 'how_much', 'count',"
        " 'neutral', 'in_period', 'day', 1000 + n from generate_series(1, %s) n",
        (plan, KPIS),
    )
    connection.execute(
        "insert into segment (plan_id, kpi_id, ref, title)"
        " select plan_id, id, '_all', 'Whole service' from kpi where plan_id = %s and period_type = 'day'",
        (plan,),
    )
    connection.execute("analyze kpi, segment")


def rows_of(first: int, count: int) -> list[tuple[Any, ...]]:
    """Rows of days from the ``first`` on, every KPI having the same days."""
    days = [(FIRST_DAY + timedelta(days=first + n)).isoformat() for n in range(count // KPIS)]
    return [
        (f"D{kpi}", "_all", day, "operational_provisional", (place * 7 + kpi) % 90, None)
        for kpi in range(1, KPIS + 1)
        for place, day in enumerate(days)
    ]


def as_csv(rows: list[tuple[Any, ...]]) -> bytes:
    return ("kpi,period,value\n" + "".join(f"{row[0]},{row[2]},{row[4]}\n" for row in rows)).encode()


def csv_file(connection: psycopg.Connection[Any], asker: Asker) -> tuple[float, float]:
    """Seconds of the bare COPY and merge, and of the CSV, of as many rows; new rows each time."""
    connection.execute(
        "create table bench_bare_file (kpi text, segment text, period text, basis text,"
        " value numeric(18, 6), note text, primary key (kpi, segment, period, basis))"
    )
    bare, ours = [], []
    for turn in range(TURNS):
        rows = rows_of(turn * ROWS // KPIS, ROWS)
        began = time.perf_counter()
        copy_and_merge(connection, rows)
        bare.append(time.perf_counter() - began)
        body = as_csv(rows)
        assert len(body) < 5_000_000, "it would be put off"
        began = time.perf_counter()
        status, answer, _ = asker.ask(_FILES, method="POST", body=body, headers={"Content-Type": "text/csv"})
        ours.append(time.perf_counter() - began)
        assert status == 201 and json.loads(answer)["created"] == ROWS, answer[:500]
    return statistics.median(bare[1:]), statistics.median(ours[1:])


def copy_and_merge(connection: psycopg.Connection[Any], rows: list[tuple[Any, ...]]) -> None:
    """The yardstick, frozen: as little as can be done with rows to have them in a table once each."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("create temp table bare_file_staging (like bench_bare_file) on commit drop")
        with cursor.copy("copy bare_file_staging from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            "insert into bench_bare_file select * from bare_file_staging"
            " on conflict (kpi, segment, period, basis) do update set value = excluded.value, note = excluded.note"
        )


@contextmanager
def working(url: str) -> Iterator[psutil.Process]:
    """The worker, on this database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "worker"],
        cwd=ROOT,
        env=os.environ | {"TURNSTONE_DATABASE_URL": url, "TURNSTONE_LOG_LEVEL": "warning"},
    )
    try:
        time.sleep(4)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def million_as_csv() -> bytes:
    return as_csv(rows_of(TURNS * ROWS // KPIS, MILLION))


def million_as_xlsx() -> bytes:
    """Rows of the days after those."""
    rows = rows_of((TURNS * ROWS + MILLION) // KPIS, MILLION)
    return as_xlsx([("kpi", "period", "value"), *((row[0], row[2], row[4]) for row in rows)])


def million_rows(
    connection: psycopg.Connection[Any],
    asker: Asker,
    processes: list[psutil.Process],
    body: bytes,
    kind: FileKind,
) -> tuple[float, float]:
    """Megabytes that the service's processes grow by at most until the file is stored and judged, and
    seconds until it is stored.
    """
    content_type = next(known for known, named in CONTENT_TYPES.items() if named is kind)
    # What is idle has served something: the code of the first request is loaded by then.
    asker.ask(_FILES, method="POST", body=b"kpi,period,value\n", headers={"Content-Type": "text/csv"})
    _wait_until_judged(connection)
    watch = _Watch(processes)
    began = time.perf_counter()
    with watch:
        status, answer, headers = asker.ask(
            _FILES, method="POST", body=body, headers={"Content-Type": content_type}
        )
        assert status == 202, answer[:500]
        while True:
            time.sleep(0.5)
            submission = json.loads(asker.ask(headers["location"])[1])
            if submission["status"] != "pending":
                break
        stored = time.perf_counter() - began
        _wait_until_judged(connection)
    assert submission["created"] == MILLION, submission
    return watch.most / 1_000_000, stored


def _wait_until_judged(connection: psycopg.Connection[Any]) -> None:
    """The worker judges after it has stored."""
    deadline = time.monotonic() + 300
    while connection.execute("select exists (select from verdict where is_pending)").fetchall()[0][0]:
        assert time.monotonic() < deadline, "verdicts are still pending"
        time.sleep(0.5)


class _Watch:
    """The most that processes held together, above what they held at first."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        self._processes = processes
        self._idle = self._held()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most = 0

    def _held(self) -> int:
        return sum(process.memory_info().rss for process in self._processes)

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max(self.most, self._held() - self._idle)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
