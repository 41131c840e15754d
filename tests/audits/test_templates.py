from __future__ import annotations

from typing import Any

import pytest

from api.audits.template_schemas import AuditTemplateRead
from api.vocabulary import Role
from tests.actions.making import (
    Json,
    delete,
    fits,
    patch,
    pointers,
    post,
    problem,
    read,
    refs,
    version_of,
)
from tests.audits.making import (
    BANDS,
    GRADED,
    SCALE,
    SCORED,
    a_scored_template,
    a_template,
    an_audit,
)
from tests.factories.world import PlanWorld

PATH = "/audit-templates/practice"


async def put(plan: PlanWorld, body: Json, *, etag: str | None = None) -> Any:
    headers = {"If-Match": etag or await version_of(plan, PATH)}
    return await (await plan.manager()).put(plan.url(PATH), json=body, headers=headers)


class TestCreate:
    async def test_holds_all_it_is_given(self, plan: PlanWorld) -> None:
        made = await a_scored_template(plan, moderation_expected=True)
        fits(AuditTemplateRead, made)
        assert (made["edition"], made["is_latest"], made["moderation_expected"]) == (1, True, True)
        assert made["domains"] == SCORED and made["scale"] == SCALE
        assert (made["audits"], made["kpis"]) == (0, [])

    async def test_graded_domains_need_no_scale(self, plan: PlanWorld) -> None:
        made = await a_template(plan)
        assert made["scale"] is None and [d["scale"] for d in made["domains"]] == ["grade"] * 3

    async def test_a_ref_is_taken_once(self, plan: PlanWorld) -> None:
        await a_template(plan)
        body = {"ref": "PRACTICE", "title": "Again", "domains": GRADED}
        assert problem(await post(plan, "/audit-templates", body)) == (409, "ref-taken")

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"domains": []}, "/domains"),
            ({"domains": [GRADED[0], GRADED[0] | {"ref": "ASSESSMENT"}]}, "/domains"),
            ({"domains": SCORED}, ""),
            ({"scale": SCALE}, ""),
            ({"domains": SCORED, "scale": SCALE | {"highest": 1}}, "/scale"),
            ({"domains": SCORED, "scale": SCALE | {"bands": BANDS[1:]}}, "/scale"),
            ({"domains": SCORED, "scale": SCALE | {"bands": [BANDS[0], BANDS[2], BANDS[1]]}}, "/scale"),
            ({"domains": SCORED, "scale": SCALE | {"highest": 8}}, "/scale"),
            ({"domains": SCORED, "scale": SCALE | {"bands": [BANDS[0], BANDS[0] | {"lowest": 2}]}}, "/scale"),
            ({"domains": [{"ref": "x", "title": "x", "scale": "stars"}]}, "/domains/0/scale"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, plan: PlanWorld, fields: Json, pointer: str) -> None:
        body = {"ref": "practice", "title": "Audit", "domains": GRADED} | fields
        assert pointers(await post(plan, "/audit-templates", body)) == [pointer]

    async def test_is_for_those_who_keep_kpis(self, plan: PlanWorld) -> None:
        body = {"ref": "practice", "title": "Audit", "domains": GRADED}
        assert problem(await post(plan, "/audit-templates", body, role=Role.SENIOR_LEADER)) == (
            403,
            "not-allowed",
        )
        made = await post(plan, "/audit-templates", body, role=Role.PERFORMANCE_OFFICER)
        assert made.status_code == 201


class TestReplace:
    NEXT: Json = {"title": "Practice, revised", "domains": [*GRADED, {"ref": "plan", "title": "Planning"}]}

    async def test_makes_the_next_edition_and_the_old_stays_readable(self, plan: PlanWorld) -> None:
        await a_template(plan)
        audit = await an_audit(plan)
        after = await put(plan, self.NEXT)
        assert after.status_code == 200, after.text
        made = after.json()
        assert (made["edition"], made["title"], made["audits"]) == (2, "Practice, revised", 0)
        assert [d["ref"] for d in made["domains"]] == ["assessment", "voice", "overall", "plan"]
        first = await read(plan, PATH, edition=1)
        assert (first["is_latest"], first["audits"], len(first["domains"])) == (False, 1, 3)
        assert (await read(plan, f"/audits/{audit['ref']}"))["edition"] == 1

    async def test_a_stale_edit_is_refused(self, plan: PlanWorld) -> None:
        await a_template(plan)
        etag = await version_of(plan, PATH)
        await put(plan, self.NEXT)
        answer = await put(plan, self.NEXT | {"title": "Mine"}, etag=etag)
        assert problem(answer) == (412, "edit-conflict")
        assert (await read(plan, PATH))["edition"] == 2

    async def test_an_edition_that_is_not_there(self, plan: PlanWorld) -> None:
        await a_template(plan)
        answer = await (await plan.manager()).get(plan.url(PATH), params={"edition": 2})
        assert problem(answer) == (404, "not-found")


class TestUpdate:
    async def test_a_disabled_one_takes_no_new_audits(self, plan: PlanWorld) -> None:
        await a_template(plan)
        audit = await an_audit(plan)
        after = await patch(plan, PATH, {"is_enabled": False})
        assert (after.json()["is_enabled"], after.json()["edition"]) == (False, 1)
        refused = await post(
            plan, "/audits", {"template": "practice", "month": "2026-08", "scores": {"overall": "good"}}
        )
        assert pointers(refused) == ["/template"]
        mended = await patch(plan, f"/audits/{audit['ref']}", {"scores": {"overall": "inadequate"}})
        assert mended.status_code == 200, mended.text


class TestList:
    async def test_shows_the_latest_edition_of_each(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_template(plan, "themed", is_enabled=False)
        await put(plan, TestReplace.NEXT)
        listed = (await read(plan, "/audit-templates"))["items"]
        assert [(t["ref"], t["edition"]) for t in listed] == [("practice", 2), ("themed", 1)]
        assert await refs(plan, "/audit-templates", enabled="false") == ["themed"]


class TestDelete:
    async def test_goes_with_all_its_editions_while_nothing_was_made_on_it(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        assert (await delete(plan, PATH)).status_code == 204
        assert await refs(plan, "/audit-templates") == []

    async def test_audits_keep_it(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await an_audit(plan)
        assert problem(await delete(plan, PATH)) == (409, "in-use")
