"""Files in the shape of published statistics, and datasets made of them through the API."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi

Json = dict[str, Any]

HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
SOUTH_WEST = ("E12000009", "South West")
NEIGHBOUR_HEADER = "old_la_code,la_name,region_ind,region_name," + ",".join(
    f"SN_{place},SN_{place}P" for place in range(1, 11)
)


def england(cells: str, year: str = "2025", identifier: str = "Reporting year") -> str:
    return f"{year},{identifier},National,E92000001,England,,,,,,{cells}"


def region(
    cells: str, year: str = "2025", of: tuple[str, str] = SOUTH_WEST, identifier: str = "Reporting year"
) -> str:
    return f"{year},{identifier},Regional,E92000001,England,{of[0]},{of[1]},,,,{cells}"


def authority(
    code: str,
    cells: str,
    year: str = "2025",
    *,
    new_code: str | None = None,
    of: tuple[str, str] = SOUTH_WEST,
    identifier: str = "Reporting year",
) -> str:
    """``code`` is the three-digit number; the ONS code follows from it unless given."""
    ons = f"E06000{code}" if new_code is None else new_code
    place = f"{of[0]},{of[1]},{code},{ons},Council {code}"
    return f"{year},{identifier},Local authority,E92000001,England,{place},{cells}"


def a_file(lines: Iterable[str], columns: str = "rate", *, header: str = HEADER) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"{header},{columns}", *lines)).encode()


def neighbours_file(neighbours: Mapping[str, Iterable[str]]) -> bytes:
    """With the trailing spaces that the real table has."""
    lines = [NEIGHBOUR_HEADER]
    for code, named in neighbours.items():
        cells = [f"{neighbour},Close " for neighbour in named]
        cells += [","] * (10 - len(cells))
        lines.append(f"{code},Council {code},7,South West,{','.join(cells)}")
    return "".join(f"{line}\n" for line in lines).encode()


def a_ref(stem: str = "set") -> str:
    return f"{stem}-{secrets.token_hex(5)}"


async def a_dataset(plan: PlanWorld, **fields: Any) -> str:
    """A dataset of one indicator, ``rate``, unless ``fields`` say otherwise; returns its ref."""
    body = {
        "ref": a_ref(),
        "title": "Re-referrals",
        "source": "Department for Education",
        "indicators": [{"name": "rate", "title": "Re-referrals in twelve months", "decimals": 1}],
    } | fields
    answer = await (await plan.client(Role.PERFORMANCE_OFFICER)).post("/v1/benchmarks", json=body)
    assert answer.status_code == 201, answer.text
    return str(body["ref"])


async def send(
    plan: PlanWorld,
    dataset: str,
    file: bytes,
    *,
    apply: bool = True,
    released_on: str = "2025-10-30",
    role: Role = Role.PERFORMANCE_OFFICER,
    content_type: str = "text/csv",
    **query: Any,
) -> httpx.Response:
    params: Json = {"released_on": released_on, "dry_run": not apply}
    return await (await plan.client(role)).post(
        f"/v1/benchmarks/{dataset}/releases",
        content=file,
        params=params | query,
        headers={"Content-Type": content_type},
    )


async def imported(plan: PlanWorld, dataset: str, file: bytes, **query: Any) -> Json:
    answer = await send(plan, dataset, file, **query)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told


async def refused(plan: PlanWorld, dataset: str, file: bytes) -> list[tuple[int, str | None, str]]:
    """Line, column and code of each error of a file that is not taken; nothing of it is held."""
    answer = await send(plan, dataset, file)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/v1/problems/invalid"
    held = await (await plan.manager()).get(f"/v1/benchmarks/{dataset}/releases")
    assert held.json()["items"] == []
    return [(error["line"], error["column"], error["code"]) for error in answer.json()["import"]["errors"]]


async def is_authority(plan: PlanWorld, *, la_code: str | None = None, code: str | None = None) -> None:
    """Give the plan's own authority these codes."""
    await plan.service.owner.execute(
        "update authority set la_code = %s, code = %s where ref = %s", (la_code, code, plan.ref)
    )


async def paired(plan: PlanWorld, kpi: str, dataset: str, **fields: Any) -> Json:
    """Set a KPI against the dataset's ``rate``, like with like unless ``fields`` say otherwise."""
    body = {
        "dataset": dataset,
        "indicator": "rate",
        "period_alike": True,
        "definition_alike": True,
    } | fields
    answer = await (await plan.manager()).post(plan.url(f"/kpis/{kpi}/benchmark-pairings"), json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def beside(plan: PlanWorld, kpi: str = "K1", *, role: Role = Role.BOARD_MEMBER, **query: Any) -> Json:
    """The KPI's first pairing with its figures."""
    answer = await (await plan.client(role)).get(plan.url(f"/kpis/{kpi}/benchmarks"), params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()["benchmarks"][0]
    return found


async def a_yearly_kpi(plan: PlanWorld, ref: str = "K1", **fields: Any) -> Json:
    return await a_kpi(plan, ref, **({"polarity": "lower", "period_type": "financial_year"} | fields))
