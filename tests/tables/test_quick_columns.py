"""A column read at once is the column read cell by cell, to the bit; what is wrong is told alike."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from xlfv.tables import ErrorCell, Fault, Table, schema
from xlfv.tables.schema import Column, Schema

COLUMNS = [
    Column("x", "number", "a number"),
    Column("x", "number", "a rate", "rate", low=0.0, default=0.01),
    Column("x", "integer", "months", default=7, low=0, high=600),
    Column("x", "integer", "a count", required=True),
    Column("x", "text", "a name", required=True, unique=True),
    Column("x", "text", "a word", default="none"),
    Column("x", "text", "a kind", allowed=("fixed", "arm"), default="fixed"),
    Column("x", "date", "a day"),
    Column("x", "date", "a day", required=True),
    Column("x", "flag", "yes or no", default=True),
]
CELLS: list[list[Any]] = [
    [1.0, 2.0, None], [0.5, None, 0.25], [1, 2, 3], [1.5, 2.0], [-1.0, 2.0], [1e12, 1.0], [float("inf"), 1.0], [float("nan"), 1.0],
    ["a", " b ", "c"], ["a", "a"], ["a", None], ["", " ", "x"], ["fixed", "ARM", None, " Fixed"], ["fixed", "other"],
    [dt.date(2009, 12, 31), None], [dt.date(2009, 12, 31), "2009-12-30"], ["2009-12-31", "12/31/2009"], ["01/02/2009"], ["39844"],
    ["yes", "N", None], ["maybe"], [True, False], ["1", "2"], [1.0, "2"], [1, "x"], [ErrorCell("#REF!"), 1.0], ["a", ErrorCell("#N/A")],
    [dt.datetime(2009, 12, 31, 5), None], [], [None, None], ["7" * 40, "8"], ["-0", "0"], [-0.0, 0.0],
]  # fmt: skip


@pytest.mark.parametrize(("column", "cells", "text"), list(itertools.product(COLUMNS, CELLS, [True, False])))
def test_at_once_and_cell_by_cell(
    column: Column, cells: list[Any], text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Schema("t", (column,), key="x")
    table = Table("t", {"x": cells}, order=("x",), text=text)
    quick_faults: list[Fault] = []
    slow_faults: list[Fault] = []
    quick = own.read(table, quick_faults)
    monkeypatch.setattr(schema, "quick_array", lambda *_: None)
    slow = own.read(table, slow_faults)
    assert quick_faults == slow_faults
    assert quick["x"].dtype == slow["x"].dtype
    assert quick.digest() == slow.digest()


def test_many_words_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Schema(
        "t", (Column("x", "text", "a name", default="-"), Column("y", "text", "a kind", allowed=("a", "b"))), key="x"
    )
    table = Table("t", {"x": [f" {k} " if k % 3 else None for k in range(5000)], "y": ["a", "B"] * 2500}, text=True)
    quick = own.read(table, [])
    monkeypatch.setattr(schema, "quick_array", lambda *_: None)
    assert quick.digest() == own.read(table, []).digest()
