"""Curves scaled and shifted in words: ``* 1.1``, ``+ 100 for severity``, ``* 1.25 for cdr, cpr * 0.8``.

Grammar (case and spaces do not matter)::

    changes = change { ( "then" | ";" | "," | "and" ) change }     done one after another
    change  = [ who ] sign number [ unit ] [ "for" columns ] [ "of" curve sets ]
    who     = "curves" | columns                  columns may stand before the sign or after "for"
    sign    = "*" | "/" | "+" | "-"
    columns = column { ( "," | "and" ) column }   of the curves table; "prepay" and "default" are whichever rate is given
    unit    = "%" (of a factor) | "bp" | "months"

- Without columns the rates change: prepayment, default and severity.
- ``severity``, ``cure`` and ``months_to_liquidation`` mean the plain column and those of the statuses; ``cure_d30`` that one.
- ``*`` and ``/`` scale a rate as given (annual rates before they are made monthly; speeds of PSA and SDA likewise). ``* 110%``
  is ``* 1.1``.
- ``+`` and ``-`` move a rate by basis points (100 is 1%), a speed of PSA or SDA by percent of the standard, a column of
  months by months. ``+ 1%`` is refused: it could be either.
- Every result is held to its column's bounds: no rate falls below 0 or rises above 1, no severity above 2.

Nothing is evaluated: what is not of this grammar is refused, and the bad part quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from xlfv.market.curve_sets import BOUNDS, COLUMNS, DEFAULT, DEFAULTS, OF_STATUS, PREPAY, TOLD, WHOLE, shortest
from xlfv.market.curve_table import Spelled, spell_table
from xlfv.market.curves import Curves, curves_of, read_curves
from xlfv.market.rates import Floats
from xlfv.market.vectors import CHANGES, LONGEST
from xlfv.tables import Fault, Place, Refused, Table, plain, refuse_if
from xlfv.tables.faults import resembling

_ITEM = re.compile(
    r"^(?P<who>[a-z][a-z0-9_\s]*?)?\s*(?P<sign>[*/+-])\s*(?P<by>\d+(?:\.\d*)?|\.\d+)"
    r"\s*(?P<unit>%|percent|bps?|basis\s+points?|months?|)"
    r"(?:\s*\bfor\s+(?P<columns>.+?))?(?:\s*\bof\s+(?P<sets>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
_RATES: Final = {"prepay": PREPAY, "prepayment": PREPAY, "prepayments": PREPAY, "default": DEFAULT, "defaults": DEFAULT}
_EVERY: Final = ("curves", "curve", "rates", "")
_LIKE = "write like '* 1.1', '+ 100 for severity' (basis points), 'cdr * 1.25 then cpr * 0.8' or '* 1.2 for cdr of subprime'"


@dataclass(frozen=True)
class Step:
    """One change.

    Attributes:
        sign, by: what is done, and by how much, as written (a factor's percent sign is taken into account).
        unit: ``bp``, ``months`` or empty.
        columns: the columns named, or ``prepay`` and ``default``; empty for the rates.
        sets: the curve sets named; empty for all.
        words: how it was written.
    """

    sign: str
    by: float
    unit: str
    columns: tuple[str, ...]
    sets: tuple[str, ...]
    words: str


def change_curves(table: Table, change: str) -> Table:
    """A curves table scaled and shifted, spelled out month by month; the table given is not touched.

    Args:
        table: a curves table; see :data:`xlfv.market.curve_sets.COLUMNS`.
        change: what is done, in the words of this module.

    Returns:
        A curves table with the same known columns, one row a month (or age) from each set's first to the last in which
        anything changes; vectors in words stand in it as numbers. ``* 1`` gives the same curves, digest included.

    Raises:
        Refused: the curves have faults, or the change cannot be read, or names what the curves do not hold.
    """
    return _spelled_out(table, _done(change, spell_table(table, [])))


class Changeable:
    """A curves table to be changed many times: it is read once, and no change goes by way of cells.

    Raises:
        Refused: the curves have faults.
    """

    def __init__(self, table: Table) -> None:
        self._table, self._sets = table, spell_table(table, [])

    def changed(self, change: str) -> Curves:
        """The curves of :func:`change_curves`, digest included; without words, those given.

        Raises:
            Refused: as there.
        """
        if not change.strip():
            return read_curves(self._table)
        return curves_of_sets(self._table, _done(change, self._sets))


def curves_of_sets(table: Table, sets: list[Spelled]) -> Curves:
    """Curves of sets that are spelled out, which their cells, made when they are asked for, say again.

    Args:
        table: whose columns, in what order, and what it is called.
        sets: the sets.
    """
    # What stands before a set's first month is no part of it: a table of these curves would not hold it either.
    begun = [replace(one, columns={c: _from(one.at[0], v) for c, v in one.columns.items()}) for one in sets]
    return curves_of(begun, (), _Cells(table, sets))


class _Cells(Mapping[str, list[Any]]):
    """The cells of changed curves, made when they are asked for: to keep a projection, never to run one."""

    def __init__(self, table: Table, sets: list[Spelled]) -> None:
        self._table, self._sets = table, sets

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return _spelled_out(self._table, self._sets).columns

    def __getitem__(self, column: str) -> list[Any]:
        return self._columns[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _from(first: int, values: Floats) -> Floats:
    """A vector that says nothing before ``first``."""
    return np.where(np.arange(values.size) < min(first, values.size - 1), np.nan, values)


def _done(change: str, sets: list[Spelled]) -> list[Spelled]:
    """The sets with all steps of a change made."""
    faults: list[Fault] = []
    for step in parse_change(change, [one.name for one in sets]):
        sets = _apply(step, sets, f"in the change '{change}'", faults)
    refuse_if(faults)
    return sets


def parse_change(text: str, known: Sequence[str]) -> list[Step]:
    """The steps of a change in words, in order.

    Args:
        text: the words.
        known: the names of the curve sets there are.

    Raises:
        Refused: with every part that cannot be read, quoted.
    """
    if len(text) > LONGEST:
        what = f"the change '{text[:40]}...' is {len(text):,} characters long; at most {LONGEST:,} are read"
        raise Refused(Fault(what, todo="make it in several steps"))
    faults: list[Fault] = []
    steps: list[Step] = []
    for part in re.split(r"\bthen\b|;", text, flags=re.IGNORECASE):
        steps.extend(_part(part, text, known, faults))
    refuse_if(faults)
    return steps


def _part(part: str, text: str, known: Sequence[str], faults: list[Fault]) -> list[Step]:
    """The changes between two of ``then`` and ``;``: a piece without a sign is one more name in a list."""
    names = {name.casefold(): name for name in known}
    waiting: list[str] = []
    steps: list[Step] = []
    listing = False  # the last change named its columns after "for", so that more may follow
    for piece in (each.strip() for each in re.split(r",|\band\b", part, flags=re.IGNORECASE)):
        last = steps[-1] if steps else None
        if last and last.sets and piece.casefold() in names:
            steps[-1] = replace(last, sets=(*last.sets, names[piece.casefold()]))
        elif match := _ITEM.match(piece):
            step = _step(match, waiting, text, names, faults)
            waiting, listing = [], bool(match["columns"])
            if step:
                steps.append(step)
        elif last is None and re.fullmatch(r"[a-z][a-z0-9_\s]*", piece, re.IGNORECASE):
            waiting.append(piece)
        elif last and listing and not last.sets:
            column, _, sets = piece.partition(" of ")
            more = _columns([column], text, faults)
            steps[-1] = replace(
                last, columns=(*last.columns, *more), sets=_sets([sets] if sets else [], text, names, faults)
            )
        else:
            what = f"cannot read '{piece}'" if piece else "a change is missing"
            faults.append(Fault(what, f"in the change '{text}'", _LIKE))
    for piece in waiting:
        faults.append(Fault(f"cannot read '{piece}'", f"in the change '{text}'", _LIKE))
    return steps


def _step(
    match: re.Match[str], waiting: list[str], text: str, names: Mapping[str, str], faults: list[Fault]
) -> Step | None:
    """One change from its parts; None where it cannot be told what it means."""
    where, words = f"in the change '{text}'", match[0]
    who = plain(match["who"] or "")
    before = [*waiting, *([] if who in _EVERY else [match["who"]])]
    after = [match["columns"]] if match["columns"] else []
    if (before and after) or (waiting and who in _EVERY):
        what = f"'{words}' names columns before the sign and after 'for'" if after else f"cannot read '{waiting[0]}'"
        faults.append(Fault(what, where, "name them once"))
        return None
    sign, by, unit = match["sign"], float(match["by"]), " ".join((match["unit"] or "").lower().split())
    if unit in ("%", "percent"):
        if sign in "+-":
            todo = f"write '{sign} {by * 100:g}' for basis points, or '* {1 + (by if sign == '+' else -by) / 100:g}'"
            faults.append(Fault(f"'{sign} {match['by']}{match['unit']}' can be read in two ways", where, todo))
            return None
        by, unit = by / 100.0, ""
    if unit and sign in "*/":
        faults.append(Fault(f"'{sign} {match['by']} {match['unit']}': a factor has no unit", where, "leave it out"))
        return None
    if (sign == "/" and by == 0.0) or by > 1e6:
        what = "divides by zero" if by == 0.0 else "is too large"
        faults.append(Fault(f"'{sign} {match['by']}' {what}", where, "write another number"))
        return None
    unit = "bp" if unit.startswith("b") else "months" if unit else ""
    sets = _sets([match["sets"]] if match["sets"] else [], text, names, faults)
    return Step(sign, by, unit, _columns([*before, *after], text, faults), sets, words)


def _columns(words: Sequence[str], text: str, faults: list[Fault]) -> tuple[str, ...]:
    """The columns that are named; one that is not known is a fault."""
    found = []
    for written in words:
        word = plain(written)
        if word in BOUNDS or word in _RATES:
            found.append(word)
            continue
        near = resembling(word, [*BOUNDS, *_RATES])
        todo = (
            f"did you mean {near}?"
            if near
            else f"name columns of the curves: {', '.join([*PREPAY, *DEFAULT])}, severity ..."
        )
        faults.append(Fault(f"'{written.strip()}' is no column that can be changed", f"in the change '{text}'", todo))
        found.append(word)
    return tuple(found)


def _sets(words: Sequence[str], text: str, names: Mapping[str, str], faults: list[Fault]) -> tuple[str, ...]:
    """The curve sets that are named; one that is not there is a fault."""
    found = []
    for word in words:
        name = names.get(word.strip().casefold())
        if name is None:
            near = resembling(word.strip().casefold(), names)
            todo = f"did you mean {names[near]}?" if near else f"there are: {', '.join(names.values())}"
            faults.append(Fault(f"there is no curve '{word.strip()}'", f"in the change '{text}'", todo))
        found.append(name or word)
    return tuple(found)


def _apply(step: Step, sets: list[Spelled], where: str, faults: list[Fault]) -> list[Spelled]:
    """The sets with one change made in those it is for."""
    touched: set[str] = set()
    changed = []
    for one in sets:
        columns = dict(one.columns)
        if not step.sets or one.name in step.sets:
            for word in step.columns or ("prepay", "default", "severity"):
                for column in _meant(word, one):
                    fault = _unit_fault(step, column, where)
                    if fault and fault not in faults:
                        faults.append(fault)
                    columns[column] = _changed(step, column, one.columns[column])
                    touched.add(word)
        changed.append(replace(one, columns=columns))
    missing = [word for word in step.columns if word not in touched]
    if not touched or missing:
        who = f"curve {', '.join(step.sets)}" if step.sets else "the curves"
        given = sorted({column for one in sets if not step.sets or one.name in step.sets for column in one.columns})
        what = f"'{step.words}' changes nothing: {who} hold no {' and no '.join(missing) or 'prepayment, default or severity'}"
        faults.append(Fault(what, where, f"there are: {', '.join(given) or 'none'}"))
    return changed


def _meant(word: str, one: Spelled) -> list[str]:
    """The columns of a set that a word means, of those the set gives."""
    if word in _RATES:
        wanted: Sequence[str] = _RATES[word]
    elif word in OF_STATUS:
        wanted = [column for column in BOUNDS if column == word or column.startswith(word + "_")]
    else:
        wanted = [word]
    return [column for column in wanted if column in one.columns]


def _unit_fault(step: Step, column: str, where: str) -> Fault | None:
    """A unit said that is not the column's."""
    unit = "months" if column in WHOLE else "percent of the standard" if column in ("psa", "sda") else "bp"
    if not step.unit or step.unit == unit:
        return None
    return Fault(
        f"'{step.words}': {column} changes by {unit}, not {step.unit}", where, "leave the unit out, or take another"
    )


def _changed(step: Step, column: str, values: Floats) -> Floats:
    """A column changed and held to its bounds; what was blank before its first cell counts as the default it takes."""
    default = DEFAULTS.get(column, 0.0)
    of_status = any(column.startswith(f"{one}_") for one in OF_STATUS)
    if np.isfinite(default) and not of_status and column not in OF_STATUS[1:]:
        values = np.where(np.isnan(values), default, values)
    by = step.by
    if step.sign in "+-" and column not in WHOLE and column not in ("psa", "sda"):
        by /= 10_000.0
    held: Floats = np.clip(CHANGES[step.sign](values, by), *BOUNDS[column])
    return np.floor(held + 0.5) if column in WHOLE else held


def _spelled_out(table: Table, sets: list[Spelled]) -> Table:
    """A curves table with a row a month; blank where a set gives nothing."""
    order = [column for column in table.order if column in COLUMNS]
    cells: dict[str, list[Any]] = {column: [] for column in order}
    for one in sets:
        last = max([one.at[-1], *(shortest(values).size - 1 for values in one.columns.values())])
        months = np.arange(one.at[0], last + 1)
        row = np.searchsorted(one.at, months, side="right") - 1
        for column in order:
            if column in ("month", "age"):
                cells[column] += months.astype(float).tolist() if column == one.axis else [None] * months.size
            elif column in ("curve", "severity_basis"):
                cells[column] += [one.name if column == "curve" else one.severity_basis] * months.size
            elif column in TOLD:
                cells[column] += [one.told[column][int(k)] for k in row]
            elif column in one.columns:
                values = one.columns[column][np.minimum(months, one.columns[column].size - 1)]
                cells[column] += [None if np.isnan(value) else value for value in values.tolist()]
            else:
                cells[column] += [None] * months.size
    return Table(table.name, cells, Place("the changed curves"), tuple(order))
