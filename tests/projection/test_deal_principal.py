"""Principal of a deal, each worked by hand: planned balances, shifting interest, lockout."""

from __future__ import annotations

from tests.builders import loan
from tests.projection.small_deals import deal, paid, rules, terms

# 100,000 without interest over 100 months: 1,000 scheduled in month 1, and a tenth of the rest prepaid.
LEVEL = [loan(rate=0.0, remaining_term=100)]


def test_a_planned_class_is_paid_to_its_schedule_and_its_support_takes_the_rest():
    """10,000, 9,000, 8,100 come in; the plan asks for 3,000 a month; the support of 12,000 is gone in month 2."""
    bonds = [
        {"tranche": "P", "balance": 88e3, "coupon": 0.0, "schedule": "pac"},
        {"tranche": "S", "balance": 12e3, "coupon": 0.0},
    ]
    plan = [{"schedule": "pac", "month": m, "amount": 88e3 - 3e3 * m} for m in range(1, 13)]
    planned = {"from": "principal", "pay": "principal", "to": "P", "rule": "schedule"}
    made = deal(bonds, rules(planned, ("principal", "principal", "S, P")), {"smm": 0.1}, schedules=plan)
    assert paid(made, "P", "principal_paid") == [3000.0, 4000.0, 8100.0]
    assert paid(made, "S", "principal_paid") == [7000.0, 5000.0, 0.0]
    assert paid(made, "P", "end_balance") == [85000.0, 81000.0, 72900.0]


def test_a_planned_class_that_is_behind_catches_up_before_its_support_is_paid():
    """Nothing prepays and 1,000 a month is scheduled: P is behind its plan of 3,000 and takes all."""
    bonds = [
        {"tranche": "P", "balance": 6e4, "coupon": 0.0, "schedule": "pac"},
        {"tranche": "S", "balance": 4e4, "coupon": 0.0},
    ]
    plan = [{"schedule": "pac", "month": 1, "amount": 57e3}, {"schedule": "pac", "month": 2, "amount": 58.5e3}]
    planned = {"from": "principal", "pay": "principal", "to": "P", "rule": "schedule"}
    made = deal(bonds, rules(planned, ("principal", "principal", "S, P")), schedules=plan, pool=LEVEL)
    assert paid(made, "P", "end_balance") == [59000.0, 58500.0, 58500.0]  # the last row holds on
    assert paid(made, "S", "end_balance") == [40000.0, 39500.0, 38500.0]


def test_interest_shifts_from_all_prepayments_to_the_seniors_to_their_share_and_half_of_the_rest():
    """Seniors are 90% of the pool. Month 1: 900 of 1,000 scheduled, all 9,900 prepaid. Month 2: their percentage is
    79,200 / 89,100 = 8/9; 1,000 scheduled gives 888.89, and 8,810 prepaid 8/9 + 1/9 x 50% = 17/18, 8,320.56."""
    bonds = [
        {"tranche": "A", "balance": 9e4, "coupon": 0.0},
        {"tranche": "B", "balance": 1e4, "coupon": 0.0, "kind": "subordinate"},
    ]
    steps = rules(
        {"from": "scheduled", "pay": "principal", "to": "A", "amount": "senior"},
        {"from": "prepaid", "pay": "principal", "to": "A", "amount": "senior + 100 for 1 then 50"},
        ("principal", "principal", "B, A"),
    )
    made = deal(bonds, steps, {"smm": 0.1}, pool=LEVEL)
    scheduled = 89100.0 / 99.0  # level over the 99 months left
    prepaid = 0.1 * (89100.0 - scheduled)
    assert paid(made, "A", "principal_paid", 1) == [900.0 + 9900.0]
    assert paid(made, "B", "principal_paid", 1) == [100.0]
    assert paid(made, "A", "principal_paid", 2)[1] == round(scheduled * 792 / 891 + prepaid * (792 + 0.5 * 99) / 891, 4)
    assert paid(made, "B", "principal_paid", 2)[1] == round(scheduled * 99 / 891 + prepaid * 0.5 * 99 / 891, 4)


def test_a_lockout_class_takes_none_of_its_share_and_then_half():
    """N is a fifth of the pool: nothing of 10,000 in month 1; in month 2 half of 20,000 / 90,000 of 9,000: 1,000."""
    bonds = [{"tranche": "A", "balance": 8e4, "coupon": 0.0}, {"tranche": "N", "balance": 2e4, "coupon": 0.0}]
    locked = {"from": "principal", "pay": "principal", "to": "N", "amount": "own * 0 for 1 then 50"}
    made = deal(bonds, rules(locked, ("principal", "principal", "A, N")), {"smm": 0.1})
    assert paid(made, "N", "principal_paid", 2) == [0.0, 1000.0]
    assert paid(made, "A", "principal_paid", 2) == [10000.0, 8000.0]


def test_a_share_is_of_what_came_in_not_of_what_is_left():
    bonds = [{"tranche": name, "balance": 25e3, "coupon": 0.0} for name in "ABCD"]
    steps = rules(
        *[{"from": "principal", "pay": "principal", "to": name, "amount": "25%"} for name in "ABC"],
        ("principal", "principal", "D"),
    )
    made = deal(bonds, steps, {"smm": 0.1})
    assert [paid(made, name, "principal_paid", 1) for name in "ABCD"] == [[2500.0]] * 4


def test_each_class_is_paid_to_where_its_enhancement_of_the_pool_stands_behind_it():
    """The pool falls from 100,000 to 90,000. A may be 60% of it, 54,000; A and M 80%, 72,000; A, M and B all but 5%."""
    bonds = [
        {"tranche": "A", "balance": 6e4, "coupon": 0.0, "target_enhancement": 0.4},
        {"tranche": "M", "balance": 2e4, "coupon": 0.0, "kind": "mezzanine", "target_enhancement": 0.2},
        {"tranche": "B", "balance": 15e3, "coupon": 0.0, "kind": "subordinate", "target_enhancement": 0.05},
    ]
    steps = rules(*[{"from": "principal", "pay": "principal", "to": name, "rule": "target"} for name in "AMB"])
    made = deal(bonds, steps, {"smm": 0.1})
    assert [paid(made, name, "principal_paid", 1) for name in "AMB"] == [[6000.0], [2000.0], [1500.0]]
    assert [paid(made, name, "end_balance", 1) for name in "AMB"] == [[54000.0], [18000.0], [13500.0]]
    assert made.distributions.residual[1] == 1000.0 + 500.0


def test_the_oc_floor_stays_behind_every_target():
    """The floor is 20,000: A and M together may be 70,000 of a pool of 90,000."""
    bonds = [
        {"tranche": "A", "balance": 6e4, "coupon": 0.0, "target_enhancement": 0.4},
        {"tranche": "M", "balance": 2e4, "coupon": 0.0, "kind": "mezzanine", "target_enhancement": 0.0},
    ]
    steps = rules(*[{"from": "principal", "pay": "principal", "to": name, "rule": "target"} for name in "AM"])
    made = deal(bonds, steps, {"smm": 0.1}, terms=terms(oc_floor=2e4))
    assert [paid(made, name, "principal_paid", 1) for name in "AM"] == [[6000.0], [4000.0]]
