"""Cash of no loan group, recoveries netted, deals without classes, margins over long cash: each worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, make_indices, make_trust, run
from tests.projection.small_deals import deal, paid, rules
from xlfv.projection.projection import project
from xlfv.valuation.tranches import tranche_price, tranche_yield

GROUPS = [
    loan("L1", balance=6e4, rate=0.12, interest_only_months=360, group="1"),
    loan("L2", balance=2e4, rate=0.12, interest_only_months=360, group="2"),
]
CLASSES = [
    {"tranche": "A", "balance": 5e4, "coupon": 0.12, "group": "1"},
    {"tranche": "B", "balance": 1e4, "coupon": 0.12, "group": "2"},
]


@pytest.mark.parametrize("names", [("1", "2"), ("b", "a")])
def test_what_an_account_releases_is_of_each_group_by_its_share_of_the_pool(names):
    """The account holds 4,000 over its target of nothing; group 1 has 3/4 of the pool: 3,000 go to A and 1,000 to B.

    The excess of interest, 100 and 100, is each group's own. How the groups are called moves nothing.
    """
    called = dict(zip(("1", "2"), names, strict=True))
    pool = [{**one, "group": called[one["group"]]} for one in GROUPS]
    bonds = [{**one, "group": called[one["group"]]} for one in CLASSES]
    waterfall = rules(
        ("interest", "interest", "A, B"), ("reserve", "release"),
        {"from": "excess", "pay": "principal", "to": "A", "group": names[0]},
        {"from": "excess", "pay": "principal", "to": "B", "group": names[1]},
    )  # fmt: skip
    made = deal(bonds, waterfall, pool=pool, accounts=[{"account": "reserve", "balance": 4000.0, "target": 0.0}])
    assert paid(made, "A", "principal_paid", 1) == [3100.0]
    assert paid(made, "B", "principal_paid", 1) == [1100.0]


def test_a_recovery_that_has_lessened_the_loss_writes_nothing_up_behind_the_write_down():
    """Written up before or behind the write-down, the notes stand at the pool in every month."""
    bonds = [
        {"tranche": "A", "balance": 8e4, "coupon": 0.0},
        {"tranche": "B", "balance": 2e4, "coupon": 0.0, "kind": "subordinate"},
    ]
    curves = {"mdr": 0.02, "severity": 0.5, "recovery_lag": 1, "subsequent_recovery": 0.3, "subsequent_recovery_lag": 2}
    steps = {
        "principal": ("principal", "principal", "A, B"), "down": ("excess", "writedown", "B, A"),
        "up": ("principal", "writeup", "A, B"),
    }  # fmt: skip
    for order in (("up", "principal", "down"), ("principal", "down", "up")):
        made = deal(bonds, rules(*(steps[name] for name in order)), curves)
        assert made.collateral["subsequent_recoveries"].sum() > 0.0
        np.testing.assert_allclose(made.distributions.oc, 0.0, atol=1e-6)


def test_a_deal_without_classes_gives_all_to_the_residual():
    bonds = [{"tranche": "R", "balance": 0.0, "kind": "residual"}]
    made = deal(bonds, rules(("interest", "residual")), costs=[{"cost": "fee", "basis": "bond_balance", "rate": 0.01}])
    assert round(float(made.distributions.residual[1]), 4) == 1000.0


def test_z_classes_are_seniors():
    bonds = [
        {"tranche": "A", "balance": 5e4, "coupon": 0.0},
        {"tranche": "Z", "balance": 4e4, "coupon": 0.0, "kind": "z"},
        {"tranche": "B", "balance": 1e4, "coupon": 0.0, "kind": "subordinate"},
    ]
    trigger = {"trigger": "thin", "measure": "enhancement", "test": "<", "threshold": 0.2}
    steps = rules(("interest", "interest", "Z"), ("principal", "principal", "A, Z, B"))
    made = deal(bonds, steps, triggers=[trigger])
    assert made.distributions.record.triggers[0, 1, 0] == pytest.approx(0.1)


def test_a_discount_margin_is_found_where_the_class_is_retired_long_before_the_last_of_360_months():
    trust = make_trust(
        [loan(balance=1e6, rate=0.07, remaining_term=360)],
        [{"tranche": "A", "balance": 9e5, "coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.01}],
        rules(("interest", "interest", "A"), ("principal", "principal", "A")),
    )
    made = project(trust, make_curves(cpr=0.15), make_indices(LIBOR_1M=[0.02] * 400))
    margin = tranche_yield(made, "A", 95.0, "dm")
    assert 0.01 < margin < 0.05
    assert tranche_price(made, "A", margin, "dm") == pytest.approx(95.0, abs=1e-9)


def test_no_discount_margin_is_still_told():
    made = run([loan()], make_curves(cpr=0.1), make_indices(LIBOR_1M=[0.02] * 400))
    with pytest.raises(Exception, match="no discount margin"):
        tranche_yield(made, "A", 1e-12, "dm")
