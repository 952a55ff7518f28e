"""Every host answers alike, errors included: called directly, recalculated headless, and through xlwings."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.excel.golden import GOLDEN
from xlfv.excel import call, explain, registry
from xlfv.excel.codec import Grid, cell_name, error_number
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.excel.hosts.xlwings import MARK, mark, vba_name
from xlfv.tables import ErrorCell
from xlfv.tables.table import ERROR_CODES

ROOT = Path(__file__).resolve().parents[2]
ROOM = 12  # rows kept free for each call in the workbook
MAKERS = {"#REF!": "=INDEX(A1,9,9)", "#N/A": "=NA()", "#DIV/0!": "=1/0"}


def direct() -> list[Grid]:
    return [call(name, *args) for name, args in GOLDEN]


def golden_workbook() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    calls, data = book.add_worksheet("Calls"), book.add_worksheet("The data")
    for k, (name, args) in enumerate(GOLDEN):
        refs, column = [], 0
        for arg in args:
            block = arg if isinstance(arg, list) else [[arg]]
            for r, row in enumerate(block):
                for c, cell in enumerate(row):
                    write(data, k * ROOM + r, column + c, cell)
            first = cell_name(k * ROOM + 1, column + 1)
            last = cell_name(k * ROOM + len(block), column + len(block[0]))
            refs.append(f"'The data'!{first}" + (f":{last}" if last != first else ""))
            column += len(block[0]) + 1
        # The room is written out, as a saved workbook has it: padding must not keep the result from spilling.
        formula = f"={name}({','.join(refs)})"
        calls.write_dynamic_array_formula(k * ROOM, 0, k * ROOM + ROOM - 2, 2, formula)
        calls.write_formula(k * ROOM, 5, f"=XLFV_WHY(A{k * ROOM + 1})")
        calls.write_formula(k * ROOM, 6, f'=XLFV_WHY("Calls!A{k * ROOM + 1}")')
        calls.write_formula(k * ROOM, 7, f'=XLFV_WHY("Calls!"&"A{k * ROOM + 1}")')
    book.close()
    return target.getvalue()


def write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, str) and cell in ERROR_CODES:
        if cell == "#SPILL!":
            sheet.write_dynamic_array_formula(row, column, row, column, "=1*({1;2})")
            sheet.write_number(row + 1, column, 9)
        else:
            sheet.write_formula(row, column, MAKERS[cell])
    elif cell is not None:
        sheet.write(row, column, cell) if not isinstance(cell, str) else sheet.write_string(row, column, cell)


@pytest.fixture(scope="module")
def headless() -> Recalculated:
    return recalculate(golden_workbook(), book="golden.xlsx")


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
    shown = {name: set() for name, _ in GOLDEN}
    for (name, _), grid in zip(GOLDEN, direct(), strict=True):
        shown[name].add(isinstance(grid[0][0], ErrorCell))
    assert all(kinds == {True, False} for kinds in shown.values())


def test_headless_answers_as_a_direct_call_does(headless: Recalculated) -> None:
    for k, grid in enumerate(direct()):
        area = f"A{k * ROOM + 1}:{cell_name(k * ROOM + len(grid), len(grid[0]))}"
        assert headless.grid("Calls", area) == grid, GOLDEN[k]


def test_xlwings_answers_as_a_direct_call_does(through_xlwings: dict[str, Any]) -> None:
    for k, grid in enumerate(direct()):
        assert through_xlwings["results"][k] == [[mark(cell) for cell in row] for row in grid], GOLDEN[k]


def core(reason: str) -> str:
    """A reason without its place, which hosts know more or less of."""
    return re.sub(r" \[[^\]]*(\][^\]]*)?\]", "", reason).partition(". There:")[0]


def test_every_host_gives_the_same_reason(through_xlwings: dict[str, Any]) -> None:
    fresh = recalculate(golden_workbook(), book="golden.xlsx")
    for k, grid in enumerate(direct()):
        cell = grid[0][0]
        if isinstance(cell, ErrorCell) and GOLDEN[k][1] != ["#SPILL!"]:
            reasons = [
                fresh.value("Calls", k * ROOM + 1, c).partition("]: ")[2] or fresh.value("Calls", k * ROOM + 1, c)
                for c in (6, 7)
            ]
            assert {core(reason) for reason in reasons} == {core(cell.reason)}
            assert core(through_xlwings["whys"][k]) == core(cell.reason)
            if " came" in reasons[0] or " stands " in reasons[0]:
                assert "The data" in reasons[0]
                assert "Data!" in through_xlwings["whys"][k]


def test_why_takes_a_reference_in_both_hosts(headless: Recalculated, through_xlwings: dict[str, Any]) -> None:
    assert "rates are decimals" in headless.value("Calls", ROOM + 1, 6)
    assert "rates are decimals" in headless.value("Calls", ROOM + 1, 7)
    assert "rates are decimals" in through_xlwings["why_reference"]
    assert headless.value("Calls", 1, 6) == "no error"


def test_a_range_of_several_areas_is_refused_by_xlwings(through_xlwings: dict[str, Any]) -> None:
    assert through_xlwings["several"] == [[mark(ErrorCell("#VALUE!"))]]


def test_dates_from_com_are_dates(through_xlwings: dict[str, Any]) -> None:
    assert through_xlwings["dates"] == [[3.0]]


def test_xlwings_writes_vba_with_our_names_and_help(through_xlwings: dict[str, Any]) -> None:
    vba = through_xlwings["vba"]
    for f in registry.functions().values():
        declared = re.search(rf"Function {f.name}\((.*)\)", vba)
        assert declared, f.name
        names = [arg.removeprefix("Optional ") for arg in declared[1].split(", ") if arg]
        assert names == [vba_name(arg) for arg in f.args]
    assert "Function XLFV_PV(cashflows, yield_, Optional basis)" in vba
    helps = {macro.rpartition("!")[2]: options for macro, options in through_xlwings["helps"]}
    for f in registry.functions().values():
        assert helps[f.name]["Description"] == f.what
        assert helps[f.name]["Category"] == f"xlfv {f.family}"
        assert (helps[f.name]["ArgumentDescriptions"] or []) == [arg.help for arg in f.args]


def test_words_of_vba_get_an_underscore() -> None:
    from xlfv.excel.arguments import Arg

    assert vba_name(Arg("end", "text", "the end")) == "end_"
    assert vba_name(Arg("name", "text", "a name")) == "name"


@pytest.mark.parametrize("code", ERROR_CODES)
def test_a_marked_error_names_the_number_for_cverr(code: str) -> None:
    assert mark(ErrorCell(code)) == f"{MARK}{error_number(code)}"


def test_a_text_cannot_pose_as_an_error_and_a_blank_is_no_zero() -> None:
    assert not mark(f"{MARK}2036").startswith(MARK)
    assert mark(None) == ""


def test_the_module_of_xlwings_imports_without_windows() -> None:
    from xlfv.excel.hosts import xlwings as host

    assert host.XLFV_SMM(0.06) == call("XLFV_SMM", 0.06)
    assert host.XLFV_SMM(6.0) == [[f"{MARK}2015"]]
    assert explain.latest() is not None
