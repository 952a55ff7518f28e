"""The rollforward's column of long-term debt in cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from xlfv.excel.arguments import Arg
from xlfv.excel.example_books import DEBT_GRID
from xlfv.excel.functions.projection import attempt
from xlfv.excel.registry import Example, function
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.reporting import debt_rollforward as report
from xlfv.reporting import forms
from xlfv.tables import Fault, Table, refuse_if
from xlfv.valuation.debt_terms import Debt, read_debt

_TERMS = "the company's long-term debt as XLFV_DEBT_VALUE takes it"
_INDICES = "forward indices at the {}: month and index names, decimals; blank: none of it floats"


@function(
    "XLFV_DEBT_ROLLFORWARD",
    family="reporting",
    args=[
        Arg("opening_debt", "table", f"{_TERMS}, at the opening"),
        Arg("opening_date", "date", "the opening's valuation date"),
        Arg("closing_debt", "table", f"{_TERMS}, at the closing"),
        Arg("closing_date", "date", "the closing's valuation date, 1 to 12 months later"),
        Arg("debt_activity", "table", "what the books paid: instrument, interest_paid, principal_paid, issued; retired_for as given"),
        Arg("opening_indices", "table", _INDICES.format("opening"), default=None),
        Arg("closing_indices", "table", _INDICES.format("closing"), default=None),
        Arg("form", "text", "letter (interest net of what is due), gross (settlements are all cash) or steps (each instrument's"
            " revaluations)", default="letter", choices=("letter", "gross", "steps")),
    ],
    result="grid",
    unit="dollars; liabilities negative, in the form steps positive",
    source="Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1; ASC 825-10-50-28 to 50-30",
    errors=["#VALUE!: when a table has faults, an index is not given, or debt_activity does not name each instrument once"],
    example=Example(
        "=XLFV_DEBT_ROLLFORWARD(debt, DATE(2009,12,31), debt_after, DATE(2010,1,31), debt_activity, debt_indices,"
        " debt_indices_after)",
        DEBT_GRID,
    ),
)  # fmt: skip
def debt(
    opening_debt: Table, opening_date: dt.date, closing_debt: Table, closing_date: dt.date, debt_activity: Table,
    opening_indices: Table | None, closing_indices: Table | None, form: str,
) -> list[list[object]]:  # fmt: skip
    """The rollforward's column of long-term debt: interest expense, change in fair value, settlements, what is unexplained.

    Change in fair value is the sum of revaluations of the opening's terms by the code of XLFV_DEBT_VALUE: time beyond effective
    interest, interest put off, forward index, base yield, own credit, and gains on what was retired or issued; the form steps shows
    each. The closing value enters none of them: a payment missing from the books, or terms that changed without a word, stand in
    Unexplained.
    """
    faults: list[Fault] = []
    first = attempt(_reader(opening_date), opening_debt, faults)
    last = attempt(_reader(closing_date), closing_debt, faults)
    before = attempt(read_indices, opening_indices, faults) if opening_indices is not None else NO_INDICES
    after = attempt(read_indices, closing_indices, faults) if closing_indices is not None else NO_INDICES
    paid = attempt(report.read_debt_activity, debt_activity, faults)
    refuse_if(faults)
    assert first is not None
    assert last is not None
    assert before is not None
    assert after is not None
    assert paid is not None
    indices: tuple[Indices, Indices] = (before, after)
    ends = report.pair_up(first, last, (opening_date, closing_date), indices)
    refuse_if(report.activity_faults(ends, paid, debt_activity))
    changes = report.debt_changes(ends, paid)
    if form == "steps":
        return report.steps_grid(ends, changes, paid)
    return forms.grid(report.debt_rollforward(changes, paid, "gross" if form == "gross" else "net"))


def _reader(day: dt.date) -> Callable[[Table], tuple[Debt, ...]]:
    """Reads a table of debt on a date."""
    return lambda table: read_debt(table, day)
