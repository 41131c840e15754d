"""The Dorset-2018-shaped sample: ten areas, 108 key actions, 51 measures, two months of figures."""

from collections import Counter
from decimal import Decimal
from importlib import resources

import pytest

from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.kpis import Kpi, Measurement
from api.plan_documents.parts.work import Action
from api.vocabulary import (
    ActionStatus,
    ControlState,
    Framework,
    Grade,
    ItemKind,
    KpiCategory,
    KpiKind,
    MeasurementState,
    MeasurementWorkflow,
    NarrativeKind,
    PeriodType,
    PlanStatus,
    RiskLevel,
    SourceNoteKind,
    Unit,
)


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    written = resources.files("api.samples") / "plans" / "dorset-2018.json"
    return PlanDocument.model_validate_json(written.read_text(encoding="utf-8"))


def action(document: PlanDocument, ref: str) -> Action:
    return next(action for action in document.actions if action.ref == ref)


def kpi(document: PlanDocument, ref: str) -> Kpi:
    return next(kpi for kpi in document.kpis if kpi.ref == ref)


def measured(document: PlanDocument, ref: str) -> dict[str, Measurement]:
    return {found.period: found for found in document.measurements if found.kpi == ref}


def values(document: PlanDocument, ref: str) -> dict[str, Decimal | None]:
    return {period: found.value for period, found in measured(document, ref).items()}


def noted(document: PlanDocument, ref: str | None, kind: SourceNoteKind) -> list[str]:
    return [note.text for note in document.source_notes if note.about.ref == ref and note.kind is kind]


class TestPlan:
    def test_it_is_closed_on_the_day_of_the_monitor_with_figures_a_month_older(
        self, document: PlanDocument
    ) -> None:
        plan = document.plan
        assert plan.status is PlanStatus.CLOSED
        assert plan.as_at is not None and plan.as_at.isoformat() == "2018-09-19"
        assert plan.figures_as_at is not None and plan.figures_as_at.date == "2018-08"
        assert plan.starts is not None and plan.starts.date == "2018-06"
        assert plan.ends is None

    def test_completed_and_closed_both_count_as_done(self, document: PlanDocument) -> None:
        words = {word.word: (word.status, word.counts_as_done) for word in document.plan.status_words}
        assert words == {
            "Not Started": (ActionStatus.NOT_STARTED, False),
            "In Progress": (ActionStatus.IN_PROGRESS, False),
            "Completed": (ActionStatus.COMPLETED, True),
            "Closed": (ActionStatus.CLOSED, True),
        }

    def test_stated_totals_stand_beside_what_is_held(self, document: PlanDocument) -> None:
        stated = [(total.count, total.percent, total.statuses) for total in document.plan.stated_totals]
        assert stated == [(105, None, []), (None, Decimal(29), ["completed", "closed"])]
        assert len(document.actions) == 108
        assert any("105" in text for text in noted(document, None, SourceNoteKind.CONTRADICTION))

    def test_the_board_meets_monthly_under_the_chief_executive(self, document: PlanDocument) -> None:
        (board,) = document.plan.boards
        assert (board.chair, board.frequency) == ("Chief Executive", "monthly")

    def test_the_joint_inspection_gives_no_grades(self, document: PlanDocument) -> None:
        (inspection,) = document.inspections
        assert inspection.framework is Framework.JTAI
        assert inspection.starts is not None and inspection.starts.date == "2018-05"
        assert inspection.judgements == []

    def test_ten_areas_one_of_them_titled_two_ways(self, document: PlanDocument) -> None:
        assert [theme.ref for theme in document.themes] == [f"A{number:02}" for number in range(1, 11)]
        audit = document.themes[3]
        assert (audit.title, audit.other_titles) == ("Audit programme", ["Audit Process"])
        assert noted(document, "A04", SourceNoteKind.CONTRADICTION)

    def test_progress_is_told_of_the_plan_an_area_and_measures(self, document: PlanDocument) -> None:
        assert Counter(told.kind for told in document.narratives) == {
            NarrativeKind.INTRODUCTION: 3,
            NarrativeKind.PROGRESS: 5,
            NarrativeKind.COMMENTARY: 4,
            NarrativeKind.OUTCOME: 2,
        }
        about = {(of.kind, of.ref) for told in document.narratives for of in told.about}
        assert {(ItemKind.PLAN, None), (ItemKind.THEME, "A07"), (ItemKind.KPI, "OBA3-02")} <= about


class TestActions:
    def test_rows_per_area(self, document: PlanDocument) -> None:
        assert Counter(theme for action in document.actions for theme in action.themes) == {
            "A01": 10,
            "A02": 3,
            "A03": 7,
            "A04": 11,
            "A05": 5,
            "A06": 19,
            "A07": 5,
            "A08": 26,
            "A09": 12,
            "A10": 10,
        }

    def test_statuses_as_legible(self, document: PlanDocument) -> None:
        assert Counter(action.status for action in document.actions) == {
            ActionStatus.UNREADABLE: 42,
            ActionStatus.IN_PROGRESS: 39,
            ActionStatus.COMPLETED: 18,
            ActionStatus.NOT_STARTED: 8,
            ActionStatus.CLOSED: 1,
        }
        assert action(document, "A06.KA04").status is ActionStatus.CLOSED

    @pytest.mark.parametrize("printed", ["A01.KA03", "A05.KA02"])
    def test_a_ref_printed_twice_comes_in_under_a_suffix(self, document: PlanDocument, printed: str) -> None:
        second = action(document, f"{printed}-2")
        assert second.source_ref == printed
        assert second.title != action(document, printed).title
        assert noted(document, f"{printed}-2", SourceNoteKind.DUPLICATE_REF)

    def test_actions_that_nobody_leads(self, document: PlanDocument) -> None:
        assert [action.ref for action in document.actions if not action.leads] == [
            "A05.KA05",
            "A09.KA11",
            "A09.KA12",
            "A10.KA07",
        ]

    def test_an_empty_date_printed_as_a_date_is_none(self, document: PlanDocument) -> None:
        due = action(document, "A02.KA01").due
        assert due is not None
        assert (due.text, due.date) == ("00/01/1900", None)

    def test_two_leads_and_a_lost_deadline(self, document: PlanDocument) -> None:
        outcomes_star = action(document, "A07.KA03")
        assert len(outcomes_star.leads) == 2
        assert outcomes_star.due is None
        assert noted(document, "A07.KA03", SourceNoteKind.CUT_OFF)
        assert noted(document, "A07.KA03", SourceNoteKind.MISSING)

    def test_every_other_deadline_is_a_day(self, document: PlanDocument) -> None:
        dated = [action for action in document.actions if action.due is not None and action.due.on]
        assert len(dated) == 106

    def test_completed_before_its_deadline(self, document: PlanDocument) -> None:
        early = action(document, "A08.KA21")
        assert early.status is ActionStatus.COMPLETED
        assert early.due is not None and early.due.date == "2018-11-30"
        assert early.completed_on is None

    def test_past_its_deadline_with_no_status(self, document: PlanDocument) -> None:
        late = action(document, "A01.KA08")
        assert late.status is ActionStatus.UNREADABLE
        assert late.due is not None and late.due.date == "2018-06-30"

    def test_wordings_cut_at_the_column_edge(self, document: PlanDocument) -> None:
        cut = {
            note.about.ref
            for note in document.source_notes
            if note.about.kind is ItemKind.ACTION and note.kind is SourceNoteKind.CUT_OFF
        }
        assert len(cut) == 17
        assert "approved those chi" in noted(document, "A08.KA24", SourceNoteKind.CUT_OFF)[0]


class TestKpis:
    def test_fifty_one_measures_under_three_questions(self, document: PlanDocument) -> None:
        assert Counter(kpi.category for kpi in document.kpis) == {
            KpiCategory.HOW_MUCH: 14,
            KpiCategory.HOW_WELL: 31,
            KpiCategory.BETTER_OFF: 6,
        }
        assert "OBA1-03" not in {kpi.ref for kpi in document.kpis}

    def test_frequencies(self, document: PlanDocument) -> None:
        assert Counter(kpi.frequency for kpi in document.kpis) == {
            "Monthly": 45,
            "Quarterly": 3,
            "Annual": 1,
            None: 2,
        }
        assert Counter(kpi.period_type for kpi in document.kpis) == {
            PeriodType.MONTH: 47,
            PeriodType.FINANCIAL_QUARTER: 3,
            PeriodType.FINANCIAL_YEAR: 1,
        }
        assert kpi(document, "OBA3-05").frequency is None
        assert [kpi.ref for kpi in document.kpis if not kpi.leads] == ["OBA3-01"]

    def test_areas_to_be_confirmed_are_no_theme(self, document: PlanDocument) -> None:
        assert [kpi.ref for kpi in document.kpis if kpi.theme_text == "TBC"] == [
            f"OBA2-{number}" for number in range(24, 32)
        ]

    def test_good_in_another_unit_than_the_measure(self, document: PlanDocument) -> None:
        far = kpi(document, "OBA2-26")
        assert far.unit is Unit.COUNT
        assert far.definitions[0].good_value == Decimal("15.6")
        assert far.definitions[0].good_unit is Unit.PERCENT
        assert values(document, "OBA2-26") == {"2018-07": 169, "2018-08": 173}

    def test_good_has_a_reason_or_is_not_set(self, document: PlanDocument) -> None:
        unallocated = kpi(document, "OBA1-14").definitions[0]
        assert unallocated.good_value == 5
        assert unallocated.good_rationale
        assert kpi(document, "OBA1-04").definitions[0].good_value is None
        assert sum(kpi.definitions[0].good_value is not None for kpi in document.kpis) == 26

    def test_a_caveat_on_the_data(self, document: PlanDocument) -> None:
        assert kpi(document, "OBA1-07").definitions[0].caveats

    def test_superseded_measures(self, document: PlanDocument) -> None:
        superseded = {kpi.ref: kpi.superseded.from_period for kpi in document.kpis if kpi.superseded}
        assert superseded == {"OBA2-22": "2018-09", "OBA2-23": "2018-09"}
        assert noted(document, "OBA2-22", SourceNoteKind.FOOTNOTE)

    def test_a_measure_named_two_ways(self, document: PlanDocument) -> None:
        assert len(kpi(document, "OBA2-06").other_titles) == 1


class TestMeasurements:
    def test_july_august_a_quarter_and_a_year(self, document: PlanDocument) -> None:
        assert Counter(found.period for found in document.measurements) == {
            "2018-07": 40,
            "2018-08": 31,
            "FY2018-19-Q1": 3,
            "FY2018-19": 1,
        }

    @pytest.mark.parametrize(
        ("ref", "july", "august"),
        [
            ("OBA1-04", "1230", "925"),
            ("OBA1-10", "839", "875"),
            ("OBA1-11", "81", "17"),
            ("OBA1-14", "23", "19"),
            ("OBA2-01", "85.6", "85.6"),
            ("OBA2-21", "30", "29"),
            ("OBA2-24", "78", "83"),
            ("OBA3-02", "5.1", "5.9"),
        ],
    )
    def test_two_months(self, document: PlanDocument, ref: str, july: str, august: str) -> None:
        assert values(document, ref) == {"2018-07": Decimal(july), "2018-08": Decimal(august)}

    def test_not_available_is_never_zero(self, document: PlanDocument) -> None:
        unavailable = [
            found for found in document.measurements if found.state is not MeasurementState.REPORTED
        ]
        assert len(unavailable) == 24
        assert {found.state for found in unavailable} == {MeasurementState.NOT_AVAILABLE}
        assert all(found.value is None for found in unavailable)
        assert {found.period for found in unavailable if found.kpi == "OBA1-05"} == {"2018-07", "2018-08"}

    def test_a_reported_zero_stays_a_value(self, document: PlanDocument) -> None:
        assert values(document, "OBA1-02") == {"2018-07": 0}
        assert values(document, "OBA2-17") == {"2018-07": 0}

    @pytest.mark.parametrize("ref", ["OBA1-01", "OBA2-02", "OBA2-17", "OBA2-20", "OBA3-05"])
    def test_an_unreadable_august_has_no_value_but_a_note(self, document: PlanDocument, ref: str) -> None:
        assert "2018-08" not in values(document, ref)
        unread = noted(document, ref, SourceNoteKind.UNREADABLE) + noted(
            document, ref, SourceNoteKind.CUT_OFF
        )
        assert any("August" in text for text in unread)

    def test_doubtful_values_are_under_query_with_a_note(self, document: PlanDocument) -> None:
        doubtful = [
            found for found in document.measurements if found.workflow is MeasurementWorkflow.UNDER_QUERY
        ]
        assert [found.kpi for found in doubtful] == [
            "OBA1-07",
            "OBA1-12",
            "OBA2-04",
            "OBA2-05",
            "OBA2-09",
            "OBA2-15",
            "OBA2-22",
            "OBA2-23",
        ]
        assert all(found.note for found in doubtful)

    def test_quarterly_measures_cover_april_to_june(self, document: PlanDocument) -> None:
        assert values(document, "OBA2-07") == {"FY2018-19-Q1": 77}
        assert values(document, "OBA2-18") == {"FY2018-19-Q1": 28}
        assert values(document, "OBA2-19") == {"FY2018-19-Q1": None}

    def test_the_audit_score_and_the_doubt_about_its_month(self, document: PlanDocument) -> None:
        definition = kpi(document, "OBA3-02").definitions[0]
        assert (definition.scale_min, definition.scale_max) == (Decimal(1), Decimal(10))
        assert definition.good_value == Decimal("7.5")
        assert noted(document, "OBA3-02", SourceNoteKind.CONTRADICTION)

    def test_a_measure_whose_value_is_a_grade(self, document: PlanDocument) -> None:
        assert kpi(document, "OBA3-03").kind is KpiKind.GRADE
        grades = {period: found.grade for period, found in measured(document, "OBA3-03").items()}
        assert grades == {"2018-07": Grade.INADEQUATE, "2018-08": Grade.REQUIRES_IMPROVEMENT}


class TestRisks:
    def test_levels_as_printed_on_a_scale_never_explained(self, document: PlanDocument) -> None:
        scores = [risk.current for risk in document.risks]
        assert [score.as_printed for score in scores if score] == ["M", "M", "H", "M", "M"]
        assert [score.level for score in scores if score].count(RiskLevel.HIGH) == 1
        assert document.plan.risk_scale
        assert any(
            "never" in text or "nowhere" in text for text in noted(document, None, SourceNoteKind.MISSING)
        )

    def test_controls_in_place_none_yet_and_to_be_confirmed(self, document: PlanDocument) -> None:
        assert [[control.state for control in risk.controls] for risk in document.risks] == [
            [ControlState.IN_PLACE] * 3,
            [ControlState.NONE_YET],
            [ControlState.IN_PLACE],
            [ControlState.IN_PLACE] * 2,
            [ControlState.TO_BE_CONFIRMED],
        ]
