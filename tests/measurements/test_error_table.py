"""What can be wrong with values, through every door it can come through. Nothing of it is stored.

Rows go as JSON, NDJSON, CSV, a workbook and by the command line; what is wrong with a file as a
whole goes through the doors that take such a file.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.jobs import QUEUE
from api.measurements.push import FILE_REFUSED, NOT_SENT, SOME_REJECTED, push
from api.settings import Settings
from api.worker import make_jobs
from tests.conftest import url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.conftest import Machine
from tests.measurements.files.making import workbook, zip_bomb
from tests.measurements.making import lock
from tests.measurements.sending import TYPES, Work, rows_stored

Row = dict[str, Any]
GOOD: Row = {"kpi": "K1", "period": "2026-09", "value": 85.6}

WRONG_ROWS: dict[str, tuple[list[Row], str]] = {
    "unknown KPI": ([GOOD | {"kpi": "NOPE"}], "unknown_kpi"),
    "wrong period type": ([GOOD | {"period": "2026-Q3"}], "wrong_period_type"),
    "unreadable period": ([GOOD | {"period": "last month"}], "unreadable_period"),
    "not a number": ([GOOD | {"value": "about 80"}], "not_a_number"),
    "future period": ([GOOD | {"period": "2199-01"}], "future_period"),
    "duplicate in file": ([GOOD | {"value": 70}], "duplicate_in_batch"),
    "not permitted": ([GOOD | {"kpi": "OTHER"}], "not_permitted"),
    "unknown segment": ([GOOD | {"segment": "south"}], "unknown_segment"),
    "ratio disagrees": ([GOOD | {"numerator": 1, "denominator": 2}], "ratio_disagrees"),
    "over-long text": ([GOOD | {"note": "x" * 20_001}], "too_long"),
}
"""Each beside a good row of August; the good one of September makes the duplicate."""

DOORS = ("json", "ndjson", "csv", "xlsx", "command line")
MOST_ROWS = 40
"""Of the files of these tests."""


@dataclass
class Doors:
    """The same rows or bytes through any door, and what the service says was wrong."""

    plan: PlanWorld
    client: httpx.AsyncClient
    work: Work
    address: str
    machine: Machine
    folder: Path

    async def rows(self, door: str, rows: list[Row]) -> set[str]:
        if door == "json":
            return self._codes(await self.client.post(self.plan.url("/measurements"), json={"rows": rows}))
        kind = "csv" if door == "command line" else door
        return await self.file(door, RENDERED[kind](rows), kind)

    async def file(self, door: str, content: bytes, kind: str) -> set[str]:
        """The codes of what was wrong."""
        if door == "command line":
            return await self._command(content, kind)
        answer = await self.client.post(
            self.plan.url("/measurement-files"), content=content, headers={"Content-Type": TYPES[kind]}
        )
        if answer.status_code != 202:
            return self._codes(answer)
        await self.work()
        ended = (await self.client.get(answer.headers["location"])).json()
        assert ended["status"] == "rejected", ended
        return self._of(ended)

    def _codes(self, answer: httpx.Response) -> set[str]:
        assert answer.status_code == 422, answer.text
        assert answer.json()["submission"]["status"] == "rejected"
        return self._of(answer.json()["submission"])

    @staticmethod
    def _of(submission: dict[str, Any]) -> set[str]:
        told = {error["code"] for error in submission["errors"]}
        return told | ({submission["problem"]["code"]} if submission["problem"] else set())

    async def _command(self, content: bytes, kind: str) -> set[str]:
        """The codes stand in brackets at the ends of the lines printed."""
        file = self.folder / f"values.{kind}"
        file.write_bytes(content)
        out = io.StringIO()
        sending = asyncio.create_task(
            asyncio.to_thread(
                push,
                file,
                url=self.address,
                client_id=self.machine.client_id,
                client_secret=self.machine.secret,
                plan=self.plan.ref,
                out=out,
                err=out,
                sleep=lambda _: None,
            )
        )
        while not sending.done():
            await self.work()
            await asyncio.sleep(0.02)
        assert sending.result() in (SOME_REJECTED, FILE_REFUSED), out.getvalue()
        ends = [line.rpartition("(")[2] for line in out.getvalue().splitlines() if line.endswith(")")]
        return {end.rstrip(")") for end in ends} - {"nothing was stored"}


def as_ndjson(rows: list[Row]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def as_csv(rows: list[Row]) -> bytes:
    made = io.StringIO()
    writer = csv.DictWriter(made, sorted({name for row in rows for name in row}))
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode()


def as_xlsx(rows: list[Row]) -> bytes:
    names = sorted({name for row in rows for name in row})
    return workbook(("Values", [names, *[[row.get(name) for name in names] for row in rows]]))


RENDERED: dict[str, Callable[[list[Row]], bytes]] = {"ndjson": as_ndjson, "csv": as_csv, "xlsx": as_xlsx}


@pytest.fixture
async def doors(
    plan: PlanWorld,
    app: FastAPI,
    settings: Settings,
    database: str,
    worker_engine: AsyncEngine,
    address: str,
    machine: Machine,
    tmp_path: Path,
) -> AsyncIterator[Doors]:
    """An integration that may send K1 alone, to a service that takes few rows a file."""
    await a_kpi(plan)
    await a_kpi(plan, "OTHER")
    await plan.service.owner.execute(
        "insert into membership_item (plan_id, membership_id, kpi_id)"
        " select k.plan_id, m.id, k.id from kpi k join membership m on m.plan_id = k.plan_id"
        " where k.plan_id = %s and k.ref = 'K1' and m.role = 'integration'",
        (plan.id,),
    )
    # It reads the plan, so that a KPI outside its set is one that it sees and may not send.
    await plan.service.owner.execute(
        "update integration set scopes = '{measurement:write,plan:read}' where client_id = %s",
        (machine.client_id,),
    )
    small = settings.model_copy(update={"max_file_rows": MOST_ROWS})
    jobs = make_jobs(url_of("worker", database), worker_engine, small)

    async def work() -> None:
        async with jobs.open_async():
            await jobs.run_worker_async(wait=False, install_signal_handlers=False, queues=[QUEUE])

    app.state.settings = small
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": machine.client_id,
            "client_secret": machine.secret,
        }
        token = (await client.post("/v1/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield Doors(plan, client, work, address, machine, tmp_path)
    app.state.settings = settings


class TestWrongRows:
    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize("what", WRONG_ROWS)
    async def test_is_told_and_nothing_is_stored(self, doors: Doors, what: str, door: str) -> None:
        wrong, code = WRONG_ROWS[what]
        rows = [GOOD | {"period": "2026-08"}, *([GOOD] if code == "duplicate_in_batch" else []), *wrong]
        assert await doors.rows(door, rows) == {code}
        assert await rows_stored(doors.plan) == 0
        assert (
            await doors.plan.service.one(
                "select count(*) from series where plan_id = %s and points_held > 0", doors.plan.id
            )
            == 0
        )

    @pytest.mark.parametrize("door", DOORS)
    async def test_the_good_row_alone_is_taken(self, doors: Doors, door: str) -> None:
        """So that each refusal above is for what is wrong, and not for how it was sent."""
        with pytest.raises(AssertionError):
            await doors.rows(door, [GOOD | {"period": "2026-08"}])
        assert await rows_stored(doors.plan) == 1


class TestALockedPeriod:
    @pytest.mark.parametrize("door", DOORS)
    async def test_stores_nothing_and_loses_nothing(self, doors: Doors, door: str) -> None:
        """It is no error: the value waits for somebody to accept it, by whichever door it came."""
        await lock(doors.plan, kpis=["K1"], to="2026-12-31")
        with pytest.raises(AssertionError):
            await doors.rows(door, [GOOD])
        assert await rows_stored(doors.plan) == 0
        service = doors.plan.service
        counted = "select queued from submission where plan_id = %s order by id desc limit 1"
        assert await service.one(counted, doors.plan.id) == 1
        waiting = "select count(*) from late_revision where plan_id = %s and status = 'waiting'"
        assert await service.one(waiting, doors.plan.id) == 1


class TestTooManyRows:
    @pytest.mark.parametrize("door", ["ndjson", "csv", "xlsx", "command line"])
    async def test_of_a_file(self, doors: Doors, door: str) -> None:
        rows = [GOOD | {"period": f"{year}-01"} for year in range(1950, 1950 + MOST_ROWS + 1)]
        assert await doors.rows(door, rows) == {"too_many_rows"}
        assert await rows_stored(doors.plan) == 0

    async def test_of_a_batch(self, doors: Doors) -> None:
        answer = await doors.client.post(doors.plan.url("/measurements"), json={"rows": [GOOD] * 5001})
        assert answer.status_code == 413 and await rows_stored(doors.plan) == 0


LATIN = "kpi,period,value,note\nK1,2026-09,85.6,caf\xe9 \x81\n".encode("latin-1")
SHEET: list[list[Any]] = [["Ref", "Aug-26", "Sep-26"], ["K1", 70, "=1+1"]]


def merged(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:C2")


WRONG_FILES: dict[str, tuple[str, bytes, str]] = {
    "wrong encoding, CSV": ("csv", LATIN, "wrong_encoding"),
    "wrong encoding, NDJSON": ("ndjson", b'{"kpi": "K1", "note": "caf\xe9"}\n', "wrong_encoding"),
    "truncated, CSV": ("csv", b'kpi,period,value,note\nK1,2026-09,85.6,"half of', "truncated"),
    "truncated, NDJSON": ("ndjson", as_ndjson([GOOD])[:-20], "not_json"),
    "truncated, XLSX": ("xlsx", as_xlsx([GOOD])[:-400], "truncated"),
    "a workbook sent as CSV": ("csv", as_xlsx([GOOD]), "wrong_content"),
    "a workbook sent as NDJSON": ("ndjson", as_xlsx([GOOD]), "wrong_content"),
    "CSV sent as a workbook": ("xlsx", as_csv([GOOD]), "wrong_content"),
    "CSV sent as NDJSON": ("ndjson", as_csv([GOOD]), "wrong_content"),
    "formula cells": ("xlsx", workbook(("S", SHEET)), "formula_without_result"),
    "merged cells": ("xlsx", workbook(("S", [SHEET[0], ["K1", 70, 71]]), change=merged), "merged_cells"),
    "zip bomb": ("xlsx", zip_bomb(), "zip_bomb"),
}


class TestWrongFiles:
    @pytest.mark.parametrize("door", ["api", "command line"])
    @pytest.mark.parametrize("what", WRONG_FILES)
    async def test_is_told_and_nothing_is_stored(self, doors: Doors, what: str, door: str) -> None:
        kind, content, code = WRONG_FILES[what]
        assert await doors.file(door, content, kind) == {code}
        assert await rows_stored(doors.plan) == 0


class TestWrongBodies:
    @pytest.mark.parametrize(
        ("path", "content", "kind", "status"),
        [
            ("/measurements", json.dumps({"rows": [GOOD]}).encode(), "text/csv", 415),
            ("/measurements", json.dumps({"rows": [GOOD]}).encode()[:-9], "application/json", 400),
            ("/measurements", b'{"rows": [{"kpi": "caf\xe9"}]}', "application/json", 400),
            ("/measurement-files", as_csv([GOOD]), "application/json", 415),
            ("/measurement-files", as_csv([GOOD]), "application/vnd.ms-excel", 415),
        ],
    )
    async def test_of_another_type_or_cut_off(
        self, doors: Doors, path: str, content: bytes, kind: str, status: int
    ) -> None:
        answer = await doors.client.post(
            doors.plan.url(path), content=content, headers={"Content-Type": kind}
        )
        assert answer.status_code == status, answer.text
        assert await rows_stored(doors.plan) == 0

    async def test_a_name_that_says_nothing_at_the_command_line(self, doors: Doors) -> None:
        file = doors.folder / "values.xls"
        file.write_bytes(as_xlsx([GOOD]))
        err = io.StringIO()
        code = await asyncio.to_thread(
            push, file, url=doors.address, client_id="", client_secret="", plan=doors.plan.ref, err=err
        )
        assert code == NOT_SENT and ".xlsx" in err.getvalue()

    async def test_a_connection_that_breaks_half_way(self, doors: Doors) -> None:
        host, _, port = doors.address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST {doors.plan.url('/measurement-files')} HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: {doors.client.headers['Authorization']}\r\n"
            "Content-Type: text/csv\r\nContent-Length: 100000\r\n\r\n"
        )
        writer.write(head.encode() + as_csv([GOOD]))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await reader.read() == b""
        await asyncio.sleep(0.2)
        assert await rows_stored(doors.plan) == 0
        assert (
            await doors.plan.service.one("select count(*) from submission where plan_id = %s", doors.plan.id)
            == 0
        )
