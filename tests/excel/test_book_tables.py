"""Tables of the book of months in cells: ``months.duckdb!TRUST/YYYY-MM/table``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.months.book import small
from xlfv.excel import book_tables, call, explain, handles
from xlfv.excel.hosts.headless import recalculate
from xlfv.months.book import file
from xlfv.months.book.address import Address, parse_address
from xlfv.months.book.ahead import look_ahead
from xlfv.months.book.pieces import Nothing


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "months.duckdb"
    small.made(path)
    handles.configure(None)
    return path


def why(place: str, folder: Path | None = None) -> tuple[str, str]:
    """What the cell shows, and its reason."""
    cell = call("XLFV_TABLE", place, "loans", folder=folder)[0][0]
    return str(cell), str(getattr(cell, "reason", ""))


def test_an_address_is_told_from_a_path() -> None:
    assert parse_address("a!b/months.duckdb!T 1/2009-12/loans") == Address(
        "a!b/months.duckdb", "T 1", "2009-12", "loans"
    )
    assert parse_address("C:\\m\\months.duckdb!T!1/2009-12/debt_activity") == Address(
        "C:\\m\\months.duckdb", "T!1", "2009-12", "debt_activity"
    )
    for path in ("data/T-1/2009-12/loans.csv", "tapes.xlsx!Loans", "months.duckdb!T-1/loans", "a!b/2009-12/loans.csv"):
        assert parse_address(path) is None
    assert str(Address("m.duckdb", "T-1", "2009-12", "loans")) == "m.duckdb!T-1/2009-12/loans"


def test_a_cell_reads_a_table_of_the_book(kept: Path) -> None:
    handle, _ = why(f"{kept}!T-1/{small.MONTH}/loans")
    assert handle.startswith("table:loans:")
    assert handles.find(handle, "table").table.columns["loan_id"][0] == "01000000"
    assert why(f"months.duckdb!t-1/{small.MONTH}/loans", kept.parent)[0] == handle


def test_what_is_not_there_is_refused_and_what_is_there_named(kept: Path) -> None:
    book = "months.duckdb"
    for place, words in (
        (f"{book}!T-9/{small.MONTH}/loans", "has no T-9 of 2009-12 -> it has T-1, T-2"),
        (f"{book}!T-1/2008-01/loans", "has no month 2008-01 -> months there: 2009-12"),
        (f"{book}!T-1/{small.MONTH}/bonds", "has no table bonds of T-1 for 2009-12 -> it has curves, loans, terms"),
        (f"other.duckdb!T-1/{small.MONTH}/loans", "there is no file"),
    ):
        code, reason = why(place, kept.parent)
        assert code == "#N/A", place
        assert words in reason
    assert "another computer" in why(f"\\\\server\\share\\m.duckdb!T-1/{small.MONTH}/loans", kept.parent)[1]


def test_the_book_is_opened_for_a_table_first_and_again_only_when_it_was_written(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    reading = file.reading
    monkeypatch.setattr(file, "reading", lambda path, **how: opened.append(path) or reading(path, **how))
    first = [why(f"{kept}!T-1/{small.MONTH}/loans")[0] for _ in range(5)]
    assert len(set(first)) == 1
    assert len(opened) == 2  # for what it has of the month, and for the table
    with file.writing(kept, "ann") as book:
        book.commit(small.MONTH, small.pieces(2), why="a correction")
    assert why(f"{kept}!T-1/{small.MONTH}/loans")[0] != first[0]
    assert len(opened) == 4


def test_a_month_that_is_staged_is_found_in_every_thread_of_a_recalculation_and_nowhere_else(tmp_path: Path) -> None:
    handles.configure(None)
    explain.clear()
    path = tmp_path / "months.duckdb"
    ahead = look_ahead(path, Nothing(), small.MONTH, small.pieces())
    workbook = openpyxl.Workbook()
    for row in range(1, 60):
        workbook.active.cell(row, 1).value = f'=XLFV_TABLE("months.duckdb!T-1/{small.MONTH}/loans","t{row}")'
    content = BytesIO()
    workbook.save(content)
    with book_tables.as_it_will_be(ahead):
        done = recalculate(content.getvalue(), book="b.xlsx", folder=tmp_path)
    assert all(str(done.value("Sheet", row, 1)).startswith(f"table:t{row}:") for row in range(1, 60))
    after = recalculate(content.getvalue(), book="b.xlsx", folder=tmp_path)
    assert str(after.value("Sheet", 1, 1)) == "#N/A"
    assert not path.exists()


def test_the_month_ahead_is_the_month_that_the_book_will_hold(kept: Path) -> None:
    """Its tables are what the book gives once they are in, to the last bit, and its digests those of the versions."""
    with file.reading(kept) as book:
        ahead = look_ahead(kept, book, small.MONTH, small.pieces(3)[:2])
    assert ahead.fresh == (("T-1", "loans"), ("T-1", "terms"))
    with file.writing(kept, "ann") as book:
        book.commit(small.MONTH, small.pieces(3)[:2], why="a correction")
        held = book.versions(small.MONTH)
        assert [(v.trust, v.table, v.number, v.digest) for v in held] == [
            (v.trust, v.table, v.number, v.digest) for v in ahead.versions
        ]
        for version in held:
            assert book.table(version) == ahead.find(version.trust, version.table)
