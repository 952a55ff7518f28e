"""The worked example of the README gives what the README says."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import xlsxwriter

from tests.excel.golden import STATUS_CURVES
from xlfv.excel import call, handles
from xlfv.excel.hosts.headless import recalculate
from xlfv.market.vectors import parse_vector

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def example_cells() -> list[tuple[int, list[str]]]:
    """Rows of the example's table: the sheet's row number and its cells."""
    rows = re.findall(r"^\| \*\*(\d+)\*\* \|(.*)\|$", README, flags=re.M)
    return [(int(number), [cell.strip() for cell in cells.split("|")]) for number, cells in rows]


def example_formulas() -> list[tuple[str, str, str]]:
    """The example's cell, formula and what stands beside it."""
    return re.findall(r"^(F\d): (=\S.*?)  +(\S.*)$", README, flags=re.M)


@pytest.fixture(scope="module")
def book():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Example")
        for row, cells in example_cells():
            for column, cell in enumerate(cells):
                if re.fullmatch(r"[\d.]+", cell):
                    sheet.write_number(row - 1, column, float(cell))
                elif cell:
                    sheet.write_string(row - 1, column, cell)
        for cell, formula, _ in example_formulas():
            if "CASHFLOW" not in formula:
                sheet.write_formula(cell, formula)
    handles.configure(None)
    return recalculate(target.getvalue())


def test_the_example_is_there():
    assert len(example_cells()) == 11
    assert len(example_formulas()) == 6


@pytest.mark.parametrize(("cell", "formula", "shown"), example_formulas())
def test_a_formula_gives_what_is_shown(book, cell, formula, shown):
    if shown.startswith("spills"):
        pytest.skip("a spill, shown in the reference")
    value = book.value("Example", int(cell[1:]), 6)
    if shown.endswith("..."):
        assert str(value).startswith(shown[:-3])
    else:
        digits = len(shown.partition(".")[2])
        assert f"{value:,.{digits}f}" == shown


def test_every_function_named_exists():
    from xlfv.excel import registry

    named = set(re.findall(r"`(XLFV_[A-Z_]+)`", README)) | {
        f"XLFV_TRANCHE{s}" for s in re.findall(r"`(_[A-Z_]+)`", README)
    }
    assert named - {"XLFV_SHARED", "XLFV_CACHE", "XLFV_BOOK"} == set(registry.functions())


@pytest.mark.parametrize("text", re.findall(r"`(\d[^`]* (?:ramp|for) [^`]*)`", README))
def test_a_vector_in_words_is_read(text):
    assert len(parse_vector(text, 60)) == 60


def test_changes_of_curves_are_read():
    told = README[README.index('`XLFV_CURVES_CHANGE(curves, "') :]
    found = [
        one for one in re.findall(r"`([^`]*)`", told.partition("What happened")[0]) if re.search(r" [*+] |^[*+] ", one)
    ]
    changes = [re.sub(r'^.*"(.*)"\)$', r"\1", one) for one in found]
    assert len(changes) == 5
    for change in changes:
        assert call("XLFV_CURVES_CHANGE", STATUS_CURVES, change)[0][0] == "curve", change


def test_python_calls():
    assert call("XLFV_SMM", 0.06) == [[0.005143012831822946]]
    failed = call("XLFV_SMM", 6)
    assert failed == [["#VALUE!"]]
    assert "0.06" in call("XLFV_WHY", failed)[0][0]
