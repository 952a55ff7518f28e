"""Contractual cash, and classes without what their insurer pays them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_curves
from tests.valuation.deals import LOANS, grid_table, small_deal
from tests.valuation.whole_deal import BONDS, HARSH, STEPS, chosen, whole_deal
from xlfv.market.curves import read_curves
from xlfv.projection.projection import distribute_cash, project
from xlfv.tables import Refused
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation.chosen_cash import chosen_tranche_cash, chosen_tranche_value, insurer_draws, reimbursements
from xlfv.valuation.contractual import as_if_cured, contractual, uncalled
from xlfv.valuation.tranches import tranche_value
from xlfv.valuation.value_checks import value_checks

LATE = [
    [*LOANS[0], "status", "months_delinquent", "advances_outstanding"],
    [*LOANS[1], "foreclosure", 14, 50_000.0],
    [*LOANS[2], "d90", 4, None],
    ["L3", 1e6, 0.065, 240, 0.0, "current", None, None],
]
HEALTHY = [LOANS[0], *LOANS[1:], ["L3", 1e6, 0.065, 240, 0.0]]
TIMED = [
    ["month", "cpr", "cdr", "severity", "recovery_lag", "months_to_liquidation", "cure", "severity_d90"],
    [1, "6 ramp 24 to 12", 0.04, 0.45, 9, 12, 0.01, 0.6],
]


def test_contractual_cash_is_that_of_healthy_loans_without_defaults():
    """Two late loans pay as if current: the cash of the same loans, never late, under the same prepayments alone."""
    late = small_deal(loans=LATE, curves=TIMED)
    healthy = small_deal(loans=HEALTHY, curves=[["month", "cpr"], [1, "6 ramp 24 to 12"]], months=late.months)
    promised = contractual(late)
    for name in ("interest_paid", "scheduled_principal", "prepaid_principal"):
        np.testing.assert_allclose(promised.collateral[name], healthy.collateral[name], atol=1e-6)
    assert promised.collateral.all_losses.sum() == 0.0
    assert promised.collateral["new_defaults"].sum() == 0.0
    for name in "AMB":
        np.testing.assert_allclose(promised.distributions.cash(name), healthy.distributions.cash(name), atol=1e-5)
    np.testing.assert_array_equal(late.trust["loans"]["status"], ["foreclosure", "d90", "current"])  # left as they are


@pytest.mark.parametrize("default", ["cdr", "mdr", "sda", "cumulative_default"])
def test_every_way_to_give_defaults_is_taken_out(default):
    curves = [
        ["age", "cpr", default, "severity"],
        [0, 0.1, 0.0, 0.4],
        [12, 0.1, 0.05 if default != "sda" else 300, 0.4],
    ]
    deal = small_deal(curves=curves)
    assert deal.collateral["new_defaults"].sum() > 1_000
    assert contractual(deal).collateral["new_defaults"].sum() == 0.0


def test_property_is_sold_as_expected_and_the_call_follows_the_deal():
    deal = whole_deal(["call_exercised", "month 30"])
    promised = contractual(deal)
    np.testing.assert_array_equal(promised.collateral["reo_proceeds"], deal.collateral["reo_proceeds"])
    assert promised.called == 30
    assert uncalled(promised).called == 0
    owned = whole_deal(loans=[[*LOANS[0], "status"], [*LOANS[1], "current"], ["R1", 3e5, 0.06, 200, 0.0, "reo"]]).trust
    assert list(as_if_cured(owned)["loans"]["status"]) == ["current", "reo"]


def test_a_contractual_yield_discounts_contractual_cash_and_it_is_told():
    deal = whole_deal()
    yields = chosen(deal, [["B", None, "contractual", None], ["residual", None, "contractual", None]])
    value, expected = fv.fair_value(deal, yields), fv.fair_value(deal, chosen(deal))
    promised = contractual(deal)
    assert value.value("B") == pytest.approx(tranche_value(promised, "B", 0.2), abs=1e-6)
    assert value.value("B") > expected.value("B") + 1_000
    assert value.value("A") == expected.value("A")
    residual = c.residual_value(promised, 0.25)
    assert value.total("residual") == pytest.approx(residual, abs=1e-6)
    told = "contractual cash (no defaults from today on) is discounted for B, residual"
    assert value.notices == (told, *expected.notices)
    assert "contractual" not in "".join(expected.notices)
    assert value.gap == pytest.approx(0.0, abs=0.01)
    assert all(check.holds for check in value_checks(deal, yields))


def test_the_collateral_s_own_yield_may_discount_its_contractual_cash():
    deal = whole_deal(["measurement", "independent"])
    yields = chosen(deal, [["collateral", None, "contractual", None]], collateral=0.09)
    promised, years = c.loan_cash(contractual(deal)), deal.timeline.years()
    expected = (promised / (1 + 0.09 / 12) ** (12 * years)).sum()
    value = fv.fair_value(deal, yields)
    assert value.value(fv.COLLATERAL) == pytest.approx(expected, rel=1e-12)
    assert "collateral" in value.notices[0]


def test_contractual_cash_of_a_table_is_not_known():
    trust = small_deal().trust
    cash = [["month", "balance", "net_interest", "scheduled_principal"], [1, 1e7, 5e4, 1e5], [2, 9.9e6, 5e4, 9.9e6]]
    deal = distribute_cash(trust, grid_table("cash", cash))
    with pytest.raises(Refused, match="the cash of the collateral is given with its losses"):
        fv.fair_value(deal, chosen(deal, [["A", None, "contractual", None]]))


def bare(deal, name="M"):
    return chosen(deal, [[name, None, None, "no"]])


def test_without_its_wrap_a_class_is_worth_what_the_trust_pays_it():
    """The insurer pays M's interest and losses; without it, M is paid by the waterfall alone."""
    deal = whole_deal()
    drawn = deal.distributions.record.insurers[0, :, 0]
    assert drawn.sum() > 100_000
    np.testing.assert_allclose(insurer_draws(deal, "M"), drawn, atol=1e-6)
    cash = chosen_tranche_cash(deal, "M", bare(deal)["M"])
    np.testing.assert_allclose(cash.cash, deal.distributions.cash("M") - drawn, atol=1e-6)
    value, wrapped = fv.fair_value(deal, bare(deal)), fv.fair_value(deal, chosen(deal))
    by_hand = ((deal.distributions.cash("M") - drawn) / (1 + 0.12 / 12) ** (12 * deal.timeline.years())).sum()
    assert value.value("M") == pytest.approx(by_hand, rel=1e-12)
    assert value.value("M") < wrapped.value("M") - 1_000
    assert "valued without what the insurer pays (ASC 820-10-35-18A): M" in value.notices
    told = "what insurers pay M is in C, and no loan brings it: the collateral is worth more by it"
    assert told in wrapped.notices
    assert told not in value.notices
    assert value.value(fv.COLLATERAL) < wrapped.value(fv.COLLATERAL)
    assert all(check.holds for check in value_checks(deal, bare(deal)))


def test_a_class_that_nobody_insures_is_worth_the_same():
    deal = whole_deal()
    assert insurer_draws(deal, "A").sum() == 0.0
    assert chosen_tranche_value(deal, "A", bare(deal, "A")["A"]) == tranche_value(deal, "A", 0.07)


def test_what_is_paid_back_to_the_insurer_is_then_a_liability():
    """Half of the pool's losses come late: excess interest repays the insurer, in the holders' stead."""
    curves = [["month", "cpr", "cdr", "severity"], [1, 0.05, 0.2, 0.7], [20, 0.05, 0.0, 0.4]]
    deal = whole_deal(curves=curves)
    repaid = deal.distributions.record.insurers[0, :, 1]
    assert repaid.sum() > 10_000
    by_hand = (repaid / (1 + 0.12 / 12) ** (12 * deal.timeline.years())).sum()
    assert reimbursements(deal, bare(deal)) == {"M": pytest.approx(by_hand, rel=1e-12)}
    assert reimbursements(deal, chosen(deal)) == {}
    value = fv.fair_value(deal, bare(deal))
    assert value.value(fv.OTHER_LIABILITIES) == pytest.approx(1_000 + by_hand, rel=1e-12)


@given(st.floats(0.0, 0.3))
def test_at_one_yield_the_trust_without_wrap_is_worth_its_own_cash(rate):
    """Classes less the draws, repayments to the insurer and the residual share out what loans bring, and nothing else."""
    bonds = [BONDS[0], [*BONDS[1][:5], 0, None], *BONDS[2:]]
    steps = [row for row in STEPS if row[0] not in ("swap", "hi", "ri", "dep")]
    deal = whole_deal(bonds=bonds, waterfall=steps, hedges=None, reo=None, accounts=None, terms=[["term", "value"], ["oc_target", 300_000]],
                      curves=HARSH, months=120)  # fmt: skip
    yields = chosen(deal, [["M", None, None, "no"]], A=rate, M=rate, B=rate, residual=rate)
    assert c.collateral_yield(deal, yields) == pytest.approx(rate, abs=1e-8)


def test_a_step_that_insures_several_classes_is_taken_apart():
    bonds = [*BONDS[:3], [*BONDS[3][:4], "FSA", 0, 200]]
    steps = [["fi", "FSA", "interest", "M, B", None] if row[0] == "fi" else row for row in STEPS]
    steps = [["fl", "FSA", "writedown", "B, M", None] if row[0] == "fl" else row for row in steps]
    steps = [row for row in steps if row[0] != "loss"]
    deal = whole_deal(bonds=bonds, waterfall=steps)
    draws = {name: insurer_draws(deal, name) for name in "MB"}
    assert min(draw.sum() for draw in draws.values()) > 1_000
    np.testing.assert_allclose(draws["M"] + draws["B"], deal.distributions.record.insurers[0, :, 0], atol=0.01)
    limited = [[*row[:4], 5_000] if row[0] == "fi" else row for row in steps]
    with pytest.raises(Refused, match="step fi pays several classes of FSA up to an amount"):
        insurer_draws(whole_deal(bonds=bonds, waterfall=limited), "M")


def test_contractual_runs_are_kept_by_what_made_them():
    deal = small_deal()
    assert contractual(deal) is contractual(deal)
    other = project(deal.trust, make_curves(cpr=0.3, cdr=0.01, severity=0.4))
    assert contractual(other) is not contractual(deal)
    assert other.curves.digest != contractual(other).curves.digest
    assert read_curves(grid_table("curves", HARSH)).digest != contractual(whole_deal()).curves.digest
