from __future__ import annotations

from typing import Any

import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push, values

GOOD = {"kpi": "K1", "period": "2026-09", "value": 85.6}

WRONG: list[tuple[dict[str, Any] | Any, str, str]] = [
    (GOOD | {"kpi": "nope"}, "unknown_kpi", "/kpi"),
    (GOOD | {"kpi": 7}, "unknown_kpi", "/kpi"),
    (GOOD | {"kpi": "x\0y"}, "unknown_kpi", "/kpi"),
    ({"period": "2026-09", "value": 1}, "unknown_kpi", "/kpi"),
    (GOOD | {"segment": "south"}, "unknown_segment", "/segment"),
    (GOOD | {"segment": ["_all"]}, "unknown_segment", "/segment"),
    (GOOD | {"period": "2026-Q3"}, "wrong_period_type", "/period"),
    (GOOD | {"period": "last month"}, "unreadable_period", "/period"),
    (GOOD | {"period": 2026.09}, "unreadable_period", "/period"),
    (GOOD | {"period": None}, "unreadable_period", "/period"),
    (GOOD | {"period": "2199-01"}, "future_period", "/period"),
    (GOOD | {"basis": "final"}, "unknown_basis", "/basis"),
    (GOOD | {"basis": {}}, "unknown_basis", "/basis"),
    (GOOD | {"state": "missing"}, "unknown_state", "/state"),
    (GOOD | {"value": "about 80"}, "not_a_number", "/value"),
    (GOOD | {"value": True}, "not_a_number", "/value"),
    (GOOD | {"value": [1]}, "not_a_number", "/value"),
    (GOOD | {"value": "£85"}, "wrong_unit", "/value"),
    (GOOD | {"value": 10**12}, "too_large", "/value"),
    (GOOD | {"value": "1.2345678"}, "too_precise", "/value"),
    ({"kpi": "K1", "period": "2026-09"}, "value_missing", "/value"),
    (GOOD | {"value": ""}, "value_missing", "/value"),
    (GOOD | {"value": "N/A", "state": "reported"}, "value_missing", "/value"),
    (GOOD | {"state": "not_available"}, "value_not_expected", "/value"),
    (GOOD | {"grade": "good"}, "value_not_expected", "/grade"),
    (GOOD | {"numerator": "x", "denominator": 1}, "not_a_number", "/numerator"),
    (GOOD | {"numerator": 1, "denominator": 2}, "ratio_disagrees", "/value"),
    (GOOD | {"numerator": 0, "denominator": 0}, "ratio_disagrees", "/value"),
    (GOOD | {"numerator": 1, "denominator": -2}, "ratio_disagrees", "/denominator"),
    (
        {"kpi": "K1", "period": "2026-09", "numerator": 0, "denominator": 0},
        "ratio_disagrees",
        "/denominator",
    ),
    (GOOD | {"note": "x" * 20_001}, "too_long", "/note"),
    (GOOD | {"source": "x" * 501}, "too_long", "/source"),
    (GOOD | {"note": "a\0b"}, "unreadable_text", "/note"),
    (GOOD | {"note": 5}, "not_text", "/note"),
    (GOOD | {"valeu": 1}, "unknown_field", "/valeu"),
    (GOOD | {"workflow": "signed_off"}, "unknown_field", "/workflow"),
    ("K1,2026-09,85.6", "not_an_object", ""),
    (None, "not_an_object", ""),
]


class TestEachError:
    @pytest.mark.parametrize(("row", "code", "pointer"), WRONG)
    async def test_is_told_for_its_row_alone(
        self, plan: PlanWorld, row: dict[str, Any], code: str, pointer: str
    ) -> None:
        await a_kpi(plan)
        answer = await push(plan, GOOD | {"period": "2026-08"}, row, mode="partial")
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert (body["created"], body["rejected"]) == (1, 1)
        (error,) = body["errors"]
        assert (error["indexes"], error["code"], error["pointer"]) == ([1], code, pointer)
        assert error["message"].endswith(".")

    async def test_nothing_over_nothing_says_what_to_send(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        row = {"kpi": "K1", "period": "2026-09", "numerator": 0, "denominator": 0}
        (error,) = (await push(plan, row)).json()["errors"]
        assert error["message"] == "0 of 0 makes no value; send the state not_applicable instead."

    async def test_half_a_character_is_no_text(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        raw = (
            '{"rows": [{"kpi": "K1", "period": "2026-09", "value": 1, "note": "\\ud800"}], "mode": "partial"}'
        )
        answer = await (await plan.manager()).post(
            plan.url("/measurements"), content=raw, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 201
        assert answer.json()["errors"][0]["code"] == "unreadable_text"

    async def test_every_reason_of_a_row_is_told(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await push(plan, GOOD | {"period": "x", "value": "y", "segment": "z", "basis": "w"})
        submission = answer.json()["submission"]
        assert submission["rejected"] == 1
        assert {e["code"] for e in submission["errors"]} == {
            "unreadable_period",
            "not_a_number",
            "unknown_segment",
            "unknown_basis",
        }

    async def test_like_errors_stand_together(self, plan: PlanWorld) -> None:
        rows = [{"kpi": "K9", "period": f"2025-{n:02}", "value": n} for n in range(1, 13)] * 10
        answer = await push(plan, *rows, mode="partial")
        (error,) = answer.json()["errors"]
        assert error["count"] == 120 and error["indexes"] == list(range(100))

    async def test_rows_about_the_same_value_are_all_refused(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rows = [GOOD, GOOD | {"period": "2026-08"}, GOOD | {"period": "Sept 2026", "value": 90}, GOOD]
        answer = await push(plan, *rows, mode="partial")
        body = answer.json()
        assert (body["created"], body["rejected"]) == (1, 3)
        assert body["errors"][0]["code"] == "duplicate_in_batch"
        assert body["errors"][0]["indexes"] == [0, 2, 3]


class TestByKpi:
    async def test_a_heading_takes_no_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan, kind="heading", unit="none")
        answer = await push(plan, GOOD, mode="partial")
        assert answer.json()["errors"][0]["code"] == "kpi_takes_no_values"

    async def test_a_count_is_whole_and_not_below_zero(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="count")
        for value, code in ((1.5, "not_whole"), (-1, "negative_count"), ("5%", "wrong_unit")):
            answer = await push(plan, GOOD | {"value": value}, mode="partial")
            assert answer.json()["errors"][0]["code"] == code

    async def test_grades_are_words(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="grade")
        for wrong in ({"value": 3}, {"grade": "great", "value": None}, {"grade": 2, "value": None}):
            answer = await push(plan, GOOD | wrong, mode="partial")
            assert answer.json()["errors"][0]["code"] == "not_a_grade", wrong
        both = await push(plan, GOOD | {"grade": "good"}, mode="partial")
        assert both.json()["errors"][0]["code"] == "value_not_expected"

    async def test_a_ratio_agrees_to_the_last_digit_given(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        for value in (85, "86", 85.7, "85.71", 85.714286):
            row = {"kpi": "K1", "period": "2026-09", "value": value, "numerator": 18, "denominator": 21}
            assert (await push(plan, row)).status_code == 201, value
        wrong = await push(plan, row | {"value": 85.5}, mode="partial")
        assert "18 of 21 makes 85.71" in wrong.json()["errors"][0]["message"]

    @pytest.mark.parametrize(
        ("unit", "numerator", "denominator", "agree", "disagree"),
        [
            ("percent", 107, 125, (85.6, 86, 85, "85.60"), (85.7, 87, 84, 85.5)),
            ("percent", 17, 20, (85, "85.0"), (86, 84, 85.1)),
            ("rate_per_10000", 312, 75_400, (41.4, 41.38, 41.37, 41), (40, 42.4, 0.41)),
            ("ratio", 3, 2, (1.5, 1, 2), (1.6, 1.4, 150)),
            ("days", 300, 12, (25, 99), ()),
        ],
    )
    async def test_each_unit_is_its_own_quotient(
        self,
        plan: PlanWorld,
        unit: str,
        numerator: int,
        denominator: int,
        agree: tuple[object, ...],
        disagree: tuple[object, ...],
    ) -> None:
        await a_kpi(plan, unit=unit)
        parts = {"kpi": "K1", "period": "2026-09", "numerator": numerator, "denominator": denominator}
        for value in agree:
            assert (await push(plan, parts | {"value": value})).status_code == 201, value
        for value in disagree:
            answer = await push(plan, parts | {"value": value})
            assert answer.status_code == 422, value
            assert answer.json()["errors"][0]["code"] == "ratio_disagrees"

    async def test_a_superseded_one_sends_to_its_successor(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K2")
        await a_kpi(plan, "K1", superseded={"by": "K2", "from_period": "2026-09"})
        answer = await push(plan, GOOD, GOOD | {"period": "2026-08"}, mode="partial")
        (error,) = answer.json()["errors"]
        assert error["code"] == "superseded" and "K2" in error["message"] and error["indexes"] == [0]
        assert answer.json()["created"] == 1

    async def test_an_integration_sends_only_its_set(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "MINE")
        await a_kpi(plan, "OTHER")
        await values(plan, "OTHER", {"2026-08": 1})
        owner = plan.service.owner
        user = await plan.service.new_user("System")
        await owner.execute("update principal set kind = 'integration' where id = %s", (user.id,))
        await owner.execute(
            "insert into integration (id, client_id, name, scopes)"
            " values (%s, %s, 'System', '{measurement:write,plan:read}')",
            (user.id, f"client-{user.id}"),
        )
        membership = await plan.member(user, Role.INTEGRATION)
        await owner.execute(
            "insert into membership_item (plan_id, membership_id, kpi_id)"
            " select plan_id, %s, id from kpi where plan_id = %s and ref = 'MINE'",
            (membership, plan.id),
        )
        client = await plan.service.client_of(user)
        rows = [
            {"kpi": "MINE", "period": "2026-09", "value": 1},
            {"kpi": "OTHER", "period": "2026-09", "value": 1},
        ]
        answer = await push(plan, *rows, by=client, mode="partial")
        assert answer.status_code == 201, answer.text
        (error,) = answer.json()["errors"]
        assert (error["code"], error["indexes"]) == ("not_permitted", [1])
        assert answer.json()["created"] == 1
        url = plan.url("/kpis/{}/measurements/_all/2026-10")
        assert (await client.put(url.format("OTHER"), json={"value": 1})).status_code == 403
        signed = await client.put(url.format("MINE"), json={"value": 1, "workflow": "signed_off"})
        assert signed.status_code == 403
        assert (await client.put(url.format("MINE"), json={"value": 1})).status_code == 201
