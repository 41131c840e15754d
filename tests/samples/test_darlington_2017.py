"""The Darlington-shaped sample holds what its seed prints, counted and spot-checked."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from importlib.resources import files

import pytest

from api import vocabulary as v
from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.kpis import Kpi, Measurement
from api.plan_documents.parts.work import Action, Recommendation

BUSINESS_AS_USUAL = {"5", "6", "13", "14", "16", "17", "18"}


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    path = files("api.samples") / "plans" / "darlington-2017.json"
    return PlanDocument.model_validate_json(path.read_text(encoding="utf-8"))


def action(document: PlanDocument, ref: str) -> Action:
    return next(item for item in document.actions if item.ref == ref)


def recommendation(document: PlanDocument, ref: str) -> Recommendation:
    return next(item for item in document.recommendations if item.ref == ref)


def kpi(document: PlanDocument, ref: str) -> Kpi:
    return next(item for item in document.kpis if item.ref == ref)


def figures(document: PlanDocument, ref: str) -> list[tuple[str, Decimal | int | None]]:
    """Period and value of every measurement of one KPI."""
    return [(row.period, row.value) for row in document.measurements if row.kpi == ref]


def measured_in(document: PlanDocument, period: str) -> list[Measurement]:
    return [row for row in document.measurements if row.period == period]


def notes_on(document: PlanDocument, kind: v.ItemKind, ref: str | None) -> list[v.SourceNoteKind]:
    return [note.kind for note in document.source_notes if note.about.kind is kind and note.about.ref == ref]


class TestPlan:
    def test_is_closed_with_two_as_at_dates(self, document: PlanDocument) -> None:
        plan = document.plan
        assert plan.status is v.PlanStatus.CLOSED
        assert str(plan.as_at) == "2017-12-31"
        assert plan.figures_as_at is not None
        assert (plan.figures_as_at.date, plan.figures_as_at.text) == ("2017-10", "end of October")

    def test_colours_speak_of_progress_and_of_confidence(self, document: PlanDocument) -> None:
        key = {entry.colour: entry for entry in document.plan.colour_key}
        assert list(key) == [v.Rating.BLUE, v.Rating.RED, v.Rating.AMBER, v.Rating.GREEN]
        assert all(entry.progress and entry.confidence for entry in key.values())
        assert [entry.counts_as for entry in key.values()] == [
            None,
            v.Confidence.LIMITED,
            v.Confidence.REASONABLE,
            v.Confidence.CONFIDENT,
        ]

    def test_states_totals_for_recommendations_and_actions(self, document: PlanDocument) -> None:
        stated = [
            (total.of, tuple(total.statuses), tuple(total.ratings), total.count)
            for total in document.plan.stated_totals
        ]
        assert stated == [
            ("recommendations", (), (), 18),
            ("recommendations", ("business_as_usual",), (), 7),
            ("recommendations", ("active",), ("green",), 11),
            ("recommendations", (), ("amber",), 0),
            ("recommendations", (), ("red",), 0),
            ("actions", (), (), 41),
            ("actions", ("completed",), (), 5),
            ("actions", (), ("green",), 36),
        ]


class TestRecommendations:
    def test_seven_are_business_as_usual_and_eleven_active_and_green(self, document: PlanDocument) -> None:
        held = Counter((item.status, item.rating) for item in document.recommendations)
        assert held == {
            (v.RecommendationStatus.BUSINESS_AS_USUAL, None): 7,
            (v.RecommendationStatus.ACTIVE, v.Rating.GREEN): 11,
        }
        assert [item.ref for item in document.recommendations] == [str(n) for n in range(1, 19)]

    def test_business_as_usual_has_a_closing_statement_and_neither_lead_nor_action(
        self, document: PlanDocument
    ) -> None:
        settled = [item for item in document.recommendations if item.ref in BUSINESS_AS_USUAL]
        assert {item.status for item in settled} == {v.RecommendationStatus.BUSINESS_AS_USUAL}
        assert all(item.status_note and not item.leads for item in settled)
        acted_on = {ref for item in document.actions for ref in item.recommendations}
        assert not acted_on & BUSINESS_AS_USUAL

    def test_the_second_lead_of_the_first_is_doubtful(self, document: PlanDocument) -> None:
        assert [lead.doubtful for lead in recommendation(document, "1").leads] == [False, True]
        assert v.SourceNoteKind.CONTRADICTION in notes_on(document, v.ItemKind.RECOMMENDATION, "1")

    def test_only_the_seventh_says_that_it_has_no_indicators(self, document: PlanDocument) -> None:
        assert [item.ref for item in document.recommendations if item.no_kpis_reason] == ["7"]
        tied = {link.recommendation for item in document.kpis for link in item.recommendations}
        assert tied == {"1", "2", "3", "4", "8", "9", "10", "11", "12", "15"}

    def test_the_eleventh_is_green_though_called_business_as_usual(self, document: PlanDocument) -> None:
        assert recommendation(document, "11").status is v.RecommendationStatus.ACTIVE
        assert v.SourceNoteKind.CONTRADICTION in notes_on(document, v.ItemKind.RECOMMENDATION, "11")


class TestActions:
    def test_five_are_complete_and_thirty_six_green(self, document: PlanDocument) -> None:
        held = Counter((item.status, item.rating) for item in document.actions)
        assert held == {
            (v.ActionStatus.COMPLETED, v.Rating.BLUE): 5,
            (v.ActionStatus.IN_PROGRESS, v.Rating.GREEN): 36,
        }
        complete = {item.ref for item in document.actions if item.status is v.ActionStatus.COMPLETED}
        assert complete == {"1b", "8b", "11a", "12a", "12c"}

    def test_letters_begin_again_under_every_recommendation(self, document: PlanDocument) -> None:
        held = Counter(item.recommendations[0] for item in document.actions)
        assert held == {
            "1": 7, "2": 5, "3": 3, "4": 3, "7": 3, "8": 2, "9": 3, "10": 4, "11": 3, "12": 5, "15": 3,
        }  # fmt: skip
        assert Counter(item.source_ref for item in document.actions)["a."] == 11

    def test_a_misprinted_letter_is_kept(self, document: PlanDocument) -> None:
        refs = [item.ref for item in document.actions if item.recommendations == ["11"]]
        assert refs == ["11a", "11b", "11e"]
        assert action(document, "11e").source_ref == "e."
        assert notes_on(document, v.ItemKind.ACTION, "11e") == [v.SourceNoteKind.OTHER]

    @pytest.mark.parametrize(
        ("ref", "start", "due", "status"),
        [
            ("1b", "2017-08", "2017-09", "completed"),
            ("3c", "2017-09", "2017-12", "in_progress"),
            ("8b", "2017-08", "2018-03", "completed"),
            ("9a", "2017-03", "2018-03", "in_progress"),
            ("10b", "2017-09", "2018-03", "in_progress"),
            ("10c", "2017-08", "2018-03", "in_progress"),
            ("10d", "2016-10", "2018-03", "in_progress"),
            ("11a", "2017-09", "2017-12", "completed"),
            ("12a", "2017-09", "2017-11", "completed"),
            ("12c", "2017-09", "2018-12", "completed"),
            ("12d", "2018-03", "2018-03", "in_progress"),
            ("15a", "2017-08", "2017-11", "in_progress"),
        ],
    )
    def test_months_are_as_printed(
        self, document: PlanDocument, ref: str, start: str, due: str, status: str
    ) -> None:
        held = action(document, ref)
        assert held.start is not None
        assert held.due is not None
        assert (held.start.date, held.due.date, held.status) == (start, due, status)
        assert held.completed_on is None

    @pytest.mark.parametrize("ref", ["8b", "10d", "12c", "12d", "15a"])
    def test_dates_that_contradict_the_status_are_doubts(self, document: PlanDocument, ref: str) -> None:
        assert v.SourceNoteKind.CONTRADICTION in notes_on(document, v.ItemKind.ACTION, ref)

    @pytest.mark.parametrize("ref", ["2b", "2e", "12d", "12e", "10b", "10c", "10d"])
    def test_a_rating_letter_not_read_is_a_doubt(self, document: PlanDocument, ref: str) -> None:
        found = notes_on(document, v.ItemKind.ACTION, ref)
        assert {v.SourceNoteKind.UNREADABLE, v.SourceNoteKind.MISSING} & set(found)

    def test_bullets_are_points(self, document: PlanDocument) -> None:
        assert {item.ref: len(item.points) for item in document.actions if item.points} == {
            "1d": 7,
            "1e": 7,
            "10a": 5,
        }

    def test_headings_stand_over_groups(self, document: PlanDocument) -> None:
        groups: dict[str, list[str]] = {}
        for item in document.actions:
            if item.group_heading:
                groups.setdefault(item.group_heading, []).append(item.ref)
        assert list(groups.values()) == [
            ["1d", "1e", "1f"],
            ["1g"],
            ["7a", "7b", "7c"],
            ["10a", "10b", "10c"],
            ["10d"],
            ["11a", "11b", "11e"],
        ]

    def test_success_tests_inside_actions_stand_apart(self, document: PlanDocument) -> None:
        assert [item.ref for item in document.actions if item.success_test] == ["1a", "2b", "2c", "2d"]


class TestKpis:
    def test_twenty_five_with_twenty_year_end_targets(self, document: PlanDocument) -> None:
        assert len(document.kpis) == 25
        targets = [target for item in document.kpis for target in item.targets]
        assert len(targets) == 20
        assert {target.kind for target in targets} == {v.TargetKind.YEAR_END}
        assert {target.due.date for target in targets if target.due} == {"2018-03"}

    @pytest.mark.parametrize(
        ("ref", "target", "period", "value"),
        [
            ("CSC-022", 90, "2017-10", 98),
            ("CSC-026", 5, "2017-10", 1),
            ("CSC-038", 90, "2017-10", 94),
            ("CSC-060", 60, "2017-10", 63),
            ("CSC-080", 40, "2017-10", 42),
            ("CSC-100", 25, "2017-10", 30),
            ("CSC-340a", 30, "FY2017-18-Q2", 41),
            ("CSC-340b", 60, "FY2017-18-Q2", 52),
            ("CSC-340c", 10, "FY2017-18-Q2", 7),
            ("CSC-352", 15, "2017-10", 13),
            ("CSC-393", 19, "2017-10", 18),
            ("CSC-394", 10, "2017-10", 10),
            ("CSC-338", 30, "FY2017-18-Q2", 41),
            ("CSC-339", 60, "FY2017-18-Q2", 52),
            ("CSC-340", 10, "FY2017-18-Q2", 7),
            ("CSC-011", 35, "2017-10", 24),
        ],
    )
    def test_target_and_in_year_value(
        self, document: PlanDocument, ref: str, target: int, period: str, value: int
    ) -> None:
        assert [held.value for held in kpi(document, ref).targets] == [target]
        assert figures(document, ref) == [(period, value)]

    @pytest.mark.parametrize(
        ("ref", "target"), [("CSC-176", 100), ("CSC-247", 100), ("CSC-268a", 90), ("CSC-279", 590)]
    )
    def test_an_unreadable_value_is_no_measurement(
        self, document: PlanDocument, ref: str, target: int
    ) -> None:
        assert [held.value for held in kpi(document, ref).targets] == [target]
        assert figures(document, ref) == []
        assert v.SourceNoteKind.UNREADABLE in notes_on(document, v.ItemKind.KPI, ref)

    @pytest.mark.parametrize(("ref", "value"), [("CSC-001", 981), ("CSC-252a", 97), ("CSC-252b", 90)])
    def test_a_dash_is_no_target(self, document: PlanDocument, ref: str, value: int) -> None:
        held = kpi(document, ref)
        assert (held.targets, held.no_target_text) == ([], "-")
        assert figures(document, ref) == [("2017-10", value)]

    def test_misread_figures_are_doubts(self, document: PlanDocument) -> None:
        for ref in ("CSC-038", "CSC-339"):
            assert v.SourceNoteKind.UNREADABLE in notes_on(document, v.ItemKind.KPI, ref)
            assert all(row.note for row in document.measurements if row.kpi == ref)

    def test_one_figure_over_two_columns_is_a_doubtful_value(self, document: PlanDocument) -> None:
        assert kpi(document, "CSC-216").targets == []
        assert figures(document, "CSC-216") == [("2017-10", 96)]
        assert notes_on(document, v.ItemKind.KPI, "CSC-216") == [v.SourceNoteKind.UNPLACED]

    def test_quarters_stand_beside_months(self, document: PlanDocument) -> None:
        assert len(measured_in(document, "FY2017-18-Q2")) == 6
        assert len(measured_in(document, "2017-10")) == len(document.measurements) - 6 == 14

    def test_one_indicator_under_two_recommendations(self, document: PlanDocument) -> None:
        shared = {
            item.ref: [link.recommendation for link in item.recommendations]
            for item in document.kpis
            if len(item.recommendations) > 1
        }
        assert shared == {"CSC-022": ["1", "12"], "CSC-026": ["1", "12"], "CSC-176": ["1", "3"]}

    def test_two_leads_and_two_wordings_of_one_indicator(self, document: PlanDocument) -> None:
        first, second = kpi(document, "CSC-176").recommendations
        assert first.leads != second.leads
        assert first.wording != second.wording
        assert first.wording
        assert second.wording

    def test_stems_that_collide_are_not_parent_and_parts(self, document: PlanDocument) -> None:
        colliding = [item for item in document.kpis if item.ref.startswith("CSC-340")]
        assert [item.ref for item in colliding] == ["CSC-340a", "CSC-340b", "CSC-340c", "CSC-340"]
        assert [item.source_ref for item in colliding] == ["CSC 340a", "CSC 340b", "CSC 340c", "CSC 340"]
        assert all(item.parent is None for item in colliding)

    def test_the_one_without_a_number(self, document: PlanDocument) -> None:
        held = kpi(document, "CSC-NEW")
        assert (held.source_ref, held.targets, figures(document, "CSC-NEW")) == ("NEW", [], [])
        found = notes_on(document, v.ItemKind.KPI, "CSC-NEW")
        assert {v.SourceNoteKind.MISSING, v.SourceNoteKind.CUT_OFF, v.SourceNoteKind.UNREADABLE} <= set(found)

    def test_neither_higher_nor_lower_is_better(self, document: PlanDocument) -> None:
        neutral = [item.ref for item in document.kpis if item.polarity is v.Polarity.NEUTRAL]
        assert neutral == ["CSC-340b", "CSC-NEW", "CSC-339", "CSC-001", "CSC-011"]

    def test_a_target_in_days_and_a_cumulative_twin(self, document: PlanDocument) -> None:
        assert kpi(document, "CSC-279").unit is v.Unit.DAYS
        assert kpi(document, "CSC-252a").nature is v.Nature.IN_PERIOD
        assert kpi(document, "CSC-252b").nature is v.Nature.CUMULATIVE


class TestNarratives:
    def test_every_recommendation_has_one_of_december(self, document: PlanDocument) -> None:
        told = [item for item in document.narratives if item.about[0].kind is v.ItemKind.RECOMMENDATION]
        assert [item.about[0].ref for item in told] == [str(n) for n in range(1, 19)]
        assert {item.on.date for item in told if item.on} == {"2017-12"}
        closing = {item.about[0].ref for item in told if item.kind is v.NarrativeKind.CLOSING}
        assert closing == BUSINESS_AS_USUAL
        assert all(item.rating is v.Rating.GREEN for item in told if item.kind is v.NarrativeKind.PROGRESS)

    def test_successes_and_challenges_are_about_the_plan(self, document: PlanDocument) -> None:
        kinds = Counter(item.kind for item in document.narratives if item.about[0].kind is v.ItemKind.PLAN)
        assert kinds == {
            v.NarrativeKind.INTRODUCTION: 2,
            v.NarrativeKind.SUCCESS: 2,
            v.NarrativeKind.CHALLENGE: 2,
        }

    def test_the_vacancy_rate_is_told_but_not_measured(self, document: PlanDocument) -> None:
        told = next(item for item in document.narratives if item.about[0].ref == "4")
        assert "13%" in told.text
        assert "11 posts" in told.text
        assert not any("vacancy" in item.title.casefold() for item in document.kpis)
        assert v.SourceNoteKind.UNPLACED in notes_on(document, v.ItemKind.RECOMMENDATION, "4")
