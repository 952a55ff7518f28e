"""Roll forward: the month after the one on Control, opened from it."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest
import xlwings as xw

from tests.excel.macros.conftest import as_of, differences, type_in
from tests.excel.macros.desk import Desk
from tests.excel.macros.engine import open_desk
from tests.excel.macros.test_check import edit
from xlfv.excel import macros
from xlfv.tables import Refused


def test_the_book_becomes_that_of_the_month_after(books: dict[str, Path]) -> None:
    desk, book = open_desk(books["2009-11"])
    for month in ("2009-12", "2010-01"):
        words = macros.press("roll_forward", book)
        assert f"{month} is loaded" in words
        assert "WARNING" not in words
        fresh, _ = open_desk(books[month])
        assert differences(desk, fresh) == []
    control = desk.leaves["Control"].cells.values()
    assert '="from 2009-12, see Rollforward"' in [getattr(cell, "text", "") for cell in control]
    assert any(str(cell).startswith("2010-01: 2 trusts") for cell in control)


def test_a_month_without_one_before_it_is_loaded_and_rolls_on(
    desk: tuple[Desk, xw.Book], books: dict[str, Path]
) -> None:
    """Its charts of what moved stand there empty, so that the month after finds them."""
    type_in(desk[0], "as_of", as_of("2009-10"))
    words = macros.press("load_month", desk[1])
    assert "2009-10 is loaded" in words
    assert "WARNING" not in words
    assert str(desk[0].leaves["Rollforward"].cells[7, 1]).startswith("There is no folder of the month before")
    macros.press("roll_forward", desk[1])
    fresh, _ = open_desk(books["2009-11"])
    assert differences(desk[0], fresh) == []


def refused(desk: Desk, book: xw.Book, words: str) -> Refused:
    before = copy.deepcopy(desk.state())
    with pytest.raises(Refused, match=words) as told:
        macros.press("roll_forward", book)
    assert desk.state() == before
    assert desk.writes == 0
    return told.value


def test_without_a_month_after_nothing_rolls(books: dict[str, Path]) -> None:
    refused(*open_desk(books["2010-01"]), "has a folder 2010-02 -> months there: 2009-10")


def test_the_month_of_control_must_be_the_one_in_the_sheets(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "as_of", as_of("2009-11"))
    refused(*desk, "the sheets hold the tables of 2009-12, As of says 2009-11")


def test_what_was_edited_in_the_sheets_alone_would_be_lost_and_is_refused(desk: tuple[Desk, xw.Book]) -> None:
    """The month after opens from the files, so the sheets must say the same as these."""
    edit(desk[0], "yields", 8, 2, 0.9)
    told = refused(*desk, r"T1, Residual interest: [\d,.]+ from the sheets, [\d,.]+ from the files of 2009-12")
    assert "press Load month to take the files" in str(told)


def test_the_files_of_the_month_itself_are_needed(books: dict[str, Path], data: Path, tmp_path: Path) -> None:
    files = shutil.copytree(data, tmp_path / "data")
    for trust in ("T1", "T-2"):
        shutil.rmtree(files / trust / "2009-12")
    desk, book = open_desk(books["2009-12"])
    type_in(desk, "data_folder", str(files))
    refused(desk, book, "has a folder 2009-12")


def test_a_locked_book_does_not_roll(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "status", " LOCKED ")
    refused(*desk, "is locked")
