"""A closed plan: its content stands still, its clock stands at its as-at date."""

from __future__ import annotations

import httpx
import pytest

from api.auth.dependencies import LONDON
from api.vocabulary import Role
from tests.factories.world import PlanWorld


async def close(plan: PlanWorld) -> None:
    await plan.service.owner.execute(
        "update plan set status = 'closed', as_at = '2018-09-19' where id = %s", (plan.id,)
    )


def is_refused_as_closed(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and "closed" in answer.json()["detail"]


class TestWrites:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/actions", {"ref": "A1", "title": "Do it"}),
            ("/themes", {"ref": "T1", "kind": "theme", "title": "One"}),
            ("/parties", {"ref": "lead", "kind": "role", "name": "Lead"}),
            ("/inspections", {"ref": "visit", "framework": "focused_visit"}),
            ("/source-notes", {"about": {"kind": "plan"}, "kind": "missing", "text": "No dates."}),
        ],
    )
    async def test_nothing_is_added_to_a_closed_plan(
        self, plan: PlanWorld, path: str, body: dict[str, object]
    ) -> None:
        client = await plan.manager()
        assert (await client.post(plan.url(path), json=body)).status_code == 201
        await close(plan)
        assert is_refused_as_closed(await client.post(plan.url(path), json=body))

    async def test_an_item_of_a_closed_plan_is_neither_changed_nor_deleted(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        made = await client.post(plan.url("/actions"), json={"ref": "A1", "title": "Do it"})
        await close(plan)
        match = {"If-Match": made.headers["etag"]}
        address = plan.url("/actions/A1")
        assert is_refused_as_closed(await client.patch(address, json={"title": "X"}, headers=match))
        assert is_refused_as_closed(await client.delete(address, headers=match))
        assert (await client.get(address)).json()["title"] == "Do it"

    async def test_who_may_not_write_hears_that_first(self, plan: PlanWorld) -> None:
        await close(plan)
        auditor = await plan.client(Role.INTERNAL_AUDITOR)
        answer = await auditor.post(plan.url("/actions"), json={"ref": "A1", "title": "Do it"})
        assert answer.status_code == 403

    async def test_an_answer_given_before_closing_is_given_again(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        new = {"ref": "A1", "title": "Do it"}
        key = {"Idempotency-Key": plan.ref}
        first = await client.post(plan.url("/actions"), json=new, headers=key)
        await close(plan)
        again = await client.post(plan.url("/actions"), json=new, headers=key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"


class TestExceptions:
    async def test_its_own_page_is_edited_and_it_is_opened_again(self, plan: PlanWorld) -> None:
        await close(plan)
        client = await plan.manager()
        held = await client.get(plan.url())
        opened = await client.patch(
            plan.url(), json={"status": "active"}, headers={"If-Match": held.headers["etag"]}
        )
        assert (opened.status_code, opened.json()["status"]) == (200, "active")
        new = {"ref": "A1", "title": "Do it"}
        assert (await client.post(plan.url("/actions"), json=new)).status_code == 201

    async def test_its_doubts_are_settled(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        new = {"about": {"kind": "plan"}, "kind": "missing", "text": "No dates."}
        note = await client.post(plan.url("/source-notes"), json=new)
        await close(plan)
        settled = await client.patch(
            note.headers["location"],
            json={"settled": True, "settlement": "Found in the appendix."},
            headers={"If-Match": note.headers["etag"]},
        )
        assert (settled.status_code, settled.json()["settled"]) == (200, True)


class TestClock:
    async def test_lateness_is_judged_on_the_as_at_date(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        new = {"ref": "A1", "title": "Do it", "due": "2018-09-30"}
        await client.post(plan.url("/actions"), json=new)
        assert (await client.get(plan.url("/actions/A1"))).json()["is_overdue"] is True
        await close(plan)
        assert (await client.get(plan.url("/actions/A1"))).json()["is_overdue"] is False
        assert (await client.get(plan.url())).json()["judged_on"] == "2018-09-19"

    async def test_a_look_back_before_it_was_closed_has_that_days_clock(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        moment = await plan.service.one("select clock_timestamp()")
        await close(plan)
        was = (await client.get(plan.url(), params={"as_of": moment.isoformat()})).json()
        assert was["status"] == "active"
        assert was["judged_on"] == moment.astimezone(LONDON).date().isoformat()


class TestLookingBackIsNoWayIn:
    async def test_an_ended_membership_does_not_read_the_days_it_covered(self, plan: PlanWorld) -> None:
        auditor = await plan.client(Role.INTERNAL_AUDITOR)
        assert (await auditor.get(plan.url())).status_code == 200
        moment = await plan.service.one("select clock_timestamp()")
        await plan.service.owner.execute(
            "update membership set ends_on = current_date - 1 where plan_id = %s", (plan.id,)
        )
        for params in ({}, {"as_of": moment.isoformat()}):
            assert (await auditor.get(plan.url(), params=params)).status_code == 404
