"""How an unknown file is laid out: its separator, encoding, row of headers, and signs in numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlfv.months.intake.quick import read_large
from xlfv.months.intake.values import Floats
from xlfv.tables import Fault, Refused, Table, plain
from xlfv.tables.files import TEXTS, Layout, open_workbook, opened, read_file
from xlfv.tables.paths import check_file

_SEPARATORS = ",;\t|"
_TOP = 30  # rows in which the headers stand
_SAMPLE = 1 << 16
_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})*,\d+")
_GROUPED = re.compile(r"[($+-]*\d{1,3}(,\d{3})+(\.\d+)?\)?")


@dataclass(frozen=True)
class Sniffed:
    """A file as it could be read.

    Attributes:
        table: its cells. headers: as tables match them -> as they stand.
        layout, sheet, thousands, decimal: as of a mapping.
        remarks: what is not sure.
    """

    table: Table
    headers: Mapping[str, str]
    layout: Layout
    sheet: str = ""
    thousands: str = ""
    decimal: str = "."
    remarks: Mapping[str, str] = field(default_factory=dict)

    def cells(self, header: str) -> list[Any]:
        """The cells under a header."""
        return self.table.columns[plain(header)]

    def numbers(self, header: str) -> Floats:
        """The numbers under a header, as far as they are numbers."""
        found = []
        for cell in self.cells(header):
            text = str(cell).strip().strip("$%() ")
            text = text.replace(self.thousands, "") if self.thousands else text
            try:
                found.append(float(text.replace(self.decimal, ".")))
            except ValueError:
                found.append(float("nan"))
        return np.array(found, dtype=np.float64)


def sniff(path: Path, sheet: str = "") -> Sniffed:
    """Look at a file.

    Raises:
        Refused: it cannot be read as a table.
    """
    check_file(path)
    low = path.name.lower()
    remarks: dict[str, str] = {}
    if low.endswith(TEXTS):
        layout, top = _text_layout(path, remarks)
    elif low.endswith((".xlsx", ".parquet")):
        layout, top, sheet = (
            (*_sheet_layout(path, sheet, remarks), sheet) if low.endswith(".xlsx") else (Layout(), [], "")
        )
    else:
        raise Refused(Fault(f"{path.name} is not a table xlfv reads", str(path), "save it as .csv or .xlsx"))
    if low.endswith(TEXTS):
        table = read_large(path, "guess", layout)
    else:
        table = read_file(f"{path}!{sheet}" if sheet else path, "guess", layout)
    headers = dict(zip(table.order, top or table.order, strict=False))
    headers = {key: str(header).strip() for key, header in headers.items() if key}
    thousands, decimal = _signs(table, layout, remarks)
    return Sniffed(table, headers, layout, sheet, thousands, decimal, remarks)


def _text_layout(path: Path, remarks: dict[str, str]) -> tuple[Layout, list[Any]]:
    encoding = _encoding(path)
    if encoding != "utf-8":
        remarks["encoding"] = "it is not UTF-8; this reads it, check a name with an accent"
    with opened(path, Layout(encoding=encoding)) as counted:
        sample = b""
        while len(sample) < _SAMPLE and (piece := counted.read1()):
            sample += piece
    import csv

    lines = sample.decode("utf-8-sig", errors="ignore").splitlines()[:_TOP]
    best = max(
        _SEPARATORS, key=lambda sign: sorted(line.count(sign) for line in lines)[len(lines) // 2] if lines else 0
    )
    try:
        rows: list[list[Any]] = list(csv.reader(lines, delimiter=best))
    except csv.Error:
        rows = [line.split(best) for line in lines]
    at = _header_row(rows, remarks)
    return Layout(best, encoding, at + 1 if at else 0), rows[at] if rows else []


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        try:
            with opened(path, Layout(encoding=encoding)) as counted:
                pieces = b"".join(iter(counted.read1, b""))
            pieces.decode("utf-8-sig")
            return encoding
        except UnicodeDecodeError:
            continue
    return "cp1252"


def _sheet_layout(path: Path, sheet: str, remarks: dict[str, str]) -> tuple[Layout, list[Any]]:
    with open_workbook(path) as book:
        if sheet and sheet not in book.sheetnames:
            raise Refused(
                Fault(f"{path.name} has no sheet {sheet}", str(path), f"its sheets: {', '.join(book.sheetnames)}")
            )
        if not sheet and len(book.sheetnames) > 1:
            remarks["sheet"] = f"the first is read; its sheets: {', '.join(book.sheetnames)}"
        page = book[sheet] if sheet else book.worksheets[0]
        page.reset_dimensions()
        rows = [list(row) for _, row in zip(range(_TOP), page.iter_rows(values_only=True), strict=False)]
    at = _header_row(rows, remarks)
    return Layout(header_row=at + 1 if at else 0), rows[at] if rows else []


def _header_row(rows: list[list[Any]], remarks: dict[str, str]) -> int:
    """The first row that is as wide as most, and holds words only; 0 where the first that is filled does."""
    filled = [sum(cell not in (None, "") for cell in row) for row in rows]
    wide = max(filled, default=0)
    for k, row in enumerate(rows):
        words = [str(cell) for cell in row if cell not in (None, "")]
        if (
            filled[k] > wide / 2
            and len(set(words)) == len(words)
            and not any(re.fullmatch(r"[\d.,$%/-]+", w) for w in words)
        ):
            if k:
                remarks["header_row"] = "rows above it are not read"
            return k
    return 0


def _signs(table: Table, layout: Layout, remarks: dict[str, str]) -> tuple[str, str]:
    texts = [str(cell) for cells in table.columns.values() for cell in cells[:300] if isinstance(cell, str)]
    commas = sum(_COMMA.fullmatch(text) is not None for text in texts)
    grouped = sum(_GROUPED.fullmatch(text) is not None for text in texts)
    if commas > grouped and layout.separator != ",":
        remarks["decimal"] = "numbers like 1.234,56 stand there"
        return (".", ",")
    if grouped:
        remarks["thousands"] = "numbers like 1,234.56 stand there"
        return (",", ".")
    return ("", ".")
