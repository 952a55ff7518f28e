"""Fabozzi's 400mm pass-through: WAC 8.125%, 357 months left (age 3), 7.5% net.

Source: F. J. Fabozzi and F. J. Jones, Foundations of Global Financial Markets and Institutions (MIT Press),
chapter 30: table 30.7 (principal at 90 and 300 PSA and the smaller of the two, 38 months, 114 numbers to the cent; 21 of them
typed in here), and the average lives at nine speeds (9 numbers). The CMOs on it are in test_fabozzi_cmos.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.builders import loan, make_curves, run

POOL = 400e6
# Month: principal at 90 PSA, at 300 PSA, least. From month 349 the least is what the schedule has left to pay.
ROWS = {
    1: (508169.52, 1075931.20, 508169.52), 2: (569843.43, 1279412.11, 569843.43),
    18: (1518274.36, 4231334.57, 1518274.36), 103: (1446761.00, 1458618.04, 1446761.00),
    104: (1440825.55, 1433539.23, 1433539.23), 212: (946033.34, 209409.09, 209409.09),
    348: (615468.65, 12626.21, 12626.21),
}  # fmt: skip
LAST_PAC = {349: 3432.32, 350: 0.0, 357: 0.0}
PAC_BALANCE = 243.8e6  # the PAC class of the structure, whose schedule ends when it is paid
LIVES = {50: 15.11, 100: 11.66, 165: 8.76, 200: 7.68, 300: 5.63, 400: 4.44, 500: 3.68, 600: 3.16, 700: 2.78}


def _project(psa: float, **tables):
    pool = loan(balance=POOL, rate=0.08125, remaining_term=357, age=3, servicing_fee=0.00625)
    return run([pool], make_curves(psa=psa), **tables)


@pytest.fixture(scope="module")
def speeds():
    return _project(90).collateral.principal[0], _project(300).collateral.principal[0]


def test_typed_rows_to_the_cent(speeds):
    slow, fast = speeds
    for month, (at_90, at_300, least) in ROWS.items():
        assert (round(slow[month], 2), round(fast[month], 2)) == (at_90, at_300)
        assert round(min(slow[month], fast[month]), 2) == least


def test_every_printed_row_to_the_cent(speeds, published):
    slow, fast = speeds
    left = PAC_BALANCE - np.cumsum(np.minimum(slow, fast))
    with (published / "table_30_7_pac_schedule.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 38
    for row in rows:
        month = int(row["month"])
        assert round(slow[month], 2) == float(row["principal_at_90psa"]), month
        assert round(fast[month], 2) == float(row["principal_at_300psa"]), month
        least = min(slow[month], fast[month], max(left[month - 1], 0.0))
        assert round(least, 2) == float(row["min_pac_schedule"]), month


def test_pac_class_of_the_structure_ends_in_month_349(speeds):
    slow, fast = speeds
    before = np.minimum(slow, fast).cumsum()
    for month, printed in LAST_PAC.items():
        assert round(float(np.clip(PAC_BALANCE - before[month - 1], 0.0, min(slow[month], fast[month]))), 2) == printed


@pytest.mark.parametrize(("psa", "printed"), LIVES.items())
def test_average_lives(psa, printed):
    """The printed lives count 5 days less than whole months (payments on the 25th of 30)."""
    principal = _project(psa).collateral.principal[0]
    life = float(np.dot(np.arange(principal.size), principal)) / principal.sum() / 12.0 - 5.0 / 360.0
    assert round(life, 2) == printed
