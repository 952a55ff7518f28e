"""Tables from files: CSV, gzipped CSV, xlsx and Parquet. Cells are read as they stand; nothing is evaluated."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xlfv import progress
from xlfv.tables.faults import Fault, Refused
from xlfv.tables.limits import LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from xlfv.tables.parquet import read_parquet
from xlfv.tables.paths import check_file, legible
from xlfv.tables.table import ERROR_CODES, ErrorCell, Place, Table, from_grid
from xlfv.tables.unpacking import Counted, chunks, open_parts, unzipped

SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".parquet")
TEXTS = (".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")
"""Endings of texts, where a layout says how they are written."""
# The sheet is what follows the mark to the end; no sheet's name holds a slash, so folders may hold the mark.
_WITH_SHEET = re.compile(r"(.*?\.(?:csv|csv\.gz|xlsx))!([^/\\]*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Layout:
    """How a text or a sheet is laid out.

    Attributes:
        separator: between the cells of a line.
        encoding: of the text, by Python's name.
        header_row: number of the row of headers, from 1; 0: the first that is not blank.
    """

    separator: str = ","
    encoding: str = "utf-8"
    header_row: int = 0


USUAL = Layout()


def split_path(text: str) -> tuple[str, str]:
    """File and sheet of ``file.xlsx!Sheet``; the sheet is empty where none is named. Folders may hold a ``!``."""
    match = _WITH_SHEET.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def is_file(path: Path) -> bool:
    """True where a file stands there; a name that the system could not even look up stands nowhere."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long: an error to some systems only
        return False


def read_file(path: str | Path, name: str, layout: Layout | None = None) -> Table:
    """Read a table from ``file.csv``, ``file.csv.gz``, ``file.parquet``, ``file.xlsx`` or ``file.xlsx!Sheet``.

    Args:
        path: the file; for a workbook the sheet may follow an exclamation mark, else the first sheet is read.
        name: which table it is.
        layout: how it is laid out, where that is known; other endings of texts are then read too.

    Raises:
        Refused: the file is missing, past the limits of :mod:`xlfv.tables.limits`, of another kind, or has no header.
            ``code`` is ``#N/A`` when missing.
    """
    file, sheet = split_path(str(path))
    where = Path(file)
    check_file(where)
    progress.tell(f"reading {where.name}")
    lower = where.name.lower()
    if lower.endswith(".xlsx"):
        return _read_xlsx(where, sheet, name, layout or USUAL)
    if lower.endswith(".parquet"):
        return read_parquet(where, name)
    if lower.endswith(TEXTS if layout else (".csv", ".csv.gz")):
        return _read_csv(where, name, layout or USUAL)
    raise Refused(Fault(f"{legible(where.name)} is not a table xlfv reads", todo=f"give one of {', '.join(SUFFIXES)}"))


@contextmanager
def opened(path: Path, layout: Layout = USUAL) -> Iterator[Counted]:
    """The bytes of a text as UTF-8, unpacked and counted; while it lasts, the file is open.

    Raises:
        Refused: it holds more than a file may, or is not of the encoding that the layout says.
    """
    with path.open("rb") as stream:
        pieces = unzipped(stream, path.name) if path.name.lower().endswith(".gz") else chunks(stream)
        if codecs.lookup(layout.encoding).name != "utf-8":
            pieces = _recoded(pieces, layout.encoding, path)
        yield Counted(pieces, path.stat().st_size, path.name)


def _recoded(pieces: Iterator[bytes], encoding: str, path: Path) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            if text := decoder.decode(piece):
                yield text.encode("utf-8")
        decoder.decode(b"", final=True)
    except UnicodeError as problem:
        what = f"{path.name} is not {encoding} text: {problem}"
        raise Refused(Fault(what, str(path), "mend the encoding in the mapping, or export it again")) from None


def _read_csv(path: Path, name: str, layout: Layout) -> Table:
    try:
        with opened(path, layout) as counted:
            rows = _Rows(path.name, layout.header_row)
            for line in csv.reader(_lines(counted, path), strict=True, delimiter=layout.separator):
                rows.add([_csv_cell(cell) for cell in line])
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise Refused(
            Fault(f"{path.name} cannot be read: {problem}", str(path), "export it again as CSV UTF-8")
        ) from None
    for row, line in enumerate(rows.grid):
        if len(line) > rows.wide and row >= rows.top:
            what = f"the row has {len(line)} cells and the header {rows.wide}"
            raise Refused(Fault(what, f"{path.name} row {row + 1}", "quote commas in texts"))
    return rows.table(name, Place(path.name, kind="file"), text=True)


def _lines(counted: Counted, path: Path) -> Iterator[str]:
    """The lines of a text, none too long."""
    text = io.TextIOWrapper(counted, encoding="utf-8-sig", newline="")
    try:
        while line := text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                what = f"{path.name} has a line of over {LONGEST_LINE:,} characters"
                raise Refused(Fault(what, str(path), "check what it is"))
            yield line
    except UnicodeDecodeError as problem:
        at = counted.count - len(problem.object) + problem.start
        while counted.read1():  # a damaged .gz is told as such
            pass
        what = f"{path.name} is not UTF-8 text (byte {at})"
        raise Refused(Fault(what, str(path), "export it again as CSV UTF-8")) from None


class _Rows:
    """Rows as they are read, each up to its last filled cell, and none past the limits.

    Attributes:
        grid: the rows; a blank one is empty.
        top: the first row that is not blank, from 0; it holds the headers.
        wide: cells of that row, blank ones included.
    """

    def __init__(self, label: str, header_row: int = 0) -> None:
        self.grid: list[list[Any]] = []
        self.top = self.wide = 0
        self._from = max(header_row - 1, 0)
        self._label = label
        self._cells = 0

    def add(self, row: list[Any]) -> None:
        """Add a row.

        Raises:
            Refused: it makes the table too large, or a cell of it holds too long a text.
        """
        wide = len(row)
        while row and row[-1] is None:
            row.pop()
        if row and not self.wide and len(self.grid) >= self._from:
            self.top, self.wide = len(self.grid), wide
        self._cells += len(row)
        self.grid.append(row or _BLANK)
        number = len(self.grid)
        if number > MOST_ROWS or len(row) > MOST_COLUMNS or self._cells > MOST_CELLS:
            limits = f"{MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells in all"
            raise self._refusal(f"the table is larger than {limits}", "split it, or check what it is")
        for cell in row:
            if type(cell) is str and len(cell) > LONGEST_CELL:
                raise self._refusal(f"a cell holds over {LONGEST_CELL:,} characters", "check its quotation marks")
        if number % _TOLD == 0:
            progress.tell(f"reading {self._label}, row {number:,}")

    def table(self, name: str, place: Place, *, text: bool = False) -> Table:
        """The rows from the headers on as a table; the place is that of the first row."""
        return from_grid(name, self.grid[self.top :], replace(place, row=self.top + 1), text=text)

    def _refusal(self, what: str, todo: str) -> Refused:
        return Refused(Fault(what, f"{self._label} row {len(self.grid)}", todo))


_TOLD = 50_000  # rows between two words to who waits
_BLANK: list[Any] = []  # the one row that stands for all blank ones


def _csv_cell(cell: str) -> Any:
    bare = cell.strip()
    if not bare:
        return None
    return ErrorCell(bare) if bare[0] == "#" and bare in ERROR_CODES else bare


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """A workbook's values, as openpyxl reads them; while it lasts, the file is open.

    Raises:
        Refused: it is missing, damaged, or unpacks to more than a workbook may.
    """
    import openpyxl  # here, not above: a session without workbooks starts a tenth of a second sooner

    check_file(path)
    with path.open("rb") as stream:
        try:
            with open_parts(stream, path.name):
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except Refused:
            raise
        except Exception as problem:  # whatever a damaged file makes the reader raise, it is the file's fault
            raise damaged(path, problem) from None
        try:
            yield book
        finally:
            book.close()


def _read_xlsx(path: Path, sheet: str, name: str, layout: Layout) -> Table:
    with open_workbook(path) as book:
        if sheet and sheet not in book.sheetnames:
            what, sheets = f"{path.name} has no sheet {legible(sheet)}", ", ".join(book.sheetnames)
            raise Refused(Fault(what, str(path), f"its sheets: {sheets}"), code="#N/A")
        rows = _Rows(path.name, layout.header_row)
        try:
            page = book[sheet] if sheet else book.worksheets[0]
            page.reset_dimensions()  # what it says of its own size may be far from true
            for row in page.iter_rows(values_only=True):
                rows.add([_xlsx_cell(cell) for cell in row])
        except Refused:
            raise
        except Exception as problem:
            raise damaged(path, problem) from None
    return rows.table(name, Place(f"[{path.name}]{page.title}", kind="sheet"))


def damaged(path: Path, problem: Exception) -> Refused:
    """The refusal of a workbook that cannot be read."""
    what = f"{path.name} is not a workbook: {type(problem).__name__} {problem}"
    return Refused(Fault(what, str(path), "save it again as .xlsx"))


def _xlsx_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        if not cell.strip():
            return None
        return ErrorCell(cell) if cell in ERROR_CODES else cell
    return cell
