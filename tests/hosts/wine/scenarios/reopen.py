"""A workbook is saved, the server ended, the store of handles deleted, and the workbook opened again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address, plain
from tests.hosts.wine.scenarios import pool, processes
from tests.hosts.wine.variants import Missing

BOOK = "Month.xlsx"
VALUES = (
    ("XLFV_TRANCHE_PV", "A", 0.07),
    ("XLFV_TRANCHE_PRICE", "B", 0.12),
    ("XLFV_TRANCHE_WAL", "A"),
    ("XLFV_RESIDUAL_VALUE", 0.25),
)
_WANTED = {"XLFV_TRANCHE_PV": 4, "XLFV_TRANCHE_PRICE": 4, "XLFV_TRANCHE_WAL": 2, "XLFV_RESIDUAL_VALUE": 3}


def run(excel: Excel) -> dict[str, Any]:
    """The handle and the values: saved, opened with the store kept, opened without it, and recalculated as a whole."""
    store = Path(tempfile.gettempdir(), "Ablage für Griffe")
    with _kept_in(store, excel):
        handle = pool.project(excel, inputs.SMALL)
        saved = _values(excel, handle)
        files = [path.name for path in store.iterdir()]
        _killed(excel)
        opened = _values(excel, handle)
        _killed(excel)
        shutil.rmtree(store)
        lost = _values(excel, handle)
        whys = [_why(excel, row) for row in range(1, len(VALUES) + 1)]
        again = pool.project(excel, inputs.SMALL)
        return {
            "handle": handle, "files": files, "saved": saved, "opened": opened, "lost": lost, "whys": whys,
            "again": again, "values again": _values(excel, again),
        }  # fmt: skip


@contextmanager
def _kept_in(store: Path, excel: Excel) -> Iterator[None]:
    """While it lasts, servers keep handles in that folder."""
    before = os.environ["XLFV_CACHE"]
    shutil.rmtree(store, ignore_errors=True)
    excel.end()
    os.environ["XLFV_CACHE"] = os.fspath(store)
    try:
        yield
    finally:
        excel.end()
        os.environ["XLFV_CACHE"] = before


def _killed(excel: Excel) -> None:
    """The server dies, and Excel is closed."""
    processes.kill(processes.server(excel))
    excel.end()


def _values(excel: Excel, handle: Any) -> list[Any]:
    return [plain(_value(excel, row, handle, *call)) for row, call in enumerate(VALUES, start=1)]


def _value(excel: Excel, row: int, handle: Any, name: str, *args: Any) -> Any:
    """A cell that points to the cell with the handle."""
    left_out = _WANTED[name] - 1 - len(args)
    places = [address(BOOK, "Values", 99, 1), *[""] * (len(args) + left_out)]
    cell = address(BOOK, "Values", row, 2)
    return excel.answer(name, handle, *args, *[Missing] * left_out, places=places, cell=cell)


def _why(excel: Excel, row: int) -> Any:
    return excel.answer("XLFV_WHY", f"Values!B{row}", places=[""], cell=address(BOOK, "Values", row, 3))
