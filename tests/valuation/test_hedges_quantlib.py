"""Swaps, caps, floors and corridors against QuantLib, to one cent a million of notional.

Conventions of both sides:

- calendar: none; payments on the 25th of each month, whatever weekday it is; both legs pay monthly and in arrears;
- fixing: in advance, on the first day of the period, no days before it: the index row of that month. The period that runs was set
  on 25 December 2009, at the row of month 0. Options are lognormal in the index, to the day it is set (30/360);
- stub: none. The period that runs is paid whole on 25 January 2010: values hold what has accrued in it (dirty);
- day count of both legs: 30/360 or actual/360, as the case says;
- discounting: from 31 December 2009 to the payment, by zero rates compounded once a year over 30/360 years, linear between the
  months of the zero column. QuantLib is given these zero rates at the payment dates.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import QuantLib as ql

from tests.valuation.deals import AS_OF, WATERFALL, small_deal
from xlfv.projection.projection import Projection
from xlfv.valuation.hedges import hedge_value, value_hedges

MONTHS = 60
CENT = 0.01  # a million of notional
NOTIONAL = 5e6
US360 = ql.Thirty360(ql.Thirty360.USA)
COUNTS = {"30/360": US360, "act/360": ql.Actual360()}
STEPS = [WATERFALL[0], ["s", "interest", "hedge", None], *WATERFALL[1:]]
TERMS = [["term", "value"], ["oc_target", 300_000], ["remittance_day", 25]]
DATES = [dt.date(2009 + (11 + k) // 12, (11 + k) % 12 + 1, 25) for k in range(MONTHS + 1)]
ZERO = [0.0025 + 0.0006 * m - 0.000002 * m * m for m in range(MONTHS + 2)]
TODAY = ql.Date(31, 12, 2009)


def day(date: dt.date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


@pytest.fixture
def index() -> ql.IborIndex:
    """One-month LIBOR of a rising curve, set at 0.23% for the period that runs."""
    ql.Settings.instance().evaluationDate = TODAY
    curve = ql.ZeroCurve(
        [TODAY, ql.Date(31, 12, 2012), ql.Date(31, 12, 2016)], [0.003, 0.03, 0.04], ql.Actual365Fixed()
    )
    made = ql.IborIndex("L1", ql.Period(1, ql.Months), 0, ql.USDCurrency(), ql.NullCalendar(), ql.Unadjusted, False,
                        ql.Actual360(), ql.YieldTermStructureHandle(curve))  # fmt: skip
    made.addFixing(day(DATES[0]), 0.0023, True)
    return made


def zero_curve(spread: float = 0.0) -> ql.YieldTermStructureHandle:
    """Our zero column at the payment dates; a spread multiplies factors by (1 + spread) ** -years."""
    years = [US360.yearFraction(TODAY, day(d)) for d in DATES[1:]]
    zero = [(1.0 + float(np.interp(12 * t, range(MONTHS + 2), ZERO))) * (1.0 + spread) - 1.0 for t in years]
    dates = [TODAY, *map(day, DATES[1:])]
    return ql.YieldTermStructureHandle(
        ql.ZeroCurve(dates, [zero[0], *zero], US360, ql.NullCalendar(), ql.Linear(), ql.Compounded, ql.Annual)
    )


def deal(index: ql.IborIndex, volatility: float | None = None, schedules: Any = None, **terms: Any) -> Projection:
    rows = [[m, index.fixing(day(DATES[m])), ZERO[m]] for m in range(MONTHS)]
    rows += [[MONTHS, rows[-1][1], ZERO[MONTHS]], [MONTHS + 1, rows[-1][1], ZERO[MONTHS + 1]]]
    header = ["month", "LIBOR_1M", "discount"]
    if volatility is not None:
        header, rows = [*header, "volatility"], [[*row, volatility] for row in rows]
    hedge = {"hedge": "H", "receive_index": "LIBOR_1M", "end": MONTHS, **terms}
    grids = {"hedges": [list(hedge), list(hedge.values())], "waterfall": STEPS, "terms": TERMS}
    made = small_deal(indices=[header, *rows], schedules=schedules, **grids)
    assert list(made.timeline.dates[: MONTHS + 1]) == DATES
    return made


def legs(index: ql.IborIndex, count: str, nominals: list[float], pay: float = 0.0, margin: float = 0.0):
    plan = ql.Schedule([day(d) for d in DATES[: len(nominals) + 1]])
    fixed = ql.FixedRateLeg(plan, COUNTS[count], nominals, [pay])
    return fixed, ql.IborLeg(nominals, plan, index, COUNTS[count], ql.Unadjusted, [0], [1.0], [margin])


def swap_value(index: ql.IborIndex, count: str, nominals: list[float], pay: float, margin=0.0, spread=0.0) -> float:
    fixed, floating = legs(index, count, nominals, pay, margin)
    swap = ql.Swap(fixed, floating)  # the first is paid
    swap.setPricingEngine(ql.DiscountingSwapEngine(zero_curve(spread), False, TODAY, TODAY))
    return swap.NPV()


def option_value(index, count, nominals, kind, strike, volatility, margin=0.0, spread=0.0) -> float:
    _, floating = legs(index, count, nominals, margin=margin)
    option = {"cap": ql.Cap, "floor": ql.Floor}[kind](floating, [strike])
    level = ql.QuoteHandle(ql.SimpleQuote(volatility))
    surface = ql.ConstantOptionletVolatility(TODAY, ql.NullCalendar(), ql.Unadjusted, level, US360)
    option.setPricingEngine(ql.BlackCapFloorEngine(zero_curve(spread), ql.OptionletVolatilityStructureHandle(surface)))
    return option.NPV()


FLAT = [NOTIONAL] * MONTHS
FALLING = [NOTIONAL * (1 - k / MONTHS) for k in range(MONTHS)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("margin", [0.0, 0.0025])
def test_a_swap(index, count, margin):
    ours = hedge_value(deal(index, type="swap", notional=NOTIONAL, pay_rate=0.03, margin=margin, day_count=count))
    assert ours == pytest.approx(swap_value(index, count, FLAT, 0.03, margin), abs=CENT * NOTIONAL / 1e6)
    assert abs(ours) > 1_000


@pytest.mark.parametrize("count", COUNTS)
def test_a_swap_of_a_falling_notional(index, count):
    plan = [["schedule", "month", "amount"], *[["N", k + 1, amount] for k, amount in enumerate(FALLING)]]
    ours = hedge_value(deal(index, schedules=plan, type="swap", schedule="N", pay_rate=0.03, day_count=count))
    assert ours == pytest.approx(swap_value(index, count, FALLING, 0.03), abs=CENT * NOTIONAL / 1e6)


@pytest.mark.parametrize("kind", ["swap", "cap"])
def test_a_notional_that_is_the_bonds_balance(index, kind):
    """The balances are those of the waterfall's record of the bonds at the start of each month."""
    rates = {"swap": {"pay_rate": 0.03}, "cap": {"strike": 0.03}}[kind]
    made = deal(index, volatility=0.4, type=kind, notional_of="A, M, B", day_count="act/360", **rates)
    nominals = made.distributions.bond_balance[:MONTHS].tolist()
    assert nominals[0] == 9.8e6
    assert nominals[-1] < 0.6 * nominals[0]
    theirs = (
        swap_value(index, "act/360", nominals, 0.03)
        if kind == "swap"
        else option_value(index, "act/360", nominals, "cap", 0.03, 0.4)
    )
    assert hedge_value(made) == pytest.approx(theirs, abs=CENT * 9.8)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("kind", ["cap", "floor"])
@pytest.mark.parametrize(("strike", "margin"), [(0.02, 0.0), (0.045, 0.0), (0.03, 0.0025)])
def test_a_cap_and_a_floor(index, count, kind, strike, margin):
    ours = hedge_value(deal(index, 0.35, type=kind, notional=NOTIONAL, strike=strike, margin=margin, day_count=count))
    theirs = option_value(index, count, FLAT, kind, strike, 0.35, margin)
    assert ours == pytest.approx(theirs, abs=CENT * NOTIONAL / 1e6)
    assert ours > 1_000


def test_a_corridor_is_one_cap_less_another(index):
    ours = hedge_value(deal(index, 0.35, type="corridor", notional=NOTIONAL, strike=0.02, ceiling=0.045, margin=0.001))
    theirs = [option_value(index, "30/360", FLAT, "cap", rate, 0.35, 0.001) for rate in (0.02, 0.045)]
    assert ours == pytest.approx(theirs[0] - theirs[1], abs=CENT * NOTIONAL / 1e6)
    assert ours > 1_000


@pytest.mark.parametrize("volatility", [0.0, None])
def test_without_volatility_an_option_is_what_the_forward_curve_pays(index, volatility):
    ours = hedge_value(deal(index, volatility, type="cap", notional=NOTIONAL, strike=0.02))
    assert ours == pytest.approx(option_value(index, "30/360", FLAT, "cap", 0.02, 1e-9), abs=CENT * NOTIONAL / 1e6)


def test_a_forward_start_and_an_earlier_end(index):
    ours = hedge_value(deal(index, 0.35, type="cap", notional=NOTIONAL, strike=0.03, start=13, end=36))
    whole, before = (option_value(index, "30/360", [NOTIONAL] * months, "cap", 0.03, 0.35) for months in (36, 12))
    assert ours == pytest.approx(whole - before, abs=CENT * NOTIONAL / 1e6)


@pytest.mark.parametrize(("pay", "spread"), [(0.0001, "counterparty_spread"), (0.08, "own_spread")])
def test_credit_of_the_side_that_owes_at_every_date(index, pay, spread):
    """The trust receives every month (pays every month): values are QuantLib's on the curve with the spread in it."""
    terms = {"counterparty_spread": 0.5, "own_spread": 0.5, spread: 0.02}
    made = deal(index, type="swap", notional=NOTIONAL, pay_rate=pay, day_count="act/360", **terms)
    (one,) = value_hedges(made)
    assert one.before == pytest.approx(swap_value(index, "act/360", FLAT, pay), abs=0.05)
    assert one.value == pytest.approx(swap_value(index, "act/360", FLAT, pay, spread=0.02), abs=0.05)
    assert one.side == ("asset" if pay < 0.01 else "liability")
    assert one.adjustment * one.before < 0.0


def test_credit_of_a_cap_s_counterparty(index):
    made = deal(index, 0.35, type="cap", notional=NOTIONAL, strike=0.03, counterparty_spread=0.035, own_spread=0.5)
    (one,) = value_hedges(made)
    assert one.value == pytest.approx(option_value(index, "30/360", FLAT, "cap", 0.03, 0.35, spread=0.035), abs=0.05)


def test_the_as_of_date_is_that_of_the_docstring():
    assert day(AS_OF) == TODAY
