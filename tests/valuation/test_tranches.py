"""Tranche values against plain sums and independent libraries."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from tests.projection.small_deals import deal as small
from tests.projection.small_deals import paid, rules
from tests.valuation.deals import AS_OF, BONDS, INDICES, TERMS, WATERFALL, small_deal
from xlfv.tables import Refused
from xlfv.valuation import tranches as t


@pytest.fixture(scope="module")
def deal():
    return small_deal()


def cash(deal, name):
    return deal.distributions.tranche(name)["cash"]


@pytest.mark.parametrize(("basis", "frequency"), [("monthly", 12), ("bond_equivalent", 2), ("annual", 1)])
def test_a_value_is_the_discounted_sum(deal, basis, frequency):
    flows = cash(deal, "A")
    expected = sum(c * (1 + 0.08 / frequency) ** (-frequency * m / 12) for m, c in enumerate(flows))
    assert t.tranche_value(deal, "A", 0.08, basis) == pytest.approx(expected, rel=1e-12)


def test_without_discount_a_value_is_the_cash(deal):
    assert t.tranche_value(deal, "A", 0.0) == pytest.approx(cash(deal, "A").sum(), rel=1e-14)


def test_names_of_classes_take_any_case_and_unknown_ones_are_not_available(deal):
    assert t.tranche_value(deal, " a ", 0.08) == t.tranche_value(deal, "A", 0.08)
    with pytest.raises(Refused, match="its tranches: A, M, B") as refusal:
        t.tranche_value(deal, "Z", 0.08)
    assert refusal.value.code == "#N/A"


@given(st.floats(-0.05, 2.0), st.sampled_from(["monthly", "bond_equivalent", "annual"]), st.sampled_from(["A", "M"]))
def test_the_yield_of_a_price_gives_the_price_back(rate, basis, name):
    deal = small_deal(months=120)
    price = t.tranche_price(deal, name, rate, basis)
    assert t.tranche_yield(deal, name, price, basis) == pytest.approx(rate, abs=1e-10)


def test_a_monthly_yield_is_the_internal_rate_of_an_independent_library(deal):
    flows = [-0.9 * 8e6, *cash(deal, "A")[1:]]
    assert t.tranche_yield(deal, "A", 90.0) == pytest.approx(12 * pyxirr.irr(flows), abs=1e-10)


def test_duration_is_the_slope_of_the_price_and_convexity_its_bend(deal):
    h = 1e-4
    low, middle, high = (t.tranche_value(deal, "A", 0.08 + k * h) for k in (-1, 0, 1))
    assert t.tranche_duration(deal, "A", 0.08) == pytest.approx((low - high) / (2 * h) / middle, rel=1e-6)
    assert t.tranche_duration(deal, "A", 0.08, measure="convexity") == pytest.approx(
        (low - 2 * middle + high) / h**2 / middle, rel=1e-5
    )
    ratio = t.tranche_duration(deal, "A", 0.08, measure="macaulay") / t.tranche_duration(deal, "A", 0.08)
    assert ratio == pytest.approx(1 + 0.08 / 12)


def test_average_life_weighs_principal_by_years(deal):
    principal = deal.distributions.tranche("A")["principal_paid"]
    assert t.tranche_life(deal, "A") == pytest.approx(
        sum(m * p for m, p in enumerate(principal)) / 12 / principal.sum()
    )


def test_loss_is_write_downs_and_what_stays_unpaid():
    whole = small_deal()
    rows = whole.distributions.tranche("B")
    assert rows["writedown"].sum() > 1000
    assert t.tranche_loss(whole, "B") == pytest.approx(rows["writedown"].sum(), abs=0.01)
    # A projection cut short says so, and what is unpaid then is not yet lost.
    cut = small_deal(months=12)
    rows = cut.distributions.tranche("A")
    assert rows["end_balance"][-1] > 1e6
    assert t.tranche_loss(cut, "A") == 0.0
    assert "stops at month 12" in cut.notices[-1]
    # A note that stays whole is never written down: it stays unpaid once the pool is gone.
    notes = small_deal(waterfall=[row for row in WATERFALL if row[2] != "writedown"])
    rows = notes.distributions.tranche("B")
    assert rows["writedown"].sum() == 0
    assert t.tranche_loss(notes, "B") == pytest.approx(rows["end_balance"][-1])
    assert t.tranche_loss(notes, "B") > 1000


FLOATER = [["tranche", "balance", "coupon_type", "index", "margin"], ["A", 9.5e6, "floating", "LIBOR_1M", 0.004]]
PASS = [
    ["step", "from", "pay", "to"],
    [1, "interest", "interest", "A"],
    [2, "principal", "principal", "A"],
    [3, "excess", "residual", None],
]
NO_LOSS = [["month", "cpr"], [1, 0.1]]


def test_a_floater_at_its_margin_is_worth_par():
    deal = small_deal(bonds=FLOATER, waterfall=PASS, costs=None, terms=None, curves=NO_LOSS, indices=INDICES)
    assert t.tranche_price(deal, "A", 0.004, "dm") == pytest.approx(100.0, abs=1e-9)
    assert t.tranche_yield(deal, "A", 100.0, "dm") == pytest.approx(0.004, abs=1e-10)
    price = t.tranche_price(deal, "A", 0.02, "dm")
    assert price < 95
    assert t.tranche_yield(deal, "A", price, "dm") == pytest.approx(0.02, abs=1e-10)


def test_a_margin_needs_an_index_and_has_no_duration():
    deal = small_deal()
    with pytest.raises(Refused, match="forward index"):
        t.tranche_value(deal, "A", 0.01, "dm")
    with pytest.raises(Refused, match="no duration"):
        t.tranche_duration(deal, "A", 0.01, "dm")


def test_delay_days_cost_their_share_of_a_year():
    header = [*BONDS[0], "delay_days"]
    delayed = small_deal(bonds=[header, *[[*row, 24] for row in BONDS[1:]]])
    plain = small_deal()
    ratio = t.tranche_value(delayed, "A", 0.08) / t.tranche_value(plain, "A", 0.08)
    assert ratio == pytest.approx((1 + 0.08 / 12) ** (-12 * 24 / 360), rel=1e-13)


def test_payment_dates_are_the_deals_and_settled_remittances_are_not_projected():
    deal = small_deal(terms=[*TERMS, ["remittance_day", 25], ["cutoff_date", dt.date(2009, 11, 30)]])
    assert deal.timeline.dates[:3] == (dt.date(2009, 12, 25), dt.date(2010, 1, 25), dt.date(2010, 2, 25))
    years = deal.timeline.years()
    assert years[1] == pytest.approx(25 / 360)  # 30 December counts for the 31st
    flows = cash(deal, "A")
    expected = sum(c * (1 + 0.08 / 12) ** (-12 * y) for c, y in zip(flows[1:], years[1:], strict=True))
    assert t.tranche_value(deal, "A", 0.08) == pytest.approx(expected, rel=1e-12)


def test_a_price_leaves_accrued_interest_out():
    header = [*BONDS[0], "accrual_start"]
    dated = small_deal(bonds=[header, *[[*row, dt.date(2009, 12, 1)] for row in BONDS[1:]]])
    accrued = 8e6 * 0.05 * 30 / 360
    value = t.tranche_value(dated, "A", 0.08)
    assert t.tranche_price(dated, "A", 0.08) == pytest.approx(100 * (value - accrued) / 8e6, rel=1e-12)
    assert value == t.tranche_value(small_deal(), "A", 0.08)


def test_an_interest_only_class_has_a_notional_life_and_no_loss():
    bonds = [[*BONDS[0], "notional_of"], *[[*row, None] for row in BONDS[1:]], ["X", 0, 0.005, "io", "A, M"]]
    steps = [*WATERFALL[:2], ["x", "interest", "interest", "X"], *WATERFALL[2:]]
    deal = small_deal(bonds=bonds, waterfall=steps)
    rows = deal.distributions.tranche("X")
    together = deal.distributions.tranche("A")["begin_balance"] + deal.distributions.tranche("M")["begin_balance"]
    np.testing.assert_array_equal(rows["begin_balance"], together)
    assert rows["principal_paid"].sum() == 0
    assert t.tranche_loss(deal, "X") == 0
    expected = together[1:].sum() / 12 / together[1]
    assert t.tranche_life(deal, "X") == pytest.approx(expected, rel=1e-9)


def test_no_value_no_yield_in_words(deal):
    with pytest.raises(Refused, match="no yield makes cash") as refusal:
        t.tranche_yield(deal, "A", 0.0)
    assert refusal.value.code == "#NUM!"
    with pytest.raises(Refused, match="loses everything"):
        t.tranche_value(deal, "A", -12.0)


def test_the_as_of_date_is_the_decks(deal):
    assert deal.as_of == AS_OF


def test_what_a_z_class_is_paid_out_of_its_own_accretion_is_no_part_of_its_life():
    """Month 1: Z accretes 1% of 99,400, 994; 600 of it pay A off and 394 come back to Z, which stands at 100,000.
    Month 2 pays that 100,000: its balance falls once, after two months of 30 days."""
    bonds = [
        {"tranche": "A", "balance": 600.0, "coupon": 0.12},
        {"tranche": "Z", "balance": 99400.0, "coupon": 0.12, "kind": "z"},
    ]
    steps = rules(("interest", "interest", "A, Z"), ("Z", "principal", "A, Z"), ("principal", "principal", "A, Z"))
    made = small(bonds, steps, {"smm": "0 for 1 then 100"})
    assert paid(made, "Z", "principal_paid", 2) == [394.0, 100000.0]
    assert t.tranche_life(made, "Z") == pytest.approx(2 / 12, rel=1e-12)
