from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kpis import periods
from api.kpis.periods import EXAMPLES, Period, UnreadablePeriod, WrongPeriodType, containing, parse
from api.vocabulary import PeriodType as T

days = st.dates(date(1901, 1, 1), date(2199, 12, 31))
types = st.sampled_from(T)


class TestContaining:
    @pytest.mark.parametrize(
        ("day", "type", "key", "starts_on", "ends_on"),
        [
            (date(2018, 8, 31), T.DAY, "2018-08-31", date(2018, 8, 31), date(2018, 8, 31)),
            (date(2018, 8, 31), T.WEEK, "2018-W35", date(2018, 8, 27), date(2018, 9, 2)),
            (date(2021, 1, 3), T.WEEK, "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
            (date(2018, 12, 31), T.WEEK, "2019-W01", date(2018, 12, 31), date(2019, 1, 6)),
            (date(2020, 2, 29), T.MONTH, "2020-02", date(2020, 2, 1), date(2020, 2, 29)),
            (date(2018, 9, 30), T.QUARTER, "2018-Q3", date(2018, 7, 1), date(2018, 9, 30)),
            (date(2018, 4, 1), T.FINANCIAL_QUARTER, "FY2018-19-Q1", date(2018, 4, 1), date(2018, 6, 30)),
            (date(2019, 3, 31), T.FINANCIAL_QUARTER, "FY2018-19-Q4", date(2019, 1, 1), date(2019, 3, 31)),
            (date(2019, 3, 31), T.FINANCIAL_YEAR, "FY2018-19", date(2018, 4, 1), date(2019, 3, 31)),
            (date(2019, 4, 1), T.FINANCIAL_YEAR, "FY2019-20", date(2019, 4, 1), date(2020, 3, 31)),
            (date(1999, 12, 31), T.FINANCIAL_YEAR, "FY1999-00", date(1999, 4, 1), date(2000, 3, 31)),
            (date(2018, 8, 31), T.ACADEMIC_YEAR, "AY2017-18", date(2017, 9, 1), date(2018, 8, 31)),
            (date(2018, 9, 1), T.ACADEMIC_YEAR, "AY2018-19", date(2018, 9, 1), date(2019, 8, 31)),
            (date(2018, 1, 1), T.YEAR, "2018", date(2018, 1, 1), date(2018, 12, 31)),
        ],
    )
    def test_calendar(self, day: date, type: T, key: str, starts_on: date, ends_on: date) -> None:
        assert containing(day, type) == Period(type, key, starts_on, ends_on)

    @given(days, types)
    def test_the_period_contains_its_day(self, day: date, type: T) -> None:
        assert containing(day, type).starts_on <= day <= containing(day, type).ends_on

    @given(days, types)
    def test_every_day_of_a_period_gives_that_period(self, day: date, type: T) -> None:
        period = containing(day, type)
        assert containing(period.starts_on, type) == containing(period.ends_on, type) == period


class TestNextAndPrevious:
    @given(days, types)
    def test_they_undo_each_other(self, day: date, type: T) -> None:
        period = containing(day, type)
        assert periods.previous(periods.next(period)) == period == periods.next(periods.previous(period))

    @given(days, types)
    def test_periods_follow_without_gap_or_overlap(self, day: date, type: T) -> None:
        period = containing(day, type)
        assert periods.next(period).starts_on == period.ends_on + timedelta(days=1)
        assert period < periods.next(period)
        assert periods.next(period) > period

    @pytest.mark.parametrize(
        ("key", "type", "following"),
        [
            ("2018-12", T.MONTH, "2019-01"),
            ("2020-W53", T.WEEK, "2021-W01"),
            ("FY2018-19-Q4", T.FINANCIAL_QUARTER, "FY2019-20-Q1"),
            ("FY1999-00", T.FINANCIAL_YEAR, "FY2000-01"),
        ],
    )
    def test_across_a_year_end(self, key: str, type: T, following: str) -> None:
        assert periods.next(parse(key, type)).key == following


class TestParseCanonical:
    @given(days, types)
    def test_keys_read_back_as_their_period(self, day: date, type: T) -> None:
        period = containing(day, type)
        assert parse(period.key, type) == period == parse(f" {period.key.lower()} ", type)

    @given(days, types, types)
    def test_a_key_of_another_type_is_never_taken_for_a_period_it_is_not(
        self, day: date, type: T, other: T
    ) -> None:
        """A whole day may begin or end a longer period; "2011-12" may be a month or a year."""
        period = containing(day, type)
        try:
            found = parse(period.key, other)
        except UnreadablePeriod:
            return
        read_by_its_bounds = type is T.DAY and day in (found.starts_on, found.ends_on)
        two_years = type is T.MONTH and other in (T.FINANCIAL_YEAR, T.ACADEMIC_YEAR)
        assert found == period or read_by_its_bounds or two_years

    def test_examples_are_right(self) -> None:
        assert {type: parse(key, type).key for type, key in EXAMPLES.items()} == EXAMPLES
        assert set(EXAMPLES) == set(T)


class TestParseSpellings:
    @pytest.mark.parametrize(
        "text",
        [
            "Aug-18",
            "Aug 18",
            "Aug18",
            "Aug '18",
            "Aug 2018",
            "AUGUST 2018",
            "August, 2018",
            "2018 Aug",
            "2018-Aug",
            "08/2018",
            "8/2018",
            "2018/08",
            "2018-8",
            "2018–08",
            "201808",
            "31/08/2018",
            "31/08/18",
            "31.08.2018",
            "01 August 2018",
            "1st Aug 2018",
            "31-Aug-18",
            "2018-08-31",
            "2018-08-01",
            "2018-08-31T00:00:00",
            "2018-08-31 00:00:00.000",
            "2018-08-31T00:00:00Z",
            "\u00a0Aug\u00a02018 ",
        ],
    )
    def test_month(self, text: str) -> None:
        assert parse(text, T.MONTH).key == "2018-08"

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("Sept 17", "2017-09"),
            ("Sept. 2017", "2017-09"),
            ("Jan-68", "2068-01"),
            ("Jan-69", "1969-01"),
            ("01/01/2018", "2018-01"),
        ],
    )
    def test_other_months(self, text: str, key: str) -> None:
        assert parse(text, T.MONTH).key == key

    @pytest.mark.parametrize(
        "text",
        [
            "Q1 2018/19",
            "Q1 2018-19",
            "Q1 18/19",
            "Q1 FY2018-19",
            "Q1 2018-2019",
            "201819 Q1",
            "201819Q1",
            "2018/19 Q1",
            "FY18/19 Q1",
            "2018-19-Q1",
            "Qtr 1 2018-19",
            "Quarter 1 2018/19",
            "Apr-Jun 2018",
            "Apr–Jun 18",
            "April to June 2018",
            "Apr/Jun 2018",
            "Apr 2018 - Jun 2018",
            "Apr-Jun 2018/19",
            "30/06/2018",
            "2018-04-01T00:00:00",
        ],
    )
    def test_financial_quarter(self, text: str) -> None:
        assert parse(text, T.FINANCIAL_QUARTER).key == "FY2018-19-Q1"

    @pytest.mark.parametrize("text", ["Jan-Mar 2019", "January to March 2018/19", "Q4 18/19"])
    def test_last_financial_quarter(self, text: str) -> None:
        assert parse(text, T.FINANCIAL_QUARTER).key == "FY2018-19-Q4"

    @pytest.mark.parametrize(
        "text", ["Q3 2018", "2018 Q3", "2018Q3", "Qtr 3 2018", "Jul-Sep 2018", "July to September 2018"]
    )
    def test_calendar_quarter(self, text: str) -> None:
        assert parse(text, T.QUARTER).key == "2018-Q3"

    @pytest.mark.parametrize(
        "text",
        [
            "2018/19",
            "2018-19",
            "201819",
            "FY18/19",
            "FY 2018/19",
            "18/19",
            "2018-2019",
            "2018 to 2019",
            "Financial year 2018/19",
            "31/03/2019",
            "2018-04-01",
        ],
    )
    def test_financial_year(self, text: str) -> None:
        assert parse(text, T.FINANCIAL_YEAR).key == "FY2018-19"

    @pytest.mark.parametrize(
        "text", ["2018/19", "201819", "AY18/19", "18-19", "2018-2019", "academic year 2018/19", "31/08/2019"]
    )
    def test_academic_year(self, text: str) -> None:
        assert parse(text, T.ACADEMIC_YEAR).key == "AY2018-19"

    @pytest.mark.parametrize(
        "text",
        [
            "2018W35",
            "W35 2018",
            "week 35 2018",
            "Wk 35, 2018",
            "w/c 27/08/2018",
            "w/e 2 Sept 2018",
            "27/08/2018",
            "2018-09-02",
        ],
    )
    def test_week(self, text: str) -> None:
        assert parse(text, T.WEEK).key == "2018-W35"

    @pytest.mark.parametrize("text", ["31/08/2018", "31 August 2018", "31-Aug-18", "2018-08-31T00:00:00"])
    def test_day(self, text: str) -> None:
        assert parse(text, T.DAY).key == "2018-08-31"

    @pytest.mark.parametrize("text", ["2018", " 2018 ", "31/12/2018", "2018-01-01"])
    def test_year(self, text: str) -> None:
        assert parse(text, T.YEAR).key == "2018"

    def test_two_years_read_as_the_kpi_counts_them(self) -> None:
        assert parse("2011-12", T.MONTH).key == "2011-12"
        assert parse("2011-12", T.FINANCIAL_YEAR).key == "FY2011-12"
        assert parse("2011-12", T.ACADEMIC_YEAR).key == "AY2011-12"


class TestParseRefuses:
    @pytest.mark.parametrize(
        ("text", "type", "named"),
        [
            ("2018-W35", T.MONTH, "a week"),
            ("FY2018-19", T.MONTH, "a financial year"),
            ("fy2018-19", T.ACADEMIC_YEAR, "a financial year"),
            ("FY2018-19-Q1", T.QUARTER, "a financial quarter"),
            ("2018-Q1", T.FINANCIAL_QUARTER, "a calendar quarter"),
            ("2018-08", T.FINANCIAL_YEAR, "a month"),
            ("2018-08", T.DAY, "a month"),
            ("2018-08-15", T.MONTH, "a day"),
            ("2018", T.FINANCIAL_YEAR, "a calendar year"),
        ],
    )
    def test_a_key_of_another_type(self, text: str, type: T, named: str) -> None:
        with pytest.raises(WrongPeriodType) as refused:
            parse(text, type)
        assert text in str(refused.value)
        assert named in str(refused.value)
        assert EXAMPLES[type] in str(refused.value)

    @pytest.mark.parametrize(
        ("text", "type", "why"),
        [
            ("01/02/2018", T.MONTH, "day first or month first"),
            ("01/04/2018", T.FINANCIAL_YEAR, "day first or month first"),
            ("01/02/2018", T.DAY, "day first or month first"),
            ("15/08/2018", T.MONTH, "inside 2018-08"),
            ("30/02/2018", T.MONTH, "no such day"),
            ("8/31/2018", T.MONTH, "no such day"),
            ("Q1 2018", T.FINANCIAL_QUARTER, "names both years"),
            ("Q1 2018/19", T.QUARTER, "starts in April"),
            ("Apr-Jun 2018/19", T.QUARTER, "financial year"),
            ("May-Jul 2018", T.FINANCIAL_QUARTER, "no quarter"),
            ("Apr 2017 - Jun 2018", T.FINANCIAL_QUARTER, "no quarter"),
            ("2018/20", T.FINANCIAL_YEAR, "follow each other"),
            ("2018-2020", T.ACADEMIC_YEAR, "follow each other"),
            ("w/c 28/08/2018", T.WEEK, "Monday"),
            ("31/12/9999", T.WEEK, "1900 and 2200"),
            ("Aug 1066", T.MONTH, "1900 and 2200"),
        ],
    )
    def test_what_is_ambiguous_or_wrong_with_the_reason(self, text: str, type: T, why: str) -> None:
        with pytest.raises(UnreadablePeriod, match=why) as refused:
            parse(text, type)
        assert not isinstance(refused.value, WrongPeriodType)
        assert text in str(refused.value)
        assert EXAMPLES[type] in str(refused.value)

    @pytest.mark.parametrize(
        ("text", "type"),
        [
            ("", T.MONTH),
            ("Smarch 2018", T.MONTH),
            ("2018-13", T.MONTH),
            ("2018-19", T.MONTH),
            ("Aug", T.MONTH),
            ("08/18", T.MONTH),
            ("٢٠١٨-08", T.MONTH),
            ("1899-12", T.MONTH),
            ("43343", T.MONTH),
            ("2018-W53", T.WEEK),
            ("Q5 2018/19", T.FINANCIAL_QUARTER),
            ("FY18", T.FINANCIAL_YEAR),
            ("18", T.YEAR),
            ("2018-08-31T10:00:00", T.DAY),
            ("2018-02-30", T.DAY),
        ],
    )
    def test_what_is_no_period(self, text: str, type: T) -> None:
        with pytest.raises(UnreadablePeriod, match=EXAMPLES[type]):
            parse(text, type)

    def test_a_long_text_is_shortened_in_the_message(self) -> None:
        with pytest.raises(UnreadablePeriod) as refused:
            parse("x" * 100_000, T.MONTH)
        assert len(str(refused.value)) < 200

    @given(st.text(max_size=70), types)
    def test_any_text_is_a_period_or_is_refused(self, text: str, type: T) -> None:
        try:
            period = parse(text, type)
        except UnreadablePeriod:
            return
        assert period.type is type

    @given(st.text("0123456789-/ QqFAYWTto:.Z", max_size=14), types)
    def test_near_misses_never_end_otherwise(self, text: str, type: T) -> None:
        try:
            period = parse(text, type)
        except UnreadablePeriod:
            return
        assert parse(period.key, type) == period


class TestSamePeriodLastYear:
    @pytest.mark.parametrize(
        ("key", "type", "before"),
        [
            ("2018-08", T.MONTH, "2017-08"),
            ("2020-02", T.MONTH, "2019-02"),
            ("2018-Q3", T.QUARTER, "2017-Q3"),
            ("FY2018-19-Q4", T.FINANCIAL_QUARTER, "FY2017-18-Q4"),
            ("FY2018-19", T.FINANCIAL_YEAR, "FY2017-18"),
            ("AY2018-19", T.ACADEMIC_YEAR, "AY2017-18"),
            ("2018", T.YEAR, "2017"),
            ("2019-W01", T.WEEK, "2018-W01"),
            ("2018-08-31", T.DAY, "2017-08-31"),
            ("2020-W53", T.WEEK, None),
            ("2020-02-29", T.DAY, None),
        ],
    )
    def test_like_with_like(self, key: str, type: T, before: str | None) -> None:
        found = periods.same_period_last_year(parse(key, type))
        assert (found.key if found else None) == before


class TestAgainstToday:
    @pytest.mark.parametrize(
        ("today", "started", "ended"),
        [
            (date(2018, 7, 31), False, False),
            (date(2018, 8, 1), True, False),
            (date(2018, 8, 31), True, False),
            (date(2018, 9, 1), True, True),
        ],
    )
    def test_a_month(self, today: date, started: bool, ended: bool) -> None:
        august = parse("2018-08", T.MONTH)
        assert periods.has_started(august, today) is started
        assert periods.has_ended(august, today) is ended
        assert periods.is_future(august, today) is not started


class TestFinancialYear:
    def test_of_a_day(self) -> None:
        assert periods.financial_year_of(date(2018, 3, 31)).key == "FY2017-18"
        assert periods.financial_year_of(date(2018, 4, 1)).key == "FY2018-19"

    def test_its_months(self) -> None:
        months = periods.months_of_financial_year(parse("FY2018-19", T.FINANCIAL_YEAR))
        assert [month.key for month in months] == (
            [f"2018-{month:02}" for month in range(4, 13)] + ["2019-01", "2019-02", "2019-03"]
        )

    def test_only_a_financial_year_has_them(self) -> None:
        with pytest.raises(ValueError, match="AY2018-19 is not a financial year"):
            periods.months_of_financial_year(parse("AY2018-19", T.ACADEMIC_YEAR))

    @pytest.mark.parametrize(
        ("key", "type", "closes"),
        [
            ("2019-03", T.MONTH, True),
            ("2019-02", T.MONTH, False),
            ("FY2018-19-Q4", T.FINANCIAL_QUARTER, True),
            ("FY2018-19-Q3", T.FINANCIAL_QUARTER, False),
            ("2019-Q1", T.QUARTER, True),
            ("FY2018-19", T.FINANCIAL_YEAR, True),
            ("2019-03-31", T.DAY, True),
            ("2019-03-30", T.DAY, False),
            ("2019-W13", T.WEEK, True),
            ("2018-W13", T.WEEK, False),
            ("2018-W12", T.WEEK, True),
        ],
    )
    def test_which_period_closes_it(self, key: str, type: T, closes: bool) -> None:
        assert periods.closes_financial_year(parse(key, type)) is closes


class TestOrder:
    def test_periods_order_by_the_day_they_end_on(self) -> None:
        mixed = [
            parse("FY2018-19", T.FINANCIAL_YEAR),
            parse("2018-09", T.MONTH),
            parse("2018-Q3", T.QUARTER),
            parse("2018-08", T.MONTH),
        ]
        assert [period.key for period in sorted(mixed)] == ["2018-08", "2018-Q3", "2018-09", "FY2018-19"]
