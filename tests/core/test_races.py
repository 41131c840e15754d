"""Two people at once: one wins, the other is told, and nothing half-done is left."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.actions.making import an_action, problem, version_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi

NEW: dict[str, dict[str, Any]] = {
    "actions": {"title": "Recruit"},
    "recommendations": {"text": "Improve", "origin": "inspection"},
    "kpis": {"title": "Visits", "unit": "percent", "polarity": "higher", "period_type": "month"},
    "themes": {"title": "Care", "kind": "workstream"},
    "parties": {"name": "Head of care", "kind": "role"},
    "risks": {"title": "Agency staff"},
    "checks": {"title": "Audit", "kind": "audit", "about": {"kind": "plan"}},
    "feeds": {"title": "Case system"},
    "inspections": {"framework": "ilacs"},
}
CHANGE = {"recommendations": "text", "parties": "name"}


def renamed(kind: str, words: str) -> dict[str, str]:
    return {CHANGE.get(kind, "title"): words}


async def both(*requests: Any) -> list[httpx.Response]:
    return list(await asyncio.gather(*requests))


def statuses(answers: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


@pytest.mark.parametrize("kind", NEW)
class TestItems:
    async def test_of_two_with_one_ref_one_is_made(self, plan: PlanWorld, kind: str) -> None:
        manager = await plan.manager()
        answers = await both(
            *(manager.post(plan.url(f"/{kind}"), json=NEW[kind] | {"ref": ref}) for ref in ("n1", "N1"))
        )
        assert statuses(answers) == {201: 1, 409: 1}, [answer.text for answer in answers]

    async def test_of_two_changes_from_one_version_one_is_kept(self, plan: PlanWorld, kind: str) -> None:
        manager = await plan.manager()
        await manager.post(plan.url(f"/{kind}"), json=NEW[kind] | {"ref": "n1"})
        url, tag = plan.url(f"/{kind}/n1"), await version_of(plan, f"/{kind}/n1")
        answers = await both(
            *(
                manager.patch(url, json=renamed(kind, words), headers={"If-Match": tag})
                for words in ("Mine", "Yours")
            )
        )
        assert statuses(answers) == {200: 1, 412: 1}, [answer.text for answer in answers]
        (kept,) = [answer.json() for answer in answers if answer.status_code == 200]
        (name,) = renamed(kind, "")
        assert (await manager.get(url)).json()[name] == kept[name]


@pytest.mark.parametrize("kind", NEW)
class TestDeletion:
    async def test_a_change_and_a_deletion_do_not_both_happen(self, plan: PlanWorld, kind: str) -> None:
        manager = await plan.manager()
        for attempt in range(4):
            ref = f"n{attempt}"
            await manager.post(plan.url(f"/{kind}"), json=NEW[kind] | {"ref": ref})
            url, tag = plan.url(f"/{kind}/{ref}"), await version_of(plan, f"/{kind}/{ref}")
            headers = {"If-Match": tag}
            changed, deleted = await both(
                manager.patch(url, json=renamed(kind, "Mine"), headers=headers),
                manager.delete(url, headers=headers),
            )
            if deleted.status_code == 204:
                assert problem(changed) == (404, "not-found")
            else:
                assert (changed.status_code, problem(deleted)) == (200, (412, "edit-conflict"))

    async def test_of_two_deletions_the_second_finds_nothing(self, plan: PlanWorld, kind: str) -> None:
        manager = await plan.manager()
        await manager.post(plan.url(f"/{kind}"), json=NEW[kind] | {"ref": "n1"})
        headers = {"If-Match": await version_of(plan, f"/{kind}/n1")}
        answers = await both(*(manager.delete(plan.url(f"/{kind}/n1"), headers=headers) for _ in range(2)))
        assert statuses(answers) == {204: 1, 404: 1}, [answer.text for answer in answers]


class TestTrees:
    @pytest.mark.parametrize("kind", ["actions", "kpis"])
    async def test_two_moves_make_no_ring(self, plan: PlanWorld, kind: str) -> None:
        manager = await plan.manager()
        for ref in ("A", "B"):
            await (an_action if kind == "actions" else a_kpi)(plan, ref)
        tags = {ref: await version_of(plan, f"/{kind}/{ref}") for ref in ("A", "B")}
        answers = await both(
            *(
                manager.patch(
                    plan.url(f"/{kind}/{ref}"), json={"parent": under}, headers={"If-Match": tags[ref]}
                )
                for ref, under in (("A", "B"), ("B", "A"))
            )
        )
        assert statuses(answers) == {200: 1, 422: 1}, [answer.text for answer in answers]


class TestRefs:
    async def test_two_items_are_not_corrected_to_one_ref(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        for ref in ("A", "B"):
            await an_action(plan, ref)
        tags = {ref: await version_of(plan, f"/actions/{ref}") for ref in ("A", "B")}
        answers = await both(
            *(
                manager.patch(plan.url(f"/actions/{ref}"), json={"ref": "C"}, headers={"If-Match": tags[ref]})
                for ref in ("A", "B")
            )
        )
        assert statuses(answers) == {200: 1, 409: 1}, [answer.text for answer in answers]

    async def test_a_new_item_does_not_take_a_ref_that_is_being_left(self, plan: PlanWorld) -> None:
        """Either the old ref leads on to the item, or it is another item's own: never neither."""
        manager = await plan.manager()
        await an_action(plan, "A")
        tag = await version_of(plan, "/actions/A")
        await both(
            manager.patch(plan.url("/actions/A"), json={"ref": "B"}, headers={"If-Match": tag}),
            manager.post(plan.url("/actions"), json={"ref": "A", "title": "Another"}),
        )
        assert (await manager.get(plan.url("/actions/B"))).status_code == 200
        assert (await manager.get(plan.url("/actions/A"))).status_code in {200, 308}
