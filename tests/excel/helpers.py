"""What several test files say."""

from __future__ import annotations

import math
from typing import Any

from xlfv.excel import call
from xlfv.tables import ErrorCell


def one(grid: list[list[Any]]) -> Any:
    """The only cell of a grid."""
    assert len(grid) == 1, grid
    assert len(grid[0]) == 1, grid
    return grid[0][0]


def fails(name: str, *args: Any, code: str = "#VALUE!", **where: Any) -> str:
    """Call, demand that error, and give its reason."""
    cell = one(call(name, *args, **where))
    assert isinstance(cell, ErrorCell), cell
    assert cell == code, (cell, cell.reason)
    assert cell.reason
    return cell.reason


def is_grid(grid: Any) -> bool:
    """True for a proper result: rows of equal length, of cells that any host can take."""
    if not (isinstance(grid, list) and grid and all(isinstance(row, list) for row in grid)):
        return False
    wide = len(grid[0])
    return wide > 0 and all(len(row) == wide and all(map(is_cell, row)) for row in grid)


def is_cell(cell: Any) -> bool:
    """True for a finite float, text, boolean, error or blank."""
    if type(cell) is float:
        return math.isfinite(cell)
    return cell is None or type(cell) in (str, bool, ErrorCell)
