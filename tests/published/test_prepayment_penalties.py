"""Prepayment penalties with printed amounts: yield maintenance, months of interest, step-down.

Proves 9 printed numbers: a yield maintenance (2), months of interest (1), 5-4-3-2-1 (5), Fannie Mae's least penalty (1).
"""

from __future__ import annotations

import numpy as np

from tests.kernels.planned import plan


def test_yield_maintenance():
    """C. Phan, "Prepayment Penalty: What is Yield Maintenance?" (17 February 2025): $10,000,000 at 6.00%, 5 years left,
    5-year Treasury 4.43%: factor (1 - 1.0443 ** (-60/12)) / 4.43% = 4.40, penalty 690,573.

    The formula is Fannie Mae's (Multifamily Note, form 4188, schedule A: the greater of 1% and the difference of the
    rates times this factor).
    """
    made = plan(
        60, [[0.0443]], balance=1e7, rate=0.06, interest_only_months=60, prepay_penalty_months=60,
        prepay_penalty_type="yield_maintenance", prepay_penalty_index=0,
    )  # fmt: skip
    assert round(made.penalties[1] / (0.06 - 0.0443), 2) == 4.40
    assert round(made.penalties[1] * 1e7) == 690573
    assert round(made.penalties[60], 4) == 0.01  # a month's difference is less than 1%


def test_the_least_yield_maintenance():
    """Fannie Mae, "Standard MBS/DUS, example of prepayment premium calculation": $6,161,329 at 8.75%, 7 years of yield
    maintenance from 30 September 1990, paid off on 30 June 1994: at least 1%, 61,613.29.

    Its present value factor is left out: it prints 2.990 for (1 - 1.0418 ** -3.2521) / 0.0418, which is 2.983.
    """
    made = plan(
        39, [[0.0875]], rate=0.0875, prepay_penalty_months=39, prepay_penalty_type="yield_maintenance", prepay_penalty_index=0
    )  # fmt: skip
    assert round(made.penalties[1] * 6161329.0, 2) == 61613.29


def test_months_of_interest():
    """ParadigmQuest, "How Are Prepayment Penalties Calculated?": three months of interest on $500,000 at 4% are 5,000."""
    made = plan(
        26, balance=5e5, rate=0.04, prepay_penalty_months=26, prepay_penalty_type="interest_months", prepay_penalty_rate=3.0
    )  # fmt: skip
    assert np.round(made.penalties[1:] * 5e5, 9).tolist() == [5000.0] * 26


def test_five_four_three_two_one():
    """SoftQuotes, multifamily loan glossary, "Step down prepayment penalty": 5% in the first year, 4% in the second ..."""
    made = plan(72, prepay_penalty_months=60, prepay_penalty_type="step_down")
    years = np.round(made.penalties[1:].reshape(6, 12), 12)
    assert years.tolist() == [[percent / 100.0] * 12 for percent in (5, 4, 3, 2, 1, 0)]
