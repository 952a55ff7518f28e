"""What is known not to be right yet; each test fails today, and says so when it no longer does."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_curves, make_indices, make_trust, run
from xlfv.tables import Refused

gap = pytest.mark.xfail(strict=True)
IO = [{"tranche": "A", "balance": 9e4, "coupon": 0.03}, {"tranche": "X", "balance": 9e4, "kind": "io", "coupon": 0.01}]


@gap
def test_a_cost_a_loan_counts_the_loans_of_its_group():
    fee = [{"cost": "fee", "basis": "loan_count", "amount": 120, "group": "a"}]
    pool = [loan("1", group="a"), loan("2", group="b")]
    made = run(pool, costs=fee, waterfall=[{"step": 1, "from": "interest", "pay": "fee"}])
    assert made.distributions.costs_paid[1] == 10.0


@gap
def test_principal_paid_to_an_io_is_refused():
    """An io has a notional, not a principal: today the step takes the seniors' cash and pays it to the io."""
    with pytest.raises(Refused):
        make_trust(bonds=IO, waterfall=[{"step": 1, "from": "principal", "pay": "principal", "to": "X, A"}])


@gap
def test_the_notional_of_an_io_ends_the_month_where_its_classes_do():
    bonds = [IO[0], {**IO[1], "notional_of": "A"}]
    rules = [{"step": 1, "from": "principal", "pay": "principal", "to": "A"}]
    paid = run([loan()], make_curves(cpr=0.1), bonds=bonds, waterfall=rules).distributions
    assert paid.tranche("X")["end_balance"][1] == paid.tranche("A")["end_balance"][1]


@gap
def test_a_loan_no_longer_advanced_brings_no_advances_or_is_refused():
    stress = make_curves(recovery_lag=6, severity=0.4)
    made = run([loan(status="foreclosure", advancing="no")], stress)
    assert made.collateral["interest_advanced"].sum() == 0.0


@gap
def test_receipts_of_derivatives_reach_the_steps_of_any_group():
    cap = [{"hedge": "c", "type": "cap", "strike": 0.01, "receive_index": "SOFR", "notional": 1e5}]
    pool = [loan("1", group="a"), loan("2", group="b")]
    rules = [{"step": 1, "from": "hedge", "pay": "interest", "to": "A", "group": "b"}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.2}]
    made = run(pool, indices=make_indices(SOFR=[0.05]), hedges=cap, bonds=bonds, waterfall=rules)
    assert made.distributions.tranche("A")["interest_paid"][1] > 0.0


@gap
def test_a_trigger_that_only_tells_the_time_does_not_stop_the_step_down():
    """Any trigger that is on holds the OC target, also one by month that only switches steps."""
    terms = {"oc_target": 0.2, "oc_target_after_stepdown": 0.1, "stepdown_enhancement": 0.2}
    deal = {
        "bonds": [{"tranche": "A", "balance": 8e5, "coupon": 0.01}],
        "terms": [{"term": name, "value": value} for name, value in terms.items()],
    }
    later = [{"trigger": "later", "measure": "month", "test": ">", "threshold": 2}]
    pool = [loan(balance=1e6, remaining_term=60)]
    bare, timed = (run(pool, make_curves(cpr=0.1), triggers=rows, **deal).distributions for rows in (None, later))
    assert timed.record.deal[12, 3] == bare.record.deal[12, 3]
