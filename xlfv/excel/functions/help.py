"""Why a cell failed, and what is installed."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from typing import Any

import xlfv
from xlfv.excel import explain, handles, session
from xlfv.excel.arguments import Arg
from xlfv.excel.codec import first_error
from xlfv.excel.explain import Reason
from xlfv.excel.reading import Given
from xlfv.excel.registry import Example, function
from xlfv.model import MODEL_HASH
from xlfv.tables import ErrorCell, Refused

NO_ERROR = "no error"
_NOTHING = "no reason is kept for {}: the error is not of an xlfv function, or was not calculated in this session"
_AGAIN = "recalculate that cell (F2, Enter) and ask again"


@function(
    "XLFV_WHY",
    family="help",
    args=[Arg("cell", "cell", "the cell that shows an error, or its address as text like 'Sheet1!A1'")],
    result="text",
    source="xlfv",
    example=Example("=XLFV_WHY(XLFV_SMM(6))", "XLFV_SMM: cpr must be a number..."),
)
def why(cell: Given) -> str:
    """Why a cell shows an error: what is wrong, where, and what to do.

    Of a range, the first error's reason is given. Where the cell of an error is not known, the latest reason with that
    error is given, and said to be so.
    """
    found = first_error(cell.grid)
    if found:
        return _why_error(cell, *found)
    value = cell.grid[0][0]
    address = explain.parse_address(value) if isinstance(value, str) else None
    if len(cell.grid) > 1 or len(cell.grid[0]) > 1 or not isinstance(value, str):
        return NO_ERROR
    if address is None:
        return _why_text(value)
    kept = explain.at(address)
    return kept.text if kept else f"{_NOTHING.format(address)} -> {_AGAIN}"


def _why_text(value: str) -> str:
    """Of a handle, what its thing wants known; of a cell without its sheet, that the sheet is missing."""
    if re.fullmatch(r"\$?[A-Za-z]{1,3}\$?\d+(:.*)?", value.strip()):
        return f"{value} names no sheet -> write one cell with its sheet, like 'Sheet1!{value.strip()}'"
    handle = handles.parse(value)
    if handle is None:
        return NO_ERROR
    try:
        notices = getattr(handles.find(value, handle.kind), "notices", ())
    except Refused as gone:
        return str(gone)
    return "; ".join([NO_ERROR, *notices])


def _why_error(cell: Given, row: int, column: int, error: ErrorCell) -> str:
    if error.reason:
        return error.reason
    if cell.place is not None and cell.place.kind == "sheet":
        address = explain.address_in(cell.place, row, column)
        kept = explain.at(address)
        if kept and kept.code == error:
            return kept.text
        return f"{error}: {_NOTHING.format(address)} -> {_AGAIN}"
    return _latest(explain.latest(str(error)), error)


def _latest(kept: Reason | None, error: ErrorCell) -> str:
    if kept is None:
        return f"{error}: {_NOTHING.format('it')} -> {_AGAIN}"
    where = f" in {kept.address}" if kept.address else ""
    return f"the latest {error} of an xlfv function{where} (it may be another cell's): {kept.text}"


@function(
    "XLFV_ABOUT",
    family="help",
    result="grid",
    unit="text",
    source="xlfv",
    example=Example("=XLFV_ABOUT()", [["xlfv", "..."], ["model hash", "..."]]),
)
def about() -> list[list[Any]]:
    """What makes the numbers: versions of xlfv, its add-in and the libraries beneath it, the hash of the model, this session."""
    libraries = ("numba", "numpy", "pandas", "xlwings")
    return [
        ["xlfv", xlfv.__version__],
        ["model hash", MODEL_HASH],
        *[[name, _version(name)] for name in libraries],
        ["python", platform.python_version()],
        *[list(fact) for fact in session.facts()],
        ["handle store", handles.state()],
        ["defects logged", float(len(explain.defects()))],
    ]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
