"""Check data: every fault of a month, from its files and as it stands in the sheets, listed on a sheet of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import xlwings as xw

from xlfv.excel.book.datacheck import fill, heights
from xlfv.excel.book.frame import DATA_CHECK
from xlfv.excel.book.sketch import Sketch
from xlfv.excel.inplace.job import MADE_BY, Tell, run_now, telling
from xlfv.excel.inplace.opened import Opened, open_book, refuse_changed, refuse_locked
from xlfv.excel.inplace.refresh import note_run
from xlfv.excel.inplace.sheets import sheets_month
from xlfv.excel.inplace.writing import writing
from xlfv.months.folder import Month
from xlfv.months.source import read_month
from xlfv.months.valued import roll_month, value_month
from xlfv.tables import Fault, Refused


@dataclass(frozen=True)
class Checked:
    """The faults found, and a sentence of what was checked and when."""

    faults: tuple[Fault, ...]
    words: str


@dataclass(frozen=True)
class Check:
    """Check data on a book as it was read."""

    opened: Opened

    def stage(self, tell: Tell) -> Checked:
        """Collect every fault; a month that cannot be read is what is wanted here, and refuses nothing."""
        opened = self.opened
        faults: list[Fault] = []
        with telling(tell) as told:
            _collect(faults, lambda: _check_files(opened, told))
            if opened.loaded == opened.month:
                told("checking what stands in the sheets")
                _collect(faults, lambda: _check_value(sheets_month(opened), told))
                sheets = "its files, and what stands in these sheets"
            else:
                sheets = f"its files alone: the sheets hold {opened.loaded or 'no month'}"
            when = f"{dt.datetime.now():%Y-%m-%d %H:%M}"
            found = tuple(dict.fromkeys(faults))
            count = "no fault found" if not found else f"{len(found):,} fault{'s' if len(found) > 1 else ''} found"
            return Checked(found, f"{opened.month}, {count}. Checked {when}: {sheets}. {MADE_BY}.")

    def finish(self, book: xw.Book, staged: Checked) -> str:
        """Write the list."""
        now = open_book(book, whole=True)
        refuse_changed(self.opened, now)
        sketch = Sketch(DATA_CHECK)
        fill(sketch, staged.words, staged.faults)
        held = now.cells(DATA_CHECK)
        changed = {spot: cell for spot, cell in sketch.cells.items() if held.get(spot) != cell}
        with writing(book) as writer:
            writer.cells(DATA_CHECK, held, changed)
            writer.heights(DATA_CHECK, heights(held), heights(sketch.cells))
            note_run(writer, now, "check_data", run_now(staged.words.partition(". ")[0]))
        return f"{staged.words.partition('. ')[0]}." + (f" See the sheet {DATA_CHECK}." if staged.faults else "")


def begin_check(book: xw.Book) -> Check:
    """Check data on an open book."""
    opened = open_book(book, whole=True)  # a table may stand on a sheet of the reader's own
    refuse_locked(opened)
    return Check(opened)


def _collect(faults: list[Fault], do: Callable[[], None]) -> None:
    try:
        do()
    except Refused as refused:
        faults.extend(refused.faults)


def _check_files(opened: Opened, told: Tell) -> None:
    """All that Load month would check: the month itself, and those that it is rolled forward from."""
    month = read_month(opened.data, opened.month, lambda name: told(f"checking the files of {name}"))
    valued = value_month(month, lambda name: told(f"valuing {name}"))
    roll_month(valued, opened.data, lambda name: told(f"rolling forward, {name}"))


def _check_value(month: Month, told: Tell) -> None:
    value_month(month, lambda name: told(f"valuing {name} from the sheets"))
