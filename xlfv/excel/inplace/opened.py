"""An open valuation workbook with buttons: its Control inputs, what its layout notes, and the cells that are its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xlwings as xw

from xlfv import __version__
from xlfv.excel.book import layout
from xlfv.excel.book.areas import Area, box
from xlfv.excel.book.buttons import BUTTONS, RUNS
from xlfv.excel.book.control import LOADED, STATE
from xlfv.excel.book.frame import Run
from xlfv.excel.book.layout import Record
from xlfv.excel.book.palette import PALETTE_KEY
from xlfv.excel.book.sketch import Content, Formula, Spot
from xlfv.excel.codec import Grid
from xlfv.excel.inplace import host
from xlfv.excel.inplace.seen import Seen, look, names_of
from xlfv.excel.inplace.spelling import comparable, reference
from xlfv.tables import ErrorCell, Fault, Refused
from xlfv.tables.cells import as_date
from xlfv.tables.paths import check_here

_NEEDED = (
    "as_of", "month", "data_folder", "book", "word", "status", "trusts", LOADED, STATE, RUNS, layout.RECORD, layout.FACTS,
    layout.LOOKS,
)  # fmt: skip
_NEW = "make a new one with: xlfv refresh NEW.xlsm --month YYYY-MM --data FOLDER"


@dataclass(frozen=True)
class Opened:
    """The book as it was read.

    Attributes:
        seen: names, and the sheets read.
        record: what its layout notes.
        as_of: the date on Control.
        month: its month.
        loaded: the month whose tables stand in the sheets.
        folder: the data folder as typed.
        data: where it is; nowhere where none is typed and a book is.
        book: the book of months as typed; empty for plain folders.
        kept: where it is; None for plain folders.
        word: a person's reason.
        state: a hash of the book's tables from which the sheets were filled.
        trusts: their names, as on Control.
        runs: the last run of each button.
    """

    seen: Seen
    record: Record
    as_of: dt.date
    loaded: str
    folder: str
    data: Path
    book: str
    kept: Path | None
    word: str
    state: str
    trusts: tuple[str, ...]
    runs: Mapping[str, Run]

    @property
    def month(self) -> str:
        """The month of Control, ``YYYY-MM``."""
        return f"{self.as_of:%Y-%m}"

    def cells(self, sheet: str) -> Mapping[Spot, Content]:
        """What a sheet holds."""
        return self.seen.sheets[sheet].cells

    def looks(self, sheet: str) -> Mapping[Spot, int]:
        """The cells of a sheet that are the book's, and their looks."""
        return self.record.sheets[sheet].looks


def open_book(book: xw.Book, *, whole: bool = False) -> Opened:
    """Read an open book.

    Args:
        book: the open book.
        whole: read every sheet, the reader's own too, as far as it is used; else the book's own cells alone.

    Raises:
        Refused: it is no such book, its layout cannot be relied on, or what Control says cannot be read.
    """
    names = names_of(book)
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        what = f"{book.name} is no valuation workbook with buttons: it has no {', '.join(missing)}"
        raise Refused(Fault(what, todo=_NEW))
    record = _record(book, names)
    areas: dict[str, Area | None] = {name: box(sheet.looks) for name, sheet in record.sheets.items()}
    there = {sheet.name for sheet in book.sheets}
    _check_sheets(record, there)
    if whole:
        areas = dict.fromkeys((sheet.name for sheet in book.sheets), None)
    seen = look(book, areas)
    return _opened(seen, record)


def _record(book: xw.Book, names: Mapping[str, str]) -> Record:
    """What the sheet Layout says."""
    places = [reference(names[name]) for name in (layout.FACTS, layout.RECORD)]
    if any(place is None for place in places):
        raise Refused(Fault(f"the sheet Layout of {book.name} is damaged", todo=_NEW))
    (sheet, facts_area), (_, record_area) = (place for place in places if place)
    facts = [_text(row[0]) for row in host.values(host.area_of(book.sheets[sheet], facts_area))]
    rows = [[_text(cell) for cell in row] for row in host.values(host.area_of(book.sheets[sheet], record_area))]
    second = (record_area[0], record_area[1] + 1, record_area[2], record_area[1] + 1)
    sizes = [row[0] for row in host.formulas(host.area_of(book.sheets[sheet], second))]
    record = layout.read_record(facts, rows, sizes)
    if record is None:
        raise Refused(Fault(f"what the sheet Layout of {book.name} says cannot be read", f"'{sheet}'", _NEW))
    if record.palette != PALETTE_KEY:
        what = f"{book.name} was made by xlfv {record.version}, which drew it otherwise than {__version__} does"
        raise Refused(Fault(what, todo=_NEW))
    return record


def _text(cell: object) -> str:
    return "" if cell is None or isinstance(cell, ErrorCell) else str(cell)


def _check_sheets(record: Record, there: set[str]) -> None:
    """Every sheet of the book is there, and no row or column of it was put in or taken out."""
    faults = [
        Fault(f"the sheet {name} is gone", f"'{name}'", "put it back, or " + _NEW) for name in record.sheets if name not in there
    ]  # fmt: skip
    for name, size in record.sizes.items():
        expected = layout.size_formula(name, record.sheets[name].looks)
        if size.startswith("=") and comparable(size) != comparable(expected):
            what = f"rows or columns of the sheet {name} were put in or taken out ({size[1:]}, not {expected[1:]})"
            faults.append(
                Fault(
                    what,
                    f"'{name}'",
                    "take that back; your own rows have room below and beside, or on a sheet of yours",
                )
            )
    if faults:
        raise Refused(faults)


def _opened(seen: Seen, record: Record) -> Opened:
    return Opened(
        seen, record, _as_of(seen), seen.text(LOADED), seen.text("data_folder"), _data(seen),
        seen.text("book"), _path(seen, "book", "book of months", "Book") if seen.text("book") else None, seen.text("word"),
        seen.text(STATE),
        tuple(_text(row[0]).strip() for row in seen.named("trusts") or []), _runs(seen.named(RUNS) or []),
    )  # fmt: skip


def _as_of(seen: Seen) -> dt.date:
    place = seen.place("as_of")
    cell = (seen.named("as_of") or [[None]])[0][0]
    try:
        if cell is None or isinstance(cell, ErrorCell):
            raise Refused(Fault(f"As of is {cell or 'blank'}", todo="write the last day of the month to value"))
        return as_date(cell)
    except Refused as refused:
        fault = refused.faults[0]
        where = f"'{place[0]}' As of" if place else ""
        raise Refused(Fault(f"As of: {fault.what}", where, fault.todo)) from None


def _data(seen: Seen) -> Path:
    """The data folder; none where a book is typed alone."""
    if seen.text("book") and not seen.text("data_folder"):
        return Path()
    return _path(seen, "data_folder", "data folder", "Data folder")


def _path(seen: Seen, name: str, what: str, title: str) -> Path:
    """A path typed on Control; a relative one starts at the workbook's folder, as in cells.

    Raises:
        Refused: it is on another computer, and not on the share where the workbook lies; or it is relative and the
            workbook lies in no folder.
    """
    check_here(seen.text(name), str(seen.folder or ""))
    typed = Path(seen.text(name))
    if typed.is_absolute():
        return typed
    if seen.folder is None or not seen.folder.is_absolute():
        words = f"the {what} '{typed}' is relative and the workbook lies in no folder"
        raise Refused(Fault(words, f"'Control' {title}", "save the workbook, or write the whole path"))
    return seen.folder / typed


def _runs(grid: Grid) -> dict[str, Run]:
    captions = {caption: button for button, (caption, _) in BUTTONS.items()}
    rows = [[_text(cell) for cell in row] for row in grid]
    return {captions[row[0]]: Run(row[1], row[3], row[2]) for row in rows if row[0] in captions}


def refuse_locked(opened: Opened) -> None:
    """A book that was signed off is not written to.

    Raises:
        Refused: its status is locked.
    """
    if opened.seen.text("status").lower() == "locked":
        raise Refused(Fault(f"{opened.seen.name} is locked", "'Control' Status", "set its status back to draft first"))


def refuse_changed(before: Opened, after: Opened) -> None:
    """What was read first must still stand there when it is time to write.

    Raises:
        Refused: a cell holds something else, or a name refers to something else.
    """
    for name, sheet in before.seen.sheets.items():
        now = after.seen.sheets.get(name)
        if now is None or now.cells.keys() != sheet.cells.keys() or any(
            not same(sheet.cells[spot], now.cells[spot]) for spot in sheet.cells
        ):  # fmt: skip
            what = f"the sheet {name} was changed while the work went on"
            raise Refused(Fault(what, f"'{name}'", "press the button again, and wait until it is done"))
    if before.seen.names != after.seen.names:
        raise Refused(Fault("a name was changed while the work went on", todo="press the button again"))


def same(one: Content, other: Content, *, dynamic: bool = True) -> bool:
    """Two contents of a cell are the same, however their formulas are spelled.

    Args:
        one, other: the contents.
        dynamic: results spill by themselves, so that the size of what is there does not matter.
    """
    if isinstance(one, Formula) and isinstance(other, Formula):
        return comparable(one.text) == comparable(other.text) and (dynamic or one.spill == other.spill)
    return type(one) is type(other) and one == other
