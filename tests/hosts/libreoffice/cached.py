"""A workbook's formula cells with the values saved in it, and how they agree with a recalculation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from tests.hosts.permitted import RESTS
from xlfv.excel.codec import cell_name, serial

Cells: TypeAlias = dict[tuple[str, int, int], Any]
CLOSE = 1e-9  # relative: sums in another order


def saved(book: Path) -> Cells:
    """Every formula cell, those of array formulas' ranges too: sheet, row, column (from 1) -> the saved value."""
    formulas, values = openpyxl.load_workbook(book), openpyxl.load_workbook(book, data_only=True)
    return {
        (sheet.title, row, column): _plain(values[sheet.title].cell(row, column).value)
        for sheet in formulas.worksheets
        for row, column in _formula_cells(sheet)
    }


def _formula_cells(sheet: Any) -> set[tuple[int, int]]:
    found = set()
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, ArrayFormula):
                found |= _inside(cell.value.ref)
            elif cell.data_type == "f":
                found.add((cell.row, cell.column))
    return found


def _inside(area: str) -> set[tuple[int, int]]:
    left, top, right, bottom = (int(edge or 1) for edge in range_boundaries(area))
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return serial(value)
    return float(value) if isinstance(value, (bool, int)) else None if value == "" else value


def recalculated(read: dict[str, Any]) -> Cells:
    """What the job ``formulas`` read, in the same form."""
    return {
        (sheet, row, column): cell["error"] if isinstance(cell, dict) else cell
        for sheet, cells in read.items()
        for row, column, cell in cells
    }


def differences(before: Cells, after: Cells, labels: Cells) -> list[str]:
    """Every cell that disagrees, in words; ``labels`` are the texts in the first column of each row."""
    return [
        f"{sheet}!{cell_name(row, column)}: {after.get(key)!r} came, {value!r} was saved"
        for key, value in before.items()
        for sheet, row, column in [key]
        if not _agree(value, after.get(key), labels.get((sheet, row, 1)))
    ]


def _agree(before: Any, after: Any, label: Any) -> bool:
    if not isinstance(before, float) or not isinstance(after, float):
        return bool(before == after and type(before) is type(after))
    if label in RESTS and max(abs(before), abs(after)) < RESTS[label]:
        return True
    return abs(before - after) <= CLOSE * abs(before)


def labels(book: Path) -> Cells:
    """The first column of every sheet."""
    values = openpyxl.load_workbook(book, data_only=True)
    return {(sheet.title, cell.row, 1): cell.value for sheet in values.worksheets for cell in sheet["A"] if cell.value}
