"""A plan with one item of every kind, made through the API, and somebody who may do everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld

Json = dict[str, Any]

ABOUT_ACTION = {"kind": "action", "ref": "A1"}
ITEMS: tuple[tuple[str, str, Json], ...] = (
    ("theme", "/themes", {"ref": "T1", "title": "Workforce", "kind": "workstream"}),
    ("party", "/parties", {"ref": "head-of-qa", "kind": "role", "name": "Head of quality assurance"}),
    ("inspection", "/inspections", {"ref": "I1", "framework": "ilacs"}),
    ("recommendation", "/recommendations", {"ref": "R1", "text": "Improve it", "origin": "inspection"}),
    ("action", "/actions", {"ref": "A1", "title": "Do it", "due": "2030-03", "recommendations": ["R1"]}),
    (
        "kpi",
        "/kpis",
        {
            "ref": "K1",
            "title": "Seen in time",
            "unit": "percent",
            "polarity": "higher",
            "period_type": "month",
        },
    ),
    ("risk", "/risks", {"ref": "X1", "title": "Too few social workers"}),
    ("check", "/checks", {"ref": "C1", "about": ABOUT_ACTION, "title": "Dip sample", "kind": "dip_sample"}),
    ("narrative", "/narratives", {"about": [ABOUT_ACTION], "kind": "progress", "text": "It goes on."}),
    (
        "template",
        "/audit-templates",
        {"ref": "AT1", "title": "Practice audit", "domains": [{"ref": "overall", "title": "Overall"}]},
    ),
    ("audit", "/audits", {"template": "AT1", "month": "2026-02", "scores": {"overall": "good"}}),
    (
        "measure",
        "/audit-measures",
        {"kpi": "K1", "template": "AT1", "domain": "overall", "statistic": "share"},
    ),
    ("position", "/windscreen-positions", {"grade": "good", "reason": "Audits say so."}),
    ("feed", "/feeds", {"ref": "F1", "title": "Case management"}),
    ("note", "/source-notes", {"about": ABOUT_ACTION, "kind": "cut_off", "text": "Cut at the page's end."}),
    (
        "ladder",
        "/ladders",
        {
            "ref": "L1",
            "title": "Overdue",
            "stages": [{"title": "Head of service", "role": "senior_leader", "working_days": 5}],
        },
    ),
    (
        "escalation",
        "/escalations",
        {
            "title": "Stuck",
            "text": "No answer.",
            "cause": "lead_stuck",
            "ladder": "L1",
            "about": ABOUT_ACTION,
        },
    ),
)
"""In the order in which each can be made: its name in paths, the list it joins, its body."""


@dataclass(frozen=True)
class Furnished:
    plan: PlanWorld
    client: httpx.AsyncClient
    refs: dict[str, str]
    """Of the item of each kind, as paths name it."""

    def fill(self, path: str, **instead: str) -> str:
        """A path of the API's description, leading to these items."""
        for name, ref in (self.refs | instead).items():
            path = path.replace(f"{{{name}}}", ref)
        return path


_PUBLISHED = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name,rate\r\n2025,Reporting year,National,E92000001,England,,,,,,22.6\r\n"
)


async def _published(client: httpx.AsyncClient, plan: PlanWorld) -> Json:
    """Refs of a dataset with a release, of its series, and of its pairing with K1."""
    at = f"/v1/benchmarks/{plan.ref}"
    new = {"ref": plan.ref, "title": "Re-referrals", "source": "Department for Education"}
    assert (await client.post("/v1/benchmarks", json=new)).status_code == 201
    made = await client.post(
        f"{at}/releases?released_on=2025-10-30&dry_run=false",
        content=_PUBLISHED,
        headers={"Content-Type": "text/csv"},
    )
    assert made.status_code == 201, made.text
    release = made.json()["release"]
    (series,) = (await client.get(f"{at}/releases/{release}/series")).json()["items"]
    later = await client.post(
        f"{at}/releases?released_on=2025-10-30",
        content=_PUBLISHED,
        headers={"Content-Type": "text/csv", "Prefer": "respond-async"},
    )
    assert later.status_code == 202, later.text
    pair = {"dataset": plan.ref, "indicator": "rate", "period_alike": True, "definition_alike": True}
    paired = await client.post(plan.url("/kpis/K1/benchmark-pairings"), json=pair)
    assert paired.status_code == 201, paired.text
    return {
        "dataset": plan.ref,
        "release": str(release),
        "import_id": str(later.json()["import"]),
        "series": str(series["series"]),
        "pairing": str(paired.json()["pairing"]),
    }


async def furnish(plan: PlanWorld) -> Furnished:
    user = await plan.service.new_user("Everything", admin=True)
    await plan.member(user, Role.PROGRAMME_MANAGER)
    client = await plan.service.client_of(user)
    refs = {"plan": plan.ref, "segment": "_all", "period": "2026-01", "user": str(user.id)}
    for kind, path, body in ITEMS:
        made = await client.post(plan.url(path), json=body)
        assert made.status_code == 201, f"{path}: {made.text}"
        refs[kind] = made.headers["location"].rsplit("/", 1)[-1]
    refs |= await _published(client, plan)
    put = await client.put(plan.url("/kpis/K1/measurements/_all/2026-01"), json={"value": 81.5})
    assert put.status_code == 201, put.text
    return Furnished(plan, client, refs)
