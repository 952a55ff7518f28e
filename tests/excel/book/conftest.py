"""The sample month as a workbook, written once; and small folders of one's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlfv.excel import handles
from xlfv.excel.book import write_book
from xlfv.excel.book.frame import Answers
from xlfv.excel.book.write import calculate, draft
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.months.folder import read_month
from xlfv.months.valued import Rolled, ValuedMonth, roll_month, value_month

SAMPLE = Path(__file__).resolve().parents[3] / "workbooks" / "sample"
MONTH = "2009-12"


@dataclass(frozen=True)
class Written:
    """A workbook written, with what it was written from, and two looks into it."""

    path: Path
    valued: ValuedMonth
    rolled: Rolled | None
    shown: Any
    fresh: Recalculated

    @property
    def formulas(self) -> Any:
        """The workbook with its formulas."""
        return openpyxl.load_workbook(self.path)


def written(folder: Path, data: Path, month: str) -> Written:
    """Value a month, write its book, and recalculate the file that came out."""
    valued = value_month(read_month(data, month))
    rolled = roll_month(valued, data)
    path = write_book(valued, rolled, folder / "book.xlsx")
    handles.configure(None)
    return Written(path, valued, rolled, openpyxl.load_workbook(path, data_only=True), recalculate(path))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Written:
    if not (SAMPLE / "indices").is_dir():
        pytest.fail("the sample months are not beside the tests")
    return written(tmp_path_factory.mktemp("book"), SAMPLE, MONTH)


@pytest.fixture(scope="session")
def plain(sample: Written) -> bytes:
    """The sample's book with values in the place of formulas."""
    folder = str(SAMPLE)
    answers: Answers = calculate(draft(sample.valued, sample.rolled, folder).content(), "book.xlsx")
    return draft(sample.valued, sample.rolled, folder, answers, plain=True).content()


Rows = list[dict[str, Any]]


def small_tables(**changed: Rows | None) -> dict[str, Rows]:
    """The tables of a small deal; a name given replaces a table, None takes it out."""
    tables: dict[str, Rows | None] = {
        "loans": [{"loan_id": f"L{k}", "balance": 100000 + k, "rate": 0.06, "remaining_term": 120} for k in range(20)],
        "bonds": [
            {"tranche": "A", "balance": 1500000, "coupon": 0.05},
            {"tranche": "B", "balance": 500190, "coupon": 0.055},
        ],
        "waterfall": [
            {"step": 1, "from": "interest", "pay": "interest", "to": "A, B"},
            {"step": 2, "from": "principal", "pay": "principal", "to": "A, B"},
            {"step": 3, "from": "excess", "pay": "writedown", "to": "B, A"},
            {"step": 4, "from": "excess", "pay": "residual", "to": ""},
        ],
        "curves": [{"month": 1, "cpr": 0.08, "cdr": 0.01, "severity": 0.4}],
        "yields": [{"item": item, "yield": y} for item, y in (("residual", 0.2), ("B", 0.09), ("A", 0.06))],
    }
    tables.update(changed)
    return {name: rows for name, rows in tables.items() if rows is not None}


def write_folder(data: Path, trust: str, month: str, tables: dict[str, Rows]) -> Path:
    """Write a trust's month as CSV files."""
    folder = data / trust / month
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        header = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerows([[row.get(key, "") for key in header] for row in rows])
    return folder


def edited(book: Any, **cells: Any) -> Recalculated:
    """The workbook recalculated with some cells changed, ``Sheet__A1=value``."""
    for name, value in cells.items():
        sheet, _, cell = name.rpartition("__")
        book[sheet.replace("_", " ")][cell] = value
    buffer = BytesIO()
    book.save(buffer)
    return recalculate(buffer.getvalue())


@pytest.fixture(autouse=True)
def memory_only() -> Iterator[None]:
    handles.configure(None)
    yield
    handles.configure(None)
