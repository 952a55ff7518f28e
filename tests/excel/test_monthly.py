"""The workbook over the book of months: one cell chooses the month, and every page follows; what is open is counted."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlfv.excel import handles
from xlfv.excel.codec import serial
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.excel.monthly import content, plan_of, write_months
from xlfv.excel.monthly.plan import CHECK, DRAWN, FAR, HISTORY, MONTH, MONTHS, NUMBERS, SHEETS, TIEOUT, VALUES, Plan
from xlfv.jobs.common import sample_folder
from xlfv.jobs.sample_book import make_sample_book
from xlfv.months.book.file import reading, writing
from xlfv.months.book.pieces import Piece
from xlfv.months.folder import month_end
from xlfv.tables import Refused, from_grid

ROOT = Path(__file__).resolve().parents[2]
SEPTEMBER, OCTOBER = "2009-09", "2009-10"
TRUSTS = ("ICMB-2004-F", "IMFC-2006-MF")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two trusts and two months."""
    folder = tmp_path_factory.mktemp("months")
    data = folder / "data"
    for month in (SEPTEMBER, OCTOBER):
        for trust in TRUSTS:
            shutil.copytree(sample_folder() / trust / month, data / trust / month)
        (data / "indices").mkdir(exist_ok=True)
        shutil.copy(sample_folder() / "indices" / f"{month}.csv", data / "indices")
    return make_sample_book(folder / "months.duckdb", data, lambda month: None)


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    handles.configure(None)
    return Path(shutil.copy(made, tmp_path))


def calculated(book: Path, month: str = "") -> tuple[Plan, Recalculated]:
    plan = plan_of(book, month, book.parent)
    return plan, recalculate(content(plan, "months.xlsm", book.parent), book="months.xlsm", folder=book.parent)


def below(plan: Plan, shown: Recalculated, sheet: str, k: int, columns: str) -> list[list[Any]]:
    """The rows of a trust's slot under its header, as far as the first column is filled."""
    left, right = columns.split(":")
    first = plan.slot(sheet, k) + 2
    grid = shown.grid(sheet, f"{left}{first}:{right}{first + plan.tall[sheet] - 2}")
    return [row for row in grid if row[0] not in (None, "")]


def with_as_of(data: bytes, day: float) -> bytes:
    """The workbook with another As of (B4 of its first sheet) and nothing else changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part, count = re.subn(rb'(<c r="B4"[^>]*><v>)[^<]*', rb"\g<1>%d" % day, part)
                assert count == 1
            new.writestr(name, part)
    return target.getvalue()


def test_one_cell_makes_the_month(book: Path) -> None:
    """The workbook of one month, its cell As of changed and recalculated, shows what the other month's does."""
    whole = content(plan_of(book, OCTOBER, book.parent), "months.xlsm", book.parent)
    changed = with_as_of(whole, serial(month_end(SEPTEMBER)))
    shown = recalculate(changed, book="months.xlsm", folder=book.parent)
    other_plan, other = calculated(book, SEPTEMBER)
    for row in range(FAR + 1, FAR + 1 + len(TRUSTS)):
        assert shown.grid(MONTH, f"A{row}:G{row}") == other.grid(MONTH, f"A{row}:G{row}")
    top = other_plan.worth + 1
    assert shown.grid(MONTH, f"A{top}:H{top + 2}") == other.grid(MONTH, f"A{top}:H{top + 2}")
    assert "2009-09" in str(shown.value(MONTH, top, 8))
    assert shown.value(HISTORY, other_plan.slot(HISTORY, 0) + 36, 1 + DRAWN) == serial(month_end(SEPTEMBER))


def test_a_workbook_of_the_first_month_has_room_for_the_others(book: Path) -> None:
    whole = content(plan_of(book, SEPTEMBER, book.parent), "months.xlsm", book.parent)
    shown = recalculate(with_as_of(whole, serial(month_end(OCTOBER))), book="months.xlsm", folder=book.parent)
    assert [address for address, _ in shown.errors() if HISTORY not in address] == []
    assert shown.value(MONTH, 6, 2) == 0.0


def test_a_check_of_nothing_is_no_check_passed(book: Path) -> None:
    """Where a result cannot spill, or nothing recorded stands beside the values, the point is open."""
    plan, _ = calculated(book)
    target = io.BytesIO()
    whole = content(plan, "months.xlsm", book.parent)
    blocked = {TIEOUT: plan.slot(TIEOUT, 0) + 3, NUMBERS: plan.slot(NUMBERS, 1) + 3}
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(target, "w") as new:
        names = list(SHEETS)
        for name in old.namelist():
            part = old.read(name)
            for sheet, row in blocked.items():
                if name == f"xl/worksheets/sheet{names.index(sheet) + 1}.xml":
                    formula = rb'<c r="A%d"[^>]*t="array".*?</c>' % (row - 1)
                    part = re.sub(rb'(<c r="A%d"[^>]*>)<f [^>]*>.*?</f>' % (row - 1), rb"\g<1><f>NA()</f>", part)
                    assert b"<f>NA()</f>" in part, formula
            new.writestr(name, part)
    shown = recalculate(target.getvalue(), book="months.xlsm", folder=book.parent)
    points = {(k, row[0]): row[1] for k, row in enumerate(shown.grid(CHECK, "A7:B27")) if isinstance(row[1], float)}
    assert [count for (_, what), count in points.items() if what.startswith("differences")] == [1.0, 0.0]
    assert [count for (_, what), count in points.items() if what.startswith("lines that")] == [0.0, 1.0]


def test_the_pages_show_what_the_book_says(book: Path) -> None:
    plan, shown = calculated(book)
    assert plan.as_of == dt.date(2009, 10, 31)
    assert [address for address, _ in shown.errors() if HISTORY not in address] == []
    assert shown.value(MONTH, 6, 2) == 0.0  # nothing open
    with reading(book) as opened:
        run = opened.last_run(OCTOBER)
    assert run is not None
    for k, trust in enumerate(TRUSTS):
        lines = below(plan, shown, VALUES, k, "A:H")
        worth = {row[1]: row for row in lines}
        for (whose, item, measure), number in run.results.items():
            if (whose, measure) == (trust, "value"):
                assert worth[item][4] == number
                assert worth[item][6:] == [number, 0.0]
        assert {row[6] for row in below(plan, shown, TIEOUT, k, "A:G")} <= {
            "status",
            "tied",
            "not reported",
            "not ours",
            None,
        }
    assert shown.grid(MONTHS, "A5:A6") == [[serial(month_end(SEPTEMBER))], [serial(month_end(OCTOBER))]]


def test_the_pictures_draw_the_thirteen_months_to_as_of(book: Path) -> None:
    plan, shown = calculated(book)
    first = plan.slot(HISTORY, 0) + 36
    dates = shown.grid(HISTORY, f"B{first}:N{first}")[0]
    assert (len(dates), dates[-1]) == (DRAWN, serial(plan.as_of))
    pool = shown.grid(HISTORY, f"B{first + 1}:N{first + 1}")[0]
    numbers = {row[0]: row[1:] for row in below(plan, shown, NUMBERS, 0, "A:C")}
    assert pool[-2:] == numbers["pool_balance"]
    assert all(cell == "#N/A" for cell in pool[:-2])


def test_what_is_open_is_counted_and_linked(book: Path) -> None:
    with writing(book, "ann") as opened:
        held = next(one for one in opened.versions(OCTOBER) if (one.trust, one.table) == (TRUSTS[0], "remittance"))
        grid = opened.table(held)
        rows = [list(grid.columns), *map(list, zip(*grid.columns.values(), strict=True))]
        at = next(k for k, row in enumerate(rows) if row[0] == "pool_balance")
        rows[at][2] += 1000.0
        piece = Piece(TRUSTS[0], "remittance", from_grid("remittance", rows), "again.csv", "2" * 64)
        opened.commit(OCTOBER, [piece], why="the trustee sent it anew")
    _, shown = calculated(book)
    counts = {(row[0], k): row[1] for k, row in enumerate(shown.grid(CHECK, "A7:B16"))}
    by_point = {name: count for (name, _), count in counts.items() if isinstance(count, float)}
    assert by_point["differences to the trustee, not signed for"] == 1.0
    assert by_point["not valued, or its inputs were corrected since"] == 1.0
    assert by_point["not rolled forward, or corrected since"] == 1.0
    assert by_point["lines that are not as the last run recorded them"] == 0.0
    assert shown.value(CHECK, 7, 2) == 0.0
    assert shown.value(MONTH, 6, 2) == shown.value(CHECK, 4, 2) == 5.0  # the run of all trusts is stale for both


def test_a_month_or_book_that_is_not_there_is_an_open_point(book: Path) -> None:
    whole = content(plan_of(book, OCTOBER, book.parent), "months.xlsm", book.parent)
    for data, folder in (
        (with_as_of(whole, serial(month_end("2008-01"))), book.parent),
        (whole, book.parent / "elsewhere"),
    ):
        shown = recalculate(data, book="months.xlsm", folder=folder)
        assert shown.value(CHECK, 7, 2) == 1.0
        assert shown.value(MONTH, 6, 2) >= 1.0


def test_a_trust_that_the_workbook_does_not_show_is_an_open_point(book: Path) -> None:
    plan = replace(plan_of(book, OCTOBER, book.parent), trusts=TRUSTS[:1])
    shown = recalculate(content(plan, "months.xlsm", book.parent), book="months.xlsm", folder=book.parent)
    assert shown.value(CHECK, 8, 2) == 1.0
    assert shown.value(MONTH, 6, 2) == 1.0
    assert "1 more trusts in this month" in str(shown.value(MONTH, FAR + 2, 1))


def test_a_workbook_is_written_where_one_stands(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a folder is of the current one."""
    monkeypatch.chdir(book.parent)
    write_months(Path("months.xlsm"), Path(book.name))
    written = openpyxl.load_workbook(book.parent / "months.xlsm", data_only=True)
    assert written[MONTH].cell(FAR + 1, 1).value == TRUSTS[0]
    assert written[MONTH]["B5"].value == book.name


def test_only_our_own_workbook_is_replaced(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "months.xlsm"
    assert write_months(target, book) == target
    before = target.read_bytes()
    assert write_months(target, book).read_bytes() == before
    for wrong, words in (
        (tmp_path / "months.xlsx", "no .xlsm workbook"),
        (tmp_path / "no" / "m.xlsm", "there is no folder"),
    ):
        with pytest.raises(Refused, match=words):
            write_months(wrong, book)
    with pytest.raises(Refused, match="no trust of 2008-01"):
        write_months(target, book, "2008-01")
    assert target.read_bytes() == before
    shutil.copy(ROOT / "workbooks" / "shelf_deal.xlsm", target)
    with pytest.raises(Refused, match="no workbook over a book"):
        write_months(target, book)


def test_the_shipped_workbook_shows_what_the_valuation_workbook_shows() -> None:
    """Both stand beside each other: the same month, the same totals; and its machine is not named."""
    months = openpyxl.load_workbook(ROOT / "workbooks" / "months.xlsm", data_only=True)
    valuation = openpyxl.load_workbook(ROOT / "workbooks" / "valuation.xlsm", data_only=True)
    worth = {row[0]: row[1:5] for row in months[MONTH].iter_rows(min_row=FAR + 8, values_only=True)}
    sides = {name.removeprefix("fv_side_"): name for name in valuation.defined_names if name.startswith("fv_side_")}
    assert len(sides) == 3
    for key, name in sides.items():
        words, values = (_cells(valuation, each) for each in (name, name.replace("side", "value")))
        totals = {
            side: sum(v for s, v in zip(words, values, strict=True) if s == side and isinstance(v, float | int))
            for side in set(words)
        }
        shown = worth[key.replace("_", "-")]
        assert shown[:3] == pytest.approx([totals[side] for side in ("asset", "liability", "residual")], rel=1e-12)
    assert months[MONTH]["B5"].value == "months.duckdb"
    assert months[MONTH]["B6"].value == 0
    for part in ("xl/sharedStrings.xml", "docProps/app.xml", "xl/workbook.xml"):
        with zipfile.ZipFile(ROOT / "workbooks" / "months.xlsm") as whole:
            assert str(ROOT).encode() not in whole.read(part)


def _cells(book: Any, name: str) -> list[Any]:
    sheet, _, area = book.defined_names[name].attr_text.rpartition("!")
    return [row[0].value for row in book[sheet.strip("'")][area.replace("$", "")]]
