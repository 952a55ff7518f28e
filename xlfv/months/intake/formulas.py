"""Formulas where values should stand: a text that a sheet would run, and a formula of a workbook that has no value yet."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from xlfv.months.intake.values import words_in
from xlfv.tables import Fault, Table
from xlfv.tables.cells import as_text
from xlfv.tables.files import open_workbook
from xlfv.tables.table import letters

MOST = 20
# "- 300" and "+ 200" are ways to write a scenario's shift, "-" a way to write nothing; a formula goes on with a name or bracket.
_RUNS = re.compile(r"\s*(=|@|[+-][\s+-]*[A-Za-z(@=])")
_TRAILING = re.compile(r"<f[ >/]")


def formula_faults(file: Path, label: str, table: Table) -> list[Fault]:
    """Cells of a table that hold a formula instead of a value."""
    faults = [*_texts(table)]
    if file.name.lower().endswith(".xlsx"):
        faults += _without_value(file, table)
    if len(faults) > MOST:
        faults[MOST:] = [Fault(f"and {len(faults) - MOST} more formulas", label)]
    return faults


def _texts(table: Table) -> list[Fault]:
    faults = []
    for column, cells in table.columns.items():
        words = {cell for cell in words_in(cells) if cell[:1] in "=@+- \t" and _RUNS.match(cell)}
        if not words:
            continue
        for row, cell in enumerate(cells):
            if cell in words:
                what = f"the cell begins like a formula: '{str(cell)[:60]}'"
                faults.append(
                    Fault(what, table.where(row, column) + _named(table, row), "give the value, or mend the text")
                )
    return faults


def _named(table: Table, row: int) -> str:
    for key in ("loan_id", "tranche", "item"):
        cells: list[Any] | None = table.columns.get(key)
        if cells and isinstance(cells[row], (str, int, float)):
            return f", {key} {as_text(cells[row])}"
    return ""


def _without_value(file: Path, table: Table) -> list[Fault]:
    """Formulas of a sheet that no program has worked out: their cells would be read as blank."""
    if not _has_formulas(file):
        return []
    import openpyxl

    sheet = table.place.label.partition("]")[2]
    with open_workbook(file) as values:
        formulas = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            found, plain = formulas[sheet], values[sheet]
            found.reset_dimensions()
            plain.reset_dimensions()
            faults = []
            for k, (cells, own) in enumerate(
                zip(found.iter_rows(values_only=True), plain.iter_rows(values_only=True), strict=False), 1
            ):
                for at, (formula, value) in enumerate(zip(cells, own, strict=False), 1):
                    if value is None and isinstance(formula, str) and formula.startswith("="):
                        what = f"the formula {formula[:60]} has no value"
                        todo = "open the workbook, let it calculate, and save it; or give values"
                        faults.append(Fault(what, f"{table.place.label}!{letters(at)}{k}", todo))
            return faults
        finally:
            formulas.close()


def _has_formulas(file: Path) -> bool:
    """True where any sheet holds a formula; the file was found sound when it was read."""
    with zipfile.ZipFile(file) as parts:
        for part in parts.namelist():
            if "worksheets/" not in part or not part.endswith(".xml"):
                continue
            with parts.open(part) as stream:
                tail = b""
                for piece in iter(lambda: stream.read(1 << 16), b""):
                    if _TRAILING.search((tail + piece).decode("latin-1")):
                        return True
                    tail = piece[-4:]
    return False
