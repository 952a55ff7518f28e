"""Accounts and insurers of a deal, each worked by hand."""

from __future__ import annotations

import pytest

from tests.projection.small_deals import deal, paid, rules

LOSS = {"mdr": "10 for 1 then 0", "severity": 0.5, "recovery_lag": 0}


def test_a_reserve_fund_is_filled_drawn_on_and_released():
    """1% a month comes in, A is due 0.5% of 100,000: 500 of excess fills the fund to 700, then the rest is released.

    In month 3 all of the pool prepays: nothing is wanted any more and the fund goes to the residual.
    """
    fund = [{"account": "reserve", "balance": 100, "target": 700}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.06}]
    steps = rules(
        ("interest", "interest", "A"), ("reserve", "interest", "A"), ("principal", "principal", "A"),
        ("excess", "deposit", "reserve"), ("reserve", "release"), ("excess", "residual"),
    )  # fmt: skip
    made = deal(bonds, steps, {"smm": "0 for 2 then 100"}, accounts=fund)
    begin, deposited, drawn, released, end, target = made.distributions.record.accounts[0, 1:4].T
    assert list(begin) == pytest.approx([100.0, 600.0, 700.0])
    assert list(deposited) == pytest.approx([500.0, 100.0, 0.0])
    assert list(drawn) == [0.0, 0.0, 0.0]
    assert list(released) == pytest.approx([0.0, 0.0, 700.0])
    assert list(end) == pytest.approx([600.0, 700.0, 0.0])
    assert list(target) == [700.0, 700.0, 0.0]
    assert list(made.distributions.residual[1:4]) == pytest.approx([0.0, 400.0, 1200.0])


def test_a_fund_pays_what_interest_does_not():
    """A is due 1,200 of 1,000 that comes in: 200 a month out of 500; then 100 and nothing is left."""
    fund = [{"account": "reserve", "balance": 500, "target": 0.01, "target_of": "bonds"}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.144, "shortfall_interest": "no"}]
    steps = rules(("interest", "interest", "A"), ("reserve", "interest", "A"), ("interest", "deposit", "reserve"))
    made = deal(bonds, steps, accounts=fund)
    assert list(made.distributions.record.accounts[0, 1:5, 2]) == pytest.approx([200.0, 200.0, 100.0, 0.0])
    assert paid(made, "A", "interest_shortfall", 4) == [0.0, 0.0, 100.0, 300.0]
    assert list(made.distributions.record.accounts[0, 1:3, 5]) == [1000.0, 1000.0]


def test_an_insurer_pays_interest_and_losses_and_is_paid_back_out_of_excess():
    """A is due 500 and 500 of the 1,000 pays the premium; the insurer pays its loss of 5,000 as principal, and is repaid."""
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.06, "insured_by": "FSA"}]
    premium = [{"cost": "premium", "basis": "fixed", "amount": 9000, "payee": "FSA"}]
    steps = rules(
        ("interest", "premium"), ("interest", "interest", "A"), ("FSA", "interest", "A"),
        ("principal", "principal", "A"), ("FSA", "writedown", "A"), ("excess", "reimbursement", "FSA"),
        ("excess", "residual"),
    )  # fmt: skip
    made = deal(bonds, steps, LOSS, costs=premium)
    drawn, repaid, owing = made.distributions.record.insurers[0, 1:4].T
    # 750 premium leaves 250 of 500; 90,000 then brings 900: 150 of 450.
    assert list(drawn) == pytest.approx([250.0 + 5000.0, 300.0, 300.0])
    assert list(repaid) == [0.0, 0.0, 0.0]
    assert list(owing) == pytest.approx([5250.0, 5550.0, 5850.0])
    assert paid(made, "A", "interest_paid", 2) == [500.0, 450.0]
    assert paid(made, "A", "principal_paid", 2) == [10000.0, 0.0]
    assert paid(made, "A", "writedown", 2) == [0.0, 0.0]
    cheap = [{**premium[0], "amount": 1200}]
    made = deal(bonds, steps, LOSS, costs=cheap)
    assert made.distributions.record.insurers[0, 1, :2] == pytest.approx([5000.0, 1000.0 - 100.0 - 500.0])


def test_an_insurer_keeps_a_note_whole_that_is_never_written_down():
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.0, "insured_by": "FSA", "writes_down": "no"}]
    made = deal(bonds, rules(("principal", "principal", "A"), ("FSA", "writedown", "A")), LOSS)
    assert made.distributions.undercollateralization.max() == pytest.approx(0.0, abs=1e-6)
    assert made.distributions.record.insurers[0, 1, 2] == pytest.approx(5000.0)
