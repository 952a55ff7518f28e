"""What a button does, in two phases: everything is staged without touching the spreadsheet, then it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import xlwings as xw

from xlfv import __version__, progress
from xlfv.excel.book.frame import Run
from xlfv.model import MODEL_HASH
from xlfv.tables import Refused

Tell = Callable[[str], None]
MOST_WORDS = 850  # characters of a message box that are sure to be shown, with room for what comes before
MADE_BY = f"xlfv {__version__}, model {MODEL_HASH[:12]}"


class Job(Protocol):
    """The work of a button on a book that was read when the button was pressed."""

    def stage(self, tell: Tell) -> Any:
        """Do all but writing; touches no spreadsheet, so any thread may do it.

        Args:
            tell: told at every step what is being done; what it raises stops the work.

        Raises:
            Refused: with every fault found; nothing was changed.
        """

    def finish(self, book: xw.Book, staged: Any) -> str:
        """Write what was staged, and say in a few sentences what was done.

        Raises:
            Refused: it could not be written; the book is as it was.
        """


class _Told:
    """Tells the listener; a work that was stopped stays stopped, whatever code between here and there made of that."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._stop: BaseException | None = None

    def __call__(self, words: str) -> None:
        if self._stop is not None:
            raise self._stop
        try:
            self._tell(words)
        except BaseException as stop:
            self._stop = stop
            raise


@contextmanager
def telling(tell: Tell) -> Iterator[Tell]:
    """While it lasts, everything that tells what it is at tells the listener; a stop is never lost."""
    told = _Told(tell)
    with progress.listening(told):
        yield told
        told("nearly done")


class InFewWords(Refused):
    """A refusal with all its faults, of which a message names the first, and how many more there are.

    Attributes:
        elsewhere: where all of them are listed.
    """

    elsewhere = "the button Check data lists them all"

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        shown = [lines[0][:MOST_WORDS]]
        for line in lines[1:]:
            if sum(map(len, shown)) + len(line) > MOST_WORDS:
                break
            shown.append(line)
        if len(lines) == 1:
            return shown[0]
        numbered = [f"{k}. {line}" for k, line in enumerate(shown, 1)]
        more = len(lines) - len(shown)
        rest = [f"and {more:,} more: {self.elsewhere}"] if more else []
        return "\n".join([f"{len(lines):,} faults:", *numbered, *rest])


class BookWritten(Refused):
    """A refusal to write the cells after the book of months was written: there everything stays."""


@contextmanager
def in_few_words(elsewhere: str = InFewWords.elsewhere) -> Iterator[None]:
    """Refusals that come out of it fit a message; ``elsewhere`` says where all their faults are listed."""
    try:
        yield
    except Refused as refused:
        few = InFewWords(refused.faults, code=refused.code)
        few.elsewhere = elsewhere
        raise few from None


def run_now(result: str) -> Run:
    """The note of a run that ends now."""
    return Run(dt.datetime.now().strftime("%Y-%m-%d %H:%M"), result, MADE_BY)
