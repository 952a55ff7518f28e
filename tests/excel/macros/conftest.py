"""Small months of two trusts, the books with buttons made of them, and those of the sample; each open on a desk of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.excel.macros.desk import Desk
from tests.excel.macros.engine import open_desk
from tests.months.test_month_folders import YIELDS, write_month
from tests.valuation.deals import BONDS, COSTS, CURVES, LOANS, TERMS, WATERFALL
from xlfv.excel import explain, handles
from xlfv.excel.book import write_book
from xlfv.months.folder import read_month
from xlfv.months.valued import roll_month, value_month

SAMPLE = Path(__file__).resolve().parents[3] / "workbooks" / "sample"
RANGED = [[*YIELDS[0], "low", "high", "reason"], *[[*row, 0.01, 0.3, f"why {row[0]}"] for row in YIELDS[1:]]]
ODD = ["=cmd|' /C calc'!A0", "+1", "-x", "@SUM(A1)", "1/2", "TRUE", "007", "'quoted", "12e3", "<r>x</r>", "x" * 1500]
"""Texts that a spreadsheet would take for something else."""

MONTHS: dict[str, dict[str, Any]] = {
    "2009-10": {},
    "2009-11": {},
    "2009-12": {
        "loans": [*LOANS, ["L3", 1e6, 0.065, 240, 0.0]],
        "yields": RANGED,
        "costs": [[*COSTS[0], "payee"], *[[*row, "a trustee"] for row in COSTS[1:]]],
    },
    "2010-01": {
        "curves": [*CURVES, [240, *CURVES[-1][1:]], [260, *CURVES[-1][1:]]],
        "yields": [[*RANGED[0], "approved_by"], *[[*row, odd] for row, odd in zip(RANGED[1:], ODD[7:], strict=True)]],
        "bonds": [[*BONDS[0], "original_rating"], *[[*row, odd] for row, odd in zip(BONDS[1:], ODD[4:7], strict=False)]],
        "waterfall": [[*WATERFALL[0], "note"], *[[*row, odd] for row, odd in zip(WATERFALL[1:], [*ODD, *ODD], strict=False)]],
        "reo": [["loan_id", "balance", "value"], ["R1", 50000, 80000]],
    },
}  # fmt: skip
Open = Callable[..., tuple[Desk, xw.Book]]


def make_data(data: Path) -> Path:
    """Four months of two trusts, as files."""
    for month, changed in MONTHS.items():
        write_month(data, "T1", month, **changed)
        write_month(data, "T-2", month, terms=[*TERMS, ["consolidated", "no"]])
    return data


def make_book(path: Path, data: Path, month: str) -> Path:
    """The book with buttons of a month."""
    valued = value_month(read_month(data, month))
    return write_book(valued, roll_month(valued, data), path, data_folder=str(data))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("small") / "data")


@pytest.fixture(scope="session")
def books(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    handles.configure(None)
    return {month: make_book(folder / f"{month}.xlsm", data, month) for month in list(MONTHS)[1:]}


@pytest.fixture(scope="session")
def sample_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    if not (SAMPLE / "indices").is_dir():
        pytest.fail("the sample months are not beside the tests")
    folder = tmp_path_factory.mktemp("sample")
    handles.configure(None)
    return {month: make_book(folder / f"{month}.xlsm", SAMPLE, month) for month in ("2009-11", "2009-12")}


@pytest.fixture(scope="session")
def kept_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three months of one trust, the workbook of the last, and a book that holds the second."""
    from tests.excel.macros.closing import DECEMBER, NOVEMBER, OCTOBER, TRUST, copied
    from xlfv.excel import macros

    home = tmp_path_factory.mktemp("kept")
    handles.configure(None)
    data = copied(home, (TRUST,), (OCTOBER, NOVEMBER, DECEMBER))
    make_book(home / "book.xlsm", data, DECEMBER)
    desk, book = open_desk(home / "book.xlsm")
    type_in(desk, "data_folder", "data")
    type_in(desk, "book", "months.duckdb")
    type_in(desk, "as_of", as_of(NOVEMBER))
    assert "In the book: load 1, run 1." in macros.press("load_month", book)
    return home


@pytest.fixture
def november(kept_month: Path, tmp_path: Path) -> Any:
    """The workbook with November loaded, and the book that holds it."""
    from tests.excel.macros.closing import NOVEMBER, Closing

    home = shutil.copytree(kept_month, tmp_path / "home")
    one = Closing(home, NOVEMBER)
    one.press("load_month")
    return one


@pytest.fixture
def december(november: Any) -> Any:
    """The workbook rolled forward to December, which is in the book too."""
    assert "In the book: load 2, run 2." in november.press("roll_forward")
    return november


@pytest.fixture(params=["spilling", "spilling, told by the first cell alone", "fixed arrays"])
def how(request: pytest.FixtureRequest) -> dict[str, bool]:
    """How a spreadsheet deals with results of many cells."""
    return {
        "dynamic": request.param != "fixed arrays",
        "echo": request.param != "spilling, told by the first cell alone",
    }


@pytest.fixture
def desk(books: dict[str, Path]) -> tuple[Desk, xw.Book]:
    """The small book of 2009-12, open."""
    return open_desk(books["2009-12"])


@pytest.fixture(autouse=True)
def memory_only() -> Iterator[None]:
    handles.configure(None)
    explain.clear()
    yield
    handles.configure(None)


def type_in(desk: Desk, name: str, value: Any) -> None:
    """Type into a named cell."""
    sheet, _, cell = desk.names[name][1:].rpartition("!")
    leaf = desk.leaves[sheet.strip("'")]
    letters, row = cell.replace("$", "").rstrip("0123456789"), "".join(c for c in cell if c.isdigit())
    desk.hold(leaf, (int(row), ord(letters) - 64), value)


def as_of(month: str) -> float:
    """The serial number of a month's last day."""
    from xlfv.excel.codec import serial
    from xlfv.months.folder import month_end

    return float(serial(month_end(month)))


def differences(desk: Desk, other: Desk, *, ignoring: tuple[str, ...] = ("runs",)) -> list[str]:
    """Where two desks differ: in what a cell holds or looks like, in heights, widths, feet and names."""
    found = [
        f"name {name}"
        for name in desk.names.keys() | other.names.keys()
        if desk.names.get(name) != other.names.get(name)
    ]
    passed = [desk.names[name] for name in ignoring]
    for name in desk.leaves.keys() | other.leaves.keys():
        one, two = desk.leaves.get(name), other.leaves.get(name)
        if one is None or two is None:
            found.append(f"sheet {name}")
            continue
        for spot in one.cells.keys() | two.cells.keys():
            a, b = (_held(leaf.cells.get(spot)) for leaf in (one, two))
            if (type(a), a) != (type(b), b) and not any(_inside(name, spot, area) for area in passed):
                found.append(f"{name} {spot}: {a!r} instead of {b!r}")
        for spot in one.looks.keys() | two.looks.keys():
            if one.look(spot) != two.look(spot):
                found.append(f"{name} {spot} looks {one.look(spot)} instead of {two.look(spot)}")
        heights = [
            (row, one.heights.get(row, 15.0), two.heights.get(row, 15.0))
            for row in one.heights.keys() | two.heights.keys()
        ]
        # A file keeps heights in steps of three quarters of a point.
        found += [f"{name} row {row}: {a} high, not {b}" for row, a, b in heights if abs(a - b) >= 0.75]
        widths = [(c, one.widths.get(c, 8.43), two.widths.get(c, 8.43)) for c in one.widths.keys() | two.widths.keys()]
        found += [f"{name} column {c}: {a} wide, not {b}" for c, a, b in widths if abs(a - b) > 0.2]
        if one.footer != two.footer:
            found.append(f"{name}: foot {one.footer!r}, not {two.footer!r}")
    return found


def _held(cell: Any) -> Any:
    return getattr(cell, "text", cell)


def _inside(sheet: str, spot: tuple[int, int], area: str) -> bool:
    from openpyxl.utils.cell import range_boundaries

    home, _, cells = area[1:].rpartition("!")
    left, top, right, bottom = range_boundaries(cells.replace("$", ""))
    return home.strip("'") == sheet and top <= spot[0] <= bottom and left <= spot[1] <= right
