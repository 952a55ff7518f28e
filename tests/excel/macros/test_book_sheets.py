"""Refresh valuation and Lock month on the book of months: what was typed goes in with its cells, and a month is closed."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.excel.macros.closing import DECEMBER, NOVEMBER, TRUST, Closing, column_of, copied, yields
from tests.excel.macros.conftest import SAMPLE, make_book
from tests.excel.macros.desk import Formula
from tests.excel.macros.test_check import cell_of, edit, listed
from xlfv.excel import macros
from xlfv.excel.inplace.keyed import typed_tables
from xlfv.excel.inplace.opened import open_book
from xlfv.excel.inplace.sheets import sheets_month
from xlfv.months.book.file import reading, writing
from xlfv.months.book.pieces import Piece
from xlfv.months.runs import reproduce
from xlfv.tables import Refused


def test_a_month_just_loaded_has_no_table_that_differs(tmp_path: Path) -> None:
    """All trusts, with the company's tables: not one of them may come back from the sheets as if it had been typed."""
    data = copied(tmp_path, ("ICMB-2004-F", "ICMB-2005-A", TRUST), (NOVEMBER, DECEMBER))
    for month in (NOVEMBER, DECEMBER):
        shutil.copytree(SAMPLE / "company" / month, data / "company" / month)
    make_book(tmp_path / "book.xlsm", data, DECEMBER)
    one = Closing(tmp_path, NOVEMBER)
    one.type("word", "seen")
    one.press("load_month")
    one.type("word", "seen")
    one.press("roll_forward")
    opened = open_book(one.book, whole=True)
    with reading(one.path) as book:
        assert typed_tables(opened, sheets_month(opened), book) == []
    assert "The book held all of it" in one.press("refresh")
    curves = f"curves_{TRUST.replace('-', '_')}"
    edit(one.desk, "scenarios", 1, column_of(one.desk, "scenarios", "weight"), 0.3)
    edit(one.desk, curves, 3, column_of(one.desk, curves, "cpr"), 0.0123)
    edit(one.desk, "facts", 1, column_of(one.desk, "facts", "source"), "something else")
    opened = open_book(one.book, whole=True)
    with reading(one.path) as book:
        found = typed_tables(opened, sheets_month(opened), book)
        held = {(v.trust, v.table): book.table(v) for v in book.versions(DECEMBER)}
    assert {(each.trust, each.table) for each in found} == {
        ("company", "scenarios"), ("company", "facts"), (TRUST, "curves"),
    }  # fmt: skip
    for each in found:
        was = held[each.trust, each.table]
        filled = {name for name, cells in was.columns.items() if any(cell is not None for cell in cells)}
        assert filled <= set(each.content.columns)
        assert len(each.content) == len(was)


def test_a_yield_that_was_typed_enters_with_its_cells_as_the_source(december: Closing) -> None:
    yields(december, 1, 0.0911)
    december.refused("refresh", "warning: IMFC-2006-MF/yields: the book holds yields")
    told = december.refused("roll_forward", "yields of IMFC-2006-MF in the sheets is not what the book holds")
    assert "Refresh valuation" in str(told)
    december.type("word", "as agreed")
    assert "In the book: load 3, run 3." in december.press("refresh")
    assert december.text("word") is None
    with reading(december.path) as book:
        version = book.every_version(TRUST, DECEMBER, "yields")[-1]
        table = book.table(version)
        kept = book.loads()[-1]
    assert version.source.startswith("book.xlsm!Yields!A8:")
    assert 0.0911 in table.columns["yield"]
    assert kept.why == "as agreed"
    assert reproduce(december.path, 3).differences == ()
    assert "The book held all of it; run 3 stands." in december.press("refresh")


def test_what_was_typed_stays_when_the_month_is_loaded_again_from_the_same_files(december: Closing) -> None:
    yields(december, 1, 0.0911)
    december.type("word", "as agreed")
    december.press("refresh")
    december.press("check_data")
    assert any("was typed over in book.xlsm!Yields!A8:" in str(row[2]) for row in listed(december.desk))
    assert "The book held all of it; run 3 stands." in december.press("load_month")
    with reading(december.path) as book:
        (yields_now,) = [v for v in book.versions(DECEMBER) if v.table == "yields"]
        assert 0.0911 in book.table(yields_now).columns["yield"]


def test_sheets_older_than_the_book_take_nothing_back(december: Closing) -> None:
    """Somebody corrected the month from elsewhere: what stands in these sheets is not an edit of that."""
    before = copy.deepcopy(december.desk)
    yields(december, 1, 0.0911)
    december.type("word", "as agreed")
    december.press("refresh")
    december.desk.leaves, december.desk.names = before.leaves, before.names
    december.type("word", "mine")
    december.refused("refresh", "the book's 2009-12 changed since these sheets were filled from it")
    december.press("load_month")
    assert "run 3 stands" in december.press("refresh")


def test_an_error_that_was_typed_is_named_by_its_cell(december: Closing) -> None:
    yields(december, 1, 7.0)
    december.type("word", "as agreed")
    december.refused("refresh", r"Yields!\w+9")


def test_a_table_from_elsewhere_is_not_taken_for_the_books(december: Closing) -> None:
    sheet, spot = cell_of(december.desk, "trust_IMFC_2006_MF", 0, 0)
    cells = december.desk.leaves[sheet].cells
    bonds = str(december.file("bonds"))
    cells[spot] = Formula(cells[spot].text.replace("bonds_IMFC_2006_MF", f'"{bonds}"'))
    december.refused("refresh", "bonds of IMFC-2006-MF come from bonds.csv, not from the book .*Control.*C23")


def test_sheets_of_plain_folders_are_not_taken_for_the_books(kept_month: Path, tmp_path: Path) -> None:
    home = shutil.copytree(kept_month, tmp_path / "home")
    closing = Closing(home, DECEMBER)
    closing.refused("refresh", "2009-12 -> press Load month|press Load month: it takes the month in")


def test_a_month_is_locked_once_nothing_is_open_and_loaded_again_to_be_looked_at(december: Closing) -> None:
    assert "2009-12 is locked in months.duckdb" in december.press("lock_month")
    assert december.acts()[-1] == "lock"
    assert str(december.text("locked_state")).startswith("20")
    december.refused("lock_month", "is locked already")
    before = december.bytes()
    assert "the month is locked, so no run was recorded" in december.press("load_month")
    assert "the month is locked, so no run was recorded" in december.press("refresh")
    assert december.bytes() == before
    assert str(december.text("locked_state")).startswith("20")
    yields(december, 1, 0.0911)
    december.type("word", "as agreed")
    december.refused("refresh", "2009-12 is locked, and yields of IMFC-2006-MF is not what the book holds")
    december.change("yields", lambda rows: rows[0].update({"yield": "0.1234"}))
    december.refused("load_month", "2009-12 is locked, and yields of IMFC-2006-MF is not what the book holds")


def test_with_something_open_a_month_is_locked_with_a_word_alone(november: Closing) -> None:
    november.file("remittance").unlink()
    november.type("word", "the report comes later")
    november.press("roll_forward")
    november.refused("lock_month", "open: IMFC-2006-MF has no trustee's report")
    november.type("word", "closed without it")
    assert "left open with the word 'closed without it'" in november.press("lock_month")
    with reading(november.path) as book:
        assert "closed without it; open: IMFC-2006-MF has no" in book.lines()[-1].detail


def test_plain_folders_cannot_be_locked(kept_month: Path, tmp_path: Path) -> None:
    closing = Closing(shutil.copytree(kept_month, tmp_path / "home"), DECEMBER)
    closing.type("book", None)
    closing.refused("lock_month", "no book of months is named")


def test_a_formula_that_was_changed_is_not_recorded_as_the_month(december: Closing) -> None:
    """The run is of the book's tables: cells that make something else of them are not confirmed by it."""
    sheet, spot = cell_of(december.desk, "projection_IMFC_2006_MF", 0, 0)
    cells = december.desk.leaves[sheet].cells
    cells[spot] = Formula(cells[spot].text[:-1] + ",12)")
    december.desk.calculate()
    december.refused("refresh", "asset: the cells of Fair value show|the cell shows")


def test_a_table_left_out_of_a_trusts_formula_is_noticed(december: Closing) -> None:
    sheet, spot = cell_of(december.desk, "trust_IMFC_2006_MF", 0, 0)
    cells = december.desk.leaves[sheet].cells
    assert "triggers_IMFC_2006_MF" in cells[spot].text
    cells[spot] = Formula(cells[spot].text.replace("triggers_IMFC_2006_MF", ""))
    december.desk.calculate()
    december.refused("refresh", "triggers of IMFC-2006-MF is in the book, and this cell or the next leaves it out")


def test_a_column_that_was_blanked_is_not_filled_with_its_first_cell(december: Closing) -> None:
    sheet, (top, left) = cell_of(december.desk, "bonds_IMFC_2006_MF", 0, 0)
    leaf = december.desk.leaves[sheet]
    column = left + column_of(december.desk, "bonds_IMFC_2006_MF", "original rating")
    for row in range(top, top + 8):
        december.desk.hold(leaf, (row, column), None)
    december.desk.calculate()
    december.refused("refresh", "original_rating")
    december.type("word", "no ratings any more")
    december.press("refresh")
    with reading(december.path) as book:
        table = book.table(book.every_version(TRUST, DECEMBER, "bonds")[-1])
    assert set(table.columns.get("original_rating", [None])) == {None}


def test_a_month_is_not_locked_over_what_was_typed_and_not_entered(december: Closing) -> None:
    yields(december, 1, 0.0911)
    december.refused("lock_month", "yields of IMFC-2006-MF in the sheets is not what the book holds for 2009-12")


def test_a_book_corrected_meanwhile_is_neither_locked_nor_said_to_hold_all(december: Closing) -> None:
    locking, loading = (macros.begin(button, december.book) for button in ("lock_month", "load_month"))
    staged = [job.stage(lambda words: None) for job in (locking, loading)]
    with reading(december.path) as book:
        version = book.every_version(TRUST, DECEMBER, "yields")[-1]
        table = book.table(version)
    columns = {name: list(cells) for name, cells in table.columns.items()}
    columns["yield"][0] += 0.001
    with writing(december.path, "bob") as book:
        book.commit(DECEMBER, [Piece(TRUST, "yields", replace(table, columns=columns), "y.csv", "3" * 64)], why="later")
    before = december.bytes()
    for job, one in zip((locking, loading), staged, strict=True):
        with pytest.raises(Refused, match="was written to while 2009-12 was"):
            job.finish(december.book, one)
    assert december.bytes() == before


def test_check_data_lists_what_was_typed_and_is_not_in_the_book_yet(december: Closing) -> None:
    yields(december, 1, 0.0911)
    december.press("check_data")
    assert any("yields" in str(row[2]) and "Yields!" in str(row[1]) for row in listed(december.desk))
