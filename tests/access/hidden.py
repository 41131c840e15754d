"""A plan with one action and one KPI given to its limited readers, and everything else kept from them.

Whatever they must not see bears MARK in its ref, its name and its words, so that any answer that
tells of it can be found by looking for that one word.
"""

from __future__ import annotations

from typing import Any

from api.vocabulary import Role
from tests.factories.world import PlanWorld

MARK = "zebra"

GIVEN_TO = (Role.PARTNER, Role.INSPECTOR)


async def a_plan_with_much_to_hide(plan: PlanWorld) -> None:
    """Fills the plan, and gives action ``G1``, KPI ``GK1`` and their recommendation ``GR1``."""
    manager = await plan.manager()

    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await manager.post(plan.url(path), json=body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        made: dict[str, Any] = answer.json()
        return made

    await post("/parties", {"ref": "seen", "kind": "role", "name": "Head of what is seen"})
    await post("/parties", {"ref": MARK, "kind": "role", "name": f"Head of {MARK}", "aliases": [MARK]})
    for ref in ("GR1", f"{MARK}-R"):
        words = MARK if MARK in ref else "seen"
        await post(
            "/recommendations",
            {"ref": ref, "text": f"Improve {words}", "origin": "inspection", "leads": [_lead(ref)]},
        )
    await post("/actions", {"ref": f"{MARK}-P", "title": f"Above {MARK}", "leads": [MARK]})
    hidden_kpi = {"unit": "percent", "polarity": "higher", "period_type": "month"}
    await post("/kpis", {"ref": f"{MARK}-KP", "title": f"Above {MARK}"} | hidden_kpi)
    await post("/kpis", {"ref": f"{MARK}-K", "title": f"Share of {MARK}", "leads": [MARK]} | hidden_kpi)
    await post(f"/kpis/{MARK}-K/rebases", {"from_period": "2026-01", "reason": MARK})
    await post("/feeds", {"ref": MARK, "title": f"Feed {MARK}", "owner": MARK})
    await post(
        "/kpis",
        {
            "ref": "GK1",
            "title": "Visits in time",
            "parent": f"{MARK}-KP",
            "feed": MARK,
            "recommendations": [
                {"recommendation": f"{MARK}-R", "wording": f"In words of {MARK}", "leads": [MARK]}
            ],
            "leads": ["seen"],
        }
        | hidden_kpi,
    )
    await post(
        "/actions",
        {
            "ref": "G1",
            "title": "Visit in time",
            "parent": f"{MARK}-P",
            "recommendations": ["GR1"],
            "kpis": [f"{MARK}-K", "GK1"],
            "leads": ["seen"],
        },
    )
    await post("/actions", {"ref": f"{MARK}-C", "title": f"Beneath {MARK}", "parent": "G1"})
    await post(
        "/actions",
        {"ref": f"{MARK}-A", "title": f"Do {MARK}", "recommendations": [f"{MARK}-R"], "leads": [MARK]},
    )
    for kpi in ("GK1", f"{MARK}-K"):
        rows = [{"kpi": kpi, "period": "2026-01", "value": 50, "note": "seen" if kpi == "GK1" else MARK}]
        await post("/measurements", {"rows": rows})
    await post(
        "/narratives",
        {"kind": "progress", "text": f"All about {MARK}", "about": [{"kind": "action", "ref": f"{MARK}-A"}]},
    )
    await post(
        "/narratives",
        {
            "kind": "progress",
            "text": "About both",
            "about": [{"kind": "action", "ref": "G1"}, {"kind": "action", "ref": f"{MARK}-A"}],
        },
    )
    await post("/risks", {"ref": f"{MARK}-X", "title": f"Risk of {MARK}", "actions": ["G1"]})
    await post(
        "/checks", {"ref": f"{MARK}-S", "title": f"Look at {MARK}", "kind": "audit", "about": _at("G1")}
    )
    await post("/source-notes", {"text": f"Doubt of {MARK}", "kind": "other", "about": _at("G1")})
    await post(
        "/ladders",
        {"ref": "stuck", "title": "Stuck", "stages": [{"title": "First", "working_days": 5}]},
    )
    for about in (_at("G1"), _at(f"{MARK}-A")):
        await post(
            "/escalations",
            {
                "title": f"Stuck on {MARK}",
                "text": MARK,
                "cause": "lead_stuck",
                "ladder": "stuck",
                "about": about,
            },
        )
    await _correct_a_ref(plan)
    for role in GIVEN_TO:
        await _give(plan, role)


async def a_hidden_pairing(plan: PlanWorld) -> int:
    """The id of a pairing of the hidden KPI with figures that anyone may read."""
    dataset = await plan.service.one(
        "insert into benchmark_dataset (ref, title, kind, source) values (%s, 'x', 'figures', 'x')"
        " returning id",
        plan.ref,
    )
    pairing: int = await plan.service.one(
        "insert into kpi_benchmark (plan_id, kpi_id, dataset_id, indicator, filters, reason)"
        " select plan_id, id, %s, 'rate', '{}', %s from kpi where plan_id = %s and ref = %s returning id",
        dataset,
        MARK,
        plan.id,
        f"{MARK}-K",
    )
    return pairing


def _lead(ref: str) -> str:
    return MARK if MARK in ref else "seen"


def _at(ref: str) -> dict[str, str]:
    return {"kind": "action", "ref": ref}


async def _correct_a_ref(plan: PlanWorld) -> None:
    """Leaves an old ref that leads on to an item which is hidden."""
    manager = await plan.manager()
    read = await manager.get(plan.url(f"/actions/{MARK}-C"))
    answer = await manager.patch(
        plan.url(f"/actions/{MARK}-C"), json={"ref": f"{MARK}-C2"}, headers={"If-Match": read.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text


async def _give(plan: PlanWorld, role: Role) -> None:
    user, one = await plan.user(role), plan.service.one
    membership = await one(
        "select id from membership where plan_id = %s and principal_id = %s", plan.id, user.id
    )
    for column, table, ref in (("action_id", "action", "G1"), ("kpi_id", "kpi", "GK1")):
        await plan.service.owner.execute(
            f"insert into membership_item (plan_id, membership_id, {column})"
            f" select plan_id, %s, id from {table} where plan_id = %s and ref = %s",
            (membership, plan.id, ref),
        )


async def token_given(plan: PlanWorld, kpi: str) -> str:
    """The token of a system that may push and read this one KPI."""
    admin = await plan.service.admin()
    made = await admin.post("/v1/integrations", json={"name": "System", "scopes": ["measurement:write"]})
    assert made.status_code == 201, made.text
    system = made.json()
    member = {"client_id": system["client_id"], "role": "integration"}
    added = await (await plan.manager()).post(
        plan.url("/members"), json=member | {"items": [{"kind": "kpi", "ref": kpi}]}
    )
    assert added.status_code == 201, added.text
    form = {"client_id": system["client_id"], "client_secret": system["secret"]}
    answer = await admin.post("/v1/auth/token", data=form | {"grant_type": "client_credentials"})
    token: str = answer.json()["access_token"]
    return token
