"""A workbook recalculated in this process, with our functions in it: for tests, for the command line, for reviewers.

The engine is formualizer; nothing outside this module knows it.
"""

from __future__ import annotations

import contextvars
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import formualizer
from openpyxl.utils.cell import range_boundaries

from xlfv.excel import explain, registry
from xlfv.excel.call import call
from xlfv.excel.codec import KINDS, Cell, Grid, read_cell
from xlfv.excel.explain import Address
from xlfv.excel.hosts.copying import Copy, copy_workbook, not_a_workbook
from xlfv.excel.hosts.sites import Sites, Token
from xlfv.tables import ErrorCell, Fault, Refused
from xlfv.tables.paths import check_file

_MOST_ARGS = 255
_KIND_OF = {code: kind for kind, code in KINDS.items()}
_TOKENS = {
    ("Func", "Open"): "open", ("Func", "Close"): "close", ("Paren", "Open"): "open", ("Paren", "Close"): "close",
    ("Array", "Open"): "open", ("Array", "Close"): "close", ("Sep", "Arg"): "comma", ("Operand", "Range"): "range",
    ("Operand", "Text"): "text",
}  # fmt: skip


class Recalculated:
    """A recalculated workbook."""

    def __init__(self, engine: Any, copy: Copy, book: str) -> None:
        self._engine = engine
        self._copy = copy
        self.book = book
        self.sheets: list[str] = list(engine.sheet_names)

    def value(self, sheet: str, row: int, column: int) -> Cell:
        """The cell at a row and column counted from 1: float, text, bool, None or an error with its reason.

        Raises:
            Refused: there is no such sheet.
        """
        if sheet not in self.sheets:
            raise Refused(Fault(f"{self.book} has no sheet {sheet}", todo=f"its sheets: {', '.join(self.sheets)}"))
        cell = read_cell(self._engine.get_value(sheet, row, column))
        if isinstance(cell, ErrorCell):
            kept = explain.at(Address(self.book, sheet, row, column))
            return ErrorCell(cell, kept.text if kept and kept.code == cell else cell.reason)
        return cell

    def grid(self, sheet: str, area: str) -> Grid:
        """The cells of an area, ``A1:D20``."""
        left, top, right, bottom = (int(edge or 1) for edge in range_boundaries(area))
        return [[self.value(sheet, r, c) for c in range(left, right + 1)] for r in range(top, bottom + 1)]

    def why(self, address: str) -> str:
        """What ``=XLFV_WHY(cell)`` says of a cell, named as ``Sheet!A1``."""
        parsed = explain.parse_address(address)
        if parsed is None:
            raise Refused(Fault(f"'{address}' is no cell's address", todo="write it like Sheet1!A1"))
        cell = self.value(parsed.sheet, parsed.row, parsed.column)
        if not isinstance(cell, ErrorCell):
            return str(call("XLFV_WHY", None)[0][0])
        return str(call("XLFV_WHY", cell if cell.reason else str(Address(self.book, *parsed.place)))[0][0])

    def errors(self) -> list[tuple[str, ErrorCell]]:
        """Every formula cell that shows an error, with its address."""
        cells = [(s, r, c, self.value(s, r, c)) for s, r, c in self._copy.formulas]
        return [(str(Address("", s, r, c)), cell) for s, r, c, cell in cells if isinstance(cell, ErrorCell)]


def recalculate(source: str | Path | bytes, *, book: str = "", folder: str | Path | None = None) -> Recalculated:
    """Recalculate a workbook; the file itself is not touched.

    Args:
        source: path or content of an .xlsx or .xlsm file.
        book: its name in addresses; that of the file where none is given.
        folder: where files named by a relative path are looked for; that of the file where none is given.

    Raises:
        Refused: the file is missing or no workbook.
    """
    if isinstance(source, bytes):
        content, book = source, book or "workbook.xlsx"
    else:
        content, book = _content(Path(source)), book or Path(source).name
        folder = folder or Path(source).resolve().parent
    copy = copy_workbook(content, book, _tokenize)
    with tempfile.TemporaryDirectory(prefix="xlfv-") as scratch:
        path = Path(scratch) / "copy.xlsx"
        path.write_bytes(copy.content)
        try:
            # Only the slower backend knows the tables of a sheet.
            engine = formualizer.load_workbook(str(path), backend="umya" if copy.has_tables else "native")
        except Exception as problem:  # whatever a damaged file makes the engine raise, it is the file's fault
            raise not_a_workbook(book, problem) from None
    # Names that are not ours are registered too, and arguments past the last are let through: both must reach us, to
    # be refused in words.
    here = contextvars.copy_context()
    for name in [*registry.functions(), *sorted(copy.sites.called - set(registry.functions()))]:
        engine.register_function(name, _callback(name, copy.sites, folder, here), min_args=0, max_args=_MOST_ARGS)
    engine.evaluate_all()
    return Recalculated(engine, copy, book)


def _content(path: Path) -> bytes:
    check_file(path)
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Refused(Fault(f"{path} cannot be read: {problem.strerror}", todo="check the path"), code="#N/A") from None


def _tokenize(formula: str) -> list[Token]:
    tokens = formualizer.tokenize(formula).tokens()
    split = [Token(t.value, _TOKENS.get((str(t.token_type), str(t.subtype)), _other(t))) for t in tokens]
    # A formula whose pieces do not join to itself is left alone rather than altered.
    return split if "=" + "".join(t.text for t in split) == formula else [Token(formula[1:], "other")]


def _other(token: Any) -> str:
    return "space" if str(token.token_type) == "Whitespace" else "other"


def _callback(name: str, sites: Sites, folder: str | Path | None, here: contextvars.Context) -> Callable[..., Any]:
    """What the engine calls, in threads of its own: each call finds the context in which the recalculation began."""

    def answer(*args: Any) -> Any:
        return here.copy().run(_answer, *args)

    def _answer(*args: Any) -> Any:
        site = sites.get(args[0]) if args else None
        if site is None:
            return _write(call(name, *args, folder=folder))
        return _write(call(name, *args[1:], caller=site.caller, places=site.places, folder=folder))

    return answer


def _write(grid: Grid) -> Any:
    """A grid as the engine takes it: errors as dictionaries, blanks as empty text (None would show as 0)."""
    rows = [[_write_cell(cell) for cell in row] for row in grid]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _write_cell(cell: Cell) -> Any:
    if isinstance(cell, ErrorCell):
        return {"type": "Error", "kind": _KIND_OF.get(str(cell), "Value"), "message": cell.reason[:200]}
    return "" if cell is None else cell
