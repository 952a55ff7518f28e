"""The numbers and dates of a raw table, as far as they can be read; what cannot is for the table's own reader to name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.tables import Refused, Table
from xlfv.tables.cells import as_date, as_text
from xlfv.tables.columns import as_flag

Floats = NDArray[np.float64]
_NAME = re.compile(r"\s*0\d")


def numbers(table: Table, column: str) -> Floats:
    """A column's numbers, float64[rows]; nan where blank or no number; no rows where there is no such column."""
    cells = table.columns.get(column)
    if cells is None:
        return np.empty(0)
    if not set(map(type, cells)) <= _NUMBERS:
        cells = [_number(cell) for cell in cells]
    return np.array(cells, dtype=np.float64)


def _number(cell: Any) -> float | None:
    if isinstance(cell, (bool, dt.date)) or cell is None:
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def dates(table: Table, column: str) -> list[dt.date | None]:
    """A column's dates; None where blank or no date."""
    cells = table.columns.get(column, [])
    found: dict[Any, dt.date | None] = {}
    for cell in set(cells):
        try:
            found[cell] = None if cell is None else as_date(cell, text=table.text)
        except Refused:
            found[cell] = None
    return [found[cell] for cell in cells]


def texts(table: Table, column: str) -> list[str]:
    """A column as texts; "" where blank or an error."""
    cells = table.columns.get(column, [])
    if set(map(type, cells)) <= {str}:
        return [cell.strip() for cell in cells]
    found = []
    for cell in cells:
        try:
            found.append("" if cell is None else as_text(cell))
        except Refused:
            found.append("")
    return found


def median(values: Floats) -> float:
    """The median of what is given; nan of nothing."""
    given = values[np.isfinite(values)]
    return float(np.median(given)) if given.size else float("nan")


def place(table: Table, row: int, column: str, key: str) -> str:
    """A cell's place with the row's own name."""
    at = table.where(row, column)
    cell = table.columns[key][row] if key in table.columns and key != column else None
    return at if cell is None else f"{at}, {key} {cell}"


def alike(one: Any, other: Any) -> bool:
    """True for two cells that say the same, one of them perhaps as text."""
    if one == other:
        return True
    if one is None or other is None:
        return False
    for read, kind in ((as_flag, bool), (as_date, dt.date)):
        if isinstance(one, kind) or isinstance(other, kind):
            try:
                return read(as_text(one)) == read(as_text(other))
            except Refused:
                return False
    first, second = _number(one), _number(other)
    named = any(isinstance(cell, str) and _NAME.match(cell) for cell in (one, other))  # 007 is no number
    if first is not None and second is not None and not named:
        return first == second
    return str(one).strip() == str(other).strip()


_NUMBERS = {float, int, type(None)}


def words_in(cells: list[Any]) -> set[str]:
    """The distinct texts of a column; none of a column of numbers."""
    if set(map(type, cells)) <= _NUMBERS:
        return set()
    return {cell for cell in set(cells) if isinstance(cell, str)}


def plain_cell(cell: Any) -> Any:
    """A cell as JSON holds it: a date as text, a whole number the same whichever type it is of."""
    if isinstance(cell, (dt.date, np.datetime64)):
        return str(cell)[:10]
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    if isinstance(cell, (int, float, np.integer, np.floating)):
        value = float(cell)
        return int(value) if value.is_integer() else value
    return None if cell is None else str(cell)
