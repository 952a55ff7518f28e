"""Bad tables of long-term debt are refused whole, each fault named; coupons in words mean what they say."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import grid_table
from xlfv.market.indices import NO_INDICES
from xlfv.tables import Refused, from_grid
from xlfv.valuation.debt import debt_values, find
from xlfv.valuation.debt_coupon import read_pieces, spans_of
from xlfv.valuation.debt_terms import read_debt

AS_OF = dt.date(2009, 12, 31)
GOOD = {"instrument": "D", "balance": 1e6, "coupon": 0.08, "maturity": "2019-06-30", "yield": 0.1}
MATURITY = dt.date(2034, 3, 30)
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a percent": ({"coupon": 8.01}, r"coupon is 8.01 .* 0.0801"),
    "a yield in percent": ({"yield": 10.0}, "yield is 10"),
    "a spread below zero": ({"own_credit_spread": -0.01}, "own_credit_spread is -0.01"),
    "a spread in percent": ({"own_credit_spread": 14.0}, "own_credit_spread is 14"),
    "no coupon": ({"coupon": None}, "neither coupon nor index"),
    "no percent sign": ({"coupon": "2 through 2013 then 3"}, "percent sign"),
    "no end": ({"coupon": "2% then 3%"}, "'2%' has no end"),
    "ends out of order": ({"coupon": "2% through 2013 then 3% through 2012 then 4%"}, "ends before it begins"),
    "a year that is two dates": ({"coupon": "2% until 2013 then 3%"}, "can be read as two dates"),
    "no such day": ({"coupon": "2% until 2013-02-30 then 3%"}, "'2013-02-30' is not a date"),
    "a misspelt index": ({"coupon": "2% through 2013 then LIBOR_3N + 3.75%"}, "did you mean LIBOR_3M"),
    "a rise from nothing": ({"coupon": "rising 1% a year"}, "follows no rate"),
    "a rise from a floating rate": ({"coupon": "LIBOR_3M through 2013 then +1% a year"}, "a rise follows a floating"),
    "too soon at its end": ({"coupon": "2% through 2013"}, "the coupon ends on 2014-01-01 and the debt matures"),
    "above 100%": ({"coupon": "2% through 2010 then rising 20% a year"}, "the coupon is 102.0000% from 2015-01-01"),
    "below 0%": ({"coupon": "2% through 2010 then -1% a year"}, "the coupon is -1.0000% from 2013-01-01"),
    "an index that is never reached": ({"index": "LIBOR_3M"}, "the coupon never floats on it"),
    "floating on nothing": ({"coupon": "2% through 2013 then floating"}, "floats, and no index is given"),
    "a margin on nothing": ({"margin": 0.01}, "margin counts only with the column index"),
    "an unknown index": ({"coupon": None, "index": "LIBOUR_3M"}, "did you mean LIBOR_3M"),
    "five a year": ({"frequency": 5}, "frequency of D is not 1, 2, 4 or 12"),
    "matured": ({"maturity": "2009-12-31"}, "matured on 2009-12-31"),
    "a maturity that is none": ({"maturity": "2934-03-30"}, "more than 100 years after as_of"),
    "a deferral that is over": ({"deferral": "2009-12-31"}, "deferral ends on 2009-12-31, not after"),
    "a payment from the future": ({"last_payment": "2010-01-01"}, "last_payment 2010-01-01 lies after as_of"),
    "a payment that was missed": ({"last_payment": "2009-09-30"}, "the payment of 2009-12-30 lies after last_payment"),
    "a first payment past": ({"first_payment": "2009-12-30"}, "first_payment is 2009-12-30"),
    "a first payment after maturity": ({"first_payment": "2019-07-30"}, "first_payment is 2019-07-30"),
    "a current coupon that is fixed": ({"current_coupon": 0.08}, "counts only where the coupon floats today"),
    "floor above cap": ({"coupon": None, "index": "LIBOR_3M", "cap": 0.03, "floor": 0.04}, "floor of D is above the cap"),
    "a day count of its own": ({"day_count": "30E/360"}, "day_count"),
    "a misspelt column": ({"own_credit_spred": 0.1}, "did you mean own_credit_spread"),
    "no balance": ({"balance": None}, "balance is blank"),
}  # fmt: skip


def read(*rows: dict[str, Any]):
    header = list(dict.fromkeys(name for row in rows for name in row))
    return read_debt(grid_table("debt", [header, *([row.get(name) for name in header] for row in rows)]), AS_OF)


@pytest.mark.parametrize(("changed", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_refused(changed, words):
    assert read(GOOD)
    with pytest.raises(Refused, match=words):
        read({**GOOD, **changed})


def test_all_faults_of_all_rows_are_told_at_once_and_where():
    with pytest.raises(Refused) as refused:
        read({**GOOD, "coupon": 8.0, "deferral": "2001-01-01"}, {**GOOD, "instrument": "d2", "frequency": 3}, GOOD)
    told = str(refused.value)
    for words in ("coupon is 8", "deferral ends", "frequency of d2", "D stands twice", "row 2", "row 3", "row 4"):
        assert words in told
    assert len(refused.value.faults) == 4


def test_an_index_that_is_not_given_and_an_instrument_that_is_not_there():
    debts = read({**GOOD, "coupon": "2% through 2013 then SOFR + 1%"}, {**GOOD, "instrument": "E"})
    with pytest.raises(Refused, match="the debt D needs the index SOFR"):
        debt_values(debts, AS_OF, NO_INDICES)
    assert debt_values(debts[1:], AS_OF, NO_INDICES)
    with pytest.raises(Refused, match=r"there is no debt 'F'.*known: D, E") as refused:
        find(debts, "F")
    assert refused.value.code == "#N/A"


def test_a_file_s_numbers_are_numbers():
    table = from_grid("debt", [list(GOOD), ["D", "1000000", "0.08", "2019-06-30", "0.1"]], text=True)
    (debt,) = read_debt(table, AS_OF)
    assert [(s.rate, s.index) for s in debt.spans] == [(0.08, "")]


def spans(text: str, index: str = "", margin: float = 0.0) -> list[tuple[str, float, str]]:
    return [(str(s.end), round(s.rate, 12), s.index) for s in spans_of(read_pieces(text), index, margin, MATURITY)]


EXCHANGED = [
    ("2014-01-01", 0.02, ""), ("2015-01-01", 0.03, ""), ("2016-01-01", 0.04, ""), ("2017-01-01", 0.05, ""),
    ("2018-01-01", 0.06, ""), ("2034-03-30", 0.0375, "LIBOR_3M"),
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%",
        "2% until 2014-01-01 then rising 1% a year until 2018-01-01 then libor_3m + 3.75 %",
        "  2 %  THROUGH 2013-12-31, then rising by 1% per year through 2017 then floating",
        "2% through 2013 then +1% a year through 2017",
        "2% through 2013 then 3% through 2014 then 4% through 2015 then +1% a year through 2017 then floating",
    ],
)
def test_the_same_coupon_in_other_words(text):
    assert spans(text, "LIBOR_3M", 0.0375) == EXCHANGED


def test_rates_fall_and_margins_are_taken_away_too():
    assert spans("9% through 2010 then -0.5% a year through 2012 then PRIME - 1% ") == [
        ("2011-01-01", 0.09, ""), ("2012-01-01", 0.085, ""), ("2013-01-01", 0.08, ""), ("2034-03-30", -0.01, "PRIME"),
    ]  # fmt: skip


def test_a_rise_on_the_last_of_february_and_at_the_end_of_the_calendar():
    pieces = read_pieces("1% until 2012-02-29 then +1% a year through 2014 then 9%")
    found = [(str(s.end), s.rate) for s in spans_of(pieces, "", 0.0, dt.date(2020, 1, 1))]
    assert [end for end, _ in found] == ["2012-02-29", "2013-02-28", "2014-02-28", "2015-01-01", "2020-01-01"]
    late = read_pieces("1% until 9998-06-30 then +1% a year")
    assert len(spans_of(late, "", 0.0, dt.date(9999, 12, 31))) == 3


def test_pieces_behind_maturity_do_not_count():
    assert spans("2% through 2013 then 5% through 2040 then SOFR") == [
        ("2014-01-01", 0.02, ""),
        ("2034-03-30", 0.05, ""),
    ]


@given(st.text(alphabet="0123456789%+-. thenuilrogas_LIBOR3M", max_size=60))
def test_junk_is_read_or_refused(text):
    try:
        found = spans_of(read_pieces(text), "", 0.0, MATURITY)
    except Refused:
        return
    assert found[-1].end == MATURITY
    assert all(a.end == b.start and a.start < a.end for a, b in pairwise(found))


def test_a_long_text_is_refused_at_once():
    with pytest.raises(Refused, match="characters long"):
        read_pieces("2% through 2013 then " * 1000)
