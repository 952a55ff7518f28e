"""Folders of one's own: few tables, strange words, files elsewhere, targets that cannot be written."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.excel.book.conftest import edited, small_tables, write_folder, written
from xlfv.excel import handles
from xlfv.excel.book import write_book
from xlfv.excel.book.write import calculate, draft
from xlfv.excel.cash_columns import TRANCHE_USUAL
from xlfv.months.folder import read_month
from xlfv.months.valued import ValuedMonth, value_month
from xlfv.tables import Refused
from xlfv.tables.table import letters

EVIL = "=1+1"


def _valued(data: Path) -> ValuedMonth:
    return value_month(read_month(data, "2009-12"))


def test_the_least_that_can_be_given_is_enough(tmp_path: Path) -> None:
    write_folder(tmp_path / "data", "T", "2009-12", small_tables())
    book = written(tmp_path, tmp_path / "data", "2009-12")
    assert book.fresh.errors() == []
    assert book.shown["Control"]["A5"].value == 0
    assert book.shown["Summary"]["B10"].value == pytest.approx(book.valued.trusts["T"].value.total("asset"))


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    tables = small_tables(costs=[{"cost": "fee", "basis": "fixed", "amount": 1200, "payee": EVIL}])
    tables["loans"][0]["loan_id"] = EVIL
    tables["waterfall"].insert(0, {"step": 0, "from": "interest", "pay": "fee", "note": "@SUM(A1)"})
    tables["waterfall"][1]["note"] = EVIL
    tables["curves"][0]["provider"] = '=HYPERLINK("http://x","y")'
    for row, words in zip(tables["yields"], ("+1", "-1", "<r>&lt;</r>"), strict=True):
        row["reason"] = words
    tables["bonds"][1] |= {"original_rating": "{=1}"}
    tables["waterfall"][2]["note"] = "http://example.com"
    write_folder(tmp_path / "data", "O'Brien & Söhne (2)", "2009-12", tables)
    book = written(tmp_path, tmp_path / "data", "2009-12")
    assert book.fresh.errors() == []
    texts = [
        cell
        for sheet in book.formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in (EVIL, "@SUM(A1)", "+1", "{=1}")
    ]
    assert len(texts) >= 5
    with zipfile.ZipFile(book.path) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        links = [parts.read(name).decode() for name in parts.namelist() if "worksheets/_rels" in name]
    formulas = [formula for sheet in sheets for formula in re.findall(r"<f[^>]*>([^<]*)</f>", sheet)]
    assert "1+1" not in formulas
    assert not any(formula.startswith(("SUM(A1)", "@")) for formula in formulas)
    assert all(formula.startswith('HYPERLINK("#') for formula in formulas if "HYPERLINK" in formula)
    assert not any("http://example.com" in link for link in links)


def test_names_that_a_sheet_cannot_have_are_mended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("Summary", "A" * 40, "A" * 40 + "b", "x[1]"):
        write_folder(data, name, "2009-12", small_tables())
    book = written(tmp_path, data, "2009-12")
    assert book.fresh.errors() == []
    assert len(set(book.formulas.sheetnames)) == 35
    assert all(len(name) <= 31 for name in book.formulas.sheetnames)
    assert book.shown["Control"]["A5"].value == 0


def test_tables_in_one_workbook_are_read_from_its_sheets(tmp_path: Path) -> None:
    tables = small_tables()
    folder = write_folder(
        tmp_path / "data", "T", "2009-12", {k: v for k, v in tables.items() if k not in ("loans", "yields")}
    )
    _workbook(folder / "month.xlsx", {"Loans": tables["loans"], "Yields": tables["yields"]})
    book = written(tmp_path, tmp_path / "data", "2009-12")
    assert book.fresh.errors() == []
    formula = str(book.formulas["Control"]["C23"].value)
    assert 'month&"/month.xlsx!Loans"' in formula


def _workbook(path: Path, sheets: dict[str, list[dict[str, Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))
    book.save(path)


def test_a_class_without_balance_shows_no_error(tmp_path: Path) -> None:
    tables = small_tables()
    tables["bonds"].append({"tranche": "C", "balance": 0, "coupon": 0.05})
    tables["yields"].append({"item": "C", "yield": 0.1})
    write_folder(tmp_path / "data", "T", "2009-12", tables)
    assert written(tmp_path, tmp_path / "data", "2009-12").fresh.errors() == []


EVERYTHING = {
    "bonds": [
        {"tranche": "A", "balance": 600000, "coupon": 0.04, "insured_by": "FSA"},
        {"tranche": "Z", "balance": 900000, "coupon": 0.05, "kind": "z"},
        {"tranche": "B", "balance": 500190, "coupon": 0.055, "kind": "subordinate"},
    ],
    "waterfall": [
        {"step": k, "from": source, "pay": pay, "to": to, "amount": amount}
        for k, (source, pay, to, amount) in enumerate(
            [
                ("interest", "interest", "A, Z, B", None), ("reserve", "interest", "A, Z", None),
                ("principal", "writeup", "A, B", None), ("principal", "principal", "A, Z, B", None),
                ("FSA", "writedown", "A", 1000), ("excess", "writedown", "B, A", None),
                ("excess", "unpaid_loss", "A, B", 200), ("excess", "deposit", "reserve", None),
                ("excess", "reimbursement", "FSA", None), ("reserve", "release", None, None), ("excess", "residual", None, None),
            ],
            1,
        )
    ],
    "accounts": [{"account": "reserve", "balance": 50, "target": 900}],
    "curves": [
        {"month": 1, "cpr": 0.08, "cdr": 0.09, "severity": 0.6, "subsequent_recovery": 0.3, "subsequent_recovery_lag": 3,
         "recovery_lag": 1}
    ],
    "yields": [{"item": item, "yield": 0.09} for item in ("residual", "B", "Z", "A")],
}  # fmt: skip


@pytest.mark.parametrize("chosen", ["A", "Z", "B"])
def test_the_checks_hold_for_accreted_interest_recoveries_and_what_insurers_pay(chosen: str, tmp_path: Path) -> None:
    """Month 4 has all of it: losses, of which an insurer pays 1,000 as principal, recoveries of month 1, accretion."""
    write_folder(tmp_path / "data", "T", "2009-12", small_tables(**EVERYTHING))
    book = written(tmp_path, tmp_path / "data", "2009-12")
    columns = book.valued.trusts["T"].projection.distributions.tranche(chosen)
    happens = {"A": ("principal_paid", "interest_paid"), "Z": ("accreted",), "B": ("writedown", "writeup", "loss_paid")}
    assert all(columns[name][5] > 0.0 for name in happens[chosen])
    assert book.valued.trusts["T"].projection.distributions.record.insurers[0, 5, 0] == 1000.0
    found = edited(book.formulas, Tranches__C8=chosen, Waterfall__C8=5)
    assert found.errors() == []
    assert found.value("Control", 5, 1) == 0.0
    # Without what moves the class's balance the check fails.
    moves = {"A": "principal_paid", "Z": "accreted", "B": "writeup"}[chosen]
    broken = book.formulas
    (check,) = [cell for row in broken["Tranches"] for cell in row if "SUMPRODUCT" in str(cell.value)]
    column = letters(3 + TRANCHE_USUAL.index(moves))
    check.value, times = re.subn(rf"([+-])(\$?{column}\$?\d+:\$?{column}\$?\d+)", r"\g<1>0*\g<2>", check.value)
    assert times
    assert edited(broken, Tranches__C8=chosen).value("Control", 5, 1) > 0.0


def test_a_margin_as_basis_and_a_retired_register_column_do_not_matter(tmp_path: Path) -> None:
    tables = small_tables(indices=[{"month": 0, "LIBOR_1M": 0.01}])
    tables["bonds"][0] |= {"coupon_type": "floating", "coupon": "", "index": "LIBOR_1M", "margin": 0.003}
    for row in tables["yields"]:
        row["basis"] = "dm" if row["item"] == "A" else ""
    write_folder(tmp_path / "data", "T", "2009-12", tables)
    book = written(tmp_path, tmp_path / "data", "2009-12")
    assert book.fresh.errors() == []
    assert book.shown["Control"]["A5"].value == 0


def test_nothing_is_kept_on_disk_and_the_store_comes_back(tmp_path: Path) -> None:
    write_folder(tmp_path / "data", "T", "2009-12", small_tables())
    store = tmp_path / "store"
    store.mkdir()
    handles.configure(store)
    valued = _valued(tmp_path / "data")
    kept = handles.keep(valued.trusts["T"].projection)
    before = sorted(store.iterdir())
    write_book(valued, None, tmp_path / "book.xlsx")
    assert sorted(store.iterdir()) == before
    assert handles.state() == str(store)
    assert handles.find(kept, "projection") is valued.trusts["T"].projection


def test_a_target_that_cannot_be_written_is_refused_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "data", "T", "2009-12", small_tables())
    valued = _valued(tmp_path / "data")
    path = tmp_path / "out" / "book.xlsx"
    with pytest.raises(Refused, match="there is no folder"):
        write_book(valued, None, path)
    path.parent.mkdir()
    write_book(valued, None, path)
    before = path.read_bytes()

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(Refused, match="close it if it is open"):
        write_book(valued, None, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(Refused, match="is a folder"):
        write_book(valued, None, tmp_path / "out")


def test_a_file_that_is_gone_shows_as_an_error_with_its_reason(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", "T", "2009-12", small_tables())
    valued = _valued(tmp_path / "data")
    (folder / "loans.csv").unlink()
    answers = calculate(draft(valued, None, str(tmp_path / "data")).content(), "book.xlsx")
    assert answers.value("Control", 23, 3) == "#N/A"
    assert "there is no file" in answers.value("Control", 23, 6)
