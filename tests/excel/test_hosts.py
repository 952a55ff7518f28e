"""Every host answers alike, errors included: called directly, recalculated headless, and through xlwings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.excel.example_book import book_folder
from tests.excel.golden import GOLDEN, HELP
from tests.excel.golden_book import ABOUT, CALLS, WHYS, about_area, area, direct, golden_workbook, tops
from tests.hosts import answers, matrix
from tests.hosts.answers import core
from xlfv.excel import call, explain, registry
from xlfv.excel.codec import error_number
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.excel.hosts.protocol import BAD, ERROR, GONE, SIGN, WAIT
from xlfv.excel.hosts.xlwings import mark
from xlfv.tables import ErrorCell
from xlfv.tables.table import ERROR_CODES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def headless() -> Recalculated:
    return recalculate(golden_workbook(), book="golden.xlsx", folder=book_folder())


@pytest.fixture(scope="module")
def through_xlwings() -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, str(ROOT / "tests/excel/xlwings_run.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout.partition("RESULT")[2]))


def test_the_golden_table_holds_good_results_and_errors_of_every_function() -> None:
    shown: dict[str, set[bool]] = {name: set() for name in registry.functions() if name not in HELP}
    for (name, _), grid in zip(GOLDEN, direct(), strict=True):
        shown[name].add(isinstance(grid[0][0], ErrorCell))
    assert {name: kinds for name, kinds in shown.items() if kinds != {True, False}} == {}


def test_headless_answers_as_a_direct_call_does(headless: Recalculated) -> None:
    grids = [headless.grid(CALLS, area(k)) for k in range(len(GOLDEN))]
    whys = [headless.value(CALLS, top + 1, WHYS + 2) for top in tops()[: len(GOLDEN)]]
    found = answers.write("headless", grids, whys=whys, about=headless.grid(ABOUT, about_area()))
    assert matrix.compare(answers.of_direct_calls(), found).faults == []


def test_xlwings_answers_as_a_direct_call_does(through_xlwings: dict[str, Any]) -> None:
    for k, grid in enumerate(direct()):
        assert through_xlwings["results"][k] == [[mark(cell) for cell in row] for row in grid], GOLDEN[k]
    whys, about = through_xlwings["whys"], through_xlwings["about"]
    found = answers.write("xlwings", through_xlwings["results"], whys=whys, about=about)
    assert matrix.compare(answers.of_direct_calls(), found).faults == []


def test_every_host_gives_the_same_reason(headless: Recalculated, through_xlwings: dict[str, Any]) -> None:
    for k, grid in enumerate(direct()):
        cell = grid[0][0]
        if isinstance(cell, ErrorCell) and GOLDEN[k][1] != ["#SPILL!"]:
            reasons = [headless.value("Calls", tops()[k] + 1, WHYS + c) for c in (1, 2)]
            assert {core(reason) for reason in reasons} == {core(cell.reason)}
            assert core(through_xlwings["whys"][k]) == core(cell.reason)
            if " came" in reasons[0] or " stands " in reasons[0]:
                assert "Calls!" in reasons[0] or "The data" in reasons[0], reasons[0]
                assert "Data!" in through_xlwings["whys"][k]


def test_why_takes_a_reference_in_both_hosts(headless: Recalculated, through_xlwings: dict[str, Any]) -> None:
    row = tops()[1] + 1
    assert all("rates are decimals" in headless.value("Calls", row, WHYS + c) for c in (1, 2, 3))
    assert "rates are decimals" in through_xlwings["why_reference"]
    assert headless.value("Calls", 1, WHYS + 1) == "no error"


def test_a_range_of_several_areas_is_refused_by_xlwings(through_xlwings: dict[str, Any]) -> None:
    assert through_xlwings["several"] == [[mark(ErrorCell("#VALUE!"))]]


def test_a_relative_path_is_read_beside_the_calling_workbook(through_xlwings: dict[str, Any], tmp_path: Path) -> None:
    assert through_xlwings["beside"] == [[7.0]]
    (tmp_path / "cash.csv").write_text("month,cash\n1,8\n")
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("S").write_formula("A1", '=XLFV_PV("cash.csv",0)')
    assert recalculate(tmp_path / "book.xlsx").value("S", 1, 1) == 8.0
    content = (tmp_path / "book.xlsx").read_bytes()
    assert recalculate(content, folder=tmp_path).value("S", 1, 1) == 8.0
    assert recalculate(content).value("S", 1, 1) == "#N/A"


def test_dates_from_com_are_dates(through_xlwings: dict[str, Any]) -> None:
    assert through_xlwings["dates"] == [[3.0]]


@pytest.mark.parametrize("code", ERROR_CODES)
def test_a_marked_error_names_the_number_for_cverr(code: str) -> None:
    assert mark(ErrorCell(code)) == f"{ERROR}{error_number(code)}"


def test_a_text_cannot_pose_as_a_reply_and_a_blank_is_no_zero() -> None:
    for sign in (ERROR, WAIT, GONE, BAD):
        assert not mark(f"{sign}2036").startswith(SIGN)
    assert mark(None) == ""


def test_the_module_of_xlwings_imports_without_windows() -> None:
    from xlfv.excel.hosts import xlwings as host

    assert host.answer("XLFV_SMM", [0.06], [""], "", "") == call("XLFV_SMM", 0.06)
    assert host.answer("XLFV_SMM", [6.0], [""], "", "") == [[f"{ERROR}2015"]]
    assert explain.latest() is not None
