"""A trust's month in a few numbers: worked by hand, and those of the sample against its tie-out."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.builders import Row, make_trust
from tests.review.hand_loans import io
from tests.review.sample_months import sides
from xlfv.review.history import HISTORY, measures_of
from xlfv.trust.trust import Trust


def trust(as_of: dt.date, loans: list[Row], notes: float) -> Trust:
    terms = [{"term": "original_pool_balance", "value": 1e6}, {"term": "cumulative_loss", "value": 5000.0}]
    return make_trust(loans, [{"tranche": "A", "balance": notes}], as_of=as_of, terms=terms)


def test_a_month_by_hand() -> None:
    """Of 1,000,000 interest only, 50,000 is paid off, and 100,000 goes from d90 to foreclosure."""
    before = trust(
        dt.date(2009, 11, 30), [*(io(str(k)) for k in range(8)), io("p", 100000.0, status="d90"), io("q")], 900000.0
    )
    left = [*(io(str(k)) for k in range(8)), io("p", status="foreclosure"), io("q", 50000.0)]
    now = trust(dt.date(2009, 12, 31), left, 870000.0)
    found = measures_of(before, now, {"losses": 30.0, "liquidation_proceeds": 70.0})
    assert found["pool_balance"] == 950000.0
    assert found["factor"] == 0.95
    assert found["loan_count"] == 10
    assert found["cpr"] == pytest.approx(1.0 - 0.95**12)
    assert found["cdr"] == pytest.approx(1.0 - 0.9**12)
    assert found["severity"] == pytest.approx(0.3)
    assert found["foreclosure"] == found["sixty_plus"] == pytest.approx(100000.0 / 950000.0)
    assert (found["oc"], found["balance A"], found["cumulative_loss"]) == (80000.0, 870000.0, 5000.0)
    assert found["oc_share"] == pytest.approx(80000.0 / 950000.0)


def test_what_cannot_be_known_is_left_out() -> None:
    found = measures_of(None, trust(dt.date(2009, 12, 31), [io("1")], 1.0))
    assert not {"cpr", "cdr", "severity", "total_cpr", "liquidation_cdr"} & set(found)
    assert {"pool_balance", "d30", "oc"} <= set(found)


def test_a_rate_that_resets_is_no_curtailment() -> None:
    """The rate that a loan pays now set its payment: what it repaid is its schedule, not a prepayment."""
    arm = {"rate_type": "arm", "index": "LIBOR_6M", "remaining_term": 240, "interest_only_months": 0}
    before = trust(dt.date(2009, 11, 30), [io("1", **arm)], 1.0)
    r = 0.03 / 12
    left = round(100000.0 * (1 + r) - 100000.0 * r / (1 - (1 + r) ** -240), 2)
    now = trust(dt.date(2009, 12, 31), [io("1", left, **{**arm, "remaining_term": 239}) | {"rate": 0.03}], 1.0)
    assert measures_of(before, now)["cpr"] == pytest.approx(0.0, abs=1e-6)


def test_the_sample_has_every_measure_in_a_bad_month() -> None:
    before, now = sides("ICMB-2005-A", "2009-06")
    assert before is not None
    found = measures_of(before.trust, now.trust, now.actuals)
    assert [name for name in found if name in HISTORY] == list(HISTORY)
    assert set(found) - set(HISTORY) == {f"balance {name}" for name in now.trust.tranches}
    assert found["severity"] == pytest.approx(2964676.88 / 5538877.50)
    shares = sum(found[name] for name in ("d30", "d60", "d90", "bankruptcy", "foreclosure", "reo"))
    assert 0.2 < shares < 0.3
