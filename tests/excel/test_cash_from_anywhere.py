"""A trust without loans in cells: its waterfall on cash from a table, and what then can and cannot be asked."""

from __future__ import annotations

import pytest

from tests.excel.golden import AS_OF, CURVES, DEAL, INDICES, PARTS
from tests.excel.helpers import fails, one
from xlfv.excel import call, handles

CASH = DEAL["cash"]


@pytest.fixture
def trust() -> str:
    return one(call("XLFV_TRUST", "BARE", AS_OF, None, *PARTS[1:-1]))


def test_loans_may_be_left_blank(trust: str) -> None:
    assert trust.startswith("trust:BARE:2009-12:")
    assert "no loans" in str(call("XLFV_TRUST_SUMMARY", trust))
    assert "gives no loans" in fails("XLFV_PROJECT", trust, CURVES, INDICES)
    assert "the table bonds is missing" not in fails("XLFV_TRUST", "BARE", AS_OF, None, None, PARTS[2])
    assert "bonds is blank" in fails("XLFV_TRUST", "BARE", AS_OF, None, None, PARTS[2])


def test_its_projection_answers_like_any_other(trust: str) -> None:
    projection = one(call("XLFV_DISTRIBUTE", trust, CASH, INDICES))
    assert projection.startswith("projection:BARE:2009-12:")
    header, first, *_ = call("XLFV_TRANCHE_CASHFLOW", projection, "A")
    assert first[header.index("principal_paid")] == pytest.approx(1_100 + 5_000)
    assert one(call("XLFV_TRANCHE_PV", projection, "A", 0.0)) > 0.0
    assert "nothing is known of its loans" in fails("XLFV_LOAN_CASHFLOW", projection, 1001, code="#N/A")
    steps = {row[0]: row[4:] for row in call("XLFV_WATERFALL", projection, 2)[1:]}
    assert steps["4"][2] == pytest.approx(1_100 + 5_200 + 12_000)


def test_its_handle_is_found_again_after_a_restart(trust: str, tmp_path) -> None:
    handles.configure(tmp_path)
    trust = one(call("XLFV_TRUST", "BARE", AS_OF, None, *PARTS[1:-1]))
    projection = one(call("XLFV_DISTRIBUTE", trust, CASH, INDICES))
    before = call("XLFV_RESIDUAL_CASHFLOW", projection)
    handles.forget_memory()
    assert call("XLFV_RESIDUAL_CASHFLOW", projection) == before
    assert one(call("XLFV_DISTRIBUTE", trust, CASH, INDICES)) == projection


def test_faults_of_cash_and_of_indices_are_told_together(trust: str) -> None:
    cash = [list(row) for row in CASH]
    cash[2][1] = 1.0
    reason = fails("XLFV_DISTRIBUTE", trust, cash, [["month", "LIBOR_1M"], [0.0, 2.5]])
    assert "month 2 begins with 1.00" in reason
    assert "libor_1m is 2.5" in reason
