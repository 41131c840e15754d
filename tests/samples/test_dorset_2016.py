"""The Dorset-2016-shaped sample holds what its seed prints, counted and spot-checked."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from api import vocabulary as v
from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.work import Action, Narrative

RECOMMENDATIONS_OF_PARAGRAPHS = {
    "2.1": ["1"],
    "2.2": ["16"],
    "3.1": ["2"],
    "3.2": ["3", "4"],
    "3.3": ["5"],
    "3.4": ["5"],
    "3.5": ["7"],
    "3.6": ["8"],
    "4.1": ["6"],
    "4.2": ["6"],
    "4.3": ["9"],
    "4.4": ["10"],
    "4.5": ["11"],
    "4.6": ["12"],
    "4.7": ["12"],
    "4.8": ["13"],
    "4.9": ["14", "15"],
    "5.1": ["17"],
    "5.2": ["18"],
}


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    path = files("api.samples") / "plans" / "dorset-2016.json"
    return PlanDocument.model_validate_json(path.read_text(encoding="utf-8"))


def action(document: PlanDocument, ref: str) -> Action:
    return next(item for item in document.actions if item.ref == ref)


def paragraph(document: PlanDocument, number: str) -> Narrative:
    return next(item for item in document.narratives if item.source_ref == number)


def notes_on(document: PlanDocument, kind: v.ItemKind, ref: str | None) -> list[v.SourceNoteKind]:
    return [note.kind for note in document.source_notes if note.about.kind is kind and note.about.ref == ref]


class TestPlan:
    def test_is_closed_and_judged_when_it_was_signed(self, document: PlanDocument) -> None:
        assert document.plan.status is v.PlanStatus.CLOSED
        assert str(document.plan.as_at) == "2016-08-31"
        assert document.plan.signatories == ["Director for children's services"]

    def test_the_inspection_spans_two_months(self, document: PlanDocument) -> None:
        (inspection,) = document.inspections
        assert inspection.framework is v.Framework.SIF
        assert inspection.starts is not None
        assert inspection.ends is not None
        assert inspection.published_on is not None
        dates = (inspection.starts.date, inspection.ends.date, inspection.published_on.date)
        assert dates == ("2016-02", "2016-03", "2016-05-23")
        assert inspection.judgements == []
        assert inspection.received_on is None

    def test_reports_climb_monthly_from_delivery_group_to_cabinet(self, document: PlanDocument) -> None:
        chain = [(board.name, board.frequency, board.reports_to) for board in document.plan.boards]
        assert chain == [
            ("Strategy delivery group", "monthly", "Children's services leadership team"),
            ("Children's services leadership team", "monthly", "Cabinet"),
            ("Cabinet", None, None),
        ]

    def test_the_covering_report_says_its_impact_recommendation_and_reason(
        self, document: PlanDocument
    ) -> None:
        topics = {statement.topic for statement in document.plan.impact_statements}
        assert {
            "Equalities",
            "Use of evidence",
            "Budget",
            "Recommendation",
            "Reason for recommendation",
        } <= topics

    def test_states_eighteen_recommendations_in_four_areas(self, document: PlanDocument) -> None:
        stated = [(total.of, total.count) for total in document.plan.stated_totals]
        assert stated == [("recommendations", 18), ("themes", 4)]
        assert (len(document.recommendations), len(document.themes)) == (18, 4)

    def test_one_risk_grows_after_its_controls(self, document: PlanDocument) -> None:
        (risk,) = document.risks
        assert risk.current is not None
        assert risk.residual is not None
        assert (risk.current.level, risk.residual.level) == (v.RiskLevel.LOW, v.RiskLevel.MEDIUM)
        assert v.SourceNoteKind.CONTRADICTION in notes_on(document, v.ItemKind.RISK, "R1")

    def test_it_has_no_indicators(self, document: PlanDocument) -> None:
        assert (document.kpis, document.measurements) == ([], [])


class TestRecommendations:
    def test_are_active_numbered_as_in_the_appendix_and_led_by_nobody_named(
        self, document: PlanDocument
    ) -> None:
        assert [item.ref for item in document.recommendations] == [str(n) for n in range(1, 19)]
        assert {item.status for item in document.recommendations} == {v.RecommendationStatus.ACTIVE}
        assert not any(item.leads or item.rating for item in document.recommendations)
        printed = [item.inspection_references[0].text for item in document.recommendations]
        assert printed == [f"Appendix 1, number {n}" for n in range(1, 19)]

    def test_stand_in_the_area_whose_paragraphs_speak_of_them(self, document: PlanDocument) -> None:
        areas: dict[str, list[str]] = {theme.ref: [] for theme in document.themes}
        for item in document.recommendations:
            (area,) = item.themes
            areas[area].append(item.ref)
        assert list(areas.values()) == [
            ["1", "16"],
            ["2", "3", "4", "5", "7", "8"],
            ["6", "9", "10", "11", "12", "13", "14", "15"],
            ["17", "18"],
        ]

    def test_that_the_mapping_is_not_printed_is_a_doubt(self, document: PlanDocument) -> None:
        assert v.SourceNoteKind.MISSING in notes_on(document, v.ItemKind.PLAN, None)
        assert all(
            v.SourceNoteKind.MISSING in notes_on(document, v.ItemKind.THEME, theme.ref)
            for theme in document.themes
        )


class TestNarratives:
    @pytest.mark.parametrize(("number", "refs"), RECOMMENDATIONS_OF_PARAGRAPHS.items())
    def test_a_paragraph_is_about_its_recommendations_and_area(
        self, document: PlanDocument, number: str, refs: list[str]
    ) -> None:
        held = paragraph(document, number)
        about = [item.ref for item in held.about if item.kind is v.ItemKind.RECOMMENDATION]
        assert about == refs
        assert [item.kind for item in held.about][len(refs) :] == [v.ItemKind.THEME]

    def test_together_they_cover_all_recommendations(self, document: PlanDocument) -> None:
        covered = {ref for refs in RECOMMENDATIONS_OF_PARAGRAPHS.values() for ref in refs}
        assert covered == {item.ref for item in document.recommendations}

    def test_every_numbered_paragraph_is_held_and_dated(self, document: PlanDocument) -> None:
        plan_wide = ["1.1", "1.2", "1.3", "6.1", "6.2", "6.3"]
        held = [item.source_ref for item in document.narratives]
        assert held == [*plan_wide[:3], *RECOMMENDATIONS_OF_PARAGRAPHS, *plan_wide[3:]]
        assert {item.on.date for item in document.narratives if item.on} == {"2016-08"}


class TestActions:
    def test_statuses_are_read_from_verbs(self, document: PlanDocument) -> None:
        assert Counter(item.status for item in document.actions) == {
            v.ActionStatus.COMPLETED: 11,
            v.ActionStatus.IN_PROGRESS: 16,
            v.ActionStatus.NOT_STARTED: 15,
        }

    @pytest.mark.parametrize(
        ("ref", "status"),
        [
            ("P3.2-1", "completed"),
            ("P3.5-1", "in_progress"),
            ("P4.5-1", "not_started"),
            ("P4.5-2", "not_started"),
            ("P4.7-1", "completed"),
            ("P5.2-3", "in_progress"),
        ],
    )
    def test_a_verb_gives_its_status(self, document: PlanDocument, ref: str, status: str) -> None:
        assert action(document, ref).status == status

    def test_ties_to_recommendations_agree_with_the_paragraph_and_are_inferred(
        self, document: PlanDocument
    ) -> None:
        for item in document.actions:
            number = item.ref.removeprefix("P").split("-")[0]
            assert set(item.recommendations) <= set(RECOMMENDATIONS_OF_PARAGRAPHS[number])
            assert item.recommendation_inferred

    def test_only_one_lead_is_named_in_the_prose(self, document: PlanDocument) -> None:
        assert [item.ref for item in document.actions if item.leads] == ["P4.8-3"]
        assert [lead.party for lead in action(document, "P4.8-3").leads] == ["alternative-provision-adviser"]

    @pytest.mark.parametrize(
        ("ref", "date", "text"),
        [
            ("P2.1-1", "2016-09-05", "on the 5th September"),
            ("P4.3-2", None, "the new academic year"),
            ("P4.5-3", "2016-11", "in November 2016"),
            ("P4.7-2", "2016-09-01", "by the 1st September"),
            ("P4.8-1", "2016-08", "over August 2016"),
            ("P4.8-2", None, "planned for 2016/17"),
            ("P4.9-1", "2016-09-05", "from the 5th September"),
            ("P5.1-1", "2016-09-20", "on the 20th September"),
        ],
    )
    def test_fuzzy_due_dates_keep_their_words(
        self, document: PlanDocument, ref: str, date: str | None, text: str
    ) -> None:
        due = action(document, ref).due
        assert due is not None
        assert (due.date, due.text) == (date, text)

    def test_other_fuzzy_dates(self, document: PlanDocument) -> None:
        meanwhile, ongoing = action(document, "P4.2-2").start, action(document, "P3.2-3").due
        assert meanwhile is not None
        assert ongoing is not None
        assert (meanwhile.date, meanwhile.text) == (None, "In the meantime")
        assert (ongoing.ongoing, ongoing.text) == (True, "on-going")
        assert action(document, "P2.1-1").due_means is v.DueMeans.START

    @pytest.mark.parametrize("ref", ["P3.3-1", "P4.3-1", "P4.5-2", "P4.7-2", "P4.8-1"])
    def test_a_doubtful_state_carries_a_note(self, document: PlanDocument, ref: str) -> None:
        assert notes_on(document, v.ItemKind.ACTION, ref)

    def test_repeated_looks_at_practice_are_checks(self, document: PlanDocument) -> None:
        held = [(check.kind, check.about.ref, check.recurrence) for check in document.checks]
        assert held == [
            (v.CheckKind.DATA_REVIEW, "2", "every month"),
            (v.CheckKind.AUDIT, "5", None),
        ]
