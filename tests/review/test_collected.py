"""What loans of two month-ends say that a pool paid: worked by hand, and which of the loans gone were liquidated."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.builders import Row, make_indices, make_trust
from tests.review.hand_loans import io
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.review.collected import PoolMonth, balances_by_group, pool_month
from xlfv.trust.trust import Trust

BEFORE, NOW = dt.date(2009, 11, 30), dt.date(2009, 12, 31)
BONDS = [{"tranche": "A", "balance": 1.0}]


def level(name: str, balance: float = 100000.0, **terms: Any) -> Row:
    return {"loan_id": name, "balance": balance, "rate": 0.06, "remaining_term": 300, **terms}


def paid(balance: float, rate: float, term: int) -> float:
    """Principal of a level payment, payment and interest each to the cent."""
    r = rate / 12
    return round(round(balance * r / (1 - (1 + r) ** -term), 2) - round(balance * r, 2), 2)


def trust(as_of: dt.date, loans: list[Row], **others: Any) -> Trust:
    return make_trust(loans, BONDS, as_of=as_of, **others)


def month(
    before: list[Row], now: list[Row], liquidated: float | None = 0.0, indices: Indices = NO_INDICES, **others: Any
) -> PoolMonth:
    return pool_month(trust(BEFORE, before), trust(NOW, now), indices, liquidated, **others)


def test_a_schedule_and_what_is_beyond_it() -> None:
    due = paid(100000.0, 0.06, 300)
    left = [level("1", 100000.0 - due, remaining_term=299), level("2", 90000.0 - due, remaining_term=299)]
    found = month([level("1"), level("2")], left)
    assert found.scheduled == pytest.approx([2 * due])
    assert found.prepaid == pytest.approx([10000.0])
    assert found.liquidated == pytest.approx([0.0])


def test_a_loan_that_pays_less_than_its_schedule_prepays_nothing() -> None:
    found = month([level("1")], [level("1", 99990.0, remaining_term=299)])
    assert (found.scheduled[0], found.prepaid[0]) == (10.0, 0.0)  # type: ignore[index]


def test_a_loan_paid_off_first_paid_its_schedule_at_the_rate_it_reset_to() -> None:
    arm = {"rate_type": "arm", "index": "LIBOR_6M", "margin": 0.02, "months_to_reset": 0, "reset_frequency": 6}
    found = month([level("1", **arm), io("2")], [io("2")], 0.0, make_indices(LIBOR_6M=[0.01, 0.01]))
    due = paid(100000.0, 0.03, 300)
    assert found.scheduled == pytest.approx([due], abs=0.02)
    assert found.prepaid == pytest.approx([100000.0 - due], abs=0.02)
    assert found.paid_off == 1


def test_a_loan_at_its_maturity_is_scheduled_whole() -> None:
    found = month([io("1", remaining_term=1, interest_only_months=0), io("2")], [io("2")])
    assert (found.scheduled[0], found.prepaid[0]) == pytest.approx((100000.0, 0.0))  # type: ignore[index]


GONE = [
    io("g1", 11000.0),
    io("g2", 22500.0, status="d90"),
    io("g3", 31000.0, status="foreclosure"),
    io("g4", 47000.0, status="d30"),
]


@pytest.mark.parametrize(
    ("liquidated", "what"),
    [
        (53500.0, "all that were d90 or worse"),
        (31000.0, "but for one that was paid off"),
        (64500.0, "and one that was current"),
        (0.0, "none: both were paid off"),
        (42000.0, "one for another"),
    ],
)
def test_which_loans_were_liquidated_follows_from_how_much_was(liquidated: float, what: str) -> None:
    found = month([*GONE, io("s")], [io("s")], liquidated)
    assert found.liquidated == pytest.approx([liquidated]), what
    assert found.principal == pytest.approx([111500.0 - liquidated])
    assert not found.why_not


def test_where_it_does_not_follow_nothing_is_said() -> None:
    for odd in (53500.01, 12345.67):
        found = month([*GONE, io("s")], [io("s")], odd)
        assert found.scheduled is found.prepaid is found.liquidated is None
        assert "the tape does not say which were" in found.why_not
    twins = [io("g1", 11000.0, status="d90"), io("g2", 11000.0, status="d90", rate=0.07)]
    assert month([*twins, io("s")], [io("s")], 11000.0).scheduled is None
    pairs = [io("a", 10.0, status="d90"), io("b", 10.0, status="d90"), io("c", 3.0), io("d", 3.0)]
    assert month([*pairs, io("s")], [io("s")], 13.0).scheduled is None  # one of two for one of two
    assert "are not recorded" in month([*GONE, io("s")], [io("s")], None).why_not


def test_reo_sold_is_liquidated_and_pays_no_schedule() -> None:
    owned = {
        "reo": [
            {"loan_id": "r", "balance": 100000.0, "value": 50000.0},
            {"loan_id": "out", "balance": 7000.0, "value": 1.0},
        ]
    }
    before = trust(BEFORE, [level("r", status="reo"), io("s")], **owned)
    found = pool_month(before, trust(NOW, [io("s")]), NO_INDICES, 0.0, ["r", "out"])
    assert found.liquidated == pytest.approx([107000.0])
    assert found.principal == pytest.approx([0.0])


def test_balances_stand_by_group_as_the_waterfall_reads_them() -> None:
    loans = [io("1", 10.0), io("2", 20.0, group="2", status="d60"), io("3", 40.0, status="foreclosure"),
             io("4", 80.0, group="2", status="bankruptcy"), io("5", 160.0, status="reo"), io("6", 5.0, status="d30")]  # fmt: skip
    reo = [
        {"loan_id": "5", "balance": 160.0, "value": 1.0},
        {"loan_id": "x", "balance": 3.0, "value": 1.0, "group": "2"},
    ]
    made = trust(NOW, loans, reo=reo)
    found = balances_by_group(made, made.groups)
    assert {name: list(values) for name, values in found.items()} == {
        "performing_balance": [15.0, 100.0], "late_balance": [0.0, 100.0], "foreclosure_balance": [40.0, 0.0],
        "reo_balance": [160.0, 3.0],
    }  # fmt: skip
    whole = found["performing_balance"] + found["foreclosure_balance"] + found["reo_balance"]
    assert float(np.sum(whole)) == made.pool_balance
