from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.core.working_days import add_working_days, is_working_day, working_days_between

days = st.dates(date(2012, 1, 1), date(2032, 12, 31))
unhurried = settings(deadline=None)
"""The first look at a year works out its holidays, which may outlast the usual deadline."""


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        "day",
        [
            date(2018, 8, 4),
            date(2018, 8, 5),
            date(2018, 8, 27),
            date(2018, 12, 25),
            date(2018, 12, 26),
            date(2019, 4, 19),
            date(2019, 4, 22),
            date(2020, 5, 8),
            date(2021, 12, 27),
            date(2021, 12, 28),
            date(2022, 1, 3),
            date(2022, 6, 3),
            date(2022, 9, 19),
            date(2023, 5, 8),
        ],
    )
    def test_weekends_and_englands_bank_holidays_are_not(self, day: date) -> None:
        assert not is_working_day(day)

    @pytest.mark.parametrize(
        "day",
        [date(2018, 8, 6), date(2018, 12, 24), date(2020, 5, 4), date(2019, 1, 2), date(2019, 3, 18)],
        ids=["Scotland's summer holiday", "Christmas Eve", "moved", "2 January", "St Patrick's"],
    )
    def test_other_nations_holidays_are(self, day: date) -> None:
        assert is_working_day(day)


class TestAddWorkingDays:
    @pytest.mark.parametrize(
        ("day", "n", "expected"),
        [
            (date(2018, 8, 31), 1, date(2018, 9, 3)),
            (date(2018, 8, 24), 1, date(2018, 8, 28)),
            (date(2018, 8, 25), 1, date(2018, 8, 28)),
            (date(2018, 12, 21), 5, date(2019, 1, 2)),
            (date(2018, 8, 28), -1, date(2018, 8, 24)),
            (date(2018, 8, 28), 0, date(2018, 8, 28)),
            (date(2018, 8, 25), 0, date(2018, 8, 28)),
            (date(2017, 9, 4), 70, date(2017, 12, 11)),
            (date(2018, 11, 19), 70, date(2019, 2, 28)),
        ],
    )
    def test_by_the_calendar(self, day: date, n: int, expected: date) -> None:
        assert add_working_days(day, n) == expected

    @unhurried
    @given(days, st.integers(-300, 300))
    def test_it_lands_on_a_working_day(self, day: date, n: int) -> None:
        assert is_working_day(add_working_days(day, n))


class TestWorkingDaysBetween:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (date(2018, 8, 31), date(2018, 8, 31), 0),
            (date(2018, 8, 31), date(2018, 9, 2), 0),
            (date(2018, 8, 31), date(2018, 9, 3), 1),
            (date(2018, 8, 24), date(2018, 8, 31), 4),
            (date(2018, 8, 28), date(2018, 8, 24), -1),
        ],
    )
    def test_the_first_day_does_not_count(self, first: date, last: date, expected: int) -> None:
        assert working_days_between(first, last) == expected

    @unhurried
    @given(days, st.integers(-300, 300).filter(bool))
    def test_it_undoes_adding(self, day: date, n: int) -> None:
        assert working_days_between(day, add_working_days(day, n)) == n

    @unhurried
    @given(days, days, days)
    def test_spans_add_up(self, first: date, middle: date, last: date) -> None:
        first, middle, last = sorted((first, middle, last))
        assert working_days_between(first, last) == (
            working_days_between(first, middle) + working_days_between(middle, last)
        )
