"""What can be wrong with values, through every door it can come through. Nothing of it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.jobs import QUEUE
from api.settings import Settings
from api.vocabulary import Role
from api.worker import make_jobs
from tests.conftest import url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.conftest import Machine
from tests.measurements.doors import DOORS, JSON, RENDERED, Door, Intake, Row, Sent
from tests.measurements.files.making import workbook, zip_bomb
from tests.measurements.making import lock
from tests.measurements.sending import TYPES, Work, rows_stored

TABLE = """
error                  json put  ndjson csv wide xlsx xwide ndjson- csv- wide- >csv >xlsx >ndjson >json @csv @xlsx  code
unknown KPI            =    404  =      =   =    =    =     =       =    =     =    =     =       =     =    =      unknown_kpi
wrong period type      =    =    =      =   =    =    =     =       =    =     =    =     =       =     =    =      wrong_period_type
unreadable period      =    =    =      =   a    =    a     =       =    a     =    =     =       =     =    a      unreadable_period
not a number           =    =    =      =   =    =    =     =       =    =     =    =     =       =     =    =      not_a_number
future period          =    =    =      =   =    =    =     =       =    =     =    =     =       =     =    =      future_period
locked period          =    =    =      =   =    =    =     =       =    =     =    =     =       =     =    =      queued
duplicate in file      =    .    =      =   =    =    =     =       =    =     =    =     =       =     =    =      duplicate_in_batch
not permitted          =    403  =      =   =    =    =     =       =    =     =    =     =       =     403  403    not_permitted
unknown segment        =    404  =      =   =    =    =     =       =    =     =    =     =       =     =    =      unknown_segment
ratio disagrees        =    =    =      =   a    =    a     =       =    a     =    =     =       =     =    a      ratio_disagrees
over-long text         =    d    =      =   =    =    =     =       =    =     =    =     =       =     =    =      too_long
too many rows          413  .    =      =   =    =    =     =       =    =     =    =     =       =     =    =      too_many_rows
wrong encoding         400  400  =      =   =    .    .     =       =    =     =    .     =       no    =    .      wrong_encoding
truncated              400  400  b      =   =    =    =     b       =    =     =    =     b       no    =    =      truncated
wrong content type     415  415  415    415 415  415  415   415     415  415   no   no    no      no    415  415    -
content of other kind  400  400  =      =   =    =    =     =       =    =     =    =     =       no    =    =      wrong_content
packed content         415  415  415    415 415  415  415   415     415  415   .    .     .       .     415  415    -
formula                c    c    c      c   c    =    =     c       c    c     c    =     c       c     c    =      formula_without_result
merged cells           .    .    .      .   .    =    =     .       .    .     .    =     .       .     .    =      merged_cells
zip bomb               .    .    .      .   .    =    =     .       .    .     .    =     .       .     .    =      zip_bomb
nothing                =    =    =      =   =    =    =     =       =    =     =    =     =       =     =    =      created
"""  # noqa: E501 - the table is one
"""``=``: refused by the code at the row's end. A number: by that HTTP status, before there is a
submission. ``no``: the command line says so itself, and sends nothing. A letter: by another code,
below. A dot: it cannot come through that door, for a PUT brings one value; only a workbook has
merged cells and is packed, and says its own encoding; the command line packs nothing.
"""
OTHER_CODES = {
    "a": "unknown_column",
    "b": "not_json",
    "c": "not_a_number",
    "d": "string_too_long",
    "no": "not sent",
}
"""What is no period cannot head a column of a wide table, which has no place for a numerator either. The
texts of a PUT are fields of its body, refused as any body's are.
"""

GOOD: Row = {"kpi": "K1", "period": "2026-09", "value": 85.6}
MOST_ROWS = 40
"""Of the files of these tests."""

ROWS: dict[str, list[Row]] = {
    "unknown KPI": [GOOD | {"kpi": "NOPE"}],
    "wrong period type": [GOOD | {"period": "2026-Q3"}],
    "unreadable period": [GOOD | {"period": "last month"}],
    "not a number": [GOOD | {"value": "about 80"}],
    "future period": [GOOD | {"period": "2199-01"}],
    "locked period": [GOOD],
    "duplicate in file": [GOOD, GOOD | {"value": 70}],
    "not permitted": [GOOD | {"kpi": "OTHER"}],
    "unknown segment": [GOOD | {"segment": "south"}],
    "ratio disagrees": [GOOD | {"numerator": 1, "denominator": 2}],
    "over-long text": [GOOD | {"note": "x" * 20_001}],
    "formula": [GOOD | {"value": "=1+1"}],
}
"""Each goes beside a good row of August."""


def merged(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B3")


def good(form: str) -> bytes:
    return RENDERED[form]([GOOD])


def too_many(form: str) -> bytes:
    if form == "json":
        return RENDERED[form]([GOOD] * 5001)
    return RENDERED[form]([GOOD | {"period": f"{year}-01"} for year in range(1950, 1950 + MOST_ROWS + 1)])


def in_latin(form: str) -> bytes:
    """A letter that is no UTF-8, and a byte that is nothing in Windows-1252 either."""
    rendered = RENDERED[form]([GOOD | {"note": "cafe, and more of it"}])
    return rendered.replace(b"cafe", b"caf\xe9 \x81")


def cut_off(form: str) -> bytes:
    rendered = RENDERED[form]([GOOD | {"note": "half, and more of it"}])
    return rendered[: -400 if form.startswith("xlsx") else rendered.index(b"half") + 4 - len(rendered)]


def of_other_kind(form: str) -> bytes:
    return good("csv" if form.startswith("xlsx") else "xlsx")


CONTENT: dict[str, Callable[[str], bytes]] = {
    "too many rows": too_many,
    "wrong encoding": in_latin,
    "truncated": cut_off,
    "wrong content type": good,
    "content of other kind": of_other_kind,
    "packed content": good,
    "merged cells": lambda _: workbook(("S", [["Ref", "Aug-26"], ["K1", 70], ["K2", 71]]), change=merged),
    "zip bomb": lambda _: zip_bomb(),
}
"""Of files and bodies that are wrong as a whole, by their form."""


def expected() -> dict[str, dict[str, str]]:
    """By error and door: what is told."""
    head, *lines = TABLE.strip().splitlines()
    doors = head.split()[1:-1]
    assert doors == list(DOORS)
    found = {}
    for line in lines:
        what, cells = line[:22].strip(), line[22:].split()
        *cells, code = cells
        told = {"=": code} | OTHER_CODES
        found[what] = {
            door: told.get(cell, cell) for door, cell in zip(doors, cells, strict=True) if cell != "."
        }
    return found


def sent_of(what: str, door: Door, place: int) -> Sent:
    """What is wrong as it comes to a door. ``place``: of the door, so that good rows differ."""
    if what == "nothing":
        row = GOOD | {"period": f"2024-{place + 1:02}" if place < 12 else f"2025-{place - 11:02}"}
        return Sent(RENDERED[door.form]([row]), row)
    if what in CONTENT:
        sent = Sent(CONTENT[what](door.form), GOOD)
        if what == "wrong content type":
            # As an old workbook: a name that says nothing, or a type that no door takes.
            sent.content_type, sent.suffix = "application/vnd.ms-excel", "xls"
        elif what == "packed content":
            sent.headers = {"Content-Encoding": "gzip"}
        return sent
    rows = ROWS[what]
    beside = [GOOD | {"period": "2026-08"}] if what != "locked period" else []
    return Sent(RENDERED[door.form]([*beside, *rows]), rows[-1])


@pytest.fixture
async def intake(
    plan: PlanWorld,
    app: FastAPI,
    settings: Settings,
    database: str,
    worker_engine: AsyncEngine,
    address: str,
    machine: Machine,
    tmp_path: Path,
) -> AsyncIterator[Intake]:
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
    app.state.settings = small
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": machine.client_id,
            "client_secret": machine.secret,
        }
        token = (await client.post("/v1/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        work = working(small, database, worker_engine)
        yield Intake(plan, client, work, address, machine, tmp_path)
    app.state.settings = settings


def working(settings: Settings, database: str, engine: AsyncEngine) -> Work:
    """Runs every job that waits, as the worker of a service with these settings does."""

    async def work() -> None:
        jobs = make_jobs(url_of("worker", database), engine, settings)
        async with jobs.open_async():
            await jobs.run_worker_async(wait=False, install_signal_handlers=False, queues=[QUEUE])

    return work


async def nothing_is_stored(plan: PlanWorld) -> bool:
    held = "select count(*) from series where plan_id = %s and points_held > 0"
    return await rows_stored(plan) == 0 and await plan.service.one(held, plan.id) == 0


class TestEachErrorAtEachDoor:
    @pytest.mark.parametrize("what", expected())
    async def test_is_told_and_nothing_is_stored(self, intake: Intake, what: str) -> None:
        if what == "locked period":
            await lock(intake.plan, kpis=["K1"], to="2026-12-31")
        by = Role.BOARD_MEMBER if what == "not permitted" else Role.PERFORMANCE_OFFICER
        told, wanted = {}, {door: {code} for door, code in expected()[what].items()}
        for place, door in enumerate(wanted):
            told[door] = await intake.told(door, sent_of(what, DOORS[door], place), by=by)
            assert what == "nothing" or await nothing_is_stored(intake.plan), door
        assert told == wanted
        if what == "nothing":
            # So that each refusal above is for what is wrong, and not for how it was sent.
            assert await rows_stored(intake.plan) == len(DOORS)

    async def test_a_late_value_waits_for_somebody(self, intake: Intake) -> None:
        await lock(intake.plan, kpis=["K1"], to="2026-12-31")
        for place, door in enumerate(DOORS):
            await intake.told(door, sent_of("locked period", DOORS[door], place))
        waiting = (
            "select count(distinct submitted_by) from late_revision where plan_id = %s and status = 'waiting'"
        )
        # One value of the program, and one of the person at the screen, whichever door they came by.
        assert await intake.plan.service.one(waiting, intake.plan.id) == 2


class TestAConnectionThatBreaks:
    @pytest.mark.parametrize("name", ["json", "put", "ndjson", "csv", "xlsx"])
    async def test_half_way_leaves_nothing(self, intake: Intake, name: str) -> None:
        door = DOORS[name]
        host, _, port = intake.address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"{'PUT' if name == 'put' else 'POST'} {intake.path(door, GOOD)} HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: {intake.client.headers['Authorization']}\r\n"
            f"Content-Type: {TYPES.get(name, JSON)}\r\nContent-Length: 100000\r\n\r\n"
        )
        writer.write(head.encode() + good(door.form))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await reader.read() == b""
        await asyncio.sleep(0.2)
        assert await nothing_is_stored(intake.plan)
        counted = "select count(*) from submission where plan_id = %s"
        assert await intake.plan.service.one(counted, intake.plan.id) == 0
