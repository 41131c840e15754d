"""The Derby-shaped sample holds what its source holds, no more and no less."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.basics import Lead
from api.plan_documents.parts.work import Action, Check
from api.vocabulary import (
    ActionStatus,
    Dimension,
    DimensionAnswer,
    DueMeans,
    Framework,
    Grade,
    ItemKind,
    PartyKind,
    PlanStatus,
    SourceNoteKind,
    ThemeKind,
)

SUB_ACTIONS = {
    "D1": 7, "D2": 4, "D3": 9, "D4": 5, "D5": 2, "D6": 2, "D7": 10, "D8": 8, "D9": 7, "D10": 5,
    "D11": 10, "D12": 7, "D13": 3, "D14": 7, "D15": 5, "D16": 5, "D17": 2, "D18": 2, "D19": 2, "D20": 2,
    "D21": 3, "D22": 5, "D23": 3, "D24": 6, "D25": 3,
}  # fmt: skip
CHECKS = {
    "D1": 2, "D2": 3, "D3": 2, "D4": 2, "D5": 2, "D6": 1, "D7": 2, "D8": 3, "D9": 1, "D10": 1,
    "D11": 3, "D12": 3, "D13": 2, "D14": 3, "D15": 2, "D16": 2, "D17": 1, "D18": 1, "D19": 1, "D20": 1,
    "D21": 1, "D22": 1, "D23": 1, "D24": 1, "D25": 1,
}  # fmt: skip
DIMENSION_OF_LETTER = {
    "F": Dimension.FINANCIAL,
    "S": Dimension.STAFF,
    "P": Dimension.PARTNERS,
    "Y": Dimension.SYSTEMS,
    "L": Dimension.LEADERSHIP,
}


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    text = (files("api.samples") / "plans" / "derby-2017.json").read_text(encoding="utf-8")
    return PlanDocument.model_validate_json(text)


def action(document: PlanDocument, ref: str) -> Action:
    return next(a for a in document.actions if a.ref == ref)


def check(document: PlanDocument, ref: str) -> Check:
    return next(c for c in document.checks if c.ref == ref)


def objectives(document: PlanDocument) -> list[Action]:
    return [a for a in document.actions if a.parent is None]


def sub_actions(document: PlanDocument) -> list[Action]:
    return [a for a in document.actions if a.parent is not None]


def noted(document: PlanDocument, kind: SourceNoteKind) -> set[str | None]:
    return {n.about.ref for n in document.source_notes if n.kind is kind}


def answer(item: Action, dimension: Dimension) -> DimensionAnswer:
    return next(d.answer for d in item.dimensions if d.dimension is dimension)


def parties(leads: list[Lead]) -> list[str]:
    return [lead.party for lead in leads]


def due(item: Action | Check) -> tuple[str | None, bool, str | None] | None:
    return (item.due.date, item.due.ongoing, item.due.text) if item.due else None


class TestPlan:
    def test_clock_stands_at_an_inferred_day(self, document: PlanDocument) -> None:
        assert document.plan.status is PlanStatus.CLOSED
        assert document.plan.as_at == date(2017, 7, 31)
        assert any("31 July 2017, is inferred" in n.text for n in document.source_notes)

    def test_stated_totals_are_those_of_the_introduction(self, document: PlanDocument) -> None:
        assert {t.of: t.count for t in document.plan.stated_totals} == {"recommendations": 11, "themes": 3}

    def test_no_status_is_printed_and_the_plan_says_so(self, document: PlanDocument) -> None:
        assert document.plan.status_words == []
        assert {a.status for a in document.actions} == {ActionStatus.NOT_STARTED}
        assert any(
            n.about.kind is ItemKind.PLAN and "No status is printed" in n.text for n in document.source_notes
        )

    def test_inspection_judgements(self, document: PlanDocument) -> None:
        (inspection,) = document.inspections
        assert inspection.framework is Framework.SIF
        assert inspection.starts is not None and inspection.starts.date == "2017-03"
        assert [(j.area, j.under, j.grade) for j in inspection.judgements] == [
            ("Overall effectiveness", None, Grade.GOOD),
            ("Help and protection", None, Grade.REQUIRES_IMPROVEMENT),
            ("Looked after and permanence", None, Grade.GOOD),
            ("Adoption", "Looked after and permanence", Grade.GOOD),
            ("Care leavers", "Looked after and permanence", Grade.GOOD),
            ("Leadership", None, Grade.GOOD),
            ("LSCB review", None, Grade.OUTSTANDING),
        ]

    def test_three_footnotes_are_kept(self, document: PlanDocument) -> None:
        assert [n.about.kind for n in document.source_notes if n.kind is SourceNoteKind.FOOTNOTE] == [
            ItemKind.PLAN
        ] * 3

    def test_one_role_under_several_spellings(self, document: PlanDocument) -> None:
        director = next(p for p in document.parties if p.ref == "sd-ehcs")
        assert {"SD EHCS", "SD EHSC", "SD EH"} <= set(director.aliases)
        assert {lead.as_printed for lead in action(document, "D22.L1").leads} == {"SD EHSC", "IS"}

    def test_nobody_is_named(self, document: PlanDocument) -> None:
        assert all(p.kind is not PartyKind.PERSON for p in document.parties)


class TestThemesAndRecommendations:
    def test_three_themes_and_twelve_existing_priorities(self, document: PlanDocument) -> None:
        assert [t.ref for t in document.themes if t.kind is ThemeKind.THEME] == ["T1", "T2", "T3"]
        priorities = [t.ref[:2] for t in document.themes if t.kind is ThemeKind.EXISTING_PRIORITY]
        assert Counter(priorities) == {"T1": 5, "T2": 4, "T3": 3}

    def test_eleven_recommendations_with_labels_over_the_themes(self, document: PlanDocument) -> None:
        assert [r.ref for r in document.recommendations] == [str(n) for n in range(1, 12)]
        assert all(r.label for r in document.recommendations)
        assert Counter(t for r in document.recommendations for t in r.themes) == {"T1": 6, "T2": 3, "T3": 2}

    def test_ties_to_recommendations_are_inferred_and_noted(self, document: PlanDocument) -> None:
        tied = {a.ref: a.recommendations for a in document.actions if a.recommendations}
        assert tied == {
            "D3": ["4"], "D4": ["5"], "D6": ["2"], "D7": ["2"], "D8": ["3"], "D9": ["10"], "D11": ["11"],
            "D14": ["6"], "D15": ["8"], "D18": ["7"], "D20": ["7"], "D22": ["1"], "D24": ["9"],
        }  # fmt: skip
        assert {a.ref for a in document.actions if a.recommendation_inferred} == set(tied)
        assert set(tied) <= noted(document, SourceNoteKind.MISSING)

    def test_a_subject_in_two_themes_is_a_contradiction(self, document: PlanDocument) -> None:
        themes = {r.ref: r.themes for r in document.recommendations}
        assert (themes["8"], action(document, "D15").themes) == (["T1"], ["T2"])
        assert (themes["11"], action(document, "D11").themes) == (["T2"], ["T1"])
        assert {"8", "11", "D15", "D11"} <= noted(document, SourceNoteKind.CONTRADICTION)


class TestObjectives:
    def test_twenty_five_over_three_themes(self, document: PlanDocument) -> None:
        assert [a.ref for a in objectives(document)] == [f"D{n}" for n in range(1, 26)]
        assert Counter(t for a in objectives(document) for t in a.themes) == {"T1": 11, "T2": 10, "T3": 4}

    def test_each_has_officers_and_one_or_two_areas(self, document: PlanDocument) -> None:
        assert all(a.leads for a in objectives(document))
        assert {a.ref for a in objectives(document) if len(a.supports) == 2} == {"D2", "D8"}
        assert {len(a.supports) for a in objectives(document)} == {1, 2}

    def test_collective_officers(self, document: PlanDocument) -> None:
        kinds = {p.ref: p.kind for p in document.parties}
        assert [kinds[p] for p in parties(action(document, "D4").leads)] == [PartyKind.EVERYONE]
        assert kinds["all-sc-eh"] is PartyKind.EVERYONE
        assert "all-sc-eh" in parties(action(document, "D3").leads)

    @pytest.mark.parametrize(
        ("ref", "expected", "means"),
        [
            ("D1", ("2018-03", False, "On-going to the end of March 2018"), DueMeans.FINISH),
            ("D3", ("2017-08", False, "August 2017"), DueMeans.FINISH),
            ("D4", (None, False, "With immediate effect"), DueMeans.START),
            ("D24", ("2018-03", False, "Review March 2018"), DueMeans.REVIEW),
            ("D25", ("2017-07", False, "Pilot to commence in July 2017"), DueMeans.START),
        ],
    )
    def test_fuzzy_deadlines(
        self, document: PlanDocument, ref: str, expected: tuple[str | None, bool, str], means: DueMeans
    ) -> None:
        assert due(action(document, ref)) == expected
        assert action(document, ref).due_means is means

    def test_staged_deadline(self, document: PlanDocument) -> None:
        staged = action(document, "D22").milestones
        assert [m.due and m.due.date for m in staged] == ["2017-09", "2017-12", "2018-03"]

    def test_deadline_that_is_a_list_of_checks(self, document: PlanDocument) -> None:
        neglect = action(document, "D2")
        assert neglect.due_means is DueMeans.FIRST_CHECK
        assert neglect.due is not None and neglect.due.date == "2017-12"
        assert [m.due and m.due.date for m in neglect.milestones] == ["2017-12", "2018-01"]

    def test_every_dimension_is_answered(self, document: PlanDocument) -> None:
        assert all([d.dimension for d in a.dimensions] == list(Dimension) for a in objectives(document))
        answers = Counter(d.answer for a in objectives(document) for d in a.dimensions)
        assert answers == {
            DimensionAnswer.ACTIONS: 76,
            DimensionAnswer.NOT_APPLICABLE: 36,
            DimensionAnswer.IMPLICATION: 7,
            DimensionAnswer.BLANK: 5,
            DimensionAnswer.NONE: 1,
        }

    def test_five_answers_stay_apart(self, document: PlanDocument) -> None:
        financial = {a.ref: answer(a, Dimension.FINANCIAL) for a in objectives(document)}
        assert financial["D1"] is DimensionAnswer.BLANK
        assert financial["D2"] is DimensionAnswer.NOT_APPLICABLE
        assert financial["D22"] is DimensionAnswer.IMPLICATION
        assert financial["D23"] is DimensionAnswer.NONE
        assert financial["D24"] is DimensionAnswer.ACTIONS
        assert action(document, "D22").cost_note == "Four FTE posts, provisional"

    def test_actions_are_answered_exactly_where_there_are_some(self, document: PlanDocument) -> None:
        held = {(a.parent, a.dimension) for a in sub_actions(document)}
        answered = {
            (a.ref, d.dimension)
            for a in objectives(document)
            for d in a.dimensions
            if d.answer is DimensionAnswer.ACTIONS
        }
        assert answered == held


class TestSubActions:
    def test_one_hundred_and_twenty_four(self, document: PlanDocument) -> None:
        assert len(sub_actions(document)) == 124
        assert Counter(a.parent for a in sub_actions(document)) == SUB_ACTIONS

    def test_by_dimension(self, document: PlanDocument) -> None:
        assert Counter(a.dimension for a in sub_actions(document)) == {
            Dimension.FINANCIAL: 2,
            Dimension.STAFF: 37,
            Dimension.PARTNERS: 30,
            Dimension.SYSTEMS: 36,
            Dimension.LEADERSHIP: 19,
        }

    def test_ref_names_parent_and_dimension(self, document: PlanDocument) -> None:
        for a in sub_actions(document):
            match = re.fullmatch(r"(D\d+)\.([FSPYL])\d", a.ref)
            assert match is not None
            assert (a.parent, a.dimension) == (match[1], DIMENSION_OF_LETTER[match[2]])

    def test_owner_and_date_from_the_bracket(self, document: PlanDocument) -> None:
        training = action(document, "D1.S3")
        assert (parties(training.leads), due(training)) == (["hos-safeguarding"], ("2017-08", False, "Aug17"))

    @pytest.mark.parametrize(
        ("ref", "expected", "means", "recurrence"),
        [
            ("D1.S1", ("2017-05", True, "May17 onwards"), DueMeans.START, "quarterly"),
            ("D1.P1", ("2017-09", True, "Sept17 onwards"), DueMeans.START, "every 6 months"),
            ("D2.S2", ("2017", False, "on-going to the end of 2017"), DueMeans.FINISH, None),
            ("D7.S2", ("2017-07", True, "from Jul17"), DueMeans.START, None),
            (
                "D11.P4",
                ("2018-03", False, "twice by the end of Mar18"),
                DueMeans.FINISH,
                "at least two per year",
            ),
            ("D14.S1", (None, True, "on-going"), DueMeans.FINISH, None),
            ("D12.Y2", None, DueMeans.FINISH, "quarterly"),
            ("D17.Y1", ("2017-09", False, "Set17"), DueMeans.FINISH, None),
        ],
    )
    def test_dates_as_printed(
        self,
        document: PlanDocument,
        ref: str,
        expected: tuple[str | None, bool, str] | None,
        means: DueMeans,
        recurrence: str | None,
    ) -> None:
        item = action(document, ref)
        assert (due(item), item.due_means, item.recurrence) == (expected, means, recurrence)

    def test_several_dates_in_one_bracket(self, document: PlanDocument) -> None:
        events = action(document, "D24.L1")
        assert [m.due and m.due.date for m in events.milestones] == ["2017-06", "2017-09", "2018-01"]
        assert events.due is not None and events.due.text == "Jun17, Sept17 and Jan18"

    def test_dates_later_than_the_objective_are_contradictions(self, document: PlanDocument) -> None:
        assert due(action(document, "D3.L1")) == ("2018-05", False, "May18")
        late = {"D3.S2", "D3.P3", "D3.Y2", "D3.Y3", "D3.L1", "D12.S2", "D12.Y3", "D13.L1", "D15.S1", "D15.L1"}
        assert late | {"D22.Y1", "D23.L1"} <= noted(document, SourceNoteKind.CONTRADICTION)

    def test_eighteen_texts_cut_at_the_page_edge(self, document: PlanDocument) -> None:
        leadership = {a.ref for a in sub_actions(document) if a.dimension is Dimension.LEADERSHIP}
        assert noted(document, SourceNoteKind.CUT_OFF) - {None} == leadership - {"D12.L1"}
        assert len(leadership) == 19

    def test_cut_dates_stay_unread(self, document: PlanDocument) -> None:
        assert due(action(document, "D11.L1")) == (None, False, "Apr")
        assert due(action(document, "D25.L1")) == (None, False, "Ma")

    def test_one_action_in_two_places(self, document: PlanDocument) -> None:
        first, second = action(document, "D7.S3"), action(document, "D8.S2")
        assert (first.leads, first.due) == (second.leads, second.due)
        assert action(document, "D17.Y1").title == action(document, "D17").title
        assert {"D7.S3", "D8.S2", "D17.Y1"} <= noted(document, SourceNoteKind.OTHER)

    def test_numeric_target_printed_as_an_action(self, document: PlanDocument) -> None:
        target = action(document, "D24.F1")
        assert "15" in target.title
        assert (target.due, target.leads) == (None, [])
        assert target.recurrence == "each year for the next three years"
        assert document.kpis == []

    def test_cross_references_keep_lost_targets(self, document: PlanDocument) -> None:
        found = {
            a.ref: (c.text, c.to.ref if c.to else None) for a in document.actions for c in a.cross_references
        }
        assert found == {
            "D7": ("actions in section 3", "T3"),
            "D8": ("actions in section 3", "T3"),
            "D14": ("actions in section 3", "T3"),
            "D8.S1": ("the analysis action on page 3", None),
            "D9.S1": ("actions under assessments (pages 6 and 7)", None),
            "D13": ("as per the action above", "D12.S2"),
            "D20": ("See below action", None),
        }
        assert {"D8.S1", "D9.S1", "D13", "D20"} <= noted(document, SourceNoteKind.UNPLACED)


class TestClosingTheLoop:
    def test_forty_three_checks(self, document: PlanDocument) -> None:
        assert len(document.checks) == 43
        assert Counter(c.about.ref for c in document.checks) == CHECKS
        assert all(c.ref.startswith(f"{c.about.ref}.C") for c in document.checks)

    def test_owner_and_date(self, document: PlanDocument) -> None:
        audit = check(document, "D3.C1")
        assert (parties(audit.owners), due(audit)) == (["qa-team"], ("2018-03", False, "Mar18"))

    def test_recurring_checks(self, document: PlanDocument) -> None:
        recurring = {c.ref: c.recurrence for c in document.checks if c.recurrence}
        assert recurring == {
            "D1.C1": "quarterly", "D5.C2": "quarterly", "D11.C1": "quarterly", "D11.C2": "quarterly",
            "D13.C2": "every quarter", "D14.C3": "monthly", "D15.C1": "every quarter",
            "D16.C2": "quarterly", "D21.C1": "quarterly", "D22.C1": "monthly",
        }  # fmt: skip

    def test_checks_without_owner_or_date(self, document: PlanDocument) -> None:
        bare = {c.ref for c in document.checks if not (c.owners or c.due or c.recurrence)}
        assert bare == {"D4.C1", "D6.C1", "D11.C3", "D18.C1", "D19.C1"}
        ownerless = {c.ref for c in document.checks if not c.owners}
        assert ownerless - bare == {
            "D5.C2", "D10.C1", "D11.C2", "D12.C1", "D12.C2", "D21.C1", "D22.C1", "D25.C1",
        }  # fmt: skip
        assert ownerless <= noted(document, SourceNoteKind.MISSING)

    def test_a_doubtful_word_is_not_read_as_a_recurrence(self, document: PlanDocument) -> None:
        report = check(document, "D24.C1")
        assert (report.due, report.recurrence) == (None, None)
        assert "D24.C1" in noted(document, SourceNoteKind.OTHER)
