"""How fast cells go in and out, beside plain Python, numpy and the bare engine: ``python -m tests.bench.addin``.

100,000 cells through the codec as the COM host hands them over and takes them back; a workbook of 1,000 cells over one
projection recalculated in process; one call of each kind. Times are the best of several runs, all in this one process.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import formualizer
import numpy as np
import xlsxwriter

from xlfv.excel import call, handles
from xlfv.excel.codec import ERROR_NUMBERS, first_error, read_grid, write_grid
from xlfv.excel.hosts.headless import Recalculated, recalculate

ROWS, COLUMNS, CELLS = 5000, 20, 1000
CODEC_BAR, BOOK_BAR = 0.05, 2.0
MONTH = Path(__file__).resolve().parents[2] / "workbooks" / "sample" / "ICMB-2005-A" / "2009-12"
INDICES = MONTH.parents[1] / "indices" / "2009-12.csv"
PARTS = ("bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo", "schedules")
TABLES = ("loans.csv.gz", *(f"{name}.csv" for name in PARTS))
_SCODE = -2146828288  # of an error cell, before Excel's number is added
Block = tuple[tuple[Any, ...], ...]


def numbers() -> Block:
    """A block of numbers, as COM hands one over."""
    return tuple(tuple(0.37 * (r * COLUMNS + c) for c in range(COLUMNS)) for r in range(ROWS))


def tape() -> Block:
    """A tape with headers: texts, numbers, booleans, blanks, a column of dates, here and there an error cell."""
    words = ("current", "d30", "arm", "fixed")
    columns: list[list[Any]] = [[0.37 * (r * COLUMNS + c) for r in range(ROWS)] for c in range(COLUMNS)]
    columns[0] = [f"L{r:05d}" for r in range(ROWS)]
    for c in (5, 9, 14):
        columns[c] = [words[(r + c) % 4] for r in range(ROWS)]
    for c in (7, 12):
        columns[c] = [None if r % 3 else float(r) for r in range(ROWS)]
    columns[8] = [dt.datetime(2005, 1 + r % 12, 1 + r % 28, tzinfo=dt.UTC) for r in range(ROWS)]
    columns[11][::250] = [_SCODE + ERROR_NUMBERS["#DIV/0!"]] * (ROWS // 250)
    columns[16] = [r % 2 == 0 for r in range(ROWS)]
    return (tuple(f"column {c}" for c in range(COLUMNS)), *zip(*columns, strict=True))[:ROWS]


def shuffled() -> Block:
    """The worst block: every kind of cell in every column, without order."""
    pick = random.Random(1)
    kinds = (1.5, "abc", None, True, 2.5, "", 7.0, _SCODE + ERROR_NUMBERS["#REF!"], 9.1, "x")
    return tuple(tuple(pick.choice(kinds) for _ in range(COLUMNS)) for _ in range(ROWS))


def through(block: Block) -> list[list[Any]]:
    """A block read, searched for errors, and written."""
    grid = read_grid(block)
    first_error(grid)
    return write_grid(grid)


def best(job: Callable[[], Any], runs: int = 9) -> float:
    """Seconds of work of the quickest run: of this process alone, whatever else the machine does."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def classes() -> list[str]:
    """The classes of the sample's trust."""
    return [line.split(",")[0] for line in (MONTH / "bonds.csv").read_text().splitlines()[1:]]


def book(cells: int = CELLS) -> bytes:
    """A workbook with a trust, its projection, and so many cells that value it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Values")
        for k, name in enumerate(TABLES):
            sheet.write_string(0, k, str(MONTH / name))
        sheet.write_formula("A2", '=XLFV_TRUST("A",DATE(2009,12,31),A1,B1,C1,D1,E1,F1,G1,H1,I1)')
        sheet.write_formula("A3", f'=XLFV_PROJECT(A2,"{MONTH / "curves.csv"}","{INDICES}")')
        names = classes()
        kinds = (
            "XLFV_TRANCHE_PV($A$3,{t},{y})", "XLFV_TRANCHE_PRICE($A$3,{t},{y})", "XLFV_TRANCHE_YIELD($A$3,{t},95)",
            "XLFV_TRANCHE_WAL($A$3,{t})", "XLFV_TRANCHE_DURATION($A$3,{t},{y})", "XLFV_TRANCHE_LOSS($A$3,{t})",
            "XLFV_RESIDUAL_VALUE($A$3,{y})", 'XLFV_TRANCHE_PV($A$3,{t},{y},"dm")',
        )  # fmt: skip
        for row in range(5, 5 + cells):
            sheet.write_string(row - 1, 1, names[row % len(names)])
            sheet.write_number(row - 1, 2, 0.05 + row / 20000)
            sheet.write_formula(row - 1, 3, "=" + kinds[row % len(kinds)].format(t=f"B{row}", y=f"C{row}"))
    return target.getvalue()


def fresh(content: bytes) -> Recalculated:
    """A workbook recalculated with nothing kept from before."""
    with handles.memory_only():
        return recalculate(content)


def bare(content: bytes, path: Path) -> None:
    """The same workbook in the bare engine, with functions that give 1: what everything but our functions costs."""
    path.write_bytes(content)
    engine = formualizer.load_workbook(str(path))
    for name in ("TRUST", "PROJECT", "TRANCHE_PV", "TRANCHE_PRICE", "TRANCHE_YIELD", "TRANCHE_WAL", "TRANCHE_DURATION",
                 "TRANCHE_LOSS", "RESIDUAL_VALUE"):  # fmt: skip
        engine.register_function(f"XLFV_{name}", lambda *_: 1.0, min_args=0, max_args=255)
    engine.evaluate_all()


def told(seconds: float, bar: float) -> str:
    """A time beside its bar."""
    return f"{1000 * seconds:.1f} ms, {'under' if seconds < bar else 'OVER'} the bar of {1000 * bar:.0f} ms"


def codec(title: str, block: Block) -> None:
    """Print what a block costs in and out."""
    grid = read_grid(block)
    whole = best(lambda: through(block))
    reading, writing = best(lambda: read_grid(block)), best(lambda: write_grid(grid))
    lists, arrays = best(lambda: list(map(list, block))), best(lambda: np.array(block, dtype=object).tolist())
    print(f"  {title:27s} {told(whole, CODEC_BAR)} (read {1000 * reading:.1f}, write {1000 * writing:.1f})")
    print(f"  {'':27s} {whole / lists:.0f} x list(map(list, ...)), {whole / arrays:.1f} x numpy there and back")


def workbook(scratch: Path) -> None:
    """Print what a workbook of 1,000 cells costs."""
    content = book()
    answers = fresh(content)
    assert str(answers.value("Values", 3, 1)).startswith("projection:A:2009-12:")
    whole, empty = best(lambda: fresh(content), 5), best(lambda: fresh(book(0)), 3)
    plain = best(lambda: bare(content, scratch / "bare.xlsx"), 5)
    print(f"a workbook of {CELLS:,} cells over one projection: {told(whole, BOOK_BAR)}")
    print(
        f"  {whole / plain:.1f} x the bare engine with functions that give 1; {1000 * empty:.1f} ms without the cells"
    )


def calls() -> None:
    """Print what single calls cost."""
    trust = call("XLFV_TRUST", "A", 40178.0, *[str(MONTH / name) for name in TABLES])[0][0]
    projection = call("XLFV_PROJECT", trust, str(MONTH / "curves.csv"), str(INDICES))[0][0]
    name = classes()[0]
    jobs: list[tuple[str, tuple[Any, ...]]] = [
        ("XLFV_SMM", (0.06,)), ("XLFV_TRANCHE_PV", (projection, name, 0.05)), ("XLFV_TRANCHE_WAL", (projection, name)),
        ("XLFV_TRANCHE_YIELD", (projection, name, 95.0)), ("XLFV_TRANCHE_PV", (projection, name, 0.05, "dm")),
        ("XLFV_TRANCHE_CASHFLOW", (projection, name)),
    ]  # fmt: skip
    plain = best(lambda: [len(name) for _ in range(1000)], 9) / 1000
    print(f"one call, in microseconds (a bare call of Python: {1e6 * plain:.2f})")
    for which, args in jobs:
        seconds = best(lambda which=which, args=args: [call(which, *args) for _ in range(100)], 5) / 100  # type: ignore[misc]
        print(f"  {which:24s} {args[1:]!s:22s} {1e6 * seconds:8.1f}")


def main() -> None:
    """Run the bench and print it."""
    handles.configure(None)
    print(f"{ROWS * COLUMNS:,} cells, in and out again")
    for title, block in (("numbers", numbers()), ("a tape", tape()), ("every kind in every column", shuffled())):
        codec(title, block)
    with tempfile.TemporaryDirectory() as scratch:
        workbook(Path(scratch))
    calls()


if __name__ == "__main__":
    main()
