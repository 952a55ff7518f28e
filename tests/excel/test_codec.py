"""Cells in and out: every form in which a host hands one over, and nothing but what a cell can hold back."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.bench.addin import CODEC_BAR, Block, best, numbers, tape, through
from xlfv.excel.codec import ERROR_NUMBERS, MISSING, first_error, read_cell, read_grid, serial, write_cell, write_grid
from xlfv.tables import ErrorCell, Refused, from_grid
from xlfv.tables.table import ERROR_CODES

DAY = dt.date(2009, 12, 31)


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_error_is_an_error_as_text_and_as_com_code(code: str) -> None:
    scode = -2146828288 + ERROR_NUMBERS[code]
    for raw in (code, ErrorCell(code), scode, np.int32(scode), np.str_(code)):
        cell = read_cell(raw)
        assert type(cell) is ErrorCell
        assert cell == code


def test_an_error_code_nobody_knows_is_still_an_error() -> None:
    cell = read_cell(-2146828288 + 2999)
    assert type(cell) is ErrorCell
    assert "2999" in cell.reason


@pytest.mark.parametrize(
    ("kind", "code"), [("Num", "#NUM!"), ("Na", "#N/A"), ("Div", "#DIV/0!"), ("Spill", "#SPILL!"), ("Circ", "#VALUE!")]
)
def test_formualizers_errors_are_errors(kind: str, code: str) -> None:
    cell = read_cell({"type": "Error", "kind": kind})
    assert type(cell) is ErrorCell
    assert cell == code


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        (None, None), ("", None), (MISSING, None), (pd.NA, None), (pd.NaT, None), (np.datetime64("NaT"), None),
        (1, 1.0), (1.5, 1.5), (True, True), (np.bool_(False), False), (np.float32(0.5), 0.5), (np.int64(7), 7.0),
        (Decimal("12.50"), 12.5), (Fraction(1, 4), 0.25), ("x", "x"), ("#hash", "#hash"), (" #REF!", " #REF!"),
        (DAY, DAY), (pd.Timestamp(2009, 12, 31, 6), dt.datetime(2009, 12, 31, 6)),
        (np.datetime64("2009-12-31"), dt.datetime(2009, 12, 31)), (dt.timedelta(hours=12), 0.5), (dt.time(6), 0.25),
        (dt.datetime(2009, 12, 31, tzinfo=dt.UTC), dt.datetime(2009, 12, 31)),
    ],
)  # fmt: skip
def test_a_cell_in_any_form_is_the_same_cell(raw: Any, cell: Any) -> None:
    got = read_cell(raw)
    assert got == cell
    assert type(got) is type(cell)


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf, np.nan, Decimal("NaN"), Decimal("sNaN"), 10**400])
def test_what_is_no_finite_number_is_an_error_with_its_reason(raw: Any) -> None:
    cell = read_cell(raw)
    assert type(cell) is ErrorCell
    assert cell == "#NUM!"
    assert cell.reason


@pytest.mark.parametrize("raw", [object(), {1, 2}, {"a": 1}, b"x", 1j, [1], print])
def test_what_no_cell_can_hold_is_refused(raw: Any) -> None:
    with pytest.raises(Refused):
        read_cell(raw)


@pytest.mark.parametrize(
    ("raw", "grid"),
    [
        (5, [[5.0]]), ([], [[None]]), ((), [[None]]), ([[]], [[None]]), ([1, 2], [[1.0, 2.0]]), ([[1], [2]], [[1.0], [2.0]]),
        (((1, "a"), (None, "")), [[1.0, "a"], [None, None]]), ([[1, 2], [3]], [[1.0, 2.0], [3.0, None]]),
        ([1, [2, 3]], [[1.0, None], [2.0, 3.0]]), (np.arange(2), [[0.0, 1.0]]), (np.eye(2), [[1.0, 0.0], [0.0, 1.0]]),
        (np.array(3.0), [[3.0]]), (np.array([["a", "b"]]), [["a", "b"]]),
        (pd.DataFrame({"a": [1, 2], "b": ["x", None]}), [["a", "b"], [1.0, "x"], [2.0, None]]),
        (pd.DataFrame({"a": [1.5, math.nan]}), [["a"], [1.5], ["#NUM!"]]), (pd.Series([1.0, 2.0]), [[1.0], [2.0]]),
    ],
)  # fmt: skip
def test_a_block_in_any_form_is_a_grid(raw: Any, grid: Any) -> None:
    assert read_grid(raw) == grid


def test_three_dimensions_are_refused() -> None:
    with pytest.raises(Refused, match="3 dimensions"):
        read_grid(np.zeros((2, 2, 2)))
    with pytest.raises(Refused):
        read_grid([[[1]]])


def test_the_first_error_is_found_row_by_row() -> None:
    assert first_error([[1.0, None], ["x", ErrorCell("#N/A")], [ErrorCell("#REF!")] * 2]) == (1, 1, "#N/A")
    assert first_error([[1.0, "x"]]) is None


def test_a_number_not_finite_is_found_in_a_row_of_floats() -> None:
    for bad in (math.nan, math.inf):
        found = first_error(read_grid([[1.0, 2.0], [3.0, bad]]))
        assert found is not None
        assert found[:2] == (1, 1)


def test_floats_that_overflow_when_added_are_still_numbers() -> None:
    assert read_grid([[1e308, 1e308]]) == [[1e308, 1e308]]


@pytest.mark.parametrize("block", [numbers(), tape()], ids=["numbers", "a tape"])
def test_a_hundred_thousand_cells_go_in_and_out_within_fifty_milliseconds(block: Block) -> None:
    grid = through(block)
    assert (len(grid), len(grid[0])) == (5000, 20)
    assert best(lambda: through(block), 5) < CODEC_BAR


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None), (True, True), (np.bool_(True), True), (3, 3.0), (np.int64(-2146826252), -2146826252.0),
        (-2146826252, -2146826252.0), ("x", "x"), (np.str_("x"), "x"), (DAY, 40178.0), (pd.Timestamp(DAY), 40178.0),
        (dt.datetime(2009, 12, 31, 12), 40178.5), (Decimal("1.5"), 1.5), (pd.NaT, None), ("x" * 32767, "x" * 32767),
    ],
)  # fmt: skip
def test_a_result_is_a_cell(value: Any, cell: Any) -> None:
    got = write_cell(value)
    assert got == cell
    assert type(got) is type(cell)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "#NUM!"), (np.float64("inf"), "#NUM!"), (10**400, "#NUM!"), ("x" * 32768, "#VALUE!"),
        (object(), "#VALUE!"), (dt.date(1899, 12, 31), "#NUM!"),
    ],
)  # fmt: skip
def test_a_result_that_no_cell_can_show_is_an_error_with_its_reason(value: Any, code: str) -> None:
    got = write_cell(value)
    assert type(got) is ErrorCell
    assert got == code
    assert got.reason


@pytest.mark.parametrize(
    ("day", "number"),
    [
        ((1900, 1, 1), 1.0),
        ((1900, 2, 28), 59.0),
        ((1900, 3, 1), 61.0),
        ((2009, 12, 31), 40178.0),
        ((9999, 12, 31), 2958465.0),
    ],
)
def test_serial_numbers_follow_excel_over_its_leap_day_that_never_was(day: tuple[int, int, int], number: float) -> None:
    assert serial(dt.date(*day)) == number


@pytest.mark.parametrize(
    ("value", "grid"),
    [
        (1.0, [[1.0]]), ([1.0, 2.0], [[1.0], [2.0]]), (np.array([1.0, 2.0]), [[1.0], [2.0]]), ([[1, "a"], [2]], [[1.0, "a"], [2.0, None]]),
        ({"a": [1.0, 2.0], "b": np.array([3.0])}, [["a", "b"], [1.0, 3.0], [2.0, None]]),
        (pd.DataFrame({"day": [pd.Timestamp(DAY)]}), [["day"], [40178.0]]),
        (np.array(["2009-12-31"], dtype="datetime64[D]"), [[40178.0]]),
        (from_grid("t", [["a", None, "b"], [1.0, None, "x"]]), [["a", "b"], [1.0, "x"]]),
    ],
)  # fmt: skip
def test_a_result_in_any_form_is_a_grid(value: Any, grid: Any) -> None:
    assert write_grid(value) == grid


@pytest.mark.parametrize("value", [[], [[]], {}, np.zeros(0)])
def test_a_result_without_rows_is_an_error_rather_than_a_blank(value: Any) -> None:
    (cell,) = write_grid(value)[0]
    assert type(cell) is ErrorCell
