"""The sample's trusts from November to December 2009: explained to the dollar, and their expected interest is what was paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlfv.months.folder import read_month
from xlfv.projection.projection import project
from xlfv.reporting.attribution import amounts_by_row, cash_by_states, classes_of, explanation_grid
from xlfv.reporting.reprojection import Explained, MonthEnd, explain_change
from xlfv.valuation import fair_value as fv
from xlfv.valuation.yields import read_yields

SAMPLE = Path(__file__).resolve().parents[2] / "workbooks" / "sample"
TRUSTS = ("ICMB-2004-F", "ICMB-2005-A", "IMFC-2006-MF")


@pytest.fixture(scope="module")
def ends() -> dict[str, tuple[MonthEnd, MonthEnd]]:
    months = [read_month(SAMPLE, month) for month in ("2009-11", "2009-12")]
    found = {}
    for name in TRUSTS:
        sources = [month.trusts[name] for month in months]
        one, other = (
            MonthEnd(project(s.trust, s.curves, s.indices), read_yields(s.tables["yields"], s.trust)) for s in sources
        )
        found[name] = (one, other)
    return found


@pytest.mark.parametrize("name", TRUSTS)
def test_a_month_is_explained_to_the_dollar(ends: dict[str, tuple[MonthEnd, MonthEnd]], name: str) -> None:
    explained = explain_change(*ends[name])
    assert max(abs(explained.unexplained(item)) for item in explained.items) < 1e-6
    assert set(amounts_by_row(explained)["check"].values()) == {0.0}
    # The curves of December are those of November from their second month on, but for defaults and severities.
    assert set(explained.effects["prepayment"].values()) == {0.0}
    assert abs(explained.effects["yield"][fv.COLLATERAL]) > 1_000_000.0


@pytest.mark.parametrize("name", TRUSTS)
def test_classes_that_get_interest_alone_were_paid_what_was_expected(
    ends: dict[str, tuple[MonthEnd, MonthEnd]], name: str
) -> None:
    """Two ways that share nothing: the opening projection, and what the states of both months say."""
    one, other = ends[name]
    explained: Explained = explain_change(one, other)
    paid = cash_by_states(one.projection, other.projection)
    assert paid is not None
    for item in classes_of(explained)[1:]:
        assert explained.expected_cash[item] == pytest.approx(paid[item], abs=0.02), item
    told = {row[1]: row for row in explanation_grid(name, explained, paid)}
    assert abs(float(told["actual performance"][3])) < 0.002 * explained.opening.borrowings  # type: ignore[arg-type]
    assert cash_by_states(other.projection, one.projection) is None
