"""How the book is made: text stays text, prints well, nothing hidden, the same bytes again."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.excel.book.conftest import MONTH, SAMPLE, Written
from xlfv.excel.book import write_book
from xlfv.excel.book.page import Exact, clean
from xlfv.months.folder import read_month
from xlfv.months.valued import value_month
from xlfv.tables import Refused

SHEETS = [
    "Curves", "Indices", "Yields", "Quotes", "Yield review", "Cash flows", "Tranches", "Charts", "Waterfall", "Fair value",
    "Blended yield", "By hand", "Scenarios", "Consolidation", "Trust values", "Rollforward",
    "Trust rollforwards", "Cash and REO", "Ledger", "Month before", "Attribution", "Change explained", "Attribution by trust",
    "Sensitivity", "Sensitivity by trust", "Disclosure", "Inputs", "Narrative", "Functions",
]  # fmt: skip
TOO_NEW = re.compile(
    r"XLOOKUP|\bLET\(|FILTER\(|LAMBDA|SEQUENCE|SORT\(|UNIQUE|ANCHORARRAY|_xlfn|#\)|TEXTJOIN|CONCAT\(|IFS\((?<!SUMIFS\()(?<!COUNTIFS\()"
)


def test_sheets_stand_in_their_order_and_none_is_hidden(sample: Written) -> None:
    book = sample.formulas
    assert book.sheetnames == ["Control", "Summary", *sample.valued.trusts, *SHEETS]
    assert {sheet.sheet_state for sheet in book} == {"visible"}


def test_every_sheet_is_ready_to_print(sample: Written) -> None:
    for sheet in sample.formulas:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 where nothing is said
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text
        assert "&A" in sheet.oddFooter.left.text
        assert sheet.freeze_panes
        assert not sheet.merged_cells.ranges
    assert sample.formulas["Summary"].page_setup.fitToHeight in (None, 1)


def test_every_sheet_says_what_when_whose_and_in_which_units(sample: Written) -> None:
    for sheet in sample.shown:
        assert sheet["A1"].value == sheet.title
        assert len(sheet["A2"].value) > 20
        assert sheet["A3"].value.startswith("As of 2009-12-31   |")
        assert "status: draft" in sheet["A3"].value
        assert "Prepared by" in sheet["A4"].value
        assert sheet["A5"].value == 0


def test_numbers_come_from_formulas(sample: Written) -> None:
    formulas = {
        sheet.title: [
            str(getattr(c.value, "text", c.value)) for row in sheet.iter_rows() for c in row if c.data_type == "f"
        ]
        for sheet in sample.formulas
    }
    for function, sheet in (
        ("XLFV_TRUST(", "Control"), ("XLFV_PROJECT(", "Control"), ("XLFV_FAIR_VALUE(", "Fair value"),
        ("XLFV_CHAIN_ROLLFORWARDS(", "Rollforward"), ("XLFV_WATERFALL(", "Waterfall"), ("XLFV_TRUST_CASHFLOW(", "Cash flows"),
        ("XLFV_TRANCHE_CASHFLOW(", "Tranches"), ("XLFV_RESIDUAL_VALUE(", "ICMB-2005-A"), ("XLFV_NET_TRUST_GAIN(", "Summary"),
        ("XLFV_QUOTES(", "Quotes"), ("XLFV_YIELD_REVIEW(", "Yield review"), ("XLFV_YIELD_RANGE(", "Yield review"),
        ("XLFV_UNPAID_PRINCIPAL(", "Fair value"), ("XLFV_BLENDED_YIELD(", "Blended yield"), ("XLFV_VALUE_CHECKS(", "Blended yield"),
        ("XLFV_RESIDUAL_SENSITIVITY(", "Scenarios"), ("XLFV_WEIGHTED_VALUE(", "Scenarios"), ("XLFV_CONSOLIDATE(", "Consolidation"),
        ("XLFV_DEBT_VALUE(", "Consolidation"), ("XLFV_TRUST_VALUES(", "Trust values"), ("XLFV_TRANCHE_PV(", "ICMB-2005-A"),
        ("XLFV_TRUST_SUMMARY(", "ICMB-2005-A"), ("XLFV_COLLATERAL_YIELD(", "ICMB-2005-A"), ("XLFV_HEDGE_VALUE(", "ICMB-2005-A"),
        ("XLFV_TRUST_ROLLFORWARD(", "Trust rollforwards"), ("XLFV_ATTRIBUTION(", "Attribution by trust"),
        ("XLFV_EXPLAIN_CHANGE(", "Change explained"), ("XLFV_SENSITIVITY(", "Sensitivity by trust"), ("XLFV_INPUTS(", "Inputs"),
        ("XLFV_DISCLOSURE(", "Disclosure"), ("XLFV_NARRATIVE(", "Narrative"), ("XLFV_TRUST(", "Month before"),
    ):  # fmt: skip
        assert any(function in formula for formula in formulas[sheet]), function


def test_older_spreadsheets_know_every_function_used(sample: Written) -> None:
    with zipfile.ZipFile(sample.path) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for formula in re.findall(r"<f[^>]*>([^<]*)</f>", parts.read(name).decode()):
                    assert not TOO_NEW.search(formula), formula


def test_it_does_not_recalculate_where_the_functions_are_unknown(sample: Written) -> None:
    with zipfile.ZipFile(sample.path) as parts:
        setting = re.search(r"<calcPr[^>]*>", parts.read("xl/workbook.xml").decode())
    assert setting
    assert "fullCalcOnLoad" not in setting[0]


def test_it_has_its_charts(sample: Written) -> None:
    with zipfile.ZipFile(sample.path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    titles = " ".join(re.sub("<[^>]+>", "", chart) for chart in charts)
    for title in ("Balance by class, $ millions", "Cash of the collateral by source", "Cash to the residual"):
        assert title in titles


def test_equal_inputs_give_equal_bytes(sample: Written, tmp_path: Path) -> None:
    again = write_book(sample.valued, sample.rolled, tmp_path / "book.xlsx")
    assert again.read_bytes() == sample.path.read_bytes()


def test_long_tables_travel_by_their_file_from_the_data_folder(sample: Written) -> None:
    formula = next(
        str(cell.value) for row in sample.formulas["Control"].iter_rows() for cell in row
        if "XLFV_TRUST($A24" in str(cell.value)
    )  # fmt: skip
    assert 'data_folder&"/"&$A24&"/"&month&"/loans.csv.gz"' in formula
    assert 'month&"/reo.csv"' in formula
    assert "bonds_ICMB_2005_A" in formula


def test_without_a_month_before_it_is_written_all_the_same(tmp_path: Path) -> None:
    valued = value_month(read_month(SAMPLE, MONTH))
    told: list[str] = []
    path = write_book(valued, None, tmp_path / "alone.xlsx", told.append)
    book = openpyxl.load_workbook(path, data_only=True)
    assert book["Control"]["A5"].value == 0
    assert "There is no folder of the month before" in str(book["Rollforward"]["A7"].value)
    assert {"Summary", "recalculating", "Fair value", "Control"} <= set(told)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "<r>x</r>", "x" * 40_000, "\ufffe"])
def test_any_text_can_be_written(text: str) -> None:
    kept = clean(text)
    kept.encode()
    assert len(kept) <= 32_767
    assert not (kept.startswith("<r>") and kept.endswith("</r>"))


def test_numbers_are_written_with_all_their_digits() -> None:
    for number in (0.1 + 0.2, 1 / 3, 1e300, 123456789.123456789):
        assert float(f"{Exact(number):.16G}") == number


def test_a_book_is_replaced_unless_it_is_locked_or_not_ours(sample: Written, tmp_path: Path) -> None:
    """A signed-off book and somebody's own workbook stay as they are; a draft is replaced."""
    path = tmp_path / "book.xlsx"
    for status, words in (("draft", ""), ("checked", "book.xlsx is checked"), ("Locked", "book.xlsx is locked")):
        book = sample.formulas
        book["Control"][book.defined_names["status"].attr_text.partition("!")[2].replace("$", "")] = status
        book.save(path)
        before = path.read_bytes()
        if not words:
            write_book(sample.valued, sample.rolled, path)
            assert path.read_bytes() != before
        else:
            with pytest.raises(Refused, match=words):
                write_book(sample.valued, sample.rolled, path)
            assert path.read_bytes() == before
    own = openpyxl.Workbook()
    own.save(path)
    before = path.read_bytes()
    for content in (before, b"not a workbook"):
        path.write_bytes(content)
        with pytest.raises(Refused, match="no valuation workbook of xlfv"):
            write_book(sample.valued, sample.rolled, path)
        assert path.read_bytes() == content
