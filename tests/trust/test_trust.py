"""A trust's tables checked against each other; a trust packed and unpacked is the same trust."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings

from tests.builders import AS_OF, PASS_THROUGH, loan, make_curves, make_indices, make_trust, table
from tests.reference.deals import INDEX, deals, stresses
from xlfv.projection.projection import Projection, project
from xlfv.tables import ErrorCell, Refused
from xlfv.trust.trust import Trust, build_trust

BOND = {"tranche": "A", "balance": 100000.0, "coupon": 0.05}
B = {"tranche": "B", "balance": 5e4, "coupon": 0.05}
Z = {"tranche": "Z", "balance": 5e4, "coupon": 0.05, "kind": "z"}
SWAP = {"hedge": "s", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.04, "notional": 1e5}


def _step(**change):
    return [{"step": 1, "from": "interest", "pay": "interest", "to": "A", **change}]


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"loans": [loan("1"), loan("1")]}, "loan_id 1 stands twice"),
        ({"loans": [loan(balance=-1.0)]}, "balance is -1"),
        ({"loans": [loan(rate=6.25)]}, "rate is 6.25"),
        ({"loans": [loan(remaining_term=0)]}, "remaining_term is 0"),
        ({"loans": [loan(remaining_term=601)]}, "remaining_term is 601"),
        ({"loans": [loan(status="gone")]}, "status 'gone'"),
        ({"loans": [loan(rate_type="arm")]}, "has no index"),
        ({"loans": [loan(rate_type="arm", index="LIBR_6M")]}, "did you mean LIBOR_6M"),
        ({"loans": [loan(amortization_term=12)]}, "below remaining_term"),
        ({"loans": [loan(interest_only_months=361)]}, "beyond remaining_term"),
        ({"loans": [loan(payment_cap=0.075)]}, "payment_cap is 0.075 and payment_reset_frequency is not given"),
        ({"loans": [loan(negam_limit=0.1)]}, "write the multiple of original_balance at which the loan is recast: 1.10"),
        ({"loans": [loan(accrual_basis="act/365")]}, "accrual_basis 'act/365'"),
        ({"loans": [loan(prepay_penalty_months=36)]}, "no prepay_penalty_rate is given"),
        ({"terms": [{"term": "penalties", "value": "trust"}]}, "write one of: interest, not_trust"),
        ({"loans": [loan(status="reo")]}, "does not stand in the reo table"),
        ({"reo": [{"loan_id": "1", "balance": 1.0, "value": 1.0}]}, "is REO here and current among the loans"),
        ({"bonds": [{**BOND, "coupon_type": "floating"}]}, "has no known index"),
        ({"bonds": [{**BOND, "kind": "z"}]}, "no class stands ahead of the z class A"),
        ({"bonds": [BOND, {**Z, "coupon_type": "none"}]}, "gives a z class no interest to accrete"),
        ({"bonds": [BOND, {**Z, "accretes_while": "B"}]}, "tranche 'B' does not exist"),
        ({"bonds": [{**BOND, "accretes_while": "A"}]}, "counts only for a z class"),
        ({"bonds": [BOND, Z], "waterfall": _step(to="A, Z")}, "is paid by no later step"),
        ({"bonds": [BOND, Z], "waterfall": _step(**{"from": "Z"})}, "what Z accretes is principal, not interest"),
        ({"bonds": [{**BOND, "multiplier": -3}]}, "counts only for a floating coupon"),
        ({"bonds": [{**BOND, "margin_after_call": 0.01}]}, "the terms give no call_factor"),
        ({"bonds": [{**BOND, "schedule": "pac"}]}, "schedule 'pac' does not exist"),
        ({"bonds": [{**BOND, "schedule": "pac"}], "schedules": [{"schedule": "pac", "month": 2, "amount": 1}]},
         "begin in month 2"),
        ({"waterfall": _step(pay="principal", rule="schedule")}, "A has no schedule of planned balances"),
        ({"waterfall": _step(rule="schedule")}, "interest has no schedule"),
        ({"waterfall": _step(**{"from": "FSA"})}, "source of cash 'FSA'"),
        ({"bonds": [{**BOND, "insured_by": "FSA"}], "waterfall": _step(**{"from": "FSA", "pay": "principal"})},
         "A has no final maturity, at which FSA pays its principal"),
        ({"bonds": [{**BOND, "insured_by": "FSA"}, B], "waterfall": _step(**{"from": "FSA", "to": "B"})},
         "B is not insured by FSA"),
        ({"waterfall": _step(pay="release")}, "only an account is released"),
        ({"waterfall": _step(pay="deposit", to="reserve")}, "the account 'reserve' does not exist"),
        ({"accounts": [{"account": "reserve"}], "waterfall": _step(**{"from": "reserve", "pay": "deposit"}, to="reserve")},
         "reserve is deposited to itself"),
        ({"accounts": [{"account": "excess"}]}, "has the name of other cash"),
        ({"accounts": [{"account": "reserve", "target_of": "pol"}]}, "target_of 'pol'"),
        ({"bonds": [{**BOND, "notional_of": "B"}]}, "tranche 'B' does not exist"),
        ({"bonds": [{**BOND, "group": "2"}]}, "loan group '2' does not exist"),
        ({"bonds": [BOND, BOND]}, "tranche A stands twice"),
        ({"waterfall": _step(to="M-1")}, "tranche 'M-1' does not exist"),
        ({"waterfall": _step(to="A, A")}, "stands twice in one step"),
        ({"waterfall": _step(to=None)}, "pays interest to nobody"),
        ({"waterfall": _step(pay="intrest")}, "did you mean interest"),
        ({"waterfall": _step(pay="trustee")}, "'trustee' does not exist"),
        ({"waterfall": _step(**{"from": "account"})}, "source of cash 'account'"),
        ({"waterfall": _step(rule="fifo")}, "rule 'fifo'"),
        ({"waterfall": _step(rule="share 60:40")}, "does not fit 1 tranches"),
        ({"waterfall": _step(rule="share x")}, "does not fit 1 tranches"),
        ({"waterfall": _step(rule="target")}, "interest has no target"),
        ({"waterfall": _step(rule="target", pay="principal")}, "A have no target_enhancement in common"),
        ({"waterfall": _step(when="losses")}, "condition 'losses'"),
        ({"waterfall": _step(amount="half")}, "amount 'half'"),
        ({"waterfall": _step(amount="110%")}, "leaves 0 to 100 percent"),
        ({"waterfall": _step(amount="senior + 100 for")}, "cannot read '100 for'"),
        ({"waterfall": _step(amount="own", pay="residual")}, "does not fit residual"),
        ({"waterfall": _step(group="2")}, "loan group '2' does not exist"),
        ({"waterfall": _step(**{"pay": "writedown"}), "bonds": [{**BOND, "writes_down": "no"}]}, "stays whole"),
        ({"hedges": [{**SWAP, "pay_rate": None}]}, "no pay_rate"),
        ({"hedges": [{**SWAP, "type": "cap"}]}, "no strike"),
        ({"hedges": [{**SWAP, "type": "corridor", "strike": 0.05}]}, "no ceiling"),
        ({"hedges": [{**SWAP, "receive_index": "LIBR_1M"}]}, "did you mean LIBOR_1M"),
        ({"hedges": [{**SWAP, "notional": None}]}, "has 0 notionals"),
        ({"hedges": [{**SWAP, "schedule": "n"}], "schedules": [{"schedule": "n", "month": 1, "amount": 1e5}]},
         "has 2 notionals"),
        ({"hedges": [{**SWAP, "notional": None, "schedule": "n"}]}, "schedule 'n' does not exist"),
        ({"costs": [{"cost": "fee", "basis": "pool_balance", "group": "2"}]}, "loan group '2' does not exist"),
        ({"costs": [{"cost": "fee", "basis": "balance"}]}, "basis 'balance'"),
        ({"triggers": [{"trigger": "t", "measure": "month", "test": ">", "threshold": "soon"}]}, "threshold"),
        ({"triggers": [{"trigger": "t", "measure": "month", "test": "=", "threshold": 1}]}, "test '='"),
        ({"terms": [{"term": "oc_targt", "value": 1}]}, "did you mean oc_target"),
        ({"terms": [{"term": "oc_target", "value": "much"}]}, "oc_target"),
        ({"terms": [{"term": "remittance_day", "value": 32}]}, "not a day of the month"),
        ({"terms": [{"term": "cutoff_date", "value": "2010-01-31"}]}, "lies after as_of"),
        ({"terms": [{"term": "cutoff_date", "value": "2009-09-30"}]}, "days before as_of"),
        ({"terms": [{"term": "closing_date", "value": "2010-05-01"}, {"term": "cutoff_date", "value": "2009-12-31"}]},
         "lies before closing_date"),
        ({"terms": [{"term": "call_exercised", "value": "first"}]}, "has no call_factor"),
        ({"terms": [{"term": "call_exercised", "value": "economic"}, {"term": "call_factor", "value": 0.1}]},
         "the deal is called when it pays and has no collateral_price"),
        ({"terms": [{"term": "call_exercised", "value": "auction"}, {"term": "collateral_price", "value": 0.98}]},
         "the loans are auctioned and there is no auction_month"),
        ({"terms": [{"term": "collateral_price", "value": 102}]}, "write 102% as 1.02"),
        ({"terms": [{"term": "collateral_price", "value": "9 for 3 then 102"}]}, "a price of 0.09 of the balance is none"),
        ({"terms": [{"term": "auction_month", "value": 0}]}, "0 is no month of a projection"),
        ({"terms": [{"term": "swap_termination", "value": "half"}]}, "swap_termination 'half' is not known"),
        ({"terms": [{"term": "call_exercised", "value": "soon"}]}, "is no time of a call"),
        ({"terms": [{"term": "call_factor", "value": 10}]}, "write 10% as 0.1"),
        ({"terms": [{"term": "oc_target", "value": ErrorCell("#REF!")}]}, "#REF!"),
    ],
)  # fmt: skip
def test_each_fault_of_a_trust_is_told_with_its_place(tables, told):
    with pytest.raises(Refused) as refused:
        make_trust(**{"bonds": [BOND], **tables})
    assert told in str(refused.value)
    assert all(fault.where for fault in refused.value.faults)
    assert len(refused.value.faults) == 1, str(refused.value)


def test_a_sound_trust_is_what_it_says():
    trust = make_trust([loan("1"), loan("2", balance=5e4, group="b")])
    assert trust.groups == ("1", "b")
    assert trust.tranches == ("A",)
    assert trust.pool_balance == 150000.0
    assert trust.consolidated
    assert trust.as_of == AS_OF


@pytest.mark.parametrize("missing", ["bonds", "waterfall"])
def test_a_table_that_is_missing_is_told(missing):
    tables = {"loans": [loan()], "bonds": [BOND], "waterfall": PASS_THROUGH}
    tables = {name: table(name, rows) for name, rows in tables.items() if name != missing}
    with pytest.raises(Refused, match=f"the table {missing} is missing"):
        build_trust("T", AS_OF, tables)


def test_digest_follows_content_and_nothing_else():
    base = make_trust([loan()])
    assert make_trust([loan()]).digest == base.digest
    assert make_trust([loan(rate=0.0600000001)]).digest != base.digest
    assert make_trust([loan()], name="OTHER").digest != base.digest
    assert make_trust([loan()], as_of=dt.date(2009, 11, 30)).digest != base.digest


@settings(max_examples=40)
@given(tables=deals(), stress=stresses())
def test_packed_and_unpacked_it_is_the_same_trust_and_the_same_cash(tables, stress):
    trust = make_trust(**tables)
    assert Trust.unpack(trust.pack()).digest == trust.digest
    made = project(trust, make_curves(stress), make_indices(LIBOR_1M=INDEX), 30)
    again = Projection.unpack(made.pack())
    assert again.digest == made.digest
    assert again.cash_hash == made.cash_hash
