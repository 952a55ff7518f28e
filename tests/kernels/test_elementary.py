"""Powers, roots and annuities against decimal arithmetic of 60 digits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xlfv.kernels.elementary import compound_less_one, exp, log, monthly_rate, payment_factor, power, root12

DIGITS = 60


def _off(ours: float, exact: Decimal) -> float:
    """How far off, in units in the last place of the exact value."""
    nearest = float(exact)
    return float(abs(Decimal(ours) - exact) / Decimal(math.ulp(nearest)))


@settings(max_examples=300)
@given(st.floats(1e-300, 1e300))
@example(1.0)
@example(0.5)
@example(math.nextafter(1.0, 2.0))
@example(math.nextafter(1.0, 0.0))
@example(5e-324)
def test_log_is_off_by_less_than_two_units_in_the_last_place(x):
    with localcontext(prec=DIGITS):
        assert _off(log(x), Decimal(x).ln()) < 2.0


def test_log_of_nothing_or_less_is_no_number():
    assert math.isnan(log(0.0))
    assert math.isnan(log(-1.0))
    assert math.isnan(log(math.nan))
    assert log(1.0) == 0.0


@settings(max_examples=300)
@given(st.floats(-700.0, 709.0))
@example(0.0)
@example(1e-300)
def test_exp_is_off_by_less_than_two_units_in_the_last_place(x):
    with localcontext(prec=DIGITS):
        assert _off(exp(x), Decimal(x).exp()) < 2.0


def test_exp_ends_in_nothing_and_infinity():
    assert exp(-746.0) == 0.0
    assert exp(710.0) == math.inf
    assert exp(0.0) == 1.0


@settings(max_examples=200)
@given(st.floats(0.5, 1.0), st.integers(0, 480))
def test_power(x, n):
    with localcontext(prec=DIGITS):
        assert float(abs(Decimal(power(x, n)) / Decimal(x) ** n - 1)) < 1e-13


@settings(max_examples=200)
@given(st.floats(1e-12, 1.0))
def test_twelfth_root(x):
    with localcontext(prec=DIGITS):
        assert _off(root12(x), Decimal(x) ** (Decimal(1) / 12)) < 2.0


@settings(max_examples=300)
@given(st.floats(1e-300, 1.0, exclude_max=True))
@example(1e-4)
@example(math.nextafter(1e-4, 0.0))
@example(1e-12)
@example(0.999999999)
def test_monthly_rate_keeps_thirteen_digits_even_of_small_rates(annual):
    with localcontext(prec=DIGITS + 320):
        exact = 1 - (1 - Decimal(annual)) ** (Decimal(1) / 12)
        assert float(abs(Decimal(monthly_rate(annual)) / exact - 1)) < (1e-15 if annual < 1e-4 else 3e-12)


def test_monthly_rate_is_held_at_its_bounds():
    assert monthly_rate(0.0) == monthly_rate(-0.5) == 0.0
    assert monthly_rate(1.0) == monthly_rate(1.7) == 1.0


def test_monthly_rate_rises_with_the_annual_one():
    rates = [monthly_rate(x) for x in np.concatenate([np.geomspace(1e-9, 0.5, 400), np.linspace(0.51, 1.0, 100)])]
    assert np.all(np.diff(rates) > 0.0)


@settings(max_examples=200)
@given(st.one_of(st.floats(1e-15, 1e-6), st.floats(1e-6, 0.05), st.just(0.0)), st.integers(1, 480))
def test_payment_factor_is_right_at_any_rate(rate, periods):
    with localcontext(prec=DIGITS):
        r = Decimal(rate)
        exact = r / (1 - (1 + r) ** -periods) if rate else Decimal(1) / periods
        assert float(abs(Decimal(payment_factor(rate, periods)) / exact - 1)) < 1e-12


def test_payment_factor_over_no_time_repays_all():
    assert payment_factor(0.01, 0) == 1.01
    assert payment_factor(0.01, 1) == pytest.approx(1.01, rel=1e-15)


@settings(max_examples=100)
@given(st.floats(1e-18, 0.1), st.integers(0, 480))
def test_compound_less_one_keeps_its_digits(rate, periods):
    with localcontext(prec=DIGITS):
        exact = (1 + Decimal(rate)) ** periods - 1
        ours = compound_less_one(rate, periods)
        assert ours == 0.0 if periods == 0 else float(abs(Decimal(ours) / exact - 1)) < 1e-13
