"""Forward index curves: one row a month, a column an index, and the zero curve derivatives are discounted on."""

from __future__ import annotations

import difflib
import hashlib
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.market.rates import Floats
from xlfv.market.vectors import MAX_MONTHS, is_vector, parse_vector
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number

OTHER_COLUMNS = ("discount", "volatility")
LOWEST, HIGHEST = -0.05, 0.5


@dataclass(frozen=True)
class Indices:
    """Rates by index name, float64[rows], entry 0 published in month 0; the last value holds on."""

    rates: Mapping[str, Floats]
    digest: str
    notices: tuple[str, ...] = ()
    table: Mapping[str, list[Any]] = field(repr=False, default_factory=dict)

    def row(self, name: str, month: int) -> float:
        """The rate of ``name`` published in ``month`` (held at both ends)."""
        values = self.rates[name]
        return float(values[min(max(month, 0), values.size - 1)])

    def only(self, names: Iterable[str]) -> Indices:
        """Some of the indices, those that are there, with a digest of their own; without notices and table."""
        held = {name: self.rates[name] for name in names if name in self.rates}
        return Indices(held, _digest(held)) if held else NO_INDICES

    def vector(self, name: str, months: int, lookback: int = 0) -> Floats:
        """float64[months + 1]: entry t is the row ``t - lookback``."""
        values = self.rates[name]
        at = np.clip(np.arange(months + 1) - lookback, 0, values.size - 1)
        return values[at]


NO_INDICES = Indices({}, "")


def read_indices(table: Table, *, derived: Collection[str] = ()) -> Indices:
    """Read and check an indices table.

    Args:
        table: the table.
        derived: columns computed from what was read before. The bounds, which find a percent written for a decimal, are no
            bounds of these: the zero rates that a steep curve's forwards make are as high or as low as they are.

    Raises:
        Refused: with every fault: no month, months out of order, an unknown index, a percent for a decimal.
    """
    faults: list[Fault] = []
    notices: list[str] = []
    if "month" not in table.columns:
        faults.append(Fault("the column month is missing from indices", table.place.start, "add it: 0 is today"))
    if not len(table):
        raise Refused([*faults, Fault("the table indices has no rows", table.place.start, "give a row for month 0")])
    months = _months(table, faults, notices)
    rates = {}
    for column, cells in table.columns.items():
        name = column.upper()
        if column == "month" or column in ("date",):
            continue
        if not is_index(name) and column not in OTHER_COLUMNS:
            near = difflib.get_close_matches(name, INDICES, 1, 0.8)
            if near:
                where = table.place.cell(-1, table.order.index(column))
                faults.append(Fault(f"the index {name} is not known", where, f"did you mean {near[0]}?"))
            else:
                notices.append(f"{table.place.label}: the column {column} is not used")
            continue
        if any(cell is not None for cell in cells):
            key = column if column in OTHER_COLUMNS else name
            rates[key] = _rates(column, table, cells, months, faults, bounds_of(key, derived))
    refuse_if(faults)
    return Indices(rates, _digest(rates), tuple(notices), dict(table.columns))


def _digest(rates: Mapping[str, Floats]) -> str:
    whole = hashlib.sha256()
    for name in sorted(rates):
        whole.update(f"{name}:{rates[name].size};".encode() + rates[name].tobytes())
    return whole.hexdigest()


def _months(table: Table, faults: list[Fault], notices: list[str]) -> list[int]:
    if "month" not in table.columns:
        return list(range(len(table)))
    months: list[int] = []
    for row, cell in enumerate(table.columns["month"]):
        try:
            if cell is None or isinstance(cell, ErrorCell):
                raise Refused(Fault("month is blank" if cell is None else f"the cell holds the error {cell}"))
            month = int(as_number(cell, text=table.text, whole=True))
            if not 0 <= month <= 1200:
                raise Refused(Fault(f"month is {month}"))
        except Refused as refusal:
            faults.append(Fault(refusal.faults[0].what, table.where(row, "month"), "number the months from 0 (today)"))
            month = months[-1] + 1 if months else 0
        if months and month <= months[-1]:
            what = f"month {month} follows {months[-1]}: months out of order"
            faults.append(Fault(what, table.where(row, "month"), "sort the rows by month, each once"))
            month = months[-1] + 1
        months.append(month)
    if months[0] > 0:
        notices.append(f"{table.place.label}: no row for month 0 (today); month {months[0]} stands for it")
    return months


def bounds_of(name: str, derived: Collection[str] = ()) -> tuple[float, float]:
    """Least and most of a column; without end where it is derived."""
    if name in derived:
        return -math.inf, math.inf
    return LOWEST, 5.0 if name == "volatility" else HIGHEST


def _rates(
    column: str, table: Table, cells: list[Any], months: list[int], faults: list[Fault], bounds: tuple[float, float]
) -> Floats:
    """One index by month from 0; a row holds until the next."""
    values = np.zeros(months[-1] + 1)
    seen = False
    for row, month in enumerate(months):
        cell = cells[row]
        if cell is None:
            continue
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
            if is_vector(cell):
                words = parse_vector(cell, MAX_MONTHS)
                values = np.concatenate([values, np.full(max(month + words.size - values.size, 0), 0.0)])
                values[month : month + words.size] = words
                values[month + words.size :] = words[-1]
                number = float(words.max())
            else:
                number = as_number(cell, text=table.text)
                values[month:] = number
            if not bounds[0] <= number <= bounds[1]:
                raise Refused(Fault(f"{column} is {number:g}", todo=f"write it as a decimal: {number / 100:g}"))
        except Refused as refusal:
            fault = refusal.faults[0]
            faults.append(Fault(fault.what, table.where(row, column), fault.todo))
            continue
        if not seen:
            values[:month] = values[month]
            seen = True
    return values


def require(indices: Indices, name: str, who: str) -> Fault | None:
    """The fault where an index that ``who`` needs has no column, else None."""
    if name in indices.rates:
        return None
    have = ", ".join(sorted(indices.rates)) or "none"
    return Fault(
        f"{who} needs the index {name}, which the indices do not hold",
        "indices",
        f"add a column {name} (there: {have})",
    )
