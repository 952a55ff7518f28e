"""A month valued: every trust projected and put at fair value, and rolled forward from the months before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlfv.months.folder import Month, Progress, TrustMonth, months_of, previous, read_month
from xlfv.projection.projection import Projection, project
from xlfv.reporting.ledger import add_up, chain, trust_rollforward
from xlfv.reporting.rollforward import Rollforward
from xlfv.tables import Fault, Refused
from xlfv.valuation.fair_value import FairValue, fair_value
from xlfv.valuation.yields import Chosen, read_yields


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
            yields = read_yields(source.tables["yields"], source.trust)
            valued[name] = ValuedTrust(source, projection, yields, fair_value(projection, yields))
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
    faults = []
    if previous(after.month.month) != before.month.month:
        faults.append(Fault(f"{after.month.month} does not follow {before.month.month}", todo="give the month before"))
    for name in sorted(set(before.trusts) ^ set(after.trusts)):
        faults.append(
            Fault(f"{name} is in one of {before.month.month} and {after.month.month} only", todo="add its folder")
        )
    for name, trust in after.trusts.items():
        if not trust.source.actuals:
            faults.append(Fault(f"{name}/{after.month.month} has no activity", todo="add activity.csv: item, amount"))
    if faults:
        raise Refused(faults)
    return {
        name: trust_rollforward(
            before.trusts[name].value, trust.value, trust.source.actuals, consolidated=trust.consolidated
        )
        for name, trust in after.trusts.items()
    }  # fmt: skip


@dataclass(frozen=True)
class Rolled:
    """The rollforwards of a month.

    Attributes:
        month: over the month, by trust.
        year: over the year to date (from December), by trust; empty where a month of the year is missing.
        openings: values at the end of the month before, by trust.
    """

    month: dict[str, Rollforward]
    year: dict[str, Rollforward]
    openings: dict[str, FairValue]

    def total(self, year: bool = False) -> Rollforward:
        """All trusts added up."""
        return add_up((self.year if year else self.month).values())


def roll_month(after: ValuedMonth, data: Path, progress: Progress | None = None) -> Rolled | None:
    """Roll a valued month forward from the month before, and from December over the year; None without a month before.

    Raises:
        Refused: a month before is there and cannot be read, valued or joined.
    """
    have = set(months_of(data))
    wanted = [after.month.month]
    while previous(wanted[0]) in have:
        wanted.insert(0, previous(wanted[0]))
        if wanted[0].endswith("-12"):
            break
    if len(wanted) < 2:
        return None
    steps: list[dict[str, Rollforward]] = []
    openings: dict[str, FairValue] = {}
    before: ValuedMonth | None = None
    for name in wanted:
        if progress:
            progress(name)
        now = after if name == after.month.month else value_month(read_month(data, name))
        if before is not None:
            steps.append(roll_forward(before, now))
            openings = {trust: valued.value for trust, valued in before.trusts.items()}
        before = now
    whole = wanted[0].endswith("-12")
    year = {name: chain(step[name] for step in steps) for name in after.trusts} if whole else {}
    return Rolled(steps[-1], year, openings)
