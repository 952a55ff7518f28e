"""What a table must hold: its columns, each with unit, meaning, default and allowed values; and its reader."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xlfv.tables.cells import as_date, as_number, as_text
from xlfv.tables.faults import Fault, Refused
from xlfv.tables.table import ErrorCell, Table

Kind = Literal["number", "integer", "text", "date", "flag", "cell"]
Array = NDArray[Any]
MOST_FAULTS = 200  # a column of text for numbers is one mistake, not 20,000


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


class Records(Mapping[str, Array]):
    """The checked columns of a table: name -> array, all of one length.

    Numbers are float64 (nan: not given), integers int64, dates datetime64[D], texts unicode, flags bool.
    """

    def __init__(self, columns: Mapping[str, Array], given: frozenset[str] = frozenset()) -> None:
        self._columns = dict(columns)
        self.given = given
        for array in self._columns.values():
            array.setflags(write=False)

    def __getitem__(self, name: str) -> Array:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def digest(self) -> bytes:
        """SHA-256 over names, types and contents."""
        whole = hashlib.sha256()
        for name in sorted(self._columns):
            array = np.ascontiguousarray(self._columns[name])
            whole.update(f"{name}:{array.dtype.str}:{array.shape};".encode())
            whole.update(array.tobytes())
        return whole.digest()

    def take(self, rows: Array) -> Records:
        """The given rows (index or mask)."""
        return Records({name: array[rows] for name, array in self._columns.items()}, self.given)

    def replace(self, **columns: Array) -> Records:
        """A copy with some columns changed."""
        return Records({**self._columns, **columns}, self.given)


@dataclass(frozen=True)
class Schema:
    """A table's columns.

    Attributes:
        name: the table's name.
        columns: its columns.
        key: the column that names a row in messages (``loan_id``).
        may_be_empty: a header without rows is legal.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    may_be_empty: bool = True
    checks: tuple[Callable[[Records, Table], list[Fault]], ...] = field(default=())

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)

    def empty(self) -> Records:
        """No rows, every column."""
        return Records({c.name: _array(c, []) for c in self.columns})

    def read(self, table: Table | None, faults: list[Fault], notices: list[str] | None = None) -> Records:
        """Check a table and turn it into arrays; what is wrong is added to ``faults``.

        Unknown columns are carried along unread, with a notice. Where there are faults the result holds defaults
        in their places, so that further checks can go on and list theirs too.
        """
        if table is None:
            return self.empty()
        unknown = [name for name in table.columns if all(name != c.name for c in self.columns)]
        for name in unknown:
            near = difflib.get_close_matches(
                name, [c.name for c in self.columns if c.name not in table.columns], 1, 0.8
            )
            hint = f"; did you mean {near[0]}?" if near else ""
            if notices is not None:
                notices.append(f"{table.place.label}: the column {name} is not used{hint}")
        if not len(table) and not self.may_be_empty:
            faults.append(Fault(f"the table {self.name} has no rows", table.place.label, "give at least one row"))
        columns = {c.name: self._read_column(c, table, faults) for c in self.columns}
        records = Records(columns, frozenset(table.columns))
        for check in self.checks:
            faults.extend(check(records, table))
        return records

    def _read_column(self, column: Column, table: Table, faults: list[Fault]) -> Array:
        cells = table.columns.get(column.name)
        if cells is None:
            if column.required:
                here = ", ".join(h for h in table.order if h) or "none"
                faults.append(
                    Fault(
                        f"the column {column.name} is missing from {self.name}",
                        table.place.label,
                        f"add it ({column.meaning}); the headers there: {here}",
                    )
                )
            cells = [None] * len(table)
            return _array(column, cells)
        if not table.text and column.kind == "number":
            quick = _quick_numbers(column, cells)
            if quick is not None:
                return quick
        found: list[Fault] = []
        clean = [self._read_cell(column, table, row, cell, found) for row, cell in enumerate(cells)]
        if column.unique:
            found.extend(self._twice(column, table, clean))
        faults.extend(found[:MOST_FAULTS])
        if len(found) > MOST_FAULTS:
            faults.append(
                Fault(
                    f"and {len(found) - MOST_FAULTS} more faults in the column {column.name}",
                    table.place.label,
                )
            )
        return _array(column, clean)

    def _read_cell(self, column: Column, table: Table, row: int, cell: Any, faults: list[Fault]) -> Any:
        """The checked value of one cell, or None with a fault."""
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
            value = _parse(column, cell, text=table.text)
            if value is None and column.required:
                raise Refused(Fault(f"{column.name} is blank", todo=f"fill it: {column.meaning}"))
            return value
        except Refused as refusal:
            fault = refusal.faults[0]
            key = table.columns.get(self.key, [])
            named = f", {self.key} {key[row]}" if self.key and self.key != column.name and row < len(key) else ""
            faults.append(Fault(fault.what, table.where(row, column.name) + named, fault.todo))
            return None

    def _twice(self, column: Column, table: Table, values: list[Any]) -> list[Fault]:
        first: dict[Any, int] = {}
        found = []
        for row, value in enumerate(values):
            if value is None:
                continue
            if value in first:
                at = table.where(first[value], column.name)
                found.append(
                    Fault(
                        f"{column.name} {value} stands twice",
                        table.where(row, column.name),
                        f"keep one; the other is at {at}",
                    )
                )
            first.setdefault(value, row)
        return found


def _quick_numbers(column: Column, cells: list[Any]) -> Array | None:
    """The column at once where every cell is a number or blank and inside its bounds, else None."""
    if not set(map(type, cells)) <= {float, int, type(None)}:
        return None
    values = np.array(cells, dtype=np.float64)
    blank = np.array([cell is None for cell in cells], dtype=bool)
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    if column.unit == "rate":
        high = min(high, np.nextafter(1.0, 0.0))
    with np.errstate(invalid="ignore"):
        good = (values >= low) & (values <= high) & np.isfinite(values)
    if not np.all(good | blank) or (column.required and blank.any()):
        return None
    values[blank] = np.nan if column.default is None else column.default
    return values


def _parse(column: Column, cell: Any, *, text: bool) -> Any:
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
        return _flag(word)
    if column.allowed:
        return allowed_word(word, column.allowed, column.name)
    return word


def _bounded(column: Column, value: float) -> float:
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
    """The allowed word that ``word`` is, whatever its case; Refused with the nearest one otherwise."""
    known = {w.lower(): w for w in allowed}
    plain = word.strip().lower().replace(" ", "_")
    for key in (word.strip().lower(), plain):
        if key in known:
            return known[key]
    near = difflib.get_close_matches(plain, list(known), 1, 0.6)
    hint = f"did you mean {known[near[0]]}? " if near else ""
    raise Refused(Fault(f"{name} '{word}' is not known", todo=f"{hint}write one of: {', '.join(allowed)}"))


def _flag(word: str) -> bool:
    plain = word.strip().lower()
    if plain in ("yes", "y", "true", "1"):
        return True
    if plain in ("no", "n", "false", "0"):
        return False
    raise Refused(Fault(f"'{word}' is neither yes nor no", todo="write yes or no"))


def _array(column: Column, values: list[Any]) -> Array:
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
    return repr(cell) if isinstance(cell, float) else str(cell)
