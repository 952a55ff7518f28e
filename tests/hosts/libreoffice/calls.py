"""One call of ours from Calc: its cells to ours and back. Runs inside LibreOffice, imported by the component.

Calc hands a single cell over by its value alone: a blank as 0, TRUE as 1. Where a call says in which cell its argument
stands, that cell is looked at; elsewhere the number stays a number.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from tests.hosts.libreoffice.site import read_site
from xlfv.excel import handles, registry
from xlfv.excel.call import call
from xlfv.excel.codec import Cell, Grid
from xlfv.excel.explain import parse_address
from xlfv.tables import ErrorCell, Place

# Calc's number of an error is the low half of a NaN. It knows no others: what it lacks is shown as #VALUE!.
ERRORS = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 32767,
}  # fmt: skip
_NAN = 0x7FF8_0000_0000_0000
_EMPTY = "EMPTY"  # com.sun.star.table.CellContentType
_LOGICAL = 1024  # com.sun.star.util.NumberFormat


def do(what: str, **given: Any) -> str:
    """What Basic or the harness asks the component for; empty, or what is wrong.

    - ``hello`` makes ready: everything that a call needs is imported, and handles stay in this session's memory.
    - ``press`` runs the macro of a ``button`` on a ``document``.
    - ``told`` gives, as JSON, what macros have said since the last time, and what the status bar showed.
    """
    return _DOES[what](**given)


def _hello() -> str:
    registry.load()
    handles.configure(None)
    return ""


def _press(button: str, document: Any) -> str:
    from tests.hosts.libreoffice import engine
    from xlfv.excel import macros

    getattr(macros, button)(engine.book_of(document))
    return ""


def _told() -> str:
    from tests.hosts.libreoffice import engine

    told = json.dumps({"said": engine.said, "progress": engine.progress})
    engine.said.clear()
    engine.progress.clear()
    return told


_DOES: dict[str, Callable[..., str]] = {"hello": _hello, "press": _press, "told": _told}


def answer(name: str, document: Any, args: Sequence[Any]) -> tuple[tuple[Any, ...], ...]:
    """The result of a call as Calc takes it: rows of numbers and texts, an error as a NaN that carries its number."""
    given = list(args)
    while given and given[-1] is None:
        given.pop()
    site = read_site(given[0]) if given else None
    if site is None:
        return _write(call(name, *given, folder=_folder(document)))
    places = [*site.places, *[None] * len(given)]
    values = [_look(document, place, raw, site.caller) for place, raw in zip(places, given[1:], strict=False)]
    return _write(call(name, *values, caller=site.caller, places=site.places, folder=_folder(document)))


def _look(document: Any, place: Place | None, raw: Any, caller: str) -> Any:
    """A single cell's value as it is in the sheet: blank or boolean where Calc handed over a number."""
    if place is None or raw not in (0.0, 1.0) or not isinstance(raw, float):
        return raw
    home = parse_address(caller)
    if home and home.place == (place.label, place.row, place.column):  # what a call inside the same formula gave
        return raw
    cell = document.Sheets.getByName(place.label).getCellByPosition(place.column - 1, place.row - 1)
    if cell.Type.value == _EMPTY:
        return None
    kind = document.NumberFormats.getByKey(cell.NumberFormat).Type
    return bool(raw) if kind & _LOGICAL else raw


def _folder(document: Any) -> str:
    """The folder of the calling document; empty for one never saved."""
    path = unquote(urlparse(document.URL).path)
    return str(Path(path).parent) if path else ""


def _write(grid: Grid) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(_write_cell(cell) for cell in row) for row in grid)


def _write_cell(cell: Cell) -> Any:
    if isinstance(cell, ErrorCell):
        return error(str(cell))
    if isinstance(cell, bool):
        return float(cell)
    return "" if cell is None else cell


def error(code: str) -> float:
    """The NaN that Calc shows as an error."""
    number = ERRORS.get(code, ERRORS["#VALUE!"])
    return float(struct.unpack("<d", struct.pack("<Q", _NAN | number))[0])
