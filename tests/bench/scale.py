"""Verdicts beside the storing of what they judge, and the dashboard beside ten million values."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import psycopg

from api.core.database import WORKER_ROLE, make_engine
from api.worker import judge_all_pending
from tests.bench.load import Asker

SERIES, POINTS = 1_000, 120
FEW, MANY = 100_000, 10_000_000
TURNS = 60


def verdicts(
    connection: psycopg.Connection[Any], asker: Asker, plan: int, worker_url: str
) -> tuple[float, float]:
    """Seconds to judge a thousand series of ten years' months, and to store those values."""
    connection.execute(
        "insert into kpi (plan_id, ref, title, kind, category, unit, polarity, nature, period_type, position)"
        " select %s, 'V' || n, 'Visits in time, team ' || n, 'quantitative', 'how_well', 'percent',"
        " 'higher', 'in_period', 'month', 2000 + n from generate_series(1, %s) n",
        (plan, SERIES),
    )
    connection.execute(
        "insert into segment (plan_id, kpi_id, ref, title) select plan_id, id, '_all', 'Whole service'"
        " from kpi where plan_id = %s and ref like 'V%%'",
        (plan,),
    )
    connection.execute("analyze kpi, segment")
    months = [f"{year}-{month:02}" for year in range(2000, 2000 + POINTS // 12) for month in range(1, 13)]
    rows = (
        f"V{kpi},{month},{60 + (place * 7919 + kpi * 104729) % 300 / 10}\n"
        for kpi in range(1, SERIES + 1)
        for place, month in enumerate(months)
    )
    body = ("kpi,period,value\n" + "".join(rows)).encode()
    began = time.perf_counter()
    status, answer, _ = asker.ask(
        "/v1/plans/bench/measurement-files", method="POST", body=body, headers={"Content-Type": "text/csv"}
    )
    stored = time.perf_counter() - began
    assert status == 201 and json.loads(answer)["created"] == SERIES * POINTS, answer[:500]
    return asyncio.run(_judge(worker_url, plan)), stored


async def _judge(worker_url: str, plan: int) -> float:
    engine = make_engine(worker_url, role=WORKER_ROLE, pool_size=2)
    try:
        began = time.perf_counter()
        judged = await judge_all_pending(engine, plan)
        taken = time.perf_counter() - began
    finally:
        await engine.dispose()
    assert judged >= SERIES, judged
    return taken


def dashboard_among(connection: psycopg.Connection[Any], asker: Asker, values: int) -> float:
    """Seconds of the 95th percentile of the dashboard, made anew, among so many values of other plans."""
    held: int = connection.execute("select count(*) from measurement_revision").fetchall()[0][0]
    if held < values:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state,"
            " value, workflow) select 900000 + n %% 1000, 900000 + n %% 100000, 900000000 + n %% 100000,"
            " (date '1900-01-01' + n / 100000)::text, date '1900-01-01' + n / 100000,"
            " date '1900-01-01' + n / 100000, 'reported', n %% 97, 'loaded' from generate_series(1, %s) n",
            (values - held,),
        )
        connection.execute("set session_replication_role = origin")
    connection.execute("vacuum analyze measurement_revision")
    taken = []
    for _ in range(TURNS):
        connection.execute("delete from rendered")
        began = time.perf_counter()
        status, answer, _ = asker.ask("/v1/plans/bench/dashboard?points=36")
        taken.append(time.perf_counter() - began)
        assert status == 200, answer[:500]
    return sorted(taken)[int(TURNS * 0.95)]
