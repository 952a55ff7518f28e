"""Lock month: the month closed in the book of months, once nothing is open or a person says why it is closed all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import xlwings as xw

from xlfv.excel.book.control import LOCKED
from xlfv.excel.inplace.bookmonth import book_path, cells_after
from xlfv.excel.inplace.job import Tell, in_few_words, run_now, telling
from xlfv.excel.inplace.keyed import refuse_typed
from xlfv.excel.inplace.opened import Opened, open_book, refuse_changed, refuse_locked
from xlfv.excel.inplace.refresh import note_run, refuse_other_month, spend_word, write_named
from xlfv.excel.inplace.sheets import sheets_month
from xlfv.excel.inplace.writing import writing
from xlfv.tables import Fault, Refused

if TYPE_CHECKING:
    from xlfv.months.status import Points


@dataclass(frozen=True)
class Lock:
    """Lock month on a book as it was read."""

    opened: Opened

    def stage(self, tell: Tell) -> Points:
        """What is open of the month; nothing is locked yet.

        Raises:
            Refused: something is open and there is no word; the sheets hold something that the book does not; or the month is
                locked already, or not in the book.
        """
        from xlfv.months.status import check_points, open_points

        opened = self.opened
        with telling(tell) as told, in_few_words(f"xlfv lock --month {opened.month} lists them all"):
            refuse_other_month(opened)
            told(f"looking for what is open of {opened.month}")
            points = open_points(book_path(opened), opened.month)
            refuse_typed(opened, sheets_month(opened))
            check_points(
                points.words,
                opened.word,
                "do what is open, or write into Word on Control why it is closed all the same",
            )
            return points

    def finish(self, book: xw.Book, staged: Points) -> str:
        """Lock it, and note so."""
        from xlfv.months.status import lock, lock_words

        now = open_book(book, whole=True)
        refuse_changed(self.opened, now)
        path, month = book_path(now), now.month
        lock(path, month, staged, now.word)
        words = lock_words(path, month)
        left = f"; left open with the word '{now.word}': {'; '.join(staged.words)}" if staged.words else ""
        said = f"{month} is locked in {path.name} ({words}){left}"
        with cells_after(f"{month} is locked in the book of months"), writing(book) as writer:
            write_named(writer, now, LOCKED, words)
            note_run(writer, now, "lock_month", run_now(said))
            spend_word(writer, now)
        return f"{said}."


def begin_lock(book: xw.Book) -> Lock:
    """Lock month on an open book.

    Raises:
        Refused: no book of months is named.
    """
    opened = open_book(book, whole=True)
    refuse_locked(opened)
    if opened.kept is None:
        what = "no book of months is named: plain folders cannot be locked"
        todo = "write the path of the book's file (a new one is made where none stands), and press Load month"
        raise Refused(Fault(what, "'Control' Book", todo))
    return Lock(opened)
