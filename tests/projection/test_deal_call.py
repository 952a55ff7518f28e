"""The clean-up call, worked by hand: loans at their balance, property for what it brings, bonds paid off, cash ends."""

from __future__ import annotations

import pytest

from tests.builders import loan
from tests.projection.small_deals import deal, paid, rules, terms
from xlfv.projection.call import bought
from xlfv.projection.collateral import project_loan

BONDS = [
    {"tranche": "A", "balance": 8e4, "coupon": 0.06},
    {"tranche": "B", "balance": 1e4, "coupon": 0.06, "kind": "subordinate"},
]
STEPS = rules(
    ("interest", "interest", "A, B"),
    {"from": "principal", "pay": "principal", "to": "A", "amount": "90%"},
    {"from": "principal", "pay": "principal", "to": "A", "amount": 100},
    ("principal", "principal", "B"),
    ("excess", "residual"),
)


def test_the_pool_is_bought_at_its_balance_the_first_month_it_may_be():
    """90,000, then 81,000: at 85% of 100,000 the call comes in month 2. Bonds of 80,000 are left then."""
    made = deal(BONDS, STEPS, {"smm": 0.1}, terms=terms(call_factor=0.85, call_exercised="first"))
    assert made.called == 2
    assert made.collateral["call_price"][0, :4] == pytest.approx([0.0, 0.0, 81e3, 0.0])
    # Month 1: 9,000 and 100 to A, 900 to B. Month 2: 9,000 + 81,000 pay off 70,900 and 9,100, whatever the amounts say.
    assert paid(made, "A", "principal_paid") == [9100.0, 70900.0, 0.0]
    assert paid(made, "B", "principal_paid") == [900.0, 9100.0, 0.0]
    # 900 of interest less 0.5% of 80,000, and 10,000 of overcollateralization.
    assert made.distributions.residual[2:4] == pytest.approx([500.0 + 10000.0, 0.0])
    assert made.collateral.end_balance[0, 2:].max() == 0.0
    assert any("called in month 2: loans are bought for 81,000 dollars" in told for told in made.notices)


@pytest.mark.parametrize(("word", "month"), [("never", 0), ("month 5", 5), ("Month 3", 3), ("month 400", 0)])
def test_the_month_of_the_call_may_be_named(word, month):
    made = deal(BONDS, STEPS, {"smm": 0.1}, terms=terms(call_exercised=word))
    assert made.called == month
    assert bool(made.collateral["call_price"].any()) == bool(month)


def test_property_brings_what_its_sale_would_and_its_loss_is_realized():
    owned = [{"loan_id": "2", "balance": 2e4, "value": 2e4, "haircut": 0.25, "months_to_sale": 9}]
    pool = [loan("1", rate=0.12, balance=8e4, interest_only_months=360), loan("2", balance=2e4, status="reo")]
    made = deal(BONDS, STEPS, pool=pool, reo=owned, terms=terms(call_exercised="month 2"))
    x = made.collateral
    assert (x["call_price"][0, 2], x["reo_proceeds"][0, 2], x["reo_losses"][0, 2]) == (8e4, 15e3, 5e3)
    assert x["reo_proceeds"].sum() == 15e3
    assert x.end_balance[0, 2:].max() == 0.0
    one = bought(made.trust, project_loan(made.trust, "2", made.curves, made.indices, made.months), 2, "2")
    assert (one["reo_proceeds"][0, 2], one["reo_losses"][0, 2], one["call_price"].sum()) == (15e3, 5e3, 0.0)


def test_a_loan_bought_shows_its_part_of_the_price():
    pool = [loan("1", rate=0.12, balance=6e4, interest_only_months=360), loan("2", rate=0.12, balance=4e4)]
    made = deal(BONDS, STEPS, {"smm": 0.1}, pool=pool, terms=terms(call_exercised="month 2"))
    parts = [
        bought(made.trust, project_loan(made.trust, i, made.curves, made.indices, made.months), made.called, i)
        for i in "12"
    ]
    assert sum(x["call_price"][0, 2] for x in parts) == pytest.approx(made.collateral["call_price"][0, 2], abs=1e-9)
    assert parts[0]["call_price"][0, 2] == pytest.approx(6e4 * 0.81)


def test_a_call_that_does_not_pay_the_bonds_off_says_what_it_leaves():
    heavy = [{**row, "balance": 1.2 * row["balance"]} for row in BONDS]
    made = deal(heavy, STEPS, {"smm": 0.1}, terms=terms(call_exercised="month 1"))
    assert any("leaves 8,000 dollars of the bonds unpaid" in told for told in made.notices)


def test_steps_may_wait_for_the_call_and_derivatives_end_with_it():
    """The residual is paid in the month of the call only; the swap settles in months 1 and 2."""
    from tests.builders import make_indices

    swap = [{"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.0, "notional": 12e3}]
    steps = [*STEPS[:-1], {"step": "end", "from": "excess", "pay": "residual", "when": "called"}]
    made = deal(
        BONDS, steps, {"smm": 0.1}, make_indices(LIBOR_1M=[0.05]), hedges=swap,
        terms=terms(call_exercised="month 2", swap_termination="none"),
    )  # fmt: skip
    assert made.distributions.steps[4, 1:4, 2] == pytest.approx([0.0, 500.0 + 10000.0 + 50.0, 0.0])
    assert made.distributions.hedge_received[:4] == pytest.approx([0.0, 50.0, 50.0, 0.0])
