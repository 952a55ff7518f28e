"""A table as it came in: a header, columns of raw cells, and where each cell stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, SupportsIndex

from xlfv.tables.faults import Fault, Refused

ERROR_CODES = (
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
    "#SPILL!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#BUSY!", "#PYTHON!",
)  # fmt: skip


class ErrorCell(str):
    """An error as a cell shows it (``#REF!``), with the reason when it is known.

    It compares equal to its text, so ``cell == "#REF!"`` holds, and is never taken for data.
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, code: str, reason: str = "") -> ErrorCell:
        """Make an error cell showing ``code``; ``reason`` says why."""
        cell = super().__new__(cls, code)
        cell.reason = reason
        return cell

    def __reduce__(self) -> tuple[type[ErrorCell], tuple[str, str]]:
        return (ErrorCell, (str(self), self.reason))


def plain(header: object) -> str:
    """A header as it is matched: lower case, words joined by one underscore (spaces and hyphens are alike)."""
    return re.sub(r"[\s_-]+", "_", str(header).strip().lower())


def letters(column: int) -> str:
    """The spreadsheet letters of a column number, 1 -> A, 27 -> AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True)
class Place:
    """Where a table stands: a sheet's cell, a file's rows, or a nameless range.

    Attributes:
        label: sheet name, file name or argument name.
        row: row number of the header (1 is the first).
        column: column number of the first column (1 is A).
        kind: ``sheet`` (cells are named A1), ``file`` (rows are numbered) or ``range`` (rows counted inside).
    """

    label: str = ""
    row: int = 1
    column: int = 1
    kind: str = "range"

    @property
    def start(self) -> str:
        """Where the table begins, for faults of no cell of it."""
        return self.cell(-1, 0) if self.kind == "sheet" else self.label

    def cell(self, row: int, column: int) -> str:
        """Name the cell at 0-based data ``row`` (-1 is the header) and 0-based ``column``."""
        if self.kind == "sheet":
            sheet = f"'{self.label}'" if re.search(r"\W", self.label) else self.label
            return f"{sheet}!{letters(self.column + column)}{self.row + 1 + row}"
        if self.kind == "file":
            return f"{self.label} row {self.row + 1 + row}"
        return f"{self.label} row {row + 2}, column {letters(column + 1)} of the range"


@dataclass(frozen=True)
class Table:
    """A named table of raw cells.

    Attributes:
        name: which table it is (``loans``, ``bonds`` ...).
        columns: matched header -> raw cells, all of one length. Blank cells are None.
        place: where it stands.
        order: matched headers as they stand in the source, left to right (blank headers included).
        text: True when every cell came as text (CSV), so that numbers and dates must be read from text.
        lines: of each row, its number in the source (0 is the row below the header); empty where they run on unbroken.
    """

    name: str
    columns: dict[str, list[Any]]
    place: Place = field(default_factory=Place)
    order: tuple[str, ...] = ()
    text: bool = False
    lines: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def where(self, row: SupportsIndex, column: str) -> str:
        """Name the place of a cell, for a message."""
        at = self.order.index(column) if column in self.order else 0
        line = self.lines[row] if self.lines and int(row) >= 0 else int(row)
        return f"{self.place.cell(line, at)}, column {column}"

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary."""
        names = list(self.columns)
        for cells in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, cells, strict=True))


def from_grid(name: str, grid: Sequence[Sequence[Any]], place: Place | None = None, *, text: bool = False) -> Table:
    """Make a table of a grid whose first row is the header; wholly blank rows are left out.

    Args:
        name: which table it is.
        grid: rows of cells as :mod:`xlfv.excel.codec` hands them over (None for blank).
        place: where the grid stands.
        text: every cell came as text.

    Raises:
        Refused: no header, a header twice, or an error cell in the header.
    """
    place = place or Place(name)
    if not grid or all(cell is None for cell in grid[0]):
        raise Refused(
            Fault(f"the table {name} is empty", place.label, "give a range whose first row holds the headers")
        )
    faults: list[Fault] = []
    order: list[str] = []
    seen: set[str] = set()
    for k, cell in enumerate(grid[0]):
        header = "" if cell is None else plain(cell)
        if isinstance(cell, ErrorCell):
            faults.append(Fault(f"the header is the error {cell}", place.cell(-1, k), "mend that cell"))
        elif header in seen:
            faults.append(Fault(f"the column {header} stands twice", place.cell(-1, k), "keep one of them"))
        order.append(header)
        if header:
            seen.add(header)
    if faults:
        raise Refused(faults)
    body, filled = [], []
    for k, row in enumerate(islice(grid, 1, None)):
        cells = [None if type(cell) is str and cell.isspace() else cell for cell in row]
        if cells.count(None) < len(cells):
            body.append(cells)
            filled.append(k)
    columns = {h: [row[k] if k < len(row) else None for row in body] for k, h in enumerate(order) if h}
    unbroken = not filled or filled[-1] == len(filled) - 1
    return Table(name, columns, place, tuple(order), text, () if unbroken else tuple(filled))
