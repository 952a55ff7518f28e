"""Hosts' cells to Python's and back: the one place where a cell changes its form.

Inside, a cell is a float, text, bool, ``datetime.date``/``datetime``, :class:`ErrorCell` or None (blank). A grid is a
list of rows of equal length. What hosts hand over differs: COM gives errors as large negative integers, currency as
Decimal and omitted arguments as a number of their own; formualizer gives errors as dictionaries.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from xlfv.tables import ErrorCell, Refused, Table
from xlfv.tables.table import ERROR_CODES, letters

Cell: TypeAlias = Any
Grid: TypeAlias = list[list[Cell]]
Settled: TypeAlias = Mapping[type, Callable[[Sequence[Any]], bool] | None]
"""Types of cells that may stay as they are, each with what many of them at once must pass (None: nothing)."""

LONGEST_TEXT = 32_767
MISSING = -2147352572  # DISP_E_PARAMNOTFOUND: what COM sends for an argument left out
_SCODE_BASE = -2146828288  # 0x800A0000; Excel adds its error number
ERROR_NUMBERS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
    "#GETTING_DATA": 2043, "#SPILL!": 2045, "#CONNECT!": 2046, "#BLOCKED!": 2047, "#UNKNOWN!": 2048, "#FIELD!": 2049,
    "#CALC!": 2050, "#BUSY!": 2051, "#PYTHON!": 2222,
}  # fmt: skip
_ERROR_OF_SCODE = {_SCODE_BASE + number: ErrorCell(code) for code, number in ERROR_NUMBERS.items()}
_CODES = frozenset(ERROR_CODES)
KINDS = {
    "Null": "#NULL!", "Div": "#DIV/0!", "Value": "#VALUE!", "Ref": "#REF!", "Name": "#NAME?", "Num": "#NUM!",
    "Na": "#N/A", "Spill": "#SPILL!", "Calc": "#CALC!",
}  # fmt: skip
_MIDNIGHT = dt.datetime(1899, 12, 30)
_LEAP_BUG = 61.0  # 1 March 1900: Excel counts a 29 February before it, so that earlier days stand one lower
_DAY = dt.timedelta(days=1)


def read_cell(raw: Any) -> Cell:
    """One cell as a host hands it over, as a cell inside.

    Raises:
        Refused: it is nothing a cell can hold.
    """
    reader = _READERS.get(type(raw))
    return reader(raw) if reader else _read_other(raw)


def _read_float(raw: float) -> Cell:
    return raw if math.isfinite(raw) else ErrorCell("#NUM!", f"{raw} is not a finite number")


def _read_int(raw: int) -> Cell:
    if raw in _ERROR_OF_SCODE:
        return _ERROR_OF_SCODE[raw]
    if raw == MISSING:
        return None
    if _SCODE_BASE <= raw <= _SCODE_BASE + 0xFFFF:
        return ErrorCell("#VALUE!", f"the host handed over the unknown error {raw - _SCODE_BASE}")
    try:
        return float(raw)
    except OverflowError:
        return ErrorCell("#NUM!", "a whole number too large for a cell")


def _read_text(raw: str) -> Cell:
    if not raw:
        return None
    return ErrorCell(raw) if raw[0] == "#" and raw in _CODES else raw


def _read_moment(raw: dt.datetime) -> dt.datetime:  # a plain one, without the time zone that COM adds
    return dt.datetime(raw.year, raw.month, raw.day, raw.hour, raw.minute, raw.second, raw.microsecond)


def _same(raw: Any) -> Cell:
    return raw


_READERS: dict[type, Callable[[Any], Cell]] = {
    float: _read_float, int: _read_int, str: _read_text, bool: _same, type(None): _same, ErrorCell: _same,
    dt.date: _same, dt.datetime: _read_moment,
}  # fmt: skip


def _read_other(raw: Any) -> Cell:
    """Cells of the rarer types: numpy scalars, timestamps, decimals, dictionaries of formualizer."""
    if isinstance(raw, np.generic):
        if isinstance(raw, np.datetime64):
            return None if np.isnat(raw) else dt.datetime.fromisoformat(str(raw.astype("datetime64[us]")))
        plain = raw.item()
        if not isinstance(plain, np.generic):
            return read_cell(plain)
    if isinstance(raw, dict) and raw.get("type") == "Error":
        return _read_kind(raw)
    if type(raw).__name__ in ("NaTType", "NAType"):  # pandas' blanks, without importing pandas
        return None
    if isinstance(raw, str):
        return _read_text(str(raw))
    if isinstance(raw, dt.datetime):
        return _read_moment(raw)
    if isinstance(raw, dt.date):
        return dt.date(raw.year, raw.month, raw.day)
    if isinstance(raw, dt.timedelta):
        return raw / _DAY
    if isinstance(raw, dt.time):
        return (dt.datetime.combine(_MIDNIGHT, raw.replace(tzinfo=None)) - _MIDNIGHT) / _DAY
    if isinstance(raw, numbers.Real) or type(raw).__name__ == "Decimal":
        return _read_real(raw)
    raise Refused(f"a cell cannot hold a {type(raw).__name__}")


def _read_kind(raw: Mapping[str, Any]) -> ErrorCell:
    kind = str(raw.get("kind", "Value"))
    code = KINDS.get(kind)
    return ErrorCell(code) if code else ErrorCell("#VALUE!", f"the sheet's engine reports '{kind}' for that cell")


def _read_real(raw: Any) -> Cell:
    try:
        return _read_float(float(raw))
    except (OverflowError, ValueError):
        return ErrorCell("#NUM!", f"{str(raw)[:40]} is not a number a cell can hold")


def read_grid(raw: Any) -> Grid:
    """A scalar, row, block, numpy array or pandas frame as a grid of cells; at least one row and one column.

    A flat list is one row. A frame gives its column names as the first row. NaN in a column of floats is an error cell
    (a failed division looks no different): give None or ``pd.NA`` for blank. In other columns of a frame it is pandas'
    own blank.

    Raises:
        Refused: more than two dimensions, or something that no cell can hold.
    """
    if isinstance(raw, (list, tuple)):
        return _read_rows(raw)
    if isinstance(raw, np.ndarray):
        return _read_array(raw)
    if hasattr(raw, "to_numpy"):
        if not hasattr(raw, "columns"):
            return _read_rows([[cell] for cell in raw.to_numpy(dtype=object).tolist()])
        columns = [_frame_column(raw.iloc[:, k]) for k in range(len(raw.columns))]
        return _read_rows([list(raw.columns), *map(list, zip(*columns, strict=True))])
    return [[read_cell(raw)]]


def _frame_column(column: Any) -> list[Any]:
    cells = column.to_numpy(dtype=object).tolist()
    if getattr(column.dtype, "kind", "O") == "f":
        return list(cells)
    return [None if isinstance(cell, float) and cell != cell else cell for cell in cells]


def _read_array(raw: np.ndarray) -> Grid:
    if raw.ndim > 2:
        raise Refused(f"an array of {raw.ndim} dimensions came where a range was expected")
    rows = np.atleast_2d(raw)
    return _read_rows(rows.tolist() if rows.dtype.kind in "fiubO" else [list(row) for row in rows])


def _read_rows(raw: Sequence[Any]) -> Grid:
    if not raw:
        return [[None]]
    if not any(isinstance(row, (list, tuple, np.ndarray)) for row in raw):
        raw = [raw]
    return _block([row if isinstance(row, (list, tuple)) else _spread(row) for row in raw], read_cell, _SETTLED_IN)


def _spread(row: Any) -> list[Any]:
    """A row that is an array, or the only cell of one."""
    if isinstance(row, np.ndarray):
        return row.tolist() if row.dtype.kind in "fiubO" else list(row)
    return [row]


def _block(rows: Sequence[Sequence[Any]], convert: Callable[[Any], Cell], settled: Settled) -> Grid:
    """Every cell of rows converted, the rows made equally long by blanks.

    It goes column by column where there are more rows than columns: a column of a tape holds one kind of cell, and is
    looked at as a whole. The first row, most often headers, goes by itself.
    """
    lengths = set(map(len, rows))
    wide = max(1, *lengths)
    if len(rows) > wide and lengths == {wide}:
        columns = [_line(column, convert, settled) for column in zip(*rows[1:], strict=True)]
        return [list(_line(rows[0], convert, settled)), *map(list, zip(*columns, strict=True))]
    return [[*_line(row, convert, settled), *[None] * (wide - len(row))] for row in rows]


def _line(line: Sequence[Any], convert: Callable[[Any], Cell], settled: Settled) -> Sequence[Cell]:
    """The cells of a row or column converted; the line itself where all of them stay as they are."""
    kinds = set(map(type, line))
    kinds.discard(type(None))
    if kinds <= settled.keys() and all(_stays(line, kind, settled[kind], kinds) for kind in kinds):
        return line
    # A number minus itself is 0 unless it is not finite: the shortest way to say so in the one hot loop here.
    return [cell if type(cell) is float and cell - cell == 0.0 else convert(cell) for cell in line]


def _stays(line: Sequence[Any], kind: type, test: Callable[[Sequence[Any]], bool] | None, kinds: set[type]) -> bool:
    """True when the test of a kind holds for the line's cells of that kind."""
    return test is None or test(line if len(kinds) == 1 else [cell for cell in line if type(cell) is kind])


def _all_finite(line: Sequence[Any]) -> bool:
    return math.isfinite(sum(filter(None, line)))


def _all_texts(line: Sequence[Any]) -> bool:
    return _NOT_TEXTS.isdisjoint(line)


def _all_fit(line: Sequence[Any]) -> bool:
    return max(map(len, filter(None, line)), default=0) <= LONGEST_TEXT


_NOT_TEXTS = _CODES | {""}
_SETTLED_IN: Settled = {float: _all_finite, str: _all_texts, bool: None, ErrorCell: None, dt.date: None}
_SETTLED_OUT: Settled = {float: _all_finite, str: _all_fit, bool: None, ErrorCell: None}


def first_error(grid: Grid) -> tuple[int, int, ErrorCell] | None:
    """Row, column (from 0) and cell of the first error in a grid, row by row; None when there is none."""
    if ErrorCell not in set(map(type, chain.from_iterable(grid))):
        return None
    return next((r, c, cell) for r, row in enumerate(grid) for c, cell in enumerate(row) if type(cell) is ErrorCell)


def write_cell(value: Any) -> Cell:
    """One result as a cell: finite float, text, bool, error or blank; dates as Excel serial numbers."""
    return _WRITERS.get(type(value), _write_other)(value)


def _write_float(value: float) -> Cell:
    return value if math.isfinite(value) else ErrorCell("#NUM!", f"the result is not a finite number ({value})")


def _write_int(value: int) -> Cell:  # never taken for an error code on the way out
    try:
        return float(value)
    except OverflowError:
        return ErrorCell("#NUM!", "the result is too large for a cell")


def _write_text(value: str) -> Cell:
    if len(value) > LONGEST_TEXT:
        return ErrorCell("#VALUE!", f"the text is {len(value):,} characters long; a cell holds {LONGEST_TEXT:,}")
    return str(value) if type(value) is not str else value


def _write_other(value: Any) -> Cell:
    """Results of the rarer types: numpy scalars, timestamps, decimals."""
    if isinstance(value, str):
        return _write_text(value)
    if isinstance(value, numbers.Integral):
        return _write_int(int(value))
    try:
        cell = read_cell(value)
    except Refused as problem:
        return ErrorCell("#VALUE!", str(problem))
    if isinstance(cell, ErrorCell):
        return cell if cell.reason else ErrorCell(cell, f"the result is {shorten(value)}")
    return write_cell(cell)


def shorten(value: object) -> str:
    """``repr`` cut to 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def serial(date: dt.date) -> float | ErrorCell:
    """Excel's serial number of a date or time (1900 system, its 29 February 1900 included)."""
    if isinstance(date, dt.datetime):
        days = ((date.replace(tzinfo=None) if date.tzinfo else date) - _MIDNIGHT) / _DAY
    else:
        days = float(date.toordinal() - _MIDNIGHT.toordinal())
    number = days if days >= _LEAP_BUG else days - 1.0
    if number < 1:
        return ErrorCell("#NUM!", f"{date:%Y-%m-%d} is before 1900, where Excel's dates begin")
    return number


_WRITERS: dict[type, Callable[[Any], Cell]] = {
    float: _write_float, int: _write_int, str: _write_text, bool: _same, type(None): _same, ErrorCell: _same,
    dt.date: serial, dt.datetime: serial,
}  # fmt: skip


def write_grid(value: Any) -> Grid:
    """A result as a grid: a scalar, a column (flat list or 1-D array), rows, a frame, a Table or a dict of columns."""
    rows = _rows_of(value)
    if not rows or not max(map(len, rows)):
        return [[ErrorCell("#N/A", "the result has no rows")]]
    return _block(rows, write_cell, _SETTLED_OUT)


def _rows_of(value: Any) -> list[Sequence[Any]]:
    if isinstance(value, Table):
        value = value.columns
    if isinstance(value, Mapping):
        return _rows_of_columns(list(value), [_listed(column) for column in value.values()])
    if hasattr(value, "to_numpy") and hasattr(value, "columns"):
        names = [str(name) for name in value.columns]
        return [names, *value.to_numpy(dtype=object).tolist()]
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.dtype.kind != "M" else [list(row) for row in np.atleast_2d(value.T).T]
    if isinstance(value, (list, tuple)):
        if any(isinstance(row, (list, tuple, np.ndarray)) for row in value):
            return [_listed(row) if isinstance(row, (list, tuple, np.ndarray)) else [row] for row in value]
        return [[cell] for cell in value]
    return [[value]]


def _listed(column: Any) -> list[Any]:
    if isinstance(column, np.ndarray) and column.dtype.kind != "M":
        listed = column.tolist()
        return listed if isinstance(listed, list) else [listed]
    return list(column) if isinstance(column, (list, tuple, np.ndarray)) or hasattr(column, "to_numpy") else [column]


def _rows_of_columns(names: list[Any], columns: list[list[Any]]) -> list[Sequence[Any]]:
    deep = max(map(len, columns), default=0)
    padded = [column + [None] * (deep - len(column)) for column in columns]
    return [[str(name) for name in names], *[list(row) for row in zip(*padded, strict=True)]]


def error_number(cell: str) -> int:
    """Excel's number of an error cell, as VBA's ``CVErr`` takes it (``#NUM!`` -> 2036)."""
    return ERROR_NUMBERS.get(str(cell), ERROR_NUMBERS["#VALUE!"])


def cell_name(row: int, column: int) -> str:
    """``A1`` of a row and column counted from 1."""
    return f"{letters(column)}{row}"
