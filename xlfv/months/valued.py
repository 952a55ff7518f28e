"""A month valued: every trust projected and put at fair value, and rolled forward from the months before."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from xlfv.months.debt import debt_month
from xlfv.months.folder import Month, Progress, TrustMonth, previous
from xlfv.months.source import months_of, read_month
from xlfv.projection.projection import Projection, project
from xlfv.reporting.consolidation import changed_between, facts_of
from xlfv.reporting.forms import add_up, chain
from xlfv.reporting.reprojection import MonthEnd
from xlfv.reporting.rollforward import Rollforward
from xlfv.reporting.trust_rollforward import TrustRollforward, trust_rollforward
from xlfv.tables import Fault, Refused
from xlfv.valuation.fair_value import FairValue, fair_value
from xlfv.valuation.yields import Chosen


@dataclass(frozen=True)
class ValuedTrust:
    """A trust's month with its expected cash and its balance at fair value."""

    source: TrustMonth
    projection: Projection
    yields: dict[str, Chosen]
    value: FairValue

    @property
    def consolidated(self) -> bool:
        """Its assets and liabilities stand on the balance sheet."""
        return self.source.trust.consolidated


@dataclass(frozen=True)
class ValuedMonth:
    """All trusts of a month, valued; by name."""

    month: Month
    trusts: dict[str, ValuedTrust]


def value_month(month: Month, progress: Progress | None = None) -> ValuedMonth:
    """Project and value every trust of a month.

    Raises:
        Refused: with the faults of every trust that cannot be valued; none is valued then.
    """
    valued: dict[str, ValuedTrust] = {}
    faults: list[Fault] = []
    for name, source in month.trusts.items():
        if progress:
            progress(name)
        try:
            projection = project(source.trust, source.curves, source.indices)
            valued[name] = ValuedTrust(source, projection, source.yields, fair_value(projection, source.yields))
        except Refused as refusal:
            faults.extend(
                Fault(f.what, f"{name}/{month.month}: {f.where}".rstrip(": "), f.todo) for f in refusal.faults
            )
    if faults:
        raise Refused(faults)
    return ValuedMonth(month, valued)


def roll_forward(before: ValuedMonth, after: ValuedMonth) -> dict[str, Rollforward]:
    """Each trust's rollforward over one month.

    Raises:
        Refused: the months do not follow each other, a trust is in one of them only, or its activity is not given.
    """
    return {name: one.rollforward for name, one in roll_trusts(before, after).items()}


def roll_trusts(
    before: ValuedMonth, after: ValuedMonth, *, interest: str = "net", gains: str = "earnings"
) -> dict[str, TrustRollforward]:
    """Each trust's rollforward over one month, with the reprojections and the cash behind it.

    Args:
        before, after: two months in a row.
        interest, gains: as of :func:`xlfv.reporting.trust_rollforward.trust_rollforward`.

    Raises:
        Refused: as :func:`roll_forward`; every trust's faults, each with its name.
    """
    faults = []
    if previous(after.month.month) != before.month.month:
        faults.append(Fault(f"{after.month.month} does not follow {before.month.month}", todo="give the month before"))
    for name in sorted(set(before.trusts) ^ set(after.trusts)):
        faults.append(
            Fault(f"{name} is in one of {before.month.month} and {after.month.month} only", todo="add its folder")
        )
    for name, trust in after.trusts.items():
        if not trust.source.ledger.postings:
            todo = "add activity.csv: item, amount; or ledger.csv with its postings"
            faults.append(Fault(f"{name}/{after.month.month} has no activity", todo=todo))
    if faults:
        raise Refused(faults)
    found = {}
    for name, trust in after.trusts.items():
        ends = [MonthEnd(one.projection, one.yields) for one in (before.trusts[name], trust)]
        try:
            day = _changed_on(name, before, after)
            found[name] = trust_rollforward(
                ends[0], ends[1], trust.source.ledger, interest=interest, gains=gains, changed_on=day
            )
        except Refused as refusal:
            place = f"{name}/{after.month.month}"
            faults += [Fault(f.what, f"{place}: {f.where}".rstrip(": "), f.todo) for f in refusal.faults]
    if faults:
        raise Refused(faults)
    return found


def _changed_on(name: str, before: ValuedMonth, after: ValuedMonth) -> dt.date | None:
    """The day on which a trust's status changed in the month, by the facts of the company; None where none are recorded."""
    facts = facts_of(after.month.company.facts, name)
    if facts is None or before.trusts[name].consolidated == after.trusts[name].consolidated:
        return None
    ends = [(one.month.as_of, one.trusts[name].consolidated) for one in (before, after)]
    return changed_between(name, facts, ends[0], ends[1])


@dataclass(frozen=True)
class Rolled:
    """The rollforwards of a month.

    Attributes:
        month: over the month, by trust.
        year: over the year to date (from December), by trust; empty where a month of the year is missing.
        openings: values at the end of the month before, by trust.
        before: the month before, whole.
        details: the month's rollforwards with the reprojections and the cash behind them, by trust.
        debt: the company's long-term debt over the month, and over the year where all trusts are; None where there is none, or
            it cannot be rolled forward.
        debt_note: why it cannot; empty where it can.
    """

    month: dict[str, Rollforward]
    year: dict[str, Rollforward]
    openings: dict[str, FairValue]
    details: dict[str, TrustRollforward] = field(default_factory=dict, compare=False)
    before: ValuedMonth | None = field(default=None, compare=False)
    debt: tuple[Rollforward, Rollforward] | None = field(default=None, compare=False)
    debt_note: str = field(default="", compare=False)

    def total(self, year: bool = False) -> Rollforward:
        """All trusts and the company's long-term debt added up."""
        debt = [self.debt[int(year)]] if self.debt else []
        return add_up([*(self.year if year else self.month).values(), *debt])


def roll_month(after: ValuedMonth, data: Path, progress: Progress | None = None) -> Rolled | None:
    """Roll a valued month forward from the month before, and from December over the year; None without a month before.

    Args:
        after: the month.
        data: the folder of all months, or the book.
        progress: told each month before it is read.

    Raises:
        Refused: a month before is there and cannot be read, valued or joined.
    """
    return roll_back_to(after, months_of(data), lambda month: read_month(data, month), progress)


def months_back(month: str, known: Collection[str]) -> list[str]:
    """The month, and those before it back to December or to the first in a row that is known; ascending."""
    wanted = [month]
    while (before := previous(wanted[0])) in known:
        wanted.insert(0, before)
        if before.endswith("-12"):
            break
    return wanted


def roll_back_to(
    after: ValuedMonth, known: Collection[str], read: Callable[[str], Month], progress: Progress | None = None
) -> Rolled | None:
    """As :func:`roll_month`, of months read by a function.

    Args:
        after: the month.
        known: months that can be read.
        read: reads one.
        progress: told each month before it is read.
    """
    wanted = months_back(after.month.month, known)
    if len(wanted) < 2:
        return None
    steps: list[dict[str, TrustRollforward]] = []
    months: list[Month] = []
    openings: dict[str, FairValue] = {}
    before: ValuedMonth | None = None
    earlier: ValuedMonth | None = None
    for name in wanted:
        if progress:
            progress(name)
        now = after if name == after.month.month else value_month(read(name))
        months.append(now.month)
        if before is not None:
            steps.append(roll_trusts(before, now))
            openings = {trust: valued.value for trust, valued in before.trusts.items()}
        earlier, before = before, now
    whole = wanted[0].endswith("-12")
    year = {name: chain(step[name].rollforward for step in steps) for name in after.trusts} if whole else {}
    month = {name: one.rollforward for name, one in steps[-1].items()}
    debt, note = debt_of(months)
    return Rolled(month, year, openings, steps[-1], earlier, debt, note)


def debt_of(months: list[Month]) -> tuple[tuple[Rollforward, Rollforward] | None, str]:
    """Long-term debt over the last month and over all of them; or None, and why where there is debt."""
    try:
        found = [debt_month(before, after) for before, after in itertools.pairwise(months)]
    except Refused as refusal:
        return None, "; ".join(fault.what for fault in refusal.faults)
    parts = [one for one in found if one is not None]
    if found[-1] is None:
        return None, "there is none in the month, and there was in an earlier one" if parts else ""
    return (found[-1], chain(parts)), ""
