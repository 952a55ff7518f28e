"""Explain cell: what a cell is, where it comes from and where to look next; or why it fails. Nothing changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import xlwings as xw

from tests.excel.macros.conftest import type_in
from tests.excel.macros.desk import Desk, Formula, Leaf
from tests.excel.macros.test_check import cell_of
from xlfv.excel import macros, registry
from xlfv.excel.inplace.next_steps import next_steps
from xlfv.excel.inplace.spelling import Call
from xlfv.tables import Refused


@pytest.fixture
def ask(desk: tuple[Desk, xw.Book]) -> Any:
    """Selects a cell and asks what it is."""

    def asked(sheet: str, spot: tuple[int, int]) -> str:
        desk[0].selected = (sheet, spot)
        before = copy.deepcopy(desk[0].state())
        words = macros.press("explain_cell", desk[1])
        assert desk[0].state() == before
        assert desk[0].writes == 0
        assert len(words) <= 1000, "a message box shows no more"
        return words

    return asked


def find(desk: Desk, sheet: str, words: str) -> tuple[int, int]:
    cells = desk.leaves[sheet].cells
    return next(spot for spot in sorted(cells) if words in str(getattr(cells[spot], "text", cells[spot])))


def test_a_function_is_explained_with_its_arguments_and_where_to_look_next(
    desk: tuple[Desk, xw.Book], ask: Any
) -> None:
    spot = find(desk[0], "T1", "=XLFV_TRANCHE_PV(")
    words = ask("T1", spot)
    assert "XLFV_TRANCHE_PV: " in words
    assert "projection = projection_T1  (projection:T1:2009-12:" in words
    assert f"tranche = A{spot[0]}  (A in 'T1'!" in words or f"tranche = A{spot[0]}  (A in T1!" in words
    assert f"yield = C{spot[0]}  (0.07" in words
    assert f"=XLFV_TRANCHE_CASHFLOW(projection_T1,A{spot[0]}) shows the class's cash" in words
    assert "=XLFV_WATERFALL(projection_T1,1) shows every step" in words
    assert "Unit: dollars." in words
    assert "Source: " in words


def test_a_handle_says_what_it_stands_for(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    desk[0].calculate()
    sheet, spot = cell_of(desk[0], "trust_T1", 0, 0)
    words = ask(sheet, spot)
    assert "It is a handle: it stands for the trust T1 of 2009-12." in words
    assert "XLFV_TRUST: " in words
    assert "bonds = bonds_T1  (4 rows" in words


def test_the_value_of_a_path_is_put_together(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    sheet, spot = cell_of(desk[0], "trust_T1", 0, 0)
    cell = desk[0].leaves[sheet].cells[spot]
    desk[0].leaves[sheet].cells[spot] = Formula(
        cell.text.replace("bonds_T1", 'data_folder&"/"&$A24&"/"&month&"/bonds.csv"')
    )
    assert "/T1/2009-12/bonds.csv)" in ask(sheet, spot)


def test_an_error_is_followed_to_the_cell_where_it_began(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    type_in(desk[0], "data_folder", "/no/such/folder")
    desk[0].calculate()
    words = ask("Summary", find(desk[0], "Summary", "=SUM($B"))
    assert "Summary!" in words
    assert "It comes from Control!C" in words
    assert "Why: XLFV_TRUST: there is no file" in words
    assert "Its formula: =XLFV_TRUST(" in words


def test_an_error_of_no_function_of_ours_is_said_to_be_one(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    desk[0].leaves["Mine"] = Leaf("Mine", {(1, 1): Formula("=1/0"), (2, 1): Formula("=A1+1")})
    desk[0].calculate()
    words = ask("Mine", (2, 1))
    assert "It comes from Mine!A1." in words
    assert "not of an xlfv function" in words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is empty."),
        (5.0, "holds a number, 5: it was typed or loaded"),
        ("abc", "holds a text, abc"),
        (True, "holds yes or no, TRUE"),
        ("=XLFV_SMM(1)", "holds a text, =XLFV_SMM(1)"),
        (Formula("=SUM(1,2)"), "Its formula has no function of xlfv: =SUM(1,2)"),
        (Formula("=XLFV_NO_SUCH(1)"), "xlfv has no function XLFV_NO_SUCH"),
        (Formula("=2*XLFV_SMM(0.06)"), "The whole formula: =2*XLFV_SMM(0.06)"),
    ],
)
def test_anything_else_is_said_plainly(desk: tuple[Desk, xw.Book], ask: Any, content: Any, words: str) -> None:
    desk[0].leaves["Mine"] = Leaf("Mine", {} if content is None else {(3, 2): content}, {(3, 2): 3.0})
    assert words in ask("Mine", (3, 2))


def test_a_cell_into_which_a_result_spills_says_so(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    words = ask("Cash flows", (14, 3))
    assert "a result spills into it" in words
    assert "It is part of what A12 gives. XLFV_TRUST_CASHFLOW: " in words


def test_an_input_says_in_which_range_it_stands(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    sheet, spot = cell_of(desk[0], "yields", 1, 2)
    assert "It stands in the range yields_yield, the range yields." in ask(sheet, spot)


def test_of_many_arguments_those_are_shown_that_fit(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    sheet, spot = cell_of(desk[0], "trust_T1", 0, 0)
    call = "XLFV_TRUST($A24,as_of," + ",".join(f'"{"long/" * 30}{k}.csv"' for k in range(9)) + ")"
    desk[0].leaves[sheet].cells[spot] = Formula("=" + call)
    words = ask(sheet, spot)
    assert "as_of = as_of  (2009-12-31 in Control!B8)" in words
    assert " more\nNext: =XLFV_TRUST_SUMMARY(this cell)" in words
    assert "Source: xlfv" in words


def test_a_locked_book_can_be_explained(desk: tuple[Desk, xw.Book], ask: Any) -> None:
    type_in(desk[0], "status", "locked")
    assert "shows" in ask("Control", (9, 2))


def test_next_steps_are_formulas_of_functions_that_exist() -> None:
    told = 0
    for function in registry.functions().values():
        for step in next_steps(Call(function.name, tuple(arg.name for arg in function.args))):
            name = step[1:].partition("(")[0]
            assert registry.find(name) is not None, step
            assert "{" not in step
            told += 1
    assert told >= 20


def test_no_such_button_is_refused(desk: tuple[Desk, xw.Book]) -> None:
    with pytest.raises(Refused, match="there is no button close_month -> one of load_month"):
        macros.begin("close_month", desk[1])
