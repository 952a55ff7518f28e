"""Check data: every fault of a month, from its files (held against the book of months) and as it stands in the sheets, listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import xlwings as xw

from xlfv.excel.book.datacheck import fill, heights
from xlfv.excel.book.frame import DATA_CHECK
from xlfv.excel.book.sketch import Sketch
from xlfv.excel.inplace.bookmonth import WORD, book_path, staged_files
from xlfv.excel.inplace.job import MADE_BY, Tell, run_now, telling
from xlfv.excel.inplace.keyed import typed_month
from xlfv.excel.inplace.opened import Opened, open_book, refuse_changed, refuse_locked
from xlfv.excel.inplace.refresh import note_run
from xlfv.excel.inplace.sheets import sheets_month
from xlfv.excel.inplace.writing import writing
from xlfv.months.folder import Month
from xlfv.months.intake.finding import ERROR, NOTE, WARNING, Finding
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
        files = "its files" if opened.kept is None else f"its files against {opened.kept.name}"
        with telling(tell) as told:
            findings: list[Finding] = []
            _collect(faults, lambda: _check_kept(opened, findings, told) if opened.kept else _check_files(opened, told))
            if opened.loaded == opened.month:
                told("checking what stands in the sheets")
                _collect(faults, lambda: _check_value(opened, sheets_month(opened), told))
                sheets = f"{files}, and what stands in these sheets"
            else:
                sheets = f"{files} alone: the sheets hold {opened.loaded or 'no month'}"
            when = f"{dt.datetime.now():%Y-%m-%d %H:%M}"
            found = tuple(dict.fromkeys([*map(_listed, findings), *faults]))
            count = _counted(findings, len(found) - len(findings))
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


def _check_kept(opened: Opened, findings: list[Finding], told: Tell) -> None:
    """All that Load month would check of a month that goes into the book: its files, and the month as it is to be.

    Args:
        opened: the workbook.
        findings: what is found of the files is added.
        told: told what is being done.
    """
    from xlfv.months.coming import coming
    from xlfv.months.taking import held_against

    with held_against(book_path(opened)) as against:
        staged = staged_files(opened, opened.month, against, told)
        if staged is not None:
            findings += staged.findings
            if staged.errors:
                return
        found = coming(book_path(opened), against, opened.month, staged.pieces if staged else ())
    found.valued(lambda name: told(f"valuing {name}"))


def _counted(findings: list[Finding], others: int) -> str:
    """How many of each kind, in words; the notes behind."""
    count = {level: sum(one.level == level for one in findings) for level in (ERROR, WARNING, NOTE)}
    kinds = {"error": count[ERROR], "warning": count[WARNING], "fault": others}
    told = ", ".join(f"{n:,} {kind}{'s' if n > 1 else ''}" for kind, n in kinds.items() if n) or "no fault"
    return f"{told} found{f', {count[NOTE]:,} notes' if count[NOTE] else ''}"


def _listed(one: Finding) -> Fault:
    """A finding as the list shows it: a warning and a note say that they are one."""
    if one.level == ERROR:
        return one.fault
    todo = "; ".join(filter(None, (one.fault.todo, f"or {WORD}" if one.level == WARNING else "")))
    return Fault(f"{one.level}: {one.fault.what}", one.fault.where or one.trust, todo)


def _check_value(opened: Opened, month: Month, told: Tell) -> None:
    """What stands in the sheets; with a book of months also what was typed there and is not in it yet."""
    value_month(month, lambda name: told(f"valuing {name} from the sheets"))
    if opened.kept is not None and opened.kept.exists():
        typed_month(opened, month, told)
