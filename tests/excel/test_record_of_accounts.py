"""What a deal keeps beside its classes, in cells, each worked by hand: accounts, insurers, derivatives, every column of a class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.builders import make_indices
from tests.excel.helpers import fails, one
from tests.projection.small_deals import deal, rules
from xlfv.excel import call, handles
from xlfv.excel.cash_columns import TRANCHE, TRANCHE_USUAL
from xlfv.excel.example_deal import DEAL
from xlfv.projection.distributions import TRANCHE_FIELDS
from xlfv.projection.projection import Projection


def handle(made: Projection) -> str:
    return handles.keep(made)


def columns(grid: list[list[Any]]) -> dict[str, list[Any]]:
    return {str(name): [row[k] for row in grid[1:]] for k, name in enumerate(grid[0])}


@pytest.fixture
def reserve() -> Any:
    parts = [None, DEAL["reserve_bonds"], DEAL["reserve_waterfall"], *[None] * 6, DEAL["reserve_accounts"]]
    trust = one(call("XLFV_TRUST", "RESERVE", 40178, *parts))
    return one(call("XLFV_DISTRIBUTE", trust, DEAL["reserve_cash"]))


def test_an_account_by_month(reserve: str) -> None:
    """Excess of 1,000 - 500 and 900 - 450 fills it from 100 to 700; in month 3 interest of 400 lacks 50 of 450."""
    found = columns(call("XLFV_ACCOUNTS", reserve, "Reserve"))
    assert found["begin"] == [100.0, 600.0, 700.0]
    assert found["deposited"] == [500.0, 100.0, 0.0]
    assert found["drawn"] == pytest.approx([0.0, 0.0, 50.0])
    assert found["released"] == [0.0, 0.0, 0.0]
    assert found["end"] == pytest.approx([600.0, 700.0, 650.0])
    assert found["target"] == [700.0] * 3
    assert call("XLFV_ACCOUNTS", reserve) == call("XLFV_ACCOUNTS", reserve, "reserve")
    assert "did you mean reserve?" in fails("XLFV_ACCOUNTS", reserve, "resreve", code="#N/A")


def test_what_is_released_of_an_account_stands_apart() -> None:
    """The target falls to 0 with the pool, which prepays whole in month 2: what the fund holds is released."""
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.06}]
    steps = rules(
        ("interest", "interest", "A"),
        ("principal", "principal", "A"),
        ("excess", "deposit", "fund"),
        ("fund", "release"),
    )
    made = deal(bonds, steps, {"smm": "0 for 1 then 100"}, accounts=[{"account": "fund", "target": 800}], months=2)
    assert columns(call("XLFV_ACCOUNTS", handle(made)))["released"] == pytest.approx([0.0, 500.0])


def test_an_insurer_by_month(reserve: str) -> None:
    """It pays the loss of 5,000 and is paid back what the reserve leaves of the excess: 450 - 100 in month 2."""
    found = columns(call("XLFV_INSURERS", reserve, "fsa"))
    assert found["drawn"] == [5000.0, 0.0, 0.0]
    assert found["reimbursed"] == pytest.approx([0.0, 350.0, 0.0])
    assert found["outstanding"] == pytest.approx([5000.0, 4650.0, 4650.0])
    assert "its insurers: FSA" in fails("XLFV_INSURERS", reserve, "MBIA", code="#N/A")


def test_trusts_without_such_things_give_the_header_alone(reserve: str) -> None:
    plain = handle(deal([{"tranche": "A", "balance": 1e5}], rules(("principal", "principal", "A")), months=2))
    for name, first in (("XLFV_ACCOUNTS", "account"), ("XLFV_INSURERS", "insurer"), ("XLFV_HEDGE_CASHFLOW", "hedge")):
        ((head, *_),) = call(name, plain)
        assert head == first
        assert "none" in fails(name, plain, "x", code="#N/A")


HEDGES = [
    {"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.04, "notional_of": "A"},
    {"hedge": "cap", "type": "cap", "receive_index": "LIBOR_1M", "margin": 0.01, "strike": 0.045, "notional": 12e3},
    {"hedge": "outside", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.06, "notional": 12e3, "in_trust": "no",
     "end": 2},
]  # fmt: skip


def test_every_leg_of_derivatives_by_month() -> None:
    """LIBOR is 3%, 5% and 4%. The swap is on A, 60,000 then 50,000 then 41,000 as a tenth of the pool prepays.

    Month 1: the trust owes 60,000 x (4% - 3%) / 12 = 50, and pays 30 of it, the most its step may pay. Month 2: it is
    owed 50,000 x 1% / 12. The cap pays above 4.5% less the margin of 1%: nothing on 4%, 1.5% on 6%, 0.5% on 5%.
    """
    bonds = [{"tranche": "A", "balance": 6e4, "coupon": 0.0}]
    steps = rules(
        {"from": "interest", "pay": "hedge", "to": "swap", "amount": 30}, ("principal", "principal", "A"),
    )  # fmt: skip
    made = deal(bonds, steps, {"smm": 0.1}, make_indices(LIBOR_1M=[0.03, 0.05, 0.04]), months=3, hedges=HEDGES)
    # 10,000, 9,000 and 8,100 of principal are paid to A.
    swap = columns(call("XLFV_HEDGE_CASHFLOW", handle(made), "swap"))
    assert swap["notional"] == pytest.approx([60e3, 50e3, 41e3])
    assert swap["index_rate"] == [0.03, 0.05, 0.04]
    assert swap["pay_rate"] == [0.04] * 3
    assert swap["strike"] == [None] * 3
    assert swap["received_leg"] == pytest.approx([150.0, 625 / 3, 410 / 3])
    assert swap["paid_leg"] == pytest.approx([200.0, 500 / 3, 410 / 3])
    assert swap["net"] == pytest.approx([-50.0, 125 / 3, 0.0])
    assert swap["received"] == pytest.approx([0.0, 125 / 3, 0.0])
    assert swap["paid"] == pytest.approx([30.0, 20.0, 0.0])  # month 2: the rest
    assert swap["unpaid"] == pytest.approx([20.0, 0.0, 0.0])
    cap = columns(call("XLFV_HEDGE_CASHFLOW", handle(made), "cap"))
    assert cap["index_rate"] == pytest.approx([0.04, 0.06, 0.05])
    assert (cap["strike"], cap["pay_rate"], cap["paid_leg"]) == ([0.045] * 3, [None] * 3, [0.0] * 3)
    assert cap["received_leg"] == cap["net"] == cap["received"] == pytest.approx([0.0, 15.0, 5.0])
    outside = columns(call("XLFV_HEDGE_CASHFLOW", handle(made), "outside"))
    assert outside["notional"] == [12e3, 12e3, 0.0]
    assert outside["paid"] == pytest.approx([30.0, 10.0, 0.0])
    assert outside["unpaid"] == [0.0] * 3
    whole = call("XLFV_HEDGE_CASHFLOW", handle(made))
    assert [row[0] for row in whole[1::3]] == ["swap", "cap", "outside"]
    for legs in (swap, cap, outside):
        assert np.subtract(legs["received_leg"], legs["paid_leg"]) == pytest.approx(legs["net"])
    assert "did you mean swap?" in fails("XLFV_HEDGE_CASHFLOW", handle(made), "swop", code="#N/A")


def test_the_termination_of_a_swap_stands_in_the_month_of_the_call() -> None:
    """60,000 at 5% against 3%: 100 a month owed, to month 4. The call of month 2 ends it for two more, discounted at 3%.

    The step that pays terminations may pay 150: the rest stays unpaid.
    """
    swap = [{"hedge": "swap", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.05, "notional": 6e4, "end": 4}]
    steps = rules(
        ("interest", "hedge"), ("principal", "principal", "A"), {"from": "excess", "pay": "termination", "amount": 150},
    )  # fmt: skip
    called = [{"term": "call_exercised", "value": "month 2"}]
    bonds = [{"tranche": "A", "balance": 8e4, "coupon": 0.0}]
    made = handle(deal(bonds, steps, indices=make_indices(LIBOR_1M=[0.03]), months=4, hedges=swap, terms=called))
    found = columns(call("XLFV_HEDGE_CASHFLOW", made))
    value = -100.0 / (1 + 0.03 / 12) - 100.0 / (1 + 0.03 / 12) ** 2
    assert found["termination"] == pytest.approx([0.0, value, 0.0, 0.0], abs=1e-9)
    assert found["net"] == pytest.approx([-100.0, value - 100.0, 0.0, 0.0], abs=1e-9)
    assert found["paid"] == pytest.approx([100.0, 250.0, 0.0, 0.0])
    assert found["unpaid"] == pytest.approx([0.0, -value - 150.0, -value - 150.0, -value - 150.0], abs=1e-9)


def test_every_column_of_a_class_can_be_asked_for() -> None:
    """A third of 12,000 lost in month 1 writes B down, and comes back in month 3; B's coupon of 24% is capped at 12%."""
    bonds = [
        {"tranche": "A", "balance": 8e4, "original_balance": 16e4, "coupon": 0.06},
        {"tranche": "B", "balance": 2e4, "coupon": 0.24, "kind": "subordinate", "net_wac_cap": "pool",
         "carryforward_interest": "yes"},
    ]  # fmt: skip
    steps = rules(
        {"from": "interest", "pay": "interest", "to": "A, B", "amount": 500}, ("principal", "writeup", "B"),
        ("principal", "principal", "A, B"), ("excess", "writedown", "B"),
        {"from": "excess", "pay": "unpaid_loss", "to": "B", "amount": 100},
    )  # fmt: skip
    stress = {"mdr": "12 for 1 then 0", "severity": 1 / 3, "recovery_lag": 0, "subsequent_recovery": 0.5}
    made = handle(deal(bonds, steps, {**stress, "subsequent_recovery_lag": 2}, months=4))
    assert set(TRANCHE) == set(TRANCHE_FIELDS) | {"cash", "factor"}
    whole = columns(call("XLFV_TRANCHE_CASHFLOW", made, "B", ",".join(TRANCHE)))
    assert list(whole) == ["month", "date", *TRANCHE]
    # Due 200 and paid 500 - 400 = 100; 100 short, on which 1% is due (the coupon paid, 12%).
    assert whole["interest_due"][0] == pytest.approx(200.0)
    assert whole["interest_paid"][0] == pytest.approx(100.0)
    assert whole["interest_shortfall"][0] == pytest.approx(100.0)
    assert whole["shortfall_interest"][1] == pytest.approx(1.0)
    # 2% is due before the cap and 1% after it: 200 is capped, and bears 2% a month.
    assert whole["capped_interest"][0] == pytest.approx(200.0)
    assert whole["basis_risk_carryforward"][0] == pytest.approx(200.0)
    assert whole["basis_risk_interest"][1] == pytest.approx(4.0)
    assert whole["writedown"][:2] == pytest.approx([4000.0, 0.0])
    assert whole["unpaid_loss"][:2] == pytest.approx([3900.0, 3800.0])
    assert whole["loss_paid"] == pytest.approx([100.0] * 4)
    assert whole["writeup"][2] == pytest.approx(2000.0)
    assert whole["factor"][:3] == pytest.approx([0.8, 0.8, 0.9])
    rolled = np.array(whole["begin_balance"]) - whole["principal_paid"] + whole["accreted"] - whole["writedown"]
    assert rolled + whole["writeup"] == pytest.approx(whole["end_balance"])
    a = columns(call("XLFV_TRANCHE_CASHFLOW", made, "A", [["factor", "End Balance"]]))
    assert a["factor"][0] == pytest.approx((80e3 - 8e3) / 160e3)
    assert list(a) == ["month", "date", "factor", "end_balance"]
    assert one(call("XLFV_TRANCHE_WRITEDOWN", made, "B")) == pytest.approx(4000.0)
    assert one(call("XLFV_TRANCHE_WRITEDOWN", made, "B", True)) == pytest.approx(2000.0)


def test_the_usual_columns_roll_the_balance_and_add_up_to_the_cash() -> None:
    bonds = [
        {"tranche": "A", "balance": 500, "coupon": 0.06},
        {"tranche": "Z", "balance": 4e4, "kind": "z", "coupon": 0.12},
    ]
    made = handle(deal(bonds, rules(("interest", "interest", "A, Z"), ("principal", "principal", "A, Z")), months=3))
    found = columns(call("XLFV_TRANCHE_CASHFLOW", made, "Z"))
    assert list(found) == ["month", "date", *TRANCHE_USUAL]
    assert found["accreted"] == pytest.approx([400.0, 404.0, 0.0])
    parts = ("interest_paid", "shortfall_paid", "basis_risk_paid", "principal_paid", "loss_paid")
    assert sum(np.array(found[name]) for name in parts) == pytest.approx(found["cash"])
    rolled = np.array(found["begin_balance"]) + found["accreted"] + found["writeup"]
    assert rolled - found["principal_paid"] - found["writedown"] == pytest.approx(found["end_balance"])


def test_unknown_columns_of_a_class_are_refused_all_at_once_with_the_nearest() -> None:
    made = handle(deal([{"tranche": "A", "balance": 1e5}], rules(("principal", "principal", "A")), months=1))
    reason = fails("XLFV_TRANCHE_CASHFLOW", made, "A", "write-ups, principle_paid, net_interest")
    assert "2 faults" not in reason
    assert "3 faults" in reason
    assert "did you mean writeup?" in reason
    assert "did you mean principal_paid?" in reason
