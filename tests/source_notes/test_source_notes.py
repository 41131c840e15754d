"""Source notes: doubts, settled with words and opened again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service

NOTE = {"about": {"kind": "action", "ref": "a1"}, "kind": "cut_off", "text": "The deadline is cut off."}


@pytest.fixture(autouse=True)
async def action(plan: PlanWorld) -> None:
    new = {"ref": "A1", "title": "Re-launch the toolkit"}
    await (await plan.manager()).post(plan.url("/actions"), json=new)


async def add(plan: PlanWorld, **changes: Any) -> httpx.Response:
    return await (await plan.manager()).post(plan.url("/source-notes"), json=NOTE | changes)


async def change(plan: PlanWorld, held: httpx.Response, patch: dict[str, Any]) -> httpx.Response:
    return await (await plan.manager()).patch(
        plan.url(f"/source-notes/{held.json()['id']}"),
        json=patch,
        headers={"If-Match": held.headers["etag"]},
    )


class TestCreateSourceNote:
    async def test_stays_open_about_its_item(self, plan: PlanWorld) -> None:
        made = await add(plan)
        assert made.status_code == 201
        note = made.json()
        assert note["about"] == {"kind": "action", "ref": "A1", "title": "Re-launch the toolkit"}
        assert (note["settled"], note["settlement"], note["settled_by"]) == (False, None, None)
        again = await (await plan.manager()).get(made.headers["location"])
        assert again.json() == note
        assert (await (await plan.manager()).get(plan.url("/actions/A1"))).json()["doubts"] == 1

    async def test_may_be_about_the_plan_itself(self, plan: PlanWorld) -> None:
        note = (await add(plan, about={"kind": "plan"})).json()
        assert note["about"] == {"kind": "plan", "ref": None, "title": f"Plan {plan.ref}"}

    @pytest.mark.parametrize(
        ("part", "pointer"),
        [
            ({"about": {"kind": "action", "ref": "A9"}}, "/about/ref"),
            ({"about": {"kind": "action"}}, "/about"),
            ({"kind": "rumour"}, "/kind"),
            ({"text": ""}, "/text"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, part: dict[str, Any], pointer: str) -> None:
        refused = await add(plan, **part)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_performance_officers_may_and_action_leads_may_not(self, plan: PlanWorld) -> None:
        for role, status in ((Role.PERFORMANCE_OFFICER, 201), (Role.ACTION_LEAD, 403), (Role.INSPECTOR, 403)):
            answer = await (await plan.client(role)).post(plan.url("/source-notes"), json=NOTE)
            assert answer.status_code == status


class TestListSourceNotes:
    @pytest.mark.parametrize(
        ("params", "kinds"),
        [
            ({}, ["cut_off", "missing", "footnote"]),
            ({"kind": ["missing", "footnote"]}, ["missing", "footnote"]),
            ({"settled": "false"}, ["cut_off", "missing"]),
            ({"settled": "true"}, ["footnote"]),
            ({"about": "action:A1"}, ["cut_off"]),
            ({"about": "plan"}, ["missing", "footnote"]),
            ({"about": "action:A2"}, []),
            ({"q": "printed TABLE"}, ["missing"]),
            ({"q": "appendix"}, ["footnote"]),
            ({"sort": "-position", "limit": "1"}, ["footnote"]),
        ],
    )
    async def test_filters_and_searches(
        self, plan: PlanWorld, params: dict[str, Any], kinds: list[str]
    ) -> None:
        await add(plan)
        await add(plan, about={"kind": "plan"}, kind="missing", text="No table is printed.")
        held = await add(plan, about={"kind": "plan"}, kind="footnote", text="See the note.")
        await change(plan, held, {"settled": True, "settlement": "It is in the appendix."})
        answer = await (await plan.manager()).get(plan.url("/source-notes"), params=params)
        assert [note["kind"] for note in answer.json()["items"]] == kinds

    async def test_an_auditor_reads_them_and_a_visitor_does_not(self, plan: PlanWorld) -> None:
        for role, status in ((Role.INTERNAL_AUDITOR, 200), (Role.INSPECTOR, 403), (Role.PARTNER, 403)):
            answer = await (await plan.client(role)).get(plan.url("/source-notes"))
            assert answer.status_code == status

    async def test_another_plans_is_not_found(self, service: Service, plan: PlanWorld) -> None:
        note = (await add(plan)).json()
        other = await service.new_plan()
        answer = await (await other.manager()).get(other.url(f"/source-notes/{note['id']}"))
        assert answer.status_code == 404


class TestUpdateSourceNote:
    async def test_settles_with_words_and_says_who_and_when(self, plan: PlanWorld) -> None:
        settled = await change(plan, await add(plan), {"settled": True, "settlement": "31 March 2018."})
        note = settled.json()
        assert (note["settled"], note["settlement"]) == (True, "31 March 2018.")
        assert note["settled_by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name
        assert note["settled_at"].endswith("Z")
        assert (await (await plan.manager()).get(plan.url("/actions/A1"))).json()["doubts"] == 0

    async def test_opens_again_and_history_keeps_the_words(self, plan: PlanWorld) -> None:
        settled = await change(plan, await add(plan), {"settled": True, "settlement": "31 March 2018."})
        moment = await plan.service.one("select clock_timestamp()")
        opened = await change(plan, settled, {"settled": False})
        assert (opened.json()["settled"], opened.json()["settlement"]) == (False, None)
        assert (opened.json()["settled_by"], opened.json()["settled_at"]) == (None, None)
        was = await (await plan.manager()).get(
            plan.url(f"/source-notes/{opened.json()['id']}"), params={"as_of": moment.isoformat()}
        )
        assert was.json()["settlement"] == "31 March 2018."

    async def test_rewording_keeps_who_settled_it(self, plan: PlanWorld) -> None:
        settled = await change(plan, await add(plan), {"settled": True, "settlement": "31 March 2018."})
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        reworded = await officer.patch(
            plan.url(f"/source-notes/{settled.json()['id']}"),
            json={"settlement": "30 March 2018."},
            headers={"If-Match": settled.headers["etag"]},
        )
        assert reworded.json()["settlement"] == "30 March 2018."
        assert reworded.json()["settled_by"] == settled.json()["settled_by"]

    @pytest.mark.parametrize(
        ("patch", "pointer"),
        [
            ({"settled": True}, "/settlement"),
            ({"settlement": "Words alone."}, "/settlement"),
            ({"settled": None}, "/settled"),
            ({"text": "Another doubt."}, "/text"),
        ],
    )
    async def test_points_at_what_is_wrong(
        self, plan: PlanWorld, patch: dict[str, Any], pointer: str
    ) -> None:
        refused = await change(plan, await add(plan), patch)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_a_stale_version_is_refused(self, plan: PlanWorld) -> None:
        held = await add(plan)
        await change(plan, held, {"settled": True, "settlement": "Theirs."})
        stale = await change(plan, held, {"settled": True, "settlement": "Yours."})
        assert stale.status_code == 412
        fields = {field["field"]: field for field in stale.json()["fields"]}
        assert (fields["settlement"]["theirs"], fields["settlement"]["yours"]) == ("Theirs.", "Yours.")
