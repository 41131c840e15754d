"""The West-Sussex-shaped sample: group dates kept apart from actions, targets of every sort."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from importlib.resources import files

import pytest

from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.kpis import Kpi, Target
from api.plan_documents.parts.work import Action, Recommendation
from api.vocabulary import (
    ActionStatus,
    ItemKind,
    KpiKind,
    PlanStatus,
    Polarity,
    SourceNoteKind,
    TargetKind,
    TargetStage,
    Unit,
)


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    path = files("api.samples") / "plans" / "west-sussex-2019.json"
    return PlanDocument.model_validate_json(path.read_bytes())


@pytest.fixture(scope="module")
def actions(document: PlanDocument) -> dict[str, Action]:
    return {action.ref: action for action in document.actions}


@pytest.fixture(scope="module")
def kpis(document: PlanDocument) -> dict[str, Kpi]:
    return {kpi.ref: kpi for kpi in document.kpis}


@pytest.fixture(scope="module")
def recommendations(document: PlanDocument) -> dict[str, Recommendation]:
    return {recommendation.ref: recommendation for recommendation in document.recommendations}


def notes_about(document: PlanDocument, kind: ItemKind, ref: str | None = None) -> str:
    """The text of every source note on one item, in order."""
    return "\n".join(n.text for n in document.source_notes if (n.about.kind, n.about.ref) == (kind, ref))


def due_of(target: Target) -> str | None:
    return target.due.date if target.due else None


def figure_of(target: Target) -> int | None:
    return None if target.value is None else int(target.value)


class TestPlan:
    def test_is_a_draft_whose_clock_stands_at_the_end_of_its_month(self, document: PlanDocument) -> None:
        plan = document.plan
        assert (plan.ref, plan.version, plan.status) == (
            "west-sussex-2019",
            "Draft, July 2019",
            PlanStatus.CLOSED,
        )
        assert plan.as_at == dt.date(2019, 7, 31)
        assert plan.horizon is not None and plan.horizon.startswith("Year one")
        assert plan.starts is None and plan.ends is None

    def test_is_signed_by_two_roles(self, document: PlanDocument) -> None:
        assert document.plan.signatories == [
            "Cabinet Member for Children and Young People",
            "Director of Children's Services",
        ]

    def test_has_two_boards_one_of_them_independent(self, document: PlanDocument) -> None:
        assert [(b.name, b.is_independent, b.is_multi_agency) for b in document.plan.boards] == [
            ("Improvement Board", True, True),
            ("Programme Board", None, None),
        ]

    def test_lists_workstreams_that_nothing_is_tied_to(self, document: PlanDocument) -> None:
        assert [theme.title for theme in document.themes] == [
            "Workforce and Development",
            "Practice and Standards",
            "Leadership and Governance",
            "Partnerships",
            "Service Design",
        ]
        assert {theme.kind.value for theme in document.themes} == {"workstream"}
        tied = [item.themes for items in (document.actions, document.recommendations) for item in items]
        assert not any(tied) and not any(kpi.themes for kpi in document.kpis)
        assert "work streams" in notes_about(document, ItemKind.PLAN)

    def test_counts(self, document: PlanDocument) -> None:
        assert [total.count for total in document.plan.stated_totals] == [12, 12]
        assert len(document.recommendations) == 12
        assert len(document.actions) == 96
        assert len(document.kpis) == 70
        assert sum(len(kpi.targets) for kpi in document.kpis) == 44
        assert document.measurements == []


class TestRecommendations:
    def test_are_numbered_one_to_twelve_each_with_an_outcome(self, document: PlanDocument) -> None:
        assert [r.ref for r in document.recommendations] == [str(n) for n in range(1, 13)]
        paragraphs = [len((r.outcome or "").split("\n\n")) for r in document.recommendations]
        assert paragraphs == [3, 4, 2, 2, 2, 3, 2, 3, 4, 2, 4, 4]

    def test_have_one_reference_per_printed_line(self, document: PlanDocument) -> None:
        lines = [[r.text for r in rec.inspection_references if r.text] for rec in document.recommendations]
        assert [len(printed) for printed in lines] == [0, 3, 1, 3, 2, 4, 1, 1, 4, 3, 4, 4]

    def test_ten_has_three_references_one_with_three_paragraphs(
        self, recommendations: dict[str, Recommendation]
    ) -> None:
        references = recommendations["10"].inspection_references
        assert [(r.page, r.paragraphs, r.text) for r in references] == [
            ("5", "10", "Pg 5 Para 10"),
            ("11", "40, 41, 42", "Pg 11 Para 40,41,42"),
            ("8", "27", "Pg 8 Para 27"),
        ]
        assert {r.finding for r in references} == {"F10"}

    def test_findings_carry_pages_and_paragraphs(self, document: PlanDocument) -> None:
        (inspection,) = document.inspections
        assert inspection.published_on is not None and inspection.published_on.date == "2019-05"
        assert inspection.judgements == []
        findings = {f.ref: (f.page, f.paragraphs) for f in inspection.findings}
        assert len(findings) == 12
        assert findings["F1"] == (None, None)
        assert findings["F6"] == ("3, 6, 7, 8", "3; 18; 22, 24; 28, 29")

    def test_one_is_cut_off_and_has_a_part_numbered_like_an_action(
        self,
        document: PlanDocument,
        recommendations: dict[str, Recommendation],
        actions: dict[str, Action],
    ) -> None:
        assert [part.ref for part in recommendations["1"].parts] == ["1.3"]
        assert "1.3" in actions
        kinds = [n.kind for n in document.source_notes if n.about.ref == "1"]
        assert SourceNoteKind.CUT_OFF in kinds and SourceNoteKind.DUPLICATE_REF in kinds

    def test_six_is_two_run_into_one(
        self, document: PlanDocument, recommendations: dict[str, Recommendation]
    ) -> None:
        text = recommendations["6"].text
        assert "foster-to-adopt" in text and "not yet born" in text
        assert "Two recommendations run into one" in notes_about(document, ItemKind.RECOMMENDATION, "6")


class TestActions:
    def test_are_shared_out_among_the_recommendations(self, document: PlanDocument) -> None:
        counts = Counter(ref for action in document.actions for ref in action.recommendations)
        assert [counts[str(n)] for n in range(1, 13)] == [11, 6, 6, 8, 6, 8, 2, 7, 20, 6, 9, 7]

    def test_have_a_parent_only_where_its_number_is_printed(self, actions: dict[str, Action]) -> None:
        assert sum(1 for action in actions.values() if action.parent) == 42
        for ref, action in actions.items():
            above = ref.rpartition(".")[0]
            assert action.parent == (above if ref.count(".") == 2 and above in actions else None)
        assert [ref for ref, a in actions.items() if ref.count(".") == 2 and a.parent is None] == [
            "1.2.2",
            "2.1.0",
            "2.1.1",
            "2.1.2",
            "2.1.3",
        ]

    def test_keep_the_gaps_in_the_numbering(self, actions: dict[str, Action]) -> None:
        assert {"4.1.1", "4.2.1", "5.1.1", "6.1.1", "6.2.1", "7.1.1"}.isdisjoint(actions)
        assert actions["4.1.2"].parent == "4.1" and actions["9.3.4"].parent == "9.3"

    def test_have_no_status_in_the_source(self, document: PlanDocument, actions: dict[str, Action]) -> None:
        assert {(a.status, a.status_word) for a in actions.values()} == {(ActionStatus.NOT_STARTED, None)}
        assert "no status column" in notes_about(document, ItemKind.PLAN)

    def test_hold_a_date_only_where_the_row_ties_it(self, actions: dict[str, Action]) -> None:
        dated = {ref: action.due.date for ref, action in actions.items() if action.due}
        assert dated == {
            "2.1.0": "2019-11",
            "2.1.1": "2019-06",
            "2.1.2": "2019-01",
            "2.1.3": "2019-08",
            "2.2": "2019-12",
            "2.3": "2019-12",
            "9.3.4": "2019-07",
            "9.5.4": "2019-11",
            "12.5": "2019-12",
            "12.6": "2019-12",
            "12.7": "2019-12",
        }

    def test_with_several_leads_mix_people_and_teams(self, actions: dict[str, Action]) -> None:
        assert [lead.party for lead in actions["2.1.0"].leads] == [
            "lead-safeguarding-partnership",
            "lead-early-help",
            "lead-exploitation",
        ]
        assert [(lead.party, lead.doubtful) for lead in actions["3.5"].leads] == [
            ("lead-early-help", True),
            ("housing", True),
        ]

    def test_group_dates_and_leads_are_notes_and_doubts(
        self,
        document: PlanDocument,
        actions: dict[str, Action],
        recommendations: dict[str, Recommendation],
    ) -> None:
        three = notes_about(document, ItemKind.RECOMMENDATION, "3")
        assert "Eight dates stand beside six actions" in three and "'Nov 2019 & ongoing'" in three
        eight = notes_about(document, ItemKind.RECOMMENDATION, "8")
        assert "Seven actions beside four dates" in eight and "four lead entries" in eight
        assert [(lead.party, lead.doubtful) for lead in recommendations["8"].leads] == [
            ("lead-practice-development", True)
        ]
        assert not any(a.leads or a.due for ref, a in actions.items() if ref.startswith("8."))
        assert {lead.party for lead in recommendations["1"].leads} == {"hr", "all-managers"}
        assert all(lead.doubtful for r in document.recommendations for lead in r.leads)

    def test_a_role_keeps_its_spellings(self, document: PlanDocument, actions: dict[str, Action]) -> None:
        (role,) = [party for party in document.parties if party.ref == "head-of-qa"]
        assert role.aliases == ["Head of QA", "HOS QA", "HoS QA"]
        assert [lead.as_printed for lead in actions["9.3.4"].leads] == ["HOS QA"]

    def test_cross_reference_with_a_lost_target_is_kept(self, actions: dict[str, Action]) -> None:
        (reference,) = actions["10.5"].cross_references
        assert (reference.text, reference.to) == ("linked to action point 1", None)

    def test_a_kpi_is_tied_to_an_action_by_its_row(self, actions: dict[str, Action]) -> None:
        assert {ref: a.kpis for ref, a in actions.items() if a.kpis} == {"12.6": ["69"], "12.7": ["70", "71"]}

    def test_date_before_the_inspection_is_noted(self, document: PlanDocument) -> None:
        assert "Jan 2019" in notes_about(document, ItemKind.ACTION, "2.1.2")


class TestKpis:
    def test_run_from_6_to_71_with_four_lettered_parts(self, kpis: dict[str, Kpi]) -> None:
        assert [ref for ref in kpis if ref.isdigit()] == [str(n) for n in range(6, 72)]
        lettered = {ref: (kpi.source_ref, kpi.parent) for ref, kpi in kpis.items() if not ref.isdigit()}
        assert lettered == {
            "11a": ("11 a)", "11"),
            "11b": ("11 b)", "11"),
            "11c": ("11 c)", "11"),
            "11c-alone": ("11 c)", "11"),
        }

    def test_stand_each_under_one_recommendation(self, document: PlanDocument) -> None:
        counts = Counter(link.recommendation for kpi in document.kpis for link in kpi.recommendations)
        assert [counts[str(n)] for n in range(1, 13)] == [10, 6, 8, 5, 3, 6, 2, 4, 8, 5, 8, 5]

    def test_kinds(self, kpis: dict[str, Kpi]) -> None:
        assert [ref for ref, kpi in kpis.items() if kpi.kind is KpiKind.HEADING] == ["63"]
        assert [ref for ref, kpi in kpis.items() if kpi.parent == "63"] == ["64", "65", "66"]
        assert [ref for ref, kpi in kpis.items() if kpi.kind is KpiKind.MILESTONE] == ["23", "24", "25"]
        assert kpis["44"].kind is kpis["40"].kind is KpiKind.QUALITATIVE
        assert kpis["27"].polarity is Polarity.LOWER

    def test_ten_is_measured_at_three_points(self, kpis: dict[str, Kpi]) -> None:
        assert [s.ref for s in kpis["10"].segments] == ["immediately", "one-month", "three-months"]

    def test_reference_to_an_indicator_that_is_not_there(
        self, document: PlanDocument, kpis: dict[str, Kpi]
    ) -> None:
        assert "2" not in kpis
        assert "'KPI 2'" in notes_about(document, ItemKind.KPI, "58")


class TestTargets:
    def test_interim_final_and_to_be_confirmed(self, kpis: dict[str, Kpi]) -> None:
        staged = {
            ref: [(t.stage, figure_of(t), due_of(t)) for t in kpi.targets]
            for ref, kpi in kpis.items()
            if any(t.stage for t in kpi.targets)
        }
        interim, final = TargetStage.INTERIM, TargetStage.FINAL
        assert staged == {
            "42": [(interim, 70, "2019-10"), (final, 95, "2020-03")],
            "43": [(interim, 80, "2020-01"), (final, 95, "2020-03")],
            "45": [(interim, 70, "2019-10"), (final, 90, "2020-02")],
            "64": [(interim, 75, "2020-02")],
            "65": [(interim, 80, "2019-11")],
            "68": [(interim, 30, "2019-12"), (final, 20, "2020-03")],
        }
        unconfirmed = {
            ref: kpi.targets for ref, kpi in kpis.items() if kpi.targets and kpi.targets[0].value is None
        }
        assert list(unconfirmed) == ["28", "40"]
        assert all(t.to_be_confirmed for targets in unconfirmed.values() for t in targets)

    def test_with_and_without_a_date(self, kpis: dict[str, Kpi]) -> None:
        (dated,), (undated,) = kpis["6"].targets, kpis["7"].targets
        assert (dated.kind, figure_of(dated), due_of(dated)) == (TargetKind.BY_DATE, 95, "2020-03")
        assert (undated.kind, figure_of(undated), due_of(undated)) == (TargetKind.STANDING, 95, None)
        by_date = [ref for ref, kpi in kpis.items() for t in kpi.targets if t.kind is TargetKind.BY_DATE]
        assert sorted(set(by_date), key=int) == ["6", "12", "42", "43", "45", "55", "64", "65", "68"]

    def test_undated_figures(self, kpis: dict[str, Kpi]) -> None:
        figures = {
            ref: int(t.value)
            for ref, kpi in kpis.items()
            for t in kpi.targets
            if t.kind is TargetKind.STANDING and t.value is not None
        }
        assert figures == {
            **dict.fromkeys(["7", "8", "11a", "11b", "11c", "19", "20", "26", "39"], 95),
            **dict.fromkeys(["10", "15", "17", "34", "62", "66", "67"], 90),
            **dict.fromkeys(["14", "51", "70"], 80),
            **dict.fromkeys(["33", "47", "48", "49"], 75),
            **{"11c-alone": 70, "16": 25, "27": 10, "32": 100, "41": 85, "54": 10},
        }

    def test_baseline_inside_a_target(self, document: PlanDocument, kpis: dict[str, Kpi]) -> None:
        interim, final = kpis["68"].targets
        assert (interim.baseline, interim.value, final.baseline) == (Decimal(51), Decimal(30), None)
        assert kpis["68"].unit is Unit.PERCENT
        contradictions = [n for n in document.source_notes if n.about.ref == "68"]
        assert SourceNoteKind.CONTRADICTION in [n.kind for n in contradictions]

    def test_inside_the_title(self, kpis: dict[str, Kpi]) -> None:
        (vacancy,), (agency,) = kpis["54"].targets, kpis["55"].targets
        assert (figure_of(vacancy), due_of(vacancy)) == (10, None)
        assert vacancy.text is not None and "less than 10%" in vacancy.text
        assert (figure_of(agency), due_of(agency)) == (5, "2020-03")
