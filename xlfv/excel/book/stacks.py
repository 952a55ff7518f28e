"""Tables of several trusts stacked into one with a column trust, and results of functions one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlfv.excel.book.frame import TrustPlace
from xlfv.excel.book.page import Page, span
from xlfv.excel.book.styles import OWN, Style
from xlfv.excel.book.tables import Columns, in_cells
from xlfv.tables.cells import as_text


def stacked(places: Iterable[TrustPlace], table: str) -> Columns:
    """The rows of every trust's own table, each named by its trust; rows of other trusts in it are left out."""
    parts = [
        (place.name, in_cells(place.valued.source.tables[table]))
        for place in places
        if table in place.valued.source.tables
    ]
    headers = list(dict.fromkeys(["trust", *(header for _, columns in parts for header in columns.headers)]))
    numbers: dict[str, str] = {"trust": "text"}
    rows: list[list[object]] = []
    for trust, columns in parts:
        numbers = {**dict(zip(columns.headers, columns.numbers, strict=True)), **numbers}
        for cells in columns.rows:
            line: Mapping[str, object] = dict(zip(columns.headers, cells, strict=True))
            if as_text(line.get("trust") or trust).lower() == trust.lower():
                rows.append([{**line, "trust": trust}.get(header) for header in headers])
    return Columns(tuple(headers), rows, tuple(numbers[header] for header in headers))


@dataclass(frozen=True)
class Part:
    """A formula whose result is one of several stacked.

    Attributes:
        formula: the formula.
        height: rows of its result, header included.
        room: rows left free below it, for notices that an edit may bring: a result that meets a filled cell shows nothing.
    """

    formula: str
    height: int
    room: int = 0


@dataclass(frozen=True)
class Stack:
    """Results one below the other: where the first begins and the last ends (rows from 0), and the first column.

    Attributes:
        starts: the row of each result's header.
    """

    top: int
    bottom: int
    column: int
    starts: tuple[int, ...]

    def span(self, column: int) -> str:
        """The range of a column (from 0 of the results), headers and all."""
        return span(self.top, self.column + column, self.bottom, self.column + column)


def write_stack(page: Page, row: int, column: int, parts: Sequence[Part], looks: Sequence[Style]) -> Stack:
    """Spill results one below the other, each with its own header in small letters."""
    starts = []
    at_row = row
    for part in parts:
        page.spill(at_row, column, part.formula, part.height, len(looks), looks, OWN)
        starts.append(at_row)
        at_row += part.height + part.room
    return Stack(row, at_row - 1, column, tuple(starts))
