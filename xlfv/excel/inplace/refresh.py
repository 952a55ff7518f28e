"""Refresh valuation: what stands in the sheets, checked and valued apart, then recalculated and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import xlwings as xw

from xlfv.excel.book.areas import box, spots_of
from xlfv.excel.book.buttons import RUNS, run_row, write_run
from xlfv.excel.book.control import STATE
from xlfv.excel.book.frame import FAIR_VALUE, Run
from xlfv.excel.book.sketch import Content, Formula, Sketch, Spot
from xlfv.excel.book.write import calculate
from xlfv.excel.book_tables import as_it_will_be
from xlfv.excel.codec import Cell
from xlfv.excel.explain import Address
from xlfv.excel.hosts.headless import Recalculated
from xlfv.excel.inplace.bookmonth import BookMonth, cells_after, entered_words
from xlfv.excel.inplace.compare import disagreeing, sides_words, verdict
from xlfv.excel.inplace.copying import content_of
from xlfv.excel.inplace.job import Tell, in_few_words, run_now, telling
from xlfv.excel.inplace.keyed import reads_book, typed_month
from xlfv.excel.inplace.opened import Opened, open_book, refuse_changed, refuse_locked
from xlfv.excel.inplace.seen import read_sheet
from xlfv.excel.inplace.sheets import sheets_month
from xlfv.excel.inplace.writing import Writer, writing
from xlfv.months.valued import value_month
from xlfv.tables import ErrorCell, Fault, Refused, refuse_if

_SAME = 0.05  # dollars by which sums of many lines may differ


@dataclass(frozen=True)
class Valued:
    """What the book's formulas give, calculated apart; a sentence of what that is; and what goes into the book of months, None
    of plain folders.
    """

    answers: Recalculated
    words: str
    month: BookMonth | None = None


@dataclass(frozen=True)
class Refresh:
    """Refresh valuation on a book as it was read."""

    opened: Opened

    def stage(self, tell: Tell) -> Valued:
        """Check and value what stands in the sheets, and calculate every formula of the book apart."""
        opened = self.opened
        with telling(tell) as told:
            with in_few_words() if opened.kept is None else in_few_words("mend these, and press it again"):
                refuse_other_month(opened)
                told("checking what stands in the sheets")
                source = sheets_month(opened)
                value_month(source, lambda name: told(f"valuing {name}"))
                kept = typed_month(opened, source, told) if opened.kept is not None else None
                told("calculating the workbook apart")
                with as_it_will_be(kept.ahead if kept is not None else None):
                    answers = _calculated(opened, told)
                refuse_if(_errors(opened, answers))
                if kept is not None:
                    _refuse_other_sums(_sums(opened, answers), kept)
            loans = sum(len(trust.tables["loans"]) for trust in source.trusts.values())
            words = f"{len(source.trusts)} trusts, {loans:,} loans, {_sides(opened, answers)}"
            return Valued(answers, words, kept)

    def finish(self, book: xw.Book, staged: Valued) -> str:
        """Take in what was typed, note the run, recalculate, and compare what the cells show with what was calculated apart."""
        now = open_book(book, whole=True)
        refuse_changed(self.opened, now)
        entered = staged.month.enter() if staged.month is not None else None
        with cells_after(entered_words(now.month, entered)), writing(book) as writer:
            note_run(writer, now, "refresh", run_now(f"{now.month}: {staged.words}"))
            if staged.month is not None:
                _read_again(writer, now)
                write_named(writer, now, STATE, staged.month.state)
            if entered is not None and entered.load:
                spend_word(writer, now)
        book.app.calculate()
        wrong: list[str] = []
        compared = 0
        runs = now.seen.place(RUNS)
        noted = {runs[0]: set(spots_of(runs[1]))} if runs else {}
        for name in now.record.sheets:
            cells = now.cells(name)
            # Cells that hold nothing may show what another cell's formula spills there.
            spots = {spot for spot in now.looks(name) if isinstance(cells.get(spot), (Formula, type(None)))}
            spots -= noted.get(name, set())
            if spots:
                shown = read_sheet(book.sheets[name], box(spots)).shown
                wrong += disagreeing(name, spots, shown, staged.answers)
                compared += sum(staged.answers.value(name, row + 1, column + 1) is not None for row, column in spots)
        told = f" {entered}" if entered is not None else ""
        return f"{now.month} is valued: {staged.words}.{told} {verdict(compared, wrong)}"


def begin_refresh(book: xw.Book) -> Refresh:
    """Refresh valuation on an open book."""
    opened = open_book(book, whole=True)
    refuse_locked(opened)
    return Refresh(opened)


def _read_again(writer: Writer, opened: Opened) -> None:
    """Write the cells that read the book of months again, though they say the same: else Excel has no reason to read it."""
    for name in opened.record.sheets:
        cells = opened.cells(name)
        writer.cells(name, cells, {spot: cell for spot, cell in cells.items() if reads_book(cell)})


def spend_word(writer: Writer, opened: Opened) -> None:
    """A person's reason is for one thing: it is not left for the next."""
    write_named(writer, opened, "word", None)


def write_named(writer: Writer, opened: Opened, name: str, content: Content) -> None:
    """Bring a named cell to what it is to hold."""
    place = opened.seen.place(name)
    assert place is not None
    sheet, (row, column, _, _) = place
    if opened.cells(sheet).get((row, column)) != content:
        writer.cells(sheet, opened.cells(sheet), {(row, column): content})


def note_run(writer: Writer, opened: Opened, button: str, run: Run) -> None:
    """Write what a button did last to the table on Control."""
    place = opened.seen.place(RUNS)
    assert place is not None
    sheet, (top, left, _, _) = place
    row = Sketch(sheet)
    write_run(row, top + run_row(button), button, run)
    assert left == 0
    writer.cells(sheet, opened.cells(sheet), row.cells)


def refuse_other_month(opened: Opened) -> None:
    """The tables in the sheets must be those of the month on Control.

    Raises:
        Refused: they are of another month.
    """
    if opened.loaded != opened.month:
        what = f"the sheets hold the tables of {opened.loaded or 'no month'}, As of says {opened.month}"
        todo = f"press Load month to load {opened.month}, or set As of back to {opened.loaded}"
        raise Refused(Fault(what, "'Control' As of", todo))


def _calculated(opened: Opened, told: Tell) -> Recalculated:
    # Reasons for errors of the copy must not be taken for those of the open book.
    answers = calculate(content_of(opened.seen), f"staged {opened.seen.name}", None, opened.seen.folder)
    told("calculated")
    assert isinstance(answers, Recalculated)
    return answers


def _errors(opened: Opened, answers: Recalculated) -> list[Fault]:
    """The book's own cells that would show an error."""
    faults = []
    for name in opened.record.sheets:
        for row, column in sorted(_calculating(opened, name)):
            value = answers.value(name, row + 1, column + 1)
            if isinstance(value, ErrorCell):
                where = str(Address("", name, row + 1, column + 1))
                faults.append(Fault(f"the cell shows {value}: {value.reason or 'an error of a cell it reads'}", where))
    return faults


def _calculating(opened: Opened, sheet: str) -> set[Spot]:
    """The book's own cells of a sheet that hold formulas."""
    cells, own = opened.cells(sheet), opened.looks(sheet)
    return {spot for spot, cell in cells.items() if isinstance(cell, Formula) and spot in own}


def _sums(opened: Opened, answers: Recalculated) -> dict[str, float]:
    """Assets, liabilities and residual of all trusts, as the sheet Fair value shows them."""
    sums = dict.fromkeys(("asset", "liability", "residual"), 0.0)
    for name in opened.record.names:
        sides, values = (
            _column(opened, answers, name.replace("fv_side_", f"fv_{what}_")) for what in ("side", "value")
        )
        if name.startswith("fv_side_"):
            for side, value in zip(sides, values, strict=True):
                if side in sums and isinstance(value, float):
                    sums[str(side)] += value
    return sums


def _sides(opened: Opened, answers: Recalculated) -> str:
    return sides_words(*_sums(opened, answers).values())


def _refuse_other_sums(shown: Mapping[str, float], kept: BookMonth) -> None:
    """What the cells make of the month must be what is recorded of it: a formula may have been changed.

    Raises:
        Refused: naming each side that differs.
    """
    values = [trust.value for trust in kept.valued.trusts.values()]
    made = {side: sum(value.total(side) for value in values) for side in shown}
    refuse_if(
        [
            Fault(
                f"{side}: the cells of Fair value show {shown[side]:,.2f}, the tables make {made[side]:,.2f}",
                f"'{FAIR_VALUE}'",
                "a formula was changed that makes a trust, a projection or a value: press Load month, which writes it anew",
            )
            for side in shown
            if abs(shown[side] - made[side]) > _SAME
        ]
    )


def _column(opened: Opened, answers: Recalculated, name: str) -> list[Cell]:
    place = opened.seen.place(name)
    if place is None:
        return []
    sheet, (top, left, bottom, _) = place
    return [answers.value(sheet, row + 1, left + 1) for row in range(top, bottom + 1)]
