"""The functions of the book of months: what they show, which book they mean, and that they see what was loaded since."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.excel.example_book import DECEMBER, JANUARY, TRUST, lay_book
from tests.excel.helpers import fails, one
from xlfv.excel import call, handles
from xlfv.excel.example_deal import DEAL
from xlfv.excel.examples import BOOK
from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.pieces import Piece
from xlfv.months.runs import value_and_record
from xlfv.months.status import sign
from xlfv.tables import from_grid

DEC, JAN = dt.date(2009, 12, 31), dt.date(2010, 1, 31)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    handles.configure(None)
    lay_book(tmp_path)
    return tmp_path


def columns(grid: list[list[Any]]) -> dict[str, list[Any]]:
    return {str(name): [row[k] for row in grid[1:]] for k, name in enumerate(grid[0])}


def test_a_trust_of_the_book_is_the_one_that_its_tables_make(home: Path) -> None:
    parts = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
    made = one(call("XLFV_TRUST", TRUST, DEC, *parts))
    assert one(call("XLFV_MONTH", TRUST, DEC, None, BOOK, folder=home)) == made
    assert one(call("XLFV_MONTH", TRUST.lower(), dt.date(2009, 12, 1), "", BOOK, folder=home)) == made


def test_a_month_is_valued_from_cells_of_the_book_alone(home: Path) -> None:
    month = [call(name, TRUST, DEC, *more, BOOK, folder=home) for name, *more in (("XLFV_MONTH", ""), ("XLFV_CURVES", None), ("XLFV_MONTH", "indices"), ("XLFV_YIELDS",))]  # fmt: skip
    trust, curves, indices, yields = month
    projection = one(call("XLFV_PROJECT", one(trust), curves, indices))
    values = columns(call("XLFV_FAIR_VALUE", projection, yields))
    shown = columns(call("XLFV_HISTORY", TRUST, "value A, value M", BOOK, folder=home))
    by_item = dict(zip(values["item"], values["fair_value"], strict=True))
    assert shown[str(float((DEC - dt.date(1899, 12, 30)).days))] == [by_item["A"], by_item["M"]]


def test_versions_of_curves_stand_side_by_side(home: Path) -> None:
    first, second = (columns(call("XLFV_CURVES", TRUST, DEC, k, BOOK, folder=home)) for k in (1, 2))
    latest = columns(call("XLFV_CURVES", TRUST, DEC, None, BOOK, folder=home))
    assert (first["cdr"][0], second["cdr"][0]) == (0.07, 0.09)
    assert latest == second
    assert "versions there: 1 to 2" in fails("XLFV_CURVES", TRUST, DEC, 3, BOOK, code="#N/A", folder=home)
    contents = columns(call("XLFV_MONTH", TRUST, DEC, "contents", BOOK, folder=home))
    row = contents["table"].index("curves")
    assert [contents[name][row] for name in ("version", "by", "why", "source")] == [
        2.0, "desk", "the vendor sent them anew", "vendor-2.csv",
    ]  # fmt: skip


def test_the_book_beside_the_workbook_is_meant_where_none_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "nowhere"))
    assert "months.duckdb beside the workbook" in fails("XLFV_STATUS", DEC, code="#N/A", folder=home)
    (home / BOOK).rename(home / "months.duckdb")
    assert call("XLFV_STATUS", DEC, folder=home)[1][0] == TRUST
    assert call("XLFV_STATUS", DEC, "months.duckdb", folder=home)[1][0] == TRUST
    monkeypatch.setenv("XLFV_BOOK", str(home / "months.duckdb"))
    assert call("XLFV_STATUS", DEC)[1][0] == TRUST


def test_a_path_leads_to_no_other_computer_and_to_no_folder(home: Path) -> None:
    assert "names another computer" in fails("XLFV_STATUS", DEC, r"\\server\share\months.duckdb", folder=home)
    assert "a folder" in fails("XLFV_STATUS", DEC, ".", folder=home)
    (home / "text.duckdb").write_text("no book")
    assert "is not a book of months" in fails("XLFV_STATUS", DEC, "text.duckdb", folder=home)


def test_what_was_loaded_since_is_seen_and_what_was_not_is_not_read_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tied() -> Any:
        return columns(call("XLFV_STATUS", JAN, BOOK, folder=home))["tied"]

    assert tied() == ["1 open"]
    with monkeypatch.context() as patch:
        patch.setattr("xlfv.months.book.file.reading", None)  # to ask again would fail
        assert tied() == ["1 open"]
    row = next(each for each in call("XLFV_TIEOUT", TRUST, JAN, BOOK, folder=home) if each[6] == "differs")
    assert (row[0], row[4]) == ("pool_balance", -0.25)
    sign(home / BOOK, JANUARY, TRUST, "pool_balance", "rounded in the report", "ann")
    assert tied() == ["tied or signed for"]
    row = next(each for each in call("XLFV_TIEOUT", TRUST, JAN, BOOK, folder=home) if each[0] == "pool_balance")
    assert row[6:7] + row[-2:] == ["signed for", "ann", "rounded in the report"]


def test_month_zero_is_what_the_last_run_starts_from(home: Path) -> None:
    def zero(day: dt.date) -> list[Any]:
        tie = call("XLFV_TIEOUT", TRUST, day, BOOK, folder=home)
        return [(row[0], row[1], row[6]) for row in tie if str(row[0]).endswith(", month 0")]

    assert ("balance, month 0", "A", "tied") in zero(DEC)
    assert zero(JAN) == []
    value_and_record(home / BOOK, JANUARY, user="desk")
    # the pool differs in the month's own row already: it is told once
    assert {row[:2] for row in zero(JAN)} == {("balance, month 0", "A"), ("balance, month 0", "M")}
    with writing(home / BOOK, "desk") as book:
        book.commit(JANUARY, [_curves(0.05)], why="again")
    assert zero(JAN) == []  # of a run whose inputs were corrected since, nothing is said


def _curves(cdr: float) -> Piece:
    grid = [["month", "cpr", "cdr", "severity"], [1.0, 0.06, cdr, 0.4]]
    return Piece(TRUST, "curves", from_grid("curves", grid), "keyed", "1" * 64)


def test_a_history_names_its_measures(home: Path) -> None:
    grid = call("XLFV_HISTORY", TRUST, [["oc", "CPR"]], BOOK, folder=home)
    assert [row[0] for row in grid] == ["measure", "oc", "cpr"]
    assert grid[0][1:] == [float((day - dt.date(1899, 12, 30)).days) for day in (DEC, JAN)]
    assert grid[2][1] is None  # there is no month before
    assert "did you mean" in fails("XLFV_HISTORY", TRUST, "severty, sixty_pls, oc", BOOK, code="#N/A", folder=home)
    assert "it has SAMPLE-1" in fails("XLFV_HISTORY", "SAMPLE-2", "oc", BOOK, code="#N/A", folder=home)


def test_all_months_stand_in_a_row_each(home: Path) -> None:
    before = columns(call("XLFV_STATUS", None, BOOK, folder=home))
    assert before["locked"] == ["", ""] or before["locked"] == [None, None]
    assert before["loans"] == [6.0, 5.0]
    with writing(home / BOOK, "ann") as book:
        book.lock(DECEMBER, "closed")
    after = columns(call("XLFV_STATUS", None, BOOK, folder=home))
    assert str(after["locked"][0]).endswith(" ann")
    assert columns(call("XLFV_STATUS", DEC, BOOK, folder=home))["locked"][0] == after["locked"][0]


def test_an_empty_book_has_no_month(tmp_path: Path) -> None:
    create(tmp_path / BOOK, "ann")
    assert "months there: none" in fails("XLFV_MONTH", TRUST, DEC, "", BOOK, code="#N/A", folder=tmp_path)
    assert len(call("XLFV_STATUS", None, BOOK, folder=tmp_path)) == 1
    with reading(tmp_path / BOOK) as book:
        assert book.months() == []


def test_what_belongs_to_no_trust_has_tables_alone(home: Path) -> None:
    assert "company is no trust -> name one of its tables" in fails("XLFV_MONTH", "company", DEC, "", BOOK, folder=home)


def test_a_workbook_that_lies_nowhere_has_no_book_beside_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    assert "lies in no folder" in fails("XLFV_STATUS", DEC, BOOK, code="#N/A", folder="")
    assert call("XLFV_STATUS", DEC, str(home / BOOK), folder="")[1][0] == TRUST
