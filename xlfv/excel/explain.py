"""Why a cell failed: reasons kept by the cell that called, by error, and a log of xlfv's own defects.

Reasons live in memory for the life of the process; a recalculation makes them again.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xlfv.excel.codec import Grid, cell_name
from xlfv.tables import ErrorCell, Place

MOST_ADDRESSES = 20_000
MOST_RECENT = 500
MOST_DEFECTS = 100
MOST_SPILLED = 200  # error cells of one spilled result that are remembered one by one
LONGEST_REASON = 8_000  # a cell holds 32,767 characters; a chain of reasons must fit


@dataclass(frozen=True)
class Address:
    """A cell's address: book (may be empty), sheet, row and column counted from 1."""

    book: str
    sheet: str
    row: int
    column: int

    @property
    def key(self) -> tuple[str, int, int]:
        """Sheet and place, as compared (Excel's sheet names know no case)."""
        return self.sheet.casefold(), self.row, self.column

    @property
    def place(self) -> tuple[str, int, int]:
        """Sheet, row and column."""
        return self.sheet, self.row, self.column

    def as_place(self, home: str) -> Place:
        """The cell as readers of tables name it: its book is named only where it is not ``home``."""
        abroad = self.book and self.book.casefold() != home.casefold()
        return Place(f"[{self.book}]{self.sheet}" if abroad else self.sheet, self.row, self.column, "sheet")

    def moved(self, rows: int, columns: int) -> Address:
        """The cell so many rows down and columns right."""
        return Address(self.book, self.sheet, self.row + rows, self.column + columns)

    def __str__(self) -> str:
        name = f"[{self.book}]{self.sheet}" if self.book else self.sheet
        if re.search(r"\W", name):
            name = "'" + name.replace("'", "''") + "'"
        return f"{name}!{cell_name(self.row, self.column)}"


@dataclass(frozen=True)
class Reason:
    """Why a call failed.

    Attributes:
        code: the error shown.
        text: what is wrong, where, and what to do.
        function: the function that failed.
        address: the cell that called, where the host said so.
        traceback: of a defect of xlfv; empty otherwise.
    """

    code: str
    text: str
    function: str
    address: Address | None = None
    traceback: str = ""


_ADDRESS = re.compile(r"(?P<sheet>'(?:[^']|'')+'|[^'!]+)!\$?(?P<letters>[A-Za-z]{1,3})\$?(?P<row>[1-9]\d{0,6})")


def parse_address(text: str) -> Address | None:
    """Read ``Sheet!A1``, ``'My sheet'!$A$1`` or ``[Book.xlsx]Sheet!A1``; None when it is no address."""
    match = _ADDRESS.fullmatch(text.strip())
    if not match:
        return None
    name = match["sheet"]
    name = name[1:-1].replace("''", "'") if name.startswith("'") else name.strip()
    # A path may stand before the bracket: 'C:\books\[Book.xlsx]Sheet'.
    head, bracket, tail = name.rpartition("]")
    book, sheet = (head.rpartition("[")[2], tail) if bracket else ("", name)
    column = 0
    for letter in match["letters"].upper():
        column = column * 26 + ord(letter) - 64
    return Address(book, sheet, int(match["row"]), column) if sheet else None


def address_in(place: Place, row: int, column: int) -> Address:
    """The cell so many rows and columns (from 0) into a place on a sheet; see :meth:`Address.as_place`."""
    book, bracket, sheet = place.label.removeprefix("[").rpartition("]")
    named = bracket and place.label.startswith("[")
    return Address(book if named else "", sheet if named else place.label, place.row + row, place.column + column)


_lock = threading.RLock()
_by_cell: OrderedDict[tuple[str, int, int], OrderedDict[str, Reason]] = OrderedDict()
_spilled: dict[tuple[str, tuple[str, int, int]], list[Address]] = {}
_recent: deque[Reason] = deque(maxlen=MOST_RECENT)
_defects: deque[Reason] = deque(maxlen=MOST_DEFECTS)
_calling = threading.local()


def remember(reason: Reason) -> None:
    """Keep a reason as the latest, under its address when there is one, and in the log when it is a defect."""
    with _lock:
        _recent.append(reason)
        if reason.traceback:
            _defects.append(reason)
        if reason.address:
            _store(reason.address, reason)


def _store(address: Address, reason: Reason) -> None:
    books = _by_cell.setdefault(address.key, OrderedDict())
    books[address.book.casefold()] = reason
    books.move_to_end(address.book.casefold())
    _by_cell.move_to_end(address.key)
    while len(_by_cell) > MOST_ADDRESSES:
        _by_cell.popitem(last=False)


def remember_grid(address: Address | None, function: str, grid: Grid) -> None:
    """Keep the reasons of the error cells inside a result, each under the cell into which it spills."""
    found = [
        (r, c, cell)
        for r, row in enumerate(grid)
        if ErrorCell in set(map(type, row))
        for c, cell in enumerate(row)
        if isinstance(cell, ErrorCell) and cell.reason
    ][:MOST_SPILLED]
    with _lock:
        for r, c, cell in found:
            place = address.moved(r, c) if address else None
            remember(Reason(str(cell), cell.reason, function, place))
            if address and place:
                _spilled.setdefault((address.book.casefold(), address.key), []).append(place)


def forget(address: Address) -> None:
    """Drop what is kept for a cell and for the cells into which it spilled: it is about to be calculated anew."""
    with _lock:
        for each in [address, *_spilled.pop((address.book.casefold(), address.key), [])]:
            books = _by_cell.get(each.key)
            if books is not None:
                books.pop(each.book.casefold(), None)
                if not books:
                    del _by_cell[each.key]


def at(address: Address) -> Reason | None:
    """The reason kept for a cell. Without a book: that of the calling cell's book, else the latest of any book."""
    with _lock:
        books = _by_cell.get(address.key)
        if not books:
            return None
        if address.book:
            return books.get(address.book.casefold())
        caller = current()
        mine = books.get(caller.book.casefold()) if caller else None
        return mine or next(reversed(books.values()))


def latest(code: str = "") -> Reason | None:
    """The last reason kept, of that error where one is named."""
    with _lock:
        return next((reason for reason in reversed(_recent) if code in ("", reason.code)), None)


def defects() -> list[Reason]:
    """Unexpected failures of xlfv itself, oldest first, with their tracebacks: for a report to its makers."""
    with _lock:
        return list(_defects)


def anything_kept() -> bool:
    """True when a reason is kept for any cell; hosts to which an address is dear ask this first."""
    return bool(_by_cell)


def clear() -> None:
    """Forget every reason."""
    with _lock:
        _by_cell.clear()
        _spilled.clear()
        _recent.clear()
        _defects.clear()


@contextmanager
def calling(where: Callable[[], Address | None]) -> Iterator[None]:
    """While it lasts, :func:`current` is the calling cell; ``where`` is asked only if someone wants to know."""
    before = getattr(_calling, "where", None)
    _calling.where = where
    try:
        yield
    finally:
        _calling.where = before


def current() -> Address | None:
    """The cell whose function is running in this thread, when the host said so."""
    where: Callable[[], Address | None] | None = getattr(_calling, "where", None)
    return where() if where else None


def defect_words(problem: BaseException) -> str:
    """What is said of an unexpected failure of xlfv itself."""
    words = cut(f"{type(problem).__name__}: {problem}")
    return f"a defect of xlfv, not of your input: {words} -> please report it with the inputs"


def cut(text: str) -> str:
    """A reason short enough for a cell: faults that do not fit are left out from the end, and their number is said."""
    if len(text) <= LONGEST_REASON:
        return text
    shown, _, cut_off = text[: LONGEST_REASON - 40].rpartition("\n")
    if not shown:
        return cut_off + " ..."
    return f"{shown}\nand {text.count(chr(10), len(shown))} more"
