"""Loans that regulators print: an adjustable one and an interest-only one.

Regulation Z (12 CFR 1026), Appendix H, sample H-14: $10,000 over 30 years, 1-year Treasury plus 3 points, 2 points a
year, 5 points for life either way; 11 payments, 11 balances, 22 parts of payments and 5 rates. CFPB, sample loan
estimate of an interest-only loan: 1 payment.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, make_indices, run
from tests.kernels.planned import to_the_cent
from xlfv.market.rates import level_payment

# The 1-year Treasury that reset each year's rate. Years 6 to 15 are printed at the life floor of 12.41%, which any
# index up to 9.36% gives; the regulation's own values for those years all are below that.
INDEX = [14.41, 9.78, 12.17, 7.66, 6.36]
RATES = [17.41, 15.41, 15.17, 13.17, 12.41]
# Payment number: payment, principal, interest, balance.
PRINTED = {
    1: (145.90, 0.82, 145.08, 9999.18), 12: (145.90, 0.96, 144.94, 9989.37), 13: (129.81, 1.53, 128.28, 9987.84),
    24: (129.81, 1.76, 128.05, 9969.66), 25: (127.91, 1.88, 126.03, 9967.78), 36: (127.91, 2.15, 125.76, 9945.51),
    37: (112.43, 3.28, 109.15, 9942.23), 48: (112.43, 3.70, 108.73, 9903.70), 49: (106.73, 4.31, 102.42, 9899.39),
    60: (106.73, 4.83, 101.90, 9848.94), 180: (106.73, 16.58, 90.15, 8700.37),
}  # fmt: skip
TERMS = {
    "rate": 0.1741, "rate_type": "arm", "index": "CMT_1Y", "margin": 0.03, "months_to_reset": 12, "reset_frequency": 12,
    "lookback": 0, "periodic_cap": 0.02, "life_cap": 0.2241, "life_floor": 0.1241,
}  # fmt: skip


def _rows(later: float) -> list[float]:
    """The index month by month: row m is read by the payment of month m, the first at its year's rate."""
    years = INDEX + [later] * 26
    return [years[max(month - 1, 0) // 12] / 100 for month in range(361)]


@pytest.mark.parametrize("later", [9.36, 6.0, 3.0])
def test_adjustable_loan_from_index_margin_and_caps(later):
    """Without rounding to cents we stay within a cent of every printed payment, principal and interest.

    The regulation rounds each recast payment and each month's interest to the cent, so a month's principal is off by up
    to a cent, and the balance gathers those cents and their interest: 8 cents by month 60, 28 (of 8,700.37 dollars) by
    month 180. The test below rounds as the regulation does and misses nothing.
    """
    project = run([loan(balance=10000.0, **TERMS)], make_curves(cpr=0.0), make_indices(CMT_1Y=_rows(later)))
    x = {name: field[0] for name, field in project.collateral.fields.items()}
    balance = x["performing_balance"]
    for year, rate in enumerate(RATES):
        first = 12 * year + 1
        assert x["interest_due"][first] / balance[first - 1] * 1200 == pytest.approx(rate, abs=1e-10)
    assert x["interest_due"][61] / balance[60] * 1200 == pytest.approx(12.41, abs=1e-10)
    for month, (payment, principal, interest, left) in PRINTED.items():
        assert abs(x["scheduled_principal"][month] + x["interest_paid"][month] - payment) < 0.01, month
        assert abs(x["scheduled_principal"][month] - principal) < 0.01, month
        assert abs(x["interest_paid"][month] - interest) < 0.01, month
        assert abs(balance[month] - left) < (0.08 if month <= 60 else 0.28), month


@pytest.mark.parametrize("later", [9.36, 6.0, 3.0])
def test_adjustable_loan_rounded_to_cents_is_printed_to_the_cent(later):
    """The regulation's own rounding, with rates and payments from the kernel that plans every loan, from the index on."""
    terms = {name: value for name, value in TERMS.items() if name not in ("rate_type", "index")}
    table = to_the_cent(180, [_rows(later)], balance=10000.0, index=0, **terms)
    assert {month: table[month] for month in PRINTED} == PRINTED


def test_interest_only_payment():
    project = run(
        [loan(balance=211000.0, rate=0.04, interest_only_months=60)], make_curves(cpr=0.0), months=72
    ).collateral  # fmt: skip
    assert round(float(project["interest_paid"][0, 1]), 2) == 703.33
    assert np.all(project["scheduled_principal"][0, 1:61] == 0.0)
    level = level_payment(211000.0, 0.04, 300)
    np.testing.assert_allclose((project["scheduled_principal"] + project["interest_paid"])[0, 61:], level, rtol=1e-12)
