"""Words of a deal's steps, each worked by hand: conditions joined, shares of what is left, plans and notionals shared."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_trust
from tests.projection.small_deals import deal, paid, rules
from xlfv.tables import Refused

A = {"tranche": "A", "balance": 60_000.0, "coupon": 0.0}
B = {"tranche": "B", "balance": 40_000.0, "coupon": 0.0}
EARLY = {"trigger": "early", "measure": "month", "test": "<=", "threshold": 1}
LATE = {"trigger": "late", "measure": "month", "test": ">=", "threshold": 3}


@pytest.mark.parametrize(
    ("when", "months"),
    [
        ("early or late", [1, 3]),
        ("not early and not late", [2]),
        ("not late", [1, 2]),
        ("Not Early AND not late", [2]),
        ("before_stepdown and late", [3]),
        ("after_stepdown or early", [1]),
        ("before step-down or late", [1, 2, 3]),
        ("not early or late", [2, 3]),
    ],
)
def test_states_joined_by_or_and_by_and(when, months):
    """A tenth of the pool is repaid a month; A is paid it in the months in which the condition holds."""
    waterfall = rules(
        {"from": "principal", "pay": "principal", "to": "A", "when": when}, ("principal", "principal", "B")
    )
    made = deal([A, B], waterfall, {"smm": 0.1}, triggers=[EARLY, LATE])
    repaid = [10_000.0, 9_000.0, 8_100.0]
    assert paid(made, "A", "principal_paid") == [r if m in months else 0.0 for m, r in enumerate(repaid, 1)]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("early or late and not called", "has both or and and"),
        ("early or tardy", "did you mean late|'tardy' does not exist"),
        ("not always or early", "'not always' does not exist"),
    ],
)
def test_conditions_that_say_nothing_are_refused(when, words):
    waterfall = rules({"from": "principal", "pay": "principal", "to": "A", "when": when})
    with pytest.raises(Refused, match=words):
        make_trust([loan()], [A], waterfall, triggers=[EARLY, LATE])


def test_a_trigger_whose_name_holds_a_joining_word_is_that_trigger():
    named = {**EARLY, "trigger": "losses or delinquency"}
    waterfall = rules(
        {"from": "principal", "pay": "principal", "to": "A", "when": "not losses or delinquency"},
        ("principal", "principal", "B"),
    )
    made = deal([A, B], waterfall, {"smm": 0.1}, triggers=[named])
    assert paid(made, "A", "principal_paid") == [0.0, 9_000.0, 8_100.0]


def test_a_share_of_the_rest_is_of_what_earlier_steps_left():
    """Of 10,000 the first step takes 4,000; 95% of the 6,000 left goes to B, the other 300 to A."""
    waterfall = rules(
        {"from": "principal", "pay": "principal", "to": "A", "amount": 4000},
        {"from": "principal", "pay": "principal", "to": "B", "amount": "95% of rest"},
        ("principal", "principal", "A"),
    )
    made = deal([A, B], waterfall, {"smm": 0.1})
    assert paid(made, "B", "principal_paid", 1) == [5_700.0]
    assert paid(made, "A", "principal_paid", 1) == [4_300.0]


def test_classes_of_one_plan_are_paid_in_order_until_their_sum_is_down_to_it():
    """P and Q have 50,000; the plan lets their sum fall by 3,000 a month. P is paid first; S takes the rest."""
    bonds = [
        {"tranche": "P", "balance": 5_000.0, "coupon": 0.0, "schedule": "plan"},
        {"tranche": "Q", "balance": 45_000.0, "coupon": 0.0, "schedule": "plan"},
        {"tranche": "S", "balance": 50_000.0, "coupon": 0.0},
    ]
    plan = [{"schedule": "plan", "month": m, "amount": 50_000.0 - 3_000.0 * m} for m in range(1, 13)]
    planned = {"from": "principal", "pay": "principal", "to": "P, Q", "rule": "schedule"}
    made = deal(bonds, rules(planned, ("principal", "principal", "S")), {"smm": 0.1}, schedules=plan)
    assert paid(made, "P", "principal_paid") == [3_000.0, 2_000.0, 0.0]
    assert paid(made, "Q", "principal_paid") == [0.0, 1_000.0, 3_000.0]
    assert paid(made, "S", "principal_paid") == [7_000.0, 6_000.0, 5_100.0]


def test_an_io_stands_on_a_share_of_a_class():
    """A third of 60,000 at 6%: 100 of interest; when A is down to 50,000, a third of that."""
    io = {
        "tranche": "X",
        "balance": 20_000.0,
        "kind": "io",
        "coupon": 0.06,
        "notional_of": "A",
        "notional_share": 1 / 3,
    }
    made = deal([A, B, io], rules(("interest", "interest", "X"), ("principal", "principal", "A, B")), {"smm": 0.1})
    assert paid(made, "X", "interest_due", 2) == [100.0, round(50_000.0 / 3.0 * 0.005, 4)]
    assert not [told for told in made.trust.notices if "the io X" in told]


def test_an_io_whose_balance_is_not_its_share_is_told():
    io = {"tranche": "X", "balance": 20_000.0, "kind": "io", "coupon": 0.06, "notional_of": "A"}
    made = make_trust([loan()], [A, io], rules(("interest", "interest", "X"), ("principal", "principal", "A")))
    assert any("the io X has a balance of 20,000, and its notional is 60,000" in told for told in made.notices)


def test_a_step_of_no_group_takes_of_each_group_in_proportion():
    """Groups of 60,000 and 20,000 at 12% bring 600 and 200 of interest; a fee of 100 takes 75 and 25."""
    pool = [
        loan("L1", balance=6e4, rate=0.12, interest_only_months=360, group="1"),
        loan("L2", balance=2e4, rate=0.12, interest_only_months=360, group="2"),
    ]
    bonds = [
        {"tranche": "A", "balance": 6e4, "coupon": 0.12, "group": "1"},
        {"tranche": "B", "balance": 2e4, "coupon": 0.12, "group": "2"},
    ]
    waterfall = rules(("interest", "fee"), ("interest", "interest", "A, B"), ("principal", "principal", "A, B"))
    made = deal(bonds, waterfall, pool=pool, costs=[{"cost": "fee", "basis": "fixed", "amount": 1200.0}])
    assert paid(made, "A", "interest_paid", 1) == [525.0]
    assert paid(made, "B", "interest_paid", 1) == [175.0]
