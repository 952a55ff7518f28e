"""The golden table as a workbook: every call a formula over its arguments in cells, and beside it the question why."""

from __future__ import annotations

import functools
import io
from itertools import accumulate
from typing import Any

import xlsxwriter

from tests.excel.example_book import book_folder
from tests.excel.golden import GOLDEN, Of, resolved, spot
from xlfv.excel import call
from xlfv.excel.codec import Grid, cell_name
from xlfv.tables.table import ERROR_CODES

CALLS, DATA, ABOUT = "Calls", "The data", "About"
MAKERS = {"#REF!": "=#REF!", "#N/A": "=NA()", "#DIV/0!": "=1/0", "#NUM!": "=SQRT(-1)"}
WHYS = 30  # the column (from 0) where the questions begin, right of the widest result


@functools.cache
def direct() -> list[Grid]:
    """What direct calls give, in order."""
    results: list[Grid] = []
    for name, args in GOLDEN:
        results.append(call(name, *resolved(args, results), folder=book_folder()))
    return results


@functools.cache
def tops() -> list[int]:
    """The row (from 0) of each call in the workbook: below the result and the arguments of the call before."""
    deep = [
        max(len(grid), *[len(arg) for arg in args if isinstance(arg, list)], 1) + 2
        for (_, args), grid in zip(GOLDEN, direct(), strict=True)
    ]
    return [0, *accumulate(deep)]


def area(k: int) -> str:
    """Where the result of the call stands on its sheet, as ``A1:D20``."""
    grid = direct()[k]
    return f"A{tops()[k] + 1}:{cell_name(tops()[k] + len(grid), len(grid[0]))}"


def about_area() -> str:
    """Where XLFV_ABOUT stands on the sheet About."""
    return f"A1:B{len(call('XLFV_ABOUT'))}"


def golden_workbook() -> bytes:
    """The workbook's bytes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    calls, data = book.add_worksheet(CALLS), book.add_worksheet(DATA)
    for k, (name, args) in enumerate(GOLDEN):
        top = tops()[k]
        # The room is written out, as a saved workbook has it: padding must not keep the result from spilling.
        formula, deep, wide = f"={name}({','.join(_arguments(data, args, top))})", len(direct()[k]), len(direct()[k][0])
        calls.write_dynamic_array_formula(top, 0, top + deep - 1, wide - 1, formula)
        calls.write_formula(top, WHYS, f"=XLFV_WHY(A{top + 1})")
        calls.write_formula(top, WHYS + 1, f'=XLFV_WHY("{CALLS}!A{top + 1}")')
        calls.write_formula(top, WHYS + 2, f'=XLFV_WHY("{CALLS}!"&"A{top + 1}")')
    book.add_worksheet(ABOUT).write_dynamic_array_formula(about_area(), "=XLFV_ABOUT()")
    book.close()
    return target.getvalue()


def _arguments(data: Any, args: list[Any], top: int) -> list[str]:
    """The references of a call's arguments, which are written on the sheet of data side by side."""
    refs, column = [], 0
    for arg in args:
        if isinstance(arg, Of):
            refs.append(f"A{tops()[spot(arg)] + 1}")
            continue
        block = arg if isinstance(arg, list) else [[arg]]
        for r, row in enumerate(block):
            for c, cell in enumerate(row):
                write(data, top + r, column + c, cell)
        first = cell_name(top + 1, column + 1)
        last = cell_name(top + len(block), column + len(block[0]))
        refs.append(f"'{DATA}'!{first}" + (f":{last}" if last != first else ""))
        column += len(block[0]) + 1
    return refs


def write(sheet: Any, row: int, column: int, cell: Any) -> None:
    """One argument's cell: an error is a formula that makes it."""
    if isinstance(cell, str) and cell in ERROR_CODES:
        if cell == "#SPILL!":
            sheet.write_dynamic_array_formula(row, column, row, column, "=1*({1;2})")
            sheet.write_number(row + 1, column, 9)
        else:
            sheet.write_formula(row, column, MAKERS[cell])
    elif cell is not None:
        sheet.write(row, column, cell) if not isinstance(cell, str) else sheet.write_string(row, column, cell)
