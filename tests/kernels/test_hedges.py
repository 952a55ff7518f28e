"""Options on forward rates and settlements, against QuantLib and the definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import QuantLib as ql
from hypothesis import given, settings
from hypothesis import strategies as st

from xlfv.kernels.hedges import (
    CAP,
    CORRIDOR,
    FLOOR,
    SWAP,
    caplet,
    discount_factors,
    option_rate,
    settlement_rate,
)  # fmt: skip


@settings(max_examples=200)
@given(st.floats(1e-4, 0.3), st.floats(1e-4, 0.3), st.floats(0.01, 2.0), st.floats(0.01, 30.0))
def test_caplet_is_quantlibs_black_formula(forward, strike, volatility, years):
    spread = volatility * math.sqrt(years)
    black = ql.blackFormula(ql.Option.Call, strike, forward, spread)
    assert caplet(forward, strike, volatility, years) == pytest.approx(black, abs=1e-14)
    floor = ql.blackFormula(ql.Option.Put, strike, forward, spread)
    assert option_rate(FLOOR, forward, strike, 0.0, volatility, years) == pytest.approx(floor, abs=1e-14)
    assert option_rate(CAP, forward, strike, 0.0, volatility, years) == caplet(forward, strike, volatility, years)


@pytest.mark.parametrize(("volatility", "years", "forward", "strike"), [
    (0.0, 5.0, 0.05, 0.03), (0.2, 0.0, 0.05, 0.03), (0.2, -1.0, 0.05, 0.03), (0.2, 5.0, -0.01, 0.03),
    (0.2, 5.0, 0.05, 0.0), (0.2, 5.0, 0.02, -0.01), (0.0, 5.0, 0.02, 0.03),
])  # fmt: skip
def test_without_a_lognormal_spread_an_option_is_worth_its_intrinsic_value(volatility, years, forward, strike):
    assert caplet(forward, strike, volatility, years) == max(forward - strike, 0.0)


def test_settlements_are_their_definitions():
    for index in np.linspace(-0.01, 0.12, 14):
        assert settlement_rate(SWAP, index, 0.04, 0.0, 0.0) == index - 0.04
        assert settlement_rate(CAP, index, 0.0, 0.05, 0.0) == max(index - 0.05, 0.0)
        assert settlement_rate(FLOOR, index, 0.0, 0.05, 0.0) == max(0.05 - index, 0.0)
        assert settlement_rate(CORRIDOR, index, 0.0, 0.05, 0.08) == pytest.approx(min(max(index - 0.05, 0.0), 0.03))


def test_a_corridor_is_a_cap_bought_and_a_cap_sold():
    both = caplet(0.06, 0.05, 0.3, 2.0) - caplet(0.06, 0.08, 0.3, 2.0)
    assert option_rate(CORRIDOR, 0.06, 0.05, 0.08, 0.3, 2.0) == both


def test_discount_factors_compound_once_a_year():
    years, zero = np.array([0.0, 0.5, 1.0, 30.0]), np.array([0.05, 0.04, -0.01, 0.06])
    np.testing.assert_allclose(discount_factors(zero, years), (1 + zero) ** -years, rtol=1e-14)
