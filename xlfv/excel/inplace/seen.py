"""An open book read once, as plain values: what its cells hold and show, its names, and what it notes of itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xlwings as xw

from xlfv.excel.book.areas import Area
from xlfv.excel.book.sketch import Content, Formula, Spot
from xlfv.excel.codec import Cell, Grid, serial
from xlfv.excel.inplace import host
from xlfv.excel.inplace.spelling import reference
from xlfv.tables import ErrorCell

MOST_CELLS = 400_000  # of a sheet that is read whole


@dataclass(frozen=True)
class SeenSheet:
    """A sheet from its first cell to where it was read.

    Attributes:
        cells: what stands in each cell that is not empty; formulas as cells show them.
        shown: the values of all cells.
    """

    cells: Mapping[Spot, Content]
    shown: Grid

    def value(self, row: int, column: int) -> Cell:
        """The value of a cell (from 0); None past what was read."""
        return self.shown[row][column] if row < len(self.shown) and column < len(self.shown[row]) else None

    def grid(self, area: Area) -> Grid:
        """The values of an area."""
        top, left, bottom, right = area
        return [[self.value(r, c) for c in range(left, right + 1)] for r in range(top, bottom + 1)]


@dataclass(frozen=True)
class Seen:
    """A book.

    Attributes:
        name: its file's name.
        folder: where it lies; None for one never saved, or not on a drive.
        names: defined name (small letters) -> what it refers to.
        sheets: those read, by name.
    """

    name: str
    folder: Path | None
    names: Mapping[str, str]
    sheets: Mapping[str, SeenSheet]

    def place(self, name: str) -> tuple[str, Area] | None:
        """Sheet and area of a defined name or a reference with its sheet; None for anything else."""
        found = reference(self.names.get(name.casefold(), name))
        return found if found and found[0] else None

    def named(self, name: str) -> Grid | None:
        """The values of a defined name; None where it is not there or its sheet was not read."""
        found = self.place(name)
        sheet = self.sheets.get(found[0]) if found else None
        return sheet.grid(found[1]) if sheet and found else None

    def text(self, name: str) -> str:
        """The value of a named cell as text; empty where it is blank, an error or not there."""
        grid = self.named(name)
        cell = grid[0][0] if grid else None
        return "" if cell is None or isinstance(cell, ErrorCell) else str(cell).strip()


def look(book: xw.Book, areas: Mapping[str, Area | None]) -> Seen:
    """Read a book.

    Args:
        book: the open book.
        areas: the sheets to read, and how far; None for all that is used.
    """
    sheets = {name: read_sheet(book.sheets[name], area) for name, area in areas.items()}
    return Seen(book.name, folder_of(book), names_of(book), sheets)


def read_sheet(sheet: xw.Sheet, area: Area | None = None) -> SeenSheet:
    """Read a sheet in two calls: its formulas and its values."""
    place = host.area_of(sheet, area or _used(sheet))
    shown, texts = host.values(place), host.formulas(place)
    shown = [[_plain(cell) for cell in row] for row in shown]
    return SeenSheet(_contents(texts, shown), shown)


def _used(sheet: xw.Sheet) -> Area:
    used = sheet.used_range
    rows, columns = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
    return 0, 0, min(rows, max(MOST_CELLS // columns, 1)) - 1, columns - 1


def _plain(cell: Cell) -> Cell:
    return float(serial(cell)) if isinstance(cell, dt.date) else cell


def _contents(texts: list[list[str]], shown: Grid) -> dict[Spot, Content]:
    """What stands in the cells. Where a result spills, its cells repeat its formula or have none: they hold nothing."""
    cells: dict[Spot, Content] = {}
    spilled: set[Spot] = set()
    for r, (row, values) in enumerate(zip(texts, shown, strict=True)):
        for c, (text, value) in enumerate(zip(row, values, strict=True)):
            if (r, c) in spilled or not text:
                continue
            # Of a text that looks like a formula, the cell's value is that very text.
            if text.startswith("=") and text != value:
                size = _spill(texts, r, c)
                spilled |= {(r + i, c + k) for i in range(size[0]) for k in range(size[1])}
                cells[r, c] = Formula(text, size)
            elif value is not None:
                cells[r, c] = value
    return cells


def _spill(texts: list[list[str]], row: int, column: int) -> tuple[int, int]:
    """Rows and columns in which a formula of ours stands again and again from a cell on: its result spills there."""
    formula = texts[row][column]
    if "XLFV_" not in formula.upper():
        return 1, 1
    height, width = 1, 1
    while column + width < len(texts[row]) and texts[row][column + width] == formula:
        width += 1
    while row + height < len(texts) and texts[row + height][column] == formula:
        height += 1
    return height, width


def names_of(book: xw.Book) -> dict[str, str]:
    """Every defined name of a book that belongs to no sheet, in small letters, with what it refers to."""
    found = ((str(name.name), str(name.refers_to)) for name in book.names)
    return {name.casefold(): refers for name, refers in found if "!" not in name and not name.startswith("_xl")}


def folder_of(book: xw.Book) -> Path | None:
    """The folder in which a book lies; None for one never saved, or in a cloud that no path leads to."""
    try:
        whole = Path(book.fullname)
    except Exception:  # xlwings raises several things where OneDrive gives an address instead of a path
        return None
    return whole.parent if whole.is_absolute() and whole.parent.is_dir() else None
