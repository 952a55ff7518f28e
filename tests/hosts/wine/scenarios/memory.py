"""A thousand calls of all kinds: what the server's process holds before and after."""

from __future__ import annotations

from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address
from tests.hosts.wine.scenarios import pool, processes
from tests.hosts.wine.variants import Block, Error, Missing

CALLS = 1_000
_KINDS = 5
_ROWS = 40  # a sheet that is calculated again and again


def run(excel: Excel) -> dict[str, Any]:
    """Bytes after one thousand calls to warm up, and after a thousand more."""
    projection = pool.project(excel, inputs.SMALL)
    process = processes.server(excel)
    measured = []
    for _ in range(2):
        for k in range(CALLS):
            _call(excel, k, projection)
        measured.append(processes.memory(process))
    return {"before": measured[0], "after": measured[1], "same process": processes.server(excel) == process}


def _call(excel: Excel, k: int, projection: Any) -> None:
    place, cell = (address("Sheet.xlsx", "Sheet", k % _ROWS + 1, column) for column in (1, 2))
    calls = (
        ("XLFV_SMM", 0.06),
        ("XLFV_SMM", 6.0),
        ("XLFV_CPR", Error(2042)),
        ("XLFV_PV", Block([["month", "cash"], *[[float(m), 1.0] for m in range(360)]]), 0.06, Missing),
        ("XLFV_TRANCHE_CASHFLOW", projection, "A"),
    )
    name, *args = calls[k % _KINDS]
    excel.answer(name, *args, places=[place] * len(args), cell=cell)
