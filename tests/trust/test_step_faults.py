"""What steps, classes and groups ask for together and cannot have; bounds of terms and amounts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Row, loan, make_trust
from xlfv.tables import Refused

LOANS = [loan("L1", group="1"), loan("L2", group="2")]
CLASSES: list[Row] = [
    {"tranche": "A1", "balance": 1e4, "group": "1", "coupon": 0.0, "schedule": "plan"},
    {"tranche": "A2", "balance": 1e4, "group": "2", "coupon": 0.0, "schedule": "plan"},
    {"tranche": "M", "balance": 1e4, "coupon": 0.0},
]
PLAN = [{"schedule": "plan", "month": 1, "amount": 1e4}]
PAY: Row = {"step": "p", "from": "principal", "pay": "principal"}


def refused(steps: list[Row], bonds: list[Row] = CLASSES, loans: list[Row] = LOANS, **tables: Any) -> str:
    with pytest.raises(Refused) as refusal:
        make_trust(loans, bonds, steps, schedules=PLAN, **tables)
    return str(refusal.value)


def test_a_share_for_classes_of_a_group_and_of_none_is_refused():
    words = refused([{**PAY, "to": "A1, A2, M", "amount": "50%"}])
    assert "would be taken twice" in words
    assert "step of their own" in words


def test_a_plan_shared_by_classes_of_several_groups_is_refused():
    assert "a schedule is shared by classes of several loan groups" in refused(
        [{**PAY, "to": "A1, A2", "rule": "schedule"}]
    )


def test_a_z_class_of_no_group_is_refused_where_there_are_several():
    z = {"tranche": "Z", "balance": 1e4, "kind": "z", "coupon": 0.05}
    steps = [{"step": "i", "from": "interest", "pay": "interest", "to": "Z"}, {**PAY, "to": "A1, A2, M, Z"}]
    assert "the z class Z has no loan group" in refused(steps, [*CLASSES, z])


@pytest.mark.parametrize("name", ["called", "Before Stepdown", "not losses", "Always"])
def test_a_trigger_named_like_a_condition_is_refused(name):
    trigger = {"trigger": name, "measure": "month", "test": ">", "threshold": 5}
    assert f"the trigger '{name}' has the name of a condition" in refused([{**PAY, "to": "M"}], triggers=[trigger])


def test_a_cost_named_like_a_payment_is_refused():
    cost = {"cost": "Residual", "basis": "fixed", "amount": 1200.0}
    assert "the cost 'Residual' has the name of a payment" in refused([{**PAY, "to": "M"}], costs=[cost])


@pytest.mark.parametrize(
    ("cap", "near"), [("none", ""), ("yes", ""), ("pol", "did you mean pool?"), ("group 2", "did you mean 2?")]
)
def test_a_net_wac_cap_that_is_none_is_refused(cap, near):
    words = refused([{**PAY, "to": "M"}], [{**CLASSES[2], "net_wac_cap": cap}, *CLASSES[:2]])
    assert f"the net WAC cap '{cap}' is not known" in words
    assert near in words


@pytest.mark.parametrize(
    ("term", "value", "words"),
    [
        ("oc_target", -0.05, "is not from 0"), ("stepdown_enhancement", 38.3, "38.3% is 0.383"),
        ("stepdown_age", -5, "is not from 0"), ("call_factor", 10, "write 10% as 0.1"),
        ("original_pool_balance", 0, "is not from 1"), ("cumulative_loss", -5, "is not from 0"),
    ],
)  # fmt: skip
def test_terms_out_of_bounds_are_refused(term, value, words):
    assert words in refused([{**PAY, "to": "M"}], terms=[{"term": term, "value": value}])


@pytest.mark.parametrize(
    ("amount", "words"), [("senior * 0.7", "write 70"), (1, "one dollar a month"), ("own + 0.5", "write 50")]
)
def test_amounts_that_read_otherwise_than_meant_are_refused(amount, words):
    assert words in refused([{**PAY, "to": "A1", "group": "1", "amount": amount}])


@pytest.mark.parametrize("shares", ["inf:1", "1e308:1e308", "0:1"])
def test_shares_that_are_no_shares_are_refused(shares):
    assert "does not fit" in refused([{**PAY, "to": "A1, M", "group": "1", "rule": f"share {shares}"}])


def test_a_residual_is_not_paid_by_name():
    bonds = [*CLASSES, {"tranche": "R", "balance": 0.0, "kind": "residual"}]
    assert "R is the residual" in refused([{**PAY, "to": "M, R"}], bonds)


def test_more_triggers_than_a_condition_can_name_are_refused():
    triggers = [{"trigger": f"t{k}", "measure": "month", "test": ">", "threshold": k} for k in range(1, 63)]
    assert "62 triggers; 60 at most" in refused([{**PAY, "to": "M"}], triggers=triggers)


def test_a_target_of_a_few_dollars_is_told():
    trust = make_trust(
        [loan(balance=2e6)], [CLASSES[2]], [{**PAY, "to": "M"}], terms=[{"term": "oc_target", "value": 2.5}]
    )
    assert any("oc_target is 2.5 dollars" in told for told in trust.notices)
