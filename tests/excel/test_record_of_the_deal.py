"""What is told of a deal month by month, on a pool worked by hand: its triggers, and what every step saw, owed and paid.

Ten interest-only loans of 100,000 at 6%, of which 10% default and 10% prepay in a month, liquidated 4 months later at a loss of
40% (see tests/projection/test_ten_loans.py): losses of 40,000, 32,000, 25,600, 20,480 in months 5 to 8.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import AS_OF
from tests.excel.helpers import fails, one
from xlfv.excel import call
from xlfv.excel.codec import serial
from xlfv.market.calendar import add_months

LOANS = [
    ["loan_id", "balance", "rate", "remaining_term", "interest_only_months"],
    *[[f"L{k}", 100_000.0, 0.06, 120, 120] for k in range(10)],
]
BONDS = [["tranche", "balance", "coupon"], ["A", 900_000.0, 0.05], ["B", 100_000.0, 0.18]]
STEPS = [
    ["step", "from", "pay", "to", "when"],
    ["fee", "interest", "trustee", None, None],
    ["i", "interest", "interest", "A, B", None],
    ["p", "principal", "principal", "A, B", None],
    ["turbo", "excess", "principal", "A, B", "losses"],
    ["loss", "excess", "writedown", "B, A", None],
    ["rest", "excess", "residual", None, None],
]
COSTS = [["cost", "basis", "amount"], ["trustee", "fixed", 1_200.0]]
TRIGGERS = [
    ["trigger", "measure", "test", "threshold", "cure"],
    ["losses", "cumulative_loss", ">", 0.1, "no"],
    ["early", "month", "<=", 3, "yes"],
    ["late", "delinquency", ">", 0.25, "yes"],
]
CURVES = [["month", "smm", "mdr", "severity", "recovery_lag"], [1, 0.1, 0.1, 0.4, 4]]


@pytest.fixture
def projection() -> Any:
    trust = one(call("XLFV_TRUST", "TEN", serial(AS_OF), LOANS, BONDS, STEPS, COSTS, None, TRIGGERS))
    return one(call("XLFV_PROJECT", trust, CURVES, None, 10))


def column(grid: list[list[Any]], name: str) -> list[Any]:
    return [row[grid[0].index(name)] for row in grid[1:]]


def test_a_trigger_shows_what_was_measured_and_what_became_of_it(projection):
    grid = call("XLFV_TRIGGERS", projection, "LOSSES")
    lost = [0.0, 0.0, 0.0, 0.0, 0.04, 0.072, 0.0976, 0.11808, 0.134464, 0.1475712]
    assert column(grid, "value") == pytest.approx(lost)
    assert column(grid, "threshold") == [0.1] * 10
    assert column(grid, "state") == ["off"] * 7 + ["on"] * 3
    assert column(grid, "date")[:2] == [serial(add_months(AS_OF, 1, 31)), serial(add_months(AS_OF, 2, 31))]


def test_a_trigger_that_cures_goes_off_again(projection):
    assert column(call("XLFV_TRIGGERS", projection, "early"), "state") == ["on"] * 3 + ["off"] * 7
    late = call("XLFV_TRIGGERS", projection, "late")
    # In foreclosure over the pool at the month's end: 100,000 / 900,000; 180,000 / 820,000; 244,000 / 756,000 ...
    assert column(late, "value")[:3] == pytest.approx([100 / 900, 180 / 820, 244 / 756])
    assert column(late, "state")[:3] == ["off", "off", "on"]


def test_all_triggers_stand_one_after_another(projection):
    grid = call("XLFV_TRIGGERS", projection)
    assert len(grid) == 1 + 3 * 10
    assert column(grid, "trigger")[::10] == ["losses", "early", "late"]
    assert column(grid, "measure")[::10] == ["cumulative_loss", "month", "delinquency"]
    assert "its triggers: losses, early, late" in fails("XLFV_TRIGGERS", projection, "oc", code="#N/A")


def test_a_trust_without_triggers_gives_the_header_alone():
    trust = one(call("XLFV_TRUST", "TEN", serial(AS_OF), LOANS, BONDS, STEPS[:4] + STEPS[5:], COSTS))
    quiet = one(call("XLFV_PROJECT", trust, CURVES, None, 3))
    assert [row[0] for row in call("XLFV_TRIGGERS", quiet)] == ["trigger"]


def test_every_step_of_a_month_by_hand(projection):
    """Month 1: 5,000 of interest; 100 of costs; A is due 3,750 and B 1,500, of which 1,150 is there."""
    rows = {row[0]: row[4:] for row in call("XLFV_WATERFALL", projection, 1)[1:]}
    assert rows["fee"] == pytest.approx([5_000, 100, 100, 0])
    assert rows["i"] == pytest.approx([4_900, 5_250, 4_900, 350])
    assert rows["p"] == pytest.approx([100_000, 100_000, 100_000, 0])
    assert rows["turbo"] == rows["rest"] == pytest.approx([0, 0, 0, 0])
    assert rows["left over"] == pytest.approx([0, 0, 0, 0])
    # Month 5: 40,000 lost; B bears it.
    assert {row[0]: row[4:] for row in call("XLFV_WATERFALL", projection, 5)[1:]}["loss"][1:] == pytest.approx(
        [40_000, 40_000, 0]
    )


@pytest.mark.parametrize("month", range(1, 11))
def test_what_is_due_is_paid_or_short_and_no_step_pays_more_than_it_has(projection, month):
    for step, _, pay, _, available, due, paid, short in call("XLFV_WATERFALL", projection, month)[1:]:
        assert due == pytest.approx(paid + short), step
        assert min(available, due, paid, short) >= 0.0, step
        assert paid <= available + 1e-9, (step, pay)


def test_the_step_down_is_told_by_month():
    """Ten months of age are there in month 10: the deal closed on the as-of date."""
    terms = [["term", "value"], ["closing_date", serial(AS_OF)], ["oc_target", 0.0], ["stepdown_age", 10]]
    trust = one(call("XLFV_TRUST", "TEN", serial(AS_OF), LOANS, BONDS, STEPS, COSTS, terms, TRIGGERS))
    made = one(call("XLFV_PROJECT", trust, CURVES, None, 10))
    assert column(call("XLFV_TRUST_CASHFLOW", made, "stepped_down"), "stepped_down") == [0.0] * 9 + [1.0]
