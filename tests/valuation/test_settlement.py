"""Settlement: as-of date, delay, accrued interest and the bases of yields, worked out again from dates alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.valuation.deals import INDICES, small_deal
from tests.valuation.whole_deal import BONDS, TERMS, chosen, whole_deal
from xlfv.market.calendar import add_months
from xlfv.valuation import fair_value as fv
from xlfv.valuation.tranches import tranche_price, tranche_value, tranche_yield

AS_OF = dt.date(2009, 12, 31)
DATED = [*TERMS, ["remittance_day", 25]]
ACCRUING = [[*BONDS[0], "accrual_start", "day_count"], [*BONDS[1], "2009-12-01", "30/360"],
            [*BONDS[2], "2009-12-25", "act/360"], [*BONDS[3], None, None]]  # fmt: skip
RATES = {"monthly": 0.07, "bond_equivalent": 0.07, "annual": 0.07, "dm": 0.03}


@pytest.fixture(scope="module")
def deal():
    return whole_deal(terms=DATED, bonds=ACCRUING)


def days_360(end: dt.date) -> int:
    """30/360 days from 31 December 2009, which counts as the 30th."""
    return 360 * (end.year - 2009) + 30 * (end.month - 12) + min(end.day, 30) - 30


def by_hand(deal, name: str, delay: int, rate: float, basis: str) -> float:
    """A class's cash discounted from the days on which it is paid."""
    cash = deal.distributions.cash(name)
    paid = [add_months(dt.date(2010, 1, 25), month, 25) + dt.timedelta(days=delay) for month in range(deal.months)]
    if basis != "dm":
        f = {"monthly": 12, "bond_equivalent": 2, "annual": 1}[basis]
        return sum(x / (1 + rate / f) ** (f * days_360(day) / 360) for x, day in zip(cash[1:], paid, strict=True))
    forward = [0.01 + 0.0002 * min(month, 120) for month in range(deal.months)]  # one row back
    value, factor, last = 0.0, 1.0, AS_OF
    for x, day, index in zip(cash[1:], paid, forward, strict=True):
        factor /= 1 + (index + rate) * (day - last).days / 360
        value, last = value + x * factor, day
    return value


@pytest.mark.parametrize(("basis", "rate"), RATES.items())
@pytest.mark.parametrize(("name", "delay"), [("A", 24), ("B", 0)])
def test_values_discount_from_the_day_of_payment(deal, basis, rate, name, delay):
    value = fv.fair_value(deal, chosen(deal, [[name, basis, None, None]], **{name: rate}))
    assert value.value(name) == pytest.approx(by_hand(deal, name, delay, rate, basis), rel=1e-11)


@pytest.mark.parametrize(("basis", "rate"), RATES.items())
@pytest.mark.parametrize(
    ("name", "share", "coupon"), [("A", 30 / 360, 0.05), ("M", 6 / 360, 0.06), ("B", 6 / 360, 0.07)]
)
def test_prices_leave_out_the_interest_that_values_hold(deal, basis, rate, name, share, coupon):
    """A accrues 30 days of 30/360, M six actual days, B six of 30/360 from the last
    remittance: dirty value = clean price + accrued, both ways."""
    balance = deal.distributions.end_balance(name)[0]
    value, price = tranche_value(deal, name, rate, basis), tranche_price(deal, name, rate, basis)
    assert value == pytest.approx(price / 100 * balance + balance * coupon * share, rel=1e-12)
    assert tranche_yield(deal, name, price, basis) == pytest.approx(rate, abs=1e-10)
    line = next(
        one
        for one in fv.fair_value(deal, chosen(deal, [[name, basis, None, None]], **{name: rate})).lines
        if one.item == name
    )
    assert line.price == pytest.approx(100 * value / balance, rel=1e-12)


def test_a_yield_of_each_basis_is_the_same_value_by_its_own_compounding(deal):
    monthly = 12 * ((1 + 0.07 / 2) ** (1 / 6) - 1)
    annual = (1 + 0.07 / 2) ** 2 - 1
    values = [tranche_value(deal, "A", rate, basis) for rate, basis in
              ((0.07, "bond_equivalent"), (monthly, "monthly"), (annual, "annual"))]  # fmt: skip
    np.testing.assert_allclose(values, values[0], rtol=1e-12)


def test_interest_accrued_is_in_the_balance_once():
    """accrual_start moves prices and no value, no yield of the collateral."""
    with_start, without = (small_deal(bonds=rows, indices=INDICES) for rows in (
        [[*BONDS[0][:4], "accrual_start"], *[[*row[:4], "2009-12-01"] for row in BONDS[1:]]], [row[:4] for row in BONDS]))  # fmt: skip
    one, other = (fv.fair_value(made, chosen(made)) for made in (with_start, without))
    assert one.collateral_yield == other.collateral_yield
    assert [line.value for line in one.lines] == [line.value for line in other.lines]
