"""The blended yield: every part of C, what stands beside it, and what is said where there is no yield."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import LOANS, small_deal
from tests.valuation.whole_deal import BONDS, chosen, whole_deal
from xlfv.excel.functions.blended import blended_grid
from xlfv.projection.collateral import project_collateral
from xlfv.tables import ErrorCell, Refused
from xlfv.valuation import blended as b
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation.blended import blended
from xlfv.valuation.contractual import uncalled
from xlfv.valuation.hedges import hedge_value
from xlfv.valuation.tranches import tranche_price, tranche_value


@pytest.fixture(scope="module")
def deal():
    return whole_deal()


def root_of(cash, years, price, low=-0.9, high=5.0):
    """The monthly yield by bisection, of cash that is worth less the higher the rate."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if (cash / (1 + middle / 12) ** (12 * years)).sum() > price else (low, middle)
    return (low + high) / 2


def test_c_is_the_sum_of_its_parts_each_by_its_own_function(deal):
    yields = chosen(deal)
    total = sum(tranche_value(deal, name, yields[name].rate) for name in ("A", "M", "B"))
    total += c.residual_value(deal, 0.25) - hedge_value(deal) - (250_000 * 0.92 - 10_000)
    total += -12_345.0 - 500.0 - 20_000.0 + 1_000.0  # cash in transit, other assets, the reserve; other liabilities
    found = blended(deal, yields)
    assert found.claims.total == pytest.approx(total, abs=1e-6)
    kinds = [part.kind for part in found.claims.parts]
    assert kinds == [*["tranche"] * 3, "residual", "derivative", "reo", *["asset"] * 3, "liability"]
    signs = {part.item: np.sign(part.amount) for part in found.claims.parts}
    assert (signs["reo"], signs["reserve"], signs["cash in transit"], signs["other liabilities"]) == (-1, -1, -1, 1)


def test_the_yields_agree_with_bisection_and_pyxirr(deal):
    yields = chosen(deal)
    found = blended(deal, yields)
    years, cash = deal.timeline.years(), c.loan_cash(deal)
    assert found.rate == pytest.approx(root_of(cash, years, found.claims.total), abs=1e-10)
    assert found.rate == pytest.approx(12 * pyxirr.irr([-found.claims.total, *cash[1:]]), abs=1e-10)
    sold = np.zeros(cash.size)
    sold[5] = 220_000
    assert found.whole == pytest.approx(root_of(cash + sold, years, found.claims.total + 220_000), abs=1e-10)
    assert found.from_discounting == found.rate - found.whole
    # Class A is paid 24 days late: its cash stands on days of its own.
    combined = np.concatenate([deal.distributions.cash(n) for n in "AMB"] + [deal.distributions.residual])
    days = np.concatenate([years + 24 / 360 * (years > 0), years, years, years])
    assert found.combined == pytest.approx(root_of(combined, days, found.combined_price), abs=1e-10)
    there = (cash / (1 + found.combined / 12) ** (12 * years)).sum()
    assert found.gap == pytest.approx(there - found.claims.total, abs=1e-4)
    assert abs(found.gap) > 1_000
    values = [tranche_value(deal, n, yields[n].rate) for n in "AMB"] + [c.residual_value(deal, 0.25)]
    assert found.average == pytest.approx(np.dot(values, [0.07, 0.12, 0.2, 0.25]) / sum(values), abs=1e-12)
    assert found.value == pytest.approx(found.claims.total, abs=0.001)


def test_yields_of_other_bases_are_weighted_as_monthly_ones(deal):
    half_yearly = blended(deal, chosen(deal, [["A", "bond_equivalent", None, None]], A=0.07)).average
    monthly = 12 * ((1 + 0.07 / 2) ** (2 / 12) - 1)
    assert half_yearly == pytest.approx(blended(deal, chosen(deal, A=monthly)).average, abs=1e-12)


@given(st.floats(0.0, 0.4))
def test_at_one_yield_everything_beside_the_blended_yield_is_that_yield(rate):
    """Of a deal with loans alone, bonds and residual share out the loans' cash: every yield is the same, and no gap."""
    deal = small_deal(months=90)
    found = blended(deal, chosen(deal, A=rate, M=rate, B=rate, residual=rate))
    told = [found.rate, found.combined, found.whole, found.average]
    assert told == pytest.approx([rate] * 4, abs=1e-9)
    assert found.gap == pytest.approx(0.0, abs=0.01)
    assert found.from_discounting == pytest.approx(0.0, abs=1e-9)


def test_property_is_discounted_with_the_bonds_and_not_by_itself():
    """At one yield of everything the whole asset yields less: its sale in month 5 counts in full today."""
    deal = small_deal(reo=[["loan_id", "balance", "value", "months_to_sale"], ["R1", 300_000, 250_000, 60]], months=90)
    found = blended(deal, chosen(deal, A=0.1, M=0.1, B=0.1, residual=0.1))
    assert found.rate > 0.1 > found.whole
    assert found.combined == pytest.approx(0.1, abs=1e-9)
    # What the loans are short of by then: the property's discount over sixty months.
    gap = 250_000 * (1 - (1 + 0.1 / 12) ** -60)
    assert found.gap == pytest.approx(gap, abs=0.01)


def test_call_money_is_no_loan_cash():
    """The call pays the bonds; loans bring what they would have brought, and costs run on."""
    plain, called = whole_deal(), whole_deal(["call_exercised", "month 30"])
    assert called.called == 30
    assert called.collateral["call_price"].sum() > 1e6
    np.testing.assert_allclose(c.loan_cash(called), c.loan_cash(plain), atol=1e-6)
    assert c.loan_cash(called)[31:].sum() > 0
    assert uncalled(plain) is plain
    alone = project_collateral(called.trust, called.curves, called.indices, called.months)
    np.testing.assert_array_equal(uncalled(called).collateral.principal, alone.principal)
    yields = chosen(called)
    expected = root_of(c.loan_cash(plain), plain.timeline.years(), c.claims_on_loans(called, yields))
    assert c.collateral_yield(called, yields) == pytest.approx(expected, abs=1e-10)
    assert "called in month 30" in blended(called, yields).notices[0]
    assert fv.fair_value(called, yields).gap == pytest.approx(0.0, abs=0.01)


def late_deal(advances, basis):
    loans = [
        [*LOANS[0], "status", "advances_outstanding"],
        [*LOANS[1], "current", None],
        [*LOANS[2], "foreclosure", advances],
    ]
    curves = [["month", "cpr", "cdr", "severity", "severity_basis", "months_to_liquidation", "cure"],
              [1, 0.1, 0.0, 0.4, basis, 10, 0.0]]  # fmt: skip
    return small_deal(loans=loans, curves=curves)


def test_todays_advances_are_out_of_loan_cash_once():
    """On the property's value they lower what its sale brings by themselves; an all-in severity has them in it."""
    without, owed = late_deal(0, "property"), late_deal(75_000, "property")
    repaid = owed.collateral["advances_repaid"].sum() - without.collateral["advances_repaid"].sum()
    assert repaid == pytest.approx(75_000)
    funds = [c.loan_funds(made.collateral) for made in (without, owed)]
    assert funds[0][10] - funds[1][10] == pytest.approx(75_000)
    np.testing.assert_allclose(np.delete(funds[0], 10), np.delete(funds[1], 10), atol=1e-6)
    all_in = [c.loan_funds(late_deal(x, "all_in").collateral) for x in (0, 75_000)]
    np.testing.assert_allclose(*all_in, atol=1e-9)


@pytest.mark.parametrize("status", ["current", "d60", "bankruptcy"])
def test_advances_that_borrowers_repay_are_no_cash_of_the_trust(status):
    """Who cures or pays off repays them with what he was behind: neither reaches the trust."""
    curves = [
        ["month", "cpr", "cdr", "severity", "months_to_liquidation_d60", "cure_d60"],
        [1, 0.1, 0.03, 0.4, 12, 0.1],
    ]
    cash = []
    for advances in (0, 75_000):
        loans = [
            [*LOANS[0], "status", "advances_outstanding"],
            [*LOANS[1], "current", None],
            [*LOANS[2], status, advances],
        ]
        cash.append(c.loan_cash(small_deal(loans=loans, curves=curves)))
    np.testing.assert_allclose(*cash, atol=1e-9)


def test_a_discount_margin_is_weighted_as_the_monthly_yield_of_its_value(deal):
    floats = [["A", "dm", None, None]]
    found = blended(deal, chosen(deal, floats, A=0.03))
    value = tranche_value(deal, "A", 0.03, "dm")
    years = deal.timeline.years() + 24 / 360 * (deal.timeline.years() > 0)
    rate = root_of(deal.distributions.cash("A"), years, value)
    assert found.average == pytest.approx(blended(deal, chosen(deal, A=rate)).average, abs=1e-10)
    assert fv.fair_value(deal, chosen(deal, floats, A=0.03)).value("A") == value


def test_servicing_that_nobody_pays_is_not_taken_off():
    """All of it is loan cash that the waterfall receives: the balance ties though fees exceed collections."""
    loans = [LOANS[0], ["L1", 6e6, 0.0, 300, 0.09]]
    deal = small_deal(loans=loans, bonds=[["tranche", "balance", "coupon"], ["A", 5e6, 0.0]],
                      waterfall=[["step", "from", "pay", "to"], [1, "interest", "trustee", None],
                                 [2, "principal", "principal", "A"], [3, "excess", "residual", None]],
                      curves=[["month", "cpr"], [1, 0.0]])  # fmt: skip
    assert (deal.collateral.loan_cash.sum(axis=0) < -1).any()
    assert c.loan_funds(deal.collateral).min() == pytest.approx(0.0, abs=1e-6)


def test_no_yield_is_refused_in_words():
    """Other assets of 20 million leave less than nothing for the loans."""
    deal = small_deal(terms=[["term", "value"], ["oc_target", 300_000], ["other_assets", 2e7]])
    for work in (blended, c.collateral_yield, fv.fair_value):
        with pytest.raises(Refused, match="no yield makes cash of loans worth -") as refusal:
            work(deal, chosen(deal))
        assert refusal.value.code == "#NUM!"


def test_a_yield_below_zero_is_told():
    """Other liabilities of 5 million: loans would have to be worth more than all they bring."""
    deal = small_deal(terms=[["term", "value"], ["oc_target", 300_000], ["other_liabilities", 5e6]])
    found = blended(deal, chosen(deal))
    assert found.rate < 0.0
    assert found.claims.total > found.cash
    told = "the collateral's yield is below zero"
    assert told in found.notices[0]
    assert told in fv.fair_value(deal, chosen(deal)).notices[0]


def test_two_yields_and_cash_below_zero_are_refused_in_words():
    """110 next year and -60.48 the year after are worth 50 at 8% and at 12% a year, roughly: neither is the yield."""
    years = np.array([0.0, 1.0, 2.0])
    cash = np.array([0.0, 110.0, -60.48])
    with pytest.raises(Refused, match="2 yields fit") as refusal:
        c.yield_of_loans(cash, years, 50.0)
    assert "below zero in 1 month from month 2, by 60.48 dollars" in str(refusal.value)
    with pytest.raises(Refused, match=r"the loans' cash: no yield makes cash of 1\.00 worth 1,000"):
        c.yield_of_loans(np.array([0.0, 1.0]), np.array([0.0, 1.0 / 12.0]), 1_000.0)
    with pytest.raises(Refused, match="no cash of loans that could be worth 50"):
        c.yield_of_loans(np.zeros(3), years, 50.0)


def test_one_number_missing_beside_it_leaves_the_rest(deal, monkeypatch):
    """A refusal beside the blended yield stands in its own place, and in those that are worked of it."""

    def refuse(*_):
        raise Refused("no rate fits", code="#NUM!")

    whole = blended(deal, chosen(deal))
    monkeypatch.setattr(b, "_combined", refuse)
    found = blended(deal, chosen(deal))
    for missing in (found.combined, found.collateral_there, found.gap):
        assert isinstance(missing, Refused)
    assert (found.rate, found.whole, found.average) == (whole.rate, whole.whole, whole.average)
    rows = blended_grid(found, "")
    errors = [(row[1], row[4]) for row in rows if isinstance(row[2], ErrorCell) or isinstance(row[3], ErrorCell)]
    assert errors == [
        ("Bond and residual cash at their combined price", "no rate fits"),
        ("Collateral at that rate", "no rate fits"), ("Gap to C", "no rate fits"),
    ]  # fmt: skip


def test_accounts_are_assets_and_what_they_pay_is_not_the_loans():
    rich = whole_deal(accounts=[["account", "balance", "target"], ["reserve", 50_000.0, 50_000.0]])
    poor = whole_deal(accounts=[["account", "balance", "target"], ["reserve", 0.0, 0.0]])
    np.testing.assert_allclose(c.loan_cash(rich), c.loan_cash(poor), atol=1e-6)
    assert fv.fair_value(rich, chosen(rich)).value(fv.OTHER_ASSETS) == 12_345.0 + 500.0 + 50_000.0


@given(st.permutations(BONDS[1:]), st.floats(0.02, 0.3))
def test_the_order_of_the_bonds_does_not_matter(rows, rate):
    one, other = whole_deal(months=120), whole_deal(months=120, bonds=[BONDS[0], *rows])
    values = [fv.fair_value(made, chosen(made, B=rate)) for made in (one, other)]
    assert values[0].collateral_yield == pytest.approx(values[1].collateral_yield, abs=1e-12)
    for line in values[0].lines:
        assert values[1].value(line.item) == pytest.approx(line.value, rel=1e-12, abs=1e-6)


@given(
    st.floats(0.01, 0.3),
    st.floats(0.01, 0.5),
    st.floats(0.05, 0.9),
    st.sampled_from(["monthly", "bond_equivalent", "annual"]),
)
def test_assets_less_liabilities_are_the_residual_at_any_yields(senior, middle, residual, basis):
    deal = whole_deal(months=120)
    value = fv.fair_value(deal, chosen(deal, [["M", basis, None, None]], A=senior, M=middle, residual=residual))
    assert value.total("asset") - value.total("liability") == pytest.approx(value.total("residual"), abs=0.01)
    assert value.gap == pytest.approx(0.0, abs=0.01)
    assert "imposed" in value.said


def test_prices_are_clean_and_values_dirty():
    """Class M accrues from 1 December: 30 of 360 days at 6% stand in its value and not in its price."""
    bonds = [[*BONDS[0], "accrual_start"], *[[*row, "2009-12-01"] for row in BONDS[1:]]]
    deal = whole_deal(bonds=bonds)
    value = fv.fair_value(deal, chosen(deal))
    line = next(one for one in value.lines if one.item == "M")
    accrued = 1e6 * 0.06 * 30 / 360
    assert line.price == pytest.approx(tranche_price(deal, "M", 0.12) + 100 * accrued / 1e6, abs=1e-9)
    plain = fv.fair_value(whole_deal(), chosen(deal))
    assert value.value("M") == pytest.approx(plain.value("M"), abs=1e-6)
