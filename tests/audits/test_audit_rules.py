"""What audits add up to, against figures reckoned by hand, and what must hold of any audits."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.audits.rules import (
    GRADES,
    Band,
    Derivation,
    Domain,
    Figure,
    Marked,
    Moved,
    Scale,
    average,
    figure,
    in_words,
    is_small,
    moved,
    percent,
    read_mark,
    read_marks,
    rounded,
    summary,
    why_not_follow,
)
from api.vocabulary import AuditScale, AuditStage, AuditStatistic, Grade

BEFORE, AFTER, FINAL = AuditStage.BEFORE, AuditStage.AFTER, AuditStage.FINAL
O, G, R, I = Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE  # noqa: E741
TEN = Scale(
    AuditScale.SCORE,
    1,
    10,
    (Band("No evidence", 1, I), Band("Some", 4, R), Band("Good", 7, G), Band("Best", 9, O)),
)
UNGRADED = Scale(AuditScale.SCORE, 0, 4, (Band("Weak", 0), Band("Strong", 3)))


class TestDistribution:
    def test_counts_every_grade_best_first(self) -> None:
        found = summary([Marked(R, audits=3), Marked(G), Marked(I, audits=2)], BEFORE, GRADES)
        assert [(part.label, part.count) for part in found.parts] == [
            ("outstanding", 0),
            ("good", 1),
            ("requires_improvement", 3),
            ("inadequate", 2),
        ]
        assert (found.sample, found.good_or_better, found.average) == (6, 1, None)
        assert [percent(part.share) for part in found.parts] == [
            Decimal("0.0"),
            Decimal("16.7"),
            Decimal("50.0"),
            Decimal("33.3"),
        ]

    @pytest.mark.parametrize(
        ("score", "label"),
        [
            (1, "No evidence"),
            (3, "No evidence"),
            (4, "Some"),
            (6, "Some"),
            (7, "Good"),
            (9, "Best"),
            (10, "Best"),
        ],
    )
    def test_a_score_counts_under_its_band(self, score: int, label: str) -> None:
        parts = summary([Marked(score)], BEFORE, TEN).parts
        assert [part.label for part in parts if part.count] == [label]

    def test_good_or_better_of_scores_needs_bands_tied_to_grades(self) -> None:
        assert summary([Marked(7), Marked(10), Marked(6)], BEFORE, TEN).good_or_better == 2
        assert summary([Marked(4), Marked(0)], BEFORE, UNGRADED).good_or_better is None

    def test_without_marks_there_is_nothing_to_say(self) -> None:
        found = summary([Marked(G)], AFTER, GRADES)
        assert (found.sample, found.parts, found.average, found.good_or_better) == (0, (), None, None)

    def test_each_stage_counts_its_own(self) -> None:
        marked = [Marked(G, R), Marked(G), Marked(I, G)]
        stages = {stage: summary(marked, stage, GRADES) for stage in AuditStage}
        assert {stage: found.sample for stage, found in stages.items()} == {BEFORE: 3, AFTER: 2, FINAL: 3}
        assert {stage: found.good_or_better for stage, found in stages.items()} == {
            BEFORE: 2,
            AFTER: 1,
            FINAL: 2,
        }


class TestAverage:
    def test_dorsets_score_is_of_all_domains_over_all_audits(self) -> None:
        """July 2018's 5.1: ten scores that add up to 51. August's 5.9: to 59."""
        july = [Marked(5, audits=6), Marked(4, audits=2), Marked(6), Marked(7)]
        august = [Marked(6, audits=5), Marked(5, audits=3), Marked(7, audits=2)]
        assert average(july, BEFORE) == (10, Fraction(51, 10))
        assert average(august, BEFORE) == (10, Fraction(59, 10))

    def test_grades_have_none(self) -> None:
        assert average([Marked(G, audits=4)], BEFORE) == (0, None)
        assert summary([Marked(G)], BEFORE, GRADES).average is None

    def test_a_moderated_score_takes_the_place_of_the_auditors(self) -> None:
        marked = [Marked(8, 5), Marked(6)]
        assert [average(marked, stage) for stage in AuditStage] == [
            (2, Fraction(7)),
            (1, Fraction(5)),
            (2, Fraction(11, 2)),
        ]


class TestModeration:
    def test_up_is_a_better_grade_or_a_higher_score(self) -> None:
        marked = [Marked(R, G, 2), Marked(O, G), Marked(I, I, 3), Marked(G)]
        assert moved(marked) == Moved(moderated=6, up=2, down=1, unchanged=3)
        assert moved([Marked(5, 7), Marked(9, 2, 4)]) == Moved(moderated=5, up=1, down=4, unchanged=0)

    def test_a_grade_and_a_score_do_not_compare(self) -> None:
        with pytest.raises(ValueError, match="do not compare"):
            moved([Marked(G, 5)])


class TestFigure:
    @pytest.mark.parametrize(
        ("statistic", "marked", "scale", "grades", "expected"),
        [
            ("average", [Marked(5), Marked(6), Marked(6)], TEN, {G}, Figure(3, Decimal("5.666667"))),
            ("share", [Marked(G, audits=3), Marked(R)], GRADES, {O, G}, Figure(4, None, 3, 4)),
            ("share", [Marked(G, audits=3), Marked(R)], GRADES, {R}, Figure(4, None, 1, 4)),
            ("share", [Marked(8), Marked(2)], TEN, {O, G}, Figure(2, None, 1, 2)),
            ("count", [Marked(G, audits=3), Marked(R)], GRADES, {G}, Figure(4, Decimal(4))),
            ("average", [], TEN, {G}, Figure(0)),
            ("share", [], GRADES, {G}, Figure(0)),
            ("count", [], GRADES, {G}, Figure(0)),
        ],
    )
    def test_is_what_the_statistic_says(
        self, statistic: str, marked: list[Marked], scale: Scale, grades: set[Grade], expected: Figure
    ) -> None:
        assert figure(AuditStatistic(statistic), marked, BEFORE, scale, frozenset(grades)) == expected


class TestSmallSamples:
    @pytest.mark.parametrize(
        ("count", "sample", "said"),
        [(3, 4, "3 of 4"), (0, 1, "0 of 1"), (12, 19, "12 of 19"), (12, 20, "60%"), (1, 200, "1%")],
    )
    def test_are_told_as_counts(self, count: int, sample: int, said: str) -> None:
        assert in_words(count, sample) == said
        assert is_small(sample) is (sample < 20)

    def test_halves_round_up(self) -> None:
        assert rounded(Fraction(5, 2), Decimal(1)) == 3
        assert percent(Fraction(1, 16)) == Decimal("6.3")


class TestReadMark:
    @pytest.mark.parametrize(
        ("given_mark", "expected"), [("good", G), ("Requires Improvement", R), ("RI", R), ("OUTSTANDING", O)]
    )
    def test_grades_in_any_spelling(self, given_mark: str, expected: Grade) -> None:
        assert read_mark(given_mark, GRADES) is expected

    @pytest.mark.parametrize(("given_mark", "expected"), [(1, 1), ("10", 10), (Decimal("7.0"), 7)])
    def test_whole_numbers_on_the_scale(self, given_mark: Any, expected: int) -> None:
        assert read_mark(given_mark, TEN) == expected

    @pytest.mark.parametrize(
        "given_mark", [0, 11, True, "7.5", Decimal("7.5"), "seven", None, [7], "٧", Decimal("1e300"), 10**30]
    )
    def test_nothing_else_is_a_score(self, given_mark: Any) -> None:
        with pytest.raises(ValueError, match="whole number from 1 to 10"):
            read_mark(given_mark, TEN)

    @pytest.mark.parametrize("given_mark", [2, "fair", "", None, {}])
    def test_nothing_else_is_a_grade(self, given_mark: Any) -> None:
        with pytest.raises(ValueError, match="takes a grade"):
            read_mark(given_mark, GRADES)


class TestReadMarks:
    DOMAINS = [Domain("Voice", "Voice of the child", GRADES), Domain("plan", "Planning", TEN)]

    def test_domains_are_found_whatever_their_case(self) -> None:
        read = read_marks(self.DOMAINS, {"VOICE": "good", "Plan": 4}, {"voice": "inadequate"})
        assert (read.marks, read.faults) == ({"Voice": Marked(G, I), "plan": Marked(4)}, [])

    @pytest.mark.parametrize(
        ("scores", "moderated", "faults"),
        [
            ({}, {}, [("/scores", "missing")]),
            ({"plan": 11}, {}, [("/scores/plan", "not_a_mark")]),
            ({"plan": 4, "PLAN": 5}, {}, [("/scores/plan", "marked_twice")]),
            ({"case-0042": 4, "plan": 4}, {}, [("/scores", "unknown_domain")]),
            ({"plan": 4}, {"Voice": "good"}, [("/moderated/Voice", "not_marked")]),
            (
                {"plan": "x"},
                {"plan": "y"},
                [("/scores/plan", "not_a_mark"), ("/moderated/plan", "not_a_mark")],
            ),
            ({"plan": "x"}, {"plan": 4}, [("/scores/plan", "not_a_mark")]),
        ],
    )
    def test_faults_point_at_their_place(
        self, scores: dict[str, Any], moderated: dict[str, Any], faults: list[tuple[str, str]]
    ) -> None:
        found = read_marks(self.DOMAINS, scores, moderated).faults
        assert [(fault.pointer, fault.code) for fault in found] == faults

    def test_no_message_repeats_what_was_sent(self) -> None:
        sent = {"case-0042": "Anna Bell", "plan": "Anna Bell"}
        for fault in read_marks(self.DOMAINS, sent, sent).faults:
            assert "0042" not in f"{fault.pointer} {fault.message}" and "Anna" not in fault.message


class TestNextEdition:
    NOW = [Domain("voice", "Voice", GRADES), Domain("plan", "Planning", TEN)]

    @pytest.mark.parametrize(
        ("item", "then", "stands_in_the_way"),
        [
            (
                Derivation("K1", "voice", AuditStatistic.SHARE),
                [Domain("VOICE", "Their voice", GRADES)],
                False,
            ),
            (Derivation("K1", "voice", AuditStatistic.SHARE), [Domain("plan", "Planning", TEN)], True),
            (Derivation("K1", "plan", AuditStatistic.AVERAGE), [Domain("plan", "Planning", UNGRADED)], True),
            (Derivation("K1", None, AuditStatistic.AVERAGE), [Domain("other", "Other", TEN)], False),
            (Derivation("K1", None, AuditStatistic.AVERAGE), [Domain("voice", "Voice", GRADES)], True),
            (Derivation("K1", None, AuditStatistic.COUNT), [Domain("other", "Other", GRADES)], False),
        ],
    )
    def test_must_not_break_the_line_of_a_kpi(
        self, item: Derivation, then: list[Domain], stands_in_the_way: bool
    ) -> None:
        found = why_not_follow([item], self.NOW, then)
        assert (found is not None and found.startswith("K1")) is stands_in_the_way


grades = st.sampled_from(Grade)
scores = st.integers(1, 10)


def marks_of(mark: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Marked]]:
    return st.lists(st.builds(Marked, mark, st.none() | mark, st.integers(1, 5)), max_size=40)


some_marks = st.tuples(marks_of(grades), st.just(GRADES)) | st.tuples(marks_of(scores), st.just(TEN))


class TestWhateverTheAudits:
    @given(some_marks, st.sampled_from(AuditStage))
    def test_counts_sum_to_the_sample_and_shares_to_one(
        self, drawn: tuple[list[Marked], Scale], stage: AuditStage
    ) -> None:
        marked, scale = drawn
        found = summary(marked, stage, scale)
        assert found.sample == sum(m.audits for m in marked if m.at(stage) is not None)
        assert sum(part.count for part in found.parts) == found.sample
        assert sum(part.share for part in found.parts) == (1 if found.sample else 0)

    @given(some_marks, st.sampled_from(AuditStage), st.randoms())
    def test_the_order_of_arrival_never_matters(
        self, drawn: tuple[list[Marked], Scale], stage: AuditStage, chance: Any
    ) -> None:
        marked, scale = drawn
        shuffled = list(marked)
        chance.shuffle(shuffled)
        one_by_one = [Marked(m.before, m.after) for m in shuffled for _ in range(m.audits)]
        for other in (shuffled, one_by_one):
            assert summary(other, stage, scale) == summary(marked, stage, scale)
            assert moved(other) == moved(marked)
            for statistic in AuditStatistic:
                assert figure(statistic, other, stage, scale) == figure(statistic, marked, stage, scale)

    @given(marks_of(scores).filter(bool))
    def test_the_average_is_the_mean_of_the_scores_one_by_one(self, marked: list[Marked]) -> None:
        one_by_one = [Fraction(int(m.before)) for m in marked for _ in range(m.audits)]
        assert average(marked, BEFORE) == (len(one_by_one), mean(one_by_one))

    @given(marks_of(grades))
    def test_moderation_moves_a_mark_up_down_or_not_at_all(self, marked: list[Marked]) -> None:
        found = moved(marked)
        assert (
            found.up + found.down + found.unchanged
            == found.moderated
            == summary(marked, AFTER, GRADES).sample
        )
        flipped = moved([Marked(m.after, m.before, m.audits) for m in marked if m.after is not None])
        assert (flipped.up, flipped.down) == (found.down, found.up)

    @given(marks_of(grades), st.sets(grades, min_size=1))
    def test_a_share_counts_its_grades(self, marked: list[Marked], chosen: set[Grade]) -> None:
        counted = Counter(dict.fromkeys(Grade, 0))
        for m in marked:
            assert isinstance(m.before, Grade)
            counted[m.before] += m.audits
        made = figure(AuditStatistic.SHARE, marked, BEFORE, GRADES, frozenset(chosen))
        expected = sum(counted[grade] for grade in chosen)
        assert (made.numerator or 0, made.denominator or 0) == (expected, counted.total())
