"""A curves table spelled out: every set's columns month by month, in the units of the cells, with every fault named."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlfv.market.curve_sets import (
    AS_WRITTEN,
    BOUNDS,
    COLUMNS,
    DEFAULT,
    OF_STATUS,
    PREPAY,
    SEVERITY_BASES,
    STATUSES,
    TOLD,
    WHOLE,
    plain_column,
)
from xlfv.market.rates import Floats
from xlfv.market.vectors import MAX_MONTHS, is_vector, may_be_vector, part_at, spell_vector
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number, as_text
from xlfv.tables.faults import resembling
from xlfv.tables.schema import allowed_word

_RATES = (*PREPAY, *DEFAULT)
_QUOTED = 80  # characters of a cell
_STATUS_ALIASES = {
    "fc": "foreclosure", "fcl": "foreclosure", "foreclosed": "foreclosure", "bk": "bankruptcy", "bkr": "bankruptcy",
    "bankrupt": "bankruptcy", "30": "d30", "60": "d60", "90": "d90", "90plus": "d90", "90+": "d90",
}  # fmt: skip


@dataclass(frozen=True)
class Spelled:
    """One set of a curves table.

    Attributes:
        name: the set.
        axis: ``month`` or ``age``.
        rows: its rows in the table, in order; at: the month (or age) of each, ascending.
        prepay_kind, default_kind: the columns of its rates.
        columns: column -> its values in the unit of the cells, float64[months], entry 0 month (or age) 0; not a number
            before the first cell that is filled; the last holds on. A column without a cell filled is left out.
        severity_basis: what severity holds on.
        told: column -> cells of provider, curve_date and version, one a row.
    """

    name: str
    axis: str
    rows: tuple[int, ...]
    at: tuple[int, ...]
    prepay_kind: str
    default_kind: str
    columns: Mapping[str, Floats]
    severity_basis: str
    told: Mapping[str, list[Any]] = field(default_factory=dict)


def spell_table(table: Table, notices: list[str]) -> list[Spelled]:
    """Spell out every set of a curves table, in the order in which they stand.

    Args:
        table: the table.
        notices: what the reader should know is added here.

    Raises:
        Refused: with every fault.
    """
    faults: list[Fault] = []
    _unknown_columns(table, faults, notices)
    if "month" not in table.columns and "age" not in table.columns:
        what = "the column month (or age) is missing from curves"
        faults.append(Fault(what, table.place.start, "add it: 1 is the next month"))
    if not len(table):
        raise Refused([*faults, Fault("the table curves has no rows", table.place.start, "give at least one row")])
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(cells_of(table, "curve")):
        if isinstance(name, ErrorCell):
            faults.append(_error_fault(name, table.where(row, "curve")))
        rows.setdefault("default" if name is None else as_text(name), []).append(row)
    sets = [_spell_set(name, table, mine, faults) for name, mine in rows.items()]
    refuse_if(faults)
    return sets


def cells_of(table: Table, column: str) -> list[Any]:
    """The cells of a column, blank where it is not there."""
    return table.columns.get(column, [None] * len(table))


def _unknown_columns(table: Table, faults: list[Fault], notices: list[str]) -> None:
    """A column not known is passed over, unless it is nearly one of ours: a misspelt rate would be a rate of zero."""
    absent = [c for c in COLUMNS if c not in table.columns]
    for column in table.columns:
        if column in COLUMNS:
            continue
        near = _of_status(column, absent) or resembling(column, absent)
        if near:
            where = table.place.cell(-1, table.order.index(column))
            faults.append(Fault(f"the column {column} is not known", where, f"did you mean {near}?"))
        else:
            notices.append(f"{table.place.label}: the column {column} is not used")


def _of_status(column: str, absent: list[str]) -> str:
    """What a column such as ``cure_fc`` is meant to be; empty where it is nothing like it."""
    for stem in OF_STATUS:
        if not column.startswith(stem + "_"):
            continue
        word = column[len(stem) + 1 :].removesuffix("_days").removesuffix("_late")
        near = [_STATUS_ALIASES[word]] if word in _STATUS_ALIASES else difflib.get_close_matches(word, STATUSES, 1, 0.6)
        if near:
            return f"{stem}_{near[0]}"
        others = [each for each in absent if plain_column(each) not in (*OF_STATUS, *TOLD)]
        return resembling(column, others) or f"{stem}, or one of {stem}_{f', {stem}_'.join(STATUSES)}"
    return ""


def _error_fault(cell: ErrorCell, where: str = "") -> Fault:
    return Fault(f"the cell holds the error {cell}", where, "mend the cell it comes from")


def _spell_set(name: str, table: Table, rows: list[int], faults: list[Fault]) -> Spelled:
    """One named set of rows."""
    axis = _axis(name, table, rows, faults)
    at = _months(name, table, axis, rows, faults)
    prepay_kind = _one_of(PREPAY, name, table, rows, faults)
    default_kind = _one_of(DEFAULT, name, table, rows, faults)
    columns: dict[str, Floats] = {}
    for column in BOUNDS:
        if column in _RATES and column not in (prepay_kind, default_kind):
            continue
        values = _vector(column, table, axis, rows, at, faults)
        if values is not None:
            columns[column] = values
    if "cumulative_default" in columns:
        _check_rising(name, columns["cumulative_default"], table, axis, rows, at, faults)
    told = {column: [cells_of(table, column)[row] for row in rows] for column in TOLD}
    basis = _basis(name, table, rows, faults)
    return Spelled(name, axis, tuple(rows), tuple(at), prepay_kind, default_kind, columns, basis, told)


def _axis(name: str, table: Table, rows: list[int], faults: list[Fault]) -> str:
    """Whether a set is by month or by age: by the column it fills."""
    used = [axis for axis in ("month", "age") if any(cells_of(table, axis)[row] is not None for row in rows)]
    if len(used) > 1:
        where = table.where(rows[0], "age")
        faults.append(Fault(f"curve {name} gives month and age", where, "give one of the two; leave the other blank"))
    if used:
        return used[0]
    return "age" if "age" in table.columns and "month" not in table.columns else "month"


def _months(name: str, table: Table, axis: str, rows: list[int], faults: list[Fault]) -> list[int]:
    """The months of a set's rows, ascending from 0 or 1."""
    if axis not in table.columns:
        return list(range(1, len(rows) + 1))
    found: list[int] = []
    for row in rows:
        try:
            cell = table.columns[axis][row]
            if isinstance(cell, ErrorCell):
                raise Refused(_error_fault(cell))
            if cell is None:
                raise Refused(Fault(f"{axis} is blank", todo="number the months from 1"))
            month = int(as_number(cell, text=table.text, whole=True))
            if not 0 <= month <= MAX_MONTHS:
                raise Refused(Fault(f"{axis} is {month}", todo=f"write 0 to {MAX_MONTHS}"))
        except Refused as refusal:
            fault = refusal.faults[0]
            faults.append(Fault(fault.what, table.where(row, axis), fault.todo))
            month = found[-1] + 1 if found else 1
        if found and month <= found[-1]:
            what = f"{axis} {month} of curve {name} follows {found[-1]}: months out of order"
            faults.append(Fault(what, table.where(row, axis), f"sort the rows by {axis}, each once"))
            month = found[-1] + 1
        found.append(month)
    if found[0] > 1 and axis == "month":
        faults.append(Fault(f"curve {name} starts in month {found[0]}", table.where(rows[0], axis), "start in month 1"))
    return found


def _one_of(kinds: tuple[str, ...], name: str, table: Table, rows: list[int], faults: list[Fault]) -> str:
    """Which of the columns a set uses; none means the first, at zero."""
    used = [k for k in kinds if any(cells_of(table, k)[row] is not None for row in rows)]
    if len(used) > 1:
        where = table.where(rows[0], used[1])
        faults.append(Fault(f"curve {name} gives {' and '.join(used)}", where, f"give one of {', '.join(kinds)}"))
    return used[0] if used else kinds[0]


def _basis(name: str, table: Table, rows: list[int], faults: list[Fault]) -> str:
    """What the severity of a set holds on: one word in all its rows."""
    basis = ""
    for row in rows:
        cell = cells_of(table, "severity_basis")[row]
        if cell is None:
            continue
        where = table.where(row, "severity_basis")
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(_error_fault(cell))
            word = allowed_word(as_text(cell), SEVERITY_BASES, "severity_basis")
        except Refused as refusal:
            fault = refusal.faults[0]
            faults.append(Fault(fault.what, where, fault.todo))
            continue
        if basis and word != basis:
            what = f"curve {name} gives the severity_basis {basis} and {word}"
            faults.append(Fault(what, where, "give one a curve set"))
        basis = word
    return basis or SEVERITY_BASES[0]


def _vector(column: str, table: Table, axis: str, rows: list[int], at: list[int], faults: list[Fault]) -> Floats | None:
    """A column of one set, spelled out by month from 0; a row holds until the next; None where every cell is blank."""
    cells = cells_of(table, column)
    if all(cells[row] is None for row in rows):
        return None
    values = np.full(at[-1] + 1, np.nan)
    for row, month in zip(rows, at, strict=True):
        cell = cells[row]
        if cell is None:
            continue
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(_error_fault(cell))
            if is_vector(cell) or may_be_vector(cell):
                words = _spell_words(column, cell, axis, month)
                grown = max(values.size, min(month + words.size, MAX_MONTHS + 1))
                values = np.concatenate([values, np.full(grown - values.size, values[-1])])
                values[month:] = words[-1]
                values[month : month + words.size] = words[: grown - month]
            else:
                number = as_number(cell, text=table.text)
                values[month:] = number
                _check_number(column, number)
        except Refused as refusal:
            fault = refusal.faults[0]
            where = table.where(row, column) + (f" ({fault.where})" if fault.where else "")
            faults.append(Fault(fault.what, where, fault.todo))
    return values


def _spell_words(column: str, cell: str, axis: str, month: int) -> Floats:
    """A cell in words from its month on, in the unit of the column; whole months are rounded, halves up."""
    scale = 1.0 if column in AS_WRITTEN else 100.0
    least, most = (bound * scale for bound in BOUNDS[column])
    words = spell_vector(cell, MAX_MONTHS)
    low, high = int(words.argmin()), int(words.argmax())
    if words[low] < least or words[high] > most:
        at = low if words[low] < least else high
        percent = "%" if scale > 1.0 else ""
        moves, bound = ("falls to", f"at least {least:g}") if at == low else ("reaches", f"at most {most:g}")
        short = cell if len(cell) <= _QUOTED else cell[:_QUOTED] + "..."
        what = f"{column} '{short}' {moves} {words[at]:g}{percent} in {axis} {month + at}: {bound}{percent}"
        unit = "months" if column in WHOLE else "percent" if percent else "percent of the standard"
        raise Refused(Fault(what, todo=f"mend '{part_at(cell, at + 1, least, most)}' (words are in {unit})"))
    return np.floor(words + 0.5) if column in WHOLE else words / scale


def _check_number(column: str, number: float) -> None:
    """A single number within the bounds of its column, whole where it counts months."""
    least, most = BOUNDS[column]
    if not least <= number <= most:
        decimal = column not in AS_WRITTEN and number > most
        todo = f"write it as a decimal: {number / 100:g}" if decimal else f"write {least:g} to {most:g}"
        raise Refused(Fault(f"{column} is {number:g}", todo=todo))
    if column in WHOLE and number != np.floor(number):
        raise Refused(Fault(f"{column} is {number:g}, not a whole number", todo="write whole months"))


def _check_rising(
    name: str, values: Floats, table: Table, axis: str, rows: list[int], at: list[int], faults: list[Fault]
) -> None:
    """Every month in which a cumulative default falls below what has defaulted already, the first of each row."""
    falls = np.flatnonzero(np.diff(values) < 0.0) + 1  # comparisons with what is not a number are false
    told = set()
    for month in falls:
        row = rows[int(np.searchsorted(at, month, side="right")) - 1]
        if row in told:
            continue
        told.add(row)
        what = (
            f"cumulative_default of curve {name} falls in {axis} {month}: {values[month]:g} after {values[month - 1]:g}"
        )
        where = table.where(row, "cumulative_default")
        faults.append(Fault(what, where, "write the share defaulted up to and with the month; it never falls"))
