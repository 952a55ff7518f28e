"""Faults put into the tables of a good deal, one by one or all at once, and the tables handed over in every form."""

from __future__ import annotations

import copy
import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from xlfv.excel import call, example_deal
from xlfv.excel.codec import cell_name
from xlfv.tables import ErrorCell, Place
from xlfv.tables.table import ERROR_CODES

Tables = dict[str, list[list[Any]]]
TRUST_TABLES = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo", "schedules", "accounts")
TOP, LEFT = 3, 2  # where ranges stand in their sheets


@dataclass(frozen=True)
class Bad:
    """One fault.

    Attributes:
        table, row, column: the cell it is put into; row 1 is the first below the header, 0 the header.
        cell: what is put there; for ``row`` 0 the new header, None to take the column away.
        what: words of the message.
        todo: words of its advice.
        key: the row's name in the message, ``loan_id 1002``.
    """

    table: str
    row: int
    column: str
    cell: Any
    what: str
    todo: str
    key: str = ""


def good() -> Tables:
    """The tables of the example deal, with a schedule and an account."""
    tables = {
        name: copy.deepcopy(example_deal.DEAL[name]) for name in [*TRUST_TABLES[:-2], "curves", "indices", "yields"]
    }
    tables["accounts"] = [["account", "balance", "target", "target_of"], ["RESERVE", 500.0, 0.01, "pool"]]
    tables["schedules"] = [["schedule", "month", "amount"], ["N", 1.0, 5000.0], ["N", 2.0, 4000.0], ["N", 5.0, 3000.0]]
    return tables


def spoiled(*faults: Bad) -> Tables:
    """The good tables with faults put in."""
    tables = good()
    missing = []
    for bad in faults:
        header = tables[bad.table][0]
        if bad.column not in header:
            header.append(bad.column)
            for row in tables[bad.table][1:]:
                row.append(None)
        at = header.index(bad.column)
        if bad.row == 0 and bad.cell is None:
            missing.append((bad.table, at))
        else:
            while len(tables[bad.table]) <= bad.row:
                tables[bad.table].append([None] * len(header))
            tables[bad.table][bad.row][at] = bad.cell
    for table, at in missing:
        tables[table] = [row[:at] + row[at + 1 :] for row in tables[table]]
    return tables


def as_ranges(tables: Tables, names: tuple[str, ...], _: Path) -> tuple[list[Any], dict[str, Any]]:
    """Arguments as blocks of cells, each in a sheet of its own."""
    places = [Place(f"The {name}", TOP, LEFT, "sheet") for name in names]
    return [tables[name] for name in names], {"places": places}


def as_csv(tables: Tables, names: tuple[str, ...], folder: Path) -> tuple[list[Any], dict[str, Any]]:
    """Arguments as names of CSV files beside the workbook."""
    for name in names:
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([_exported(cell) for cell in row] for row in tables[name])
    return [f"{name}.csv" for name in names], {"folder": folder}


def _exported(cell: Any) -> Any:
    """A cell as spreadsheets write it into a CSV."""
    return "" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else cell


def as_xlsx(tables: Tables, names: tuple[str, ...], folder: Path) -> tuple[list[Any], dict[str, Any]]:
    """Arguments as sheets of one workbook."""
    with xlsxwriter.Workbook(folder / "deal.xlsx") as book:
        for name in names:
            sheet = book.add_worksheet(f"The {name}")
            for r, row in enumerate(tables[name]):
                for c, cell in enumerate(row):
                    _write(sheet, r, c, cell)
    return [str(folder / f"deal.xlsx!The {name}") for name in names], {}


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, float) and math.isnan(cell):
        cell = "#NUM!"
    if isinstance(cell, str) and cell in ERROR_CODES:
        sheet.write_formula(row, column, "=NA()", None, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write(row, column, cell)


FORMS: dict[str, Callable[[Tables, tuple[str, ...], Path], tuple[list[Any], dict[str, Any]]]] = {
    "range": as_ranges, "csv": as_csv, "xlsx": as_xlsx,
}  # fmt: skip


def place(bad: Bad, tables: Tables, form: str) -> str:
    """Where a message must say that a fault stands."""
    header = tables[bad.table][0]
    row, column = (bad.row, header.index(bad.column)) if bad.column in header else (0, 0)
    cell = cell_name(row + TOP, column + LEFT) if form == "range" else cell_name(row + 1, column + 1)
    sheets = {"range": f"'The {bad.table}'!{cell}", "xlsx": f"'[deal.xlsx]The {bad.table}'!{cell}"}
    return sheets.get(form) or f"{bad.table}.csv" + (f" row {row + 1}" if row or bad.cell is not None else "")


@dataclass(frozen=True)
class Told:
    """A fault as a reason tells it."""

    what: str
    where: str
    todo: str


def trust_of(tables: Tables, form: str, folder: Path) -> Any:
    """What the cell of the trust shows."""
    args, more = FORMS[form](tables, TRUST_TABLES, folder)
    if "places" in more:
        more["places"] = [None, None, *more["places"]]
    return call("XLFV_TRUST", "SAMPLE-1", "2009-12-31", *args, **more)[0][0]


def faults_of(cell: Any) -> list[Told]:
    """The faults in an error's reason; none of a cell that is no error."""
    if not isinstance(cell, ErrorCell):
        return []
    reason = cell.reason.partition(": ")[2]
    lines = reason.split("\n")[1:] if re.match(r"\d+ faults:\n", reason) else [reason]
    found = []
    for line in lines:
        match = re.fullmatch(r"(?:\d+\. )?(.*?) \[((?:'\[[^]]*\][^]]*|[^]]*))\](?: -> (.*))?", line)
        assert match, line
        found.append(Told(match[1], match[2], match[3] or ""))
    return found
