"""Present value, yield, duration and convexity against QuantLib, pyxirr and numpy-financial."""

from __future__ import annotations

import math

import numpy as np
import numpy_financial
import pytest
import pyxirr
import QuantLib as ql
from hypothesis import given, settings
from hypothesis import strategies as st

from xlfv.kernels.yields import internal_rate, moments, present_value

MONTHS = np.arange(481) / 12.0


def _annuity(months: int, amount: float = 1.0) -> np.ndarray:
    cash = np.zeros(months + 1)
    cash[1:] = amount
    return cash


@pytest.mark.parametrize("frequency", [1, 2, 12])
@pytest.mark.parametrize("rate", [-0.05, 0.0, 1e-12, 0.07, 0.45])
def test_value_duration_and_convexity_are_quantlibs(frequency, rate):
    years = np.array([0.5, 1.0, 2.5, 7.0, 30.0])
    cash = np.array([5.0, 5.0, 5.0, 5.0, 105.0])
    today = ql.Date(1, 1, 2001)
    days = ql.Thirty360(ql.Thirty360.BondBasis)
    leg = ql.Leg(
        [ql.SimpleCashFlow(c, today + ql.Period(round(t * 12), ql.Months)) for c, t in zip(cash, years, strict=True)]
    )
    terms = ql.InterestRate(rate, days, ql.Compounded, frequency)
    value, duration, convexity = moments(cash, years, rate, float(frequency))
    assert value == pytest.approx(ql.CashFlows.npv(leg, terms, False, today), rel=1e-13)
    assert duration == pytest.approx(ql.CashFlows.duration(leg, terms, ql.Duration.Macaulay, False, today), rel=1e-12)
    assert convexity == pytest.approx(ql.CashFlows.convexity(leg, terms, False, today), rel=1e-12)
    assert present_value(cash, years, rate, float(frequency)) == value


def test_duration_and_convexity_are_the_derivatives_of_value():
    cash, years, h = _annuity(120), MONTHS[:121], 1e-5
    for frequency in (1.0, 2.0, 12.0):
        value, duration, convexity = moments(cash, years, 0.08, frequency)
        up, down = (present_value(cash, years, 0.08 + s, frequency) for s in (h, -h))
        assert (down - up) / (2 * h) / value == pytest.approx(duration / (1 + 0.08 / frequency), rel=1e-8)
        assert (up - 2 * value + down) / h**2 / value == pytest.approx(convexity, rel=1e-4)


@settings(max_examples=100)
@given(st.lists(st.floats(0.0, 1000.0), min_size=2, max_size=480), st.floats(0.2, 3.0))
def test_yield_is_pyxirrs_and_reprices(amounts, share):
    cash = np.array([0.0, *amounts])
    if cash.sum() < 1.0:
        return
    price = share * cash.sum()
    rate, _, roots = internal_rate(cash, np.arange(cash.size) / 12.0, price, 12.0)
    if roots == 0:  # the yield lies outside -99.9% and 8,333% a month
        return
    assert roots == 1
    assert present_value(cash, np.arange(cash.size) / 12.0, rate, 12.0) == pytest.approx(price, rel=1e-9)
    other = pyxirr.irr([-price, *cash[1:]])
    if other is not None and np.isfinite(other) and -0.5 < other < 5.0:
        assert rate / 12.0 == pytest.approx(other, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("price", "annual"), [(1e-3, None), (100.0, None), (480.0, 0.0), (481.0, None), (1e6, None), (480.0 * 20, None)]
)
def test_long_horizons_at_any_price(price, annual):
    """480 payments of 1: near nothing, at the sum, above it (a negative yield), and huge."""
    cash = _annuity(480)
    rate, _, roots = internal_rate(cash, MONTHS, price, 12.0)
    if price < 0.1:
        assert (roots, math.isnan(rate)) == (0, True)  # above 1000 a year: no yield is reported
        return
    assert roots == 1
    assert present_value(cash, MONTHS, rate, 12.0) == pytest.approx(price, rel=1e-10)
    assert np.sign(round(480.0 - price, 9)) == np.sign(round(rate, 12))
    if price < 480.0:
        assert rate / 12 == pytest.approx(pyxirr.irr([-price, *cash[1:]]), rel=1e-8)
    if annual is not None:
        assert rate == pytest.approx(annual, abs=1e-12)


@pytest.mark.parametrize("price", [20.0, 55.0, 59.9])
def test_yield_is_that_of_numpy_financial(price):
    rate, _, roots = internal_rate(_annuity(60), MONTHS[:61], price, 12.0)
    assert roots == 1
    assert rate / 12 == pytest.approx(numpy_financial.irr([-price, *_annuity(60)[1:]]), rel=1e-9)
    assert price == pytest.approx(-numpy_financial.pv(rate / 12, 60, 1.0), rel=1e-9)


def test_cash_without_a_yield_has_none():
    years = MONTHS[:13]
    for cash, price in ((np.zeros(13), 100.0), (_annuity(12), 0.0), (_annuity(12), -5.0), (_annuity(12, -1.0), 100.0)):
        rate, _, roots = internal_rate(cash, years, price, 12.0)
        assert (roots, math.isnan(rate)) == (0, True)


def test_cash_worth_nothing_has_no_duration():
    value, duration, convexity = moments(np.zeros(3), MONTHS[:3], 0.05, 2.0)
    assert value == 0.0
    assert math.isnan(duration)
    assert math.isnan(convexity)


def test_of_two_far_roots_the_one_nearest_to_nothing_is_given():
    """-100 + 230 v - 132 v**2 a year: 10% and 20%, compounded once a year, and the same a month."""
    cash = np.array([0.0, 230.0, -132.0])
    rate, _, roots = internal_rate(cash, np.array([0.0, 1.0, 2.0]), 100.0, 1.0)
    assert roots == 2
    assert rate == pytest.approx(0.1, abs=1e-12)


def test_of_two_roots_at_monthly_compounding_none_is_missed():
    first, second = 1 + 0.01 / 12, 1 + 0.10 / 12
    cash = np.array([0.0, first + second, -first * second]) * 100.0
    _, _, roots = internal_rate(cash, MONTHS[:3], 100.0, 12.0)
    assert roots == 2


def test_a_loss_of_everything_is_refused_by_value():
    assert math.isnan(present_value(_annuity(3), MONTHS[:4], -13.0, 12.0))
