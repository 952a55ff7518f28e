"""Fannie Mae REMIC Trust 2019-2, Group 3: classes AB (3.25%) and IO (5.00% on 35% of AB), seven speeds.

Source: Prospectus Supplement dated 24 January 2019: page S-4 (assumed characteristics: 148,372,434 at 5.451%, 173 months left,
age 175, passed through at 5.00%), S-5 (the notional of IO is 35.0000000674% of AB), S-9 (principal to AB until retired;
settlement 30 January 2019, distributions on the 25th; at 0% PSA the loans have 360 months and 7.50%), S-14 (decrement table,
seven speeds, January 2020 to January 2049, and the lives). As transcribed in the public repository bizarc/cfdl, folder
benchmarks/credit/fnma_remic_2019_2_g3 and its siblings, which give the percentages as dollars of AB; a cell printed as an
asterisk stands there as a blank. All 7 x 31 cells of each class and all 14 lives agree.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.published.supplements import Printed, decrements, steps, trust
from xlfv.excel import call

POOL = 148372434
SPEEDS = [0, 100, 198, 300, 400, 700, 1000]
LIVES = [20.2, 6.1, 4.7, 3.7, 2.9, 1.7, 1.1]
# From January 2020 on; then nothing.
ROWS = {
    0: [99, 98, 97, 96, 95, 93, 92, 90, 89, 87, 85, 83, 80, 78, 75, 73, 70, 66, 63, 59, 55, 50, 46, 40, 35, 29, 22, 16, 8],
    100: [90, 80, 71, 62, 54, 47, 40, 33, 27, 21, 16, 11, 6, 2],
    198: [84, 70, 58, 48, 39, 32, 25, 20, 15, 11, 8, 5, 3, 1],
    300: [78, 61, 47, 36, 27, 21, 15, 11, 8, 5, 4, 2, 1, "*"],
    400: [72, 52, 37, 27, 19, 13, 9, 6, 4, 3, 2, 1, "*", "*"],
    700: [55, 30, 17, 9, 5, 3, 1, 1, "*", "*", "*", "*", "*", "*"],
    1000: [38, 14, 5, 2, 1, "*", "*", "*", "*", "*", "*", "*", "*", "*"],
}  # fmt: skip
# IO's 5.00% on 35.0000000674% of AB is 1.75% on AB: an io stands on the whole balance of its classes.
BONDS = [
    {"tranche": "AB", "balance": POOL, "coupon": 0.0325},
    {"tranche": "IO", "balance": 0.0, "kind": "io", "coupon": 0.05 * 0.350000000674, "notional_of": "AB"},
]
RULES = steps(
    ("interest", "interest", "AB, IO", "pro_rata"), ("principal", "principal", "AB"), ("excess", "residual")
)  # fmt: skip


def _deal(rate: float, term: int, age: int):
    loan = {"loan_id": "Group 3", "balance": POOL, "rate": rate, "remaining_term": term, "age": age,
            "servicing_fee": rate - 0.05}  # fmt: skip
    return trust("FNR-2019-2", dt.date(2019, 1, 30), [loan], BONDS, RULES)


@pytest.fixture(scope="module")
def assumed():
    return _deal(0.05451, 173, 175)


@pytest.fixture(scope="module")
def tables(assumed) -> dict[int, tuple[Printed, int]]:
    slow, others = decrements(_deal(0.075, 360, 0), [0]), decrements(assumed, SPEEDS[1:])
    return {0: (slow, 0)} | {psa: (others, at) for at, psa in enumerate(SPEEDS[1:])}


@pytest.mark.parametrize("psa", SPEEDS)
@pytest.mark.parametrize("tranche", ["AB", "IO"])
def test_percent_of_original_balance_outstanding(tables, psa, tranche):
    rows, at = tables[psa]
    assert rows.column(tranche, at) == [100, *ROWS[psa], *[0] * (30 - len(ROWS[psa]))]


@pytest.mark.parametrize(("psa", "life"), [*zip(SPEEDS, LIVES, strict=True)])
def test_weighted_average_lives(tables, psa, life):
    rows, at = tables[psa]
    assert (rows.lives["AB"][at], rows.lives["IO"][at]) == (life, life)


def test_the_two_coupons_make_up_the_pass_through_rate(assumed):
    """3.25% + 0.350000000674 x 5.00% is 5.00% to the eighth decimal: nothing is left for classes R and RL."""
    run = call("XLFV_PROJECT", assumed, [["month", "psa"], [1, 198]])[0][0]
    ab, io = (call("XLFV_TRANCHE_CASHFLOW", run, name) for name in ("AB", "IO"))
    paid, principal = ab[0].index("interest_paid"), ab[0].index("principal_paid")
    assert ab[1][paid] == pytest.approx(POOL * 0.0325 / 12, abs=0.005)
    assert io[1][paid] == pytest.approx(51930352 * 0.05 / 12, abs=0.005)
    assert sum(row[principal] for row in ab[1:]) == pytest.approx(POOL, abs=0.01)
    left = call("XLFV_RESIDUAL_CASHFLOW", run)
    assert [round(row[left[0].index("cash")], 2) for row in left[1:]] == [0.0] * (len(left) - 1)
