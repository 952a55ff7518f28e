"""The column of long-term debt: interest expense, change in fair value, settlements, and what they leave.

Interest is effective-yield interest of the opening value, in the letter's form less the interest that the terms at both dates
make paid. Change in fair value is the sum of independent revaluations (:mod:`xlfv.reporting.debt_change`); settlements are the
books'. What is left of the closing is the row Unexplained: a payment missing from the books stands there, and so do terms that
changed without a word.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields

from xlfv.market.indices import Indices
from xlfv.reporting.debt_change import DebtChange, DebtPaid, Ends, added, debt_change
from xlfv.reporting.forms import zeros
from xlfv.reporting.rollforward import ACTIVITY, Rollforward
from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.schema import Column, Schema
from xlfv.valuation.debt_terms import Debt

DEBT = "long_term_debt"
LONGEST = 12  # months
DEBT_ACTIVITY = Schema(
    "debt_activity",
    (
        Column("instrument", "text", "the debt's name", required=True, unique=True),
        Column("interest_paid", "number", "interest paid in the period", "$", default=0.0),
        Column("principal_paid", "number", "principal repaid or bought back, in cash", "$", default=0.0),
        Column("issued", "number", "received for debt issued", "$", default=0.0),
        Column("retired_for", "number", "agreed price of principal retired before it was due; blank: principal_paid beyond what"
               " was due, and where nothing was paid its fair value", "$", low=0.0),
        Column("text", "text", "what the books say of it (told only)"),
    ),
    key="instrument",
)  # fmt: skip


def read_debt_activity(table: Table) -> dict[str, DebtPaid]:
    """What was paid on long-term debt and borrowed in a period, by instrument.

    Raises:
        Refused: with every fault: an instrument twice, text for an amount.
    """
    faults: list[Fault] = []
    rows = DEBT_ACTIVITY.read(table, faults)
    refuse_if(faults)
    amounts = ("interest_paid", "principal_paid", "issued", "retired_for")
    return {
        str(name): DebtPaid(*(float(rows[amount][k]) for amount in amounts))
        for k, name in enumerate(rows["instrument"])
    }


def pair_up(
    opening: Sequence[Debt], closing: Sequence[Debt], dates: tuple[dt.date, dt.date], indices: tuple[Indices, Indices]
) -> dict[str, Ends]:
    """Every instrument at both dates, by its name in small letters.

    Raises:
        Refused: the closing does not lie after the opening by 1 to 12 months.
    """
    months = (dates[1].year - dates[0].year) * 12 + dates[1].month - dates[0].month
    if not dates[0] < dates[1] or not 1 <= months <= LONGEST:
        what = f"the closing {dates[1]} does not lie 1 to {LONGEST} months after the opening {dates[0]}"
        refuse_if([Fault(what, todo="give the earlier date first; a longer time is a chain of periods")])
    first, last = ({one.name.lower(): one for one in debts} for debts in (opening, closing))
    return {name: Ends(first.get(name), last.get(name), dates, indices) for name in dict.fromkeys([*first, *last])}


def activity_faults(ends: Mapping[str, Ends], paid: Mapping[str, DebtPaid], table: Table) -> list[Fault]:
    """Payments on an instrument that stands at neither date, and instruments of which nothing is said."""
    known = ", ".join(one.name for one in ends.values())
    said = {name.lower() for name in paid}
    return [
        *(
            Fault(f"there is no debt '{name}'", table.where(row, "instrument"), f"known: {known}")
            for row, name in enumerate(paid)
            if name.lower() not in ends
        ),
        *(
            Fault(
                f"debt_activity says nothing of {one.name}",
                table.place.start,
                "add a row for it, 0 where nothing was paid",
            )
            for name, one in ends.items()
            if name not in said
        ),
    ]


def debt_changes(ends: Mapping[str, Ends], paid: Mapping[str, DebtPaid]) -> dict[str, DebtChange]:
    """The change of each instrument.

    Args:
        ends: of :func:`pair_up`.
        paid: of :func:`read_debt_activity`, a row for each of them.

    Raises:
        Refused: an index that one of them floats on is not given.
    """
    own = {name.lower(): one for name, one in paid.items()}
    return {name: debt_change(one, own[name]) for name, one in ends.items()}


def debt_rollforward(
    changes: Mapping[str, DebtChange], paid: Mapping[str, DebtPaid], interest: str = "net"
) -> Rollforward:
    """The rollforward of long-term debt.

    Args:
        changes: of :func:`debt_changes`.
        paid: what the books say of each.
        interest: ``net`` of interest due, or ``gross``.
    """
    whole = added(list(changes.values()))
    cash = math.fsum(one.interest + one.principal for one in paid.values())
    net = whole.interest_due if interest == "net" else 0.0
    begin, end = zeros(), zeros()
    begin[DEBT], end[DEBT] = -whole.opening, -whole.closing
    rows = {row: zeros() for row in (*ACTIVITY, "purchases", "issuances", "unexplained")}
    rows["interest_expense"][DEBT] = -(whole.interest - net)
    rows["change_in_debt"][DEBT] = -whole.change
    rows["settlements"][DEBT] = cash - net
    rows["issuances"][DEBT] = -math.fsum(one.issued for one in paid.values())
    rolled = Rollforward(begin, rows, end)
    rows["unexplained"][DEBT] = -rolled.gap(DEBT)
    return rolled


STEPS = ("time", "deferral", "index", "base_yield", "own_credit", "retired", "issued")
HEADER = ("instrument", "opening", "interest", *STEPS, "change", "interest_due", "principal_due", "proceeds", "paid",
          "received", "unexplained", "closing")  # fmt: skip


def steps_grid(
    ends: Mapping[str, Ends], changes: Mapping[str, DebtChange], paid: Mapping[str, DebtPaid]
) -> list[list[object]]:
    """Each instrument's revaluations, dollars owed: opening + interest + change - paid + received + unexplained = closing."""
    own = {name.lower(): one for name, one in paid.items()}
    rows: list[list[object]] = [list(HEADER)]
    sums = DebtPaid(*(math.fsum(getattr(one, key.name) for one in own.values()) for key in fields(DebtPaid)))
    for title, one, books in (
        *((ends[name].name, change, own[name]) for name, change in changes.items()),
        ("total", added(list(changes.values())), sums),
    ):
        amounts = [getattr(one, step) for step in ("opening", "interest", *STEPS, "change", "interest_due", "principal_due",
                                                   "proceeds")]  # fmt: skip
        left = one.unexplained(books)
        rows.append([title, *amounts, books.interest + books.principal, books.issued, left + 0.0, one.closing])
    return rows
