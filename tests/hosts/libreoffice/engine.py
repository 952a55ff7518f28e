"""An engine of xlwings over a document open in LibreOffice: the macros of the buttons run on it as they run on Excel.

Cells are told as Excel tells them: formulas with commas, our functions under their own names, one formula again in every
cell of an array. Runs inside LibreOffice, imported by the component.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import xlwings as xw
from openpyxl.utils.cell import range_boundaries
from xlwings import base_classes as bc

from tests.hosts.libreoffice.area import Range
from tests.hosts.libreoffice.spelled import Spelled

said: list[str] = []
"""What macros told the reader in message boxes, oldest first."""

progress: list[str] = []
"""What they put in the status bar, oldest first."""


class Engine:
    """What xlwings asks of an engine when it converts values; here they go through as they are."""

    name, type = "libreoffice", "desktop"

    @staticmethod
    def clean_value_data(data: Any, *_: Any) -> Any:
        return [list(row) for row in data]

    @staticmethod
    def prepare_xl_data_element(x: Any, _: Any = None) -> Any:
        return x


class App(bc.App):
    """LibreOffice, as far as one document of it goes."""

    engine = Engine()
    api = None
    pid = 0
    enable_events = True
    cut_copy_mode: Any = None

    def __init__(self, book: Book) -> None:
        self._book = book

    def calculate(self) -> None:
        self._book.api.calculateAll()

    def alert(self, prompt: str, *_: Any) -> None:
        said.append(prompt)

    @property
    def status_bar(self) -> Any:
        return progress[-1] if progress else False

    @status_bar.setter
    def status_bar(self, words: Any) -> None:
        if words:
            progress.append(str(words))

    @property
    def screen_updating(self) -> bool:
        return not self._book.api.hasControllersLocked()

    @screen_updating.setter
    def screen_updating(self, drawn: bool) -> None:
        if drawn != self.screen_updating:
            (self._book.api.unlockControllers if drawn else self._book.api.lockControllers)()

    @property
    def calculation(self) -> str:
        return "automatic" if self._book.api.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self._book.api.enableAutomaticCalculation(mode != "manual")

    @property
    def selection(self) -> Range:
        chosen = self._book.api.CurrentSelection
        return Range(Sheet(self._book, chosen.Spreadsheet), chosen)


class Book(bc.Book):
    """A document."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.spelled = Spelled(document, self.name)

    @property
    def api(self) -> Any:
        return self._document

    app = property(lambda self: App(self))
    fullname = property(lambda self: unquote(urlparse(self.api.URL).path))
    name = property(lambda self: Path(self.fullname).name)
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))


class Names(bc.Names):
    """Its defined names."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.api.NamedRanges

    def __len__(self) -> int:
        return len(self.api.ElementNames)

    def __call__(self, key: Any) -> Name:
        return Name(self.book, self.api.ElementNames[key - 1] if isinstance(key, numbers.Number) else key)

    def contains(self, name: str) -> bool:
        return bool(self.api.hasByName(name))

    def add(self, name: str, refers_to: str) -> Name:
        home = self.book.api.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
        self.api.addNewByName(name, "", home, 0)
        added = Name(self.book, name)
        added.refers_to = refers_to
        return added


class Name(bc.Name):
    """A defined name."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self._name = book, name

    @property
    def api(self) -> Any:
        return self.book.api.NamedRanges.getByName(self._name)

    name = property(lambda self: self._name)

    def delete(self) -> None:
        self.book.api.NamedRanges.removeByName(self._name)

    @property
    def refers_to(self) -> str:
        return self.book.spelled.text_of(self.api.getTokens())

    @refers_to.setter
    def refers_to(self, refers_to: str) -> None:
        self.api.setTokens(self.book.spelled.tokens(refers_to))


class Sheets(bc.Sheets):
    """Its sheets."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.api.Sheets

    def __call__(self, key: Any) -> Sheet:
        found = self.api.getByIndex(key - 1) if isinstance(key, numbers.Number) else self.api.getByName(key)
        return Sheet(self.book, found)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (self(k + 1) for k in range(len(self)))


class Sheet(bc.Sheet):
    """A sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book, self._sheet = book, sheet

    api = property(lambda self: self._sheet)
    book = property(lambda self: self._book)
    name = property(lambda self: self.api.Name)

    def range(self, first: Any, last: Any = None) -> Range:
        """Of an address, of two cells (row and column from 1), or of the ranges at two corners."""
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
        else:
            (top, left), (bottom, right) = _corner(first), _corner(last or first, far=True)
        return Range(self, self.api.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1))

    @property
    def used_range(self) -> Range:
        cursor = self.api.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return self.range((1, 1), (end.EndRow + 1, end.EndColumn + 1))


def _corner(cell: Any, *, far: bool = False) -> tuple[int, int]:
    """Row and column of a cell, or of the near or far corner of a range."""
    if not isinstance(cell, Range):
        return cell[0], cell[1]
    rows, columns = cell.shape if far else (1, 1)
    return cell.row + rows - 1, cell.column + columns - 1


def book_of(document: Any) -> xw.Book:
    """What a macro is given."""
    return xw.Book(impl=Book(document))
