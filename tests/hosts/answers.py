"""What a host answered to the golden table of calls, in one form for all hosts, and the file it leaves for the matrix.

A test of a host ends with ``answers.write("wine", grids, whys=..., about=...)``. Nothing is written unless the
environment variable ``XLFV_MATRIX`` names a folder; ``python -m tests.hosts.matrix FOLDER`` joins what lies there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.excel.golden import GOLDEN
from tests.excel.golden_book import direct
from xlfv.excel import call
from xlfv.excel.codec import ERROR_NUMBERS
from xlfv.excel.hosts.protocol import ERROR
from xlfv.tables.table import ERROR_CODES

FOLDER = "XLFV_MATRIX"
_CODE_OF_NUMBER = {str(number): code for code, number in ERROR_NUMBERS.items()}


@dataclass(frozen=True)
class Answers:
    """All answers of one host.

    Attributes:
        host: its name.
        table: fingerprint of the golden table that was asked; answers to another table are not compared.
        grids: one grid a golden call, in order, as :func:`shown` gives them.
        whys: one a golden call: what XLFV_WHY says of its first cell where that is an error, as :func:`core` gives it,
            else None; None for all: not asked.
        about: the grid of XLFV_ABOUT; None: not asked.
    """

    host: str
    table: str
    grids: list[list[list[Any]]]
    whys: list[str | None] | None = None
    about: list[list[Any]] | None = None


def fingerprint() -> str:
    """Of the golden table as it stands."""
    return hashlib.sha256(repr(GOLDEN).encode()).hexdigest()[:16]


def shown(grid: Any) -> list[list[Any]]:
    """A host's grid in plain cells: an error (an ErrorCell or a text marked for VBA) as its code, a blank as None.

    A scalar is a grid of one cell and a flat list one row, since COM and Calc flatten such results.
    """
    rows = grid if isinstance(grid, (list, tuple)) else [grid]
    if not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows]
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, (int, float)):
        return float(cell)
    if not isinstance(cell, str):
        raise TypeError(f"a {type(cell).__name__} came back: {cell!r}")
    if cell.startswith(ERROR):
        return _CODE_OF_NUMBER[cell.removeprefix(ERROR)]
    return str(cell) or None


def core(reason: Any) -> str:
    """A reason without the places in it, which hosts know more or less of."""
    return re.sub(r" \[('?\[[^\]]*\])?[^\]]*\]", "", str(reason)).partition(". There:")[0]


def write(
    host: str, grids: Sequence[Any], *, whys: Sequence[Any] | None = None, about: Any | None = None
) -> Answers:  # fmt: skip
    """Put a host's answers in form, and into its file when ``XLFV_MATRIX`` names a folder."""
    plain = [shown(grid) for grid in grids]
    assert len(plain) == len(GOLDEN), (host, len(plain))
    reasons = whys and [core(why) if grid[0][0] in ERROR_CODES else None for why, grid in zip(whys, plain, strict=True)]
    answers = Answers(host, fingerprint(), plain, reasons, None if about is None else shown(about))
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, f"{host}.json").write_text(json.dumps(vars(answers)), encoding="utf-8")
    return answers


def of_direct_calls() -> Answers:
    """What direct calls answer: that against which every host is held."""
    whys = [getattr(grid[0][0], "reason", "") for grid in direct()]
    return write("direct", direct(), whys=whys, about=call("XLFV_ABOUT"))


def read(folder: Path) -> dict[str, Answers]:
    """All answers that lie in a folder, by host."""
    files = sorted(folder.glob("*.json"))
    found = [Answers(**json.loads(file.read_text(encoding="utf-8"))) for file in files]
    return {answers.host: answers for answers in found}
