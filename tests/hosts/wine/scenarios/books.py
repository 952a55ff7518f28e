"""Two workbooks of the same names, with two months in them, open at the same time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address, plain
from tests.hosts.wine.variants import Missing

MONTHS = {"2009-11": 7.0, "2009-12": 11.0}


def run(excel: Excel) -> dict[str, Any]:
    """For each month: the file beside its own book, the reason of its own cell, and who served it."""
    books = {month: _book(month, cash) for month, cash in MONTHS.items()}
    for month in (*MONTHS, *MONTHS):  # by turns, twice
        books[month]["value"].append(_beside(excel, month, books[month]["folder"]))
        books[month]["error"].append(plain(_fails(excel, month)))
    for month in MONTHS:
        books[month]["why here"] = _why(excel, month, "Values!B2")
        books[month]["why there"] = _why(excel, month, address(_other(month), "Values", 2, 2))
        about = excel.answer("XLFV_ABOUT", places=[], cell=address(_name(month), "Values", 9, 1))
        books[month]["process"] = plain(about)[8][1]
    return books


def _name(month: str) -> str:
    return f"Valuation {month}.xlsx"


def _other(month: str) -> str:
    return _name(next(each for each in MONTHS if each != month))


def _book(month: str, cash: float) -> dict[str, Any]:
    folder = Path(tempfile.gettempdir(), "Bücher", month)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cash.csv").write_text(f"month,cash\n1,{cash}\n")
    return {"folder": os.fspath(folder), "value": [], "error": []}


def _beside(excel: Excel, month: str, folder: str) -> Any:
    """``=XLFV_PV("cash.csv", 0)``"""
    cell = address(_name(month), "Values", 1, 2)
    return excel.answer("XLFV_PV", "cash.csv", 0.0, Missing, places=["", "", ""], cell=cell, folder=folder)


def _fails(excel: Excel, month: str) -> Any:
    """``=XLFV_SMM(A2)``, where A2 holds the month's number."""
    place, cell = (address(_name(month), "Values", 2, column) for column in (1, 2))
    return excel.answer("XLFV_SMM", MONTHS[month], places=[place], cell=cell)


def _why(excel: Excel, month: str, cell: str) -> Any:
    return excel.answer("XLFV_WHY", cell, places=[""], cell=address(_name(month), "Values", 8, 1))
