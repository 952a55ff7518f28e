"""The sheet By hand: values of a trust from its printed cash, by formulas that know nothing of xlfv, beside those of xlfv."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.excel.book.conftest import Written, edited, small_tables, write_folder, written
from xlfv.excel.book.frame import HAND
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation.discounting import FREQUENCY

MINE, THEIRS, APART, HOW = 6, 7, 8, 9  # columns, from 1
CHECK = 11


def rows_of(sheet) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """Rows by their first cell; of two the first."""
    found: dict[str, int] = {}
    for row in range(7, 80):
        found.setdefault(str(sheet.cell(row, 1).value), row)
    return found


def test_every_value_is_worked_out_by_formulas_that_know_nothing_of_xlfv(sample: Written) -> None:
    formulas, shown = sample.formulas[HAND], sample.shown[HAND]
    rows = rows_of(shown)
    place = next(iter(sample.valued.trusts.values()))
    for name in (*place.source.trust.tranches, fv.RESIDUAL_INTEREST):
        text = str(formulas.cell(rows[name], MINE).value)
        assert "SUMPRODUCT(" in text
        assert "XLFV" not in text
        assert shown.cell(rows[name], MINE).value == pytest.approx(place.value.value(name), abs=0.005)
        assert shown.cell(rows[name], HOW).value in (None, "")
    found = rows["Blended yield: the loans' cash is worth C"]
    assert shown.cell(found, MINE).value == pytest.approx(place.value.collateral_yield, abs=1e-12)
    first = rows["step"] + 1
    for row in range(first, first + 14):
        for column in range(2, 6):
            assert "XLFV" not in str(formulas.cell(row, column).value)
    total = rows["C: what the loans are to be worth"]
    assert shown.cell(total, MINE).value == pytest.approx(place.value.value(fv.COLLATERAL), abs=0.005)
    months = rows["month"] + 2
    cash = c.loan_cash(place.projection)
    loans = next(k for k in range(1, 20) if shown.cell(months - 2, k).value == "loans' cash")
    for k in (1, 7, 60):
        assert shown.cell(months + k - 1, loans).value == pytest.approx(cash[k], abs=1e-6)
        assert shown.cell(months + k - 1, loans - 1).value == pytest.approx(
            place.projection.timeline.years()[k], abs=1e-15
        )


def test_the_rows_of_the_rollforward_are_worked_out_too(sample: Written) -> None:
    """From the month before, the register and the ledger: what they leave is what reprojections say, and the unexplained."""
    assert sample.rolled is not None
    name = next(iter(sample.valued.trusts))
    rolled = sample.rolled.month[name]
    formulas, shown = sample.formulas[HAND], sample.shown[HAND]
    rows = rows_of(shown)
    first = rows["row"] + 1
    for column, line in ((3, "securitized_mortgage_collateral"), (5, "securitized_mortgage_borrowings")):
        wanted = [
            rolled.begin[line],
            rolled.amount("interest_income", line) + rolled.amount("interest_expense", line),
            rolled.amount("settlements", line),
            rolled.amount("change_in_fair_value", line) + rolled.amount("unexplained", line),
            rolled.end[line],
        ]
        for row, amount in enumerate(wanted, first):
            near = 1.0 if row - first in (1, 2, 3) else 0.01  # posted, beside what the states make due: rounded by loan
            assert shown.cell(row, column).value == pytest.approx(amount, abs=near), (row, line)
            assert "XLFV" not in str(formulas.cell(row, column).value)
    book = edited(sample.formulas, Fair_value__E1=None)  # nothing changed
    assert book.value(HAND, 7, CHECK) == book.value(HAND, 8, CHECK) == 0.0


def test_a_wrong_value_and_a_wrong_posting_are_found(sample: Written) -> None:
    """A yield of another basis in the register moves both; an interest of the month before that is not its own, one alone."""
    formulas = sample.formulas
    sheet = formulas[HAND]
    row = rows_of(sample.shown[HAND])["A-2"]
    sheet.cell(row, 4).value = 2  # periods a year: the value by hand compounds otherwise
    book = edited(formulas)
    assert book.value(HAND, 7, CHECK) == 1.0
    assert abs(float(str(book.value(HAND, row, APART)))) > 1_000.0
    formulas = sample.formulas
    balance = formulas["Fair value"]
    at = next(
        r for r in range(60, 200) if balance.cell(r, 2).value == "A-2" and balance.cell(r, 3).value == "liability"
    )
    balance.cell(at, 4).value = float(balance.cell(at, 4).value) + 0.01
    assert edited(formulas).value(HAND, 8, CHECK) == 1.0


BASES = ("bond_equivalent", "annual", "monthly", "dm")


@pytest.mark.parametrize(
    ("month", "dated"), [("2009-12", True), ("2010-02", True), ("2010-02", False), ("2010-05", True)]
)
def test_any_basis_delay_and_month_end(month: str, dated: bool, tmp_path: Path) -> None:
    """Values by plain sums here, by the sheet and by xlfv are the same; a discount margin is taken over, and says so."""
    names = ("A", "B", "C", "D")
    tables = small_tables(
        bonds=[
            {"tranche": name, "balance": 500047.5, "coupon": 0.05, "delay_days": delay}
            for name, delay in zip(names, (0, 24, 6, 0), strict=True)
        ],
        waterfall=[
            {"step": 1, "from": "interest", "pay": "interest", "to": "A, B, C, D"},
            {"step": 2, "from": "principal", "pay": "principal", "to": "A, B, C, D"},
            {"step": 3, "from": "excess", "pay": "writedown", "to": "D, C, B, A"},
            {"step": 4, "from": "excess", "pay": "residual", "to": ""},
        ],
        yields=[
            *({"item": name, "yield": 0.06 + 0.01 * k, "basis": basis} for k, (name, basis) in enumerate(zip(names, BASES, strict=True))),
            {"item": "residual", "yield": 0.2, "basis": "annual"},
        ],
        indices=[{"month": 0, "LIBOR_1M": 0.01}],
        terms=[{"term": "remittance_day", "value": 30}] if dated else None,
    )  # fmt: skip
    write_folder(tmp_path / "data", "T", month, tables)
    book = written(tmp_path, tmp_path / "data", month)
    shown = book.shown[HAND]
    rows = rows_of(shown)
    run = book.valued.trusts["T"].projection
    as_of = run.as_of
    for k, (name, basis, delay) in enumerate(zip(names, BASES, (0, 24, 6, 0), strict=True)):
        assert shown.cell(rows[name], APART).value == pytest.approx(0.0, abs=0.001)
        if basis == "dm":
            assert "discount margin" in shown.cell(rows[name], HOW).value
            continue
        f, rate = FREQUENCY[basis], 0.06 + 0.01 * k
        worth = sum(
            cash * (1 + rate / f) ** (-f * years_360(as_of, day, delay, number, dated))
            for number, (cash, day) in enumerate(zip(run.distributions.cash(name), run.timeline.dates, strict=True))
            if number
        )
        assert shown.cell(rows[name], MINE).value == pytest.approx(worth, abs=0.001)
    assert shown["A5"].value == 0
    assert book.fresh.errors() == []


def years_360(start: dt.date, date: dt.date, delay: int, month: int, dated: bool) -> float:
    if not dated:
        return (30 * month + delay) / 360
    end = date + dt.timedelta(days=delay)
    last = start.month == 2 and (start + dt.timedelta(days=1)).day == 1
    first = 30 if last or start.day == 31 else start.day
    final = 30 if end.day == 31 and first == 30 else end.day
    if last and end.month == 2 and (end + dt.timedelta(days=1)).day == 1:
        final = 30
    return (360 * (end.year - start.year) + 30 * (end.month - start.month) + final - first) / 360


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ([{"term": "measurement", "value": "cfe_liabilities"}], "not measured at the blended yield"),
        ([{"term": "call_exercised", "value": "month 30"}], "The deal is called"),
    ],
)
def test_where_the_collateral_cannot_be_worked_out_the_sheet_says_why(terms: list, words: str, tmp_path: Path) -> None:
    write_folder(tmp_path / "data", "T", "2009-12", small_tables(terms=terms))
    book = written(tmp_path, tmp_path / "data", "2009-12")
    assert words in str([cell.value for row in book.shown[HAND].iter_rows(max_row=40) for cell in row])
    assert book.shown[HAND]["A5"].value == 0
    assert book.fresh.errors() == []
