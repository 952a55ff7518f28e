"""The plain reference on its own: what it loses or makes up, and a printed table."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.published.test_bma_cash_flow_a import ROWS, TOTALS
from tests.reference.made_loans import CUTOFFS, INDICES, any_curve, any_loans, examples
from tests.reference.plain_loans import project_loan
from tests.reference.test_loans_agree import broken_laws, flat

# Columns of the printed table: the number of ours, or two whose sum it is.
PRINTED = {
    1: ("performing_balance",), 2: ("new_defaults",), 3: ("foreclosure_balance",),
    5: ("scheduled_principal", "advanced_principal"), 6: ("prepaid_principal",), 7: ("advanced_principal",),
    8: ("scheduled_principal",), 9: ("interest_due",), 10: ("interest_advanced",), 11: ("interest_paid",),
    12: ("liquidation_proceeds",), 13: ("losses",), 14: ("liquidated_balance",),
}  # fmt: skip


@examples(60)
@given(data=st.data())
def test_the_reference_conserves_balance_interest_and_advances(data):
    one, curve = data.draw(any_loans()), data.draw(any_curve(data.draw(st.sampled_from(["month", "age"]))))
    made = project_loan(one, curve, INDICES, 100, cutoff=data.draw(st.sampled_from(CUTOFFS)))
    floats = {name: np.array([float(x) for x in values]) for name, values in made.items()}
    assert broken_laws(floats, 1e-13 * one["balance"] + 1e-12, curve["severity_basis"]) == []


@pytest.fixture(scope="module")
def cash_flow_a() -> dict:
    """Cash Flow A of the standard: 100,000,000 at 8%, 1% SMM and MDR, 12 months to liquidation, 20% lost."""
    loan = {"balance": 1e8, "rate": 0.08, "remaining_term": 360}
    return project_loan(loan, flat(smm=0.01, mdr=0.01, severity=0.2, recovery_lag=12), INDICES, 360)


def _wrong(rows: list[list[str]], made: dict) -> list[str]:
    found = []
    for row in rows:
        for column, names in PRINTED.items():
            ours = float(sum(made[name][int(row[0])] for name in names))
            if not abs(ours - float(row[column].replace("-", "") or 0)) <= 0.5 + 1e-9:
                found.append(f"month {row[0]}, column {column}: {ours}, printed {row[column]}")
    return found


def test_the_reference_gives_the_printed_cash_flow_a(cash_flow_a):
    assert _wrong([line.split() for line in ROWS.strip().splitlines()], cash_flow_a) == []
    # The totals count columns from the performing balance, at 0.
    totals = {column: sum(sum(cash_flow_a[name][1:]) for name in PRINTED[column + 1]) for column in TOTALS}
    assert {column: round(total) for column, total in totals.items()} == TOTALS


def test_the_reference_gives_every_month_of_the_printed_cash_flow_a(cash_flow_a, published):
    with (published / "bma_cashflow_a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row and row[0].isdigit() and int(row[0]) > 0]
    assert _wrong(rows, cash_flow_a) == []
