"""What a table must hold: its columns, each with unit, meaning, default and allowed values; and its reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, SupportsIndex

import numpy as np

from xlfv.tables.cells import as_text
from xlfv.tables.columns import Array, Column, allowed_word, array_of, parse_cell, quick_array
from xlfv.tables.faults import Fault, Refused, resembling
from xlfv.tables.table import ErrorCell, Table

__all__ = ["Array", "Column", "Records", "Schema", "allowed_word"]

MOST_FAULTS = 200  # a column of text for numbers is one mistake, not 20,000
_TOTALS = re.compile(r"(grand |sub-? ?)?totals?\b|sum\b", re.IGNORECASE)


class Records(Mapping[str, Array]):
    """The checked columns of a table: name -> array, all of one length.

    Numbers are float64 (nan: not given), integers int64, dates datetime64[D], texts unicode, flags bool.

    Attributes:
        given: the columns that stood in the table.
        unread: column -> rows whose cell was refused (a default stands there): a check that leans on such a cell would
            call one fault two.
    """

    def __init__(
        self,
        columns: Mapping[str, Array],
        given: frozenset[str] = frozenset(),
        unread: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        self._columns = dict(columns)
        self.given = given
        self.unread = dict(unread or {})
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

    def sound(self, row: SupportsIndex, *columns: str) -> bool:
        """True when none of the cells was refused."""
        return not any(row.__index__() in self.unread.get(column, ()) for column in columns)

    def whole(self, column: str) -> bool:
        """True when every cell of a column was read, and the column was there if it is required."""
        return column not in self.unread

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
        return Records({c.name: array_of(c, []) for c in self.columns})

    def read(self, table: Table | None, faults: list[Fault], notices: list[str] | None = None) -> Records:
        """Check a table and turn it into arrays; what is wrong is added to ``faults``.

        Unknown columns are carried along unread, with a notice; one that is nearly the name of a column that is not there
        is a fault. Where there are faults the result holds defaults
        in their places, so that further checks can go on and list theirs too.
        """
        if table is None:
            return self.empty()
        unknown = [name for name in table.columns if all(name != c.name for c in self.columns)]
        for name in unknown:
            near = resembling(name, [c.name for c in self.columns if c.name not in table.columns])
            if near:  # passed over, it would be a rate of zero or a balance not given
                faults.append(
                    Fault(f"{self.name} has no column {name}", table.where(-1, name), f"did you mean {near}?")
                )
            elif notices is not None:
                notices.append(f"{table.place.label}: the column {name} is not used")
        if not len(table) and not self.may_be_empty:
            faults.append(Fault(f"the table {self.name} has no rows", table.place.start, "give at least one row"))
        reading = _Reading(self, table)
        columns = {c.name: reading.column(c) for c in self.columns}
        faults.extend(reading.faults())
        records = Records(columns, frozenset(table.columns), reading.unread)
        for check in self.checks:
            faults.extend(check(records, table))
        return records


class _Reading:
    """One reading of a table: what was refused, where."""

    def __init__(self, schema: Schema, table: Table) -> None:
        self.schema, self.table = schema, table
        self.unread: dict[str, frozenset[int]] = {}
        self.missing: list[Fault] = []
        self.by_column: list[list[Fault]] = []
        self.blank: dict[int, list[Column]] = {}
        self.totals = self._totals()

    def _totals(self) -> frozenset[int]:
        """Rows of totals, told by their name: such a row would count everything twice."""
        named = next((c for c in self.schema.columns if c.name == self.schema.key and c.unique), None)
        cells = self.table.columns.get(named.name, []) if named else []
        return frozenset(row for row, cell in enumerate(cells) if isinstance(cell, str) and _TOTALS.match(cell.strip()))

    def faults(self) -> list[Fault]:
        """All faults: columns that are not there, rows of totals, rows with blanks, then column by column."""
        key = self.schema.key
        found = list(self.missing)
        for row in sorted(self.totals):
            what = f"the row of {key} '{self.table.columns[key][row]}' looks like a total"
            found.append(Fault(what, self.table.where(row, key), "take it out of the table"))
        for row, columns in sorted(self.blank.items()):
            names = " and ".join(filter(None, [", ".join(c.name for c in columns[:-1]), columns[-1].name]))
            one = len(columns) == 1
            todo = f"fill it: {columns[0].meaning}" if one else "fill them, or take the row out"
            where = self.table.where(row, columns[0].name) + self._named(row, columns[0])
            found.append(Fault(f"{names} {'is' if one else 'are'} blank", where, todo))
        return found + [fault for faults in self.by_column for fault in faults]

    def column(self, column: Column) -> Array:
        """A column read; defaults stand where a cell is refused."""
        table = self.table
        cells = table.columns.get(column.name)
        if cells is None:
            if column.required:
                self._miss(column)
            return array_of(column, [None] * len(table))
        if not self.totals:
            quick = quick_array(column, cells)
            if quick is not None:
                return quick
        found: dict[int, Fault] = {}
        clean = [self._cell(column, row, cell, found) for row, cell in enumerate(cells)]
        refused = {*found, *self.totals, *(row for row, columns in self.blank.items() if column in columns)}
        if refused:
            self.unread[column.name] = frozenset(refused)
        faults = [*found.values(), *(self._twice(column, clean) if column.unique else ())]
        if len(faults) > MOST_FAULTS:
            more = Fault(f"and {len(faults) - MOST_FAULTS} more faults in the column {column.name}", table.place.start)
            faults = [*faults[:MOST_FAULTS], more]
        self.by_column.append(faults)
        return array_of(column, clean)

    def _miss(self, column: Column) -> None:
        here = ", ".join(h for h in self.table.order if h) or "none"
        what = f"the column {column.name} is missing from {self.schema.name}"
        todo = f"add it ({column.meaning}); the headers there: {here}"
        self.missing.append(Fault(what, self.table.place.start, todo))
        self.unread[column.name] = frozenset(range(len(self.table)))

    def _cell(self, column: Column, row: int, cell: Any, found: dict[int, Fault]) -> Any:
        """The checked value of one cell, or None where it is blank or refused."""
        if row in self.totals:
            return None
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
            value = parse_cell(column, cell, text=self.table.text)
        except Refused as refusal:
            fault = refusal.faults[0]
            where = self.table.where(row, column.name) + self._named(row, column)
            found[row] = Fault(fault.what, where, fault.todo)
            return None
        if value is None and column.required:
            self.blank.setdefault(row, []).append(column)
        return value

    def _named(self, row: int, column: Column) -> str:
        """``, loan_id 17``: the row's name, where it has one."""
        key = self.schema.key
        cell = self.table.columns.get(key, [None] * len(self.table))[row]
        if column.name == key or cell is None or isinstance(cell, ErrorCell):
            return ""
        return f", {key} {as_text(cell)}"

    def _twice(self, column: Column, values: list[Any]) -> list[Fault]:
        table = self.table
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
