"""Net WAC caps of a deal, each worked by hand: what they count, what they divide by, by group and by actual days.

The definitions are those of pooling agreements: the net mortgage rates less the net swap payment times 12 over the balance
of the loans ("Net WAC Cap Rate"), plus the net swap payment received where a deal says so ("Net WAC Cap"), or the interest
due times 12 over the balance of the certificates ("Available Funds Cap"), with 30 over the actual days of the period.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.builders import loan, make_indices
from tests.projection.small_deals import deal, paid, rules, terms

A = {"tranche": "A", "balance": 8e4, "coupon": 0.24, "net_wac_cap": "pool"}
STEPS = rules(("interest", "hedge"), ("interest", "interest", "A"), ("principal", "principal", "A"))
SWAP = {"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.05, "notional": 6e4}
CAP = {"hedge": "cap", "type": "cap", "receive_index": "LIBOR_1M", "strike": 0.05, "notional": 6e4}


@pytest.mark.parametrize(
    ("libor", "hedge", "bond", "due"),
    [
        # 1,000 a month comes in on 100,000; the swap costs or brings 60,000 x 2% / 12 = 100.
        (0.03, SWAP, {}, 720.0),  # (1,000 - 100) / 100,000 on 80,000
        (0.03, SWAP, {"cap_hedges": "swaps"}, 720.0),
        (0.03, SWAP, {"cap_hedges": "none"}, 800.0),
        (0.03, SWAP, {"cap_balance": "bonds"}, 900.0),  # all of it on the bonds
        (0.03, SWAP, {"cap_balance": "bonds", "cap_hedges": "none"}, 1000.0),
        (0.03, {**SWAP, "in_trust": "no"}, {}, 800.0),
        (0.07, SWAP, {}, 800.0),
        (0.07, SWAP, {"cap_hedges": "swaps"}, 880.0),
        (0.07, SWAP, {"cap_hedges": "swaps", "cap_balance": "bonds"}, 1100.0),
        (0.07, CAP, {"cap_hedges": "swaps"}, 800.0),
        (0.07, CAP, {"cap_hedges": "all"}, 880.0),
    ],
)
def test_a_cap_counts_the_derivatives_it_names_on_the_balance_it_names(libor, hedge, bond, due):
    made = deal([{**A, **bond}], STEPS, indices=make_indices(LIBOR_1M=[libor]), hedges=[hedge])
    assert paid(made, "A", "interest_due", 2) == [due, due]
    assert paid(made, "A", "capped_interest", 2) == [1600.0 - due, 1600.0 - due]


def test_what_bonds_fall_below_the_pool_lifts_a_cap_on_the_bonds():
    """10% of the pool prepays to A: 900 of interest on 70,000 in month 2, of which A is due all."""
    made = deal([{**A, "cap_balance": "bonds"}], STEPS, {"smm": 0.1})
    assert paid(made, "A", "interest_due") == [1000.0, 900.0, 810.0]


def test_a_class_that_counts_actual_days_has_the_cap_times_thirty_over_the_days():
    """31 days to 31 January, 28 to 28 February: 800 either way, at 12% x 30 / 31 and 12% x 30 / 28."""
    made = deal(
        [{**A, "day_count": "act/360"}], STEPS, terms=terms(first_remittance=dt.date(2010, 1, 31), remittance_day=31)
    )
    assert paid(made, "A", "interest_due", 2) == [800.0, 800.0]
    assert paid(made, "A", "coupon", 2) == [round(0.12 * 30 / 31, 4), round(0.12 * 30 / 28, 4)]


GROUPS = [loan("1", rate=0.12, interest_only_months=360), loan("2", rate=0.12, interest_only_months=360, group="2")]


def in_groups(**more):
    bonds = [
        {"tranche": "A1", "group": "1", "balance": 6e4, "coupon": 0.24, "net_wac_cap": "1", **more.pop("bond", {})},
        {"tranche": "A2", "group": "2", "balance": 6e4, "coupon": 0.24, "net_wac_cap": "2", **more.pop("other", {})},
        {"tranche": "M", "balance": 4e4, "coupon": 0.24, "net_wac_cap": "pool", "kind": "mezzanine"},
    ]
    steps = rules(("interest", "interest", "A1, A2, M"), ("principal", "principal", "A1, A2, M"))
    made = deal(bonds, steps, pool=GROUPS, **more)
    return [paid(made, name, "interest_due", 1)[0] for name in ("A1", "A2", "M")]


@pytest.mark.parametrize(
    ("group", "due"),
    [
        ("1", [540.0, 600.0, 380.0]),  # 100 out of group 1's 1,000, and out of the pool's 2,000
        (None, [570.0, 570.0, 380.0]),  # half of it out of each
    ],
)
def test_a_swap_of_a_group_lowers_the_cap_of_that_group(group, due):
    swap = {**SWAP, "group": group}
    assert in_groups(indices=make_indices(LIBOR_1M=[0.03]), hedges=[swap]) == pytest.approx(due)


@pytest.mark.parametrize(
    ("cost", "due"),
    [
        ({"group": "1"}, [540.0, 600.0, 380.0]),
        ({}, [570.0, 570.0, 380.0]),
        ({"in_net_wac": "no"}, [600.0, 600.0, 400.0]),
    ],
)
def test_a_cost_of_a_group_lowers_the_net_rate_of_that_group(cost, due):
    """100 a month, of one group's 1,000 or of the pool's 2,000."""
    costs = [{"cost": "fee", "basis": "fixed", "amount": 1200, **cost}]
    assert in_groups(costs=costs) == pytest.approx(due)


def test_bonds_of_no_group_count_for_each_group_by_its_collateral():
    """Group 1 brings 1,000 for A1 of 60,000 and half of M's 40,000: 1.25% a month."""
    assert in_groups(bond={"cap_balance": "bonds"})[0] == pytest.approx(6e4 * 0.0125)


def test_the_premium_of_an_insured_class_is_counted_on_its_balance():
    """0.6% of A's 60,000 is 30 a month; a tenth of the pool goes to A: then of 50,000, 25."""
    bonds = [
        {"tranche": "A", "balance": 6e4, "coupon": 0.06, "insured_by": "FSA"},
        {"tranche": "B", "balance": 4e4, "coupon": 0.06},
    ]
    premium = [{"cost": "premium", "basis": "bond_balance", "rate": 0.006, "bonds": "A", "payee": "FSA"}]
    steps = rules(
        ("interest", "premium"), ("interest", "interest", "A, B"), ("FSA", "interest", "A"),
        ("principal", "principal", "A, B"), ("FSA", "writedown", "A"),
    )  # fmt: skip
    made = deal(bonds, steps, {"smm": 0.1}, costs=premium)
    assert made.distributions.record.costs[0, 1:3, 1] == pytest.approx([30.0, 25.0])
