"""The market and cash-flow functions: numbers worked out by hand, and every way in which each fails."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.excel.helpers import fails, one
from xlfv.excel import call

FLAT = [[100.0]] * 12
PASS_THROUGH = (
    [["loan_id", "balance", "rate", "remaining_term"], ["1", 100.0, 0.06, 360]],
    [["tranche", "balance", "coupon"], ["A", 100.0, 0.05]],
    [["step", "from", "pay", "to"], [1, "interest", "interest", "A"], [2, "principal", "principal", "A"]],
)


def test_rates_convert_and_back() -> None:
    assert one(call("XLFV_SMM", 0.06)) == pytest.approx(1 - 0.94 ** (1 / 12), abs=1e-15)
    assert one(call("XLFV_CPR", one(call("XLFV_SMM", 0.06)))) == pytest.approx(0.06, abs=1e-14)
    assert one(call("XLFV_SMM", 0)) == 0.0
    assert one(call("XLFV_SMM", 1)) == 1.0


@pytest.mark.parametrize(
    ("name", "speed", "age", "rate"),
    [
        ("XLFV_PSA", 100, 1, 0.002), ("XLFV_PSA", 100, 30, 0.06), ("XLFV_PSA", 150, 360, 0.09), ("XLFV_PSA", 100, 0, 0.002),
        ("XLFV_PSA", 0, 30, 0.0), ("XLFV_SDA", 100, 1, 0.0002), ("XLFV_SDA", 100, 30, 0.006), ("XLFV_SDA", 100, 60, 0.006),
        ("XLFV_SDA", 200, 120, 0.0006), ("XLFV_SDA", 100, 0, 0.0),
    ],
)  # fmt: skip
def test_standard_curves(name: str, speed: float, age: float, rate: float) -> None:
    assert one(call(name, speed, age)) == pytest.approx(rate, abs=1e-15)


def test_a_vector_spills_one_row_a_month_in_decimals() -> None:
    assert call("XLFV_VECTOR", "2 for 2 then 8", 4) == [[0.02], [0.02], [0.08], [0.08]]
    ramp = call("XLFV_VECTOR", "6 ramp 24 to 12", 36)
    assert len(ramp) == 36
    assert (ramp[0], ramp[23], ramp[35]) == ([0.06], [0.12], [0.12])
    assert "cannot read '6 rmp 3'" in fails("XLFV_VECTOR", "6 rmp 3", 4)


def test_a_level_payment() -> None:
    assert one(call("XLFV_PAYMENT", 100_000, 0.08, 360)) == pytest.approx(733.7645738794, abs=1e-9)
    assert one(call("XLFV_PAYMENT", 1200, 0, 12)) == pytest.approx(100.0, abs=1e-12)


@pytest.mark.parametrize(("basis", "base"), [("monthly", 1.005**12), ("bond_equivalent", 1.03**2), ("annual", 1.06)])
def test_present_value_on_each_basis(basis: str, base: float) -> None:
    by_hand = sum(100 / base ** (k / 12) for k in range(1, 13))
    assert one(call("XLFV_PV", FLAT, 0.06, basis)) == pytest.approx(by_hand, rel=1e-13)
    assert one(call("XLFV_IRR", FLAT, by_hand, basis)) == pytest.approx(0.06, abs=1e-12)


def test_cash_flows_in_every_shape_are_the_same() -> None:
    value = one(call("XLFV_PV", FLAT, 0.06))
    as_row = [[100.0] * 12]
    as_table = [["Month", "Cash"], *[[k, 100.0] for k in range(1, 13)]]
    backwards = [["cash", "note", "month"], *[[100.0, "x", k] for k in range(12, 0, -1)]]
    for shape in (as_row, as_table, backwards):
        assert one(call("XLFV_PV", shape, 0.06)) == pytest.approx(value, rel=1e-15)


def test_a_blank_cell_is_zero_cash_and_keeps_its_month() -> None:
    assert one(call("XLFV_PV", [[None], [100]], 0.06)) == pytest.approx(100 / 1.005**2, rel=1e-15)


def test_month_zero_is_not_discounted() -> None:
    assert one(call("XLFV_PV", [["month", "amount"], [0, 50], [1, 100]], 0.06)) == pytest.approx(50 + 100 / 1.005)


def test_dates_count_from_the_first_in_actual_days() -> None:
    table = [["date", "total"], [dt.date(2009, 1, 1), 50], [dt.date(2010, 1, 1), 106]]
    assert one(call("XLFV_PV", table, 0.06, "annual")) == pytest.approx(150.0, rel=1e-14)
    table.append([dt.date(2008, 1, 1), 1])
    assert "put the earliest date first" in fails("XLFV_PV", table, 0.06)


@pytest.mark.parametrize(
    ("cashflows", "words"),
    [
        ([[1], ["x"]], "the text 'x' stands where a number should [cashflows row 2, column A of the range]"),
        ([["cash"], [1]], "cashflows row 1, column A"), ([[1, 2], [3, 4]], "without headers"),
        ([["month", "coupon"], [1, 2]], "has no column cash, amount or total; its columns: month, coupon"),
        ([["cash", "note"], [1, 2]], "has no column month or date"), ([["month", "cash"], [-1, 2]], "months count from 0"),
        ([["month", "cash"], [None, 2]], "an amount has no month"), ([["month", "cash"], [None, None]], "no rows"),
        ([["date", "cash"], ["soon", 2]], "'soon' is not a date"), (True, "TRUE stands"), ("nowhere.csv", "no file"),
    ],
)  # fmt: skip
def test_bad_cash_flows_are_refused_with_their_place(cashflows: object, words: str) -> None:
    code = "#N/A" if cashflows == "nowhere.csv" else "#VALUE!"
    assert words in fails("XLFV_PV", cashflows, 0.06, code=code)


def test_every_fault_is_named_up_to_twenty() -> None:
    reason = fails("XLFV_PV", [["x"]] * 30, 0.06)
    assert "21 faults" in reason
    assert "and 10 more" in reason


def test_no_yield_and_several_yields_are_number_errors_in_words() -> None:
    assert "no yield" in fails("XLFV_IRR", FLAT, -5, code="#NUM!")
    assert "2 yields" in fails("XLFV_IRR", [["month", "cash"], [0, -100], [1, 230], [2, -132]], 0, code="#NUM!")
    assert "no yield" in fails("XLFV_IRR", [[0], [0]], 10, code="#NUM!")


def test_average_life() -> None:
    assert one(call("XLFV_WAL", [[100], [200], [300]])) == pytest.approx((1 * 100 + 2 * 200 + 3 * 300) / 600 / 12)
    both = [["month", "cash", "principal"], [12, 999, 5], [24, 999, 5]]
    assert one(call("XLFV_WAL", both)) == pytest.approx(1.5)
    assert "no average life" in fails("XLFV_WAL", [[0]], code="#DIV/0!")


def test_an_error_in_any_argument_is_the_answer_before_anything_else() -> None:
    assert "yield is the error #N/A" in fails("XLFV_PV", [["x"]], "#N/A", "nonsense", code="#N/A")
    assert "row 2, column 1 of cashflows" in fails("XLFV_PV", [[1], ["#REF!"]], 0.06, code="#REF!")


def test_an_error_in_a_table_is_given_back_with_every_other_fault_of_it() -> None:
    curves = [["month", "cpr", "note"], [1, "#N/A", 1.0], [1, 6.0, 2.0]]
    trust = one(call("XLFV_TRUST", "T", "2009-12-31", *PASS_THROUGH))
    reason = fails("XLFV_PROJECT", trust, curves, code="#N/A")
    assert "3 faults" in reason
    for words in ("the error #N/A [curves row 2, column B of the range", "months out of order", "cpr is 6"):
        assert words in reason
    unused = [["month", "cpr", "note"], [1, 0.06, "#N/A"]]
    assert "curves holds the error #N/A" in fails("XLFV_PROJECT", trust, unused, code="#N/A")
    both = [["month", "cpr", "note"], [1, 6, "#N/A"]]
    reason = fails("XLFV_PROJECT", trust, both, [["month", "LIBOR_1M"], [0, 5]], code="#N/A")
    for words in ("3 faults", "cpr is 6", "libor_1m is 5", "curves holds the error #N/A [row 2, column 3 of curves]"):
        assert words in reason


def test_the_faults_of_every_argument_are_told() -> None:
    reason = fails("XLFV_PV", [["x"], [1]], 6.25, "anual")
    assert "2 faults" in reason
    assert "did you mean annual?" in reason
    assert "the text 'x'" in reason
