"""The golden table of calls, as formulas of a workbook; and XLFV_WHY of each, by its cell and by its address."""

from __future__ import annotations

import time
from typing import Any

from tests.excel.golden import GOLDEN, Of, resolved, spot
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address, plain, seen
from tests.hosts.wine.variants import Error, Missing
from xlfv.excel import registry

BOOK = "Golden table.xlsx"

FOLDER = "C:\\"  # of the workbook; of the golden table only the example book lies there


def home(k: int) -> str:
    """The cell in which the k-th call stands."""
    return address(BOOK, "Calls", k + 1, 1)


def run(excel: Excel) -> dict[str, Any]:
    """All answers, the reason of each error, XLFV_ABOUT, and how long the first answer took."""
    began = time.perf_counter()
    excel.answer("XLFV_ABOUT", places=[])
    cold = time.perf_counter() - began
    results: list[Any] = []
    for k in range(len(GOLDEN)):
        results.append(call(excel, k, results))
    return {
        "cold start": cold,
        "grids": [plain(result) for result in results],
        "whys": [why(excel, home(k)) for k in range(len(GOLDEN))],
        "whys by cell": [
            excel.answer("XLFV_WHY", result, places=[home(k)], cell=address(BOOK, "Calls", k + 1, 30))
            if isinstance(result, Error)
            else None
            for k, result in enumerate(results)
        ],
        "about": plain(excel.answer("XLFV_ABOUT", places=[])),
    }


def call(excel: Excel, k: int, results: list[Any]) -> Any:
    """The k-th call as its cell makes it: what comes from an earlier call is that cell's value and address."""
    name, args = GOLDEN[k]
    values = resolved(args, [[[_first(result)]] for result in results])
    places = [
        home(spot(arg)) if isinstance(arg, Of) else address(BOOK, "The data", 10 * k + 1, place + 1)
        for place, arg in enumerate(args)
    ]
    left_out = len(registry.functions()[name].args) - len(args)
    return excel.answer(
        name, *map(seen, values), *[Missing] * left_out, places=places + [""] * left_out, cell=home(k), folder=FOLDER
    )


def why(excel: Excel, cell: str) -> Any:
    """``=XLFV_WHY("...")``, asked from another sheet."""
    return excel.answer("XLFV_WHY", cell, places=[""], cell=address(BOOK, "Questions", 1, 1))


def _first(result: Any) -> Any:
    """What stands in the cell itself when the result spills."""
    grid = plain(result)
    row = grid[0] if isinstance(grid, list) else [grid]
    return row[0] if isinstance(row, list) else row
