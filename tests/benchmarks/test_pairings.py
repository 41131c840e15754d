"""Which published series a KPI is set against: said by a person, like with like or as context."""

from __future__ import annotations

import httpx
import pytest

from api.vocabulary import Role
from tests.actions.making import patch, pointers, problem, version_of
from tests.benchmarks.making import Json, a_dataset, a_file, authority, england, imported, paired
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi


@pytest.fixture
async def dataset(plan: PlanWorld) -> str:
    """Of one filter with two values, and a KPI K1 to set against it."""
    ref = await a_dataset(plan, filters=["sex"])
    await imported(
        plan, ref, a_file([england("Total,1"), england("Girls,2"), authority("838", "Total,3")], "sex,rate")
    )
    await a_kpi(plan)
    return ref


TOTAL = {"filters": {"sex": "Total"}}


async def post(
    plan: PlanWorld, dataset: str, fields: Json | None = None, *, role: Role = Role.PERFORMANCE_OFFICER
) -> httpx.Response:
    body: Json = {"dataset": dataset, "indicator": "rate", "period_alike": True, "definition_alike": True}
    return await (await plan.client(role)).post(
        plan.url("/kpis/K1/benchmark-pairings"), json=body | TOTAL | (fields or {})
    )


class TestCreate:
    async def test_says_whether_like_with_like(self, plan: PlanWorld, dataset: str) -> None:
        answer = await post(plan, dataset)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["kpi"], made["dataset"], made["filters"], made["label"], made["may_edit"]) == (
            "K1",
            dataset,
            {"sex": "Total"},
            "like_with_like",
            True,
        )
        assert made["indicator"]["title"] == "Re-referrals in twelve months"
        read = await (await plan.client(Role.BOARD_MEMBER)).get(answer.headers["location"])
        assert read.json() == made | {"may_edit": False}

    @pytest.mark.parametrize("unlike", ["period_alike", "definition_alike"])
    async def test_what_is_unlike_is_context_and_needs_a_reason(
        self, plan: PlanWorld, dataset: str, unlike: str
    ) -> None:
        assert (await post(plan, dataset, {unlike: False})).status_code == 422
        made = await post(plan, dataset, {unlike: False, "reason": "Another period."})
        assert (made.status_code, made.json()["label"]) == (201, "context")

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"dataset": "no-such"}, "/dataset"),
            ({"indicator": "no_such"}, "/indicator"),
            ({"filters": {}}, "/filters"),
            ({"filters": {"sex": "Boys"}}, "/filters"),
            ({"filters": {"sex": "Total", "age": "1"}}, "/filters"),
        ],
    )
    async def test_only_what_is_published_can_be_named(
        self, plan: PlanWorld, dataset: str, fields: Json, pointer: str
    ) -> None:
        assert pointers(await post(plan, dataset, fields)) == [pointer]

    async def test_a_dataset_without_a_release_or_of_neighbours_is_refused(
        self, plan: PlanWorld, dataset: str
    ) -> None:
        empty = await a_dataset(plan)
        near = await a_dataset(plan, kind="neighbours", indicators=[])
        for other in (empty, near):
            assert pointers(await post(plan, dataset, {"dataset": other})) == ["/dataset"]

    async def test_the_same_twice_is_refused(self, plan: PlanWorld, dataset: str) -> None:
        await post(plan, dataset)
        assert problem(await post(plan, dataset)) == (409, "conflict")
        assert (await post(plan, dataset, {"filters": {"sex": "Girls"}})).status_code == 201

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.ACTION_LEAD, Role.BOARD_MEMBER])
    async def test_is_for_who_changes_kpis(self, plan: PlanWorld, dataset: str, role: Role) -> None:
        assert problem(await post(plan, dataset, role=role)) == (403, "not-allowed")

    async def test_a_kpi_elsewhere_is_not_found(self, plan: PlanWorld, dataset: str) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url("/kpis/K9/benchmarks"))
        assert problem(answer) == (404, "not-found")


class TestUpdate:
    async def test_the_label_follows_what_is_said(self, plan: PlanWorld, dataset: str) -> None:
        made = await paired(plan, "K1", dataset, **TOTAL)
        at = f"/kpis/K1/benchmark-pairings/{made['pairing']}"
        assert pointers(await patch(plan, at, {"period_alike": False})) == ["/reason"]
        after = await patch(plan, at, {"period_alike": False, "reason": "Months beside years."})
        assert (after.status_code, after.json()["label"]) == (200, "context")
        assert pointers(await patch(plan, at, {"filters": {"sex": "Boys"}})) == ["/filters"]
        assert (await patch(plan, at, {"filters": {"sex": "Girls"}})).json()["filters"] == {"sex": "Girls"}

    async def test_a_stale_edit_is_refused(self, plan: PlanWorld, dataset: str) -> None:
        made = await paired(plan, "K1", dataset, **TOTAL)
        at = f"/kpis/K1/benchmark-pairings/{made['pairing']}"
        etag = await version_of(plan, at)
        await patch(plan, at, {"reason": "theirs"})
        answer = await patch(plan, at, {"reason": "mine"}, etag=etag)
        assert problem(answer) == (412, "edit-conflict")
        assert answer.json()["fields"][0] == {
            "field": "reason",
            "base": None,
            "theirs": "theirs",
            "yours": "mine",
            "changed_meanwhile": True,
        }

    async def test_one_of_another_kpi_is_not_found(self, plan: PlanWorld, dataset: str) -> None:
        made = await paired(plan, "K1", dataset, **TOTAL)
        await a_kpi(plan, "K2")
        client = await plan.manager()
        answer = await client.get(plan.url(f"/kpis/K2/benchmark-pairings/{made['pairing']}"))
        assert answer.status_code == 404


class TestDelete:
    async def test_it_goes_and_its_past_stays(self, plan: PlanWorld, dataset: str) -> None:
        made = await paired(plan, "K1", dataset, **TOTAL)
        at = f"/kpis/K1/benchmark-pairings/{made['pairing']}"
        client = await plan.manager()
        headers = {"If-Match": await version_of(plan, at)}
        assert (await client.delete(plan.url(at), headers=headers)).status_code == 204
        assert (await client.get(plan.url("/kpis/K1/benchmark-pairings"))).json()["items"] == []
        history = (await client.get(plan.url("/history/kpi/K1"))).json()["items"]
        told = [change for entry in history for change in entry["fields"] if change["field"] == "benchmarks"]
        assert [(change["from"], change["to"]) for change in told] == [
            (f"{dataset} rate", None),
            (None, f"{dataset} rate"),
        ]

    async def test_a_kpi_goes_with_its_pairings(self, plan: PlanWorld, dataset: str) -> None:
        await paired(plan, "K1", dataset, **TOTAL)
        client = await plan.manager()
        headers = {"If-Match": await version_of(plan, "/kpis/K1")}
        assert (await client.delete(plan.url("/kpis/K1"), headers=headers)).status_code == 204


class TestLikeWithLike:
    """What a person says is alike, and what is known to differ all the same."""

    @pytest.mark.parametrize(
        ("kpi", "is_refused"),
        [
            ({"nature": "in_period"}, True),
            ({"nature": "cumulative", "reset_month": 4}, True),
            ({"nature": "rolling", "rolling_periods": 3}, True),
            ({"nature": "rolling", "rolling_periods": 12}, False),
            ({"nature": "rolling", "rolling_periods": 3, "period_type": "quarter"}, True),
            ({"nature": "rolling", "rolling_periods": 4, "period_type": "financial_quarter"}, False),
            ({"nature": "snapshot"}, False),
            ({"nature": "in_period", "period_type": "financial_year"}, False),
        ],
    )
    async def test_a_value_of_less_than_a_year_is_not_like_a_year(
        self, plan: PlanWorld, dataset: str, kpi: Json, is_refused: bool
    ) -> None:
        await a_kpi(plan, "K2", **kpi)
        body = {"dataset": dataset, "indicator": "rate", "period_alike": True, "definition_alike": True}
        at = plan.url("/kpis/K2/benchmark-pairings")
        answer = await (await plan.manager()).post(at, json=body | TOTAL)
        assert answer.status_code == (422 if is_refused else 201), answer.text
        if is_refused:
            assert pointers(answer) == ["/period_alike"]
            assert answer.json()["errors"][0]["code"] == "period_differs"
            assert (await (await plan.manager()).get(at)).json()["items"] == []
            said = {"period_alike": False, "reason": "Months beside years."}
            context = await (await plan.manager()).post(at, json=body | TOTAL | said)
            assert (context.status_code, context.json()["label"], context.json()["unlike"]) == (
                201,
                "context",
                None,
            )

    async def test_another_unit_is_refused_where_the_unit_is_known(self, plan: PlanWorld) -> None:
        counted = await a_dataset(plan, indicators=[{"name": "rate", "unit": "count"}])
        await imported(plan, counted, a_file([england("1")]))
        await a_kpi(plan)
        answer = await post(plan, counted, {"filters": {}})
        assert pointers(answer) == ["/definition_alike"]
        assert answer.json()["errors"][0]["message"] == (
            "The figures are in another unit (count) than the KPI (percent)."
        )
        await a_kpi(plan, "K2", unit="count")
        made = await paired(plan, "K2", counted)
        assert (made["label"], made["indicator"]["unit"]) == ("like_with_like", "count")

    async def test_a_definition_that_changes_makes_it_context_until_somebody_looks_again(
        self, plan: PlanWorld, dataset: str
    ) -> None:
        made = await paired(plan, "K1", dataset, **TOTAL)
        client = await plan.manager()
        before = (await client.get(plan.url("/kpis/K1"))).json()
        assert before["comparators"]["england"]["value"] == 1
        anew = {"definition": {"descriptor": "Anew", "effective_from": "2025-04-01"}}
        assert (await patch(plan, "/kpis/K1", anew)).status_code == 200
        assert (await client.get(plan.url("/kpis/K1"))).json()["comparators"] is None
        at = f"/kpis/K1/benchmark-pairings/{made['pairing']}"
        found = (await client.get(plan.url(at))).json()
        assert (found["label"], found["definition_alike"], found["unlike"]["code"]) == (
            "context",
            True,
            "definition_changed",
        )
        again = await patch(plan, at, {"definition_alike": True})
        assert (again.json()["label"], again.json()["unlike"]) == ("like_with_like", None)
        assert (await client.get(plan.url("/kpis/K1"))).json()["comparators"]["england"]["value"] == 1

    async def test_a_kpi_that_turns_out_to_count_months_is_compared_no_longer(
        self, plan: PlanWorld, dataset: str
    ) -> None:
        await paired(plan, "K1", dataset, **TOTAL)
        assert (await patch(plan, "/kpis/K1", {"nature": "in_period"})).status_code == 200
        client = await plan.manager()
        assert (await client.get(plan.url("/kpis/K1"))).json()["comparators"] is None
        (found,) = (await client.get(plan.url("/kpis/K1/benchmarks"))).json()["benchmarks"]
        assert (found["label"], found["unlike"]["code"]) == ("context", "period_differs")


class TestVisitors:
    async def test_a_partner_sees_those_of_kpis_it_leads(self, plan: PlanWorld, dataset: str) -> None:
        await plan.party("health", role=Role.PARTNER)
        await a_kpi(plan, "K2", leads=["health"])
        await paired(plan, "K1", dataset, **TOTAL)
        await paired(plan, "K2", dataset, **TOTAL)
        partner = await plan.client(Role.PARTNER)
        shown = await partner.get(plan.url("/kpis/K2/benchmarks"))
        assert (shown.status_code, len(shown.json()["benchmarks"])) == (200, 1)
        hidden = await partner.get(plan.url("/kpis/K1/benchmarks"))
        assert hidden.status_code == 404
