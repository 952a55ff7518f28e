"""The engine against the plain reference in Decimal, over made loans and curves, and what its own columns must keep."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import PASS_THROUGH, make_curves, make_indices, make_trust, table
from tests.reference.made_loans import (
    CUTOFFS,
    INDICES,
    STATUSES,
    any_curve,
    any_loans,
    as_rows,
    curve_of,
    examples,
    late_loans,
    loans,
    timeline_curve,
)  # fmt: skip
from tests.reference.plain_loans import CUTOFF, FIELDS, project_loan
from xlfv.projection.collateral import CollateralCash, project_collateral
from xlfv.tables import from_grid
from xlfv.trust.trust import build_trust

__all__ = ["as_rows", "curve_of", "loans"]  # others make loans and curves from here
PAID = ("scheduled_principal", "prepaid_principal", "curtailed_principal", "advanced_principal")
STANDING = ("performing_balance", "delinquent_balance", "foreclosure_balance")


def engine(
    pool: list[dict], curves: dict[str, dict], months: int, stop: str = "lag_before_maturity",
    cutoff: dt.date = CUTOFF,
) -> CollateralCash:  # fmt: skip
    """The engine's columns, each loan in a group of its own."""
    pool = [{"loan_id": f"L{k}", "group": f"g{k:02}", **one} for k, one in enumerate(pool)]
    terms = [{"term": "defaults_stop", "value": stop}, {"term": "cutoff_date", "value": cutoff}]
    rows = [row for name, curve in curves.items() for row in as_rows(name, curve)]
    trust = make_trust(pool, terms=terms, as_of=cutoff + dt.timedelta(days=10))
    return project_collateral(trust, make_curves(*rows), make_indices(**INDICES), months)


def tolerance(one: dict) -> float:
    """Dollars a loan-month: a millionth, or for very large loans a share of the original balance."""
    size = max(one.get("original_balance") or 0.0, one["balance"] + (one.get("deferred_balance") or 0.0))
    return max(1e-6, 1e-12 * size)


def compare(
    pool: list[dict], curves: dict[str, dict], months: int, stop: str = "lag_before_maturity",
    cutoff: dt.date = CUTOFF,
) -> list[str]:  # fmt: skip
    """What differs, loan by loan and column by column: the first month."""
    cash = engine(pool, curves, months, stop, cutoff)
    differs = []
    for k, one in enumerate(pool):
        plain = project_loan(one, curves[one.get("curve", "default")], INDICES, months, stop, cutoff)
        for name in FIELDS:
            expected = np.array([float(x) for x in plain[name]])
            far = ~(np.abs(cash[name][k] - expected) <= tolerance(one))
            if far.any():
                t = int(np.argmax(far))
                differs.append(f"{name} month {t}: engine {cash[name][k, t]!r}, plain {expected[t]!r}, loan {one}")
    return differs


def broken_laws(x: dict[str, np.ndarray], near: float, basis: str) -> list[str]:
    """Which laws of conservation the columns of one loan (float64[months + 1] each) break."""
    standing = sum(x[name] for name in STANDING)
    gone = sum(x[name] for name in PAID) + x["liquidated_balance"]
    interest = sum(x[f"interest_{how}"] for how in ("paid", "advanced", "lost", "capitalized"))
    advanced = x["interest_advanced"] + x["advanced_principal"] - x["advances_repaid"]
    left_over = advanced[1:] - np.diff(x["advances_outstanding"])  # not recovered from the property
    laws = {
        "balance": (standing[:-1] + x["interest_capitalized"][1:]) - (gone[1:] + standing[1:]),
        "interest": x["interest_due"] - interest,
        "liquidation": x["liquidated_balance"] - x["liquidation_proceeds"] - x["losses"],
        "advances": np.minimum(left_over, 0.0) if basis == "property" else left_over,
        "nothing below zero": np.array([min(values.min(), 0.0) for values in x.values()]),
    }
    return [f"{law}: {float(np.abs(gap).max())}" for law, gap in laws.items() if not np.abs(gap).max() <= near]


def columns(cash: CollateralCash, row: int) -> dict[str, np.ndarray]:
    return {name: cash[name][row] for name in FIELDS}


def drawn(data, axis: str, kinds: str) -> tuple[list[dict], dict[str, dict]]:
    """A pool of up to three loans and the two curves they follow."""
    loan, curve = KINDS[kinds]
    pool = data.draw(st.lists(loan(), min_size=1, max_size=3))
    statuses = {one["status"] for one in pool} & set(STATUSES)
    curves = {name: data.draw(curve(axis, statuses)) for name in ("default", "other")}
    for one in pool:
        one["curve"] = data.draw(st.sampled_from(["default", "default", "other"]))
    return pool, curves


KINDS = {
    "common": (loans, lambda axis, _: curve_of(axis)),
    "late today": (late_loans, timeline_curve),
    "everything": (any_loans, any_curve),
}
STOPS = st.sampled_from(["lag_before_maturity", "lag_before_maturity", "at_maturity"])
HORIZONS = st.sampled_from([1, 24, 100, 160, 160, 500])


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(60)
@given(data=st.data())
def test_common_loans_agree_to_a_millionth_of_a_dollar(axis, data):
    pool, curves = drawn(data, axis, "common")
    assert compare(pool, curves, data.draw(HORIZONS), data.draw(STOPS)) == []


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(80)
@given(data=st.data())
def test_loans_late_today_agree_to_a_millionth_of_a_dollar(axis, data):
    pool, curves = drawn(data, axis, "late today")
    assert compare(pool, curves, data.draw(HORIZONS), data.draw(STOPS)) == []


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(150)
@given(data=st.data())
def test_loans_of_every_kind_and_combination_agree_to_a_millionth_of_a_dollar(axis, data):
    pool, curves = drawn(data, axis, "everything")
    cutoff = data.draw(st.sampled_from(CUTOFFS))
    assert compare(pool, curves, data.draw(HORIZONS), data.draw(STOPS), cutoff) == []


@pytest.mark.parametrize("kinds", ["late today", "everything"])
@examples(80)
@given(data=st.data())
def test_balance_interest_and_advances_of_every_loan_are_conserved(kinds, data):
    pool, curves = drawn(data, data.draw(st.sampled_from(["month", "age"])), kinds)
    cash = engine(pool, curves, data.draw(HORIZONS), data.draw(STOPS))
    for k, one in enumerate(pool):
        assert broken_laws(columns(cash, k), tolerance(one), curves[one["curve"]]["severity_basis"]) == [], one


def flat(**typed) -> dict:
    """A curve of one row from month 1 on."""
    basis = typed.pop("severity_basis", "all_in")
    return {"axis": "month", "starts": [1], "severity_basis": basis, **{k: [(1, float(v))] for k, v in typed.items()}}


LIMITS = {
    "one month": ({"remaining_term": 1}, {"cpr": 0.1, "cdr": 0.1}),
    "480 months": ({"remaining_term": 480}, {"cpr": 0.06, "cdr": 0.02, "severity": 0.4, "recovery_lag": 18}),
    "a cent": ({"balance": 0.01}, {"cpr": 0.1, "cdr": 0.1, "severity": 0.3}),
    "a billion": ({"balance": 1e9}, {"cpr": 0.1, "cdr": 0.1, "severity": 0.3, "recovery_lag": 12}),
    "no balance": ({"balance": 0.0}, {"cpr": 0.1, "cdr": 0.1}),
    "rate of 0": ({"rate": 0.0}, {"cpr": 0.1, "cdr": 0.1, "severity": 0.3, "recovery_lag": 12}),
    "rate of 30%": ({"rate": 0.3}, {"cpr": 0.1, "cdr": 0.1, "severity": 0.3, "recovery_lag": 12}),
    "480 months at 30% of a billion": (
        {"balance": 1e9, "rate": 0.3, "remaining_term": 480}, {"cdr": 0.01, "severity": 0.3, "recovery_lag": 12},
    ),
    "interest-only, then 360 months at 30%": (
        {"balance": 1e9, "rate": 0.3, "remaining_term": 480, "interest_only_months": 120}, {"cpr": 0.001},
    ),
    "deferred balance alone": (
        {"balance": 0.0, "deferred_balance": 5000.0, "remaining_term": 24, "status": "d60"},
        {"cpr": 0.1, "cdr": 0.1, "severity": 0.3, "recovery_lag": 3, "cure": 0.1, "months_to_liquidation": 9},
    ),
    "cured and late again after the contract is paid": (
        {"payment": 20000.0, "status": "d60", "advances_outstanding": 500.0},
        {"cpr": 0.1, "mdr": 0.05, "severity": 0.4, "recovery_lag": 3, "cure": 0.1, "months_to_liquidation": 30,
         "advance_months": 3, "subsequent_recovery": 0.2, "subsequent_recovery_lag": 0},
    ),
    "100% CPR": ({}, {"cpr": 1.0, "cdr": 0.1}),
    "100% CDR": ({}, {"cpr": 0.1, "cdr": 1.0, "severity": 0.5, "recovery_lag": 6}),
    "100% CPR and CDR": ({}, {"cpr": 1.0, "cdr": 1.0, "severity": 0.5, "recovery_lag": 0}),
    "a lag longer than the term": ({"remaining_term": 24}, {"cdr": 0.1, "severity": 0.5, "recovery_lag": 60}),
    "foreclosed beyond the term": (
        {"remaining_term": 24, "status": "foreclosure"}, {"severity": 0.5, "months_to_liquidation_foreclosure": 60},
    ),
    "all cure at once": ({"status": "d90"}, {"cpr": 0.1, "cure_d90": 1.0}),
    "cured after maturity": (
        {"remaining_term": 12, "status": "d60"}, {"cure": 0.05, "severity": 0.4, "months_to_liquidation": 40},
    ),
    "a 40-year option ARM": (
        {
            "remaining_term": 480, "rate_type": "arm", "index": "LIBOR_6M", "margin": 0.035, "reset_frequency": 1,
            "payment": 350.0, "payment_cap": 0.075, "negam_limit": 1.15, "payment_reset_frequency": 12,
            "recast_frequency": 60,
        },
        {"cpr": 0.1, "cdr": 0.03, "severity": 0.5, "recovery_lag": 15},
    ),
}  # fmt: skip


@pytest.mark.parametrize("months", [1, 480])
@pytest.mark.parametrize("stop", ["lag_before_maturity", "at_maturity"])
@pytest.mark.parametrize("limit", LIMITS)
def test_limits_agree_and_are_conserved(limit, stop, months):
    terms, typed = LIMITS[limit]
    one = {"balance": 100000.0, "rate": 0.06, "remaining_term": 360, **terms}
    curves = {"default": flat(**typed)}
    assert compare([one], curves, months, stop) == []
    assert broken_laws(columns(engine([one], curves, months, stop), 0), tolerance(one), "all_in") == []


def test_a_tape_without_loans_brings_nothing():
    """A table of loans that holds its header and no row."""
    bonds = table("bonds", [{"tranche": "A", "balance": 0.0, "coupon": 0.0}])
    header = from_grid("loans", [["loan_id", "balance", "rate", "remaining_term"]])
    trust = build_trust(
        "TEST", CUTOFF, {"loans": header, "bonds": bonds, "waterfall": table("waterfall", PASS_THROUGH)}
    )
    cash = project_collateral(trust, make_curves(cpr=0.1), make_indices(**INDICES), 12)
    assert all(not cash[name].any() and cash[name].shape == (1, 13) for name in FIELDS)


@pytest.mark.parametrize("column", ["severity", "liquidation_expense", "subsequent_recovery"])
def test_what_a_curve_by_age_says_of_a_liquidation_is_read_at_the_age_then(column):
    curve = flat(cpr=0.0, mdr=0.01, severity=0.2, recovery_lag=6, liquidation_expense=0.1, subsequent_recovery=0.1)
    curve |= {"axis": "age", "starts": [0, 50]}
    for name in curve.keys() - {"axis", "starts", "severity_basis"}:
        value = curve[name][0][1]
        curve[name] = [(0, value), (50, 0.5 if name == column else value)]
    pool = [{"balance": 100000.0, "rate": 0.06, "remaining_term": 60, "age": 40}]
    assert compare(pool, {"default": curve}, 60) == []
