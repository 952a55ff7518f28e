"""Bond Market Association, Standard Formulas (02/01/99): pass-through cash and yield measures.

Pages SF-4 (first cash flow: 7 numbers), SF-7 and SF-8 (prepayment speed of a Ginnie Mae pool: 5 numbers), SF-9
(rate conversions, 12 numbers), SF-50 to SF-52 (yield example: 14 numbers) and SF-54 (yields of a floater, 2 numbers).
The printed convexity is ``sum T (T + 1/2) CF (1 + Y/2)**(-2T) / P / (1 + Y/2)**2``, which is ``moments`` at frequency 2.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, run
from xlfv.kernels.yields import internal_rate, moments, present_value
from xlfv.market.rates import cpr_from_smm, psa_cpr, smm_from_cpr


@pytest.fixture(scope="module")
def ginnie():
    """The 9% pass-through on 9.5% loans of 360 months at 150 PSA, 100 of it."""
    return run(
        [loan(balance=100.0, rate=0.095, servicing_fee=0.005)], make_curves(psa=150),
        bonds=[{"tranche": "A", "balance": 100.0, "coupon": 0.09, "delay_days": 14}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def cash(ginnie):
    return ginnie.distributions.tranche("A")["cash"]


def test_first_cash_flow(ginnie):
    x = {name: field[0, 1] / 100.0 for name, field in ginnie.collateral.fields.items()}
    assert round(x["scheduled_principal"], 8) == 0.00049188
    assert round(x["prepaid_principal"], 8) == 0.00025022
    assert round(x["interest_paid"], 8) == 0.00791667
    assert round(x["servicing_fee"], 8) == 0.00041667
    paid = {name: field[1] / 100.0 for name, field in ginnie.distributions.tranche("A").items()}
    assert round(paid["principal_paid"], 8) == 0.00074210
    assert round(paid["interest_paid"], 8) == 0.00750000
    assert round(paid["cash"], 8) == 0.00824210


def test_speed_of_a_pool_out_of_its_factors():
    plain = run([loan(balance=1.0, rate=0.095, remaining_term=359)], make_curves(cpr=0.0)).collateral
    balance = plain["performing_balance"][0]
    assert round(balance[15], 8) == 0.99213300
    assert round(balance[16], 8) == 0.99157471
    scheduled = 0.85150625 * balance[16] / balance[15]
    assert round(scheduled, 8) == 0.85102709
    smm = (scheduled - 0.84732282) / scheduled
    assert round(100 * smm, 6) == 0.435270
    assert round(100 * cpr_from_smm(smm), 4) == 5.1000
    assert round(100 * smm_from_cpr(psa_cpr(150, 17)), 5) == round(100 * smm, 5)


@pytest.mark.parametrize(
    ("smm", "cpr", "psa"),
    [(0.05, 0.6, 10), (0.50, 5.8, 97), (1.00, 11.4, 189), (2.25, 23.9, 398), (4.50, 42.5, 708), (9.00, 67.8, 1129)],
)
def test_conversions_of_the_table(smm, cpr, psa):
    """The table rounds CPR to 0.1 and states PSA as CPR over 6%."""
    assert round(100 * cpr_from_smm(smm / 100), 1) == cpr
    assert round(cpr_from_smm(smm / 100) / 0.06 * 100) == psa


def test_yield_life_duration_and_convexity(ginnie, cash):
    assert [round(value, 4) for value in cash[[1, 2, 3, 360]]] == [0.8242, 0.8491, 0.8738, 0.0562]
    years = ginnie.timeline.years(14)
    assert years[1] == pytest.approx(44 / 360, abs=1e-15)
    rate, _, roots = internal_rate(cash, years, 100.0, 2.0)
    assert roots == 1
    assert round(100 * rate, 5) == 9.10675
    assert round(1200 * ((1 + rate / 2) ** (1 / 6) - 1), 5) == 8.93863
    monthly, _, _ = internal_rate(cash, years, 100.0, 12.0)
    assert round(100 * monthly, 5) == 8.93863
    principal = ginnie.distributions.tranche("A")["principal_paid"]
    assert round(float(np.dot(years, principal) / principal.sum()), 5) == 9.77844
    value, duration, convexity = moments(cash, years, rate, 2.0)
    assert value == pytest.approx(100.0, abs=1e-9)
    assert round(duration, 5) == 5.73147
    assert round(duration / (1 + rate / 2), 5) == 5.48186
    assert round(convexity, 4) == 54.4326


def test_sale_after_three_months_at_the_same_yield(ginnie, cash):
    rate, _, _ = internal_rate(cash, ginnie.timeline.years(14), 100.0, 2.0)
    factor = ginnie.distributions.tranche("A")["end_balance"][3] / 100.0
    assert round(factor, 8) == 0.99701075
    years = np.maximum(ginnie.timeline.years(14) - 0.25, 0.0)
    later = np.where(np.arange(cash.size) > 3, cash, 0.0)
    assert round(present_value(later, years, rate, 2.0) / factor, 4) == 99.9934


def test_settlement_seven_days_after_issue(ginnie, cash):
    years = ginnie.timeline.years(14) - 7 / 360
    rate, _, _ = internal_rate(cash, years, 100.0 + 100 * 0.09 * 7 / 360, 2.0)
    assert round(100.0 + 100 * 0.09 * 7 / 360, 4) == 100.1750
    assert round(100 * rate, 5) == 9.10644


def test_yields_of_the_floater():
    days = {True: (164, 344), False: (168, 349)}
    price = 99 + 100 * (28 / 365 * 0.098750 + 16 / 365 * 0.114375)
    cash = np.array([
        50 + 100 * (28 / 365 * 0.098750 + 31 / 365 * 0.114375 + 122 / 365 * 0.106875),
        50 + 50 * 184 / 365 * 0.106875,
    ])  # fmt: skip
    printed = {True: 10.96675, False: 10.76838}
    for basis, terms in days.items():
        rate, _, _ = internal_rate(cash, np.array(terms) / 360, price, 2.0)
        assert round(100 * rate, 5) == printed[basis]
