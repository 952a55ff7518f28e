"""Which loans late today are told of: those that no timeline of their curve is meant for."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_curves, run

LATE = {"d30": 1, "d60": 2, "d90": 1, "bankruptcy": 1, "foreclosure": 1}


def told(*curves, names=("default",), **extra):
    """What a projection of loans of every status tells of late ones."""
    loans = [loan(f"{s}{k}", status=s, curve=c, **extra) for s, n in LATE.items() for k in range(n) for c in names]
    loans = [{**one, "loan_id": f"{one['loan_id']}{one['curve']}"} for one in loans] + [loan("current")]
    return [notice for notice in run(loans, make_curves(*curves), months=24).notices if "late today" in notice]


def test_late_loans_without_a_timeline_are_counted_with_what_to_add():
    assert told({"month": 1, "cpr": 0.06, "cdr": 0.02}, deferred_balance=1000.0) == [
        "5 loans late today (1 d30, 2 d60, 1 d90, 1 bankruptcy; 505,000 dollars) roll by the curves as if current: for a"
        " timeline of their own add months_to_liquidation or cure to the curves (of a status: months_to_liquidation_bankruptcy)"
    ]


@pytest.mark.parametrize("column", ["months_to_liquidation", "cure"])
def test_a_timeline_for_all_leaves_nothing_to_tell(column):
    assert told({"month": 1, "cpr": 0.06, column: 1.0}) == []


def test_each_status_is_told_of_until_it_has_a_timeline():
    (notice,) = told(
        {"month": 1, "cpr": 0.06, "cure_d30": 0.1, "months_to_liquidation_d90": 12, "cure_bankruptcy": 0.0}
    )
    assert notice.startswith("2 loans late today (2 d60; 200,000 dollars) roll")
    assert notice.endswith("(of a status: months_to_liquidation_d60)")


def test_only_the_loans_of_a_curve_without_a_timeline_are_counted():
    curves = {"curve": "default", "month": 1, "cpr": 0.06}, {"curve": "slow", "month": 1, "cpr": 0.06, "cure": 0.01}
    (notice,) = told(*curves, names=("default", "slow"))
    assert notice.startswith("5 loans late today")
