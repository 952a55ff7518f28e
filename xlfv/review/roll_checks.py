"""Loans checked from one month-end to the next: loan by loan, against the table of REO, and in sum against what was posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np

from xlfv.review.actuals import Floats
from xlfv.review.follow import months_between, whole_balance
from xlfv.review.roll_findings import ERROR, MOST, NOTE, WARNING, Findings, RollFinding, side_by_side
from xlfv.review.roll_rules import RULES
from xlfv.tables import Table
from xlfv.tables.schema import Records

ROUNDING = 0.01  # dollars: a month's sums of cents
NOTHING: Mapping[str, float] = MappingProxyType({})


def roll_checks(
    before: Records,
    now: Records,
    before_as_of: dt.date,
    now_as_of: dt.date,
    reo_before: Records | None = None,
    reo_now: Records | None = None,
    sold: Collection[str] = (),
    actuals: Mapping[str, float] = NOTHING,
    table: Table | None = None,
    table_before: Table | None = None,
) -> list[RollFinding]:
    """Every finding between two month-ends of a trust's loans, errors first.

    Args:
        before, now: the loans (:data:`xlfv.trust.loans.LOANS`) at both.
        before_as_of, now_as_of: their dates.
        reo_before, reo_now: the tables of REO; None: not looked at.
        sold: REO sold between, by loan.
        actuals: postings between, by :data:`xlfv.reporting.ledger.WORDS`; empty: sums are not held against them.
        table, table_before: the loans as they came in, for places in messages.
    """
    months = months_between(before_as_of, now_as_of)
    tapes = side_by_side(before, now, months)
    findings = Findings(tapes, table, table_before)
    if months < 1:
        findings.pool(ERROR, "order", f"the loans of {before_as_of} do not come before those of {now_as_of}",
                      "give the earlier month first")  # fmt: skip
        return findings.found
    if before.count and now.count and not tapes.row.size:
        findings.pool(ERROR, "other_pool", "no loan of the month before stands among the loans",
                      "give the loans of the same trust, with loan_id written as before")  # fmt: skip
        return findings.found
    for rule in RULES:
        rule(findings)
    _reo(findings, reo_before, reo_now, sold)
    if actuals:
        _sums(findings, reo_before, reo_now, actuals)
    order = {ERROR: 0, WARNING: 1, NOTE: 2}
    return sorted(findings.found, key=lambda one: order[one.level])


def _reo(findings: Findings, owned: Records | None, left: Records | None, sold: Collection[str]) -> None:
    """Loans in REO and the table of REO hold the same; one that is gone was sold, and one sold is gone."""
    tapes = findings.tapes
    status = tapes.now["status"]
    if left is not None:
        listed = np.isin(tapes.now["loan_id"], left["loan_id"])
        findings.here(ERROR, "reo_not_listed", np.flatnonzero((status == "reo") & ~listed), "status",
                      "in status reo without a row in the table reo", "add it to reo, or mend the status")  # fmt: skip
        findings.here(ERROR, "reo_listed_alive", np.flatnonzero((status != "reo") & listed), "status",
                      "with a row in the table reo and another status", "take it out of reo, or give it the status reo")  # fmt: skip
    names = np.array(sorted(sold), dtype=np.str_)
    findings.here(ERROR, "sold_stands", np.flatnonzero(np.isin(tapes.now["loan_id"], names)), "status",
                  "sold as REO and still among the loans", "take it out of the loans, or out of sales")  # fmt: skip
    was_reo = tapes.before["status"][tapes.gone] == "reo"
    unsold = was_reo & ~np.isin(tapes.before["loan_id"][tapes.gone], names)
    findings.there(ERROR, "reo_vanished", tapes.gone[unsold], "balance", "in REO a month before and gone without a sale",
                   "add the sale to sales, or the loan to the loans")  # fmt: skip
    if owned is not None and left is not None:
        beside = ~np.isin(owned["loan_id"], tapes.before["loan_id"]) & ~np.isin(owned["loan_id"], left["loan_id"])
        lost = [str(name) for name in owned["loan_id"][beside & ~np.isin(owned["loan_id"], names)]]
        if lost:
            what = f"{len(lost)} of the REO that stands in no table of loans {'is' if len(lost) == 1 else 'are'} gone without a sale"
            findings.pool(
                ERROR, "reo_vanished", f"{what}: {', '.join(lost[:MOST])}", "add the sale to sales, or the row to reo"
            )


_DOWN = ("principal_collected", "liquidation_proceeds", "losses", "reo_sales_proceeds", "reo_losses")


def _sums(findings: Findings, owned: Records | None, left: Records | None, actuals: Mapping[str, float]) -> None:
    """The pool fell by what was paid, liquidated and sold; the loans gone are no more than these."""
    tapes = findings.tapes
    outside = _outside(tapes.before, owned) - _outside(tapes.now, left)
    fell = float(whole_balance(tapes.before).sum() - whole_balance(tapes.now).sum()) + outside
    posted = sum(actuals.get(name, 0.0) for name in _DOWN) - actuals.get("loans_bought", 0.0)
    if abs(fell - posted) > ROUNDING:
        what = (
            f"the pool fell by {fell:,.2f}, and principal, proceeds and losses posted are {posted:,.2f}:"
            f" {fell - posted:,.2f} is not explained"
        )
        findings.pool(ERROR, "pool_roll", what, "mend the loans, or what is posted in activity")
    lent = tapes.gone[tapes.before["status"][tapes.gone] != "reo"]
    gone = float(whole_balance(tapes.before.take(lent)).sum())
    most = sum(actuals.get(name, 0.0) for name in _DOWN[:3])
    if gone > most + ROUNDING:
        what = f"loans of {gone:,.2f} are gone, and principal, proceeds and losses posted are {most:,.2f}"
        findings.pool(ERROR, "vanished_sum", what, "mend what is posted, or give the loans that are missing")


def _outside(loans: Records, reo: Records | None) -> float:
    """Balance of REO that stands in no table of loans."""
    if reo is None or not reo.count:
        return 0.0
    beside: Floats = np.where(np.isin(reo["loan_id"], loans["loan_id"]), 0.0, reo["balance"])
    return float(beside.sum())
