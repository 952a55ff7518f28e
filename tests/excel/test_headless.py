"""A workbook recalculated in process: what it may hold, and that the file and its texts stay as they are."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xlfv.excel import explain
from xlfv.excel.hosts.headless import _tokenize, recalculate
from xlfv.excel.hosts.sites import Sites
from xlfv.tables import ErrorCell, Place, Refused


def book(fill: Callable[[Any, Any], None]) -> bytes:
    """A workbook with the sheets 'My data' and Out, filled by a function."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    data, out = made.add_worksheet("My data"), made.add_worksheet("Out")
    for row, line in enumerate([["month", "cash"], *[[k, 100.0] for k in range(1, 13)]]):
        data.write_row(row, 0, line)
    data.write_string("F6", "bad")
    made.define_name("flows", "='My data'!$A$1:$B$13")
    fill(data, out)
    made.close()
    return target.getvalue()


def formulas(*texts: str) -> Any:
    """Those formulas down column A of Out, recalculated."""

    def fill(_: Any, out: Any) -> None:
        for row, text in enumerate(texts):
            out.write_formula(row, 0, text)

    return recalculate(book(fill), book="b.xlsx")


def test_results_and_real_errors_stand_in_the_cells() -> None:
    done = formulas("=XLFV_PV(flows,0)", "=XLFV_SMM(6)", "=SUM(A1:A2)", "=SUM(A1,1)", "=IFERROR(A2,-1)", "=ISERROR(A2)")
    assert [done.value("Out", row, 1) for row in range(1, 7)] == [1200.0, "#VALUE!", "#VALUE!", 1201.0, -1.0, True]
    assert isinstance(done.value("Out", 2, 1), ErrorCell)


def test_reasons_are_kept_by_cell_and_name_the_cell_at_fault() -> None:
    done = formulas("=XLFV_SMM('My data'!F6)", "=XLFV_SMM(7)", "=XLFV_PV(flows, Out!A1)")
    assert "the text 'bad' came ['My data'!F6]" in done.why("Out!A1")
    assert done.value("Out", 1, 1).reason == done.why("Out!A1")
    assert "7 came" in done.why("Out!A2")
    assert "yield is the error #VALUE! [Out!A1]. There: XLFV_SMM" in done.why("Out!A3")
    assert done.errors() == [("Out!A1", "#VALUE!"), ("Out!A2", "#VALUE!"), ("Out!A3", "#VALUE!")]
    assert done.why("'My data'!A1") == "no error"


def test_a_range_in_a_message_is_named_by_its_cell_through_a_defined_name() -> None:
    def fill(data: Any, out: Any) -> None:
        data.write_string("B5", "x")
        out.write_formula("A1", "=XLFV_PV(flows, 0.06)")
        out.write_formula("A2", "=XLFV_WAL('My data'!B2:B13)")

    done = recalculate(book(fill))
    assert "['My data'!B5, column cash]" in done.why("Out!A1")
    assert "['My data'!B5]" in done.why("Out!A2")


def test_nested_calls_keep_their_reasons_and_texts_stay_as_they_are() -> None:
    done = formulas(
        "=XLFV_PV(flows,XLFV_SMM(6))", "=XLFV_WHY(XLFV_SMM(6))", '="XLFV_SMM(1,"&"2)"', '=LEN("a ""XLFV_PV("" b")'
    )
    assert "There: XLFV_SMM: cpr must be" in done.why("Out!A1")
    assert "rates are decimals" in done.value("Out", 2, 1)
    assert done.value("Out", 3, 1) == "XLFV_SMM(1,2)"
    assert done.value("Out", 4, 1) == 14.0


def test_an_argument_left_out_is_blank_and_not_zero() -> None:
    done = formulas("=XLFV_PV(flows,0,)", "=XLFV_PV(flows,,)", "=XLFV_SMM()", "=XLFV_SMM( )")
    assert done.value("Out", 1, 1) == 1200.0
    for row in (2, 3, 4):
        assert "is blank" in done.value("Out", row, 1).reason


def test_unknown_functions_and_too_many_arguments_say_so() -> None:
    done = formulas("=XLFV_SNM(1)", "=XLFV_SMM(1,2,3,4,5)", "=1+XLFV_SMM(1,2)")
    assert "did you mean XLFV_SMM?" in done.value("Out", 1, 1).reason
    assert "write XLFV_SMM(cpr)" in done.value("Out", 2, 1).reason
    assert done.value("Out", 3, 1) == "#VALUE!"


def test_results_spill_and_are_read_as_spilled() -> None:
    def fill(_: Any, out: Any) -> None:
        out.write_dynamic_array_formula("C1:C5", '=XLFV_VECTOR("6 ramp 3 to 12 then 4",5)')
        out.write_formula("A1", "=SUM(C1#)")
        out.write_formula("A2", "=SUM(_xlfn.ANCHORARRAY(C1))")
        out.write_formula("A3", "=XLFV_WAL(C1#)")
        out.write_formula("A4", "=SUM(C1:C5)")

    done = recalculate(book(fill))
    assert done.grid("Out", "C1:C6") == [[0.06], [0.09], [0.12], [0.04], [0.04], [None]]
    assert [done.value("Out", row, 1) for row in (1, 2, 4)] == pytest.approx([0.35] * 3)
    assert isinstance(done.value("Out", 3, 1), float)


def test_tables_of_a_sheet_are_read() -> None:
    def fill(data: Any, out: Any) -> None:
        columns = [{"header": "month"}, {"header": "cash"}]
        data.add_table("A1:B13", {"name": "tblFlows", "columns": columns})
        out.write_formula("A1", "=XLFV_PV(tblFlows[#All],0)")
        out.write_formula("A2", "=XLFV_SMM(6)")

    done = recalculate(book(fill))
    assert done.value("Out", 1, 1) == 1200.0
    assert "6 came" in done.why("Out!A2")


def test_formulas_that_a_sheet_shares_each_know_their_cell() -> None:
    content = book(lambda data, out: out.write_row(0, 0, [2.0, 3.0, 0.5]))
    loaded = openpyxl.load_workbook(io.BytesIO(content))
    sheet = loaded["Out"]
    sheet["A2"] = "=XLFV_SMM(A1)"
    target = io.BytesIO()
    loaded.save(target)
    shared = _share(target.getvalue())
    done = recalculate(shared)
    assert "2 came" in done.why("Out!A2")
    assert "3 came" in done.why("Out!B2")
    assert isinstance(done.value("Out", 2, 3), float)


def _share(content: bytes) -> bytes:
    """A2's formula shared over A2:C2, as Excel writes a formula filled to the right."""
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for item in source.infolist():
            part = source.read(item)
            if item.filename.endswith("sheet2.xml"):
                text = part.decode()
                at = text.index("<f>XLFV_SMM(A1)</f>")
                start, end = text.rindex("<c ", 0, at), text.index("</c>", at) + 4
                cells = '<c r="A2"><f t="shared" ref="A2:C2" si="0">XLFV_SMM(A1)</f></c>'
                cells += '<c r="B2"><f t="shared" si="0"/></c><c r="C2"><f t="shared" si="0"/></c>'
                part = (text[:start] + cells + text[end:]).encode()
            out.writestr(item, part)
    return target.getvalue()


def test_the_file_is_not_touched_and_names_the_book(tmp_path: Path) -> None:
    path = tmp_path / "May close.xlsx"
    path.write_bytes(content := book(lambda _, out: out.write_formula("A1", "=XLFV_SMM(6)") and None))
    done = recalculate(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]
    kept = explain.latest()
    assert kept is not None
    assert str(kept.address) == "'[May close.xlsx]Out'!A1"
    assert "6 came" in done.why("Out!A1")


def test_two_books_keep_their_reasons_apart() -> None:
    first = recalculate(book(lambda _, out: out.write_formula("A1", "=XLFV_SMM(6)") and None), book="one")
    second = recalculate(book(lambda _, out: out.write_formula("A1", "=XLFV_SMM(7)") and None), book="two")
    assert "6 came" in first.why("Out!A1")
    assert "7 came" in second.why("Out!A1")


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(Refused, match="not a workbook"):
        recalculate(b"hello")
    with pytest.raises(Refused, match="there is no file"):
        recalculate("nowhere.xlsx")
    done = formulas("=1")
    with pytest.raises(Refused, match="has no sheet Nope"):
        done.value("Nope", 1, 1)
    with pytest.raises(Refused, match="no cell's address"):
        done.why("here")


@pytest.mark.parametrize(
    ("formula", "rewritten", "places"),
    [
        ("SUM(A1)", "SUM(A1)", []),
        ("XLFV_ABOUT()", 'XLFV_ABOUT("@0")', [()]),
        ("xlfv_smm(B2)", 'xlfv_smm("@0",B2)', [(Place("S", 2, 2, "sheet"),)]),
        ("XLFV_PV('a,b'!$B$3:C9,-A1,)", """XLFV_PV("@0",'a,b'!$B$3:C9,-A1,"")""",
         [(Place("a,b", 3, 2, "sheet"), None, None)]),
        ("XLFV_PV(flows,1)", 'XLFV_PV("@0",flows,1)', [(Place("My data", 1, 1, "sheet"), None)]),
        ("XLFV_PV(A:B,1)", 'XLFV_PV("@0",A:B,1)', [(Place("S", 1, 1, "sheet"), None)]),
        ("XLFV_PV(IF(A1,B1:B2,C1),{1,2})", 'XLFV_PV("@0",IF(A1,B1:B2,C1),{1,2})', [(None, None)]),
        ("1+XLFV_PV((A1,B1), XLFV_SMM(A1) )*2", '1+XLFV_PV("@1",(A1,B1), XLFV_SMM("@0",A1) )*2',
         [(Place("S", 1, 1, "sheet"),), (None, Place("S", 9, 9, "sheet"))]),
        ('XLFV_WHY("T!B2")', 'XLFV_WHY("@0",T!B2)', [(Place("T", 2, 2, "sheet"),)]),
        ('XLFV_WHY("[b.xlsx]T!B2")', 'XLFV_WHY("@0",T!B2)', [(Place("T", 2, 2, "sheet"),)]),
        ('XLFV_WHY("[other]T!B2")', 'XLFV_WHY("@0","[other]T!B2")', [(None,)]),
        ('XLFV_SMM("T!B2")', 'XLFV_SMM("@0","T!B2")', [(None,)]),
    ],
)  # fmt: skip
def test_formulas_are_rewritten_with_the_places_of_their_arguments(
    formula: str, rewritten: str, places: list[Any]
) -> None:
    sites = Sites(_tokenize, {"flows": "'My data'!$A$1:$B$13"}, "b.xlsx")
    assert sites.rewrite(formula, "S", 9, 9).replace("xlfv-site:", "@") == rewritten
    assert [site.places for site in sites.found] == places
    assert {site.caller for site in sites.found} <= {"'[b.xlsx]S'!I9"}


@pytest.mark.parametrize("addin", ["[1]!", "xlfv.xlam!", "'C:\\Users\\A B\\XLSTART\\xlfv.xlam'!"])
def test_a_formula_that_names_the_addin_as_excel_saves_it_is_calculated(addin: str) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write_formula("A1", f"={addin}XLFV_SMM(0.06)+{addin}XLFV_SMM(0)")
        sheet.write_formula("A2", f'="{addin.replace(chr(34), "")}XLFV_SMM(0.06)"')
    book_ = recalculate(target.getvalue())
    assert book_.value("S", 1, 1) == pytest.approx(0.005143012831822946, rel=1e-15)
    assert book_.value("S", 2, 1) == f"{addin}XLFV_SMM(0.06)"
