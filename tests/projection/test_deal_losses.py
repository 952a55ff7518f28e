"""Losses of a deal, each worked by hand: who is written down, up and made good, what stands open, and the OC target."""

from __future__ import annotations

import pytest

from tests.projection.small_deals import deal, paid, rules, terms

# A tenth of the pool defaults and is liquidated at once, half of it lost: 10,000 gone, 5,000 lost in month 1.
LOSS = {"mdr": 0.1, "severity": 0.5, "recovery_lag": 0}
AB = [
    {"tranche": "A", "balance": 8e4, "coupon": 0.0},
    {"tranche": "B", "balance": 2e4, "coupon": 0.0, "kind": "subordinate"},
]


def test_losses_write_down_from_the_bottom():
    made = deal(AB, rules(("principal", "principal", "A, B"), ("excess", "writedown", "B, A")), LOSS)
    assert paid(made, "B", "writedown", 5) == [5000.0, 4500.0, 4050.0, 3645.0, 2805.0]
    assert paid(made, "A", "writedown", 5) == [0.0, 0.0, 0.0, 0.0, 475.5]
    assert paid(made, "B", "unpaid_loss", 2) == [5000.0, 9500.0]


def test_notes_that_stay_whole_leave_a_stated_undercollateralization():
    """5,000, then 4,500 more; the projection says so."""
    notes = [{**row, "writes_down": "no"} for row in AB]
    made = deal(notes, rules(("principal", "principal", "A, B")), LOSS, months=2)
    assert paid(made, "B", "writedown", 2) == [0.0, 0.0]
    assert list(made.distributions.undercollateralization[1:]) == pytest.approx([5000.0, 9500.0])
    assert any("the notes exceed the pool by 9,500 dollars at the end" in told for told in made.notices)


def test_subsequent_recoveries_write_up_the_most_senior_class_written_down_and_never_above_its_loss():
    """Month 1 writes 5,000 down; 30% of the loss comes back in month 3 and writes M up, then B."""
    three = [
        {"tranche": "A", "balance": 96e3, "coupon": 0.0},
        {"tranche": "M", "balance": 2e3, "coupon": 0.0, "kind": "mezzanine"},
        {"tranche": "B", "balance": 2e3, "coupon": 0.0, "kind": "subordinate"},
    ]
    steps = rules(
        ("principal", "writeup", "A, M, B"), ("principal", "principal", "A, M, B"), ("excess", "writedown", "B, M, A")
    )
    stress = {"mdr": "10 for 1 then 0", "severity": 0.6, "recovery_lag": 0, "subsequent_recovery": 0.8}
    made = deal(three, steps, {**stress, "subsequent_recovery_lag": 2})
    # 6,000 lost: B and M lose 2,000 each, A 2,000; 4,800 comes back: A 2,000, M 2,000, B 800, all paid to A.
    assert [paid(made, name, "writedown", 1) for name in "AMB"] == [[2000.0]] * 3
    assert [paid(made, name, "writeup")[2] for name in "AMB"] == [2000.0, 2000.0, 800.0]
    assert paid(made, "A", "principal_paid") == [4000.0, 0.0, 4800.0]
    assert [paid(made, name, "unpaid_loss")[2] for name in "AMB"] == [0.0, 0.0, 1200.0]
    assert made.distributions.record.deal[3, 2] == pytest.approx(0.0, abs=1e-6)


def test_excess_pays_for_losses_without_moving_balances():
    """1% interest on 100,000 is 1,000, of which 400 is due: 600 a month pays for the 5,000 written down."""
    bonds = [{**row, "coupon": 0.048} for row in AB]
    steps = rules(
        ("interest", "interest", "A, B"), ("principal", "principal", "A, B"), ("excess", "writedown", "B, A"),
        ("excess", "unpaid_loss", "A, B"), ("excess", "residual"),
    )  # fmt: skip
    made = deal(bonds, steps, {**LOSS, "mdr": "10 for 1 then 0"})
    # Month 2: 900 less 75,000 x 0.4% + 15,000 x 0.4% = 360.
    assert paid(made, "B", "loss_paid", 2) == [600.0, 540.0]
    assert paid(made, "B", "unpaid_loss", 2) == [4400.0, 3860.0]
    assert paid(made, "B", "end_balance", 2) == [15000.0, 15000.0]
    assert paid(made, "B", "cash", 2) == [680.0, 600.0]


def test_once_subordination_is_depleted_the_seniors_share():
    """B of 5,000 is gone in month 1. A-1 then A-2 until the month after; pro rata from then on."""
    bonds = [
        {"tranche": "A-1", "balance": 45e3, "coupon": 0.0},
        {"tranche": "A-2", "balance": 5e4, "coupon": 0.0},
        {"tranche": "B", "balance": 5e3, "coupon": 0.0, "kind": "subordinate"},
    ]
    depleted = [{"trigger": "depleted", "measure": "subordination", "test": "<=", "threshold": 0}]
    steps = rules(
        {"from": "principal", "pay": "principal", "to": "A-1, A-2", "rule": "pro_rata", "when": "depleted"},
        ("principal", "principal", "A-1, A-2, B"), ("excess", "writedown", "B, A-2, A-1"),
    )  # fmt: skip
    made = deal(bonds, steps, LOSS, triggers=depleted)
    assert paid(made, "A-1", "principal_paid", 2) == [5000.0, 2000.0]  # 4,500 x 40 / 90
    assert paid(made, "A-2", "principal_paid", 2) == [0.0, 2500.0]
    assert list(made.distributions.record.triggers[0, 1:3, 2]) == [0.0, 1.0]


ONE = [{"tranche": "A", "balance": 98e3, "coupon": 0.06}]
TURBO = rules(
    ("interest", "interest", "A"), ("principal", "principal", "A"), ("excess", "oc", "A"), ("excess", "residual")
)


def test_excess_builds_oc_to_its_target_and_what_is_above_it_is_released():
    """OC 2,000 of 3,000 wanted: 1,000 - 490 = 510 a month builds it to 2,510 and 3,000; then it is released."""
    made = deal(ONE, TURBO, {"smm": "0 for 2 then 10"}, terms=terms(oc_target=3000))
    oc = made.distributions.record.deal[:, 2]
    assert list(oc[:4]) == pytest.approx([2000.0, 2510.0, 3000.0, 3000.0])
    assert made.distributions.residual[2] == pytest.approx(1000.0 - 487.45 - 490.0)
    # The target falls to 4% of the pool in month 1 when deal age says so: release out of principal.
    late = terms(oc_target=3000, oc_target_after_stepdown=0.01, stepdown_age=3, closing_date="2009-12-31")
    made = deal(ONE, TURBO, {"smm": "0 for 2 then 10"}, terms=late)
    # Month 3: 10,000 prepaid, pool 90,000, target 900, OC 3,000: bonds fall to 89,100, 2,100 is released.
    assert made.distributions.record.deal[3, 2:4] == pytest.approx([900.0, 900.0])
    assert paid(made, "A", "principal_paid")[2] == pytest.approx(97e3 - 89.1e3)


def test_the_deal_steps_down_once_its_seniors_are_retired():
    bonds = [
        {"tranche": "A", "balance": 1e4, "coupon": 0.0},
        {"tranche": "M", "balance": 85e3, "coupon": 0.0, "kind": "mezzanine"},
    ]
    wanted = terms(oc_target=5000, oc_target_after_stepdown=0.02, stepdown_age=360, closing_date="2009-12-31")
    made = deal(bonds, rules(("principal", "principal", "A, M")), {"smm": 0.1}, terms=wanted)
    # A is paid off in month 1; the step-down is seen in month 2, when 2% of 81,000 is wanted.
    assert list(made.distributions.record.deal[:3, 4]) == [0.0, 0.0, 1.0]
    assert list(made.distributions.record.deal[:3, 3]) == pytest.approx([5000.0, 5000.0, 1620.0])


def test_while_a_trigger_fails_the_target_stays_last_months():
    """The target is 5% of the pool from the start; in months 2 and 3 losses are above 0.4%, cured by their schedule."""
    bonds = [{"tranche": "A", "balance": 95e3, "coupon": 0.0}]
    wanted = terms(oc_target=5000, oc_target_after_stepdown=0.05, stepdown_age=0, closing_date="2009-12-31")
    limits = [
        {"trigger": "losses", "measure": "cumulative_loss", "test": ">", "threshold": "99 for 1 then 0.4 for 2 then 99"}
    ]
    stress = {"smm": 0.1, "mdr": "1 for 1 then 0", "severity": 0.5, "recovery_lag": 0}
    made = deal(bonds, rules(("principal", "principal", "A")), stress, terms=wanted, triggers=limits)
    end, target = made.collateral.end_balance[0], made.distributions.record.deal[:, 3]
    assert list(made.distributions.record.triggers[0, 1:5, 2]) == [0.0, 1.0, 1.0, 0.0]
    assert list(target[1:5]) == pytest.approx([0.05 * end[1], 0.05 * end[1], 0.05 * end[1], 0.05 * end[4]])


def test_the_floor_binds_the_target_and_not_oc_itself():
    """The floor is 4,000; a loss of 4,500 takes OC of 5,000 to 500, and it is not topped up without excess."""
    bonds = [{"tranche": "A", "balance": 95e3, "coupon": 0.12}]
    wanted = terms(
        oc_target=5000, oc_target_after_stepdown=0.01, oc_floor=4000, stepdown_age=0, closing_date="2009-12-31"
    )
    stress = {"mdr": "9 for 1 then 0", "severity": 0.5, "recovery_lag": 0}
    made = deal(bonds, TURBO, stress, terms=wanted)
    assert made.distributions.record.deal[1, 3] == 4000.0
    assert made.distributions.record.deal[1, 2] == pytest.approx(500.0 + 50.0)  # 1,000 - 950 of interest turns over
