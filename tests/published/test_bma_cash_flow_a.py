"""Bond Market Association, Uniform Practices, chapter SF "Standard Formulas" (02/01/99): Cash Flow A.

Pages SF-23 to SF-30: 100,000,000 of new 30-year loans at 8%, 1% SMM, 1% MDR, liquidated after 12 months at 20% loss
severity, principal and interest advanced. The full table proves 5,724 printed numbers (360 months, 16 columns, 36
cells blank) and 8 totals; where it is absent the 10 rows typed in below prove 154 and the same totals.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.builders import loan, make_curves, run

# Month: performing, new defaults, in foreclosure, amortization factor, expected amortization, voluntary prepayments,
# amortization from defaults, actual amortization, expected interest, interest lost, actual interest, principal
# recovery, principal loss, amortized default balance, MDR, SMM.
COLUMNS = 16
ROWS = """
1 97934244 1000000 999329 0.9993 67098 999329 671 66427 666667 6667 660000 - - - 0.01 0.01
12 77816148 794620 10674244 0.9916 64994 794042 7770 57223 595663 71213 524449 - - - 0.01 0.01
13 76203943 778161 10453093 0.9909 64118 777591 7666 56453 589936 76349 513587 791646 200000 991646 0.01 0.01
60 28288335 288958 3880385 0.9507 33903 288656 4053 29850 219063 28351 190712 293702 74530 368232 0.01 0.01
120 7766959 79388 1065414 0.8772 15029 79255 1797 13233 60185 7789 52396 80543 20625 101168 0.01 0.01
240 474084 4864 65031 0.6048 2954 4838 353 2600 3687 477 3210 4882 1317 6198 0.01 0.01
348 7461 82 1023 0.0844 683 76 82 601 62 8 54 66 39 105 0.01 0.01
349 6793 0 854 0.0776 674 69 75 599 57 7 50 59 37 95 0 0.01
359 577 0 7 0.0073 586 6 7 579 8 0 8 0 13 13 0 0.01
360 0 0 0 0 577 0 0 577 4 0 4 0 7 7 0 0
"""
TOTALS = {1: 47576640, 4: 5510477, 5: 47527662, 6: 614780, 7: 4895697, 11: 37446547, 12: 9515314, 13: 46961860}


@pytest.fixture(scope="module")
def ours() -> np.ndarray:
    """Our table, float64[months + 1, 16]."""
    loans = [loan(balance=1e8, rate=0.08, remaining_term=360)]
    cash = run(loans, make_curves(smm=0.01, mdr=0.01, severity=0.2, recovery_lag=12)).collateral
    x = {name: field[0] for name, field in cash.fields.items()}
    # The amortization factor is the balance of the same loan when nobody prepays or defaults.
    plain = run(loans, make_curves(cpr=0.0)).collateral["performing_balance"][0] / 1e8
    before = np.concatenate([[np.nan], x["performing_balance"][:-1]])
    with np.errstate(invalid="ignore", divide="ignore"):
        mdr = np.nan_to_num(x["new_defaults"] / before)
        smm = np.nan_to_num(x["prepaid_principal"] / (before - _amortization(before, plain)))
    return np.column_stack([
        x["performing_balance"], x["new_defaults"], x["foreclosure_balance"],
        np.concatenate([plain, np.zeros(cash.months + 1 - plain.size)]),
        x["scheduled_principal"] + x["advanced_principal"], x["prepaid_principal"], x["advanced_principal"],
        x["scheduled_principal"], x["interest_due"], x["interest_due"] - x["interest_paid"], x["interest_paid"],
        x["liquidation_proceeds"], x["losses"], x["liquidated_balance"], mdr, smm,
    ])  # fmt: skip


def _amortization(before: np.ndarray, plain: np.ndarray) -> np.ndarray:
    kept = np.zeros(before.size)
    kept[1 : plain.size] = plain[1:] / plain[:-1]
    return before * (1.0 - kept)


def _wrong(row: list[str], ours: np.ndarray) -> list[str]:
    """Printed cells of a row that we miss: dollars to the dollar, factors to four places, rates to six."""
    month = int(row[0])
    found = []
    for column, text in enumerate(row[1:]):
        printed = 0.0 if text in ("", "-") else float(text)
        unit = 0.0001 if column == 3 else 1e-6 if column >= 14 else 1.0
        if not abs(ours[month, column] - printed) <= 0.5 * unit + 1e-9:
            found.append(f"month {month}, column {column}: {ours[month, column]:.6f}, printed {text}")
    return found


def test_typed_rows_are_reproduced_to_the_printed_dollar(ours):
    rows = [line.split() for line in ROWS.strip().splitlines()]
    assert all(len(row) == COLUMNS + 1 for row in rows)
    assert [fault for row in rows for fault in _wrong(row, ours)] == []


def test_totals_are_reproduced_to_the_printed_dollar(ours):
    assert {column: round(ours[1:, column].sum()) for column in TOTALS} == TOTALS


def test_every_column_of_every_month_is_reproduced_to_the_printed_dollar(ours, published):
    with (published / "bma_cashflow_a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row and row[0].isdigit() and int(row[0]) > 0]
    assert [int(row[0]) for row in rows] == list(range(1, 361))
    assert [fault for row in rows for fault in _wrong(row, ours)] == []


def test_nothing_is_left_after_maturity(ours):
    """The printed rule (SF-20, note j) lets no default be liquidated after month 360."""
    assert np.all(ours[361:] == 0.0)
    assert np.all(ours[349:, 1] == 0.0)
    assert np.all(ours[1:349, 1] > 0.0)
