"""Coupons of a deal, each worked by hand: inverse floaters, steps up, interest on shortfalls, z classes, POs."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.builders import make_indices
from tests.projection.small_deals import deal, paid, rules, terms
from xlfv.tables import Refused

PLAIN = rules(("interest", "interest", "A"), ("principal", "principal", "A"))


def test_a_floater_and_its_inverse_share_the_coupon_of_the_bond_they_were_cut_from():
    """75,000 at LIBOR + 0.5% and 25,000 at 28.5% - 3 x LIBOR: 7.5% on 100,000 until the inverse is at its floor."""
    bonds = [
        {"tranche": "F", "balance": 75e3, "coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.005, "cap": 0.10},
        {"tranche": "I", "balance": 25e3, "coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.285,
         "multiplier": -3, "cap": 0.285},
    ]  # fmt: skip
    index = make_indices(LIBOR_1M=[0.05, 0.04, 0.096])
    made = deal(bonds, rules(("interest", "interest", "F, I"), ("principal", "principal", "F, I")), indices=index)
    assert paid(made, "F", "coupon") == [0.055, 0.045, 0.1]
    assert paid(made, "I", "coupon") == [0.135, 0.165, 0.0]
    assert paid(made, "I", "interest_due") == [281.25, 343.75, 0.0]  # 25,000 x 13.5% / 12
    assert paid(made, "F", "interest_due") == [343.75, 281.25, 625.0]


def test_a_margin_steps_up_the_month_after_the_pool_has_fallen_to_the_call_factor():
    """10% of the pool prepays each month: 90%, 81%, 72.9%. At 85% the deal can be called in month 2."""
    bonds = [
        {"tranche": "A", "balance": 5e4, "coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.002,
         "margin_after_call": 0.004},
        {"tranche": "B", "balance": 5e4, "coupon": 0.05, "margin_after_call": 0.005},
    ]  # fmt: skip
    made = deal(
        bonds, rules(("interest", "interest", "A, B"), ("principal", "principal", "A, B")), {"smm": 0.1},
        make_indices(LIBOR_1M=[0.03]), terms=terms(call_factor=0.85),
    )  # fmt: skip
    assert paid(made, "A", "coupon", 4) == [0.032, 0.032, 0.034, 0.034]
    assert paid(made, "B", "coupon", 4) == [0.05, 0.05, 0.055, 0.055]


@pytest.mark.parametrize(("bears", "owed"), [("yes", [1000.0, 2020.0, 3060.4]), ("no", [1000.0, 2000.0, 3000.0])])
def test_unpaid_interest_bears_interest_at_the_coupon(bears, owed):
    """2% a month due, 1% comes in: 1,000 short; then 1,000 x 1.02 + 1,000; then 2,020 x 1.02 + 1,000."""
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.24, "shortfall_interest": bears}]
    made = deal(bonds, PLAIN)
    assert paid(made, "A", "interest_shortfall") == owed
    assert paid(made, "A", "shortfall_interest") == ([0.0, 20.0, 40.4] if bears == "yes" else [0.0, 0.0, 0.0])


def test_capped_interest_carried_forward_bears_interest_where_the_deal_says_so():
    """The coupon of 24% is capped at the 12% of the loans: 1,000 a month is carried forward, at 2% a month."""
    bonds = [
        {"tranche": "A", "balance": 1e5, "coupon": 0.24, "net_wac_cap": "pool", "carryforward_interest": "yes"},
    ]
    made = deal(bonds, PLAIN)
    assert paid(made, "A", "basis_risk_carryforward") == [1000.0, 2020.0, 3060.4]


def test_what_a_z_class_accretes_is_principal_of_the_class_ahead_of_it():
    """A of 500 at 6%, Z of 40,000 at 12%: Z accretes 400, then 404, of which A takes its last 100 and Z the rest."""
    bonds = [
        {"tranche": "A", "balance": 500, "coupon": 0.06},
        {"tranche": "Z", "balance": 4e4, "kind": "z", "coupon": 0.12},
    ]
    made = deal(bonds, rules(("interest", "interest", "A, Z"), ("principal", "principal", "A, Z")))
    assert paid(made, "Z", "accreted") == [400.0, 404.0, 0.0]
    assert paid(made, "A", "principal_paid") == [400.0, 100.0, 0.0]
    assert paid(made, "Z", "principal_paid") == [0.0, 304.0, 0.0]
    assert paid(made, "Z", "end_balance") == [40400.0, 40500.0, 40500.0]
    assert paid(made, "Z", "interest_paid") == [0.0, 0.0, 405.0]
    assert [round(x, 4) for x in made.distributions.residual[1:4]] == [597.5, 595.5, 595.0]


def test_a_step_draws_on_what_a_z_class_accretes_by_its_name():
    """The accretion goes to B alone, principal to A: 10% of the pool prepays, 10,000 in month 1 and 9,000 in month 2."""
    bonds = [
        {"tranche": "A", "balance": 3e4, "coupon": 0.06},
        {"tranche": "B", "balance": 3e4, "coupon": 0.06},
        {"tranche": "Z", "balance": 4e4, "kind": "z", "coupon": 0.06},
    ]
    steps = rules(
        ("interest", "interest", "A, B, Z"), ("Z", "principal", "B, Z"), ("principal", "principal", "A, B, Z")
    )
    made = deal(bonds, steps, {"smm": 0.1})
    assert paid(made, "Z", "accreted", 2) == [200.0, 201.0]
    assert paid(made, "B", "principal_paid", 2) == [200.0, 201.0]
    assert paid(made, "A", "principal_paid", 2) == [10000.0, 9000.0]
    assert made.distributions.record.deal[2, 2] == pytest.approx(0.0, abs=1e-9)


def test_a_z_class_names_whom_it_waits_for():
    """It accretes while A is there; B, which stands before it in the table too, does not count."""
    bonds = [
        {"tranche": "A", "balance": 1e4, "coupon": 0.06},
        {"tranche": "B", "balance": 3e4, "coupon": 0.06},
        {"tranche": "Z", "balance": 4e4, "kind": "z", "coupon": 0.06, "accretes_while": "A"},
    ]
    made = deal(bonds, rules(("interest", "interest", "A, B, Z"), ("principal", "principal", "A, B, Z")), {"smm": 0.1})
    assert paid(made, "Z", "accreted", 2) == [200.0, 0.0]
    assert paid(made, "Z", "interest_paid", 2) == [0.0, 201.0]


def test_a_po_is_paid_principal_and_no_interest():
    bonds = [{"tranche": "A", "balance": 8e4, "coupon": 0.06}, {"tranche": "P", "balance": 2e4, "kind": "po",
             "coupon_type": "none"}]  # fmt: skip
    steps = rules(("interest", "interest", "A"),
                  {"from": "principal", "pay": "principal", "to": "A, P", "rule": "share 80:20"})  # fmt: skip
    made = deal(bonds, steps, {"smm": 0.1})
    assert paid(made, "P", "cash") == paid(made, "P", "principal_paid") == [2000.0, 1800.0, 1620.0]


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (dt.date(2009, 12, 10), 45),  # 10 December to 25 January, from remittance to remittance
        (dt.date(2009, 12, 25), 30),
        (dt.date(2009, 12, 31), 25),  # the 31st counts as the 30th
        (dt.date(2009, 12, 1), 30),  # by calendar months: December, paid on 25 January
        (dt.date(2009, 11, 1), 60),
        (None, 30),
    ],
)
def test_a_first_period_at_30_360_counts_its_days(start: dt.date | None, days: int):
    """60,000 at 6%: ten dollars a day of 360. The first remittance after 31 December 2009 is 25 January."""
    bonds = [{"tranche": "A", "balance": 6e4, "coupon": 0.06, "accrual_start": start}]
    made = deal(bonds, PLAIN, terms=terms(remittance_day=25))
    assert paid(made, "A", "interest_due") == [10.0 * days, 300.0, 300.0]


def test_a_period_that_cannot_run_today_is_refused():
    bonds = [{"tranche": "A", "balance": 6e4, "coupon": 0.06, "accrual_start": dt.date(2006, 6, 29)}]
    with pytest.raises(Refused, match="accrual_start 2006-06-29 of A lies 1281 days before as_of 2009-12-31"):
        deal(bonds, PLAIN, terms=terms(remittance_day=25))
