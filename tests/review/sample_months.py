"""The sample's months and their tie-outs, for tests: read once."""

from __future__ import annotations

import functools
from pathlib import Path

from xlfv.months.folder import Month, TrustMonth, previous, read_month
from xlfv.review.remittance import Remittance, read_remittance
from xlfv.review.roll_checks import roll_checks
from xlfv.review.roll_findings import RollFinding
from xlfv.review.tieout import TieOut, tie_out

SAMPLE = Path(__file__).parents[2] / "workbooks" / "sample"


@functools.cache
def month_of(month: str) -> Month:
    """A month of the sample."""
    return read_month(SAMPLE, month)


def sides(trust: str, month: str) -> tuple[TrustMonth | None, TrustMonth]:
    """A trust's month and the one before."""
    before = month_of(previous(month)).trusts[trust] if month > "2008-12" else None
    return before, month_of(month).trusts[trust]


def report_of(trust: str, month: str) -> Remittance:
    """The trustee's report."""
    _, now = sides(trust, month)
    return read_remittance(now.tables["remittance"], now.trust)


def tied(trust: str, month: str, report: Remittance | None = None) -> TieOut:
    """A month's tie-out, of another report where one is given."""
    before, now = sides(trust, month)
    report = report or report_of(trust, month)
    if before is None:
        return tie_out(now.trust, report)
    return tie_out(now.trust, report, before.trust, before.indices, now.actuals, now.sales)


def rolled(trust: str, month: str) -> list[RollFinding]:
    """A month's roll checks."""
    before, now = sides(trust, month)
    assert before is not None
    return roll_checks(
        before.trust["loans"], now.trust["loans"], before.trust.as_of, now.trust.as_of, before.trust["reo"],
        now.trust["reo"], now.sales, now.actuals, now.tables["loans"], before.tables["loans"],
    )  # fmt: skip
