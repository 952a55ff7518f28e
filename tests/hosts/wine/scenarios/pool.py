"""A trust of one pool, its loans in a file beside the calling workbook; large ones take a while."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address
from tests.hosts.wine.variants import Block, Missing

BOOK = "Pool.xlsx"


def folder(count: int) -> str:
    """The folder of a workbook beside which the loans lie."""
    place = Path(tempfile.gettempdir(), f"Größe {count}")
    place.mkdir(exist_ok=True)
    Path(place, "loans.csv").write_text(inputs.as_csv(inputs.loans(count)), encoding="utf-8")
    return os.fspath(place)


def trust(excel: Excel, count: int) -> Any:
    """The handle of a trust of so many loans."""
    blocks = ["loans.csv", Block(inputs.BONDS), Block(inputs.WATERFALL)]
    return _answer(excel, 1, "XLFV_TRUST", 11, "EXAMPLE", inputs.AS_OF, *blocks, folder=folder(count))


def project(excel: Excel, count: int) -> Any:
    """The handle of its projection, or why there is none."""
    return _answer(excel, 2, "XLFV_PROJECT", 4, trust(excel, count), Block(inputs.CURVES))


def cashflow(excel: Excel, projection: Any) -> Any:
    """What tranche A is paid, month by month."""
    return _answer(excel, 3, "XLFV_TRANCHE_CASHFLOW", 2, projection, "A")


def _answer(excel: Excel, row: int, name: str, wanted: int, *args: Any, folder: str = "") -> Any:
    """A formula in column F, its arguments in the cells of a sheet of inputs."""
    left_out = wanted - len(args)
    places = [address(BOOK, "Inputs", 1, 10 * place + 1) for place in range(len(args))] + [""] * left_out
    cell = address(BOOK, "Values", row, 6)
    return excel.answer(name, *args, *[Missing] * left_out, places=places, cell=cell, folder=folder)
