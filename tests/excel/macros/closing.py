"""A workbook and a book of months in a folder of their own, on which the buttons of a month end are pressed."""

from __future__ import annotations

import copy
import csv
import gzip
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.excel.macros.conftest import SAMPLE, as_of, type_in
from tests.excel.macros.desk import Desk
from tests.excel.macros.engine import open_desk
from tests.excel.macros.test_check import cell_of, edit
from xlfv.excel import macros
from xlfv.months.book.file import reading
from xlfv.tables import Refused

TRUST = "IMFC-2006-MF"
OCTOBER, NOVEMBER, DECEMBER = "2009-10", "2009-11", "2009-12"


def copied(home: Path, trusts: tuple[str, ...], months: tuple[str, ...]) -> Path:
    """Months of the sample, with the indices of each."""
    data = home / "data"
    (data / "indices").mkdir(parents=True)
    for month in months:
        for trust in trusts:
            shutil.copytree(SAMPLE / trust / month, data / trust / month)
        shutil.copy(SAMPLE / "indices" / f"{month}.csv", data / "indices")
    return data


class Closing:
    """A workbook and a book of months in a folder of their own."""

    def __init__(self, home: Path, month: str) -> None:
        self.home, self.path, self.data = home, home / "months.duckdb", home / "data"
        self.desk, self.book = open_desk(home / "book.xlsm")
        for name, value in (("data_folder", "data"), ("book", "months.duckdb"), ("as_of", as_of(month))):
            self.type(name, value)

    def type(self, name: str, value: object) -> None:
        type_in(self.desk, name, value)

    def press(self, button: str) -> str:
        words = macros.press(button, self.book)
        assert "WARNING" not in words
        return words

    def refused(self, button: str, words: str) -> Refused:
        """The button refuses, and neither a cell nor a byte of the book has changed."""
        self.desk.writes = 0
        before, book = copy.deepcopy(self.desk.state()), self.bytes()
        with pytest.raises(Refused, match=words) as told:
            macros.press(button, self.book)
        assert self.desk.state() == before
        assert self.desk.writes == 0
        assert self.bytes() == book
        return told.value

    def bytes(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest() if self.path.exists() else ""

    def text(self, name: str) -> object:
        sheet, spot = cell_of(self.desk, name, 0, 0)
        return self.desk.leaves[sheet].cells.get(spot)

    def acts(self) -> list[str]:
        with reading(self.path) as book:
            return [line.act for line in book.lines()]

    def file(self, table: str, month: str = DECEMBER) -> Path:
        return next((self.data / TRUST / month).glob(f"{table}.csv*"))

    def change(self, table: str, change: Callable[[list[dict[str, str]]], object]) -> None:
        """Change the rows of a file."""
        file = self.file(table)
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        change(rows)
        with opened(file, "wt", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def yields(closing: Closing, row: int, value: float) -> None:
    """Type a yield into a row of the register."""
    edit(closing.desk, "yields", row, column_of(closing.desk, "yields", "yield"), value)


def column_of(desk: Desk, name: str, header: str) -> int:
    """The column of a named table, from 0."""
    sheet, (top, left) = cell_of(desk, name, 0, 0)
    return [desk.leaves[sheet].cells.get((top, left + k)) for k in range(20)].index(header)
