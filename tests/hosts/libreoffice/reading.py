"""Cells of an open document as JSON holds them: numbers, texts, None for a blank, ``{"error": code}`` for an error.

Runs under the system's Python, which has ``uno``; it imports nothing of ours.
"""

from __future__ import annotations

from typing import Any

_CODES = {521: "#NULL!", 532: "#DIV/0!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 503: "#NUM!", 32767: "#N/A"}
_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA


def grid(area: Any) -> list[list[Any]]:
    """All cells of a range."""
    return [[_cell(area, r, c, value) for c, value in enumerate(row)] for r, row in enumerate(area.getDataArray())]


def _cell(area: Any, row: int, column: int, value: Any) -> Any:
    if isinstance(value, str):
        return value or None
    if isinstance(value, float) and value - value == 0.0:
        return value
    number = area.getCellByPosition(column, row).getError()
    return {"error": _CODES.get(number, f"Err:{number}")} if number else None


def formulas(sheet: Any) -> list[list[Any]]:
    """Every formula cell of a sheet: row and column from 1, and its value."""
    found = []
    for area in sheet.queryContentCells(_FORMULAS):
        where = area.getRangeAddress()
        for r, row in enumerate(grid(area)):
            found += [[where.StartRow + 1 + r, where.StartColumn + 1 + c, cell] for c, cell in enumerate(row)]
    return found
