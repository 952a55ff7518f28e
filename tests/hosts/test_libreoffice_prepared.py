"""What is altered in a copy of a workbook for LibreOffice, and what is not; and that a missing LibreOffice is told."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from tests.excel.golden_book import golden_workbook
from tests.hosts.libreoffice import addin, session
from tests.hosts.libreoffice.formulas import Formulas, in_excel
from tests.hosts.libreoffice.prepare import prepare
from tests.hosts.libreoffice.site import read_site
from xlfv.excel import registry
from xlfv.tables import Place

SHIPPED = addin.ROOT / "workbooks/valuation.xlsm"
SMM, WHY, PV = "ORG.XLFV.CALCADDIN.XLFVSMM", "ORG.XLFV.CALCADDIN.XLFVWHY", "ORG.XLFV.CALCADDIN.XLFVPV"


def bound(formula: str, *, array: bool = False) -> str:
    names, rooms = {"rates": "'My data'!$B$2:$B$9"}, {("s", "D4"): "D4:F9"}
    return Formulas("b.xlsx", names, rooms).of_cell(formula, "S", 7, 2, array=array)


@pytest.mark.parametrize(
    "name", ["XLFV_SMM", "xlfv_smm", "_xll.XLFV_SMM", "[1]!XLFV_SMM", r"'C:\x\xlfv.xlam'!XLFV_SMM"]
)
def test_a_call_is_bound_however_excel_wrote_its_name(name: str) -> None:
    assert bound(f"{name}(A1)") == f"{SMM}(\"xlfv-site:'[b.xlsx]S'!B7?S!A1\",A1)"


def test_a_call_says_where_it_and_its_ranges_stand() -> None:
    keyed = bound("1+XLFV_PV(rates,0.06,A1)")
    assert keyed == f"1+{PV}(\"xlfv-site:'[b.xlsx]S'!B7?'My data'!B2??S!A1\",rates,0.06,A1)"
    site = read_site(re.findall('"(.*?)"', keyed)[0])
    assert site is not None
    assert site.caller == "'[b.xlsx]S'!B7"
    assert site.places == (Place("My data", 2, 2, "sheet"), None, Place("S", 1, 1, "sheet"))


def test_an_argument_left_out_stays_left_out_and_an_empty_text_stays_a_text() -> None:
    assert bound('XLFV_PV(A1,,"")').endswith(',A1,,"")')
    assert bound('IF(A1="","",XLFV_SMM(A1))').startswith('IF(A1="","",')


def test_texts_and_other_functions_stay_as_they_are() -> None:
    for formula in ('"XLFV_SMM(A1)"&A1', "SUM(A1:B2)", "XLFV_NOSUCH+1", 'IF(A1,"it""s","")'):
        assert bound(formula) == formula


def test_the_question_why_of_a_cell_is_asked_by_its_address_where_it_shows_an_error() -> None:
    assert bound("XLFV_WHY(A1)").endswith('?S!A1",IF(ISERROR(A1),"S!A1",A1))')
    assert bound('XLFV_WHY("S!A1"&B1)') == f'{WHY}("xlfv-site:\'[b.xlsx]S\'!B7?","S!A1"&B1)'


def test_an_array_of_ours_has_its_texts_joined_by_calc_and_what_spills_is_a_range() -> None:
    assert bound("XLFV_ABOUT()", array=True).count("XLFVABOUT") == 3
    assert bound("SUM(A1:A9)", array=True) == "SUM(A1:A9)"
    assert bound("SUM(_xlfn.ANCHORARRAY(D4))") == "SUM(D4:F9)"


def test_every_formula_of_the_shipped_workbook_is_told_back_as_it_was() -> None:
    told = 0
    for sheet in openpyxl.load_workbook(SHIPPED).worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                array = isinstance(cell.value, ArrayFormula)
                if array or cell.data_type == "f":
                    formula = (cell.value.text if array else cell.value).removeprefix("=")
                    assert in_excel(bound(formula, array=array)) == formula
                    told += "XLFV_" in formula
    assert told > 200


def test_a_copy_differs_in_formulas_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(SHIPPED) as before, zipfile.ZipFile(prepare(SHIPPED, tmp_path / "copy.xlsx")) as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
        assert changed
        for name in changed:
            bare = [re.sub(r"(<f\b[^>]*>)[^<]*", r"\1", book.read(name).decode()) for book in (before, after)]
            assert bare[0] == bare[1], name


def test_the_add_in_declares_every_function() -> None:
    functions = list(registry.functions().values())
    declared, shown = addin.interface(functions), addin.wizard(functions)
    assert declared.count("] any pMore)") == shown.count('oor:name="pMore"') == len(functions)
    for f in functions:
        assert f'<prop oor:name="DisplayName"><value xml:lang="en-US">{f.name}</value></prop>' in shown


def test_without_libreoffice_tests_are_skipped_here_and_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addin, "PROGRAM", Path("/nowhere"))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(
        pytest.skip.Exception, match=r"soffice is missing .* apt-get install libreoffice-calc python3-uno"
    ):
        session.require()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="soffice is missing"):
        session.require()


def test_a_python_without_uno_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    for file in ("program/soffice.bin", "compiler"):
        (tmp_path / file).touch()
    monkeypatch.setattr(addin, "PROGRAM", tmp_path)
    monkeypatch.setattr(addin, "COMPILER", tmp_path / "compiler")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(session, "PYTHON", str(python))
    assert "has no uno -> apt-get install" in session.missing()
    python.write_text("#!/bin/sh\necho 3 99\n")
    assert session.missing().startswith("LibreOffice runs Python 3.99, these tests Python 3.")


def test_the_golden_workbook_is_prepared_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(prepare(golden_workbook(), tmp_path / "golden.xlsx")) as copy:
        text = copy.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<f\b[^>]*>(?:[^<]*[^.\w])?XLFV_", text)
