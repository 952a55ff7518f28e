"""Books of folders of one's own: what the company records or leaves out, and collateral measured otherwise than blended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.excel.book.conftest import Rows, edited, small_tables, write_folder, written
from tests.excel.book.test_value_pages import find

FACTS = [
    {"trust": "T", "date": "2005-01-31", "fact": fact, "value": value, "source": "file"}
    for fact, value in (("qspe", "no"), ("holds_residual", "yes"), ("master_servicer", "yes"))
]
FLOATING = {"instrument": "notes", "balance": 1000000, "index": "LIBOR_1M", "margin": 0.02, "maturity": "2019-12-30",
            "yield": 0.06, "own_credit_spread": 0.03}  # fmt: skip


def _book(tmp_path: Path, tables: dict[str, Rows], **company: Rows) -> Any:
    data = tmp_path / "data"
    write_folder(data, "T", "2009-12", tables)
    if company:
        write_folder(data, "company", "2009-12", company)
    return written(tmp_path, data, "2009-12")


def test_without_a_company_the_pages_say_what_is_missing(tmp_path: Path) -> None:
    book = _book(tmp_path, small_tables())
    words = [
        str(cell.value) for name in ("Quotes", "Scenarios", "Consolidation") for (cell,) in book.shown[name]["A1:A60"]
    ]
    for missing in ("quotes.csv", "ranges.csv", "scenarios.csv", "facts.csv", "debt.csv"):
        assert any(f"2009-12/{missing}" in each for each in words), missing
    assert book.fresh.errors() == []


def test_long_term_debt_floats_on_the_indices_for_all_where_the_trust_has_its_own(tmp_path: Path) -> None:
    """The shared table stands on no sheet then: it is read from its file."""
    (tmp_path / "data" / "indices").mkdir(parents=True)
    (tmp_path / "data" / "indices" / "2009-12.csv").write_text("month,LIBOR_1M,discount\n0,0.01,0.01\n12,0.02,0.02\n")
    tables = small_tables(indices=[{"month": 0, "LIBOR_1M": 0.3}])
    book = _book(tmp_path, tables, facts=FACTS, debt=[FLOATING])
    assert book.fresh.errors() == []
    assert book.shown["Control"]["A5"].value == 0
    sheet = book.shown["Consolidation"]
    row = find(sheet, "notes")
    assert sheet.cell(row, 3).value < 1_000_000  # at LIBOR of 1% to 2%, not at 30%
    assert sheet.cell(row, 10).value < 0.0


def test_facts_of_a_trust_of_another_month_are_left_out(tmp_path: Path) -> None:
    write_folder(tmp_path / "data", "Old", "2008-12", small_tables())
    others = [{**fact, "trust": "Old"} for fact in FACTS]
    book = _book(tmp_path, small_tables(), facts=[*others, *FACTS])
    assert book.fresh.errors() == []
    sheet = book.shown["Consolidation"]
    assert sheet.cell(find(sheet, "T"), 2).value == "yes"
    assert all(sheet.cell(r, 1).value != "Old" for r in range(1, 120))


@pytest.mark.parametrize(
    ("measurement", "words"),
    [
        ("independent", "Measured independent: the collateral is valued at its own yield; the difference is shown."),
        ("cfe_assets", "so that assets equal liabilities + residual: holding proves nothing by itself"),
        ("cfe_liabilities", "so that assets equal them: holding proves nothing by itself"),
    ],
)
def test_each_measurement_says_what_its_identity_is_worth(tmp_path: Path, measurement: str, words: str) -> None:
    tables = small_tables(terms=[{"term": "measurement", "value": measurement}])
    if measurement != "cfe_liabilities":
        tables["yields"].insert(1, {"item": "collateral", "yield": 0.07})
    book = _book(tmp_path, tables)
    assert book.fresh.errors() == []
    assert book.shown["Control"]["A5"].value == 0
    for sheet in ("Fair value", "Blended yield"):
        assert any(words in str(cell.value) for (cell,) in book.shown[sheet]["A1:A60"]), sheet
    register = book.shown["Yields"]
    assert [register.cell(r, 2).value for r in range(9, 13)] == [
        "A", "B", "residual", None if measurement == "cfe_liabilities" else "collateral",
    ]  # fmt: skip
    # A yield of the collateral is one of the register: where it is used, it moves the collateral.
    if measurement == "independent":
        value = book.valued.trusts["T"].value
        formulas = book.formulas
        formulas["Yields"].cell(12, [c.value for c in formulas["Yields"][8]].index("yield") + 1).value = 0.08
        moved = edited(formulas)
        assert moved.errors() == []
        assert moved.value("Fair value", 9, 5) < value.value("Securitized mortgage collateral")
