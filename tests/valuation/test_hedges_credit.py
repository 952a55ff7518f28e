"""Credit adjustments by hand, the period that runs, and what must hold for any derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import WATERFALL, grid_table, small_deal, yields_of
from xlfv.market.indices import read_indices
from xlfv.tables import Refused
from xlfv.valuation import fair_value as fv
from xlfv.valuation.hedges import credit_adjusted, hedge_value, hedge_values, value_hedges
from xlfv.valuation.yields import read_yields

STEPS = [WATERFALL[0], ["s", "interest", "hedge", None], *WATERFALL[1:]]
DATED = [["term", "value"], ["oc_target", 300_000], ["remittance_day", 25]]
FLAT_RATES = [["month", "LIBOR_1M", "discount"], [0, 0.05, 0.04], [1, 0.02, 0.04]]


def deal(*hedges: dict[str, Any], **changed: Any):
    rows = [{"type": "swap", "receive_index": "LIBOR_1M", "notional": 1.2e6, **hedge} for hedge in hedges]
    header = list(dict.fromkeys(name for row in rows for name in row))
    grid = [header, *([row.get(name) for name in header] for row in rows)]
    return small_deal(**{"hedges": grid, "waterfall": STEPS, "indices": FLAT_RATES, **changed})


def test_what_remains_is_discounted_at_the_spread_of_whoever_owes_it():
    """Years 1, 2, 3; no interest; 2% for the counterparty, 5% for the trust; the trust gets 10, pays 100, gets 40.

    Before month 3: 40 is owed to the trust, 40 / 1.02 = 39.2157 at month 2. Then 39.2157 - 100 = -60.7843 is owed by it,
    / 1.05 = -57.8898 at month 1. Then 10 - 57.8898 = -47.8898 is still owed by it, / 1.05 = -45.6094 today.
    """
    settled, years = np.array([0.0, 10.0, -100.0, 40.0]), np.arange(4.0)
    value = credit_adjusted(settled, np.ones(4), years, 0.02, 0.05)
    assert value == pytest.approx((10.0 + (40.0 / 1.02 - 100.0) / 1.05) / 1.05, rel=1e-14)
    assert value == pytest.approx(-45.6094, abs=5e-5)


def test_interest_and_credit_discount_one_after_the_other():
    factors = np.array([1.0, 0.95, 0.9])
    value = credit_adjusted(np.array([0.0, 10.0, 20.0]), factors, np.array([0.0, 0.25, 1.0]), 0.03, 0.5)
    assert value == pytest.approx(10 * 0.95 * 1.03**-0.25 + 20 * 0.9 / 1.03, rel=1e-13)


def test_the_period_that_runs_settles_whole_at_the_row_already_published():
    """A swap of 1,200,000 that ends with month 1: 5% set on 25 December against 3%, a month of 30/360, paid on 25 January.

    1,200,000 x 2% / 12 = 2,000, discounted 25 days of 360 at 4%. Of the period 6 of 30 days have run on 31 December: 400.
    """
    (one,) = value_hedges(deal({"hedge": "S", "pay_rate": 0.03, "end": 1}, terms=DATED))
    assert one.value == one.before == pytest.approx(2_000 * 1.04 ** (-25 / 360), rel=1e-13)
    assert one.accrued == pytest.approx(400.0, rel=1e-13)
    assert (one.notional, one.side, one.adjustment) == (1.2e6, "asset", 0.0)


def test_actual_days_of_the_period_that_runs():
    (one,) = value_hedges(deal({"hedge": "S", "pay_rate": 0.03, "end": 1, "day_count": "act/360"}, terms=DATED))
    assert one.before == pytest.approx(1.2e6 * 0.02 * 31 / 360 * 1.04 ** (-25 / 360), rel=1e-13)
    assert one.accrued == pytest.approx(1.2e6 * 0.02 * 6 / 360, rel=1e-13)


def test_nothing_has_accrued_where_months_begin_on_the_as_of_date():
    (one,) = value_hedges(deal({"hedge": "S", "pay_rate": 0.03}))
    assert one.accrued == 0.0
    assert one.side == "liability"


def test_a_remittance_on_the_as_of_date_is_settled():
    terms = [["term", "value"], ["oc_target", 300_000], ["remittance_day", 31]]
    (one,) = value_hedges(deal({"hedge": "S", "pay_rate": 0.03, "end": 1}, terms=terms))
    assert one.value == pytest.approx(2_000 * 1.04 ** (-30 / 360), rel=1e-13)
    assert one.accrued == 0.0


def test_each_derivative_has_its_own_spreads_and_the_balance_takes_adjusted_values():
    rows = (
        {"hedge": "IN", "pay_rate": 0.01, "counterparty": "Bank A", "counterparty_spread": 0.03, "own_spread": 0.5},
        {"hedge": "OUT", "pay_rate": 0.04, "own_spread": 0.04, "counterparty_spread": 0.5},
        {"hedge": "CAP", "type": "cap", "strike": 0.5},
        {"hedge": "AWAY", "pay_rate": 0.01, "in_trust": "no"},
    )
    made = deal(*rows)
    found = {one.name: one for one in value_hedges(made)}
    assert list(found) == ["IN", "OUT", "CAP"]
    assert [one.side for one in found.values()] == ["asset", "liability", "none"]
    assert found["IN"].adjustment < 0.0 < found["OUT"].adjustment
    assert found["IN"].counterparty == "Bank A"
    assert hedge_values(made) == {name: one.value for name, one in found.items()}
    assert hedge_value(made) == pytest.approx(sum(one.value for one in found.values()))
    yields = read_yields(yields_of(A=0.07, M=0.12, B=0.2, residual=0.25), made.trust)
    balance = fv.fair_value(made, yields)
    assert balance.value(fv.DERIVATIVE_ASSETS) == pytest.approx(found["IN"].value)
    assert balance.value(fv.DERIVATIVE_LIABILITIES) == pytest.approx(-found["OUT"].value)


def test_adjusting_a_termination_at_a_call_too():
    """Called in month 2: what is due then is the settlement and the market value of the rest; all of it is owed by the bank."""
    terms = [["term", "value"], ["oc_target", 300_000], ["call_exercised", "month 2"], ["call_factor", 1.0]]
    plain, adjusted = (
        value_hedges(deal({"hedge": "S", "pay_rate": 0.01, "end": 24, **spread}, terms=terms))[0]
        for spread in ({}, {"counterparty_spread": 0.06})
    )
    never = value_hedges(deal({"hedge": "S", "pay_rate": 0.01, "end": 24}))[0].value
    assert plain.value == pytest.approx(never, rel=1e-12), "market value on the same curve: the call changes nothing"
    first = 1.2e6 * 0.04 / 12 * 1.04 ** (-1 / 12)
    expected = first * 1.06 ** (-1 / 12) + (plain.value - first) * 1.06 ** (-2 / 12)
    assert adjusted.value == pytest.approx(expected, rel=1e-12)
    assert adjusted.before == plain.value


@pytest.mark.parametrize("column", ["counterparty_spread", "own_spread"])
@pytest.mark.parametrize("spread", [-0.01, 1.5])
def test_spreads_out_of_bounds_are_refused(column, spread):
    with pytest.raises(Refused, match=f"{column} is {spread:g}"):
        deal({"hedge": "S", "pay_rate": 0.03, column: spread})


def test_a_curve_of_one_s_own_discounts_adjusted_values_too():
    curve = read_indices(grid_table("curve", [["month", "discount"], [0, 0.09]]))
    (one,) = value_hedges(deal({"hedge": "S", "pay_rate": 0.03, "end": 1, "counterparty_spread": 0.1}), curve)
    assert one.value == pytest.approx(2_000 * (1.09 * 1.1) ** (-1 / 12), rel=1e-12)


flows = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
spreads = st.floats(0.0, 0.5)


@given(flows, spreads, spreads, st.floats(0.0, 0.3), st.floats(0.0, 0.1))
def test_value_falls_with_the_counterparty_s_spread_and_rises_with_the_trust_s(settled, theirs, ours, zero, more):
    years = np.arange(len(settled) + 1) / 12.0
    factors = (1.0 + zero) ** -years
    cash = np.array([0.0, *settled])
    value = credit_adjusted(cash, factors, years, theirs, ours)
    slack = 1e-9 * (1.0 + np.abs(cash).sum())
    assert credit_adjusted(cash, factors, years, theirs + more, ours) <= value + slack
    assert credit_adjusted(cash, factors, years, theirs, ours + more) >= value - slack
    assert credit_adjusted(cash, factors, years, 0.0, 0.0) == pytest.approx(float(cash @ factors), abs=slack)
    assert credit_adjusted(-cash, factors, years, ours, theirs) == pytest.approx(-value, abs=slack), (
        "the other side's view"
    )
