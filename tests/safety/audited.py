"""Run with ``python -m tests.safety.audited``: what the interpreter itself reports while hostile cells and files are read.

All functions are called once, so that everything is imported and compiled; then again with a hook in place that notes
every program started, code compiled or run, thing unpickled, and connection made. It prints them, and the files opened.
"""

from __future__ import annotations

import io
import json
import pickle
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.excel.book.conftest import small_tables, write_folder
from tests.excel.example_book import book_folder
from tests.excel.golden import GOLDEN, resolved
from xlfv.excel import call, explain, handles
from xlfv.excel.hosts.headless import recalculate
from xlfv.months.folder import read_month
from xlfv.tables import Refused
from xlfv.tables.files import read_file

WATCHED = (
    "compile", "exec", "import", "pickle.", "marshal.load", "marshal.loads", "os.system", "os.exec", "os.fork", "os.spawn",
    "os.posix_spawn", "os.startfile", "subprocess.", "socket.", "ctypes.dlopen", "code.__new__", "urllib.", "ftplib.", "glob.",
    "webbrowser.", "sys.setprofile", "sys.settrace", "builtins.input",
)  # fmt: skip
HOSTILE = (
    "=1+1", "=cmd|'/c calc'!A0", "@SUM(1)", "+1", "-2+3", "\t=1", "\r=1", '=HYPERLINK("http://x")', "__import__('os').system('x')",
    "eval('1+1')", "exec('1')", "{{7*7}}", "${7*7}", "%s%s%n", "$(touch x)", "`touch x`", "|touch x", "!!python/object/apply:os.system ['x']",
    "cos\nsystem\n(S'x'\ntR.", "1 if 1 else 2", "lambda: 1", "0x10", "1_000", "1e3", "(1)", "[1]", "True", "None", "1;2",
)  # fmt: skip


def work(folder: Path) -> list[Any]:
    """Every function with good and bad cells, a month, a file, a workbook: with hostile texts wherever one fits."""
    results: list[Any] = []
    for name, args in GOLDEN:
        results.append(call(name, *resolved(args, results), folder=book_folder()))
    for text in HOSTILE:
        for name in ("XLFV_SMM", "XLFV_PV", "XLFV_TABLE", "XLFV_WHY", "XLFV_TRUST_SUMMARY"):
            results.append(call(name, text))
        results.append(call("XLFV_VECTOR", text, 5.0))
        results.append(call("XLFV_PV", [["month", "cash"], [text, text]], 0.05))
        results.append(call(text, text))
    results.append(sorted(read_month(folder, "2009-12").trusts))
    results.append(read_file(folder / "notes.csv", "notes").columns)
    try:
        read_file(folder / "bad.csv.gz", "bad")
    except Refused as refused:
        results.append(str(refused))
    results.append(recalculate(_workbook(folder)).grid("S", "A1:B20"))
    return results


def what_must_be_seen() -> None:
    """A text that is run, one that is unpickled, and a socket."""
    eval("1")
    pickle.loads(b"cbuiltins\nlen\n.")
    socket.socket().close()


def _workbook(folder: Path) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        for row, text in enumerate(HOSTILE):
            sheet.write_string(row, 0, text)
            sheet.write_formula(row, 1, f"=XLFV_TABLE(A{row + 1})")
    return target.getvalue()


def prepared(folder: Path) -> None:
    """Files with hostile texts in every place that takes a text."""
    tables = small_tables()
    for k, text in enumerate(HOSTILE):
        tables["loans"].append({"loan_id": f"{text}{k}", "balance": 1.0, "rate": 0.06, "remaining_term": 12})
    tables["yields"][0]["reason"] = HOSTILE[1]
    write_folder(folder, "T", "2009-12", tables)
    (folder / "notes.csv").write_text("note,=1+1\n" + "\n".join(f'"{text}",1' for text in HOSTILE if '"' not in text))
    (folder / "bad.csv.gz").write_bytes(b"\x80\x04\x95cos\nsystem\n(S'x'\ntR.")


def main() -> None:
    """Do the work twice, the second time watched, and print what was seen."""
    seen: list[str] = []
    opened: list[str] = []
    watching = False

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(args[0], (str, bytes)):
            opened.append(str(args[0]))
        if watching and event.startswith(WATCHED):
            seen.append(f"{event} {str(args)[:200]}")

    sys.addaudithook(hook)
    handles.configure(None)
    with tempfile.TemporaryDirectory() as scratch:
        prepared(Path(scratch))
        before = work(Path(scratch))
        watching = True
        again = work(Path(scratch))
        if "--prove" in sys.argv:
            what_must_be_seen()
        watching = False
        same = repr(before) == repr(again)
        opened = sorted({name.replace(scratch, "SCRATCH") for name in opened})
    print(json.dumps({"seen": sorted(set(seen)), "opened": opened, "same": same, "defects": len(explain.defects())}))


if __name__ == "__main__":
    main()
