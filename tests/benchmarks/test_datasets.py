"""Datasets: made and changed by those who import, read by anyone signed in."""

from __future__ import annotations

import pytest

from api.vocabulary import Role
from tests.benchmarks.making import a_dataset, a_file, a_ref, england, imported, paired, send
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi


async def patched(plan: PlanWorld, dataset: str, body: object, role: Role = Role.ADMIN) -> object:
    client = await plan.client(role)
    at = f"/v1/benchmarks/{dataset}"
    etag = (await client.get(at)).headers["etag"]
    return await client.patch(at, json=body, headers={"If-Match": etag})


class TestCreate:
    async def test_holds_what_it_is_given(self, plan: PlanWorld) -> None:
        client = await plan.client(Role.ADMIN)
        new = {
            "ref": a_ref(),
            "title": "Workforce",
            "source": "Department for Education",
            "filters": ["role"],
            "indicators": [
                {"name": "fte", "title": "In post", "decimals": 1, "unit": "count", "no_quartile": True}
            ],
            "ignored": ["note"],
        }
        answer = await client.post("/v1/benchmarks", json=new)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert {name: made[name] for name in new} == new
        assert (made["kind"], made["releases"], made["in_force"], made["may_import"]) == (
            "figures",
            0,
            None,
            True,
        )
        read = await (await plan.service.stranger()).get(answer.headers["location"])
        assert (read.status_code, read.json()["may_import"]) == (200, False)

    @pytest.mark.parametrize(
        "fields",
        [
            {"filters": ["rate"]},
            {"ignored": ["a", "a"]},
            {"filters": ["old_la_code"]},
            {"kind": "neighbours"},
            {"indicators": [{"name": "n", "decimals": 7}]},
        ],
    )
    async def test_refuses_columns_that_cannot_be(self, plan: PlanWorld, fields: dict[str, object]) -> None:
        new = {"ref": a_ref(), "title": "x", "source": "y", "indicators": [{"name": "rate"}]} | fields
        answer = await (await plan.client(Role.ADMIN)).post("/v1/benchmarks", json=new)
        assert answer.status_code == 422, answer.text

    async def test_a_taken_ref_is_refused_regardless_of_case(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        new = {"ref": dataset.upper(), "title": "x", "source": "y"}
        answer = await (await plan.client(Role.ADMIN)).post("/v1/benchmarks", json=new)
        assert (answer.status_code, answer.json()["type"]) == (409, "/v1/problems/ref-taken")


class TestUpdate:
    async def test_a_merge_patch_replaces_whole_lists(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, filters=["sex"])
        answer = await patched(plan, dataset, {"indicators": [{"name": "n"}, {"name": "rate"}]})
        made = answer.json()  # type: ignore[attr-defined]
        assert ([one["name"] for one in made["indicators"]], made["filters"]) == (["n", "rate"], ["sex"])
        assert made["version"] > 1

    @pytest.mark.parametrize("body", [{"filters": ["rate"]}, {"title": None}, {"indicators": None}])
    async def test_what_cannot_be_is_refused(self, plan: PlanWorld, body: object) -> None:
        answer = await patched(plan, await a_dataset(plan), body)
        assert answer.status_code == 422  # type: ignore[attr-defined]

    async def test_a_stale_version_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        client = await plan.client(Role.ADMIN)
        etag = (await client.get(f"/v1/benchmarks/{dataset}")).headers["etag"]
        await patched(plan, dataset, {"title": "Theirs"})
        stale = await client.patch(
            f"/v1/benchmarks/{dataset}", json={"title": "Yours"}, headers={"If-Match": etag}
        )
        assert (stale.status_code, stale.json()["current"]["title"]) == (412, "Theirs")


class TestDelete:
    async def test_an_empty_one_goes(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        client = await plan.client(Role.PERFORMANCE_OFFICER)
        at = f"/v1/benchmarks/{dataset}"
        headers = {"If-Match": (await client.get(at)).headers["etag"]}
        assert (await client.delete(at, headers=headers)).status_code == 204
        assert (await client.get(at)).status_code == 404

    async def test_figures_are_never_lost(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        await imported(plan, dataset, a_file([england("1")]))
        client = await plan.client(Role.ADMIN)
        at = f"/v1/benchmarks/{dataset}"
        headers = {"If-Match": (await client.get(at)).headers["etag"]}
        refused = await client.delete(at, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/in-use")


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.SENIOR_LEADER, Role.BOARD_MEMBER])
    async def test_others_read_and_change_nothing(self, plan: PlanWorld, role: Role) -> None:
        dataset = await a_dataset(plan)
        client = await plan.client(role)
        read = await client.get(f"/v1/benchmarks/{dataset}")
        assert (read.status_code, read.json()["may_import"]) == (200, False)
        answer = await send(plan, dataset, a_file([england("1")]), role=role)
        assert answer.status_code == 403
        headers = {"If-Match": read.headers["etag"]}
        assert (await client.delete(f"/v1/benchmarks/{dataset}", headers=headers)).status_code == 403

    async def test_the_list_is_searched_by_words(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        client = await plan.client(Role.INSPECTOR)
        found = (await client.get("/v1/benchmarks", params={"q": dataset, "kind": "figures"})).json()["items"]
        assert [one["ref"] for one in found] == [dataset]
        none = await client.get("/v1/benchmarks", params={"q": dataset, "kind": "neighbours"})
        assert none.json()["items"] == []

    async def test_an_import_shows_at_once_in_every_plan(self, plan: PlanWorld) -> None:
        """A 304 would hide new figures: what belongs to no plan changes the ETags of all."""
        dataset = await a_dataset(plan)
        await imported(plan, dataset, a_file([england("1")]))
        await a_kpi(plan, polarity="lower")
        await paired(plan, "K1", dataset)
        client = await plan.manager()
        etag = (await client.get(plan.url("/kpis/K1"))).headers["etag"]
        held = await client.get(plan.url("/kpis/K1"), headers={"If-None-Match": etag})
        assert held.status_code == 304
        await imported(plan, dataset, a_file([england("2")]))
        again = await client.get(plan.url("/kpis/K1"), headers={"If-None-Match": etag})
        assert (again.status_code, again.json()["comparators"]["england"]["value"]) == (200, 2)
