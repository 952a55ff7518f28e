"""The small deal's two months in a book of their own, with the trustee's reports: what the examples of the book stand on."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from xlfv.excel.example_deal import DEAL
from xlfv.excel.examples import BOOK
from xlfv.months.book import log
from xlfv.months.book.file import create, writing
from xlfv.months.book.pieces import Piece
from xlfv.months.runs import value_and_record
from xlfv.tables import from_grid

TRUST, DECEMBER, JANUARY = "SAMPLE-1", "2009-12", "2010-01"
_SAME = ("waterfall", "costs", "triggers")
_OWN = ("loans", "bonds", "terms", "hedges", "reo", "curves", "indices", "yields")
_AT = dt.datetime(2010, 2, 3, 9, 30, tzinfo=dt.UTC)
_NAMES = ["item", "tranche", "amount", "date"]
REPORTS: dict[str, list[list[Any]]] = {
    DECEMBER: [
        _NAMES,
        ["distribution_date", None, None, "2009-12-25"],
        ["pool_balance", None, 1_255_000.0, None],
        ["loan_count", None, 6.0, None],
        ["balance", "A", 945_000.0, None],
        ["balance", "M", 180_000.0, None],
        ["balance", "B", 90_000.0, None],
    ],
    JANUARY: [
        _NAMES,
        ["distribution_date", None, None, "2010-01-25"],
        ["pool_balance", None, 1_151_095.0, None],
        ["balance", "A", 846_304.35, None],
        ["balance", "M", 180_000.0, None],
    ],
}


@functools.cache
def _made() -> Path:
    """Made once a process, at a time of its own, so that every host shows the same."""
    folder = Path(tempfile.mkdtemp(prefix="example-book-"))
    path = folder / BOOK
    with mock.patch.object(log, "utc_now", return_value=_AT):
        create(path, "desk")
        with writing(path, "desk") as book:
            book.commit(DECEMBER, _pieces(DECEMBER, ""))
            book.commit(JANUARY, _pieces(JANUARY, "_after"))
            curves = [list(row) for row in DEAL["curves"]]
            curves[1][2] = 0.09
            book.commit(DECEMBER, [_piece("curves", curves, "vendor-2.csv")], why="the vendor sent them anew")
        value_and_record(path, DECEMBER, user="desk")
    return path


def _pieces(month: str, tail: str) -> list[Piece]:
    tables = {name: DEAL[name] for name in _SAME} | {name: DEAL[name + tail] for name in _OWN}
    return [_piece(name, grid) for name, grid in {**tables, "remittance": REPORTS[month]}.items()]


def _piece(name: str, grid: list[list[Any]], source: str = "") -> Piece:
    return Piece(TRUST, name, from_grid(name, grid), source or f"{name}.csv", "0" * 64)


def lay_book(folder: Path) -> Path:
    """Lay a copy of the book in a folder."""
    return Path(shutil.copy(_made(), folder / BOOK))


def book_folder() -> Path:
    """A folder with the book, not to be written to."""
    return _made().parent
