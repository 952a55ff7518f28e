"""The one way into a function for every host: cells in, cells out, and never an exception."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from xlfv import progress
from xlfv.excel import explain, handles, registry
from xlfv.excel.arguments import Arg
from xlfv.excel.codec import Grid, first_error, read_grid, write_grid
from xlfv.excel.explain import Address, Reason
from xlfv.excel.reading import Folder, read_argument
from xlfv.excel.registry import Function
from xlfv.excel.words import nearest, shown
from xlfv.tables import ErrorCell, Fault, Place, Refused
from xlfv.tables.table import ERROR_CODES

Where: TypeAlias = Place | Callable[[], Place | None] | None
Caller: TypeAlias = str | Callable[[], str | None] | None

_DEFECT_CODES = ((ZeroDivisionError, "#DIV/0!"), (ArithmeticError, "#NUM!"))
STOPPED = "stopped by Esc -> recalculate the cell (F2, Enter)"


class _CellError(Exception):
    """An error cell to show instead of a result."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code if code in ERROR_CODES else "#VALUE!"
        self.reason = explain.cut(reason)
        super().__init__(reason)


@dataclass(frozen=True)
class _Held:
    """An error cell that stands in an argument.

    Attributes:
        code: the error.
        at: its place as readers of tables name it.
        fault: the fault it is.
        because: the reason kept for that cell, ready to be appended; empty where none is known.
    """

    code: str
    at: str
    fault: Fault
    because: str

    def alone(self, f: Function) -> _CellError:
        """The error given on, when it is all that is wrong."""
        return _CellError(self.code, f"{f.name}: {self.fault}{self.because}")

    def among(self, f: Function, refused: Refused) -> _CellError:
        """The error given on, with everything else that is wrong."""
        told = any(f"{fault.where},".startswith(f"{self.at},") for fault in refused.faults)
        faults = refused.faults if told else (*refused.faults, self.fault)
        return _CellError(self.code, f"{f.name}: {Refused(faults)}{self.because}")


def call(
    name: str, *args: Any, caller: Caller = None, places: Sequence[Where] | None = None, folder: Folder = None
) -> Grid:
    """Call a function as a cell does.

    Args:
        name: its Excel name; case does not matter.
        args: scalars, rows or blocks, as a host hands them over; None or ``""`` is blank. For a table also a file
            path or a table handle.
        caller: address of the calling cell, ``[Book]Sheet!A1``, or something to ask for it; reasons are kept under it.
        places: where each argument stands (None where unknown), for messages; or something to ask.
        folder: the calling workbook's folder, where files named by a relative path are looked for; or something
            to ask for it.

    Returns:
        A grid, always: of the result, or of one :class:`~xlfv.tables.ErrorCell` with its reason. Never NaN.
    """
    address = _asker(caller)
    try:
        progress.tell(f"{name} ...")
        with explain.calling(address):
            grid = _answer(name, args, address, list(places or []), folder)
    except _CellError as failed:
        return _failure(name, failed.code, failed.reason, address)
    except progress.Stopped:
        return _failure(name, "#N/A", f"{name}: {STOPPED}", address)
    except Exception as problem:  # the last resort: a host must never see an exception
        return _failure(name, *_defect(problem), address, traceback.format_exc())
    return grid


def _asker(caller: Caller) -> Callable[[], Address | None]:
    """The caller's address, found out at most once and only if asked for."""

    @functools.cache
    def ask() -> Address | None:
        try:
            text = caller() if callable(caller) else caller
            return explain.parse_address(text) if text else None
        except Exception:  # a host that cannot say where it is must not fail the cell
            return None

    return ask


def _failure(name: Any, code: str, reason: str, address: Callable[[], Address | None], trace: str = "") -> Grid:
    explain.remember(Reason(code, reason, str(name), address(), trace))
    return [[ErrorCell(code, reason)]]


def _defect(problem: BaseException) -> tuple[str, str]:
    code = next((code for kind, code in _DEFECT_CODES if isinstance(problem, kind)), "#VALUE!")
    return code, explain.defect_words(problem)


def _answer(
    name: str, args: Sequence[Any], address: Callable[[], Address | None], places: list[Where], folder: Folder
) -> Grid:
    before = _forget(address)
    f = _find(name)
    places += [None] * (len(f.args) - len(places))
    held: _Held | None = None
    try:
        grids = _grids(f, args)
        held = _pass_errors_on(f, grids, places, before)
        result = f.python(**_values(f, grids, places, before, folder))
    except Refused as refused:
        raise held.among(f, refused) if held else _CellError(refused.code, f"{f.name}: {refused}") from None
    if held:
        raise held.alone(f)
    if f.result == "handle" and not isinstance(result, str):
        result = handles.keep(result)
    grid = write_grid(result)
    if first_error(grid):
        explain.remember_grid(address(), f.name, grid)
    return grid


def _forget(address: Callable[[], Address | None]) -> Reason | None:
    """Drop what is kept for the calling cell; it is given back, as a call inside the same formula may have left it."""
    here = address() if explain.anything_kept() else None
    if here is None:
        return None
    before = explain.at(here)
    explain.forget(here)
    return before


def _find(name: Any) -> Function:
    f = registry.find(name) if isinstance(name, str) else None
    if f is None:
        # Every name begins alike: only what follows tells which is meant.
        known = [each.removeprefix("XLFV_") for each in registry.functions()]
        near = nearest(name.upper().removeprefix("XLFV_"), known) if isinstance(name, str) else ""
        hint = f"did you mean XLFV_{near}?" if near else ""
        word = name[:80] if isinstance(name, str) else shown(name)
        raise _CellError("#NAME?", str(Fault(f"there is no function {word}", todo=hint or "see the reference page")))
    return f


def _grids(f: Function, args: Sequence[Any]) -> list[Grid]:
    if len(args) > len(f.args):
        raise Refused(Fault(f"{len(args)} arguments came; it takes {len(f.args)}", todo=f"write {f.syntax}"))
    grids = []
    for arg, raw in zip(f.args, args, strict=False):
        try:
            grids.append(read_grid(raw))
        except Refused as problem:
            raise Refused([Fault(f"{arg.name}: {fault.what}") for fault in problem.faults]) from None
    return grids + [[[None]]] * (len(f.args) - len(grids))


def _place(where: Where) -> Place | None:
    try:
        return where() if callable(where) else where
    except Exception:  # a host that cannot say where an argument stands must not fail the cell
        return None


def _values(
    f: Function, grids: list[Grid], places: list[Where], before: Reason | None, folder: Folder
) -> dict[str, Any]:
    """The arguments' values by parameter; refused with the faults of all of them."""
    values, refusals = {}, []
    for arg, grid, where in zip(f.args, grids, places, strict=False):
        try:
            values[arg.parameter] = read_argument(arg, _told(arg, grid, before), _place(where), folder)
        except Refused as refused:
            refusals.append(refused)
    if refusals:
        raise Refused([fault for refused in refusals for fault in refused.faults], code=refusals[0].code)
    return values


def _pass_errors_on(f: Function, grids: list[Grid], places: list[Where], before: Reason | None) -> _Held | None:
    """An error cell in an argument is the answer, before anything else is looked at.

    Not so inside a table: the whole table is still read, so that all its faults are told with that one. The first such
    cell is given back, unless the table may hold errors.
    """
    inside = None
    for arg, grid, where in zip(f.args, grids, places, strict=False):
        found = first_error(grid) if arg.kind != "cell" else None
        if found is None:
            continue
        if arg.kind != "table" or _is_single(grid):
            raise _held(arg, grid, found, _place(where), before).alone(f)
        if not arg.holds_errors:
            inside = inside or _held(arg, grid, found, _place(where), before)
    return inside


def _is_single(grid: Grid) -> bool:
    return len(grid) == 1 and len(grid[0]) == 1


def _told(arg: Arg, grid: Grid, before: Reason | None) -> Grid:
    """An error given to XLFV_WHY by a call inside the same formula, with the reason that this call left."""
    if arg.kind != "cell" or before is None or not _is_single(grid):
        return grid
    cell = grid[0][0]
    bare = isinstance(cell, ErrorCell) and cell == before.code and not cell.reason
    return [[ErrorCell(cell, before.text)]] if bare else grid


def _held(arg: Arg, grid: Grid, found: tuple[int, int, ErrorCell], place: Place | None, before: Reason | None) -> _Held:
    row, column, cell = found
    single = _is_single(grid)
    at, reason = (place or Place(arg.name)).cell(row - 1, column), cell.reason
    where = "" if single else f"row {row + 1}, column {column + 1} of {arg.name}"
    if place is not None and place.kind == "sheet":
        address = explain.address_in(place, row, column)
        inner = before is not None and before.address is not None and before.address.key == address.key
        kept = before if inner else explain.at(address)
        where, reason = str(address), reason or (kept.text if kept and kept.code == cell else "")
    what = f"{arg.name} {'is' if single else 'holds'} the error {cell}"
    fault = Fault(what, where, "" if reason else "mend that cell")
    return _Held(str(cell), at, fault, f". There: {reason}" if reason else "")
