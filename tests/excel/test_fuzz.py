"""Whatever is handed over, a call gives a grid of finite cells and raises nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input import TRUST_TABLES, good
from tests.excel.helpers import is_grid
from xlfv.excel import call, explain, registry
from xlfv.excel.codec import first_error, read_grid
from xlfv.tables import ErrorCell, Refused

ERRORS = st.sampled_from(
    ["#REF!", "#N/A", "#SPILL!", -2146826252, {"type": "Error", "kind": "Num"}, ErrorCell("#NUM!")]
)
CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.decimals()
    | st.datetimes()
    | st.dates()
    | st.binary(max_size=3)
    | st.sampled_from(["month", "cash", "date", "monthly", "6 ramp 3 to 12", "table:x:000000000000", np.float64("nan")])
)
GOOD = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text("abc", max_size=3)
JUNK = st.recursive(CELLS | ERRORS, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner), max_leaves=12)
BLOCKS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)
NAMES = sorted(registry.functions())
quick = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@quick
@given(st.sampled_from(NAMES), st.lists(JUNK | BLOCKS, max_size=12))
def test_junk_never_raises_and_never_gives_anything_but_a_grid_of_cells(name: str, args: list[Any]) -> None:
    explain.clear()
    assert is_grid(call(name, *args))
    assert not explain.defects()


SPOILT = st.lists(
    st.tuples(st.sampled_from(sorted(good())), st.integers(0, 12), st.integers(0, 17), CELLS | ERRORS),
    min_size=1,
    max_size=4,
)


@quick
@given(SPOILT)
def test_a_deal_with_any_cells_spoilt_is_valued_or_refused_and_is_never_a_defect(
    spoilt: list[tuple[str, int, int, Any]],
) -> None:
    tables = good()
    for name, row, column, cell in spoilt:
        grid = tables[name]
        grid[row % len(grid)][column % len(grid[0])] = cell
    explain.clear()
    trust = call("XLFV_TRUST", "T", "2009-12-31", *[tables[name] for name in TRUST_TABLES])[0][0]
    projection = call("XLFV_PROJECT", trust, tables["curves"], tables["indices"], 12)[0][0]
    for name, args in (
        ("XLFV_TRUST_SUMMARY", [trust]), ("XLFV_FAIR_VALUE", [projection, tables["yields"]]),
        ("XLFV_TRANCHE_PV", [projection, "B", 0.1, "dm"]), ("XLFV_TRUST_CASHFLOW", [projection]),
    ):  # fmt: skip
        assert is_grid(call(name, *args))
    assert not explain.defects(), explain.defects()


@quick
@given(st.text() | st.none() | st.integers() | st.floats(), JUNK)
def test_a_name_may_be_junk_too(name: Any, arg: Any) -> None:
    assert is_grid(call(name, arg))


@quick
@given(st.lists(st.lists(GOOD, min_size=1, max_size=4), min_size=1, max_size=5), ERRORS, st.data())
def test_an_error_anywhere_in_a_range_is_the_answer(block: list[list[Any]], error: Any, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(block))
    row[data.draw(st.integers(0, len(row) - 1))] = error
    found = first_error(read_grid(block))
    assert found is not None
    for name in ("XLFV_PV", "XLFV_WAL", "XLFV_SMM", "XLFV_TABLE"):
        assert call(name, block) == [[found[2]]]


@quick
@given(JUNK | BLOCKS)
def test_reading_is_settled_after_once(raw: Any) -> None:
    try:
        grid = read_grid(raw)
    except Refused:
        return
    assert read_grid(grid) == grid
    assert all(
        cell is None or type(cell) in (float, str, bool, ErrorCell, dt.date, dt.datetime)
        for row in grid
        for cell in row
    )
