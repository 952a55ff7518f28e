"""Impac's trust preferred securities of 2009, as a newsletter printed their terms.

Source: Prospect News (Distressed Debt Daily and Preferred Stock Daily), 15 March 2010, "Impac Mortgage canceled $28.5 million trust
preferreds, issued 2% notes for $51.3 million last year": 51.3 million dollars of trust preferred were exchanged for 62 million of
junior subordinated notes; "the interest rate for each note was reduced to 2% from the original 8.01% through 2013, with increases
of 1% per year through 2017. At that point, the notes will bear interest at Libor plus 375 basis points"; 87.8 of the
original 96.3 million were settled or restructured, "reducing its annual interest expense obligation to roughly $2 million from
$7.8 million". What was left, 8.5 million, is due on 30 July 2035 (Prospect News, 11 May 2017). The notes' payment dates are not
printed: here they are quarters of the year.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.valuation.deals import grid_table
from xlfv.market.indices import read_indices
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_terms import read_debt

AS_OF = dt.date(2009, 12, 31)
LIBOR = 0.0421
ROWS = [
    ["instrument", "balance", "coupon", "maturity", "yield"],
    ["notes", 62e6, "2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%", "2034-01-01", 0.2],
    ["left", 8.5e6, 0.0801, "2035-07-30", 0.2],
    ["original", 96.3e6, 0.0801, "2035-07-30", 0.2],
]


def interest(name: str, year: int) -> float:
    """A calendar year's interest, the payment of 1 January counted to the year behind it."""
    indices = read_indices(grid_table("indices", [["month", "LIBOR_3M"], [0, LIBOR]]))
    debts = read_debt(grid_table("debt", ROWS), AS_OF)
    (value,) = [v for v in debt_values(debts, AS_OF, indices) if v.debt.name == name]
    return sum(p.interest for p in value.payments if (p.date - dt.timedelta(days=1)).year == year)


@pytest.mark.parametrize(
    ("year", "rate"),
    [(2010, 0.02), (2013, 0.02), (2014, 0.03), (2015, 0.04), (2016, 0.05), (2017, 0.06), (2018, LIBOR + 0.0375)],
)
def test_the_notes_bear_what_was_printed(year, rate):
    assert interest("notes", year) == pytest.approx(62e6 * rate, rel=1e-12)


def test_the_obligation_of_a_year_falls_as_was_printed():
    """96.3 million at 8.01% are 7.7 million (printed: 7.8); after it 1.24 + 0.68 million ("roughly 2 million")."""
    assert interest("original", 2011) == pytest.approx(7.8e6, abs=0.1e6)
    assert round((interest("notes", 2011) + interest("left", 2011)) / 1e6) == 2
