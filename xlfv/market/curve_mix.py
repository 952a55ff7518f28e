"""Curves of two dates: the opening's moved on, and mixed with the closing's family of columns by family.

A family is what one factor of an attribution changes: ``prepayment`` (the prepayment rate, whichever it is, and
curtailment), ``default`` (the default rate, and what decides who is liquidated and when without being a loss: cures, months
to liquidation, advancing), ``severity`` (what a liquidation loses and when its cash comes: severity and its basis,
expenses, recovery lag, subsequent recoveries). A set mixed has whole columns of either date, so that rates of two kinds
(CPR, then PSA) need no conversion.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from xlfv.market.curve_changes import curves_of_sets
from xlfv.market.curve_sets import BOUNDS, DEFAULT, DEFAULTS, PREPAY, TOLD, Curves, plain_column
from xlfv.market.curve_table import Spelled, spell_table
from xlfv.market.rates import Floats
from xlfv.market.vectors import MAX_MONTHS
from xlfv.tables import Fault, Place, Table, refuse_if

FAMILIES: Final = {
    "prepayment": (*PREPAY, "curtailment"),
    "default": (*DEFAULT, "cure", "months_to_liquidation", "advance", "advance_months"),
    "severity": ("severity", "liquidation_expense", "recovery_lag", "subsequent_recovery", "subsequent_recovery_lag"),
}
"""Family -> its plain columns; those of a status belong to their plain one, severity_basis to severity."""
FAMILY_OF: Final = {column: f for column in BOUNDS for f, cs in FAMILIES.items() if plain_column(column) in cs}
_CUMULATIVE = "cumulative_default"
_WAITS = "months_to_liquidation"
Sets = Mapping[str, Spelled]


def spelled_sets(curves: Curves) -> dict[str, Spelled]:
    """The sets of curves spelled out, by name."""
    table = Table(
        "curves", {name: list(cells) for name, cells in curves.table.items()}, order=tuple(curves.table), text=True
    )
    return {one.name: one for one in spell_table(table, [])}


def curves_from(sets: Sets) -> Curves:
    """Curves of sets spelled out; their table says the same."""
    columns = {column for one in sets.values() for column in one.columns}
    axes = [axis for axis in ("month", "age") if any(one.axis == axis for one in sets.values())]
    told = [column for column in TOLD if any(any(c is not None for c in one.told[column]) for one in sets.values())]
    order = (*axes, "curve", *(c for c in BOUNDS if c in columns), "severity_basis", *told)
    table = Table("curves", {column: [] for column in order}, Place("curves of two dates"), order)
    return curves_of_sets(table, list(sets.values()))


def moved_on(sets: Sets, months: int, shares: Mapping[str, float] | None = None) -> dict[str, Spelled]:
    """Sets as seen ``months`` later: one by month loses its first months, one by age stays.

    A cumulative default by month counts from the later month and stands on its balance: ``(D(t + k) - D(k)) / share``.

    Args:
        shares: of each set, the balance at the later date of what follows it over that at the first (1).
    """
    if not months:
        return dict(sets)
    return {name: _moved_on(one, months, (shares or {}).get(name, 1.0)) for name, one in sets.items()}


def _moved_on(one: Spelled, months: int, share: float) -> Spelled:
    if one.axis == "age":
        return one
    columns = {column: values[min(months, values.size - 1) :].copy() for column, values in one.columns.items()}
    if _CUMULATIVE in columns:
        reached = np.nan_to_num(one.columns[_CUMULATIVE])
        left = reached[min(months, reached.size - 1) :] - reached[min(months, reached.size - 1)]
        columns[_CUMULATIVE] = np.minimum(left / share if share > 0.0 else 0.0 * left, 1.0)
    first = one.at[0]
    kept = [max(k for k, at in enumerate(one.at) if at <= months + first)]
    kept += [k for k, at in enumerate(one.at) if at > months + first]
    at = (first, *(one.at[k] - months for k in kept[1:]))
    return replace(
        one, rows=tuple(one.rows[k] for k in kept), at=at, columns=columns,
        told={column: [cells[k] for k in kept] for column, cells in one.told.items()},
    )  # fmt: skip


def mixed(opening: Sets, closing: Sets, families: Collection[str]) -> dict[str, Spelled]:
    """The closing's sets with the columns of ``families`` their own and all others the opening's.

    A set that only the closing has is the closing's; one that only the opening has is left out: no loan of the closing
    follows it.

    Raises:
        Refused: a set by month at one date and by age at the other: its rates cannot stand side by side.
    """
    if set(families) >= set(FAMILIES):
        return dict(closing)
    _refuse_axes(opening, closing, families)
    return {name: _mixed(opening[name], one, families) if name in opening else one for name, one in closing.items()}


def _refuse_axes(opening: Sets, closing: Sets, families: Collection[str]) -> None:
    refuse_if(
        [
            Fault(f"curve {name} is by {opening[name].axis} at the opening and by {one.axis} at the closing", "curves",
                  "give both by month or both by age: only then can one of its columns change before another")
            for name, one in closing.items()
            if families and name in opening and opening[name].axis != one.axis
        ]
    )  # fmt: skip


def _mixed(before: Spelled, after: Spelled, families: Collection[str]) -> Spelled:
    """One set with the columns of some families from ``after``."""
    if not families:
        return before
    columns = {c: v for c, v in before.columns.items() if FAMILY_OF[c] not in families}
    columns |= {c: v for c, v in after.columns.items() if FAMILY_OF[c] in families}
    at = sorted({*before.at, *after.at})
    first = min(before.at[0], after.at[0])
    return Spelled(
        before.name, before.axis, tuple(range(len(at))), (first, *(month for month in at if month > first)),
        (after if "prepayment" in families else before).prepay_kind,
        (after if "default" in families else before).default_kind,
        columns,
        (after if "severity" in families else before).severity_basis,
        {column: [None] * len(at) for column in TOLD},
    )  # fmt: skip


def followed(
    opening: Sets, closing: Sets, families: Collection[str], months: int, shares: Mapping[str, float] | None = None
) -> dict[str, Spelled]:
    """The opening's sets, with the closing's columns of ``families`` from ``months`` on (their month 1 is the one after).

    What loans late at the opening wait for their liquidation is the closing's wait after those months, where they are
    still expected to be there by then.

    Raises:
        Refused: a set by age, or one whose rates are of another kind at the closing, changes in these families: its
            first months cannot keep the opening's.
    """
    _refuse_axes(opening, closing, families)
    faults: list[Fault] = []
    found = {}
    for name, one in opening.items():
        after = closing.get(name)
        if after is None or not families:
            found[name] = one
        elif not months:
            found[name] = _mixed(one, after, families)
        else:
            found[name] = _followed(one, after, families, months, (shares or {}).get(name, 1.0), faults)
    refuse_if(faults)
    return found


def _followed(
    before: Spelled, after: Spelled, families: Collection[str], months: int, share: float, faults: list[Fault]
) -> Spelled:
    todo = "let performance change first (the order that is preset), or give the curves by month and in one kind"
    taken = [c for c in BOUNDS if FAMILY_OF[c] in families and (c in before.columns or c in after.columns)]
    if before.axis == "age":
        changed = [c for c in taken if not _same(before.columns.get(c), after.columns.get(c), c)]
        if changed or ("severity" in families and before.severity_basis != after.severity_basis):
            what = f"curve {before.name} is by age: what was expected until the closing cannot keep the opening's {changed[0] if changed else 'severity_basis'}"
            faults.append(Fault(what, "curves", todo))
        return before
    kinds = (
        ("prepayment", before.prepay_kind, after.prepay_kind),
        ("default", before.default_kind, after.default_kind),
    )
    for family, one, other in kinds:
        if family in families and one != other:
            what = f"curve {before.name} gives {one} at the opening and {other} at the closing: one cannot follow the other"
            faults.append(Fault(what, "curves", todo))
    if "severity" in families and before.severity_basis != after.severity_basis:
        what = f"curve {before.name} changes its severity_basis from {before.severity_basis} to {after.severity_basis}"
        faults.append(Fault(what, "curves", todo))
    for column in taken:
        if column in _STOOD_IN and (column in before.columns) != (column in after.columns):
            what = f"curve {before.name} gives {column} at one of both dates only"
            faults.append(Fault(what, "curves", todo))
        elif column in _STOOD_IN and np.isnan(_held(after.columns.get(column), column, 1)).any():
            faults.append(Fault(f"curve {before.name} gives {column} from a later month only", "curves", todo))
    columns = dict(before.columns)
    for column in taken:
        columns[column] = _then(before, after, column, months, share)
    first = before.at[0]
    at = (*(m for m in before.at if m <= months), *(m + months for m in after.at if m + months > first and m > 0))
    return replace(before, rows=tuple(range(len(at))), at=at, columns=columns, told={c: [None] * len(at) for c in TOLD})


def _same(one: Floats | None, other: Floats | None, column: str) -> bool:
    return np.array_equal(_held(one, column), _held(other, column), equal_nan=True)


def _held(values: Floats | None, column: str, first: int = 0, count: int = MAX_MONTHS + 2) -> Floats:
    """A column by month from ``first`` on; its default where it is not given (not a number where another one stands in)."""
    default = np.nan if column in _STOOD_IN else min(DEFAULTS.get(column, 0.0), BOUNDS[column][1])
    if values is None:
        return np.full(count, default)
    held = values[np.minimum(np.arange(count) + first, values.size - 1)]
    return np.where(np.isnan(held), default, held)


_STOOD_IN = frozenset(c for c in BOUNDS if plain_column(c) in ("cure", _WAITS) or (plain_column(c) != c))


def _then(before: Spelled, after: Spelled, column: str, months: int, share: float) -> Floats:
    """A column that is the opening's up to ``months`` and the closing's after it."""
    early, late = (one.columns.get(column) for one in (before, after))
    size = months + max(1 if late is None else late.size, 2)
    old, new = _held(early, column, 0, size), _held(late, column, 1, size - months - 1)
    if plain_column(column) == _WAITS:
        later = np.minimum(np.concatenate([np.full(months, new[0]), new])[: size - 1] + months, BOUNDS[column][1])
        kept = np.nan_to_num(old[1:], nan=np.inf) <= months
        return np.concatenate([old[:1], np.where(kept, old[1:], later)])
    if column == _CUMULATIVE:
        reached = np.nan_to_num(old[: months + 1])
        return np.concatenate([reached, np.minimum(reached[-1] + np.nan_to_num(new) * share, 1.0)])
    return np.concatenate([old[: months + 1], new])


def changed_families(opening: Sets, closing: Sets) -> tuple[str, ...]:
    """The families in which the sets that the closing has differ from the opening's."""
    same = curves_from(mixed(opening, closing, ())).digest
    found = []
    for family in FAMILIES:
        differs = any(name in opening and opening[name].axis != one.axis for name, one in closing.items())
        if differs or curves_from(mixed(opening, closing, (family,))).digest != same:
            found.append(family)
    return tuple(found)
