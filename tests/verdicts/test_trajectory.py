"""The robust trend, against figures worked out by hand, and what it says of a target."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from api.verdicts.trajectory import trajectory, trend
from api.vocabulary import Outlook

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=place) for place in range(14)]
LINE = [D(10 + 2 * place) for place in range(14)]


class TestTrend:
    def test_a_line_is_its_own_trend(self) -> None:
        found = trend(DAYS, LINE)
        assert found is not None
        assert (found.slope, found.slowest, found.fastest) == (2, 2, 2)
        assert found.at(START + timedelta(days=20), found.slope) == pytest.approx(50)

    def test_a_wild_value_does_not_move_it(self) -> None:
        found = trend(DAYS, [*LINE[:6], D(9_000), *LINE[7:]])
        assert found is not None and found.slope == 2

    def test_interval_by_kendalls_statistic(self) -> None:
        # Twelve values without ties: 66 slopes; the variance of S is 12·11·29 ÷ 18, so the interval
        # leaves out (66 - 1.96·14.58) ÷ 2 ≈ 19 of them at each end.
        values = [D(figure) for figure in ["3", "9", "4", "12", "5", "11", "8", "14", "2", "16", "7", "18"]]
        found = trend(DAYS[:12], values)
        slopes = sorted(float(values[j] - values[i]) / (j - i) for i in range(12) for j in range(i + 1, 12))
        assert found is not None
        assert (found.slowest, found.slope, found.fastest) == (
            slopes[18],
            (slopes[32] + slopes[33]) / 2,
            slopes[47],
        )

    def test_eleven_points_tell_no_pace(self) -> None:
        assert trend(DAYS[:11], LINE[:11]) is None

    def test_only_the_last_thirty_six_tell_it(self) -> None:
        days = [START + timedelta(days=place) for place in range(60)]
        values = [D(500 - place) if place < 24 else D(place) for place in range(60)]
        found = trend(days, values)
        assert found is not None and (found.slope, len(found.days)) == (1, 36)

    def test_a_constant_has_no_slope(self) -> None:
        found = trend(DAYS, [D(5)] * 14)
        assert found is not None and (found.slowest, found.slope, found.fastest) == (0, 0, 0)


class TestTrajectory:
    DUE = START + timedelta(days=20)

    @pytest.mark.parametrize(
        ("floor", "ceiling", "outlook"),
        [
            (D(50), None, Outlook.WILL_REACH),
            (D(51), None, Outlook.WILL_NOT_REACH),
            (None, D(50), Outlook.WILL_REACH),
            (None, D(49), Outlook.WILL_NOT_REACH),
            (D(40), D(60), Outlook.WILL_REACH),
            (D(51), D(60), Outlook.WILL_NOT_REACH),
        ],
    )
    def test_a_certain_line(self, floor: D | None, ceiling: D | None, outlook: Outlook) -> None:
        found = trend(DAYS, LINE)
        assert found is not None
        heading = trajectory(found, self.DUE, floor, ceiling)
        assert heading is not None and heading.outlook is outlook
        assert (heading.lowest, heading.expected, heading.highest) == (D(50), D(50), D(50))
        assert heading.per_year == D("730.5")

    def test_an_uncertain_one_may(self) -> None:
        values = [D(figure) for figure in ["3", "9", "4", "12", "5", "11", "8", "14", "2", "16", "7", "18"]]
        found = trend(DAYS[:12], values)
        assert found is not None
        heading = trajectory(found, self.DUE, D(18), None)
        assert heading is not None and heading.outlook is Outlook.MAY_REACH
        assert heading.lowest < 18 < heading.highest

    def test_no_figure_to_reach(self) -> None:
        found = trend(DAYS, LINE)
        assert found is not None and trajectory(found, self.DUE, None, None) is None

    def test_far_days_and_steep_slopes_fit(self) -> None:
        found = trend(DAYS, [D(10) ** 12 * (1 - 2 * (place % 2)) for place in range(14)])
        assert found is not None
        assert trajectory(found, date(2200, 12, 31), D(1), None) is not None
