"""Tables from files: CSV, gzipped CSV and xlsx. Cells are read as they stand; nothing is evaluated."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl

from xlfv import progress
from xlfv.tables.faults import Fault, Refused
from xlfv.tables.table import ERROR_CODES, ErrorCell, Place, Table, from_grid

MOST_BYTES = 1 << 30  # unpacked size past which a file is refused (a zip bomb, or the wrong file)
SUFFIXES = (".csv", ".csv.gz", ".xlsx")
_WITH_SHEET = re.compile(r"(.*?\.(?:csv|csv\.gz|xlsx))!(.*)", re.IGNORECASE | re.DOTALL)


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


def read_file(path: str | Path, name: str) -> Table:
    """Read a table from ``file.csv``, ``file.csv.gz``, ``file.xlsx`` or ``file.xlsx!Sheet``.

    Args:
        path: the file; for a workbook the sheet may follow an exclamation mark, else the first sheet is read.
        name: which table it is.

    Raises:
        Refused: the file is missing, too large, of another kind, or has no header. ``code`` is ``#N/A`` when missing.
    """
    file, sheet = split_path(str(path))
    where = Path(file)
    if not is_file(where):
        raise Refused(
            Fault(
                f"there is no file {file[:200]}",
                todo="check the path; a relative one starts at the workbook's folder or the working folder",
            ),
            code="#N/A",
        )
    progress.tell(f"reading {where.name}")
    lower = where.name.lower()
    if lower.endswith(".xlsx"):
        return _read_xlsx(where, sheet, name)
    if lower.endswith((".csv", ".csv.gz")):
        return _read_csv(where, name)
    raise Refused(Fault(f"{where.name} is not a table xlfv reads", todo=f"give one of {', '.join(SUFFIXES)}"))


def _read_csv(path: Path, name: str) -> Table:
    opener: Any = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise Refused(Fault(f"{path.name} holds over {MOST_BYTES >> 20} MB", todo="split it, or check what it is"))
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise Refused(
            Fault(f"{path.name} cannot be read: {problem}", str(path), "export it again as CSV UTF-8")
        ) from None
    except UnicodeDecodeError as problem:
        raise Refused(
            Fault(
                f"{path.name} is not UTF-8 text (byte {problem.start})",
                str(path),
                "export it again as CSV UTF-8",
            )
        ) from None
    grid = [[_csv_cell(cell) for cell in line] for line in lines]
    top = _header_row(grid)
    wide = len(grid[top]) if grid else 0
    for row, line in enumerate(grid):
        if any(cell is not None for cell in line[wide:]):
            what = f"the row has {len(line)} cells and the header {wide}"
            raise Refused(Fault(what, f"{path.name} row {row + 1}", "quote commas in texts"))
    return from_grid(name, grid[top:], Place(path.name, top + 1, kind="file"), text=True)


def _header_row(grid: list[list[Any]]) -> int:
    """The first row that is not blank, from 0."""
    return next((k for k, row in enumerate(grid) if any(cell is not None for cell in row)), 0)


def _csv_cell(cell: str) -> Any:
    bare = cell.strip()
    if not bare:
        return None
    return ErrorCell(bare) if bare in ERROR_CODES else bare


def _read_xlsx(path: Path, sheet: str, name: str) -> Table:
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise Refused(Fault(f"{path.name} unpacks to over {MOST_BYTES >> 20} MB", todo="check what it is"))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Refused:
        raise
    except Exception as problem:  # whatever a damaged file makes the reader raise, it is the file's fault
        raise _damaged(path, problem) from None
    try:
        if sheet and sheet not in book.sheetnames:
            raise Refused(
                Fault(
                    f"{path.name} has no sheet {sheet}",
                    str(path),
                    f"its sheets: {', '.join(book.sheetnames)}",
                ),
                code="#N/A",
            )
        page = book[sheet] if sheet else book.worksheets[0]
        grid = [[_xlsx_cell(cell) for cell in row] for row in page.iter_rows(values_only=True)]
        top = _header_row(grid)
    except Refused:
        raise
    except Exception as problem:
        raise _damaged(path, problem) from None
    finally:
        book.close()
    return from_grid(name, grid[top:], Place(f"[{path.name}]{page.title}", top + 1, kind="sheet"))


def _damaged(path: Path, problem: Exception) -> Refused:
    """The refusal of a workbook that cannot be read."""
    what = f"{path.name} is not a workbook: {type(problem).__name__} {problem}"
    return Refused(Fault(what, str(path), "save it again as .xlsx"))


def _xlsx_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        if not cell.strip():
            return None
        return ErrorCell(cell) if cell in ERROR_CODES else cell
    return cell
