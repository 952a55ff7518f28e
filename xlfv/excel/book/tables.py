"""Tables as they came in, back into cells: numbers as numbers, dates as dates, everything else as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlfv.excel.book.page import Page
from xlfv.excel.book.styles import HEAD, RIGHT, Style
from xlfv.reporting.consolidation import SCHEMA as FACTS
from xlfv.reporting.debt_rollforward import DEBT_ACTIVITY
from xlfv.tables import ErrorCell, Refused, Table
from xlfv.tables.cells import as_date, as_number
from xlfv.tables.schema import Schema
from xlfv.trust.terms import TERM_KINDS
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.debt_terms import DEBT
from xlfv.valuation.quotes import QUOTES
from xlfv.valuation.yield_ranges import RANGES
from xlfv.valuation.yields import YIELDS

_SCHEMAS: dict[str, Schema] = {
    **SCHEMAS, "yields": YIELDS, "quotes": QUOTES, "ranges": RANGES, "facts": FACTS, "debt": DEBT,
    "debt_activity": DEBT_ACTIVITY,
}  # fmt: skip
_RATES = {
    "cpr", "smm", "cdr", "mdr", "severity", "advance", "yield", "low", "high", "coupon", "margin", "cap", "floor",
    "volatility", "discount", "base_rate", "risk_premium", "risk_premium_low", "risk_premium_high", "own_credit_spread",
}  # fmt: skip
_WHOLE = {"month", "age", "recovery_lag", "psa", "sda", "months", "lookback", "delay_days", "weight"}
_YEARS = {"vintage_from", "vintage_to", "frequency"}
_KEPT = ("libor", "cmt", "swap", "sofr", "tbill", "fed")  # names of indices: one word each
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
        if kind in ("number", "integer", "cell", "day", "month", "price"):
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
    if not numbers and any(isinstance(cell, str) for cell in cells):
        return "text"
    schema = _SCHEMAS.get(table)
    unit = next((each.unit for each in schema.columns if each.name == column), "") if schema else ""
    if column in _YEARS:
        return "text"  # 2,005 is no year
    if column in _WHOLE or unit == "months":
        return "count"
    if unit == "$":
        return "dollars"
    if table == "indices":
        return "rate3"
    if unit == "rate" or column in _RATES:
        return _rate(numbers)
    return "plain" if numbers else "text"


def _rate(numbers: Sequence[float]) -> str:
    """The format that shows a column of rates whole, with two to four decimals of a percent."""
    for digits, name in ((4, "rate"), (5, "rate3")):
        if all(abs(number - round(number, digits)) < 1e-12 for number in numbers):
            return name
    return "rate4"


def last_columns(columns: Columns, *headers: str) -> Columns:
    """The columns with some moved to the end: long texts have room there."""
    moved = [k for k, header in enumerate(columns.headers) if header not in headers]
    moved += [columns.headers.index(header) for header in headers if header in columns.headers]
    rows = [[row[k] for k in moved] for row in columns.rows]
    return Columns(tuple(columns.headers[k] for k in moved), rows, tuple(columns.numbers[k] for k in moved))


def write_table(page: Page, row: int, column: int, columns: Columns) -> tuple[int, int]:
    """Write a table as inputs; gives its last row and column. Headers are matched by their words, so they may wrap."""
    last = len(columns.headers) - 1
    for c, header in enumerate(columns.headers):
        words = header.upper() if header.startswith(_KEPT) else header.replace("_", " ")
        page.text(row, column + c, words, HEAD.but(indent=int(c > 0)) if columns.numbers[c] == "text" else RIGHT)
    for r, cells in enumerate(columns.rows):
        for c, cell in enumerate(cells):
            page.value(row + 1 + r, column + c, cell, _look(cell, columns.numbers[c], c, c == last))
    return row + len(columns.rows), column + max(last, 0)


def _look(cell: Any, number: str, column: int, last: bool) -> Style:
    if isinstance(cell, str):
        return INPUT.but(number="text", wrap=not last, indent=int(column > 0))
    if isinstance(cell, dt.date):
        return INPUT.but(number="date", align="right")
    if number == "text" and cell is not None:
        return INPUT.but(number="plain", align="left", indent=int(column > 0))
    if number == "plain" and isinstance(cell, float) and cell.is_integer():
        return INPUT.but(number="count")
    return INPUT.but(number=number if number not in ("date", "text") else "")
