"""Unpaid principal beside fair value: late loans and nonaccrual are parts of the collateral."""

from __future__ import annotations

import numpy as np
import pytest

from tests.valuation.deals import LOANS, grid_table, small_deal, yields_of
from tests.valuation.whole_deal import chosen, whole_deal
from xlfv.projection.projection import distribute_cash
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation.contractual import uncalled
from xlfv.valuation.unpaid_principal import cash_of_loans, missed_payments, unpaid_principal
from xlfv.valuation.yields import read_yields

LATE = [
    [*LOANS[0], "status", "months_delinquent", "deferred_balance", "group"],
    ["L1", 5e6, 0.07, 300, 0.0025, "current", None, None, "1"],
    ["L2", 1e6, 0.06, 180, 0.0, "d60", 2, 10_000.0, "1"],
    ["L3", 8e5, 0.06, 180, 0.0, "d90", None, None, "2"],
    ["L4", 7e5, 0.06, 180, 0.0, "foreclosure", 2, None, "1"],
    ["L5", 6e5, 0.06, 180, 0.0, "bankruptcy", 1, None, "1"],
    ["L6", 5e5, 0.06, 180, 0.0, "bankruptcy", None, None, "2"],
    ["L7", 4e5, 0.06, 180, 0.0, "d60", 7, None, "1"],
    ["L8", 3e5, 0.06, 180, 0.0, "reo", None, None, "1"],
]
OWNED = [["loan_id", "balance", "value"], ["L8", 3e5, 2.5e5]]
CURVES = [["month", "cpr", "cdr", "severity", "recovery_lag", "months_to_liquidation"], [1, 0.08, 0.03, 0.4, 6, 14]]


@pytest.fixture(scope="module")
def deal():
    return small_deal(loans=LATE, reo=OWNED, curves=CURVES)


def test_days_late_are_payments_missed(deal):
    assert missed_payments(deal).tolist() == [0, 2, 3, 2, 1, 3, 7, 0]
    found = {one.item: one for one in unpaid_principal(deal, chosen(deal))}
    late = found["of which 90 days late or more (MBA)"]  # L3, L4, L6, L7: a bankrupt one that missed a payment is not
    assert (late.count, late.balance) == (4, 8e5 + 7e5 + 5e5 + 4e5)
    stopped = found["of which in nonaccrual"]
    assert (stopped.count, stopped.balance) == (5, late.balance + 6e5)
    from_two = {one.item: one for one in unpaid_principal(deal, chosen(deal), nonaccrual=2)}
    assert from_two["of which in nonaccrual"].balance == stopped.balance + 1_010_000
    assert from_two["of which 90 days late or more (MBA)"] == late


def test_collateral_and_borrowings_are_those_of_the_balance(deal):
    value, found = fv.fair_value(deal, chosen(deal)), unpaid_principal(deal, chosen(deal))
    assert found[0].count == 7
    assert found[0].balance == 9_010_000
    assert found[0].value == value.value(fv.COLLATERAL)
    assert found[0].difference == found[0].value - 9_010_000
    assert [one.item for one in found[3:]] == ["A", "M", "B", "Securitized mortgage borrowings"]
    assert [one.balance for one in found[3:]] == [8e6, 1e6, 8e5, 9.8e6]
    assert found[-1].value == pytest.approx(value.borrowings)
    assert sum(one.value for one in found[3:6]) == pytest.approx(found[-1].value)


@pytest.mark.parametrize("terms", [[], [["call_exercised", "month 20"]]], ids=["never called", "called"])
def test_parts_of_the_collateral_sum_to_it(terms):
    deal = small_deal(loans=LATE, reo=OWNED, curves=CURVES, terms=[["term", "value"], ["oc_target", 300_000], *terms])
    lives = deal.trust["loans"]["status"] != "reo"
    rng = np.random.default_rng(3)
    alone = uncalled(deal)
    for _ in range(5):
        some = lives & (rng.random(lives.size) < 0.5)
        if some.any() and not some[lives].all():
            both = cash_of_loans(alone, some) + cash_of_loans(alone, lives & ~some)
            np.testing.assert_allclose(both, c.loan_cash(deal), atol=1e-6)


def test_late_loans_are_worth_their_own_cash_at_the_collateral_s_yield():
    """A foreclosure liquidated in month 14 at a loss of 40%, and of the fee a share by balance, worked by hand."""
    loans = [[*LOANS[0], "status"], ["L1", 3e6, 0.0, 300, 0.0, "current"], ["L2", 1e6, 0.0, 300, 0.0, "foreclosure"]]
    curves = [["month", "cpr", "severity", "months_to_liquidation", "advance"], [1, 0.0, 0.4, 14, 0.0]]
    deal = small_deal(loans=loans, curves=curves, bonds=[["tranche", "balance", "coupon"], ["A", 3e6, 0.0]],
                      waterfall=[["step", "from", "pay", "to"], [1, "principal", "trustee", None],
                                 [2, "principal", "principal", "A"], [3, "excess", "residual", None]])  # fmt: skip
    yields = read_yields(yields_of(A=0.05, residual=0.2), deal.trust)
    rate = fv.fair_value(deal, yields).collateral_yield
    late = unpaid_principal(deal, yields)[1]
    months = np.arange(1, 15)
    fees = 1e6 * 0.0003 / 12 * np.ones(14)
    by_hand = 6e5 / (1 + rate / 12) ** 14 - (fees / (1 + rate / 12) ** months).sum()
    assert late.value == pytest.approx(by_hand, abs=0.01)
    assert late.difference == pytest.approx(by_hand - 1e6, abs=0.01)


def test_no_late_loans_are_nothing_and_an_io_has_no_principal():
    bonds = [["tranche", "balance", "coupon", "kind", "notional_of"], ["A", 8e6, 0.05, "senior", None],
             ["M", 1e6, 0.06, "mezzanine", None], ["B", 8e5, 0.07, "subordinate", None], ["X", 1e7, 0.001, "io", "pool"]]  # fmt: skip
    waterfall = [["step", "from", "pay", "to"], [1, "interest", "trustee", None], [2, "interest", "interest", "X, A, M, B"],
                 [3, "principal", "principal", "A, M, B"], [4, "excess", "residual", None]]  # fmt: skip
    deal = small_deal(bonds=bonds, waterfall=waterfall)
    found = {one.item: one for one in unpaid_principal(deal, chosen(deal, X=0.1))}
    assert (found["of which in nonaccrual"].count, found["of which in nonaccrual"].value) == (0, 0.0)
    assert found["X"].balance == 0.0
    assert found["X"].value > 0.0
    assert found["Securitized mortgage borrowings"].balance == 9.8e6


def test_of_cash_given_no_loans_are_known():
    trust = whole_deal().trust
    cash = [["month", "balance", "net_interest", "scheduled_principal"], [1, 1e7, 5e4, 1e5], [2, 9.9e6, 5e4, 9.9e6]]
    deal = distribute_cash(trust, grid_table("cash", cash), whole_deal().indices)
    found = unpaid_principal(deal, chosen(deal, A=0.01, M=0.01, B=0.01))
    assert [one.item for one in found] == [fv.COLLATERAL, "A", "M", "B", "Securitized mortgage borrowings"]
    assert found[0].balance == 1e7
