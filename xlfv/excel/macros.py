"""The buttons of the valuation workbook: load a month, check it, value it, roll it forward, lock it, explain a cell.

Each works in two phases. :func:`begin` reads the open book as plain values; ``Job.stage`` checks and stages everything
without touching the spreadsheet, in any thread; ``Job.finish`` writes. A failure leaves every cell as it was and says why.
The functions named as the buttons do all of it at once, for ``RunPython`` and for tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xlwings as xw

from xlfv import progress
from xlfv.excel.book.buttons import BUTTONS
from xlfv.excel.inplace import host
from xlfv.excel.inplace.check import begin_check
from xlfv.excel.inplace.explain import begin_explain
from xlfv.excel.inplace.job import BookWritten, Job
from xlfv.excel.inplace.load import begin_load, begin_roll
from xlfv.excel.inplace.lock import begin_lock
from xlfv.excel.inplace.refresh import begin_refresh
from xlfv.tables import Fault, Refused

_BEGIN: dict[str, Callable[[xw.Book], Any]] = {
    "load_month": begin_load,
    "check_data": begin_check,
    "refresh": begin_refresh,
    "roll_forward": begin_roll,
    "lock_month": begin_lock,
    "explain_cell": begin_explain,
}


def begin(name: str, book: xw.Book) -> Job:
    """Read all that a button needs from the open book.

    Args:
        name: one of :data:`BUTTONS`.
        book: the open book.

    Raises:
        Refused: there is no such button, the book is no valuation workbook with buttons, or it is locked.
    """
    start = _BEGIN.get(name)
    if start is None:
        raise Refused(Fault(f"there is no button {name}", todo=f"one of {', '.join(BUTTONS)}"))
    job: Job = start(book)
    return job


def press(name: str, book: xw.Book) -> str:
    """Do all that a button does, and give the sentence to show.

    Raises:
        Refused: with every fault; the book is as it was.
    """
    job = begin(name, book)
    try:
        staged = job.stage(lambda words: host.show_progress(book.app, f"xlfv: {words}"))
        return job.finish(book, staged)
    finally:
        host.show_progress(book.app, False)


def _show(name: str, book: xw.Book) -> None:
    try:
        words = press(name, book)
    except BookWritten as refused:
        words = str(refused)
    except Refused as refused:
        words = f"Nothing was changed.\n{refused}"
    except progress.Stopped:
        words = "Stopped. Nothing was changed."
    host.say(book.app, words)


def load_month(book: xw.Book) -> None:
    """Bring the book to the month typed on Control, from its files or the book of months."""
    _show("load_month", book)


def check_data(book: xw.Book) -> None:
    """List every fault of the month's data on the sheet Data check."""
    _show("check_data", book)


def refresh(book: xw.Book) -> None:
    """Check and value what stands in the sheets, recalculate, and compare."""
    _show("refresh", book)


def roll_forward(book: xw.Book) -> None:
    """Bring the book to the month after the one on Control, rolled forward from it."""
    _show("roll_forward", book)


def lock_month(book: xw.Book) -> None:
    """Close the month in the book of months."""
    _show("lock_month", book)


def explain_cell(book: xw.Book) -> None:
    """Say what the selected cell is, where it comes from, or why it fails."""
    _show("explain_cell", book)
