"""An engine of xlwings over the spreadsheet in memory: macros run on it through the same calls as in Excel."""

from __future__ import annotations

import datetime as dt
import numbers
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from xlwings import base_classes as bc

from tests.excel.macros.desk import Desk, Formula, Leaf, Trouble, typed
from xlfv.tables import ErrorCell


class Engine:
    name, type = "desk", "desktop"

    @staticmethod
    def clean_value_data(data: Any, *_: Any) -> Any:
        return [list(row) for row in data]

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any = None) -> Any:
        return x


class App(bc.App):
    screen_updating = enable_events = True
    calculation = "automatic"
    api = None
    pid = 1
    cut_copy_mode: Any = None
    engine = Engine()

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def status_bar(self) -> Any:
        return self.desk.progress[-1] if self.desk.progress else False

    @status_bar.setter
    def status_bar(self, words: Any) -> None:
        self.desk.progress.append(words)

    @property
    def selection(self) -> Range:
        sheet, spot = self.desk.selected
        return Range(Sheet(Book(self.desk), self.desk.leaves[sheet]), spot)

    def calculate(self) -> None:
        self.desk.calculate()

    def alert(self, prompt: str, title: str, *_: Any) -> None:
        self.desk.said.append(prompt)


class Book(bc.Book):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    api = None
    app = property(lambda self: App(self.desk))
    name = property(lambda self: self.desk.path.name)
    fullname = property(lambda self: str(self.desk.path))
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))
    dynamic_arrays = property(lambda self: self.desk.dynamic)


class Names(bc.Names):
    api = None

    def __init__(self, book: Book) -> None:
        self.book = book

    def __len__(self) -> int:
        return len(self.book.desk.names)

    def __call__(self, key: Any) -> Name:
        known = list(self.book.desk.names)
        return Name(self.book, known[key - 1] if isinstance(key, numbers.Number) else key)

    def contains(self, name: str) -> bool:
        return name in self.book.desk.names

    def add(self, name: str, refers_to: str) -> Name:
        _write(self.book.desk)
        self.book.desk.names[name] = refers_to
        return Name(self.book, name)


class Name(bc.Name):
    api = None

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.known = book, name

    name = property(lambda self: self.known)

    def delete(self) -> None:
        _write(self.book.desk)
        del self.book.desk.names[self.known]

    @property
    def refers_to(self) -> str:
        return self.book.desk.names[self.known]

    @refers_to.setter
    def refers_to(self, refers_to: str) -> None:
        _write(self.book.desk)
        self.book.desk.names[self.known] = refers_to


class Sheets(bc.Sheets):
    api = None

    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, key: Any) -> Sheet:
        leaves = self.book.desk.leaves
        return Sheet(self.book, list(leaves.values())[key - 1] if isinstance(key, numbers.Number) else leaves[key])

    def __len__(self) -> int:
        return len(self.book.desk.leaves)

    def __iter__(self) -> Any:
        return (Sheet(self.book, leaf) for leaf in self.book.desk.leaves.values())


class Sheet(bc.Sheet):
    api = None

    def __init__(self, book: Book, leaf: Leaf) -> None:
        self._book, self.leaf = book, leaf

    book = property(lambda self: self._book)
    name = property(lambda self: self.leaf.name)

    @property
    def left_footer(self) -> str:
        return self.leaf.footer

    @left_footer.setter
    def left_footer(self, text: str) -> None:
        _write(self.book.desk)
        self.leaf.footer = text

    def range(self, first: Any, last: Any = None) -> Range:
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return Range(self, (top, left), (bottom, right))
        if isinstance(first, tuple) and len(first) == 4:  # row, column, rows, columns
            first, last = first[:2], (first[0] + first[2] - 1, first[1] + first[3] - 1)
        first, last = (end.first if isinstance(end, Range) else end for end in (first, last))
        return Range(self, first, last)

    @property
    def used_range(self) -> Range:
        spots = [*self.leaf.cells, *self.leaf.looks, *self.leaf.shown, (1, 1)]
        return Range(self, (1, 1), (max(r for r, _ in spots), max(c for _, c in spots)))


class Range(bc.Range):
    api = True  # xlwings writes nothing where an engine has none
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Sheet, first: Any, last: Any = None) -> None:
        self._sheet, self.first, self.last = sheet, tuple(first), tuple(last or first)
        self.desk, self.leaf = sheet.book.desk, sheet.leaf
        self.options = None

    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.first[0])
    column = property(lambda self: self.first[1])
    shape = property(lambda self: (self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1))
    coords = property(lambda self: (self.sheet.name, *self.first, *self.shape))
    area = property(lambda self: (*self.first, *self.last))

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, (self.row + row - 1, self.column + column - 1))

    @property
    def address(self) -> str:
        ends = [f"${get_column_letter(c)}${r}" for r, c in dict.fromkeys((self.first, self.last))]
        return ":".join(ends)

    def _rows(self) -> Any:
        columns = range(self.first[1], self.last[1] + 1)
        return [[(row, column) for column in columns] for row in range(self.first[0], self.last[0] + 1)]

    def _each(self, read: Any) -> Any:
        self.desk.reads += 1
        rows = tuple(tuple(read(spot) for spot in row) for row in self._rows())
        return rows[0][0] if self.shape == (1, 1) else rows

    @property
    def raw_value(self) -> Any:
        return self._each(self.leaf.value)

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._put(data, lambda cell: typed(cell) if isinstance(cell, str) and not isinstance(cell, ErrorCell) else cell)

    @property
    def formula2(self) -> Any:
        assert self.desk.dynamic, "this spreadsheet knows no results that spill"
        return self._each(lambda spot: self.desk.formula_of(self.leaf, spot))

    @formula2.setter
    def formula2(self, data: Any) -> None:
        self._put(data, lambda cell: Formula(cell) if cell.startswith("=") else typed(cell))

    formula = property(
        lambda self: self._each(lambda spot: self.desk.formula_of(self.leaf, spot)),
        lambda self, data: self._put(data, lambda cell: Formula(cell) if cell.startswith("=") else typed(cell)),
    )

    @property
    def formula_array(self) -> str:
        return self.desk.formula_of(self.leaf, self.first)

    @formula_array.setter
    def formula_array(self, text: str) -> None:
        _write(self.desk)
        for row in self._rows():
            for spot in row:
                self.desk.hold(self.leaf, spot, None)
        self.desk.hold(self.leaf, self.first, Formula(text, self.area))

    def _put(self, data: Any, read: Any) -> None:
        fails = self.desk.writing()
        rows = data if isinstance(data, (list, tuple)) else [[data]]
        assert (len(rows), len(rows[0])) == self.shape, "a block of another size"
        flat = [
            (spot, cell)
            for spots, row in zip(self._rows(), rows, strict=True)
            for spot, cell in zip(spots, row, strict=True)
        ]
        for spot, cell in flat[: len(flat) // 2 if fails else None]:
            assert not isinstance(cell, (dt.date, int)) or isinstance(cell, bool)
            self.desk.hold(self.leaf, spot, read(cell) if cell is not None else None)
        if fails:
            raise Trouble("a write that fails half way")

    def clear_contents(self) -> None:
        _write(self.desk)
        self.desk.clear(self.leaf, self.area)

    def clear_formats(self) -> None:
        _write(self.desk)
        for row in self._rows():
            for spot in row:
                self.leaf.looks.pop(spot, None)

    def copy(self, destination: Any = None) -> None:
        assert self.shape == (1, 1)
        self.desk.clipboard = self.leaf.look(self.first)

    def paste(self, paste: str, **_: Any) -> None:
        assert paste == "formats"
        _write(self.desk)
        for row in self._rows():
            for spot in row:
                self.leaf.looks[spot] = self.desk.clipboard

    @property
    def row_height(self) -> float:
        return self.leaf.heights.get(self.row, 15.0)

    @row_height.setter
    def row_height(self, height: float) -> None:
        _write(self.desk)
        for row in range(self.first[0], self.last[0] + 1):
            self.leaf.heights[row] = height

    @property
    def column_width(self) -> float:
        return self.leaf.widths.get(self.column, 8.43)

    @column_width.setter
    def column_width(self, width: float) -> None:
        _write(self.desk)
        self.leaf.widths[self.column] = width


def _write(desk: Desk) -> None:
    if desk.writing():
        raise Trouble("a write that fails")


def open_desk(path: Path, **how: Any) -> tuple[Desk, xw.Book]:
    """A workbook of a file, open; the spreadsheet itself, and what a macro is given."""
    desk = Desk(path, **how)
    return desk, xw.Book(impl=Book(desk))
