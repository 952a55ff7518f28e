"""What a step leaves for the steps after it: shares of cash, limits, interest short, losses still to be borne."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_trust
from tests.projection.small_deals import deal, paid, rules, terms
from xlfv.tables import Refused

A = {"tranche": "A", "balance": 90_000.0, "coupon": 0.12}
B = {"tranche": "B", "balance": 10_000.0, "coupon": 0.0, "kind": "subordinate"}


def test_principal_spent_on_interest_is_a_loss_in_the_same_month():
    """Of 10,000 repaid, A's interest at 24% takes 1,800 less the 1,000 that the loans bring: 800.

    9,200 is left for A. The pool is 90,000; the notes 90,800 and 10,000 less 9,200, so B loses 800 at once.
    """
    waterfall = rules(
        ("interest", "interest", "A"), ("principal", "interest", "A"), ("principal", "principal", "A, B"),
        ("excess", "writedown", "B"),
    )  # fmt: skip
    made = deal([{**A, "coupon": 0.24}, B], waterfall, {"smm": 0.1})
    assert paid(made, "A", "interest_paid", 1) == [1800.0]
    assert paid(made, "A", "principal_paid", 1) == [9200.0]
    assert paid(made, "B", "writedown", 1) == [800.0]
    assert abs(made.distributions.record.deal[1, 2]) < 1e-6  # the notes are the pool's size again


def test_interest_is_short_once_its_last_step_lies_behind_even_if_that_is_not_run():
    """A is due 1,800 at 24% and the loans bring 1,000. The step that would pay the rest out of principal is not run
    before the step-down, so that the step behind it makes good 800 of principal in the same month.
    """  # fmt: skip
    waterfall = rules(
        ("interest", "interest", "A"),
        {"from": "principal", "pay": "interest", "to": "A", "when": "after_stepdown"},
        ("principal", "interest_shortfall", "A"), ("principal", "principal", "A, B"),
    )  # fmt: skip
    made = deal([{**A, "coupon": 0.24}, B], waterfall, {"smm": 0.1}, terms=terms(oc_target=0.0))
    assert paid(made, "A", "shortfall_paid", 1) == [800.0]
    assert paid(made, "A", "interest_shortfall", 1) == [0.0]


def test_a_share_of_the_excess_is_of_all_excess_of_the_month():
    """A is due 900 of the 1,000 that the loans bring; the 100 left are the excess, of which each step takes its share."""
    waterfall = rules(
        ("interest", "interest", "A"),
        {"from": "excess", "pay": "principal", "to": "A", "amount": "50%"},
        {"from": "excess", "pay": "principal", "to": "B", "amount": "30%"},
    )
    made = deal([A, B], waterfall)
    assert paid(made, "A", "principal_paid", 1) == [50.0]
    assert paid(made, "B", "principal_paid", 1) == [30.0]
    assert round(float(made.distributions.residual[1]), 4) == 20.0


def test_a_share_of_an_account_is_of_what_it_held_and_was_given_in_the_month():
    """It holds 400 and is given the 100 left of interest: half of 500 goes to A, and half of 500 to B."""
    waterfall = rules(
        ("interest", "interest", "A"),
        {"from": "excess", "pay": "deposit", "to": "R"},
        {"from": "R", "pay": "principal", "to": "A", "amount": "50%"},
        {"from": "R", "pay": "principal", "to": "B", "amount": "50%"},
    )
    made = deal([A, B], waterfall, accounts=[{"account": "R", "balance": 400.0, "target": 1000.0}])
    assert paid(made, "A", "principal_paid", 1) == [250.0]
    assert paid(made, "B", "principal_paid", 1) == [250.0]


def test_a_share_of_what_a_z_class_accretes_is_of_this_months():
    """Z accretes a month of 10,000 at 12% a year: 100, of which A takes 70% and B what is left."""
    bonds = [{**A, "balance": 45_000.0}, {**B, "balance": 45_000.0}, {**B, "tranche": "Z", "kind": "z", "coupon": 0.12}]
    waterfall = rules(
        ("interest", "interest", "A, Z"),
        {"from": "Z", "pay": "principal", "to": "A", "amount": "70%"},
        ("Z", "principal", "B"),
    )
    made = deal(bonds, waterfall)
    assert paid(made, "Z", "accreted", 1) == [100.0]
    assert paid(made, "A", "principal_paid", 1) == [70.0]
    assert paid(made, "B", "principal_paid", 1) == [30.0]


def test_dollars_a_month_are_those_of_the_step_and_not_of_each_loan_group():
    """Each group repays 5,000 of 50,000; the step may pay 6,000: 5,000 to the class named first, 1,000 to the other."""
    pool = [loan(str(g), group=g, balance=50_000.0, rate=0.12, interest_only_months=360) for g in "12"]
    bonds = [{**A, "tranche": f"A{g}", "group": g, "balance": 50_000.0} for g in "12"]
    waterfall = rules(
        ("interest", "interest", "A1, A2"), {"from": "principal", "pay": "principal", "to": "A2, A1", "amount": 6000}
    )
    made = deal(bonds, waterfall, {"smm": 0.1}, pool=pool)
    assert paid(made, "A2", "principal_paid", 1) == [5000.0]
    assert paid(made, "A1", "principal_paid", 1) == [1000.0]


def test_a_cap_at_the_pool_is_the_pools_net_rate_and_not_that_of_the_class_own_group():
    """Loans of 6% and 12%: the pool earns 9%. Capped at the pool, a class of 15% of group 1 is due 9%; capped at 1, 6%."""
    pool = [loan("1", group="1", balance=5e4, rate=0.06), loan("2", group="2", balance=5e4, rate=0.12)]
    for cap, due in (("pool", 375.0), ("1", 250.0), ("2", 500.0)):
        bond = {"tranche": "A", "group": "1", "balance": 50_000.0, "coupon": 0.15, "net_wac_cap": cap}
        made = deal([bond], rules(("interest", "interest", "A")), pool=pool)
        assert paid(made, "A", "interest_due", 1) == [due]


def test_fees_that_exceed_interest_come_out_of_prepaid_principal_first_and_leave_nothing_negative():
    """A loan modified to 0% with a fee of 0.3% a year repays 100,000 in 100 months: 1,000 a month. The fee of the first is 25."""
    pool = [loan(rate=0.0, servicing_fee=0.003, remaining_term=100)]
    waterfall = rules(("scheduled", "principal", "A"), ("prepaid", "principal", "B"))
    for smm, scheduled, prepaid in ((0.0, 975.0, 0.0), (0.1, 1000.0, 9875.0)):
        made = deal([A, {**B, "balance": 1e5}], waterfall, {"smm": smm}, pool=pool)
        assert paid(made, "A", "principal_paid", 1) == [scheduled]
        assert paid(made, "B", "principal_paid", 1) == [prepaid]
        assert made.distributions.record.steps.min() >= 0.0


@pytest.mark.parametrize("rule", ["schedule", "target"])
def test_an_insurer_that_pays_at_final_maturity_pays_down_to_no_plan_or_target(rule):
    bond = {**A, "insured_by": "FGIC", "final_month": 60, "schedule": "PAC", "target_enhancement": 0.1}
    step = {"from": "FGIC", "pay": "principal", "to": "A", "rule": rule}
    plan = [{"schedule": "PAC", "month": 1, "amount": 0.0}]
    with pytest.raises(Refused, match="at its final maturity"):
        make_trust(bonds=[bond], waterfall=rules(("interest", "interest", "A"), step), schedules=plan)
