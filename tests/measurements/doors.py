"""The same rows or bytes through every door of the intake, and what the service says of them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from api.measurements.push import NOT_SENT, push
from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.measurements.conftest import Machine
from tests.measurements.files.making import workbook
from tests.measurements.sending import TYPES, Work

Row = dict[str, Any]


class Door(NamedTuple):
    """What goes in, and how."""

    form: str
    """``json``, ``put``, ``ndjson``, ``csv``, ``xlsx``; of the last two also ``wide``, periods across."""
    way: str = "api"
    """``api`` by a program; ``later`` the same, put off to the worker; ``push`` by the command line;
    ``screen`` by a person's browser, which previews first."""

    @property
    def kind(self) -> str:
        return self.form.removesuffix(" wide")


DOORS = {
    "json": Door("json"),
    "put": Door("put"),
    "ndjson": Door("ndjson"),
    "csv": Door("csv"),
    "wide": Door("csv wide"),
    "xlsx": Door("xlsx"),
    "xwide": Door("xlsx wide"),
    "ndjson-": Door("ndjson", "later"),
    "csv-": Door("csv", "later"),
    "wide-": Door("csv wide", "later"),
    ">csv": Door("csv", "push"),
    ">xlsx": Door("xlsx", "push"),
    ">ndjson": Door("ndjson", "push"),
    ">json": Door("json", "push"),
    "@csv": Door("csv", "screen"),
    "@xlsx": Door("xlsx wide", "screen"),
}
"""By the name that the table of errors gives them. A workbook is always put off."""

JSON = "application/json"
_ADDRESS = ("kpi", "segment", "period")
_OUTCOMES = ("created", "updated", "unchanged", "queued")


def _as_csv(rows: list[list[Any]]) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


def _long(rows: list[Row]) -> list[list[Any]]:
    names = sorted({name for row in rows for name in row})
    return [names, *[[row.get(name) for name in names] for row in rows]]


def _wide(rows: list[Row]) -> list[list[Any]]:
    """Each row in a line of its own, under its period."""
    across = list(dict.fromkeys(row["period"] for row in rows))
    names = sorted({name for row in rows for name in row} - {"period", "value"})
    return [
        [*names, *across],
        *[
            [row.get(name) for name in names]
            + [row["value"] if period == row["period"] else None for period in across]
            for row in rows
        ],
    ]


RENDERED: dict[str, Callable[[list[Row]], bytes]] = {
    "json": lambda rows: json.dumps({"rows": rows}).encode(),
    "put": lambda rows: json.dumps({n: v for n, v in rows[-1].items() if n not in _ADDRESS}).encode(),
    "ndjson": lambda rows: "".join(f"{json.dumps(row)}\n" for row in rows).encode(),
    "csv": lambda rows: _as_csv(_long(rows)),
    "csv wide": lambda rows: _as_csv(_wide(rows)),
    "xlsx": lambda rows: workbook(("Values", _long(rows))),
    "xlsx wide": lambda rows: workbook(("Values", _wide(rows))),
}
"""Rows as each form has them; a PUT takes the last one, without what its address says."""


@dataclass
class Sent:
    """What goes through a door, and how it is described there."""

    content: bytes
    about: Row
    """The row that a PUT's address names."""
    content_type: str | None = None
    """Where it is not the door's own."""
    headers: dict[str, str] = field(default_factory=dict)
    suffix: str | None = None
    """Of the file's name at the command line, where it is not the kind's own."""


@dataclass
class Intake:
    """The doors of one plan, and who comes to them."""

    plan: PlanWorld
    client: httpx.AsyncClient
    """A program, signed in as an integration."""
    work: Work
    address: str
    machine: Machine
    folder: Path

    async def told(self, name: str, sent: Sent, *, by: Role = Role.PERFORMANCE_OFFICER) -> set[str]:
        """What was wrong by its codes, or the HTTP status where there are none; of what was taken, what
        became of it. ``by``: who sits at the screen.
        """
        door = DOORS[name]
        match door.way:
            case "push":
                return await self._pushed(door, sent)
            case "screen":
                client = await self.plan.client(by)
                shown = await self._sent(door, sent, client, {"dry_run": "true"})
                stored = await self._sent(door, sent, client, {})
                assert shown == stored, "the preview says something else than the storing"
                return stored
            case "later":
                later = {"Prefer": "respond-async"}
                return await self._sent(door, sent, self.client, {}, later)
            case _:
                return await self._sent(door, sent, self.client, {})

    async def _sent(
        self,
        door: Door,
        sent: Sent,
        client: httpx.AsyncClient,
        asked: dict[str, str],
        headers: dict[str, str] | None = None,
    ) -> set[str]:
        kind = sent.content_type or TYPES.get(door.kind, JSON)
        given = {"Content-Type": kind} | (headers or {}) | sent.headers
        answer = await client.request(
            "PUT" if door.form == "put" else "POST",
            self.path(door, sent.about),
            content=sent.content,
            params=asked,
            headers=given,
        )
        body = answer.json()
        if answer.status_code == 202 and body["status"] == "pending":
            await self.work()
            body = (await client.get(answer.headers["location"])).json()
            assert body["status"] != "pending"
        return _codes_in(answer.status_code, body)

    def path(self, door: Door, about: Row) -> str:
        match door.form:
            case "json":
                return self.plan.url("/measurements")
            case "put":
                segment = about.get("segment", "_all")
                return self.plan.url(f"/kpis/{about['kpi']}/measurements/{segment}/{about['period']}")
            case _:
                return self.plan.url("/measurement-files")

    async def _pushed(self, door: Door, sent: Sent) -> set[str]:
        """The codes stand in brackets at the ends of the lines printed."""
        file = self.folder / f"values.{sent.suffix or door.kind}"
        file.write_bytes(sent.content)
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
        if sending.result() == NOT_SENT:
            assert out.getvalue().startswith("turnstone push: "), out.getvalue()
            return {"not sent"}
        told = set(re.findall(r"\((\w+)\)$", out.getvalue(), re.M))
        return told or set(re.findall(rf"\d ({'|'.join(_OUTCOMES)})", out.getvalue()))


def _codes_in(status: int, body: Row) -> set[str]:
    submission = body.get("submission", body) if status == 422 else body
    if status not in (200, 201, 202, 422):
        return {str(status)}
    found = {error["code"] for error in body["errors"]}
    if isinstance(submission, dict):
        found |= {error["code"] for error in submission.get("errors", [])}
        found |= {submission["problem"]["code"]} if submission.get("problem") else set()
        found |= set() if found else {name for name in _OUTCOMES if submission.get(name)}
    return found
