"""A trust's month in cells: everything that is wrong with it is told at once, and what it notices stands in a cell."""

from __future__ import annotations

import datetime as dt

from tests.excel.helpers import one
from xlfv.excel import call
from xlfv.excel.codec import Grid
from xlfv.excel.example_deal import DEAL

PARTS = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
BEFORE, AFTER = dt.date(2009, 12, 31), dt.date(2010, 1, 31)


def month_end(after: bool, date: dt.date | None = None, **changed: Grid) -> str:
    """The small deal's projection at one of its two month-ends, or dated otherwise, some of its tables changed."""
    end = "_after" if after else ""
    parts = [changed.get(name, DEAL.get(name + end, DEAL[name])) for name in PARTS]
    trust = one(call("XLFV_TRUST", "SAMPLE-1", date or (AFTER if after else BEFORE), *parts))
    return str(one(call("XLFV_PROJECT", trust, DEAL["curves" + end], DEAL["indices" + end])))


def reason(answer: Grid) -> str:
    return getattr(answer[0][0], "reason", "")


def test_months_the_wrong_way_round_and_faults_of_both_yields_are_told_together():
    swapped = (
        month_end(after=True),
        DEAL["yields_after"][:3],
        month_end(after=False),
        DEAL["yields"][:4],
        DEAL["ledger"],
    )
    for name in ("XLFV_TRUST_ROLLFORWARD", "XLFV_CASH_RECONCILIATION"):
        told = reason(call(name, *swapped))
        assert "2009-12-31 does not follow 2010-01-31 by a month" in told
        assert "B of SAMPLE-1 has no yield" in told
        assert "residual of SAMPLE-1 has no yield" in told
    bad = [DEAL["ledger"][0], ["SAMPLE-1", "2010-01-25", "interest_colected", 1.0, None]]
    told = reason(
        call(
            "XLFV_TRUST_ROLLFORWARD",
            month_end(after=False),
            DEAL["yields"][:3],
            month_end(after=True),
            DEAL["yields"],
            bad,
        )
    )
    assert "interest_colected" in told
    assert "residual of SAMPLE-1 has no yield" in told


def test_what_the_ledger_says_otherwise_than_the_property_lists_stands_beside_the_reconciliation():
    args = (month_end(after=False), DEAL["yields"], month_end(after=True), DEAL["yields_after"])
    ledger = [[150000.0 if cell == 160000.0 else cell for cell in row] for row in DEAL["ledger"]]
    told = [row[-1] for row in call("XLFV_CASH_RECONCILIATION", *args, ledger)]
    assert told[0] == "notices"
    assert str(told[1]).startswith("the ledger has 150,000.00 dollars of loans foreclosed into REO")
    assert not any(told[2:])
    assert not any(row[-1] for row in call("XLFV_CASH_RECONCILIATION", *args, DEAL["ledger"])[1:])


def test_a_date_within_the_month_is_no_month_end():
    args = (DEAL["yields"], month_end(after=True, date=dt.date(2010, 1, 15)), DEAL["yields_after"], DEAL["ledger"])
    told = reason(call("XLFV_TRUST_ROLLFORWARD", month_end(after=False), *args))
    assert "2010-01-15 does not follow 2009-12-31 by a month" in told
    business = (DEAL["yields"], month_end(after=True, date=dt.date(2010, 1, 29)), DEAL["yields_after"], DEAL["ledger"])
    assert not reason(call("XLFV_TRUST_ROLLFORWARD", month_end(after=False), *business))


def test_classes_that_the_company_holds_are_told_as_eliminated():
    held = [
        {"bonds": [[*row, mark] for row, mark in zip(DEAL[name], ("held_by", None, None, "company"), strict=True)]}
        for name in ("bonds", "bonds_after")
    ]
    args = (
        month_end(False, **held[0]),
        DEAL["yields"],
        month_end(True, **held[1]),
        DEAL["yields_after"],
        DEAL["ledger"],
    )
    told = call("XLFV_CASH_RECONCILIATION", *args)[1][-1]
    assert str(told).startswith(
        "classes held by the company (B) are eliminated: paid interest of 354.93 and principal of 0.00"
    )
    assert "post held_interest and held_principal" in str(told)
