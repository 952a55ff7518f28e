"""Runs in a process of its own: the golden calls through xlwings' Windows code; prints JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.excel import winstub
from tests.excel.example_book import book_folder
from tests.excel.golden import GOLDEN, resolved

udfs = winstub.install()

from xlfv.excel import handles, registry  # noqa: E402
from xlfv.excel.codec import ERROR_NUMBERS, MISSING  # noqa: E402
from xlfv.excel.hosts.protocol import AREAS, MODULE, WAIT  # noqa: E402

handles.configure(None)


def com(cell: Any) -> Any:
    """A cell as Excel's Value2 hands it over."""
    return -2146828288 + ERROR_NUMBERS[cell] if cell in ERROR_NUMBERS else cell


def entry(name: str, *args: Any) -> Any:
    """A call as the server makes it of what VBA sends; while it works (a busy machine), it is asked again, as VBA does."""
    reply = udfs.call_udf(MODULE, name, args, None, None)
    while isinstance(reply[0][0], str) and reply[0][0].startswith(WAIT):
        ticket = reply[0][0].removeprefix(WAIT).partition(" ")[0]
        reply = udfs.call_udf(MODULE, "wait", (ticket,), None, None)
    return reply


def run(name: str, args: list[Any], caller_row: int, folder: str = tempfile.gettempdir()) -> Any:
    """One call as the VBA makes it: ranges as tuples of tuples with their addresses, left out arguments as missing."""
    values = [tuple(tuple(map(com, line)) for line in arg) if isinstance(arg, list) else com(arg) for arg in args]
    places = [f"[Book1.xlsm]Data!$B${10 * caller_row}"] * len(args)
    f = registry.find(name)
    left_out = len(f.args) - len(args) if f else 0
    given = (*values, *[MISSING] * left_out), (*places, *[""] * left_out)
    return entry("answer", name, *given, f"[Book1.xlsm]Calls!$A${caller_row}", folder)


def main() -> None:
    """Everything, as one JSON object."""
    results: list[Any] = []
    for k, (name, args) in enumerate(GOLDEN):
        results.append(run(name, resolved(args, results), k + 1, str(book_folder())))
    whys = [run("XLFV_WHY", [f"'Calls'!A{k + 1}"], 9_000)[0][0] for k in range(len(GOLDEN))]
    about = run("XLFV_ABOUT", [], 9_002)
    asking = "[Book1.xlsm]Calls!$A$9999"
    why_reference = entry("answer", "XLFV_WHY", (com("#VALUE!"),), ("[Book1.xlsm]Calls!$A$2",), asking, "")[0][0]
    several = entry("answer", "XLFV_WAL", (None,), (AREAS,), asking, "")
    first, second = winstub.TimeType(2009, 1, 1), winstub.TimeType(2010, 1, 1)
    dated = ((("date", "cash"), (first, 1), (second, 2)), 0.0, MISSING)
    dates = entry("answer", "XLFV_PV", dated, ("", "", ""), "", "")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cash.csv").write_text("month,cash\n1,7\n")
        beside = run("XLFV_PV", ["cash.csv", 0.0], 9_001, folder)
    print(
        "RESULT"
        + json.dumps(
            {
                "results": results, "whys": whys, "why_reference": why_reference, "several": several, "dates": dates, "beside": beside,
                "about": about,
            }
        )
    )  # fmt: skip


main()
