"""A table behind a handle: its cells packed into plain arrays, column by column, and back the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from xlfv.excel import handles
from xlfv.excel.codec import read_cell
from xlfv.tables import ErrorCell, Place, Table

_BLANK, _NUMBER, _TEXT, _BOOLEAN, _DATE, _TIME, _ERROR = range(7)
_TYPES: dict[type, int] = {
    type(None): _BLANK, float: _NUMBER, str: _TEXT, bool: _BOOLEAN, dt.date: _DATE, dt.datetime: _TIME,
    ErrorCell: _ERROR,
}  # fmt: skip
_FROM_TEXT: dict[int, Callable[[str], Any]] = {
    _TEXT: str,
    _DATE: dt.date.fromisoformat,
    _TIME: dt.datetime.fromisoformat,
    _ERROR: ErrorCell,
}


@handles.register
@dataclass(frozen=True)
class KeptTable:
    """A :class:`~xlfv.tables.Table` that a handle stands for; the digest is over its name, header and cells."""

    table: Table
    kind: ClassVar[str] = "table"
    as_of: ClassVar[dt.date | None] = None

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 over name, header and cells. Not over the place: the same table moved is the same table."""
        sha = hashlib.sha256(b"table|" + self.table.name.encode("utf-8", "surrogatepass"))
        for name, array in self._packed.items():
            if name in ("place", "lines"):
                continue
            sha.update(f"|{name}|{array.dtype.str}|{array.shape}|".encode() + array.tobytes())
        return sha.hexdigest()

    @cached_property
    def _packed(self) -> dict[str, np.ndarray]:
        table = self.table
        place = table.place
        arrays = {
            "place": _texts([table.name, place.label, place.kind, str(place.row), str(place.column)]),
            "lines": np.array(table.lines, dtype=np.int64),
            "text": np.array([table.text]),
            "order": _texts(list(table.order)),
            "columns": _texts(list(table.columns)),
        }
        for k, cells in enumerate(table.columns.values()):
            arrays.update(_pack_column(k, cells))
        return arrays

    def pack(self) -> dict[str, np.ndarray]:
        """Every cell by its type: numbers as numbers, the rest as text, lengths beside it."""
        return dict(self._packed)

    @classmethod
    def unpack(cls, arrays: dict[str, np.ndarray]) -> Self:
        """The table again."""
        name, label, kind, row, column = _untext(arrays["place"])
        names = _untext(arrays["columns"])
        columns = {each: _unpack_column(k, arrays) for k, each in enumerate(names)}
        place = Place(label, int(row), int(column), kind)
        order, lines = tuple(_untext(arrays["order"])), tuple(arrays["lines"].tolist())
        return cls(Table(name, columns, place, order, bool(arrays["text"][0]), lines))


def _texts(texts: list[str]) -> np.ndarray:
    """Texts as one row of bytes; a text array would take the longest text's room for each."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.array([len(encoded), *map(len, encoded)], dtype=np.int64).view(np.uint8)
    return np.concatenate([lengths, np.frombuffer(b"".join(encoded), dtype=np.uint8)])


def _untext(packed: np.ndarray) -> list[str]:
    blob = packed.tobytes()
    count = int(np.frombuffer(blob, dtype=np.int64, count=1)[0])
    lengths = np.frombuffer(blob, dtype=np.int64, count=count, offset=8)
    ends = np.cumsum(lengths) + 8 * (count + 1)
    return [
        blob[end - length : end].decode("utf-8", "surrogatepass") for end, length in zip(ends, lengths, strict=True)
    ]


def _pack_column(k: int, cells: list[Any]) -> dict[str, np.ndarray]:
    if cells and set(map(type, cells)) == {float}:
        return {f"n{k}": np.array(cells, dtype=np.float64)}
    known = [cell if type(cell) in _TYPES else read_cell(cell) for cell in cells]
    types = np.array([_TYPES[type(cell)] for cell in known], dtype=np.int8)
    numbers = [float(cell) for cell, t in zip(known, types, strict=True) if t in (_NUMBER, _BOOLEAN)]
    texts = [
        cell.isoformat() if t in (_DATE, _TIME) else str(cell)
        for cell, t in zip(known, types, strict=True)
        if t in _FROM_TEXT
    ]
    return {f"t{k}": types, f"n{k}": np.array(numbers, dtype=np.float64), f"s{k}": _texts(texts)}


def _unpack_column(k: int, arrays: dict[str, np.ndarray]) -> list[Any]:
    if f"t{k}" not in arrays:
        return list(arrays[f"n{k}"].tolist())
    numbers, texts = iter(arrays[f"n{k}"].tolist()), iter(_untext(arrays[f"s{k}"]))
    return [_cell(t, numbers, texts) for t in arrays[f"t{k}"].tolist()]


def _cell(t: int, numbers: Any, texts: Any) -> Any:
    if t == _BLANK:
        return None
    if t == _NUMBER:
        return next(numbers)
    return bool(next(numbers)) if t == _BOOLEAN else _FROM_TEXT[t](next(texts))
