"""Every kind of yield against an independent library (pyxirr), to 1e-10: classes, residual, blended, whole asset, combined, debt.

Conventions of both sides: cash stands on its day of 30/360, and pyxirr's rate of a day compounds to the yield of the basis.
Remittances are on the 25th, as of 31 December 2009, which counts as the 30th, and classes are paid so many actual days later;
without remittance dates months have 30 days each.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import pyxirr

from tests.valuation.deals import INDICES, TERMS, grid_table, small_deal
from xlfv.market.indices import NO_INDICES
from xlfv.projection.projection import Projection
from xlfv.valuation import collateral as c
from xlfv.valuation import tranches as t
from xlfv.valuation.blended import blended
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_terms import read_debt
from xlfv.valuation.quote_cash import settled_cash
from xlfv.valuation.yields import read_yields

FREQUENCY = {"monthly": 12, "bond_equivalent": 2, "annual": 1}
DELAYS = {"A": 0, "M": 10, "B": 25}
MILD = [["month", "cpr", "cdr", "severity", "recovery_lag"], [1, 0.08, 0.005, 0.3, 6]]
RATES = {"A": 0.07, "M": 0.13, "B": 0.21, "residual": 0.26}


def deal(dated: bool) -> Projection:
    bonds = [
        ["tranche", "balance", "coupon", "kind", "delay_days"],
        ["A", 8e6, 0.05, "senior", DELAYS["A"]],
        ["M", 1e6, 0.06, "mezzanine", DELAYS["M"]],
        ["B", 0.8e6, 0.07, "subordinate", DELAYS["B"]],
    ]
    return small_deal(
        bonds=bonds, terms=[*TERMS, ["remittance_day", 25]] if dated else TERMS, indices=INDICES, curves=MILD
    )


def day_of(month: int, delay: int, dated: bool) -> int:
    """30/360 days from 31 December 2009 (its 30th) to the payment of a month, so many days after the 25th."""
    if not dated:
        return 30 * month + delay
    paid = dt.date(2010 + (month - 1) // 12, (month - 1) % 12 + 1, 25) + dt.timedelta(days=delay)
    return 360 * (paid.year - 2009) + 30 * (paid.month - 12) + min(paid.day, 30) - 30


def irr(price: float, parts: list[tuple[np.ndarray, int]], dated: bool, basis: str = "monthly") -> float:
    """pyxirr's rate of cash by month, each part so many days late, as a yield of a basis."""
    flows = np.zeros(max(day_of(len(cash), delay, dated) for cash, delay in parts) + 1)
    flows[0] = -price
    for cash, delay in parts:
        for month in range(1, len(cash)):
            flows[day_of(month, delay, dated)] += cash[month]
    step = pyxirr.irr(flows)
    assert step is not None
    frequency = FREQUENCY[basis]
    return frequency * ((1 + step) ** (360 / frequency) - 1)


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("basis", FREQUENCY)
@pytest.mark.parametrize("name", DELAYS)
def test_the_yield_of_a_class(name: str, basis: str, dated: bool) -> None:
    run = deal(dated)
    dollars = t.tranche_value(run, name, RATES[name], basis)
    price = t.tranche_price(run, name, RATES[name], basis)
    found = irr(dollars, [(run.distributions.cash(name), DELAYS[name])], dated, basis)
    assert found == pytest.approx(RATES[name], abs=1e-10)
    assert t.tranche_yield(run, name, price, basis) == pytest.approx(found, abs=1e-10)


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("basis", FREQUENCY)
def test_the_yield_of_the_residual(basis: str, dated: bool) -> None:
    run = deal(dated)
    cash = settled_cash(run, "residual")
    dollars = cash.worth_at(RATES["residual"], basis)
    assert dollars > 100_000.0
    found = irr(dollars, [(run.distributions.residual, 0)], dated, basis)
    assert found == pytest.approx(RATES["residual"], abs=1e-10)
    assert cash.rate_at(dollars, basis) == pytest.approx(found, abs=1e-10)
    assert c.residual_value(run, RATES["residual"]) == pytest.approx(
        cash.worth_at(RATES["residual"], "monthly"), rel=1e-14
    )


@pytest.mark.parametrize("dated", [True, False])
def test_blended_combined_and_whole_asset_yields(dated: bool) -> None:
    run = deal(dated)
    yields = read_yields(grid_table("yields", [["item", "yield"], *RATES.items()]), run.trust)
    found = blended(run, yields)
    paid = [(run.distributions.cash(name), delay) for name, delay in DELAYS.items()]
    paid.append((run.distributions.residual, 0))
    worth = [t.tranche_value(run, name, RATES[name]) for name in DELAYS] + [c.residual_value(run, RATES["residual"])]
    assert found.claims.total == pytest.approx(sum(worth), abs=1e-6)
    loans = c.loan_cash(run)
    assert found.rate == pytest.approx(irr(sum(worth), [(loans, 0)], dated), abs=1e-10)
    assert found.combined == pytest.approx(irr(sum(worth), paid, dated), abs=1e-10)
    assert found.whole == pytest.approx(found.rate, abs=1e-10)  # there is no property
    assert 0.07 < found.combined < found.rate < 0.26  # classes are paid later than the loans pay
    assert abs(found.rate - found.combined) > 1e-5


@pytest.mark.parametrize(("coupon", "rate"), [("8.01%", 0.2), ("2% through 2013 then +1% a year through 2019", 0.31)])
def test_the_yield_of_debt(coupon: str, rate: float) -> None:
    as_of = dt.date(2009, 12, 31)
    head = ["instrument", "balance", "coupon", "maturity", "yield"]
    terms = grid_table("debt", [head, ["D", 1e6, coupon, dt.date(2019, 12, 31), rate]])
    (one,) = debt_values(read_debt(terms, as_of), as_of, NO_INDICES)
    flows = [-one.value, *(payment.paid + payment.principal for payment in one.payments)]
    assert 4 * pyxirr.irr(flows) == pytest.approx(rate, abs=1e-10)  # paid and compounded four times a year
