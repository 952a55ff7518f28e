"""CPR and SMM, the standards, and level payments."""

from __future__ import annotations

import numpy as np
import numpy_financial
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.market.rates import abs_smm, cpr_from_smm, level_payment, monthly_rates, psa_cpr, sda_cdr, smm_from_cpr


@given(st.floats(0.0, 1.0))
def test_cpr_to_smm_and_back(cpr):
    assert cpr_from_smm(smm_from_cpr(cpr)) == pytest.approx(cpr, abs=1e-14)


def test_rates_outside_their_bounds_are_held():
    assert smm_from_cpr(-1.0) == cpr_from_smm(-1.0) == 0.0
    assert smm_from_cpr(2.0) == cpr_from_smm(2.0) == 1.0


def test_monthly_rates_keep_the_shape():
    annual = np.array([[0.0, 0.06], [0.3, 1.0]])
    np.testing.assert_allclose(monthly_rates(annual), 1 - (1 - annual) ** (1 / 12), atol=1e-15)


@given(st.floats(0.0, 3000.0), st.integers(-5, 500))
def test_standards_are_rates(speed, age):
    assert 0.0 <= psa_cpr(speed, age) <= 1.0
    assert 0.0 <= sda_cdr(speed, age) <= 1.0
    assert 0.0 <= abs_smm(speed / 3000.0, age) <= 1.0


@given(st.floats(0.0, 1.0), st.integers(1, 500))
def test_an_absolute_speed_never_slows_and_is_itself_in_month_one(speed, age):
    assert abs_smm(speed, 0) == abs_smm(speed, 1) == speed
    assert abs_smm(speed, age + 1) >= abs_smm(speed, age)
    if speed > 0.0:
        assert abs_smm(speed, 2.0 + 1.0 / speed) == 1.0


def test_standards_are_continuous_and_turn_where_they_should():
    ages = np.arange(0, 400)
    psa, sda = (np.array([f(100, a) for a in ages]) for f in (psa_cpr, sda_cdr))
    assert np.all(np.diff(psa) >= 0.0)
    assert np.abs(np.diff(psa)).max() == pytest.approx(0.002, abs=1e-12)
    assert [int(a) for a in np.flatnonzero(np.abs(np.diff(np.sign(np.round(np.diff(sda), 9)))) > 0)] == [29, 59, 119]
    assert sda[0] == 0.0
    assert psa[0] == psa[1] == 0.002  # SF-6 counts months from 1


@given(st.floats(1e-4, 0.3), st.integers(1, 480), st.floats(0.01, 1e9))
def test_level_payment_is_that_of_numpy_financial(rate, months, balance):
    assert level_payment(balance, rate, months) == pytest.approx(
        -numpy_financial.pmt(rate / 12, months, balance), rel=1e-6
    )
