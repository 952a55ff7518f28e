"""Bond Market Association, Standard Formulas (02/01/99), SF-13 to SF-15: absolute prepayment speeds as monthly rates.

Thirteen rows of the printed table "Conversion of ABS to SMM" (SF-15), 91 numbers; the worked example of SF-14 (car loans, 2%
ABS in month 11); and Allman, Modeling Structured Finance Cash Flows with Microsoft Excel (2007), page 45 (1.50 ABS in month 5).
"""

from __future__ import annotations

import pytest

from xlfv.market.rates import abs_smm

SPEEDS = (0.50, 0.75, 1.00, 1.25, 1.50, 1.75, 2.00)
TABLE = """
1 0.50 0.75 1.00 1.25 1.50 1.75 2.00
9 0.52 0.80 1.09 1.39 1.70 2.03 2.38
10 0.52 0.80 1.10 1.41 1.73 2.08 2.44
14 0.53 0.83 1.15 1.49 1.86 2.27 2.70
20 0.55 0.87 1.23 1.64 2.10 2.62 3.23
25 0.57 0.91 1.32 1.79 2.34 3.02 3.85
30 0.58 0.96 1.41 1.96 2.65 3.55 4.76
36 0.61 1.02 1.54 2.22 3.16 4.52 6.67
40 0.62 1.06 1.64 2.44 3.61 5.51 9.09
45 0.64 1.12 1.79 2.78 4.41 7.61 16.67
48 0.65 1.16 1.89 3.03 5.08 9.86 33.33
49 0.66 1.17 1.92 3.13 5.36 10.94 50.00
50 0.66 1.19 1.96 3.23 5.66 12.28 100.00
"""
ROWS = [[float(word) for word in line.split()] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[f"month {row[0]:.0f}" for row in ROWS])
def test_the_printed_conversion_of_abs_to_smm(row):
    month, *printed = row
    ours = [100.0 * abs_smm(speed / 100.0, month) for speed in SPEEDS]
    assert ours == pytest.approx(printed, abs=0.005 + 1e-9)


def test_the_printed_examples():
    assert 100.0 * abs_smm(0.02, 11) == pytest.approx(2.5, abs=1e-12)
    assert 100.0 * abs_smm(0.015, 5) == pytest.approx(1.60, abs=0.005)


def test_the_same_number_of_loans_prepays_every_month_until_none_is_left():
    loans = 1000.0
    for month in range(1, 60):
        prepaid = loans * abs_smm(0.02, month)
        assert prepaid == pytest.approx(20.0 if month <= 50 else 0.0, abs=1e-9)
        loans -= prepaid
    assert loans == 0.0
