"""The cells of one column as arrays: what kind each cell is, and its number, date, word or yes/no, to the bit.

Cells are kept as what they mean: in a table of texts (a CSV) a text that is a number is kept as that number, so that SQL finds
numbers, and a file of another form with the same content has the same digest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.tables import ErrorCell, Refused
from xlfv.tables.cells import as_date, as_text
from xlfv.tables.columns import Kind, as_flag
from xlfv.tables.table import ERROR_CODES

BLANK, NUMBER, DATE, FLAG, TEXT = range(5)
LARGEST_WHOLE = 2**53  # beyond, a float64 no longer tells whole numbers apart
_PLAIN = re.compile(r"[+-]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
_DIGITS = 15  # that a float64 is sure to hold
_ERRORS = frozenset(ERROR_CODES)


@dataclass(frozen=True)
class Cells:
    """One column.

    Attributes:
        tags: uint8[rows], what each cell is: BLANK, NUMBER, DATE, FLAG or TEXT.
        numbers: float64[rows], of numbers, and 1 or 0 for yes and no; not a number elsewhere. None where there are none.
        days: datetime64[D][rows], NaT where there is no date. None where there are none.
        texts: object[rows], None where there is no text. None where there are none.
    """

    tags: NDArray[np.uint8]
    numbers: NDArray[np.float64] | None = None
    days: NDArray[Any] | None = None
    texts: NDArray[Any] | None = None

    def digest(self) -> bytes:
        """SHA-256 over kinds and contents, whatever arrays hold them."""
        whole = hashlib.sha256(self.tags.tobytes())
        for tag in (NUMBER, FLAG):
            if self.numbers is not None:
                whole.update(np.ascontiguousarray(self.numbers[self.tags == tag], dtype="<f8").tobytes())
        if self.days is not None:
            whole.update(self.days[self.tags == DATE].astype("datetime64[D]").astype("<i8").tobytes())
        if self.texts is not None:
            words = self.texts[self.tags == TEXT].tolist()
            whole.update(np.fromiter(map(len, words), dtype="<i8", count=len(words)).tobytes())
            whole.update("".join(words).encode("utf-8", "surrogatepass"))
        return whole.digest()

    def listed(self, *, whole: bool = False) -> list[Any]:
        """Raw cells as a table holds them; numbers as ``int`` where the column counts whole ones."""
        found = np.full(self.tags.size, None, dtype=object)
        if self.numbers is not None:
            rows = self.tags == NUMBER
            _put(found, rows, np.where(rows, self.numbers, 0.0).astype(np.int64) if whole else self.numbers)
            _put(found, self.tags == FLAG, self.numbers == 1.0)
        if self.days is not None:
            _put(found, self.tags == DATE, self.days)
        if self.texts is not None:
            _put(found, self.tags == TEXT, self.texts)
        cells = found.tolist()
        if self.texts is not None and not _ERRORS.isdisjoint(self.texts[self.tags == TEXT].tolist()):
            cells = [ErrorCell(cell) if type(cell) is str and cell in _ERRORS else cell for cell in cells]
        return cells


def _put(found: NDArray[Any], rows: NDArray[np.bool_], values: NDArray[Any]) -> None:
    """Set the Python values of some rows."""
    if rows.any():
        found[rows] = np.array(values[rows].astype(object), dtype=object)


def typed(kind: Kind, cells: Sequence[Any], *, text: bool) -> Cells | None:
    """A column whose cells are all of the kind its schema says; None where one is not.

    Args:
        kind: of the column, any but ``cell``.
        cells: raw cells.
        text: every cell came as text.
    """
    try:
        if kind in ("number", "integer"):
            return _numbers(cells, whole=kind == "integer", text=text)
        if kind == "date":
            return _dates(_by_cell(cells, lambda cell: as_date(cell, text=text)))
        if kind == "flag":
            found = _by_cell(cells, lambda cell: as_flag(as_text(cell)))
            numbers = np.array([math.nan if cell is None else float(cell) for cell in found])
            return Cells(np.where(np.isnan(numbers), BLANK, FLAG).astype(np.uint8), numbers)
        return _texts([cell.strip() if type(cell) is str else cell for cell in cells])
    except (Refused, ValueError, TypeError, OverflowError):
        return None


def _numbers(cells: Sequence[Any], *, whole: bool, text: bool) -> Cells | None:
    kinds = set(map(type, cells))
    if not kinds <= {float, int, Decimal, type(None), *([str] if text else [])}:
        return None
    if str in kinds and "_" in "".join(cell for cell in cells if type(cell) is str):
        return None  # Python alone reads 1_000
    blank = np.fromiter((cell is None for cell in cells), dtype=bool, count=len(cells))
    numbers = np.array([math.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)
    if not np.all(np.isfinite(numbers) | blank):
        return None
    if whole and not np.all((np.floor(numbers) == numbers) & (np.abs(numbers) <= LARGEST_WHOLE) | blank):
        return None
    return Cells(np.where(blank, BLANK, NUMBER).astype(np.uint8), numbers)


def _by_cell(cells: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Every cell read, equal ones once; blanks stay blank."""
    seen: dict[tuple[type, Any], Any] = {}
    found: list[Any] = []
    for cell in cells:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            found.append(None)
            continue
        if isinstance(cell, ErrorCell):
            raise Refused("an error stands there")
        key = (type(cell), cell)
        if key not in seen:
            seen[key] = read(cell)
        found.append(seen[key])
    return found


def _dates(found: list[dt.date | None]) -> Cells:
    days = np.array(["NaT" if day is None else day for day in found], dtype="datetime64[D]")
    return Cells(np.where(np.isnat(days), BLANK, DATE).astype(np.uint8), days=days)


def _texts(cells: Sequence[Any]) -> Cells:
    words = [cell if cell is None or type(cell) is str else as_text(cell) for cell in cells]
    texts = np.array([word or None for word in words] or [], dtype=object)
    blank = np.fromiter((not word for word in words), dtype=bool, count=len(words))
    return Cells(np.where(blank, BLANK, TEXT).astype(np.uint8), texts=texts)


def mixed(cells: Sequence[Any], *, text: bool, free: bool) -> Cells:
    """A column of cells of any kind.

    Args:
        cells: raw cells.
        text: every cell came as text, so that numbers, dates and yes/no are found in them.
        free: the column is known to hold numbers, so ``0.50`` is the number one half; else text stays text unless the whole
            column is of one kind and each number spells its text again: ``0.50`` and ``00501`` stay as they are.
    """
    size = len(cells)
    tags = np.zeros(size, dtype=np.uint8)
    numbers, days = np.full(size, np.nan), np.full(size, np.datetime64("NaT"), dtype="datetime64[D]")
    texts = np.full(size, None, dtype=object)
    for row, cell in enumerate(cells):
        tag, value = _canonical(cell, text=text, free=free)
        tags[row] = tag
        if tag in (NUMBER, FLAG):
            numbers[row] = value
        elif tag == DATE:
            days[row] = value
        elif tag == TEXT:
            texts[row] = value
    used = set(np.unique(tags))
    if text and not free and len(used - {BLANK}) > 1:
        return _texts([cell.strip() if type(cell) is str else cell for cell in cells])
    return Cells(
        tags,
        numbers if used & {NUMBER, FLAG} else None,
        days if DATE in used else None,
        texts if TEXT in used else None,
    )


def _canonical(cell: Any, *, text: bool, free: bool) -> tuple[int, Any]:
    """What a cell is, and its value."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return BLANK, None
    if isinstance(cell, ErrorCell):
        return TEXT, str(cell)
    if isinstance(cell, (bool, np.bool_)):
        return FLAG, float(cell)
    if isinstance(cell, (dt.date, dt.datetime, np.datetime64)):
        return DATE, np.datetime64(as_date(cell))
    if isinstance(cell, str):
        return _of_text(cell.strip(), free) if text else (TEXT, cell)
    value = float(cell)
    if not math.isfinite(value) or (isinstance(cell, int) and int(value) != cell):
        return TEXT, str(cell)
    return NUMBER, value


def _of_text(word: str, free: bool) -> tuple[int, Any]:
    """What a text is that came from a table of texts."""
    if word in ("TRUE", "FALSE"):
        return FLAG, float(word == "TRUE")
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        try:
            return DATE, np.datetime64(dt.date.fromisoformat(word))
        except ValueError:
            return TEXT, word
    if sum(map(str.isdigit, word)) and _PLAIN.fullmatch(word) and not _is_date(word):
        value = float(word)
        short = len(re.sub(r"[eE].*|\D", "", word).lstrip("0")) <= _DIGITS
        if math.isfinite(value) and short and (free or word in (repr(value), as_text(value))):
            return NUMBER, value
    return TEXT, word


def _is_date(word: str) -> bool:
    """Digits that read as a date, such as 20091231."""
    if not word.isdigit() or len(word) < 6:
        return False
    try:
        dt.datetime.strptime(word, "%Y%m%d")
    except ValueError:
        return False
    return True


def reads_as_number(cells: Cells) -> bool:
    """True where a text is among them that reads as a number all the same (``0.50``, ``00501``)."""
    if cells.texts is None:
        return False
    for word in set(cells.texts[cells.tags == TEXT].tolist()):
        try:
            float(word)
        except ValueError:
            continue
        return True
    return False
