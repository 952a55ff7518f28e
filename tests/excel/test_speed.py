"""A cell over a projection costs its own arithmetic: nothing is read, unpacked or hashed for it again."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.bench.addin import BOOK_BAR, best, book, fresh
from tests.excel.golden import GOLDEN, PROJECTION, resolved
from xlfv.excel import call, explain, store
from xlfv.projection.projection import Projection
from xlfv.trust.trust import Trust


def test_a_workbook_of_a_thousand_cells_over_one_projection_recalculates_within_two_seconds() -> None:
    content = book()
    answers = fresh(content)  # the first run compiles the kernels
    assert str(answers.value("Values", 3, 1)).startswith("projection:A:2009-12:")
    assert answers.value("Values", 8, 4) > 1e6
    assert best(lambda: fresh(content), 3) < BOOK_BAR


def test_a_cell_over_a_projection_hashes_unpacks_and_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[Any] = []
    for name, args in GOLDEN:
        results.append(call(name, *resolved(args, results)))

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("work done again")

    for owner, name in (
        (hashlib, "sha256"), (Projection, "pack"), (Projection, "unpack"), (Trust, "unpack"), (store.Disk, "read"),
        (store.Disk, "write"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, never)
    monkeypatch.setattr("builtins.open", never)
    # A discount curve given as a table is read, and hashed as all indices are; a loan alone is projected, its plan named by a hash.
    asked = [
        (k, name)
        for k, (name, args) in enumerate(GOLDEN)
        if PROJECTION in args and not (name == "XLFV_HEDGE_VALUE" and len(args) > 1) and name != "XLFV_LOAN_CASHFLOW"
    ]
    assert len({name for _, name in asked}) >= 14
    for k, name in asked:
        assert call(name, *resolved(GOLDEN[k][1], results)) == results[k], name
    assert not explain.defects()
