"""Loans that accrue by actual days: a multifamily loan of Fannie Mae's guide, and simple-interest loans.

Proves 11 printed numbers: Fannie Mae Multifamily Guide (4), two explanations of simple-interest mortgages (7).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.kernels.planned import plan


def test_fannie_mae_multifamily_actual_360():
    """Multifamily Selling and Servicing Guide, section 1103 "Actual Amortization Calculation" (effective 3 April 2026):
    $25,000,000 at 5.5%, 30 years' amortization, issued 1 December 2018, first payment 1 January 2019.

    Printed: debt service constant 6.8134680%, hence 141,947.25 a month; principal of 120 payments 4,114,494.17, so
    34,287.45 a month. The payment is carried unrounded; months have 28, 29, 30 or 31 days (three leap Februaries).
    """
    made = plan(
        balance=25e6, rate=0.055, remaining_term=120, amortization_term=360, accrual_basis="act/360",
        start=dt.date(2018, 12, 1),
    )  # fmt: skip
    assert round(12.0 * made.payments[1] / 25e6 * 100.0, 7) == 6.8134680
    assert round(made.payments[1], 2) == 141947.25
    repaid = 25e6 - made.balances[120]
    assert round(repaid, 2) == 4114494.17
    assert round(repaid / 120.0, 2) == 34287.45
    assert made.days[1:4].tolist() == [31, 31, 28]
    assert made.days[[14, 15, 63]].tolist() == [31, 29, 29]
    np.testing.assert_allclose(made.payments[1:], made.payments[1], rtol=1e-12)


def test_simple_interest_in_february():
    """P. Lanctot, "Simple Mortgage Interest Vs. Compound Mortgage Interest": $300,000 over 30 years at 4%.

    Printed: payment 1,432.25 either way, 32.88 a day, 1,000 in every month of the one, 920.55 in a February of 28 days
    of the other.
    """
    terms = {"balance": 3e5, "rate": 0.04}
    simple = plan(1, start=dt.date(2009, 1, 31), accrual_basis="simple", **terms)
    assert round(simple.payments[1], 2) == 1432.25
    assert simple.days[1] == 28
    assert round(simple.interest[1], 2) == 920.55
    assert round(simple.interest[1] / 28, 2) == 32.88
    assert round(plan(1, **terms).interest[1], 2) == 1000.00


@pytest.mark.parametrize(("start", "days", "printed"), [((2009, 3, 31), 30, 493), ((2009, 4, 30), 31, 510)])
def test_simple_interest_by_the_days_of_the_month(start, days, printed):
    """T. Franklin, "Simple Interest Mortgages 101": $100,000 at 6%, 16.44 a day; 493 in 30 days, 510 in 31."""
    made = plan(1, start=dt.date(*start), accrual_basis="simple")
    assert made.days[1] == days
    assert round(made.interest[1] / days, 2) == 16.44
    # 31 days at the printed 16.44 are 509.64, at the full rate 509.59: both are 510.
    assert round(made.interest[1]) == printed
