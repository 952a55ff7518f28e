"""Prepayment penalties, kind by kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.planned import plan
from xlfv.kernels.contract import annuity


def test_none():
    assert not plan().penalties.any()
    assert not plan(prepay_penalty_rate=0.02, months=24).penalties.any()


def test_percent_until_its_last_month():
    made = plan(prepay_penalty_months=36, prepay_penalty_rate=0.02, months=48)
    assert made.penalties[1:37].tolist() == [0.02] * 36
    assert made.penalties[0] == 0.0
    assert not made.penalties[37:].any()


@pytest.mark.parametrize(("left", "first"), [(60, 0.05), (49, 0.05), (48, 0.04), (13, 0.02), (12, 0.01), (1, 0.01)])
def test_a_step_down_counts_years_begun(left, first):
    made = plan(prepay_penalty_months=left, prepay_penalty_type="step_down")
    assert made.penalties[1] == pytest.approx(first)
    assert made.penalties[left] == pytest.approx(0.01)


def test_months_of_interest_follow_the_note_rate():
    made = plan(
        indices=[[0.0] * 12 + [0.08]], prepay_penalty_months=36, prepay_penalty_type="interest_months",
        index=0, margin=0.02, months_to_reset=12, lookback=0,
    )  # fmt: skip
    assert made.penalties[12] == pytest.approx(6 * 0.06 / 12)
    assert made.penalties[13] == pytest.approx(6 * 0.10 / 12)


@pytest.mark.parametrize("treasury", [0.0, 1e-12, 9.99e-4, 1.001e-3, 0.03, -0.004])
def test_yield_maintenance(treasury):
    made = plan(
        indices=[[treasury]], prepay_penalty_months=84, prepay_penalty_type="yield_maintenance", prepay_penalty_index=0
    )  # fmt: skip
    for month in (1, 40, 84):
        years = (84 - month + 1) / 12
        factor = -np.expm1(-years * np.log1p(treasury)) / treasury if treasury else years
        assert made.penalties[month] == pytest.approx(max((0.06 - treasury) * factor, 0.01), rel=1e-12)
    assert not made.penalties[85:].any()


def test_above_the_note_rate_the_least_is_due():
    made = plan(
        indices=[[0.09]], prepay_penalty_months=24, prepay_penalty_type="yield_maintenance", prepay_penalty_index=0,
        prepay_penalty_rate=0.03,
    )  # fmt: skip
    assert made.penalties[1:25].tolist() == [0.03] * 24


@given(st.floats(-0.05, 0.5), st.integers(1, 600))
def test_annuity_is_the_value_of_a_dollar_a_year(rate, months):
    exact = -np.expm1(-months / 12 * np.log1p(rate)) / rate if abs(rate) > 1e-300 else months / 12
    assert annuity(rate, months) == pytest.approx(exact, rel=1e-11)
