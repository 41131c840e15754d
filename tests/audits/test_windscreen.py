from __future__ import annotations

import pytest

from api.audits.schemas import WindscreenPositionRead
from api.vocabulary import Role
from tests.actions.making import Json, days_from_now, delete, fits, make, pointers, post, problem, read, today
from tests.factories.world import PlanWorld

PATH = "/windscreen-positions"
BODY: Json = {"grade": "requires_improvement", "reason": "Compliance holds; quality follows."}


class TestRecord:
    async def test_is_of_whoever_records_it(self, plan: PlanWorld) -> None:
        made = await make(plan, PATH, BODY, role=Role.SENIOR_LEADER)
        fits(WindscreenPositionRead, made)
        leader = await plan.user(Role.SENIOR_LEADER)
        assert (made["judged_by"], made["party"], made["recorded_by"]) == (leader.name, None, leader.name)
        assert (made["place"], made["judged_on"]) == ("middle", today().isoformat())

    async def test_may_be_recorded_for_another(self, plan: PlanWorld) -> None:
        await plan.party("director")
        made = await make(plan, PATH, BODY | {"party": "Director", "place": "lower"})
        assert (made["judged_by"], made["party"], made["place"]) == ("Party director", "director", "lower")
        assert made["recorded_by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"judged_on": days_from_now(1)}, "/judged_on"),
            ({"party": "nobody"}, "/party"),
            ({"party": "north"}, "/party"),
            ({"reason": " "}, "/reason"),
            ({"grade": "fair"}, "/grade"),
            ({"score": 5.9}, "/score"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, fields: Json, pointer: str) -> None:
        await plan.party("north", kind="team")
        assert pointers(await post(plan, PATH, BODY | fields)) == [pointer]

    async def test_is_for_those_who_keep_audits(self, plan: PlanWorld) -> None:
        assert (await post(plan, PATH, BODY, role=Role.PERFORMANCE_OFFICER)).status_code == 201
        for role in (Role.BOARD_MEMBER, Role.ACTION_LEAD, Role.INTERNAL_AUDITOR):
            assert problem(await post(plan, PATH, BODY, role=role)) == (403, "not-allowed")


class TestList:
    async def test_the_one_that_stands_comes_first(self, plan: PlanWorld) -> None:
        for day, grade in (
            ("2026-08-31", "requires_improvement"),
            ("2026-07-31", "inadequate"),
            ("2026-08-31", "good"),
        ):
            await make(plan, PATH, BODY | {"judged_on": day, "grade": grade})
        listed = (await read(plan, PATH))["items"]
        assert [(item["judged_on"], item["grade"]) for item in listed] == [
            ("2026-08-31", "good"),
            ("2026-08-31", "requires_improvement"),
            ("2026-07-31", "inadequate"),
        ]
        assert [item["grade"] for item in (await read(plan, PATH, grade="good"))["items"]] == ["good"]


class TestRead:
    async def test_one_by_its_number_in_its_own_plan(self, plan: PlanWorld) -> None:
        made = await make(plan, PATH, BODY)
        assert (await read(plan, f"{PATH}/{made['id']}"))["reason"] == BODY["reason"]
        other = await plan.service.new_plan()
        answer = await (await other.manager()).get(other.url(f"{PATH}/{made['id']}"))
        assert problem(answer) == (404, "not-found")


class TestDelete:
    async def test_leaves_only_history(self, plan: PlanWorld) -> None:
        made = await make(plan, PATH, BODY)
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        assert (await delete(plan, f"{PATH}/{made['id']}")).status_code == 204
        assert (await read(plan, PATH))["items"] == []
        assert len((await read(plan, PATH, as_of=moment))["items"]) == 1
