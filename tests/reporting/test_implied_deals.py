"""Cash implied by two states equals cash projected, over made deals of every kind of step, class, derivative and account.

The later state is written out of the projection's first month by hand: balances, shortfalls, write-downs, account balances. What
is implied must be the cash that made it, though the two come from separate code.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.builders import make_curves, make_indices, make_trust
from tests.reference.deals import INDEX, deals
from xlfv.kernels import contract as kernel
from xlfv.projection import loan_arrays
from xlfv.projection.projection import Projection, project
from xlfv.reporting.implied_cash import COSTS, implied_cash
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv

ACCOUNT_END = 4  # of an account's record
LATER = dt.date(2010, 1, 31)


def healthy(tables: dict) -> dict:
    """The deal with loans that pay: what becomes of late ones no tape can tell to the dollar."""
    loans = [{**row, "status": "reo" if row["status"] == "reo" else "current"} for row in tables["loans"]]
    terms = [row for row in tables["terms"] or [] if row["term"] not in ("cumulative_loss", "call_exercised")]
    return {**tables, "loans": loans, "terms": [*terms, {"term": "cumulative_loss", "value": 0.0}]}


def a_month_later(tables: dict, before: Trust, projection: Projection) -> Trust:
    """The state that the projection's first month leaves."""
    owned = [row for row in tables["reo"] or [] if row["months_to_sale"] > 1]
    held = {row["loan_id"] for row in owned}
    loans = [dict(row) for row in tables["loans"] if row["status"] != "reo" or row["loan_id"] in held]
    left = scheduled(before, projection)
    for row in loans:
        row["balance"] = row["balance"] if row["status"] == "reo" else left[row["loan_id"]]
    bonds = [dict(row) for row in tables["bonds"]]
    for row in bonds:
        one = {key: float(values[1]) for key, values in projection.distributions.tranche(row["tranche"]).items()}
        row |= {
            "balance": one["end_balance"], "interest_shortfall": one["interest_shortfall"],
            "basis_risk_carryforward": one["basis_risk_carryforward"], "writedown": one["unpaid_loss"],
        }  # fmt: skip
    accounts = [dict(row) for row in tables["accounts"] or []]
    for k, row in enumerate(accounts):
        row["balance"] = float(projection.distributions.record.accounts[k, 1, ACCOUNT_END])
    lost = float(projection.collateral.all_losses[:, 1].sum())
    terms = [{**row, "value": lost} if row["term"] == "cumulative_loss" else row for row in tables["terms"]]
    parts = {"loans": loans, "bonds": bonds, "reo": owned or None, "accounts": accounts or None, "terms": terms}
    return make_trust(**{**tables, **parts}, as_of=LATER)


def scheduled(trust: Trust, projection: Projection) -> dict[str, float]:
    """Each loan's balance after a month of its own terms."""
    loans = trust["loans"]
    numbers, counts = loan_arrays.loan_numbers(loans), loan_arrays.loan_counts(loans, projection.indices, "")
    rows, fractions = loan_arrays.index_rows(projection.indices), loan_arrays.year_fractions(trust.as_of, 1)
    found, notes = {}, (np.zeros(2), np.zeros(2))
    for k, name in enumerate(map(str, loans["loan_id"])):
        balances = np.zeros(2)
        kernel.contract(numbers[k], counts[k], rows, fractions, 1, balances, *notes)
        found[name] = float(balances[1])
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=deals())
def test_what_two_states_imply_is_what_was_paid(tables):
    tables = healthy(tables)
    before = make_trust(**tables)
    projection = project(before, make_curves(cpr=0.0, cdr=0.0, severity=0.4), make_indices(LIBOR_1M=INDEX))
    sold = {row["loan_id"] for row in tables["reo"] or [] if row["months_to_sale"] == 1}
    assume({row["group"] for row in tables["loans"] if row["loan_id"] not in sold} == set(before.groups))
    after = a_month_later(tables, before, projection)
    cash = implied_cash(before, after, projection.indices)
    paid = projection.distributions
    for name in before.tranches:
        assert cash.total(name) == pytest.approx(float(paid.cash(name)[1]), abs=0.03), name
    assert cash.total(fv.DERIVATIVE_ASSETS) == pytest.approx(float(paid.hedge_received[1]), abs=0.02)
    assert cash.total(fv.DERIVATIVE_LIABILITIES) == pytest.approx(float(paid.hedge_paid[1]), abs=0.02)
    assert cash.total(COSTS) == pytest.approx(float(paid.costs_paid[1]), abs=0.02)
    assert cash.total(fv.REO) == pytest.approx(float(projection.collateral["reo_proceeds"][:, 1].sum()), abs=0.02)
    assert cash.total(fv.RESIDUAL_INTEREST) == pytest.approx(float(paid.residual[1]), abs=0.25)
