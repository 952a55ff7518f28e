"""Much in, much out, and many small calls."""

from __future__ import annotations

import time
from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address, plain
from tests.hosts.wine.scenarios import pool
from tests.hosts.wine.variants import Block, Missing

SMALL = 200


def run(excel: Excel) -> dict[str, Any]:
    """Results, and seconds taken by each amount."""
    many = Block(inputs.many_cells())
    place = address("Tape.xlsx", "Tape", 1, 1)
    began = time.perf_counter()
    handle = excel.answer("XLFV_TABLE", many, Missing, places=[place, ""])
    read = time.perf_counter()
    projection = pool.project(excel, inputs.SMALL)
    asked = time.perf_counter()
    cashflow = plain(pool.cashflow(excel, projection))
    came = time.perf_counter()
    small = [excel.answer("XLFV_SMM", k / 1_000, places=[place]) for k in range(SMALL)]
    done = time.perf_counter()
    return {
        "table": handle, "projection": projection, "cashflow": cashflow, "small": small,
        "seconds": {"in": read - began, "out": came - asked, "small": done - came},
    }  # fmt: skip
