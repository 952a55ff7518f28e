"""What the cells of an open book show, against what was calculated for them beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xlfv.excel.book.frame import Answers
from xlfv.excel.book.sketch import Spot
from xlfv.excel.codec import Cell, Grid
from xlfv.excel.inplace.writing import cell_of
from xlfv.tables import ErrorCell

RELATIVE, ABSOLUTE = 1e-9, 1e-6
MOST_NAMED = 3


def same_value(shown: Cell, expected: Cell) -> bool:
    """Two values of a cell are the same: numbers to nine digits (spreadsheets add up in an order of their own)."""
    shown, expected = (None if cell == "" else cell for cell in (shown, expected))
    if isinstance(shown, float) and isinstance(expected, float):
        return math.isclose(shown, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    if isinstance(shown, ErrorCell) != isinstance(expected, ErrorCell):
        return False
    return type(shown) is type(expected) and shown == expected


def disagreeing(sheet: str, spots: Iterable[Spot], shown: Grid, answers: Answers) -> list[str]:
    """The cells that show something else than was calculated, each in words."""
    found = []
    for row, column in sorted(spots):
        value = shown[row][column] if row < len(shown) and column < len(shown[row]) else None
        expected = answers.value(sheet, row + 1, column + 1)
        if not same_value(value, expected):
            found.append(f"{cell_of(sheet, (row, column))} shows {_words(value)} instead of {_words(expected)}")
    return found


def _words(cell: Cell) -> str:
    if cell is None:
        return "nothing"
    return f"{cell:.10g}" if isinstance(cell, float) else repr(str(cell)[:60])


def verdict(compared: int, wrong: list[str]) -> str:
    """One sentence of how the comparison went."""
    if not wrong:
        return f"The {compared:,} values shown are those calculated beforehand."
    named = "; ".join(wrong[:MOST_NAMED])
    more = f" and {len(wrong) - MOST_NAMED:,} more" if len(wrong) > MOST_NAMED else ""
    return (
        f"WARNING: {len(wrong):,} of {compared:,} cells show something else than was calculated beforehand: {named}{more}."
        " Recalculate the workbook (Ctrl+Alt+F9); if they stay, do not use them."
    )


def sides_words(assets: float, liabilities: float, residual: float) -> str:
    """A balance in words."""
    return f"assets ${assets:,.0f}, liabilities ${liabilities:,.0f}, residual ${residual:,.0f}"
