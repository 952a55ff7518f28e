"""A spreadsheet in memory, for the engine of xlwings beside it: what cells hold, show and look like, read from a file.

It does as Excel does where that matters to a macro: what is typed is read (``1/2`` is a date, ``+1`` a formula) unless an
apostrophe stands in front, a result spills over cells that hold nothing, and part of an array cannot be changed.
"""

from __future__ import annotations

import datetime as dt
import functools
import pickle
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from xlfv.excel.codec import serial
from xlfv.excel.hosts.headless import recalculate

Spot = tuple[int, int]


@dataclass(frozen=True)
class Formula:
    text: str
    area: tuple[int, int, int, int] | None = None  # rows and columns of its array, from 1


@dataclass
class Leaf:
    """A sheet; rows and columns from 1, as Excel counts."""

    name: str
    cells: dict[Spot, Any] = field(default_factory=dict)
    shown: dict[Spot, Any] = field(default_factory=dict)
    looks: dict[Spot, Any] = field(default_factory=dict)
    column_looks: dict[int, Any] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    footer: str = ""
    _arrays: dict[Spot, Any] | None = None

    def anchor_of(self, spot: Spot) -> Spot | None:
        """The cell whose array covers a cell; None where none does."""
        for anchor, (top, left, bottom, right) in self.arrays().items():
            if top <= spot[0] <= bottom and left <= spot[1] <= right:
                return anchor
        return None

    def arrays(self) -> dict[Spot, Any]:
        """The area of each array, by its first cell."""
        if self._arrays is None:
            formulas = ((spot, cell) for spot, cell in self.cells.items() if isinstance(cell, Formula) and cell.area)
            self._arrays = {spot: cell.area for spot, cell in formulas}
        return self._arrays

    def changed(self) -> None:
        """Cells were changed, arrays perhaps among them."""
        self._arrays = None

    def look(self, spot: Spot) -> Any:
        return self.looks.get(spot, self.column_looks.get(spot[1]))

    def value(self, spot: Spot) -> Any:
        cell = self.cells.get(spot)
        if cell is not None and not isinstance(cell, Formula):
            return cell
        return self.shown.get(spot) if cell is not None or self.anchor_of(spot) else None


class Trouble(Exception):
    """What a spreadsheet raises when it cannot do something."""


class Desk:
    """A workbook.

    Attributes:
        dynamic: results spill by themselves; else arrays are written with their range.
        echo: a cell into which a result spills tells the formula of that result as its own.
        fails_at: the number of the write that fails half way; None for none.
        writes, reads: how many there were.
    """

    def __init__(self, path: Path, *, dynamic: bool = True, echo: bool = True) -> None:
        self.path = path
        self.dynamic, self.echo = dynamic, echo
        self.fails_at: int | None = None
        self.writes = self.reads = 0
        self.names: dict[str, str]
        self.leaves: dict[str, Leaf]
        self.selected: tuple[str, Spot] = ("", (1, 1))
        self.clipboard: Any = None
        self.said: list[str] = []
        self.progress: list[Any] = []
        self.names, self.leaves = pickle.loads(_kept(path, path.stat().st_mtime_ns))

    def writing(self) -> bool:
        """Count a write; True where it is the one to fail."""
        self.writes += 1
        return self.writes == self.fails_at

    # Cells

    def hold(self, leaf: Leaf, spot: Spot, content: Any) -> None:
        """Put something in a cell; None empties it."""
        anchor = leaf.anchor_of(spot)
        if anchor is not None and anchor != spot:
            if content is None and self.dynamic:
                return
            raise Trouble(f"part of an array cannot be changed: {leaf.name} {spot}")
        old = leaf.cells.pop(spot, None)
        if isinstance(old, Formula) or isinstance(content, Formula):
            leaf.changed()
        leaf.shown.pop(spot, None)
        if isinstance(old, Formula) and old.area:
            top, left, bottom, right = old.area
            for r in range(top, bottom + 1):
                for c in range(left, right + 1):
                    leaf.shown.pop((r, c), None)
        if content is not None:
            leaf.cells[spot] = content

    def clear(self, leaf: Leaf, area: tuple[int, int, int, int]) -> None:
        top, left, bottom, right = area
        spots = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        for spot in spots:
            anchor = leaf.anchor_of(spot)
            cell = leaf.cells.get(anchor) if anchor else None
            if isinstance(cell, Formula) and cell.area and not self.dynamic:
                a, b, c, d = cell.area
                if not (top <= a and left <= b and c <= bottom and d <= right):
                    raise Trouble(f"part of an array cannot be cleared: {leaf.name} {spot}")
        for spot in spots:
            if leaf.anchor_of(spot) in (None, spot):
                self.hold(leaf, spot, None)

    def formula_of(self, leaf: Leaf, spot: Spot) -> str:
        """What a cell tells as its formula: of a constant, the constant as Excel would put it into words."""
        cell = leaf.cells.get(spot)
        if cell is None:
            anchor = leaf.anchor_of(spot)
            return leaf.cells[anchor].text if anchor and (self.echo or not self.dynamic) else ""
        if isinstance(cell, Formula):
            return cell.text
        if isinstance(cell, bool):
            return str(cell).upper()
        return f"{cell:.15g}" if isinstance(cell, float) else str(cell)

    def calculate(self) -> None:
        """Calculate every formula, and let results spill."""
        done = recalculate(self.content(), book=self.path.name, folder=self.path.parent)
        for leaf in self.leaves.values():
            leaf.shown = {}
            leaf.changed()
            for spot, cell in list(leaf.cells.items()):
                if isinstance(cell, Formula):
                    self._spill(leaf, spot, cell, done)

    def _spill(self, leaf: Leaf, spot: Spot, cell: Formula, done: Any) -> None:
        leaf.shown[spot] = done.value(leaf.name, *spot)
        area = cell.area
        if self.dynamic and "XLFV_" in cell.text:
            row, column = spot
            down, right = row, column
            while done.value(leaf.name, row, right + 1) is not None and (row, right + 1) not in leaf.cells:
                right += 1
            while done.value(leaf.name, down + 1, column) is not None and (down + 1, column) not in leaf.cells:
                down += 1
            area = (row, column, down, right) if (down, right) != spot else None
            leaf.cells[spot] = Formula(cell.text, area)
            leaf.changed()
        if area:
            for r in range(area[0], area[2] + 1):
                for c in range(area[1], area[3] + 1):
                    leaf.shown[r, c] = done.value(leaf.name, r, c)

    def content(self) -> bytes:
        """The workbook as a file that can be recalculated."""
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for leaf in self.leaves.values():
            sheet = book.create_sheet(leaf.name)
            for spot, cell in leaf.cells.items():
                written = sheet.cell(*spot)
                if isinstance(cell, Formula):
                    place = f"{get_column_letter(spot[1])}{spot[0]}"
                    spilling = cell.area or re.match(r"=XLFV_|=IF\(OR\(", cell.text)
                    written.value = ArrayFormula(place, cell.text) if spilling else cell.text
                else:
                    written.value = cell
                    if isinstance(cell, str):
                        written.data_type = "s"
        for name, refers in self.names.items():
            book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=refers[1:])
        buffer = BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    # All of it, to be compared

    def state(self) -> dict[str, Any]:
        """Everything that a macro could change, as plain values."""
        return {"names": dict(self.names)} | {
            name: {
                "cells": {spot: cell.text if isinstance(cell, Formula) else cell for spot, cell in leaf.cells.items()},
                "looks": {spot: leaf.look(spot) for spot in leaf.looks},
                "heights": {row: round(height, 1) for row, height in leaf.heights.items() if height != 15.0},
                "widths": dict(leaf.widths), "footer": leaf.footer,
            }
            for name, leaf in self.leaves.items()
        }  # fmt: skip


def typed(text: str) -> Any:
    """What typing a text into a cell gives."""
    if text.startswith("'"):
        return text[1:]
    if text.startswith(("=", "+", "-", "@")) and len(text) > 1:
        try:
            return float(text)
        except ValueError:
            return Formula(text if text.startswith("=") else "=" + text)
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})", text):
        return float(serial(dt.date(2009, int(match[1]), int(match[2]))))
    try:
        return float(text)
    except ValueError:
        return text or None


@functools.cache
def _kept(path: Path, _changed: int) -> bytes:
    """What a file holds, read once."""
    return pickle.dumps(_read(path.read_bytes()))


def _read(content: bytes) -> tuple[dict[str, str], dict[str, Leaf]]:
    leaves = {}
    formulas, values = (openpyxl.load_workbook(BytesIO(content), data_only=only) for only in (False, True))
    for sheet in formulas:
        leaf = leaves[sheet.title] = Leaf(sheet.title)
        shown = values[sheet.title]
        areas = []
        for row in sheet.iter_rows():
            for cell in row:
                _read_cell(leaf, cell, shown.cell(cell.row, cell.column).value, areas)
        for top, left, bottom, right in areas:
            for r in range(top, bottom + 1):
                for c in range(left, right + 1):
                    if (r, c) != (top, left):
                        leaf.cells.pop((r, c), None)
        for letter, column in sheet.column_dimensions.items():
            first = openpyxl.utils.column_index_from_string(letter)
            for number in range(first, (column.max or first) + 1):
                leaf.widths[number] = round(column.width - 5 / 7, 1)
                leaf.column_looks[number] = _look(column)
        leaf.heights = {number: row.height for number, row in sheet.row_dimensions.items() if row.height}
        leaf.footer = (sheet.oddFooter.left.text and f"&{sheet.oddFooter.left.size}{sheet.oddFooter.left.text}") or ""
    return {name: "=" + defined.attr_text for name, defined in formulas.defined_names.items()}, leaves


def _read_cell(leaf: Leaf, cell: Any, shown: Any, areas: list[Any]) -> None:
    spot = (cell.row, cell.column)
    if cell.has_style:
        leaf.looks[spot] = _look(cell)
    content = cell.value
    if isinstance(content, ArrayFormula):
        left, top, right, bottom = range_boundaries(content.ref)
        areas.append((top, left, bottom, right))
        area = (top, left, bottom, right) if (top, left) != (bottom, right) else None
        content = Formula(content.text if content.text.startswith("=") else "=" + content.text, area)
    elif cell.data_type == "f":
        content = Formula(content)
    if content is not None:
        leaf.cells[spot] = _plain(content)
    if shown is not None:
        leaf.shown[spot] = _plain(shown)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return float(serial(value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _look(cell: Any) -> tuple[Any, ...]:
    font, fill, border, align = cell.font, cell.fill, cell.border, cell.alignment
    return (
        font.name, font.sz, bool(font.b), bool(font.i), _rgb(font.color),
        _rgb(fill.fgColor) if fill.fill_type else None, border.top.style, border.bottom.style, cell.number_format,
        align.horizontal, align.vertical, bool(align.wrap_text), align.indent, bool(align.shrink_to_fit),
    )  # fmt: skip


def _rgb(colour: Any) -> str | None:
    """A colour; that of the theme is the usual black."""
    return colour.rgb if colour is not None and isinstance(colour.rgb, str) else None
