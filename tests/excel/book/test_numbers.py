"""The book shows what was valued, and shows it again when recalculated."""

from __future__ import annotations

import datetime as dt
from typing import Any

import openpyxl
import pytest

from tests.excel.book.conftest import Written, edited
from xlfv.excel.codec import serial
from xlfv.excel.functions.value import balance_grid
from xlfv.excel.hosts.headless import Recalculated
from xlfv.reporting.forms import grid
from xlfv.tables import ErrorCell


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return serial(value)
    return None if value == "" else value


def _find(sheet: Any, words: str, column: int = 1) -> int:
    """The row of the first cell of a column that starts with the words."""
    return next(r for r in range(1, sheet.max_row + 1) if str(sheet.cell(r, column).value or "").startswith(words))


def test_every_value_equals_a_fresh_recalculation(sample: Written) -> None:
    compared = 0
    for sheet in sample.shown:
        for row in sheet.iter_rows():
            for cell in row:
                shown, fresh = _plain(cell.value), _plain(sample.fresh.value(sheet.title, cell.row, cell.column))
                if isinstance(shown, (int, float)) and not isinstance(shown, bool):
                    assert shown == pytest.approx(fresh, rel=1e-14, abs=1e-9), (sheet.title, cell.coordinate)
                else:
                    assert shown == fresh, (sheet.title, cell.coordinate)
                compared += shown is not None
    assert compared > 10_000


def test_no_cell_shows_an_error(sample: Written) -> None:
    assert sample.fresh.errors() == []
    errors = [
        c.coordinate
        for s in sample.shown
        for row in s.iter_rows()
        for c in row
        if isinstance(c.value, str) and c.value.startswith("#")
    ]
    assert errors == []


def test_every_check_is_zero_and_listed_on_control(sample: Written) -> None:
    control = sample.shown["Control"]
    start = _find(control, "All checks")
    listed = [(row[0].value, row[1].value) for row in control.iter_rows(min_row=start + 2) if row[2].value]
    assert len(listed) >= 25
    assert {value for _, value in listed} == {0}
    assert control.cell(start, 2).value == 0
    assert {sheet for sheet, _ in listed} >= {*sample.valued.trusts, "Summary", "Yields", "Cash flows", "Tranches", "Waterfall",
                                             "Fair value", "Rollforward"}  # fmt: skip


def test_summary_shows_what_was_valued(sample: Written) -> None:
    sheet = sample.shown["Summary"]
    assert sample.rolled is not None
    for name, trust in sample.valued.trusts.items():
        row = _find(sheet, name)
        before = sample.rolled.openings[name]
        for column, side in ((2, "asset"), (5, "liability"), (8, "residual")):
            assert sheet.cell(row, column).value == pytest.approx(trust.value.total(side), abs=0.01)
            assert sheet.cell(row, column + 1).value == pytest.approx(before.total(side), abs=0.01)
    total = _find(sheet, "All trusts")
    assert sheet.cell(total, 8).value == pytest.approx(
        sum(t.value.total("residual") for t in sample.valued.trusts.values())
    )


CENTS = 2.0  # a year of what the ledger's cents and the states' differ by: the sheet has it in the change in fair value


def test_net_gain_is_that_of_the_rollforward(sample: Written) -> None:
    sheet = sample.shown["Summary"]
    assert sample.rolled is not None
    row = _find(sheet, "Net gain (loss)")
    assert sheet.cell(row, 2).value == pytest.approx(sample.rolled.total().net_trust_gain, abs=CENTS)
    assert sheet.cell(row, 3).value == pytest.approx(sample.rolled.total(year=True).net_trust_gain, abs=CENTS)


def test_rollforward_equals_the_one_computed(sample: Written) -> None:
    sheet = sample.shown["Rollforward"]
    assert sample.rolled is not None
    for words, year in (("Month", False), ("Year to", True)):
        head = _find(sheet, words) + 1
        for r, line in enumerate(grid(sample.rolled.total(year=year))):
            for c, expected in enumerate(line):
                shown = sheet.cell(head + r, c + 1).value
                assert (
                    (shown or "") == expected
                    if isinstance(expected, str)
                    else shown == pytest.approx(expected, abs=CENTS)
                )


def test_fair_value_equals_the_balances_computed(sample: Written) -> None:
    sheet = sample.shown["Fair value"]
    for name, trust in sample.valued.trusts.items():
        head = _find(sheet, name) + 1
        for r, line in enumerate(balance_grid(trust.value)):
            for c, expected in enumerate(line):
                shown = sheet.cell(head + r, c + 1).value
                assert shown == (pytest.approx(expected, abs=0.01) if isinstance(expected, float) else expected)


def test_another_trust_and_month_can_be_chosen(sample: Written) -> None:
    book = edited(
        sample.formulas,
        Cash_flows__C7="ICMB-2005-A",
        Tranches__C8="M-1",
        Waterfall__C7="IMFC-2006-MF",
        Waterfall__C8=24,
    )
    assert book.errors() == []
    projection = sample.valued.trusts["ICMB-2005-A"].projection
    begin = projection.distributions.tranche("M-1")["begin_balance"]
    assert book.value("Tranches", 13, 3) == pytest.approx(begin[1])
    pool = projection.collateral.begin_balance.sum(axis=0)
    assert book.value("Cash flows", 13, 3) == pytest.approx(pool[1])
    assert [
        book.value("Control", r, 2) for r in range(36, 240) if isinstance(book.value("Control", r, 2), float)
    ].count(1.0) == 0


def outside(sample: Written, reason: str | None) -> tuple[Recalculated, str]:
    """The book with a yield of 99% for a class M-1 and a reason, the only one outside; and the trust whose class it is."""
    formulas = sample.formulas
    yields = formulas["Yields"]
    headers = {str(c.value): c.column for c in yields[8]}
    for name, trust in sample.valued.trusts.items():
        for item in (item for item, one in trust.yields.items() if one.outside):
            at = next(
                r for r in range(9, 60)
                if (yields.cell(r, headers["trust"]).value, yields.cell(r, headers["item"]).value) == (name, item)
            )  # fmt: skip
            yields.cell(at, headers["high"]).value = yields.cell(at, headers["yield"]).value
    row = next(r for r in range(9, 60) if yields.cell(r, headers["item"]).value == "M-1")
    yields.cell(row, headers["yield"]).value = 0.99
    yields.cell(row, headers["reason"]).value = reason
    return edited(formulas), str(yields.cell(row, headers["trust"]).value)


def test_a_yield_outside_its_range_stands_on_the_summary(sample: Written) -> None:
    book, trust = outside(sample, "no bids at any price")
    assert book.errors() == []
    words = [book.value("Summary", r, 1) for r in range(30, 75)]
    assert any(str(w).startswith(f"{trust} M-1: 99.00% lies outside") for w in words)
    assert any(str(w).startswith("Yields outside their range: 1") and "Checks that fail: 0" in str(w) for w in words)


def test_a_yield_outside_its_range_without_a_reason_values_nothing(sample: Written) -> None:
    book, trust = outside(sample, None)
    words = [book.value("Summary", r, 1) for r in range(30, 75)]
    assert any(str(w).startswith(f"{trust} M-1: 99.00% lies outside") for w in words)
    refused = [cell.reason for _, cell in book.errors() if "and has no reason" in cell.reason]
    assert f"the yield of {trust} M-1 (99.0000%) lies outside its range" in refused[0]
    assert isinstance(book.value("Summary", 10, 2), ErrorCell)


def test_a_changed_yield_moves_the_whole_book(sample: Written) -> None:
    formulas = sample.formulas
    yields = formulas["Yields"]
    headers = {str(c.value): c.column for c in yields[8]}
    row = next(r for r in range(9, 60) if yields.cell(r, headers["item"]).value == "residual")
    yields.cell(row, headers["yield"]).value += 0.02
    book = edited(formulas)
    before, after = (b.value("Summary", 10, 8) for b in (sample.fresh, book))
    assert after < before
    net = [[b.value("Rollforward", r, 11) for r in range(9, 20)] for b in (sample.fresh, book)]
    assert net[1][10] - net[0][10] == pytest.approx(after - before, abs=0.5)
    assert [book.value("Control", r, 2) for r in range(36, 240)].count(1.0) == 0


def test_an_error_is_not_hidden(sample: Written) -> None:
    formulas = sample.formulas
    formulas["Control"]["B14"] = "/no/such/folder"
    book = edited(formulas)
    state = [str(book.value("Control", r, 6)) for r in (23, 24, 25)]
    assert all("there is no file" in words for words in state)
    for row, column in ((10, 2), (13, 2), (14, 2), (21, 2), (24, 2)):
        assert isinstance(book.value("Summary", row, column), ErrorCell), (row, column)
    failing = [book.value("Control", r, 2) for r in range(36, 240)]
    assert failing.count(0.0) == 7, "only checks of inputs still pass"


def test_handles_in_the_book_are_found_by_their_names(sample: Written) -> None:
    names = openpyxl.load_workbook(sample.path).defined_names
    assert {"as_of", "month", "data_folder", "trusts", "projections", "yields", "indices"} <= set(names)
    assert "trust_ICMB_2005_A" in names
