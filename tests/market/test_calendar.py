"""Month counting and day counts, against QuantLib."""

from __future__ import annotations

import datetime as dt

import pytest
import QuantLib as ql
from hypothesis import given, settings
from hypothesis import strategies as st

from xlfv.market.calendar import add_months, days_30_360, is_month_end, year_fraction

dates = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def _ql(date: dt.date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


@settings(max_examples=300)
@given(dates, dates)
def test_30_360_is_quantlibs_bond_basis(start, end):
    assert days_30_360(start, end) == ql.Thirty360(ql.Thirty360.BondBasis).dayCount(_ql(start), _ql(end))


@settings(max_examples=300)
@given(dates, dates)
def test_year_fractions_are_quantlibs(start, end):
    start, end = min(start, end), max(start, end)
    for name, days in (
        ("act/360", ql.Actual360()),
        ("act/act", ql.ActualActual(ql.ActualActual.ISDA)),
        ("30/360", ql.Thirty360(ql.Thirty360.BondBasis)),
    ):
        assert year_fraction(start, end, name) == pytest.approx(days.yearFraction(_ql(start), _ql(end)), abs=1e-12)


@settings(max_examples=300)
@given(dates, st.integers(-400, 400))
def test_months_are_added_as_quantlib_adds_them(date, months):
    moved = _ql(date) + ql.Period(months, ql.Months)
    assert add_months(date, months) == dt.date(moved.year(), moved.month(), moved.dayOfMonth())


def test_a_last_day_of_the_month_stays_one_where_the_day_is_31():
    assert add_months(dt.date(2009, 11, 30), 1) == dt.date(2009, 12, 30)
    assert add_months(dt.date(2009, 11, 30), 1, 31) == dt.date(2009, 12, 31)
    assert add_months(dt.date(2009, 12, 31), 2) == dt.date(2010, 2, 28)
    assert add_months(dt.date(2011, 12, 31), 2) == dt.date(2012, 2, 29)
    assert add_months(dt.date(2009, 12, 31), -12, 25) == dt.date(2008, 12, 25)


def test_month_ends():
    assert is_month_end(dt.date(2012, 2, 29))
    assert not is_month_end(dt.date(2012, 2, 28))
    assert is_month_end(dt.date(2009, 11, 30))


def test_30_360_from_the_end_of_february_is_that_of_the_standard():
    """Bond Market Association, Standard Formulas, SF-44: a start on the last day of February becomes the 30th."""
    assert days_30_360(dt.date(2010, 2, 28), dt.date(2010, 3, 25)) == 25
