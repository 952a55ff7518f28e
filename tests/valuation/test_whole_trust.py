"""The blended yield, the derivatives and the whole balance."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr
import QuantLib as ql
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import INDICES, LOANS, WATERFALL, grid_table, small_deal, yields_of
from xlfv.market.indices import read_indices
from xlfv.tables import Refused
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation import measurement as m
from xlfv.valuation.hedges import discount_factors, hedge_value, hedge_values
from xlfv.valuation.yields import read_yields

SWAP = [["hedge", "type", "notional", "pay_rate", "receive_index", "end"], ["S", "swap", 5e6, 0.03, "LIBOR_1M", 60]]
HEDGED = [WATERFALL[0], ["s", "interest", "hedge", None], *WATERFALL[1:]]
OWNED = [
    ["loan_id", "balance", "value", "selling_cost", "advances", "months_to_sale"],
    ["R1", 300_000, 250_000, 0.08, 10_000, 5],
]


def chosen(deal, **rates):
    return read_yields(yields_of(**{"A": 0.07, "M": 0.12, "B": 0.2, "residual": 0.25, **rates}), deal.trust)


@given(st.floats(0.0, 0.5))
def test_one_yield_for_everything_is_the_blended_yield(rate):
    """Tranches and residual share out exactly the loans' cash: at one yield that is the collateral's, too."""
    deal = small_deal(months=90)
    assert c.collateral_yield(deal, chosen(deal, A=rate, M=rate, B=rate, residual=rate)) == pytest.approx(
        rate, abs=1e-9
    )


def test_the_blended_yield_lies_between_and_is_an_independent_internal_rate():
    deal = small_deal()
    yields = chosen(deal)
    rate = c.collateral_yield(deal, yields)
    assert 0.07 < rate < 0.25
    flows = [-c.claims_on_loans(deal, yields), *c.loan_cash(deal)[1:]]
    assert rate == pytest.approx(12 * pyxirr.irr(flows), abs=1e-10)


def test_reo_and_derivatives_are_taken_out_of_what_loans_are_worth():
    terms = [["term", "value"], ["oc_target", 300_000], ["cash_in_transit", 12_345.0], ["other_liabilities", 1_000.0]]
    deal = small_deal(hedges=SWAP, waterfall=HEDGED, reo=OWNED, indices=INDICES, terms=terms)
    value = fv.fair_value(deal, chosen(deal))
    lines = {line.item: line.value for line in value.lines}
    assert lines[fv.REO] == pytest.approx(250_000 * 0.92 - 10_000)
    assert lines[fv.DERIVATIVE_LIABILITIES] == pytest.approx(-hedge_value(deal))
    assert lines[fv.DERIVATIVE_LIABILITIES] > 0
    assert lines[fv.OTHER_ASSETS] == 12_345.0
    assert value.total("asset") - value.total("liability") == pytest.approx(value.total("residual"), abs=0.01)
    cash = deal.collateral
    assert cash["reo_proceeds"].sum() == pytest.approx(220_000)
    assert cash.loan_cash.sum() == pytest.approx(cash.net_interest.sum() + cash.principal.sum() - 220_000)
    assert c.loan_cash(deal).sum() == pytest.approx(cash.loan_cash.sum() - deal.distributions.costs_paid.sum())


def test_net_realizable_value_never_exceeds_the_initial_basis():
    owned = [[*OWNED[0], "initial_basis", "haircut"], [*OWNED[1], 200_000, 0.0]]
    assert c.reo_value(small_deal(reo=owned).trust) == 200_000
    owned[1][-2:] = [None, 0.1]
    assert c.reo_value(small_deal(reo=owned).trust) == pytest.approx(250_000 * 0.9 * 0.92 - 10_000)


def with_penalties(terms):
    """Two loans, one with a deferred balance, one with a prepayment penalty."""
    loans = [
        [*LOANS[0], "deferred_balance", "prepay_penalty_months", "prepay_penalty_rate"],
        [*LOANS[1], 250_000, None, None], [*LOANS[2], None, 60, 0.05],
    ]  # fmt: skip
    return small_deal(loans=loans, terms=[["term", "value"], ["oc_target", 300_000], *terms])


def test_a_deferred_balance_stands_in_the_collateral_at_fair_value():
    deal = with_penalties([])
    line = fv.fair_value(deal, chosen(deal)).lines[0]
    assert line.item == fv.COLLATERAL
    assert line.balance == 10_250_000
    assert line.price == pytest.approx(line.value / 102_500)
    assert deal.collateral.end_balance[0, 0] == deal.trust.pool_balance == 10_250_000


def test_penalties_are_worth_something_where_they_are_the_trusts():
    """What the waterfall receives is what the loans' value discounts: the balance ties either way."""
    deals = {passes: with_penalties([["penalties", passes]]) for passes in ("interest", "not_trust")}
    ours, others = deals["interest"], deals["not_trust"]
    penalties = ours.collateral["penalties"].sum(axis=0)
    assert penalties.sum() > 10_000
    np.testing.assert_array_equal(penalties, others.collateral["penalties"].sum(axis=0))
    np.testing.assert_allclose(
        ours.collateral.loan_cash.sum(axis=0) - others.collateral.loan_cash.sum(axis=0), penalties, atol=1e-7
    )
    for deal in deals.values():
        value = fv.fair_value(deal, chosen(deal))
        assert value.total("asset") - value.total("liability") == pytest.approx(value.total("residual"), abs=0.01)
    worth = {passes: fv.fair_value(deal, chosen(deal)).value(fv.COLLATERAL) for passes, deal in deals.items()}
    assert worth["interest"] > worth["not_trust"] + 1_000


def test_a_balance_that_leaks_is_refused(monkeypatch):
    """A leak in the cash that is discounted is no rounding of the yield: the check that follows the cash names it."""
    deal = small_deal()
    yields = chosen(deal)
    monkeypatch.setattr(m, "loan_cash", lambda d: c.loan_cash(d) * 1.0001)
    with pytest.raises(Refused, match="the check 'value of the collateral"):
        fv.fair_value(deal, yields)


def test_no_blended_yield_is_said_in_words():
    deal = small_deal(
        loans=[LOANS[0], ["L1", 1e6, 0.07, 300, 0.0]],
        curves=[["month", "cdr", "severity", "advance"], [1, 1.0, 1.0, 0.0]],
    )
    with pytest.raises(Refused, match="no yield makes cash") as refusal:
        c.collateral_yield(deal, chosen(deal))
    assert refusal.value.code == "#NUM!"


def test_a_swap_is_worth_what_quantlib_says():
    """Monthly 30/360 periods of a twelfth: our forwards and zero curve, QuantLib's swap legs on the same dates."""
    deal = small_deal(hedges=SWAP, waterfall=HEDGED, indices=INDICES)
    today = ql.Date(31, 12, 2009)
    ql.Settings.instance().evaluationDate = today
    dates = [ql.Date(d.day, d.month, d.year) for d in deal.timeline.dates[:61]]
    day_count = ql.SimpleDayCounter()
    zero = [0.012 + 0.0001 * m for m in range(61)]
    curve = ql.ZeroCurve(dates, zero, day_count, ql.NullCalendar(), ql.Linear(), ql.Compounded, ql.Annual)
    pays = ql.Leg([ql.SimpleCashFlow(5e6 * 0.03 / 12, d) for d in dates[1:]])
    gets = ql.Leg([ql.SimpleCashFlow(5e6 * (0.01 + 0.0002 * (m - 1)) / 12, dates[m]) for m in range(1, 61)])
    engine = ql.DiscountingSwapEngine(ql.YieldTermStructureHandle(curve), False, today, today)
    swap = ql.Swap(pays, gets)
    swap.setPricingEngine(engine)
    assert hedge_value(deal) == pytest.approx(swap.NPV(), abs=0.05)  # one cent a million


def test_a_cap_is_worth_its_caplets_and_at_least_what_the_forwards_pay():
    cap = [["hedge", "type", "notional", "strike", "receive_index", "end"], ["C", "cap", 5e6, 0.02, "LIBOR_1M", 60]]
    plain = small_deal(hedges=cap, indices=INDICES)
    volatile = [[*INDICES[0], "volatility"], *[[*row, 0.4] for row in INDICES[1:]]]
    with_time_value = small_deal(hedges=cap, indices=volatile)
    factors = discount_factors(with_time_value)
    black = sum(
        5e6
        / 12
        * factors[m]
        * ql.blackFormula(ql.Option.Call, 0.02, 0.01 + 0.0002 * (m - 1), 0.4 * np.sqrt((m - 1) / 12))
        for m in range(2, 61)
    )
    assert hedge_value(with_time_value) == pytest.approx(black, rel=1e-12)
    assert hedge_value(with_time_value) > hedge_value(plain) > 0


def test_another_discount_curve_and_derivatives_outside_the_trust():
    deal = small_deal(hedges=SWAP, waterfall=HEDGED, indices=INDICES)
    flat = read_indices(grid_table("curve", [["month", "discount"], [0, 0.5]]))
    assert abs(hedge_value(deal, flat)) < abs(hedge_value(deal))
    outside = [[*SWAP[0], "in_trust"], [*SWAP[1], "no"]]
    deal = small_deal(hedges=outside, indices=INDICES)
    assert hedge_values(deal) == {}
    assert deal.distributions.hedge_paid.sum() == 0


def test_without_a_discount_curve_libor_discounts():
    rows = [[m, 0.02] for m in range(3)]
    deal = small_deal(hedges=SWAP, waterfall=HEDGED, indices=[["month", "LIBOR_1M"], *rows])
    np.testing.assert_allclose(discount_factors(deal)[:4], (1 + 0.02 / 12) ** -np.arange(4.0), rtol=1e-14)


YIELD_FAULTS = {
    "a tranche without a yield": ([["A", 0.07], ["M", 0.1], ["B", 0.2]], "residual of SMALL has no yield"),
    "a yield without a tranche": ([["A", 0.07], ["M", 0.1], ["B", 0.2], ["residual", 0.2], ["Q", 0.1]], "'Q'"),
    "one twice": ([["A", 0.07], ["A", 0.08], ["M", 0.1], ["B", 0.2], ["residual", 0.2]], "A has two yields"),
    "a percent": ([["A", 7.0], ["M", 0.1], ["B", 0.2], ["residual", 0.2]], "yield is 7"),
}


@pytest.mark.parametrize(("rows", "words"), YIELD_FAULTS.values(), ids=YIELD_FAULTS.keys())
def test_bad_yields_are_refused(rows, words):
    deal = small_deal()
    with pytest.raises(Refused, match=words):
        read_yields(grid_table("yields", [["item", "yield"], *rows]), deal.trust)


def test_rows_of_other_trusts_are_passed_over_and_ranges_are_checked():
    deal = small_deal()
    rows = [
        ["SMALL", "A", 0.07, 0.06, 0.08, None],
        ["small", "M", 0.3, 0.1, 0.2, "forced sales"],
        ["", "B", 0.2, None, None, None],
        ["SMALL", "residual", 0.2, None, None, None],
    ]
    header = ["trust", "item", "yield", "low", "high", "reason"]
    yields = read_yields(grid_table("yields", [header, *rows, ["OTHER", "Z", 0.1, None, None, None]]), deal.trust)
    assert [name for name, one in yields.items() if one.outside] == ["M"]
    rows[0][3:5] = [0.09, 0.08]
    with pytest.raises(Refused, match="down to"):
        read_yields(grid_table("yields", [header, *rows]), deal.trust)
