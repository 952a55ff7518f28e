"""Fabozzi, Handbook of Fixed Income Securities, chapter on CMOs: the 400mm pass-through.

WAC 8.125%, WAM 357 months (age 3), 7.5% net. Table 30-7 (principal at 90 and 300 PSA and the smaller of the two, 38
months, 114 numbers to the cent; 21 of them typed in here), average lives at nine speeds (9 numbers), and the sequential
CMO A 194.5, B 36, C 96.5, D 73 at 165 PSA (month 1 principal 709,923; classes retired in months 81, 100, 178, 357), with the
average lives of its classes at the same nine speeds (36 numbers).
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.builders import loan, make_curves, make_trust, run, table
from xlfv.valuation.decrement import decrements

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
CLASS_LIVES = {
    "A": (7.48, 4.90, 3.48, 3.05, 2.32, 1.94, 1.69, 1.51, 1.38),
    "B": (15.98, 10.86, 7.49, 6.42, 4.64, 3.70, 3.12, 2.74, 2.47),
    "C": (21.02, 15.78, 11.19, 9.60, 6.81, 5.31, 4.38, 3.75, 3.30),
    "D": (27.24, 24.58, 20.27, 18.11, 13.36, 10.34, 8.35, 6.96, 5.95),
}
SEQUENCE = [
    {"tranche": "A", "balance": 194.5e6, "coupon": 0.075}, {"tranche": "B", "balance": 36e6, "coupon": 0.075},
    {"tranche": "C", "balance": 96.5e6, "coupon": 0.075}, {"tranche": "D", "balance": 73e6, "coupon": 0.075},
]  # fmt: skip
RULES = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "A,B,C,D", "rule": "pro_rata"},
    {"step": 2, "from": "principal", "pay": "principal", "to": "A,B,C,D", "rule": "sequential"},
    {"step": 3, "from": "excess", "pay": "residual"},
]


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


def test_sequential_cmo():
    paid = _project(165, bonds=SEQUENCE, waterfall=RULES).distributions
    classes = {name: paid.tranche(name) for name in paid.tranches}
    assert round(classes["A"]["principal_paid"][1]) == 709923
    retired = {name: int(np.argmax(x["end_balance"] < 0.005)) for name, x in classes.items()}
    assert retired == {"A": 81, "B": 100, "C": 178, "D": 357}
    for x in classes.values():
        np.testing.assert_allclose(x["interest_paid"][1:], x["begin_balance"][1:] * 0.075 / 12.0, atol=1e-6)
    assert np.abs(paid.residual).max() < 0.01


def test_average_lives_of_the_sequential_classes_stand_below_their_decrement_tables():
    pool = loan(balance=POOL, rate=0.08125, remaining_term=357, age=3, servicing_fee=0.00625)
    trust = make_trust([pool], SEQUENCE, RULES, terms=[{"term": "remittance_day", "value": 25}])
    curves = table("curves", [{"month": 1, "psa": 100}])
    tables = decrements(trust, curves, speeds=[psa / 100 for psa in LIVES])
    assert {one.tranche: tuple(round(life, 2) for life in one.lives) for one in tables} == CLASS_LIVES
    at_165 = {one.tranche: dict(zip(one.months, one.shares[:, 2], strict=True)) for one in tables}
    # Retired in months 81, 100, 178 and 357: nothing is left in the first row after that, and something in the one before.
    for name, before, after in (("A", 72, 84), ("B", 96, 108), ("C", 168, 180), ("D", 348, 357)):
        assert at_165[name][before] > 0.0, name
        assert at_165[name][after] == 0.0, name
