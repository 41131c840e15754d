from __future__ import annotations

from typing import Any

import pytest

from api.audits.schemas import (
    AuditResultsRead,
    DomainResultRead,
    PeriodResultRead,
    SummaryRead,
    TeamResultRead,
)
from api.vocabulary import Role
from tests.actions.making import Json, fits, make, patch, post, problem, read, version_of
from tests.audits.making import a_scored_template, a_template, an_audit, audits, record
from tests.factories.world import PlanWorld

PATH = "/audit-templates/practice/results"


async def results(plan: PlanWorld, **asked: Any) -> list[Json]:
    periods: list[Json] = (await read(plan, PATH, **asked))["periods"]
    return periods


async def one(plan: PlanWorld, domain: str = "overall", **asked: Any) -> Json:
    """A domain's result in the only period."""
    (period,) = await results(plan, **asked)
    (found,) = [d for d in period["whole"]["domains"] if d["domain"] == domain]
    return dict(found)


def counts(summary: Json) -> dict[str, int]:
    return {part["label"]: part["count"] for part in summary["distribution"] if part["count"]}


class TestPeriods:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await a_scored_template(plan)
        await an_audit(plan, team="north", scores={"assessment": 6, "overall": "good"})
        body = await read(plan, PATH, by_team="true")
        fits(AuditResultsRead, body)
        (period,) = body["periods"]
        fits(PeriodResultRead, period)
        fits(TeamResultRead, period["teams"][0])
        fits(DomainResultRead, period["whole"]["domains"][0])
        fits(SummaryRead, period["whole"]["domains"][0]["before"])

    async def test_months_oldest_first_and_none_without_audits(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for month in ("2026-08", "2026-05", "2026-06"):
            await record(plan, *audits("good", month=month))
        assert [period["period"] for period in await results(plan)] == ["2026-05", "2026-06", "2026-08"]

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("quarter", {"2026-Q1": 1, "2026-Q2": 2}),
            ("financial_quarter", {"FY2025-26-Q4": 1, "FY2026-27-Q1": 2}),
            ("financial_year", {"FY2025-26": 1, "FY2026-27": 2}),
            ("year", {"2026": 3}),
        ],
    )
    async def test_longer_periods_hold_their_months(
        self, plan: PlanWorld, by: str, expected: dict[str, int]
    ) -> None:
        await a_template(plan)
        for month in ("2026-03", "2026-04", "2026-06"):
            await record(plan, *audits("good", month=month))
        found = {period["period"]: period["whole"]["audits"] for period in await results(plan, by=by)}
        assert found == expected

    async def test_are_bounded_by_the_months_of_two_days(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for month in ("2026-05", "2026-06", "2026-07"):
            await record(plan, *audits("good", month=month))
        asked = {"from": "2026-06-15", "to": "2026-06-20"}
        assert [period["period"] for period in await results(plan, **asked)] == ["2026-06"]

    @pytest.mark.parametrize("by", ["day", "week"])
    async def test_are_never_shorter_than_a_month(self, plan: PlanWorld, by: str) -> None:
        await a_template(plan)
        answer = await (await plan.manager()).get(plan.url(PATH), params={"by": by})
        assert problem(answer) == (422, "invalid")

    async def test_a_template_that_is_not_there(self, plan: PlanWorld) -> None:
        assert problem(await (await plan.manager()).get(plan.url(PATH))) == (404, "not-found")


class TestDistribution:
    async def test_counts_and_shares_of_each_grade(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await record(plan, *audits("good", "good", "good", "inadequate"))
        before = (await one(plan))["before"]
        assert [(p["label"], p["count"], p["share"], p["said"]) for p in before["distribution"]] == [
            ("outstanding", 0, 0, "0 of 4"),
            ("good", 3, 75, "3 of 4"),
            ("requires_improvement", 0, 0, "0 of 4"),
            ("inadequate", 1, 25, "1 of 4"),
        ]
        assert (before["sample"], before["is_small"], before["average"]) == (4, True, None)
        assert before["good_or_better"] == {"count": 3, "share": 75, "said": "3 of 4"}

    async def test_twenty_are_told_in_per_cent(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await record(plan, *audits(*["good"] * 13, *["requires_improvement"] * 7))
        found = await one(plan)
        assert (found["before"]["is_small"], found["before"]["good_or_better"]["said"]) == (False, "65%")

    async def test_withdrawn_audits_count_nowhere(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await record(plan, *audits("good", "inadequate"))
        etag = await version_of(plan, "/audits/AU-2")
        await post(plan, "/audits/AU-2/withdrawal", {"because": "wrong_template"}, etag=etag)
        (period,) = await results(plan)
        assert period["whole"]["audits"] == 1
        assert counts(period["whole"]["domains"][0]["before"]) == {"good": 1}

    async def test_as_it_stood(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await record(plan, *audits("good"))
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await record(plan, *audits("good"))
        await patch(plan, "/audits/AU-1", {"scores": {"overall": "inadequate"}})
        assert counts((await one(plan, as_of=moment))["before"]) == {"good": 1}
        assert counts((await one(plan))["before"]) == {"good": 1, "inadequate": 1}


class TestAverage:
    async def test_is_of_every_score_of_every_audit(self, plan: PlanWorld) -> None:
        """Dorset's 5.1, then 5.9, on a scale of 1 to 10."""
        await a_scored_template(plan)
        for month, pairs in (
            ("2026-07", [(5, 5), (5, 6), (4, 5), (6, 5), (5, 5)]),
            ("2026-08", [(6, 6), (6, 5), (7, 6), (6, 5), (6, 6)]),
        ):
            for assessment, planning in pairs:
                await an_audit(plan, month=month, scores={"assessment": assessment, "planning": planning})
        found = await results(plan)
        assert [period["whole"]["average"]["before"] for period in found] == [5.1, 5.9]
        assert found[0]["whole"]["average"]["scores"] == 10
        assert [d["before"]["average"] for d in found[1]["whole"]["domains"]] == [6.2, 5.6]

    async def test_scores_count_under_their_bands(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        for score in (3, 4, 8, 10):
            await an_audit(plan, scores={"assessment": score})
        found = await one(plan, "assessment")
        assert counts(found["before"]) == {
            "Best evidence": 1,
            "Good evidence": 1,
            "Some evidence": 1,
            "No evidence": 1,
        }
        assert found["before"]["good_or_better"]["said"] == "2 of 4"

    async def test_two_scales_are_never_averaged_together(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await an_audit(plan, scores={"assessment": 8})
        body = {
            "title": "Out of five",
            "domains": [{"ref": "assessment", "title": "Assessment", "scale": "score"}],
            "scale": {"lowest": 1, "highest": 5, "bands": [{"title": "Any", "lowest": 1}]},
        }
        headers = {"If-Match": await version_of(plan, "/audit-templates/practice")}
        answer = await (await plan.manager()).put(
            plan.url("/audit-templates/practice"), json=body, headers=headers
        )
        assert answer.status_code == 200, answer.text
        await an_audit(plan, scores={"assessment": 4})
        (period,) = await results(plan)
        assert [(d["highest"], d["before"]["average"]) for d in period["whole"]["domains"]] == [
            (5, 4),
            (10, 8),
        ]
        assert period["whole"]["average"]["before"] is None and period["whole"]["audits"] == 2


class TestModeration:
    async def test_before_and_after_stand_side_by_side(self, plan: PlanWorld) -> None:
        await a_template(plan, moderation_expected=True)
        await record(
            plan,
            *audits("good", "good", moderated={"overall": "requires_improvement"}),
            *audits("inadequate", moderated={"overall": "requires_improvement"}),
            *audits("good", moderated={"overall": "good"}),
            *audits("outstanding"),
        )
        (period,) = await results(plan)
        whole = period["whole"]
        assert (whole["audits"], whole["moderated"], whole["awaiting_moderation"]) == (5, 4, 1)
        found = whole["domains"][0]
        assert counts(found["before"]) == {"outstanding": 1, "good": 3, "inadequate": 1}
        assert counts(found["after"]) == {"good": 1, "requires_improvement": 3}
        assert counts(found["final"]) == {"outstanding": 1, "good": 1, "requires_improvement": 3}
        assert found["moderation"] == {"moderated": 4, "moved_up": 1, "moved_down": 2, "unchanged": 1}

    async def test_nothing_waits_where_none_is_expected(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await record(plan, *audits("good"))
        (period,) = await results(plan)
        assert period["whole"]["awaiting_moderation"] == 0


class TestTeams:
    async def test_by_filter_and_side_by_side(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await plan.party("south", kind="team")
        await a_template(plan)
        await record(
            plan,
            *audits("good", "good", team="north"),
            *audits("inadequate", team="south"),
            *audits("requires_improvement"),
        )
        assert counts((await one(plan, team="NORTH"))["before"]) == {"good": 2}
        (period,) = await results(plan, by_team="true")
        assert period["whole"]["audits"] == 4
        told = [(t["team"] and t["team"]["party"], t["audits"], t["is_small"]) for t in period["teams"]]
        assert told == [("north", 2, True), ("south", 1, True), (None, 1, True)]


class TestWindscreenBeside:
    async def test_the_judgement_that_stood_at_each_periods_end(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for month in ("2026-06", "2026-07", "2026-08"):
            await record(plan, *audits("good", month=month))
        for day, grade in (("2026-07-20", "inadequate"), ("2026-08-05", "requires_improvement")):
            await make(
                plan, "/windscreen-positions", {"grade": grade, "judged_on": day, "reason": "As audits go."}
            )
        found = await results(plan)
        assert [period["windscreen"] and period["windscreen"]["grade"] for period in found] == [
            None,
            "inadequate",
            "requires_improvement",
        ]

    async def test_no_figure_moves_it(self, plan: PlanWorld) -> None:
        await a_template(plan)
        body = {"grade": "inadequate", "judged_on": "2026-08-01", "reason": "Not yet sustained."}
        await make(plan, "/windscreen-positions", body)
        await record(plan, *audits(*["outstanding"] * 30))
        (period,) = await results(plan)
        assert period["windscreen"]["grade"] == "inadequate"


class TestWhoMayRead:
    async def test_those_who_read_the_whole_plan(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for role in (Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.ACTION_LEAD):
            assert (await (await plan.client(role)).get(plan.url(PATH))).status_code == 200
        for role in (Role.PARTNER, Role.INSPECTOR):
            answer = await (await plan.client(role)).get(plan.url(PATH))
            assert problem(answer) == (403, "not-allowed")
