"""Refresh valuation: what stands in the sheets counts, is checked first, and is compared with what the cells then show."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest
import xlwings as xw

from tests.excel.macros.conftest import as_of, type_in
from tests.excel.macros.desk import Desk, Formula, Leaf
from tests.excel.macros.engine import open_desk
from tests.excel.macros.test_check import cell_of, edit
from xlfv.excel import macros
from xlfv.tables import Refused


def run_of(desk: Desk, button: int) -> str:
    """What came out of a button's last run."""
    sheet, (row, _) = cell_of(desk, "runs", button, 0)
    return str(desk.leaves[sheet].cells.get((row, 4), ""))


def test_an_untouched_book_is_valued_and_agrees(desk: tuple[Desk, xw.Book]) -> None:
    words = macros.press("refresh", desk[1])
    assert "2009-12 is valued: 2 trusts, 5 loans, assets $" in words
    assert "are those calculated beforehand" in words
    assert "WARNING" not in words
    assert run_of(desk[0], 2).startswith("2009-12: 2 trusts, 5 loans, assets $")
    assert desk[0].writes <= 2


@pytest.mark.parametrize("how", [{"dynamic": True, "echo": False}, {"dynamic": False}])
def test_other_spreadsheets_agree_too(books: dict[str, Path], how: dict[str, bool]) -> None:
    _, book = open_desk(books["2009-12"], **how)
    assert "WARNING" not in macros.press("refresh", book)


def test_an_edited_input_counts(desk: tuple[Desk, xw.Book]) -> None:
    before = macros.press("refresh", desk[1])
    edit(desk[0], "yields", 8, 2, 0.9)  # the residual of T1
    after = macros.press("refresh", desk[1])
    assert "WARNING" not in after
    assert after.partition("residual")[2] != before.partition("residual")[2]
    sheet, spot = cell_of(desk[0], "yields", 8, 1)
    assert desk[0].leaves[sheet].cells[spot] == "residual"
    balance = desk[0].leaves["Fair value"]
    residual = [
        balance.value((r, 5)) for (r, c), cell in balance.shown.items() if c == 2 and cell == "Residual interest"
    ]
    assert f"residual ${sum(residual):,.0f}" in after


def test_an_input_may_come_from_a_sheet_of_the_readers_own(desk: tuple[Desk, xw.Book]) -> None:
    desk[0].leaves["Mine"] = Leaf("Mine", {(1, 1): 0.31})
    edit(desk[0], "yields", 8, 2, Formula("=Mine!$A$1"))
    desk[0].calculate()
    words = macros.press("refresh", desk[1])
    assert "WARNING" not in words


def refused(desk: Desk, book: xw.Book, words: str) -> Refused:
    before = copy.deepcopy(desk.state())
    with pytest.raises(Refused, match=words) as told:
        macros.press("refresh", book)
    assert desk.state() == before
    assert desk.writes == 0
    return told.value


def test_a_fault_in_a_sheet_is_named_by_its_cell(desk: tuple[Desk, xw.Book]) -> None:
    edit(desk[0], "curves_T1", 1, 1, 6.0)
    sheet, (row, column) = cell_of(desk[0], "curves_T1", 1, 1)
    told = refused(*desk, "cpr is 6")
    assert f"{sheet}!{chr(64 + column)}{row}" in str(told)
    assert "0.06" in str(told)


def test_many_faults_are_counted_and_check_data_is_named(desk: tuple[Desk, xw.Book]) -> None:
    for row in range(1, 5):
        for column in (2, 3, 4):
            edit(desk[0], "yields", row, column, "high")
    told = refused(*desk, r"^\d+ faults:\n1\. ")
    assert len(told.faults) >= 12
    assert "more: the button Check data lists them all" in str(told)
    assert len(str(told)) < 1000


def test_a_tape_that_is_gone_is_named(desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path) -> None:
    files = shutil.copytree(data, tmp_path / "data")
    (files / "T1" / "2009-12" / "loans.csv").unlink()
    type_in(desk[0], "data_folder", str(files))
    desk[0].calculate()
    refused(*desk, "there is no file .*loans.csv")


def test_a_formula_that_makes_a_trust_may_not_be_anything(desk: tuple[Desk, xw.Book]) -> None:
    sheet, spot = cell_of(desk[0], "trust_T1", 0, 0)
    desk[0].leaves[sheet].cells[spot] = Formula("=TRIM(A1)")
    refused(*desk, "no XLFV_TRUST stands here for T1")
    desk[0].leaves[sheet].cells[spot] = Formula("=XLFV_TRUST($A23,as_of,OFFSET(A1,0,0),bonds_T1,waterfall_T1)")
    refused(*desk, "what the loans are cannot be told without calculating: OFFSET")


def test_a_cell_of_the_book_that_would_show_an_error_is_refused(desk: tuple[Desk, xw.Book]) -> None:
    summary = desk[0].leaves["Summary"]
    spot = next(spot for spot, cell in summary.cells.items() if isinstance(cell, Formula) and "SUM(" in cell.text)
    summary.cells[spot] = Formula("=SUM(1/0)")
    refused(*desk, "the cell shows #DIV/0!")


def test_another_month_on_control_than_in_the_sheets_is_refused(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "as_of", as_of("2009-11"))
    refused(*desk, "the sheets hold the tables of 2009-12, As of says 2009-11 .* press Load month")


def test_cells_that_show_something_else_are_named(desk: tuple[Desk, xw.Book], monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the spreadsheet does not recalculate, or has another version of the functions."""

    def stale(self: Desk) -> None:
        self.leaves["Fair value"].shown[9, 5] = 1.0  # one of those into which a balance spills

    monkeypatch.setattr(Desk, "calculate", stale)
    words = macros.press("refresh", desk[1])
    assert "WARNING: 1 of " in words
    assert "'Fair value'!E9 shows 1 instead of " in words
    assert "do not use them" in words
