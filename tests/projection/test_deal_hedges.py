"""Derivatives of a deal, each worked by hand: terminated at a call, the lesser of two notionals, their cash in the waterfall."""

from __future__ import annotations

import pytest

from tests.builders import make_indices
from tests.projection.small_deals import deal, paid, rules, terms
from xlfv.tables import Refused
from xlfv.valuation.hedges import hedge_values

A = [{"tranche": "A", "balance": 8e4, "coupon": 0.06}]
STEPS = rules(
    ("interest", "hedge"), ("interest", "interest", "A"), ("principal", "principal", "A"), ("excess", "termination"),
    ("excess", "residual"),
)  # fmt: skip
LOW, HIGH = make_indices(LIBOR_1M=[0.03]), make_indices(LIBOR_1M=[0.07])
SWAP = {"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.05, "notional": 6e4, "end": 4}
CALLED = {"call_exercised": "month 2"}


def left(rate: float) -> float:
    """100 in each of the two months behind the call, discounted at the forward rate."""
    return 100.0 / (1.0 + rate / 12.0) + 100.0 / (1.0 + rate / 12.0) ** 2


def test_a_swap_is_terminated_at_the_call_by_a_step_of_its_own():
    """60,000 x 2% / 12 = 100 a month is due and paid first; what remains of months 3 and 4 comes out of the excess."""
    made = deal(A, STEPS, indices=LOW, hedges=[SWAP], terms=terms(**CALLED))
    assert made.distributions.hedge_paid[:4] == pytest.approx([0.0, 100.0, 100.0 + left(0.03), 0.0])
    assert made.distributions.steps[0, 1:3, 2] == pytest.approx([100.0, 100.0])
    assert made.distributions.steps[3, 1:4, 2] == pytest.approx([0.0, left(0.03), 0.0])


def test_without_such_a_step_the_net_payment_s_step_pays_it():
    steps = [step for step in STEPS if step["pay"] != "termination"]
    made = deal(A, steps, indices=LOW, hedges=[SWAP], terms=terms(**CALLED))
    assert made.distributions.steps[0, 1:3, 2] == pytest.approx([100.0, 100.0 + left(0.03)])


def test_what_the_trust_receives_at_a_termination_is_cash_of_derivatives():
    made = deal(A, STEPS, indices=HIGH, hedges=[SWAP], terms=terms(**CALLED))
    assert made.distributions.hedge_received[:4] == pytest.approx([0.0, 100.0, 100.0 + left(0.07), 0.0])


@pytest.mark.parametrize(
    ("hedge", "term"),
    [
        ({"notional": None, "notional_of": "A"}, {}),  # paid off with the bonds
        ({"notional_of": "A"}, {}),
        ({}, {"swap_termination": "none"}),
        ({"type": "cap", "strike": 0.05, "pay_rate": None}, {}),
        ({"in_trust": "no"}, {}),
        ({"end": 2}, {}),
    ],
)
def test_other_derivatives_end_without_a_payment(hedge, term):
    made = deal(A, STEPS, indices=HIGH, hedges=[{**SWAP, **hedge}], terms=terms(**CALLED, **term))
    assert made.distributions.deal.hedge_ends.tolist() == [0.0]


def test_a_swap_is_worth_the_same_called_or_not():
    worth = [
        hedge_values(deal(A, STEPS, indices=LOW, hedges=[SWAP], terms=terms(call_exercised=word)))["swap"]
        for word in ("never", "month 2")
    ]
    assert worth[0] == pytest.approx(-sum(100.0 / 1.0025**t for t in range(1, 5)))
    assert worth[1] == pytest.approx(worth[0])


def test_a_termination_needs_rates_to_discount_at():
    indices = make_indices(LIBOR_6M=[0.03])
    swap = {**SWAP, "receive_index": "LIBOR_6M"}
    with pytest.raises(Refused, match="the swap swap is terminated at the call and there is no column discount"):
        deal(A, STEPS, indices=indices, hedges=[swap], terms=terms(**CALLED))
    assert deal(A, STEPS, indices=indices, hedges=[swap]).called == 0


@pytest.mark.parametrize("kind", ["swap", "cap", "corridor"])
def test_a_notional_may_be_the_lesser_of_a_schedule_and_a_balance(kind):
    """A is 80,000, 70,000 and 61,000 at the start of the months, the schedule 75,000 and from month 3 on 50,000."""
    plan = [{"schedule": "n", "month": 1, "amount": 75e3}, {"schedule": "n", "month": 3, "amount": 5e4}]
    rates = {"swap": {"pay_rate": 0.05}, "cap": {"strike": 0.05}, "corridor": {"strike": 0.05, "ceiling": 0.06}}
    hedge = {
        "hedge": "h",
        "type": kind,
        "receive_index": "LIBOR_1M",
        "schedule": "n",
        "notional_of": "A",
        **rates[kind],
    }
    made = deal(A, STEPS[1:3], {"smm": 0.1}, HIGH, hedges=[hedge], schedules=plan)
    assert made.distributions.record.hedges[0, 1:4, 0] == pytest.approx([75e3, 70e3, 50e3])
    share = (0.01 if kind == "corridor" else 0.02) / 12.0
    assert made.distributions.record.hedges[0, 1:4, 1] == pytest.approx([75e3 * share, 70e3 * share, 50e3 * share])


def test_a_notional_above_the_bonds_is_told():
    """60,000 against bonds of 61,000 at the start of month 3, 52,900 of month 4, which is its last."""
    made = deal(A, STEPS, {"smm": 0.1}, LOW, hedges=[SWAP])
    assert any("swap swap exceeds the bonds from month 4, by 7,100 dollars" in told for told in made.notices)
    linked = deal(A, STEPS, {"smm": 0.1}, LOW, hedges=[{**SWAP, "notional_of": "A"}])
    assert not any("exceeds the bonds" in told for told in linked.notices)


def test_cash_of_derivatives_pays_whatever_a_step_draws_on_it_for():
    """A is due 1,600 and capped at 800, of which 1,000 pays; B is due 400 and is paid 200. The swap brings 100 x 12 = 1,200.

    It pays B's 200 that were short, then 800 carried forward to A, then up to 150 of principal to reach the OC target, and
    the last 50 go to the excess, of which an account takes 20.
    """
    bonds = [
        {"tranche": "A", "balance": 8e4, "coupon": 0.24, "net_wac_cap": "pool"},
        {"tranche": "B", "balance": 2e4, "coupon": 0.24, "kind": "subordinate", "writes_down": "no"},
    ]
    steps = rules(
        ("interest", "interest", "A, B"), ("hedge", "interest_shortfall", "A, B"), ("hedge", "basis_risk", "A"),
        {"from": "hedge", "pay": "oc", "to": "A", "amount": 150}, ("excess", "deposit", "fund"), ("excess", "residual"),
    )  # fmt: skip
    swap = {**SWAP, "notional": 72e4}
    made = deal(
        bonds,
        steps,
        indices=HIGH,
        hedges=[swap],
        accounts=[{"account": "fund", "target": 20}],
        terms=terms(oc_target=500),
    )
    assert made.distributions.steps[:, 1, 2].tolist() == pytest.approx([1000.0, 200.0, 800.0, 150.0, 20.0, 30.0, 0.0])
    assert paid(made, "B", "shortfall_paid", 1) == [200.0]
    assert paid(made, "A", "basis_risk_paid", 1) == [800.0]
    assert paid(made, "A", "principal_paid", 1) == [150.0]
