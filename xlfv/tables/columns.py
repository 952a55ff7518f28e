"""One column of a table: what its cells must be, and how they are read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xlfv.tables.cells import as_date, as_number, as_text
from xlfv.tables.faults import Fault, Refused
from xlfv.tables.words import near_word, same_word

Kind = Literal["number", "integer", "text", "date", "flag", "cell"]
Array = NDArray[Any]
MOST_COUNT = 1e9  # of a whole number without bounds of its own


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: the header, snake_case.
        kind: number, integer, text, date, flag (yes/no) or cell (kept as it is).
        meaning: one sentence for the reader.
        unit: ``rate`` (decimal), ``$``, ``months``, ... ; a rate of 1 or more is refused as a percent.
        required: the column must be there and filled.
        default: what a blank takes (nan, "" or NaT if None).
        allowed: the words a text may be.
        low, high: inclusive bounds of a number.
        unique: no value stands twice.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: Any = None
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unique: bool = False


_FEW = 1000  # words of a column that are read one by one


def quick_array(column: Column, cells: list[Any]) -> Array | None:
    """The column at once where no cell of it needs a second look, else None; the same array as cell by cell."""
    kinds = set(map(type, cells))
    if column.kind in ("number", "integer") and kinds <= {float, int, type(None)}:
        return _quick_numbers(column, cells)
    if column.kind in ("text", "date", "flag") and kinds <= {str, dt.date, type(None)}:
        return _quick_words(column, cells)
    return None


def _quick_words(column: Column, cells: list[Any]) -> Array | None:
    """Texts, dates and flags: each word that stands there read once, or plain texts as they are."""
    if column.unique or len(words := set(cells)) > _FEW:
        if column.kind != "text" or column.allowed or not set(map(type, cells)) <= {str, type(None)}:
            return None
        texts = ["" if cell is None else cell.strip() for cell in cells]
        if (column.required and "" in texts) or (column.unique and ("" in texts or len(set(texts)) < len(texts))):
            return None
        blank = "" if column.default is None else column.default
        return np.array([text or blank for text in texts], dtype=np.str_)
    try:
        read = [None if word is None else parse_cell(column, word, text=False) for word in words]
    except Refused:
        return None
    if column.required and None in read:
        return None
    at = {word: k for k, word in enumerate(words)}
    return array_of(column, read)[np.fromiter(map(at.__getitem__, cells), dtype=np.intp, count=len(cells))]


def _quick_numbers(column: Column, cells: list[Any]) -> Array | None:
    """Numbers and blanks, all of them inside the bounds."""
    values = np.array(cells, dtype=np.float64)
    blank = np.array([cell is None for cell in cells], dtype=bool)
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    if column.unit == "rate":
        high = min(high, np.nextafter(1.0, 0.0))
    with np.errstate(invalid="ignore"):
        good = (values >= low) & (values <= high) & np.isfinite(values)
        if column.kind == "integer":
            good &= (np.abs(values) <= MOST_COUNT) & (values == np.floor(values))
    if not np.all(good | blank) or (column.required and blank.any()):
        return None
    if column.kind == "integer":
        values[blank] = 0 if column.default is None else column.default
        return values.astype(np.int64)
    values[blank] = np.nan if column.default is None else column.default
    return values


def parse_cell(column: Column, cell: Any, *, text: bool) -> Any:
    """One cell as its column wants it; None for blank; Refused when it cannot be."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if column.kind in ("number", "integer"):
        return _bounded(column, as_number(cell, text=text, whole=column.kind == "integer"))
    if column.kind == "date":
        return as_date(cell, text=text)
    if column.kind == "cell":
        return cell
    word = as_text(cell)
    if column.kind == "flag":
        return as_flag(word)
    if column.allowed:
        return allowed_word(word, column.allowed, column.name)
    return word


def _bounded(column: Column, value: float) -> float:
    if column.kind == "integer" and abs(value) > MOST_COUNT:
        raise Refused(Fault(f"{column.name} is {value:g}", todo=f"{column.meaning}: a whole number of sensible size"))
    if column.unit == "rate" and value >= 1.0:
        raise Refused(
            Fault(
                f"{column.name} is {value:g}, a rate of 100% or more",
                todo=f"write it as a decimal: {value / 100:g}",
            )
        )
    if column.low is not None and value < column.low:
        raise Refused(
            Fault(
                f"{column.name} is {value:g}, below {column.low:g}",
                todo=f"{column.meaning}: at least {column.low:g}",
            )
        )
    if column.high is not None and value > column.high:
        raise Refused(
            Fault(
                f"{column.name} is {value:g}, above {column.high:g}",
                todo=f"{column.meaning}: at most {column.high:g}",
            )
        )
    return value


def allowed_word(word: str, allowed: tuple[str, ...], name: str) -> str:
    """The allowed word that ``word`` is (see :func:`same_word`); Refused with the nearest one otherwise."""
    found = same_word(word, allowed)
    if found:
        return found
    near = near_word(word, allowed)
    hint = f"did you mean {near}? " if near else ""
    raise Refused(Fault(f"{name} '{word}' is not known", todo=f"{hint}write one of: {', '.join(allowed)}"))


def as_flag(word: str) -> bool:
    """Yes or no, as people write it; Refused otherwise."""
    plain = word.strip().lower()
    if plain in ("yes", "y", "true", "1"):
        return True
    if plain in ("no", "n", "false", "0"):
        return False
    raise Refused(Fault(f"'{word}' is neither yes nor no", todo="write yes or no"))


def array_of(column: Column, values: list[Any]) -> Array:
    """A column's array; blanks take the default."""
    if column.kind == "number":
        blank = np.nan if column.default is None else column.default
        return np.array([blank if v is None else v for v in values], dtype=np.float64)
    if column.kind == "integer":
        blank = 0 if column.default is None else column.default
        return np.array([blank if v is None else v for v in values], dtype=np.int64)
    if column.kind == "date":
        return np.array(
            [np.datetime64("NaT") if v is None else np.datetime64(v) for v in values], dtype="datetime64[D]"
        )
    if column.kind == "flag":
        return np.array([bool(column.default) if v is None else v for v in values], dtype=bool)
    if column.kind == "cell":
        return np.array(["" if v is None else _cell_text(v) for v in values], dtype=np.str_)
    blank = "" if column.default is None else column.default
    return np.array([blank if v is None else v for v in values], dtype=np.str_)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()[:10]
    if isinstance(cell, str):
        try:
            cell = as_number(cell, text=True)  # a number reads the same from a sheet and from a file
        except Refused:
            return cell.strip()
    if isinstance(cell, float) and not cell.is_integer():
        return repr(cell)
    return as_text(cell)
