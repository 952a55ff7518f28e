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


WHEN_IT_PAYS = {"call_factor": 0.85, "call_exercised": "economic"}


@pytest.mark.parametrize(
    ("price", "cost", "month"),
    [
        (1.02, 1500, 2),  # 81,000 x 1.02 - 1,500 = 81,120, more than 81,000
        (1.02, 2000, 0),  # 80,620; and less later
        ("100 for 3 then 105", 2000, 4),  # 65,610 x 1.05 - 2,000 = 66,890
        (0.99, 0, 0),
    ],
)
def test_an_economic_call_comes_in_the_first_month_in_which_it_pays(price, cost, month):
    made = deal(BONDS, STEPS, {"smm": 0.1}, terms=terms(**WHEN_IT_PAYS, collateral_price=price, call_cost=cost))
    assert made.called == month
    told = "called in month" if month else "its loans never bring enough while it may be called"
    assert any(told in notice for notice in made.notices)
    if month:
        assert made.collateral["call_price"][0, month] == pytest.approx(1e5 * 0.9**month)
        assert "call_premium" not in made.collateral.fields


def test_an_economic_call_pays_what_the_deal_owes_where_that_is_more_than_the_loans_are():
    """Bonds of 108,000 less 10,000 and 9,000: 89,000 on a pool of 81,000, which is worth 89,100 at 110%."""
    heavy = [{**row, "balance": 1.2 * row["balance"]} for row in BONDS]
    low, high = (
        deal(heavy, STEPS, {"smm": 0.1}, terms=terms(**WHEN_IT_PAYS, collateral_price=price)) for price in (1.09, 1.1)
    )
    assert low.called != 2
    assert high.called == 2
    assert high.collateral["call_price"][0, 2] == pytest.approx(89000.0)
    assert high.collateral["call_premium"][0, 2] == pytest.approx(8000.0)
    assert high.distributions.record.deal[2, 1] == pytest.approx(0.0, abs=1e-6)
    # 1% of 90,000 comes in and 0.5% of 98,000 is due: the bonds take all of the price.
    assert high.distributions.residual[2] == pytest.approx(900.0 - 490.0)
    assert any("loans are bought for 89,000 dollars" in told for told in high.notices)


AUCTION = {"call_exercised": "auction", "auction_month": 3, "call_cost": 1000}


def test_an_auction_sells_the_loans_once_they_pay_all_that_is_owed():
    """72,900 at 90% less 1,000 is 64,610; bonds of 90,000 less 10,000, 9,000 and 8,100 leave 62,900."""
    made = deal(BONDS, STEPS, {"smm": 0.1}, terms=terms(**AUCTION, collateral_price=0.9))
    assert made.called == 3
    assert made.collateral["call_price"][0, 3] == pytest.approx(64610.0)
    assert made.collateral["call_premium"][0, 3] == pytest.approx(64610.0 - 72900.0)
    assert made.collateral.principal[0, 3] == pytest.approx(8100.0 + 64610.0)
    assert made.collateral.end_balance[0, 3] == 0.0
    # 1,710 that the bonds do not need, and 810 of interest less 0.5% of 71,000.
    assert made.distributions.residual[3] == pytest.approx(64610.0 - 62900.0 + 810.0 - 355.0)
    one = project_loan(made.trust, "1", made.curves, made.indices, made.months)
    one = bought(made.trust, one, made.called, "1", made.call_premium)
    assert one["call_price"][0, 3] == pytest.approx(64610.0)


def test_an_auction_that_does_not_pay_the_bonds_is_tried_again():
    """At 85% less 1,000: 60,965 of 62,900 in month 3, 54,768.50 of 55,610 in month 4, 49,191.65 of 49,049 in month 5."""
    assert deal(BONDS, STEPS, {"smm": 0.1}, terms=terms(**AUCTION, collateral_price=0.85)).called == 5


def test_property_is_worth_its_sale_to_whoever_calls():
    """60,000 of loans at 101% and property that brings 15,000: a call that costs 500 pays by 100."""
    owned = [{"loan_id": "2", "balance": 2e4, "value": 2e4, "haircut": 0.25, "months_to_sale": 9}]
    pool = [loan("1", rate=0.12, balance=6e4, interest_only_months=360), loan("2", balance=2e4, status="reo")]
    bonds = [{**BONDS[0], "balance": 7e4}]
    for price, month in ((1.01, 1), (1.008, 0)):
        made = deal(
            bonds, rules(("interest", "interest", "A"), ("principal", "principal", "A")), pool=pool, reo=owned,
            terms=terms(call_factor=1.0, call_exercised="economic", collateral_price=price, call_cost=500),
        )  # fmt: skip
        assert made.called == month


def test_what_a_deal_owes_is_more_than_its_notes():
    """Month 1: 90,000 of notes less 10,000, 800 of interest unpaid, 100 on the swap unpaid and 100 in each month left of it."""
    from tests.builders import make_indices
    from xlfv.projection.call import owed

    bonds = [{**row, "coupon": 0.24} for row in BONDS]
    swap = {"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.05, "notional": 6e4, "end": 3}
    steps = [STEPS[0], *rules(("principal", "principal", "A, B"))]
    made = deal(bonds, steps, {"smm": 0.1}, make_indices(LIBOR_1M=[0.03]), hedges=[swap])
    left = 100.0 / 1.0025 + 100.0 / 1.0025**2
    found = owed(made.distributions, made.trust, made.indices, made.timeline, 1)
    assert found == pytest.approx(80e3 + 800.0 + 100.0 + left)


def test_what_is_unpaid_is_paid_out_of_the_price_and_the_residual_gets_the_rest():
    """A of 70,000 is due 1,400 of the 1,000 that comes in: 10,000 and 90,000 of principal pay it off and the 400 too."""
    steps = rules(
        ("interest", "interest", "A"), ("principal", "principal", "A"), ("excess", "interest_shortfall", "A"),
        ("excess", "residual"),
    )  # fmt: skip
    bonds = [{"tranche": "A", "balance": 7e4, "coupon": 0.24}]
    made = deal(bonds, steps, {"smm": 0.1}, terms=terms(call_exercised="month 1"))
    assert paid(made, "A", "principal_paid", 2) == [7e4, 0.0]
    assert paid(made, "A", "shortfall_paid", 2) == [400.0, 0.0]
    assert made.distributions.residual[1:3] == pytest.approx([100e3 - 7e4 - 400.0, 0.0])


def test_who_buys_is_repaid_what_it_advanced():
    """A tenth defaults each month and is advanced on: 100 of interest, then 190, 271 after three months."""
    late = {"mdr": 0.1, "severity": 0.5, "recovery_lag": 6, "advance": 1.0}
    never, made = (deal(BONDS, STEPS, late, terms=terms(call_exercised=word)) for word in ("never", "month 3"))
    assert never.collateral["advances_outstanding"][0, 3] == pytest.approx(100.0 + 190.0 + 271.0)
    assert made.collateral["advances_repaid"][0, 3] == pytest.approx(561.0)
    assert made.collateral["advances_outstanding"][0, 3:].max() == 0.0
