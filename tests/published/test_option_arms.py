"""Payment caps, negative amortization and option ARMs, as handbooks, textbooks and regulators print them.

Proves 41 printed numbers: Consumer Handbook on Adjustable Rate Mortgages (18), Brueggeman and Fisher (8), a lecture's
payment cap (5), FDIC chart 48 (6), a lender's minimum payments (4).
Where a source rounds each payment and each month's interest to the cent, so does the test, with the kernel's own rates
and payments; else the kernel's full precision is held against the printed digits.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.kernels.planned import plan, to_the_cent
from xlfv.market.rates import level_payment

YEARLY = {"months_to_reset": 12, "reset_frequency": 12, "payment_reset_frequency": 12, "index": 0, "lookback": 0}


def _years(*rates: float) -> list[list[float]]:
    """An index of yearly values, row t for month t: the first year's stands in months 1 to 12."""
    return [[rates[0], *[rate for rate in rates for _ in range(12)]]]


def test_handbook_of_the_federal_reserve_on_payment_caps():
    """Federal Reserve Board and Office of Thrift Supervision, Consumer Handbook on Adjustable Rate Mortgages, "Payment
    caps" and "Negative amortization": $65,000 over 30 years at 10%, 12% in the second year, a payment cap of 7 1/2%.

    The handbook prints 570.42, 64,638.72 and 420.90; ProEducate's reprint ("ARM Payment Caps") adds 667.30, 613.20,
    65,059.62 and four rows. The uncapped payment would be the level one at 12% over 348 months.
    """
    table = to_the_cent(24, _years(0.10, 0.12), balance=65000.0, rate=0.10, payment_cap=0.075, **YEARLY)
    assert table[1] == (570.42, 28.75, 541.67, 64971.25)
    assert table[12] == (570.42, 31.50, 538.92, 64638.72)
    assert table[13] == (613.20, -33.19, 646.39, 64671.91)
    assert table[24] == (613.20, -37.03, 650.23, 65059.62)
    assert round(table[24][3] - table[12][3], 2) == 420.90
    assert round(level_payment(64638.72, 0.12, 348), 2) == 667.30


def test_brueggeman_and_fisher_a_payment_cap_of_five_percent():
    """Brueggeman and Fisher, Real Estate Finance and Investments, chapter on adjustable-rate mortgages, problem with
    $150,000 over 30 years, 7% at first, 2% over one-year Treasuries of 7% and 8.5%, payment cap 5% (solution table)."""
    made = plan(
        36, _years(0.05, 0.07, 0.085), balance=150000.0, rate=0.07, margin=0.02, payment_cap=0.05, **YEARLY
    )  # fmt: skip
    assert np.round(made.notes[[1, 13, 25]], 12).tolist() == [0.07, 0.09, 0.105]
    assert np.round(made.payments[[1, 13, 25]], 2).tolist() == [997.95, 1047.85, 1100.24]
    assert np.round(made.balances[[12, 24, 36]]).tolist() == [148476.0, 149298.0, 151894.0]
    uncapped = [level_payment(made.balances[12], 0.09, 348), level_payment(made.balances[24], 0.105, 336)]
    assert np.round(uncapped, 2).tolist() == [1202.89, 1380.27]


def test_a_lecture_on_payment_caps():
    """Lecture "Adjustable Rate Mortgages Example: Payment Caps" (real estate finance): $100,000 over 30 years at 6%, then
    a composite rate of 10%, payment cap 5%. The last balance is made of the rounded payment: a cent."""
    made = plan(24, _years(0.06, 0.10), rate=0.06, payment_cap=0.05, **YEARLY)
    assert round(made.payments[1], 2) == 599.55
    assert round(made.balances[12], 2) == 98771.99
    assert round(made.payments[13], 2) == 629.53
    assert round(level_payment(made.balances[12], 0.10, 348), 2) == 871.64
    assert made.balances[24] == pytest.approx(101204.32, abs=0.011)


def test_the_fdics_option_arm():
    """FDIC, 2006 Economic Outlook, chart 48: $400,000 at a fully indexed 5.63% (5 5/8), teaser 1.50%, balance cap 115%.

    Printed: interest only 1,875; level over 30 years 2,303 and over 15 years 3,295; minimum payment 1,380; negative
    amortization 495; the balance at which payments are raised, 460,000.
    """
    rate = 0.05625
    assert round(plan(1, balance=4e5, rate=rate, interest_only_months=1).payments[1]) == 1875
    assert round(plan(1, balance=4e5, rate=rate).payments[1]) == 2303
    assert round(plan(1, balance=4e5, rate=rate, remaining_term=180).payments[1]) == 3295
    minimum = plan(1, balance=4e5, rate=0.015).payments[1]
    assert round(minimum) == 1380
    terms = {"balance": 4e5, "rate": rate, "payment": minimum, "negam_limit": 1.15}
    # With the minimum payment kept for good, the balance grows until the month that would pass 460,000.
    made = plan(**terms)
    assert round(-made.principal[1]) == 495
    recast = int(np.argmax(made.payments > minimum + 1.0))
    assert made.balances.max() == made.balances[recast - 1] <= 460000.0
    assert made.balances[recast - 1] * (1.0 + rate / 12.0) - minimum > 460000.0
    assert made.payments[recast] == pytest.approx(level_payment(made.balances[recast - 1], rate, 361 - recast))


def test_minimum_payments_rise_by_the_cap_each_year():
    """A lender's page (Fishman Financial Group, "Payment Option ARM"): 1,000.00, then 7.5% more a year.

    The loan is ours (12%, $200,000), so that the level payment always lies above the cap.
    """
    made = plan(60, [[0.12]], rate=0.12, balance=2e5, payment=1000.0, payment_cap=0.075, **YEARLY)
    printed = [1000.00, 1075.00, 1155.63, 1242.30, 1335.47]
    assert made.payments[[1, 13, 25, 37, 49]] == pytest.approx(printed, abs=0.005 + 1e-9)  # 1,155.625 goes up
