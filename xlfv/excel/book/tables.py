"""Tables as they came in, back into cells: numbers as numbers, dates as dates, everything else as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlfv.excel.book.page import Page
from xlfv.excel.book.styles import HEAD, RIGHT, Style
from xlfv.tables import ErrorCell, Refused, Table
from xlfv.tables.cells import as_date, as_number
from xlfv.tables.schema import Schema
from xlfv.trust.terms import TERM_KINDS
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.yields import YIELDS

_SCHEMAS: dict[str, Schema] = {**SCHEMAS, "yields": YIELDS}
_RATES = {
    "cpr", "smm", "cdr", "mdr", "severity", "advance", "yield", "low", "high", "coupon", "margin", "cap", "floor",
    "volatility", "discount",
}  # fmt: skip
_WHOLE = {"month", "age", "recovery_lag", "psa", "sda", "months", "lookback", "step", "delay_days", "weight"}
INPUT = Style(role="input")


@dataclass(frozen=True)
class Columns:
    """A table's columns in cells: headers, values by row, and each column's number format."""

    headers: tuple[str, ...]
    rows: list[list[Any]]
    numbers: tuple[str, ...]


def in_cells(table: Table, trust: str = "") -> Columns:
    """A table's cells typed; columns that are blank all the way are left out.

    Args:
        table: as it came in.
        trust: for yields: its rows of this trust only, named.
    """
    names = [name for name in table.order if name in table.columns and _used(table, name)]
    rows = [[_typed(table, name, k) for name in names] for k in range(len(table))]
    numbers = tuple(_number(table.name, name, [row[c] for row in rows]) for c, name in enumerate(names))
    return Columns(tuple(names), rows, numbers)


def _used(table: Table, name: str) -> bool:
    return not len(table) or any(cell is not None for cell in table.columns[name])


def _typed(table: Table, column: str, row: int) -> Any:
    cell = table.columns[column][row]
    if isinstance(cell, ErrorCell):
        return f"error {cell}"  # of a column that nobody reads
    if not table.text or cell is None:
        return cell
    return _read(_kind(table, column, row), str(cell))


def _kind(table: Table, column: str, row: int) -> str:
    """What a text cell stands for: number, date, text."""
    if table.name == "terms" and column == "value":
        term = str(table.columns.get("term", [""] * len(table))[row]).strip().lower().replace(" ", "_")
        return TERM_KINDS.get(term, "text")
    schema = _SCHEMAS.get(table.name)
    if schema is None:
        return "number"  # curves and indices: numbers wherever they read as one
    return next((each.kind for each in schema.columns if each.name == column), "text")


def _read(kind: str, cell: str) -> Any:
    try:
        if kind in ("number", "integer", "cell", "day"):
            return as_number(cell, text=True)
        if kind == "date":
            return as_date(cell, text=True)
    except Refused:
        return cell
    return cell


def _number(table: str, column: str, cells: Sequence[Any]) -> str:
    """The number format of a column."""
    numbers = [cell for cell in cells if isinstance(cell, (int, float)) and not isinstance(cell, bool)]
    if any(isinstance(cell, dt.date) for cell in cells) and not numbers:
        return "date"
    schema = _SCHEMAS.get(table)
    unit = next((each.unit for each in schema.columns if each.name == column), "") if schema else ""
    if column in _WHOLE or unit == "months":
        return "count"
    if unit == "$":
        return "dollars"
    if unit == "rate" or column in _RATES or table == "indices":
        return "rate3"
    return "plain" if numbers else "text"


def write_table(
    page: Page, row: int, column: int, columns: Columns, wrap: Mapping[str, bool] | None = None
) -> tuple[int, int]:
    """Write a table as inputs; gives its last row and column."""
    for c, header in enumerate(columns.headers):
        kind = columns.numbers[c]
        page.text(row, column + c, header, HEAD if kind == "text" else RIGHT)
    for r, cells in enumerate(columns.rows):
        for c, cell in enumerate(cells):
            page.value(row + 1 + r, column + c, cell, _look(cell, columns.numbers[c]))
    return row + len(columns.rows), column + max(len(columns.headers), 1) - 1


def _look(cell: Any, number: str) -> Style:
    if isinstance(cell, str):
        return INPUT.but(number="text", wrap=True)
    if isinstance(cell, dt.date):
        return INPUT.but(number="date")
    return INPUT.but(number=number if number not in ("date", "text") else "plain")
