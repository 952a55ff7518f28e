"""Decrement tables against balances of an independent library and sums by hand."""

from __future__ import annotations

import numpy_financial as npf
import pytest

from tests.builders import loan, make_trust, table
from tests.valuation.deals import CURVES, grid_table, small_deal
from xlfv.market.curve_changes import change_curves
from xlfv.market.curves import read_curves
from xlfv.projection.projection import project, project_all
from xlfv.tables import Refused
from xlfv.valuation.decrement import decrements
from xlfv.valuation.tranches import tranche_life

BONDS = [
    {"tranche": "A", "balance": 60_000.0, "coupon": 0.05, "original_balance": 120_000.0},
    {"tranche": "B", "balance": 40_000.0, "coupon": 0.05},
    {"tranche": "X", "balance": 0.0, "coupon": 0.01, "kind": "io", "notional_of": "A"},
]
STEPS = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "A, B, X"},
    {"step": 2, "from": "principal", "pay": "principal", "to": "A, B"},
]


@pytest.fixture(scope="module")
def trust():
    return make_trust([loan(remaining_term=120)], BONDS, STEPS)


def curves(**one):
    return table("curves", [{"month": 1, **one}])


def test_without_prepayments_the_shares_are_those_of_a_level_payment_loan(trust):
    a, b, _ = decrements(trust, curves(cpr=0.1), speeds=[0.0])
    payment = -npf.pmt(0.06 / 12, 120, 100_000.0)

    def balance(month: int) -> float:
        return -npf.fv(0.06 / 12, month, -payment, 100_000.0)

    assert a.months[:3] == (0, 12, 24)
    assert b.months[-1] == 120
    for month, (share,) in zip(a.months, a.shares.tolist(), strict=True):
        assert share == pytest.approx(max(balance(month) - 40_000.0, 0.0) / 120_000.0, abs=1e-9)
    for month, (share,) in zip(b.months, b.shares.tolist(), strict=True):
        assert share == pytest.approx(min(balance(month), 40_000.0) / 40_000.0, abs=1e-9)


def test_a_speed_multiplies_prepayments_and_leaves_the_rest(trust):
    """Half of 12% a year: what is left of the pool in a year is the scheduled balance times 94%."""
    _, b, _ = decrements(trust, curves(cpr=0.12), speeds=[0.0, 0.5])
    for month, (slow, fast) in zip(b.months, b.shares.tolist(), strict=True):
        if fast < 1.0:
            scheduled = slow if slow < 1.0 else None
            assert scheduled is None or fast == pytest.approx(scheduled * 0.94 ** (month / 12), rel=1e-9)
    assert any(fast < 1.0 and slow < 1.0 for slow, fast in b.shares.tolist()[:-1])


def test_an_io_shows_its_notional_and_lives_are_those_of_the_projections(trust):
    a, _, x = decrements(trust, curves(psa=100), speeds=[1.65])
    assert x.shares[:, 0].tolist() == pytest.approx((a.shares[:, 0] * 2.0).tolist())  # its notional began at 60,000
    run = project(trust, read_curves(curves(psa=165)))
    assert a.lives == (pytest.approx(tranche_life(run, "A"), rel=1e-12),)


def test_rows_begin_and_follow_as_asked(trust):
    (a,) = decrements(trust, curves(psa=100), ["a"], [1.0], first=7, every=6)
    assert a.months[:4] == (0, 7, 13, 19)


def test_what_cannot_be_is_refused(trust):
    with pytest.raises(Refused, match=r"write 165% or 1\.65"):
        decrements(trust, curves(psa=100), speeds=[165.0])
    with pytest.raises(Refused, match="its tranches: A, B, X") as refusal:
        decrements(trust, curves(psa=100), ["Q"])
    assert refusal.value.code == "#N/A"
    with pytest.raises(Refused, match="changes nothing"):
        decrements(trust, curves(cdr=0.02, severity=0.3))


def test_scenarios_at_once_are_single_runs_to_the_last_bit():
    """Also where a longer lag makes one of them run longer, and where one gives its curves in another way."""
    trust = small_deal().trust
    plain = grid_table("curves", CURVES)
    words = ["* 1", "* 2 for cdr", "+ 500 for severity", "recovery_lag + 6", "* 0 for prepay"]
    every = [read_curves(change_curves(plain, each)) for each in words]
    every.insert(2, read_curves(grid_table("curves", [["month", "smm", "mdr", "severity"], [1, 0.01, 0.002, 0.5]])))
    together = list(project_all(trust, every))
    assert [run.digest for run in together] == [project(trust, one).digest for one in every]
    assert [run.cash_hash for run in together] == [project(trust, one).cash_hash for one in every]
    assert len({run.months for run in together}) > 1
