"""Runs in a process of its own: the golden calls through xlwings' Windows code, and the VBA it writes; prints JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.excel import winstub
from tests.excel.golden import GOLDEN, resolved

udfs = winstub.install()

from xlfv.excel import handles, registry  # noqa: E402
from xlfv.excel.codec import ERROR_NUMBERS  # noqa: E402

MODULE = "xlfv.excel.hosts.xlwings"
MISSING = -2147352572
handles.configure(None)


def com(cell: Any) -> Any:
    """A cell as Excel's Value2 hands it over."""
    return -2146828288 + ERROR_NUMBERS[cell] if cell in ERROR_NUMBERS else cell


def argument(value: Any, row: int) -> Any:
    """A value as a Range: a block as a tuple of tuples."""
    if isinstance(value, list):
        return winstub.FakeRange(tuple(tuple(com(cell) for cell in line) for line in value), row, 2)
    return winstub.FakeRange(com(value), row, 2)


def run(name: str, args: list[Any], caller_row: int) -> Any:
    """One call as the VBA wrapper makes it, arguments left out marked as missing."""
    winstub.APP.Caller = winstub.FakeRange(None, caller_row, 1, "Calls")
    given = [argument(arg, 10 * caller_row) for arg in args]
    f = registry.find(name)
    given += [MISSING] * (len(f.args) - len(given)) if f else []
    return udfs.call_udf(MODULE, name, tuple(given), winstub.BOOK, winstub.APP.Caller)


def import_vba() -> tuple[str, list[Any]]:
    """What xlwings writes on "Import functions": the VBA, and the calls that set the wizard's help."""
    written: dict[str, str] = {}
    helps: list[Any] = []

    class Components:
        def __call__(self, name: str) -> str:
            return name

        def Remove(self, name: str) -> None:  # noqa: N802
            """Nothing to remove."""

        def Import(self, path: str) -> None:  # noqa: N802
            written["vba"] = Path(path).read_text()

    app = types.SimpleNamespace(Version="16.0", MacroOptions=lambda macro, **k: helps.append([macro, k]))
    book = types.SimpleNamespace(
        Name="lab.xlsm", VBProject=types.SimpleNamespace(VBComponents=Components()), Application=app
    )
    udfs.import_udfs(MODULE, book)
    return written["vba"], helps


def main() -> None:
    """Everything, as one JSON object."""
    results: list[Any] = []
    for k, (name, args) in enumerate(GOLDEN):
        results.append(run(name, resolved(args, results), k + 1))
    whys = [run("XLFV_WHY", [f"'Calls'!A{k + 1}"], 900)[0][0] for k in range(len(GOLDEN))]
    by_reference = winstub.FakeRange(com("#VALUE!"), 2, 1, "Calls")
    why_reference = udfs.call_udf(MODULE, "XLFV_WHY", (by_reference,), winstub.BOOK, winstub.APP.Caller)[0][0]
    areas = winstub.FakeRange(((1.0,), (2.0,)), areas=2)
    several = udfs.call_udf(MODULE, "XLFV_WAL", (areas,), winstub.BOOK, winstub.APP.Caller)
    dates = udfs.call_udf(
        MODULE, "XLFV_PV", ([["date", "cash"], [winstub.TimeType(2009, 1, 1), 1], [winstub.TimeType(2010, 1, 1), 2]], 0.0, MISSING),
        winstub.BOOK, winstub.APP.Caller,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cash.csv").write_text("month,cash\n1,7\n")
        winstub.BOOK.Path = folder
        beside = run("XLFV_PV", ["cash.csv", 0.0], 901)
    vba, helps = import_vba()
    print(
        "RESULT"
        + json.dumps(
            {
                "results": results, "whys": whys, "why_reference": why_reference, "several": several, "dates": dates, "beside": beside,
                "vba": vba, "helps": helps,
            }
        )
    )  # fmt: skip


main()
