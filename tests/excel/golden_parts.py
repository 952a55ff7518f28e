"""What the calls of :mod:`tests.excel.golden` are made of: the small deal's tables, and cells that point to others."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from xlfv.excel.example_deal import DEAL

BLANK = None
CASH: list[list[Any]] = [["Month", "Cash"], [0.0, 5.0], [1.0, 100.0], [2.0, None], [3.0, 50.0]]
AS_OF = 40178.0  # 31 December 2009, as a sheet hands a date over
PARTS = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
LOANS, BONDS, WATERFALL = PARTS[:3]
CURVES, INDICES, YIELDS = DEAL["curves"], DEAL["indices"], DEAL["yields"]
OPENING, ACTIVITY, CLOSING = DEAL["opening"], DEAL["activity"], DEAL["closing"]
NOVEMBER, DECEMBER = DEAL["tape_november"], DEAL["tape_december"]

STATUS_CURVES = [
    ["curve", "month", "cpr", "smm", "cdr", "severity", "cure_d60", "months_to_liquidation", "version"],
    ["subprime", 1.0, "6 ramp 6 to 12", BLANK, 0.08, 0.5, 0.02, 18.0, "v1"],
    ["prime", 1.0, BLANK, 0.01, 0.01, 0.3, BLANK, BLANK, "v2"],
    ["prime", 3.0, BLANK, 0.02, BLANK, BLANK, BLANK, BLANK, "v2"],
]


@dataclass(frozen=True)
class Of:
    """The result of the first call of a function, or of a later one: a cell that another cell points to."""

    name: str
    nth: int = 0


TRUST, PROJECTION, TABLE = Of("XLFV_TRUST"), Of("XLFV_PROJECT"), Of("XLFV_TABLE")
RESERVE = [BLANK, DEAL["reserve_bonds"], DEAL["reserve_waterfall"], *[BLANK] * 6, DEAL["reserve_accounts"]]
RESERVED = Of("XLFV_DISTRIBUTE", 1)


def changed(grid: list[list[Any]], row: int, column: int, cell: Any) -> list[list[Any]]:
    """A table with one cell changed."""
    grid = copy.deepcopy(grid)
    grid[row][column] = cell
    return grid
