"""Tables of statistical neighbours."""

from __future__ import annotations

import pytest

from tests.benchmarks.making import (
    NEIGHBOUR_HEADER,
    Json,
    a_dataset,
    imported,
    neighbours_file,
    refused,
    send,
)
from tests.factories.world import PlanWorld

TEN = ["933", "878", "893", "935", "885", "881", "830", "886", "938", "815"]


@pytest.fixture
async def dataset(plan: PlanWorld) -> str:
    return await a_dataset(plan, kind="neighbours", indicators=[])


async def listed(plan: PlanWorld, dataset: str, release: int, **query: str) -> list[Json]:
    client = await plan.manager()
    answer = await client.get(f"/v1/benchmarks/{dataset}/releases/{release}/neighbours", params=query)
    items: list[Json] = answer.json()["items"]
    return items


class TestImport:
    async def test_holds_ten_in_order_without_trailing_spaces(self, plan: PlanWorld, dataset: str) -> None:
        told = await imported(plan, dataset, neighbours_file({"838": TEN, "933": [*TEN[1:], "838"]}))
        assert (told["counts"]["local_authority"], told["counts"]["lines"]) == (2, 2)
        (dorset,) = await listed(plan, dataset, told["release"], area="838")
        assert [one["area"] for one in dorset["neighbours"]] == TEN
        assert dorset["neighbours"][0] == {"area": "933", "name": "Council 933", "closeness": "Close"}

    async def test_fewer_and_none_are_kept_and_told(self, plan: PlanWorld, dataset: str) -> None:
        told = await imported(plan, dataset, neighbours_file({"420": [], "838": ["420", "999"]}))
        assert {doubt["code"]: doubt["message"] for doubt in told["doubts"]} == {
            "unknown_neighbours": "No line of their own: 999.",
            "fewer_neighbours": "Fewer than 10: Council 420, Council 838.",
        }
        assert [one["neighbours"] for one in await listed(plan, dataset, told["release"], area="420")] == [[]]

    async def test_the_identical_table_is_recognised(self, plan: PlanWorld, dataset: str) -> None:
        first = await imported(plan, dataset, neighbours_file({"838": TEN}))
        again = await send(plan, dataset, neighbours_file({"838": TEN}))
        assert (again.json()["is_known"], again.json()["release"]) == (True, first["release"])

    async def test_a_preview_keeps_nothing(self, plan: PlanWorld, dataset: str) -> None:
        told = (await send(plan, dataset, neighbours_file({"838": TEN}), apply=False)).json()
        assert (told["release"], told["error_count"]) == (None, 0)
        assert (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}")).json()["releases"] == 0


class TestErrors:
    async def test_every_wrong_cell_has_its_line_and_column(self, plan: PlanWorld, dataset: str) -> None:
        table = {
            "838": ["933", "93", "933", "838"],
            "83": ["933"],
            "933": ["838"],
            "933 ": ["838"],
        }
        assert await refused(plan, dataset, neighbours_file(table)) == [
            (2, "SN_2", "not_a_code"),
            (2, "SN_3", "not_a_neighbour"),
            (2, "SN_4", "not_a_neighbour"),
            (3, "old_la_code", "not_a_code"),
            (5, "old_la_code", "duplicate_line"),
        ]

    @pytest.mark.parametrize(
        ("header", "errors"),
        [
            (NEIGHBOUR_HEADER.replace(",SN_10,SN_10P", ""), {(1, "SN_10", "missing_column")}),
            (NEIGHBOUR_HEADER + ",SN_11", {(1, "SN_11", "unknown_column")}),
            (NEIGHBOUR_HEADER + ",notes", {(1, "notes", "unknown_column")}),
            (NEIGHBOUR_HEADER + ",SN_1", {(1, "SN_1", "duplicate_column")}),
        ],
    )
    async def test_a_header_of_other_columns(
        self, plan: PlanWorld, dataset: str, header: str, errors: set[tuple[int, str, str]]
    ) -> None:
        file = header.encode() + b"\n"
        assert set(await refused(plan, dataset, file)) == errors

    async def test_a_table_cut_short(self, plan: PlanWorld, dataset: str) -> None:
        file = neighbours_file({"838": TEN}) + b"933,Council 933,7,South"
        assert await refused(plan, dataset, file) == [(3, None, "truncated_line")]
