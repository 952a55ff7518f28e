"""A one-cell call through our entry beside a bare xlwings function, by turns, each in a server of its own."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hosts.wine.com import Dll
from tests.hosts.wine.excel import Excel, setting
from tests.hosts.wine.plain import address

BATCH, BATCHES = 100, 15
_SERVE = "import sys; sys.path.append(r'{folder}'); import xlwings; xlwings.serve('$(CLSID)')"


def run(excel: Excel) -> dict[str, Any]:
    """Milliseconds a call: the median batch of each."""
    folder = Path(__file__).resolve().parents[1]
    launch = f'cmd.exe /K ""{Path(sys.prefix, "python.exe")}" -B -c "{_SERVE.format(folder=folder)}""'
    dll = Dll(setting("dll64"))
    bare = dll.start(launch)
    place, cell = address("Book.xlsx", "Sheet", 1, 1), address("Book.xlsx", "Sheet", 1, 2)

    def add() -> None:
        assert bare.call_udf("bare", "add", [2.0, 3.0]) == 5.0

    def ours() -> None:
        excel.answer("XLFV_SMM", 0.06, places=[place], cell=cell, folder=r"C:\Books")

    def alone() -> None:
        excel.answer("XLFV_SMM", 0.06, places=[""])

    times: dict[str, list[float]] = {"add": [], "one cell": [], "one number": []}
    for _ in range(BATCHES + 1):
        for name, call in (("add", add), ("one cell", ours), ("one number", alone)):
            times[name].append(_batch(call))
    dll.end(launch)
    return {name: statistics.median(taken[1:]) for name, taken in times.items()}  # the first warms up


def _batch(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(BATCH):
        call()
    return (time.perf_counter() - began) / BATCH * 1_000
