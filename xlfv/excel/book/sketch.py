"""What a sheet holds before it is put anywhere: contents, looks, row heights and column widths.

A file and an open workbook are written from the same sketch, so that both come out alike.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from xlfv.excel.book import styles
from xlfv.excel.book.styles import HEAD, NOTE, SECTION, TEXT, Style
from xlfv.excel.codec import serial

LONGEST = 32_000
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Spot: TypeAlias = tuple[int, int]
"""Row and column of a cell, from 0."""


@dataclass(frozen=True)
class Formula:
    """A formula as a file spells it, with its ``=``; and the rows and columns that its result fills."""

    text: str
    spill: tuple[int, int] = (1, 1)


Content: TypeAlias = Formula | float | bool | str | None
"""What a cell holds; None where it has a look alone."""


def clean(text: str) -> str:
    """A text that any spreadsheet can hold: no control characters, not too long, never taken for markup."""
    text = _UNWRITABLE.sub(" ", text)[:LONGEST]
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text


class Sketch:
    """A sheet. Rows and columns count from 0.

    Attributes:
        name: the sheet's.
        cells: what stands in each cell.
        looks: the look of each cell; these are the cells that belong to the book.
        heights: rows that have a height of their own, in points.
        widths: of columns A, B, ... in characters.
        spilled: cells into which a formula of another cell spills.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: dict[Spot, Content] = {}
        self.looks: dict[Spot, Style] = {}
        self.heights: dict[int, float] = {}
        self.widths: tuple[float, ...] = ()
        self.spilled: set[Spot] = set()
        self._wrapped: dict[int, list[tuple[int, str, Style]]] = {}

    def put(self, row: int, column: int, content: Content, style: Style) -> None:
        """Set a cell. What lies where a formula spills has a look, but no content of its own."""
        if (row, column) not in self.spilled:
            self.cells[row, column] = content
        self.looks[row, column] = style

    def spread(self, row: int, column: int, looks: Sequence[Style], height: int) -> None:
        """Claim the cells into which the formula of a cell spills.

        Args:
            row, column: the cell.
            looks: the look of each column.
            height: rows, that of the cell included.
        """
        for r in range(row, row + height):
            for c, look in enumerate(looks, column):
                if (r, c) != (row, column):
                    self.spilled.add((r, c))
                    self.cells.pop((r, c), None)
                    self.looks[r, c] = look

    # Cells

    def text(self, row: int, column: int, text: object, style: Style = TEXT) -> None:
        """A text, always as a text: ``=1+1`` stays what it is."""
        words = clean(str(text))
        if style.wrap or style.role == "head":
            self._wrapped.setdefault(row, []).append((column, words, style))
        self.put(row, column, words or None, style)

    def value(self, row: int, column: int, value: Any, style: Style = TEXT) -> None:
        """A value of any kind of cell."""
        if value is None or isinstance(value, bool):
            self.put(row, column, value, style)
        elif isinstance(value, dt.date):
            self.put(row, column, float(serial(value)), style)
        elif isinstance(value, (int, float)):
            self.put(row, column, float(value), style)
        else:
            self.text(row, column, value, style)

    def blank(self, row: int, column: int, style: Style) -> None:
        """A cell with a look and nothing in it."""
        self.put(row, column, None, style)

    # Parts of a page

    def section(self, row: int, title: str, width: int, column: int = 0) -> None:
        """A section's title with a line under it."""
        self.text(row, column, title, SECTION)
        for k in range(1, width):
            self.blank(row, column + k, SECTION)

    def note(self, row: int, column: int, text: str) -> None:
        """A remark in small grey letters."""
        self.text(row, column, text, NOTE)

    def heads(self, row: int, column: int, titles: Sequence[str], numbers_from: int = 1) -> None:
        """A row of headers; those from ``numbers_from`` on stand over numbers."""
        for k, title in enumerate(titles):
            self.text(row, column + k, title, styles.RIGHT if k >= numbers_from else HEAD)

    def measure(self, widths: Sequence[float]) -> None:
        """Set the widths, and rows with wrapped texts as tall as these need: not every spreadsheet finds out itself."""
        self.widths = tuple(float(width) for width in widths)
        for row, texts in self._wrapped.items():
            most = max(
                _lines(text, widths[column] if column < len(widths) else 9.0, style) for column, text, style in texts
            )
            small = all(style.role == "small" for _, _, style in texts)
            if most > 1 or small:
                self.heights.setdefault(row, round(most * (10.6 if small else 12.9) + 3.0, 2))


def _lines(text: str, width: float, style: Style) -> int:
    """Lines that a text takes in a column: letters are narrower than digits on the whole, bold ones wider."""
    size = 1.3 if style.role == "small" else 1.0
    room = max(int((width - style.indent - 0.5) * size * (1.03 if style.bold or style.role == "head" else 1.12)), 1)
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in text.split("\n"))
