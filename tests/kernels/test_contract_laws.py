"""What holds for any contract whatever, every feature in any combination with the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kernels.planned import Plan, plan

few = st.sampled_from


@st.composite
def contracts(draw) -> tuple[dict, list[list[float]]]:
    """Any contract: every feature in any combination with the others."""
    term = draw(st.integers(1, 130))
    terms = {
        "remaining_term": term, "amortization_term": term + draw(few([0, 0, 1, 120])), "rate": draw(few([0.0, 1e-9, 0.03, 0.09])),
        "interest_only_months": min(term, draw(few([0, 0, 1, 24]))), "age": draw(few([0, 1, 11, 12, 60, 61])),
        "payment": draw(few([None, None, 200.0, 900.0, 5e4])), "accrual_basis": draw(few(["30/360", "act/360", "simple"])),
        "payment_cap": draw(few([None, 0.0, 0.075])), "payment_reset_frequency": draw(few([0, 1, 6, 12, 60])),
        "months_to_payment_reset": draw(few([None, 0, 5])), "negam_limit": draw(few([None, 1.0, 1.1, 1.25])),
        "recast_frequency": draw(few([0, 1, 12, 60])), "deferred_balance": draw(few([0.0, 5e3])),
        "original_balance": draw(few([None, 9e4, 2e5])),
    }  # fmt: skip
    if draw(st.booleans()):
        terms |= {
            "index": 0, "margin": draw(few([0.0, 0.0225])), "reset_frequency": draw(st.integers(1, 60)),
            "months_to_reset": draw(st.integers(0, 40)), "lookback": draw(st.integers(0, 3)),
            "initial_cap": draw(few([None, 0.01])), "periodic_cap": draw(few([None, 0.02])),
            "life_floor": draw(few([0.0, 0.02])), "life_cap": draw(few([None, 0.11])),
            "rate_rounding": draw(few([0.0, 0.00125])),
        }  # fmt: skip
    index = draw(st.lists(st.floats(-0.01, 0.2), min_size=1, max_size=40))
    return terms, [index]


def _planned(made: tuple[dict, list[list[float]]]) -> tuple[dict, Plan]:
    terms, index = made
    return terms, plan(terms["remaining_term"] + 10, index, **terms)


@settings(max_examples=400)
@given(contracts())
@example(({"remaining_term": 1}, [[0.0]]))
def test_what_holds_for_any_contract(made):
    terms, planned = _planned(made)
    term, deferred = terms["remaining_term"], terms.get("deferred_balance", 0.0)
    bearing = planned.balances - deferred
    assert np.isfinite(planned.balances).all()
    assert np.isfinite(planned.shares).all()
    assert (bearing >= -1e-9).all()
    low, high = terms.get("life_floor", 0.0), terms.get("life_cap") or np.inf
    resets = np.flatnonzero(np.diff(planned.notes)) + 1
    assert (planned.notes[resets] >= low).all()
    assert (planned.notes[resets] <= high).all()
    assert (planned.balances[term:] == planned.balances[term]).all()
    assert (np.diff(planned.notes[term:]) == 0.0).all()
    if terms.get("payment_cap") is None and terms.get("negam_limit") is None:
        assert (np.diff(planned.balances) <= 0.0).all()


@settings(max_examples=300)
@given(contracts())
def test_the_balance_never_passes_the_limit_by_more_than_rounding(made):
    """By twelfths: a recast repays from its month on. By actual days a level payment may miss a few days of interest."""
    terms, planned = _planned(({**made[0], "accrual_basis": "30/360"}, made[1]))
    if terms.get("negam_limit") is None:
        return
    limit = max(terms["negam_limit"] * (terms.get("original_balance") or 1e5), 1e5)
    assert planned.balances.max() - terms["deferred_balance"] <= limit * (1.0 + 1e-12)


@settings(max_examples=300)
@given(contracts())
def test_it_is_repaid_by_the_end_of_its_amortization(made):
    """Where payments are level at every rate in force: nothing is left but the deferred balance."""
    terms, planned = _planned((
        {
            **made[0], "accrual_basis": "30/360", "amortization_term": made[0]["remaining_term"], "payment": None,
            "payment_cap": None, "payment_reset_frequency": 0, "months_to_payment_reset": None,
        },
        made[1],
    ))  # fmt: skip
    if terms["interest_only_months"] < terms["remaining_term"]:
        assert planned.balances[-1] - terms["deferred_balance"] == pytest.approx(0.0, abs=1e-5)


@settings(max_examples=200)
@given(contracts(), st.integers(1, 60))
def test_a_longer_horizon_changes_no_month_before_it(made, months):
    terms, index = made
    whole, part = plan(130, index, **terms), plan(months, index, **terms)
    for name in ("balances", "shares", "notes"):
        assert getattr(part, name).tolist() == getattr(whole, name)[: months + 1].tolist(), name
