"""The one place that knows how spreadsheets differ behind xlwings.

Excel on Windows is asked through its own objects where xlwings has no words: for exact values, for what a sheet prints
at its foot, for arrays that spill. Another engine may offer the same as attributes of its own: ``dynamic_arrays`` (bool)
of its book and ``left_footer`` (text) of its sheets. One that offers neither is written arrays with their whole range, and
prints the foot it had.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import xlwings as xw

from xlfv.excel.book.areas import Area
from xlfv.excel.codec import Grid, read_grid

_UNKNOWN = (NotImplementedError, AttributeError)  # what an engine raises that has no such thing
_QUIET = {"screen_updating": False, "enable_events": False, "calculation": "manual"}


def in_excel(book: xw.Book) -> bool:
    """The book is open in Excel on Windows."""
    return sys.platform == "win32" and book.app.engine.name == "excel"


def area_of(sheet: xw.Sheet, area: Area) -> xw.Range:
    """The range of an area."""
    top, left, bottom, right = area
    return sheet.range((top + 1, left + 1), (bottom + 1, right + 1))


def values(place: xw.Range) -> Grid:
    """All values of a range: numbers with all their digits, dates as serial numbers, errors as errors."""
    raw = place.api.Value2 if in_excel(place.sheet.book) else place.raw_value
    return read_grid(raw) if isinstance(raw, (list, tuple)) and not _flat(raw) else _shaped(raw, place)


def _flat(raw: Sequence[Any]) -> bool:
    return not any(isinstance(row, (list, tuple)) for row in raw)


def _shaped(raw: Any, place: xw.Range) -> Grid:
    """A scalar, or a row or column that came flat."""
    grid = read_grid(raw)
    rows, columns = place.shape
    return [[cell] for cell in grid[0]] if columns == 1 and rows > 1 else grid


def formulas(place: xw.Range) -> list[list[str]]:
    """All formulas of a range as its cells show them; of a cell without one, its constant in words."""
    raw = place.formula2 if dynamic_arrays(place.sheet.book) else place.formula
    if not isinstance(raw, (list, tuple)):
        return [["" if raw is None else str(raw)]]
    rows = raw if not _flat(raw) else ([[cell] for cell in raw] if place.shape[1] == 1 else [raw])
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def set_values(place: xw.Range, cells: list[list[object]]) -> None:
    """Write plain values to a range, in one call where ``Range.value`` would take several."""
    place.raw_value = tuple(tuple(row) for row in cells) if place.count > 1 else cells[0][0]


def set_formulas(place: xw.Range, formulas: list[list[str]], *, dynamic: bool) -> None:
    """Write formulas to a range, as its cells are to show them.

    Args:
        place: where to.
        formulas: row by row.
        dynamic: as :func:`dynamic_arrays` says.
    """
    block: object = tuple(tuple(row) for row in formulas) if place.count > 1 else formulas[0][0]
    if dynamic:
        place.formula2 = block
    else:
        place.formula = block


def dynamic_arrays(book: xw.Book) -> bool:
    """Results of formulas spill by themselves here."""
    if in_excel(book):
        try:
            return book.sheets[0].range((1, 1)).api.Formula2 is not None
        except Exception:  # Excel before 2021 has no such property; COM says so in more than one way
            return False
    return bool(getattr(book.impl, "dynamic_arrays", False))


def footer(sheet: xw.Sheet) -> str | None:
    """The left part of what a sheet prints at its foot; None where the engine cannot say."""
    if in_excel(sheet.book):
        return str(sheet.api.PageSetup.LeftFooter)
    found = getattr(sheet.impl, "left_footer", None)
    return None if found is None else str(found)


def set_footer(sheet: xw.Sheet, text: str) -> None:
    """Set the left part of what a sheet prints at its foot."""
    if in_excel(sheet.book):
        sheet.api.PageSetup.LeftFooter = text
    else:
        sheet.impl.left_footer = text


def bare(place: xw.Range) -> None:
    """Take the looks of cells away; where an engine cannot, empty cells keep the look they had."""
    try:
        place.clear_formats()
    except _UNKNOWN:
        return


@contextmanager
def quiet(app: xw.App) -> Iterator[None]:
    """While it lasts nothing is drawn, nothing recalculates and no event fires; then all is as it was."""
    before: dict[str, Any] = {}
    try:
        for name, value in _QUIET.items():
            with suppress(Exception):  # unknown to an engine, or not now: it is a comfort, no condition
                before[name] = getattr(app, name)
                setattr(app, name, value)
        yield
    finally:
        for name, value in before.items():
            with suppress(Exception):  # each by itself: one that fails must not leave the others changed
                setattr(app, name, value)


def end_copying(app: xw.App) -> None:
    """Take away the moving border round what was copied."""
    try:
        app.cut_copy_mode = False
    except _UNKNOWN:
        return


def show_progress(app: xw.App, words: str | bool) -> None:
    """Put words in the status bar; False gives it back."""
    try:
        app.status_bar = words
    except _UNKNOWN:
        return


def say(app: xw.App, text: str) -> None:
    """Show a message."""
    try:
        app.alert(text, "xlfv")
    except _UNKNOWN:
        return
