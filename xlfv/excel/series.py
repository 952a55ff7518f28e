"""A row of amounts in time, as analysts keep them: a bare column of months, or a table with month or date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.excel.codec import Grid
from xlfv.excel.words import one_of, shown
from xlfv.tables import Fault, Place, Refused, Table, from_grid
from xlfv.tables.cells import as_date, as_number
from xlfv.tables.table import letters

Floats = NDArray[np.float64]
AMOUNTS = ("cash", "amount", "total")
MOST_FAULTS = 20


@dataclass(frozen=True)
class Series:
    """Amounts in time.

    Attributes:
        years: float64[n], time of each amount in years: month / 12, or actual days / 365 from the first date.
        amounts: float64[n], dollars.
    """

    years: Floats
    amounts: Floats


def is_bare(grid: Grid) -> bool:
    """True for one row or one column: its cells are months 1, 2, 3 ... (a table has two columns and a header)."""
    return len(grid) == 1 or len(grid[0]) == 1


def read_numbers(grid: Grid, place: Place) -> Floats:
    """All numbers of a range, row by row; a blank cell is zero.

    Raises:
        Refused: for every cell that is no number, its place.
    """
    faults: list[Fault] = []
    values = [
        _number(cell, _cell_place(place, r, c), faults) for r, row in enumerate(grid) for c, cell in enumerate(row)
    ]
    _refuse(faults)
    return np.array(values, dtype=np.float64)


def _cell_place(place: Place, row: int, column: int) -> str:
    if place.kind == "range":
        return f"{place.label} row {row + 1}, column {letters(column + 1)} of the range"
    return place.cell(row - 1, column)


def _number(cell: Any, where: str, faults: list[Fault]) -> float:
    if cell is None:
        return 0.0
    return float(_try(as_number, cell, where, faults) or 0.0)


def _try(reader: Callable[[Any], Any], cell: Any, where: str, faults: list[Fault]) -> Any:
    try:
        return reader(cell)
    except Refused as problem:
        faults.extend(Fault(fault.what, fault.where or where, fault.todo) for fault in problem.faults)
        return None


def _refuse(faults: list[Fault]) -> None:
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], Fault(f"and {len(faults) - MOST_FAULTS} more")]
    if faults:
        raise Refused(faults)


def read_series(name: str, grid: Grid, place: Place, prefer: str = "") -> Series:
    """Read a bare range of months, or a table with ``month`` (0 allowed) or ``date`` and an amount.

    With dates, time runs from the first row's date in actual days over 365, as in Excel's XNPV, so that the first
    row's amount is not discounted.

    Args:
        name: what the range is, for messages.
        grid: the cells.
        place: where they stand.
        prefer: the amount's column, if it stands there, else ``cash``, ``amount`` or ``total``.

    Raises:
        Refused: with every fault and its place.
    """
    if is_bare(grid):
        amounts = read_numbers(grid, place)
        return Series(np.arange(1, amounts.size + 1, dtype=np.float64) / 12.0, amounts)
    if not any(isinstance(cell, str) for cell in grid[0]):
        raise Refused(
            Fault(
                f"{name} is a block of {len(grid)} rows and {len(grid[0])} columns without headers",
                place.start if place.kind == "sheet" else "",
                "give one column (or row) of months, or put the headers month and cash above it",
            )
        )
    return series_of_table(from_grid(name, grid, place), prefer)


def series_of_table(table: Table, prefer: str = "") -> Series:
    """The series in a table; see :func:`read_series`."""
    # A column asked for by name is never taken from another: cash is not principal.
    wanted = [prefer, f"{prefer}_paid", "amount"] if prefer else list(AMOUNTS)
    amount = next((name for name in wanted if name in table.columns), None)
    timed = next((name for name in ("month", "date") if name in table.columns), None)
    if amount is None or timed is None:
        missing = f"a column {one_of(wanted)}" if amount is None else "a column month or date"
        found = ", ".join(name for name in table.order if name) or "none"
        raise Refused(Fault(f"{table.name} has no {missing.removeprefix('a ')}; its columns: {found}", todo="add it"))
    faults: list[Fault] = []
    kept = [k for k in range(len(table)) if table.columns[timed][k] is not None or table.columns[amount][k] is not None]
    amounts = [_amount(table, amount, k, faults) for k in kept]
    times = [_time(table, timed, k, faults) for k in kept]
    _refuse(faults)
    if not kept:
        raise Refused(Fault(f"{table.name} has headers and no rows", todo="give at least one month"))
    return Series(_years(times, table, faults), np.array(amounts, dtype=np.float64))


def _amount(table: Table, column: str, row: int, faults: list[Fault]) -> float:
    cell = table.columns[column][row]
    if cell is None:
        return 0.0
    return float(_try(lambda x: as_number(x, text=table.text), cell, table.where(row, column), faults) or 0.0)


def _time(table: Table, column: str, row: int, faults: list[Fault]) -> Any:
    cell = table.columns[column][row]
    where = table.where(row, column)
    if cell is None:
        faults.append(Fault(f"an amount has no {column}", where, "fill it in"))
        return 0.0
    if column == "date":
        return _try(lambda x: as_date(x, text=table.text), cell, where, faults)
    month = _try(lambda x: as_number(x, text=table.text), cell, where, faults)
    if month is not None and month < 0:
        faults.append(Fault(f"month is {shown(month)}", where, "months count from 0"))
    return month


def _years(times: list[Any], table: Table, faults: list[Fault]) -> Floats:
    if not isinstance(times[0], dt.date):
        return np.array(times, dtype=np.float64) / 12.0
    start = times[0]
    early = [day for day in times if day < start]
    if early:
        faults.append(
            Fault(
                f"{early[0]} is before the first row's {start}", table.name, "put the earliest date first: it is time 0"
            )
        )
        _refuse(faults)
    return np.array([(day - start).days / 365.0 for day in times])
