"""From a grid of cells to what a declared argument is: the check that every host shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from xlfv.excel import handles
from xlfv.excel.arguments import Arg
from xlfv.excel.book_tables import ANY_SIZE, read_book_table
from xlfv.excel.codec import Cell, Grid
from xlfv.excel.series import is_bare, read_numbers, read_series, series_of_table
from xlfv.months.book.address import parse_address
from xlfv.months.book.where import NAME, find_book
from xlfv.tables import Fault, Place, Refused, Table, from_grid
from xlfv.tables.cells import as_date, as_text
from xlfv.tables.files import read_file, split_path
from xlfv.tables.paths import check_file, check_here, elsewhere, legible, missing

Folder: TypeAlias = str | Path | Callable[[], str | Path | None] | None
Texts: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """What stands in a cell, as it is: for functions that look at errors rather than pass them on.

    Attributes:
        grid: the cells, errors included.
        place: where they stand, when the host said so.
    """

    grid: Grid
    place: Place | None = None


def read_argument(arg: Arg, grid: Grid, place: Place | None, folder: Folder = None) -> Any:
    """The value of an argument.

    Args:
        arg: its declaration.
        grid: the cells handed over; no error cells, except for the kinds ``cell`` and ``table``.
        place: where they stand, when the host said so.
        folder: where files named by a relative path are looked for, or something to ask; None for the working folder.

    Raises:
        Refused: with every fault and its place.
    """
    if arg.kind == "cell":
        return Given(grid, place)
    if arg.kind == "book":
        try:
            return _read_book(arg, grid, folder)
        except Refused as problem:
            raise located(problem, place) from None
    if all(cell is None for row in grid for cell in row):
        return _blank(arg, place)
    if arg.kind in _BLOCKS:
        grid = _filled(grid)
        named = _named(arg, grid, folder) if arg.kind in ("table", "series") else None
        return _BLOCKS[arg.kind](arg, grid, place or Place(arg.name), named)
    try:
        return _read_scalar(arg, grid)
    except Refused as problem:
        raise located(problem, place) from None


def _filled(grid: Grid) -> Grid:
    """A block without the blank rows below its last filled one: a whole column may be given for what stands in it.

    Two rows stay, so that headers without rows are still a table.
    """
    if grid[-1].count(None) < len(grid[-1]):
        return grid
    last = next(k for k in range(len(grid) - 1, -1, -1) if grid[k].count(None) < len(grid[k]))
    return grid[: max(last + 1, 2)]


def located(problem: Refused, place: Place | None) -> Refused:
    """The refusal with the place of the cell, where it names none."""
    if place is None:
        return problem
    faults = [replace(fault, where=fault.where or place.cell(-1, 0)) for fault in problem.faults]
    return Refused(faults, code=problem.code)


def _blank(arg: Arg, place: Place | None) -> Any:
    if not arg.required:
        return arg.default
    raise located(Refused(Fault(f"{arg.name} is blank; it must be {arg.expected}", todo="fill it in")), place)


def _read_scalar(arg: Arg, grid: Grid) -> Any:
    if len(grid) > 1 or len(grid[0]) > 1:
        size = f"a range of {len(grid)} rows and {len(grid[0])} columns"
        raise Refused(Fault(f"{arg.name} must be {arg.expected}; {size} came", todo="point to one cell"))
    cell = grid[0][0]
    if isinstance(cell, str) and not cell.strip():
        return _blank(arg, None)
    if arg.kind == "handle":
        return _read_handle(arg, cell)
    return arg.check(_SCALARS[arg.kind](arg, cell))


def _read_handle(arg: Arg, cell: Cell) -> Any:
    try:
        return handles.find(as_text(cell), arg.of)
    except Refused as problem:
        faults = [replace(fault, what=f"{arg.name}: {fault.what}") for fault in problem.faults]
        raise Refused(faults, code=problem.code) from None


def _read_number(arg: Arg, cell: Cell) -> float:
    if isinstance(cell, float):
        return cell
    raise arg.refusal(cell, _number_advice(cell))


def _number_advice(cell: Cell) -> str:
    if isinstance(cell, str):
        try:
            float(cell.strip().rstrip("%"))
        except ValueError:
            return "point to a cell with a number"
        return "it is a number kept as text: convert it to a number"
    return "point to a cell with a number"


def _read_integer(arg: Arg, cell: Cell) -> int:
    number = _read_number(arg, cell)
    if number != int(number):
        raise arg.refusal(number, "write a whole number")
    return int(number)


def _read_text(arg: Arg, cell: Cell) -> str:
    if isinstance(cell, (bool, dt.date)):
        raise arg.refusal(cell, "write a text")
    return as_text(cell)


def _read_date(arg: Arg, cell: Cell) -> dt.date:
    try:
        return as_date(cell)
    except Refused as problem:
        raise arg.refusal(cell, problem.faults[0].todo) from None


_WORDS = {"true": True, "yes": True, "false": False, "no": False}


def _read_boolean(arg: Arg, cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in _WORDS:
        return _WORDS[cell.strip().lower()]
    if cell in (0.0, 1.0):
        return bool(cell)
    raise arg.refusal(cell, "write TRUE or FALSE")


_SCALARS: dict[str, Callable[[Arg, Cell], Any]] = {
    "number": _read_number,
    "integer": _read_integer,
    "text": _read_text,
    "date": _read_date,
    "boolean": _read_boolean,
    "book": _read_text,
}


def _named(arg: Arg, grid: Grid, folder: Folder) -> Table | None:
    """The table that a single text cell names by handle, by file path or by its place in a book; None when the range is the table itself."""
    cell = grid[0][0]
    if len(grid) > 1 or len(grid[0]) > 1 or not isinstance(cell, str):
        return None
    handle = handles.parse(cell)
    if handle is not None:
        return replace(_read_handle(replace(arg, kind="handle", of="table"), cell).table, name=arg.name)
    try:
        address = parse_address(cell.strip())
        if address is not None:
            return read_book_table(replace(address, book=_beside(address.book, folder, look=False)), arg.name)
        return read_file(_beside(cell.strip(), folder), arg.name)
    except (OSError, ValueError) as problem:
        if isinstance(problem, Refused):
            raise
        raise Refused(Fault(f"{arg.name}: '{legible(cell)}' cannot be read as a file: {problem}")) from None


def _read_book(arg: Arg, grid: Grid, folder: Folder) -> Path:
    """The book that a cell names, or the one that is meant where it is blank."""
    blank = all(cell is None for row in grid for cell in row)
    said = "" if blank else (_read_scalar(arg, grid) or "")
    home = _home(folder)
    if elsewhere(said):
        check_here(said, home)
    book = find_book(said, home)
    if folder is not None and not book.is_absolute():
        what = f"the book of months {legible(said) or NAME} is looked for beside the workbook, which lies in no folder"
        raise Refused(
            Fault(what, todo="save the workbook in a folder of this computer, or write the whole path"), code="#N/A"
        )
    try:
        check_file(book, ANY_SIZE)
    except Refused as refused:
        if refused.code != "#N/A":
            raise
        what = f"there is no book of months {legible(said) if said else f'{NAME} beside the workbook'}"
        todo = "give its path, lay it beside the workbook, or note it with: xlfv book PATH"
        raise Refused(Fault(what, todo=todo), code="#N/A") from None
    return book


def _beside(path: str, folder: Folder, *, look: bool = True) -> str:
    """A relative path beside the calling workbook; without one (``folder`` is None), the path as it is.

    A workbook never reads a relative path from anywhere else: one process serves workbooks of several months.

    Args:
        path: as the cell holds it.
        folder: of the workbook.
        look: refuse at once what is not there.

    Raises:
        Refused: the path names another computer, and not the share on which the workbook lies; or it is relative and
            the workbook lies in no folder.
    """
    if elsewhere(path):
        check_here(path, _home(folder))
        return path
    file = Path(split_path(path)[0])
    if file.is_absolute():
        return path
    if folder is None:
        return path
    home = _home(folder)
    if not Path(home).is_absolute():
        todo = "save the workbook in a folder of this computer, or write the whole path"
        raise Refused(
            Fault(f"'{legible(path)}' is relative and the workbook lies in no folder", todo=todo), code="#N/A"
        )
    try:
        if look:
            check_file(Path(home) / file)
    except Refused as refused:
        raise missing(split_path(path)[0]) if refused.code == "#N/A" else refused from None
    return str(Path(home) / path)


def _home(folder: Folder) -> str:
    """The calling workbook's folder; empty where it has none."""
    try:
        home = folder() if callable(folder) else folder
    except Exception:  # a host that cannot say where its workbook lies must not fail the cell
        return ""
    return str(home or "")


def _read_table(arg: Arg, grid: Grid, place: Place, named: Table | None) -> Table:
    return from_grid(arg.name, grid, place) if named is None else named


def _read_numbers(arg: Arg, grid: Grid, place: Place, _: Table | None) -> Any:
    if not is_bare(grid):
        size = f"{len(grid)} rows and {len(grid[0])} columns"
        raise Refused(Fault(f"{arg.name} must be one row or one column of numbers; {size} came", place.start))
    return read_numbers(grid, place)


def _read_series(arg: Arg, grid: Grid, place: Place, named: Table | None) -> Any:
    return read_series(arg.name, grid, place, arg.of) if named is None else series_of_table(named, arg.of)


def _read_texts(arg: Arg, grid: Grid, place: Place, _: Table | None) -> Texts:
    cells = [as_text(cell) for row in grid for cell in row if cell is not None]
    return tuple(text.strip() for cell in cells for text in cell.split(",") if text.strip())


_BLOCKS: dict[str, Callable[[Arg, Grid, Place, Table | None], Any]] = {
    "table": _read_table,
    "numbers": _read_numbers,
    "series": _read_series,
    "texts": _read_texts,
}
