"""Costs of a deal, each worked by hand: caps by month and by year, what exceeds them, and costs by loan."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.projection.small_deals import deal, rules, terms

A = [{"tranche": "A", "balance": 1e5, "coupon": 0.06}]
STEPS = rules(
    ("interest", "expenses"), ("interest", "interest", "A"), ("principal", "principal", "A"),
    ("excess", "expenses over cap"), ("excess", "residual"),
)  # fmt: skip
EXPENSES = {"cost": "expenses", "basis": "fixed", "amount": 2400, "cap": 1200, "in_net_wac": "no"}


def costs_paid(made, months=4):
    """What is paid under the cap, and over it, by month."""
    return made.distributions.record.costs[:, 1 : months + 1, 1].tolist()


def test_what_exceeds_a_cap_is_paid_by_a_later_step_that_names_it():
    """200 a month is claimed: 100 under the cap, 500 to A, and 100 out of the 400 that are left."""
    made = deal(A, STEPS, costs=[EXPENSES])
    assert costs_paid(made, 2) == [[100.0, 100.0], [100.0, 100.0]]
    assert made.distributions.steps[3, 1, :].tolist() == pytest.approx([400.0, 100.0, 100.0, 0.0])
    assert made.distributions.residual[1] == pytest.approx(300.0)
    without = deal(A, [step for step in STEPS if step["pay"] != "expenses over cap"], costs=[EXPENSES])
    assert without.distributions.residual[1] == pytest.approx(400.0)


def test_what_exceeds_a_cap_waits_and_comes_under_a_later_cap():
    """A takes all but the 100 under the cap: of 350 claimed in month 1, 100 a month is paid, at last 50."""
    claims = [{"schedule": "claims", "month": m, "amount": x} for m, x in ((1, 350.0), (2, 0.0))]
    cost = {**EXPENSES, "amount": None, "schedule": "claims"}
    made = deal([{**A[0], "coupon": 0.12}], STEPS, costs=[cost], schedules=claims)
    assert costs_paid(made, 5)[0] == pytest.approx([100.0, 100.0, 100.0, 50.0, 0.0])
    assert made.distributions.steps[3, 1:6, 1].tolist() == pytest.approx([250.0, 150.0, 50.0, 0.0, 0.0])


def test_a_cap_by_calendar_year_starts_anew_with_the_year():
    """250 a year of 100 a month: January, February and half of March; months count from January 2010."""
    cost = {**EXPENSES, "amount": 1200, "cap": 250, "cap_counts": "calendar_year", "used_this_year": 250}
    made = deal(A, STEPS[:3], costs=[cost], months=14)
    assert costs_paid(made, 14)[0] == pytest.approx([100.0, 100.0, 50.0, *[0.0] * 9, 100.0, 100.0])


def test_a_cap_by_deal_year_knows_what_was_used_of_it():
    """Closed in July 2009: the second year begins in August 2010, the eighth month; 200 of 250 were used."""
    cost = {**EXPENSES, "amount": 1200, "cap": 250, "cap_counts": "deal_year", "used_this_year": 200}
    made = deal(A, STEPS[:3], costs=[cost], terms=terms(closing_date=dt.date(2009, 7, 15)))
    assert costs_paid(made, 9)[0] == pytest.approx([50.0, *[0.0] * 6, 100.0, 100.0])


def test_a_cost_by_loan_falls_with_the_balance_left_where_it_says_so():
    """120 a year for one loan: 10 a month, and a tenth less each month as a tenth prepays; at least 96 a year."""
    cost = {"cost": "expenses", "basis": "loans_left", "amount": 120}
    steps = STEPS[:3]
    assert costs_paid(deal(A, steps, {"smm": 0.1}, costs=[cost]))[0] == pytest.approx([10.0, 9.0, 8.1, 7.29])
    least = deal(A, steps, {"smm": 0.1}, costs=[{**cost, "minimum": 96}])
    assert costs_paid(least)[0] == pytest.approx([10.0, 9.0, 8.1, 8.0])
    today = deal(A, steps, {"smm": 0.1}, costs=[{**cost, "basis": "loan_count"}])
    assert costs_paid(today)[0] == pytest.approx([10.0] * 4)


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        ({"cap": None}, "expenses over cap is paid, and the cost has no cap"),
        ({"bonds": "A"}, "bonds counts only for the basis bond_balance"),
        ({"basis": "bond_balance", "bonds": "Q"}, "the tranche 'Q' does not exist"),
        ({"schedule": "claims"}, "the schedule 'claims' does not exist"),
        ({"used_this_year": 5}, "used_this_year counts only for a cap by year"),
        ({"cap_counts": "year"}, "cap_counts 'year' is not known"),
    ],
)
def test_what_a_cost_cannot_be_is_refused(cost, told):
    with pytest.raises(ValueError, match=told):
        deal(A, STEPS, costs=[{**EXPENSES, **cost}])
