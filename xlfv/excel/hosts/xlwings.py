"""Excel through the COM server of xlwings: what the VBA of the add-in calls.

VBA hands over plain values, one block a range, with the addresses beside them, so that no call goes back to Excel.
Importable anywhere; where xlwings finds no Windows its decorators do nothing. Cells pass through xlwings untouched (its
own conversion reads ``#REF!`` as blank and writes NaN as an empty cell), and our codec reads them.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import xlwings as xw

from xlfv import progress
from xlfv.excel import explain, session
from xlfv.excel.call import Where, call
from xlfv.excel.codec import Cell, Grid, error_number
from xlfv.excel.hosts.protocol import AREAS, BAD, ERROR, FIRST_WAIT, GONE, NEXT_WAIT, SIGN, WAIT
from xlfv.excel.hosts.work import Work, Worker
from xlfv.tables import ErrorCell, Place, Refused

F = TypeVar("F", bound=Callable[..., Any])
_STOPPED = "Stopped. Nothing was changed."
_worker = Worker()


def _entry(python: F) -> F:
    """A function that VBA may call: its arguments and its result pass through xlwings as they are."""
    for name in inspect.signature(python).parameters:
        python = xw.arg(name, "raw")(python)
    return xw.func(xw.ret("raw")(python))  # type: ignore[no-any-return]


def mark(cell: Cell) -> Cell:
    """A cell as it goes back to Excel: an error as a marked text, a blank as empty text (else it shows as 0)."""
    if isinstance(cell, ErrorCell):
        return f"{ERROR}{error_number(cell)}"
    if isinstance(cell, str) and cell.startswith(SIGN):  # a text from a file must not pose as an error
        return " " + cell[1:]
    return "" if cell is None else cell


def _marked(grid: Grid) -> Grid:
    return [[mark(cell) for cell in row] for row in grid]


@_entry
def answer(name: str, args: Sequence[Any], places: Sequence[str], cell: str, folder: str) -> Grid:
    """A function's result for a cell.

    Args:
        name: its Excel name.
        args: one value an argument, as ``Value2`` gives it.
        places: the external address of each argument's first cell; empty where it is no range.
        cell: the calling cell's external address; empty where no cell calls. (A parameter named ``caller`` would be
            filled by xlwings itself.)
        folder: the folder of the calling workbook; empty for one never saved.

    Returns:
        A grid as wide as the result, errors marked; or one cell that says WAIT.
    """
    seen = [_several() if place == AREAS else arg for arg, place in zip(args, places, strict=True)]
    where = [_place(place, cell) for place in places]
    do = partial(call, name, *seen, caller=cell or None, places=where, folder=folder)
    work = _worker.start(do, f"{name} ...")
    return _reply(work, FIRST_WAIT)


def _several() -> ErrorCell:
    return ErrorCell("#VALUE!", "it has several areas: point to one block of cells")


def _place(text: str, caller: str) -> Where:
    """Where an argument stands; its address is read only if a message wants it."""
    if not text or text.startswith(SIGN):
        return None

    def ask() -> Place | None:
        address = explain.parse_address(text)
        home = explain.parse_address(caller) if caller else None
        return address.as_place(home.book if home else "") if address else None

    return ask


@_entry
def wait(ticket: str) -> Any:
    """What :func:`answer` or :func:`press` replies a little later."""
    work = _worker.find(ticket)
    if work is None:
        return [[GONE]]
    return _reply(work, NEXT_WAIT)


@_entry
def stop(ticket: str) -> Grid:
    """Ask work to stop at its next step; the next :func:`wait` says how it ended."""
    work = _worker.find(ticket)
    if work is not None:
        work.stop()
    return [[work is not None]]


def _reply(work: Work, seconds: float) -> Grid:
    if not work.wait(seconds):
        ticket = _worker.ticket(work)
        return [[f"{WAIT}{ticket} xlfv: {work.words}  (Esc stops)"]]
    _worker.collect(work)
    if work.finish is not None:
        work.said = _pressed(work, work.finish) if work.said is None else work.said
        return [[work.said]]
    return _marked(work.result)  # call() has turned whatever happened into a grid


@_entry
def press(button: str, book: Any, number: str) -> Grid:
    """Do what a button of the add-in or of the valuation workbook stands for.

    Args:
        button: one of :data:`xlfv.excel.macros.BUTTONS`.
        book: the workbook, as Excel's object.
        number: tells this press from every other, and is its ticket (no blanks); the same press asked again is done once.

    Returns:
        One cell: the sentence to show, BAD and the reason where it was refused, or WAIT.
    """
    from xlfv.excel import macros

    known = _worker.find(number)
    if known is not None:
        return _reply(known, FIRST_WAIT)
    opened = book if isinstance(book, xw.Book) else _opened(book)
    try:
        job = macros.begin(button, opened)
    except Refused as refused:
        return [[f"{BAD}{refused}"]]
    except Exception as problem:  # VBA would take it for a lost server
        return [[f"{BAD}{explain.defect_words(problem)}"]]
    work = _worker.start(partial(job.stage, progress.tell), f"{button} ...", partial(job.finish, opened), number)
    return _reply(work, FIRST_WAIT)


def _opened(book: Any) -> xw.Book:
    """Excel's workbook object as xlwings' book."""
    windows: Any = importlib.import_module("xlwings._xlwindows")  # it needs Windows
    return xw.Book(impl=windows.Book(xl=book))


def _pressed(work: Work, finish: Callable[[Any], str]) -> str:
    if work.stopped:
        return f"{BAD}{_STOPPED}"
    try:
        if work.problem is not None:
            raise work.problem
        return finish(work.result)
    except Refused as refused:
        return f"{BAD}{refused}"
    except Exception as problem:  # the last resort: VBA must be told in words, not by a number
        return f"{BAD}{explain.defect_words(problem)}"


@_entry
def hello(version: str, where: str) -> Grid:
    """The first call of a session: which add-in calls; the reply is empty, or says that it does not fit the package."""
    return [[session.opened(version, where)]]
