"""Trusts over several months that follow each other: rollforwards by trust and in total, and changes explained."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlfv.months.debt import debt_month
from xlfv.months.folder import Month, Progress, TrustMonth, month_after, month_end
from xlfv.months.source import months_of, read_month
from xlfv.months.valued import ValuedMonth, ValuedTrust, roll_trusts, value_month
from xlfv.reporting.attribution_total import added, together
from xlfv.reporting.forms import add_up, chain
from xlfv.reporting.implied_cash import implied_cash
from xlfv.reporting.posted_cash import SIDES, posted_by_side
from xlfv.reporting.reprojection import FACTORS, Explained, MonthEnd, explain_change
from xlfv.reporting.rollforward import Rollforward
from xlfv.reporting.trust_rollforward import TrustRollforward
from xlfv.tables import Fault, Refused, refuse_if


@dataclass(frozen=True)
class RolledOver:
    """Rollforwards over some months.

    Attributes:
        months: from the opening's to the closing's.
        trusts: over all of them, by trust.
        debt: of the company's long-term debt; None where there is none.
        steps: month by month, by trust, with the reprojections behind it.
    """

    months: tuple[str, ...]
    trusts: dict[str, Rollforward]
    debt: Rollforward | None
    steps: tuple[dict[str, TrustRollforward], ...]

    @property
    def total(self) -> Rollforward:
        """All trusts and the long-term debt added up."""
        return add_up([*self.trusts.values(), *([self.debt] if self.debt else [])])


def months_from(opening: str, closing: str, data: Path) -> tuple[str, ...]:
    """Every month from one to another.

    Raises:
        Refused: the first does not lie before the second; naming every month between that no trust has a folder for.
    """
    first, last = month_end(opening), month_end(closing)
    if not first < last:
        what = f"{opening} does not lie before {closing}"
        raise Refused(Fault(what, todo="give the month at whose end the books open, and a later one"))
    wanted = [opening]
    while wanted[-1] != closing:
        wanted.append(month_after(wanted[-1]))
    have = months_of(data)
    there = ", ".join(have) or "none"
    why = f"the months from {opening} to {closing} do not follow each other"
    todo = f"months there: {there}"
    refuse_if([Fault(f"no trust has a folder {m}: {why}", str(data), todo) for m in wanted if m not in have])
    return tuple(wanted)


def read_and_value(
    months: Sequence[str], data: Path, reading: Progress | None = None, valuing: Progress | None = None
) -> list[ValuedMonth]:
    """Months read and valued; nothing is valued unless all can be read.

    Args:
        months: in order.
        data: the folder of all months.
        reading, valuing: told each month before it is read, and before it is valued.

    Raises:
        Refused: with every fault of every month.
    """
    valued = []
    for one in read_months(months, data, reading):
        if valuing:
            valuing(one.month)
        valued.append(value_month(one))
    return valued


def read_months(months: Sequence[str], data: Path, reading: Progress | None = None) -> list[Month]:
    """Months read; refused with every fault of every month. ``reading`` is told each before it is read."""
    faults: list[Fault] = []
    read = []
    for month in months:
        if reading:
            reading(month)
        try:
            read.append(read_month(data, month))
        except Refused as refusal:
            faults.extend(refusal.faults)
    refuse_if(faults)
    return read


def roll_over(
    valued: Sequence[ValuedMonth], interest: str = "net", gains: str = "earnings", progress: Progress | None = None
) -> RolledOver:
    """Roll trusts and debt forward over months that follow each other.

    Args:
        valued: the months, the opening's first.
        interest: ``net`` of contractual interest (the letter's form) or ``gross``.
        gains: where those of the residual of a trust not consolidated go, ``earnings`` or ``oci``.
        progress: told each month before it is rolled forward.

    Raises:
        Refused: the months do not follow each other, a trust is in one of two only, or its postings are not given.
    """
    steps: list[dict[str, TrustRollforward]] = []
    debts: list[Rollforward] = []
    for before, after in itertools.pairwise(valued):
        if progress:
            progress(after.month.month)
        steps.append(roll_trusts(before, after, interest=interest, gains=gains))
        debt = debt_month(before.month, after.month, interest)
        debts += [debt] if debt else []
    trusts = {name: chain(step[name].rollforward for step in steps) for name in steps[-1]}
    months = tuple(one.month.month for one in valued)
    return RolledOver(months, trusts, chain(debts) if debts else None, tuple(steps))


@dataclass(frozen=True)
class Change:
    """A trust's change in fair value between two dates.

    Attributes:
        explained: factor by factor.
        paid: cash by item as the states of each month say it was paid (dollars); None where a month between is not given,
            or one has no ledger.
        posted: cash by side of the balance as the ledgers of all months have it (dollars); None likewise.
        consolidated: the trust stands on the balance sheet at the closing.
    """

    explained: Explained
    paid: dict[str, float] | None
    consolidated: bool
    posted: dict[str, float] | None = None


def explain_months(
    before: ValuedMonth,
    after: ValuedMonth,
    order: Sequence[str] = FACTORS,
    method: str = "sequential",
    trust: str = "",
    progress: Progress | None = None,
    between: Sequence[Month] = (),
) -> dict[str, Change]:
    """Each trust's change in fair value between two months, explained; one trust's where it is named.

    Args:
        before, after: the months, with or without others between them.
        order, method: of :func:`xlfv.reporting.reprojection.explain_change`.
        trust: its name; empty for all.
        progress: told each trust before it is explained.
        between: the months between them in order, all or none: they say what was paid.

    Raises:
        Refused: there is no such trust, or one is in one of the months only; a change that cannot be explained.
    """
    wanted = trust.strip().lower()
    names = [name for name in after.trusts if not wanted or name.lower() == wanted]
    faults = [
        Fault(f"{name} is in one of {before.month.month} and {after.month.month} only", todo="add its folder")
        for name in sorted(set(before.trusts) ^ set(after.trusts))
        if not wanted or name.lower() == wanted
    ]
    if not names and not faults:
        what = f"there is no trust '{trust}' in {after.month.month}"
        faults.append(Fault(what, todo=f"known: {', '.join(after.trusts)}"))
    refuse_if(faults)
    found: dict[str, Change] = {}
    for name in names:
        if progress:
            progress(name)
        try:
            states = [one.trusts[name] for one in between if name in one.trusts]
            found[name] = _explain(before.trusts[name], after.trusts[name], order, method, states)
        except Refused as refusal:
            place = f"{name}/{after.month.month}"
            faults += [Fault(f.what, f"{place}: {f.where}".rstrip(": "), f.todo) for f in refusal.faults]
    refuse_if(list(dict.fromkeys(faults)))
    return found


def _explain(
    before: ValuedTrust, after: ValuedTrust, order: Sequence[str], method: str, between: Sequence[TrustMonth]
) -> Change:
    ends = [MonthEnd(one.projection, one.yields) for one in (before, after)]
    explained = explain_change(ends[0], ends[1], order, method)
    states = [before.source, *between, after.source]
    if explained.months != len(states) - 1 or not all(one.ledger.postings for one in states[1:]):
        return Change(explained, None, after.consolidated)
    paid = dict.fromkeys(explained.items, 0.0)
    posted = dict.fromkeys(SIDES, 0.0)
    for first, last in itertools.pairwise(states):
        try:
            month = implied_cash(first.trust, last.trust, first.indices, last.ledger.amounts).by_item()
        except Refused:
            if not between:
                raise
            return Change(explained, None, after.consolidated)  # the sentence on performance says what is in it
        paid = {item: amount + month.get(item, 0.0) for item, amount in paid.items()}
        booked = posted_by_side(last.ledger.amounts)
        posted = {side: amount + booked[side] for side, amount in posted.items()}
    return Change(explained, paid, after.consolidated, posted)


def changes_total(changes: Mapping[str, Change]) -> Change:
    """The changes of several trusts as one; see :func:`xlfv.reporting.attribution_total.together`."""
    explained = together({name: one.explained for name, one in changes.items()})
    consolidated = all(one.consolidated for one in changes.values())
    parts = [(name, one.explained, one.paid) for name, one in changes.items()]
    if len(parts) == 1:
        return replace(next(iter(changes.values())), explained=explained)
    ledgers = [one.posted for one in changes.values() if one.posted is not None]
    posted = {side: sum(one[side] for one in ledgers) for side in SIDES} if len(ledgers) == len(parts) else None
    if any(paid is None for _, _, paid in parts):
        return Change(explained, None, consolidated, posted)
    paid = added([(name, one, paid or {}) for name, one, paid in parts], explained.items)
    return Change(explained, paid, consolidated, posted)
