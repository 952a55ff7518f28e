"""Bond Market Association, Standard Formulas (02/01/99): the SDA, its default matrix, and Cash Flow B.

Pages SF-6 (PSA), SF-20 to SF-22 (SDA; matrix of 54 cumulative defaults) and SF-31 to SF-38 (Cash Flow B: 150 PSA,
100 SDA, 12 months, 20%, advanced). Proves 54 cells of the matrix, 8 printed definitions of the two standards, 5 rows
of 14 numbers and 7 totals of Cash Flow B.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, run
from xlfv.market.rates import psa_cpr, sda_cdr

SPEEDS = (50, 100, 150, 200, 250, 300)
MATRIX = {
    100: (1.56, 3.09, 4.59, 6.08, 7.53, 8.97), 125: (1.47, 2.92, 4.35, 5.76, 7.14, 8.51),
    150: (1.40, 2.78, 4.13, 5.47, 6.79, 8.08), 175: (1.33, 2.64, 3.93, 5.20, 6.45, 7.69),
    200: (1.26, 2.51, 3.74, 4.95, 6.14, 7.32), 250: (1.15, 2.28, 3.40, 4.50, 5.59, 6.66),
    300: (1.05, 2.08, 3.10, 4.11, 5.10, 6.08), 400: (0.88, 1.74, 2.60, 3.45, 4.29, 5.12),
    500: (0.74, 1.48, 2.21, 2.93, 3.64, 4.35),
}  # fmt: skip
# Month: performing, new defaults, in foreclosure, expected amortization, prepayments, amortization from defaults,
# actual amortization, expected interest, interest lost, actual interest, recovery, loss, amortized default balance, SMM.
ROWS = """
97 45928516 9612 146302 64876 362460 204 64671 310117 1080 309038 12323 3143 15465 0.007828
120 36902132 932 32329 62781 291172 55 62726 248622 249 248374 3918 1003 4921 0.007828
337 1185672 31 375 47944 9355 15 47929 8289 3 8286 24 10 34 0.007828
348 587917 16 186 47295 4639 15 47280 4267 1 4266 11 7 18 0.007828
349 536461 0 156 47236 4233 14 47223 3921 1 3919 10 6 16 0.007828
"""
TOTALS = {
    "new_defaults": 2776019, "prepaid_principal": 76052023, "advanced_principal": 36809,
    "scheduled_principal": 21171958, "liquidation_proceeds": 2184008, "losses": 555201, "liquidated_balance": 2739209,
}  # fmt: skip


def _run(psa: float, sda: float):
    loans = [loan(balance=1e8, rate=0.08, remaining_term=360, age=0)]
    return run(loans, make_curves(psa=psa, sda=sda, severity=0.2, recovery_lag=12)).collateral


@pytest.mark.parametrize("psa", MATRIX)
def test_cumulative_defaults_are_those_of_the_matrix(psa):
    ours = [round(_run(psa, sda)["new_defaults"].sum() / 1e6, 2) for sda in SPEEDS]
    assert ours == list(MATRIX[psa])


def test_the_typed_matrix_is_the_published_one(published):
    lines = (published / "cumulative_default_matrix.csv").read_text().splitlines()
    cells = [line.split(",") for line in lines if line[:1].isdigit()]
    assert {int(row[0]): tuple(map(float, row[1:])) for row in cells} == MATRIX


def test_cash_flow_b_is_reproduced_to_the_printed_dollar():
    x = {name: field[0] for name, field in _run(150, 100).fields.items()}
    for line in ROWS.strip().splitlines():
        month, *printed = line.split()
        t = int(month)
        advanced, scheduled = x["advanced_principal"][t], x["scheduled_principal"][t]
        paying = x["performing_balance"][t - 1] - x["new_defaults"][t]
        smm = x["prepaid_principal"][t] / (x["performing_balance"][t - 1] * (1.0 - scheduled / paying))
        ours = [
            x["performing_balance"][t], x["new_defaults"][t], x["foreclosure_balance"][t], scheduled + advanced,
            x["prepaid_principal"][t], advanced, scheduled, x["interest_due"][t],
            x["interest_due"][t] - x["interest_paid"][t], x["interest_paid"][t], x["liquidation_proceeds"][t],
            x["losses"][t], x["liquidated_balance"][t],
        ]  # fmt: skip
        assert [round(value) for value in ours] == [int(text) for text in printed[:-1]], f"month {t}"
        assert round(smm, 6) == float(printed[-1])
    assert {name: round(x[name].sum()) for name in TOTALS} == TOTALS


def test_defaults_stop_the_time_to_liquidation_before_maturity():
    """SF-20, note j: the default rate is 0 for the last n months before final maturity, n the time to liquidation."""
    for lag in (0, 1, 12, 60):
        loans = [loan(remaining_term=120)]
        cash = run(loans, make_curves(mdr=0.002, severity=0.2, recovery_lag=lag)).collateral
        defaults = cash["new_defaults"][0]
        assert np.all(defaults[1 : 121 - lag] > 0.0)
        assert np.all(defaults[121 - lag :] == 0.0)


def test_psa_is_the_printed_standard():
    """SF-6: 0.2% CPR in month 1, 0.2% more each month until month 30, 6% from there; a multiple multiplies the CPR."""
    assert psa_cpr(100, 1) == pytest.approx(0.002, abs=1e-15)
    assert psa_cpr(100, 29) == pytest.approx(0.058, abs=1e-15)
    assert psa_cpr(100, 30) == psa_cpr(100, 360) == pytest.approx(0.06, abs=1e-15)
    assert psa_cpr(200, 12) == pytest.approx(2 * 0.024, abs=1e-15)


def test_sda_is_the_printed_standard():
    """SF-20 and SF-21: 0.60% a year from month 30 to 60, 0.03% from month 120, straight lines between."""
    printed = {1: 0.0002, 30: 0.006, 60: 0.006, 61: 0.005905, 97: 0.002485, 119: 0.000395, 120: 0.0003, 348: 0.0003}
    for month, rate in printed.items():
        assert sda_cdr(100, month) == pytest.approx(rate, abs=1e-12)
    assert sda_cdr(200, 61) == pytest.approx(2 * 0.005905, abs=1e-12)
