"""Balloons, interest-only and adjustable loans as tables to the dollar, with the totals below them.

Source: My Home Loan Tools, example pages of a 30/7 balloon, a 30/15 balloon, an interest-only 5/1 and 7/1 ARM, and of
5/1, 3/1 and 1/1 ARMs whose index stands still; Federal Reserve Board and others, "Interest-Only Mortgage Payments and
Payment-Option ARMs", comparison of five loans (the traditional one). Proves 175 printed numbers: 36 rows of payment,
interest, principal and balance, 18 sums of a year, 2 balloons, 6 of interest-only loans, 3 totals of interest, 2 of the
booklet.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.kernels.planned import Plan, plan, to_the_cent

SEVEN = {"balance": 90000.0, "rate": 0.04, "remaining_term": 84, "amortization_term": 360}
FIFTEEN = {"balance": 100000.0, "rate": 0.0425, "remaining_term": 180, "amortization_term": 360}
STILL = [[0.052]]
FIVE_ONE = {
    "balance": 250000.0, "rate": 0.0675, "index": 0, "margin": 0.0155, "months_to_reset": 60, "periodic_cap": 0.02,
    "life_cap": 0.1175,
}  # fmt: skip
THREE_ONE = FIVE_ONE | {"balance": 260000.0, "months_to_reset": 36, "life_cap": 0.1275}
ONE_ONE = FIVE_ONE | {
    "balance": 270000.0, "rate": 0.06875, "margin": 0.01675, "months_to_reset": 12, "life_cap": 0.12875,
}  # fmt: skip

# Month: payment, interest, principal, balance.
ROWS_SEVEN = """
1 430 300 130 89870
2 430 300 130 89740
3 430 299 131 89610
4 430 299 131 89479
5 430 298 131 89347
6 430 298 132 89215
7 430 297 132 89083
8 430 297 133 88950
9 430 296 133 88817
10 430 296 134 88684
11 430 296 134 88549
12 430 295 135 88415
24 430 290 140 86765
31 430 286 143 85772
32 430 286 144 85629
"""
ROWS_FIFTEEN = """
1 492 354 138 99862
2 492 354 138 99724
6 492 352 140 99166
12 492 349 143 98314
18 492 346 146 97444
24 492 342 149 96555
30 492 339 153 95647
31 492 339 153 95494
"""
ROWS_FIVE_ONE = """
1 1622 1406 215 249785
2 1622 1405 216 249568
6 1622 1400 221 248690
12 1622 1393 229 247336
18 1622 1385 237 245935
24 1622 1377 245 244486
31 1622 1367 255 242732
"""
ROWS_THREE_ONE = """
1 1686 1462 224 259776
12 1686 1448 238 257229
24 1686 1432 255 254265
"""
ROWS_ONE_ONE = """
1 1774 1547 227 269773
12 1774 1532 242 267191
24 1774 1515 259 264182
"""
CASES = {
    "30/7 balloon": (SEVEN, ROWS_SEVEN), "30/15 balloon": (FIFTEEN, ROWS_FIFTEEN), "5/1 ARM": (FIVE_ONE, ROWS_FIVE_ONE),
    "3/1 ARM": (THREE_ONE, ROWS_THREE_ONE), "1/1 ARM": (ONE_ONE, ROWS_ONE_ONE),
}  # fmt: skip


def _rows(made: Plan) -> list[np.ndarray]:
    return [made.payments, made.interest, made.principal, made.balances]


def _rounded_up(payment: float) -> float:
    return math.ceil(round(payment * 100.0, 6)) / 100.0


@pytest.mark.parametrize("name", CASES)
def test_every_typed_row_is_reproduced_to_the_printed_dollar(name):
    """The pages round the level payment up to the cent, and each month's interest to the nearest; then they print dollars.

    At full precision a month's balance is off by those cents, at most one and a half a month and their interest.
    """
    terms, rows = CASES[name]
    made = _rows(plan(indices=STILL, **terms))
    table = to_the_cent(32, STILL, payment=_rounded_up(made[0][1]), **terms)
    for line in rows.strip().splitlines():
        month, *printed = map(int, line.split())
        payment, principal, interest, balance = table[month]
        assert [round(x) for x in (payment, interest, principal, balance)] == printed, f"month {month}"
        for column, value in zip(made, printed, strict=True):
            assert column[month] == pytest.approx(value, abs=0.5 + 0.017 * month), f"month {month}"


@pytest.mark.parametrize(
    ("terms", "sums"),
    [
        (SEVEN, [(5156, 3571, 1585), (5156, 3507, 1650)]), (FIFTEEN, [(5903, 4217, 1686), (5903, 4144, 1759)]),
        (FIVE_ONE, [(19458, 16794, 2664), (19458, 16608, 2850)]),
    ],
)  # fmt: skip
def test_sums_of_a_year(terms, sums):
    made = _rows(plan(indices=STILL, **terms))[:3]
    for year, printed in enumerate(sums):
        assert tuple(round(column[12 * year + 1 : 12 * year + 13].sum()) for column in made) == printed


@pytest.mark.parametrize(("terms", "printed"), [(SEVEN, 77883), (FIFTEEN, 65885)])
def test_the_balloon_is_due_with_the_last_payment(terms, printed):
    """The pages print what is paid in the last month: the balance after it, and its level payment."""
    made = plan(**terms)
    assert round(made.balances[-1] + made.payments[-1]) == printed


@pytest.mark.parametrize(
    ("terms", "interest_only", "payments"),
    [
        ({"balance": 180000.0, "rate": 0.06875, "margin": 0.01675}, 60, (1031, 1258)),
        ({"balance": 175000.0, "rate": 0.07125, "margin": 0.01925}, 84, (1039, 1291)),
    ],
)
def test_interest_only_and_then_level_over_the_rest(terms, interest_only, payments):
    made = plan(
        indices=STILL, index=0, months_to_reset=interest_only, interest_only_months=interest_only, periodic_cap=0.02, **terms
    )  # fmt: skip
    assert np.all(made.balances[: interest_only + 1] == terms["balance"])
    assert (round(made.payments[1]), round(made.payments[interest_only + 1])) == payments
    assert round(made.interest[1:13].sum()) == {60: 12375, 84: 12469}[interest_only]


@pytest.mark.parametrize(("terms", "printed"), [(FIVE_ONE, 333734), (THREE_ONE, 347084), (ONE_ONE, 368533)])
def test_total_interest_of_an_arm_whose_index_stands_still(terms, printed):
    """The pages round the level payment once; a reset to the same rate leaves it there.

    At full precision the total is more by what up to a cent in each of 360 payments gathers with its interest.
    """
    made = plan(indices=STILL, **terms)
    assert np.ptp(made.notes) < 1e-15
    fixed = {"balance": terms["balance"], "rate": terms["rate"]}
    up = _rounded_up(made.payments[1])
    assert round(sum(row[2] for row in to_the_cent(360, payment=up, **fixed).values())) == printed
    gathered = 0.01 * ((1.0 + terms["rate"] / 12.0) ** 360 - 1.0) / (terms["rate"] / 12.0)
    assert printed - 0.5 < made.interest.sum() < printed + 0.5 + gathered


def test_the_traditional_loan_of_the_booklet():
    made = plan(balance=180000.0, rate=0.067)
    assert int(made.payments[1]) == 1161  # 1,161.50, printed without its cents
    assert round(made.balances[60]) == 168882
