"""The ranges that the examples of the functions stand on, and the workbook in which a test runs them.

Each name of :data:`RANGES` becomes a sheet and a named range. A text that begins with ``=`` is a formula, so that a name
can also stand for a handle: ``"trust": [["=XLFV_TRUST(...)"]]``.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from decimal import Decimal
from typing import Any

import xlsxwriter

from xlfv.excel.codec import Cell, Grid, serial
from xlfv.excel.example_deal import DEAL
from xlfv.excel.registry import Function
from xlfv.excel.words import shown
from xlfv.tables import ErrorCell

FEWEST_DIGITS = 4  # a number written with fewer is meant exactly
SPILL = 500  # room read below and beside an example

BOOK = "example.duckdb"
"""The book of months beside the workbook of the examples: the small deal's two months."""
RANGES: dict[str, Grid] = {
    "book": [[BOOK]],
    "cashflows": [[50.0] for _ in range(11)] + [[12050.0]],
    "cash_table": [["month", "principal", "cash"], [1.0, 100.0, 105.0], [2.0, 200.0, 204.0], [3.0, 300.0, 302.0]],
    **DEAL,
}


def sheet_of(f: Function) -> str:
    """The sheet on which a function's example stands, in A1."""
    return f.name.removeprefix("XLFV_")[:31]


def example_workbook(functions: list[Function], ranges: dict[str, Grid] | None = None) -> bytes:
    """A workbook with every named range and every example, not yet calculated."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, grid in (RANGES if ranges is None else ranges).items():
        sheet = book.add_worksheet(f"{name} range")
        for r, row in enumerate(grid):
            for c, cell in enumerate(row):
                _write(sheet, r, c, cell)
        corner = xlsxwriter.utility.xl_rowcol_to_cell(len(grid) - 1, len(grid[0]) - 1, True, True)
        book.define_name(name, f"='{name} range'!$A$1:{corner}")
    for f in functions:
        book.add_worksheet(sheet_of(f)).write_dynamic_array_formula("A1", f.example.formula)
    book.close()
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, str) and cell.startswith("="):
        sheet.write_formula(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    else:
        sheet.write_number(row, column, cell)


def disagreement(expected: Any, grid: Grid) -> str:
    """Every cell in which a result differs from the one written in an example; an empty text when none does.

    Numbers must agree to the digits written, texts that end in ``...`` up to there. Rows written are the leading ones.
    """
    rows = expected if isinstance(expected, list) else [[expected]]
    if len(grid) < len(rows):
        return f"{len(rows)} rows are written, {len(grid)} came"
    found = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            got = grid[r][c] if c < len(grid[r]) else None
            if not _agree(cell, got):
                reason = f": {got.reason}" if isinstance(got, ErrorCell) else ""
                found.append(f"row {r + 1}, column {c + 1}: {shown(cell)} is written, {shown(got)} came{reason}")
    return "\n".join(found)


def _agree(written: Any, got: Cell) -> bool:
    if isinstance(written, dt.date):
        written = serial(written)
    if written == "":
        written = None
    if isinstance(written, str) and not isinstance(written, ErrorCell) and written.endswith("..."):
        return isinstance(got, str) and not isinstance(got, ErrorCell) and got.startswith(written[:-3])
    if isinstance(written, bool) or not isinstance(written, (int, float)):
        return type(written) is type(got) and bool(written == got)
    if isinstance(got, bool) or not isinstance(got, float):
        return False
    digits = Decimal(repr(written)).normalize().as_tuple()
    if len(digits.digits) < FEWEST_DIGITS:
        return math.isclose(written, got, rel_tol=1e-9, abs_tol=1e-12)
    return abs(written - got) <= 0.5000001 * 10.0 ** min(int(digits.exponent), 0)
