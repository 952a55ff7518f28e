"""An insured class at its final maturity, worked by hand: the insurer pays what is left of it, and is paid back."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.builders import loan, make_trust
from tests.projection.small_deals import deal, paid, rules, terms
from xlfv.tables import Refused

A = {"tranche": "A", "balance": 9e4, "coupon": 0.06, "insured_by": "FSA"}
STEPS = rules(
    ("interest", "interest", "A"), ("FSA", "interest", "A"), ("principal", "principal", "A"), ("FSA", "principal", "A"),
    ("excess", "reimbursement", "FSA"), ("excess", "residual"),
)  # fmt: skip


def test_the_insurer_pays_what_is_left_of_a_class_at_its_final_maturity():
    """10,000, 9,000 and 8,100 are collected: 62,900 are left in month 3, which the insurer pays; the pool then repays it.

    Of interest 1,000, 900 and 810 come in; 450, 400 and 355 are due, the rest is the residual's until the insurer is owed.
    """
    made = deal([{**A, "final_month": 3}], STEPS, {"smm": 0.1})
    assert paid(made, "A", "principal_paid", 4) == [10000.0, 9000.0, 8100.0 + 62900.0, 0.0]
    drawn, repaid, owing = made.distributions.record.insurers[0, 1:5].T
    assert drawn.tolist() == pytest.approx([0.0, 0.0, 62900.0, 0.0])
    # In month 3 the excess of interest, 455, in month 4 all that comes in: 729 and 7,290.
    assert repaid.tolist() == pytest.approx([0.0, 0.0, 455.0, 729.0 + 7290.0])
    assert owing.tolist() == pytest.approx([0.0, 0.0, 62445.0, 62445.0 - 8019.0])
    assert made.distributions.residual[1:5] == pytest.approx([550.0, 500.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("day", "month"), [(dt.date(2010, 3, 1), 3), (dt.date(2010, 3, 31), 3), (dt.date(2009, 1, 1), 1)]
)
def test_a_final_date_is_the_remittance_of_its_month(day, month):
    """Remittances on the 25th from January 2010."""
    when = terms(first_remittance=dt.date(2010, 1, 25), remittance_day=25)
    made = deal([{**A, "final_date": day}], STEPS, {"smm": 0.1}, terms=when)
    assert made.distributions.record.insurers[0, 1:, 0].nonzero()[0].tolist() == [month - 1]


def test_interest_unpaid_at_the_final_maturity_is_the_insurer_s_too():
    """A is due 0.9% and 0.6% comes in: the insurer pays 270 of 810 before, and the balance in month 2."""
    made = deal([{**A, "coupon": 0.108, "final_month": 2}], STEPS, pool=[loan(rate=0.0648, interest_only_months=360)])
    assert made.distributions.record.insurers[0, 1:4, 0].tolist() == pytest.approx([270.0, 270.0 + 9e4, 0.0])


@pytest.mark.parametrize(
    ("bond", "told"),
    [
        ({}, "A has no final maturity, at which FSA pays its principal"),
        ({"final_month": 3, "final_date": dt.date(2010, 3, 25)}, "final_date and final_month are both given"),
        ({"final_month": -1}, "final_month is -1"),
    ],
)
def test_what_is_not_known_of_a_final_maturity_is_refused(bond, told):
    with pytest.raises(Refused, match=told):
        make_trust(bonds=[{**A, **bond}], waterfall=STEPS)
