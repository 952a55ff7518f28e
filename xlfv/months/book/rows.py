"""Rows of a house table into the book's file and out of it, a column at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.months.book.cells import BLANK, DATE, FLAG, NUMBER, TEXT, Cells, mixed, reads_as_number, typed
from xlfv.months.book.layout import EXTRA, MIXED, TYPES, has_schema, kinds_of, quoted, stored
from xlfv.tables import Place, Table
from xlfv.tables.columns import Kind

_KINDS: dict[str, Kind] = {sql: kind for kind, sql in TYPES.items()}


@dataclass(frozen=True)
class Content:
    """A table's cells as the book keeps them.

    Attributes:
        table: its name.
        rows: how many.
        columns: header -> its cells, in the table's order.
        own: header -> kind, of those that have a column of their own in the file; the others stand among the extra ones.
        text: readers must read numbers from text too.
    """

    table: str
    rows: int
    columns: Mapping[str, Cells]
    own: Mapping[str, Kind]
    text: bool

    @property
    def extra(self) -> list[str]:
        """Headers without a column of their own."""
        return [header for header in self.columns if header not in self.own]

    def digest(self) -> str:
        """SHA-256 of the content, in hex; the order of columns does not matter, nor what column of the file holds one."""
        whole = hashlib.sha256(f"{self.table}:{self.rows}:{self.text};".encode())
        for header in sorted(self.columns):
            name = header.encode("utf-8", "surrogatepass")
            whole.update(f"{len(name)}:".encode() + name + self.columns[header].digest())
        return whole.hexdigest()

    def as_table(self, label: str) -> Table:
        """The table as readers take it; ``label`` is what messages call it."""
        columns = {
            header: cells.listed(whole=self.own.get(header) == "integer") for header, cells in self.columns.items()
        }
        return Table(self.table, columns, Place(label, kind="file"), tuple(columns), self.text)


def content_of(table: Table, name: str, present: Mapping[str, Kind]) -> Content:
    """A table's cells as the book keeps them.

    Args:
        table: as it came in.
        name: which table it is.
        present: column -> kind, of those that the file has for such tables; see :func:`columns_in`.
    """
    known, closed = kinds_of(name), has_schema(name)
    columns: dict[str, Cells] = {}
    own: dict[str, Kind] = {}
    text = False
    for header, cells in table.columns.items():
        kind = known.get(header)
        found = None
        if kind is not None and present.get(header) == kind:
            found = mixed(cells, text=table.text, free=True) if kind == "cell" else typed(kind, cells, text=table.text)
        if found is not None and kind is not None:
            own[header] = kind
        else:
            found = mixed(cells, text=table.text, free=kind is not None or name == "indices")
        if table.text and kind != "text" and not (kind is None and closed):
            text = text or reads_as_number(found)
        columns[header] = found
    return Content(name, len(table), columns, own, text)


def columns_in(connection: Any, table: str) -> dict[str, Kind]:
    """Header -> kind, of the columns that the file has for a table; empty where it has none."""
    sql = (
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
        " AND schema_name = 'main' AND table_name = ?"
    )
    found = connection.execute(sql, [table]).fetchall()
    return {
        name[1:] if name.startswith("__") else name: _KINDS[_plain(kind)]
        for name, kind in found
        if name not in ("_version", "_row", "_extra") and _plain(kind) in _KINDS
    }


def _plain(kind: str) -> str:
    return kind.replace('"', "")


def widen(connection: Any, table: str) -> dict[str, Kind]:
    """Make the file's table of a house table, or add the columns that it lacks; what it then has."""
    present = columns_in(connection, table)
    wanted = kinds_of(table)
    home = f"main.{quoted(table)}"
    lacking = {
        header: f"{quoted(stored(header))} {TYPES[kind]}" for header, kind in wanted.items() if header not in present
    }
    if lacking and present:
        for column in lacking.values():
            connection.execute(f"ALTER TABLE {home} ADD COLUMN {column}")
    elif not present:
        columns = ", ".join(["_version BIGINT", "_row INTEGER", *lacking.values(), f"_extra {EXTRA}"])
        connection.execute(f"CREATE TABLE IF NOT EXISTS {home}({columns})")
    return {**wanted, **present}


def insert(connection: Any, version: int, content: Content) -> None:
    """Add the rows of a version."""
    if not content.rows:
        return
    frame: dict[str, NDArray[Any]] = {"r": np.arange(content.rows, dtype=np.int32)}
    names, values = ["_version", "_row"], [str(int(version)), "r"]
    for header, kind in content.own.items():
        names.append(quoted(stored(header)))
        values.append(_expression(content.columns[header], kind, frame))
    if content.extra:
        names.append("_extra")
        pairs = []
        for header in content.extra:
            name = f"n{len(frame)}"  # a name comes in as a value too, never as part of the statement
            frame[name] = np.full(content.rows, header, dtype=object)
            pairs.append((name, _expression(content.columns[header], "cell", frame)))
        keys, cells = (", ".join(part) for part in zip(*pairs, strict=True))
        values.append(f"map([{keys}], [{cells}])::{EXTRA}")
    connection.register("_incoming", frame)
    try:
        connection.execute(
            f"INSERT INTO main.{quoted(content.table)}({', '.join(names)}) SELECT {', '.join(values)} FROM _incoming"
        )
    finally:
        connection.unregister("_incoming")


def _expression(cells: Cells, kind: Kind, frame: dict[str, NDArray[Any]]) -> str:
    """What makes a column of arrays that are added to the frame."""

    def added(array: NDArray[Any]) -> str:
        name = f"c{len(frame)}"
        frame[name] = array
        return name

    if kind != "cell":
        if kind == "text":
            blank = np.full(cells.tags.size, None, dtype=object)
            return added(blank if cells.texts is None else cells.texts)
        if kind == "date":
            none = np.full(cells.tags.size, np.datetime64("NaT"), dtype="datetime64[s]")
            return f"{added(none if cells.days is None else cells.days.astype('datetime64[s]'))}::DATE"
        numbers = added(np.full(cells.tags.size, np.nan) if cells.numbers is None else cells.numbers)
        return numbers if kind == "number" else f"{numbers}::{TYPES[kind]}"
    tags, parts = added(cells.tags), []
    if cells.numbers is not None:
        numbers = added(cells.numbers)
        parts.append(f"WHEN {NUMBER} THEN union_value(number := {numbers})::{MIXED}")
        parts.append(f"WHEN {FLAG} THEN union_value(flag := {numbers} = 1)::{MIXED}")
    if cells.days is not None:
        days = added(cells.days.astype("datetime64[s]"))
        parts.append(f"WHEN {DATE} THEN union_value(date := {days}::DATE)::{MIXED}")
    if cells.texts is not None:
        parts.append(f"WHEN {TEXT} THEN union_value(text := {added(cells.texts)})::{MIXED}")
    return f"CASE {tags} {' '.join(parts)} END" if parts else f"NULL::{MIXED}"


def select(
    connection: Any, version: int, table: str, headers: Sequence[str], extra: Sequence[str], text: bool
) -> Content:
    """The rows of a version; :class:`Content` gives the same digest as what was inserted."""
    present = columns_in(connection, table)
    own = {header: present[header] for header in headers if header not in extra and header in present}
    asked: list[str] = []
    given: list[Any] = []
    for k, header in enumerate(headers):
        if own.get(header, "cell") != "cell":
            asked.append(f"{quoted(stored(header))} AS t{k}")
            continue
        cell = quoted(stored(header)) if header in own else "_extra[?]"
        for part in ("number", "date", "flag", "text"):
            asked.append(f"{cell}.{part} AS {part[0]}{k}")
            given += [] if header in own else [header]
    sql = f"SELECT {', '.join(['_row', *asked])} FROM main.{quoted(table)} WHERE _version = ?"
    found = connection.execute(sql, [*given, int(version)]).fetchnumpy()
    order = np.ma.getdata(found.pop("_row"))
    if np.any(np.diff(order) != 1):
        at = np.argsort(order, kind="stable")
        found = {name: array[at] for name, array in found.items()}
    columns = {
        header: _of_kind(found, k, own[header])
        if own.get(header, "cell") != "cell"
        else _of_parts(found, k, order.size)
        for k, header in enumerate(headers)
    }
    return Content(table, int(order.size), columns, own, text)


def _of_kind(found: dict[str, NDArray[Any]], k: int, kind: Kind) -> Cells:
    """A column of one kind."""
    array = found.pop(f"t{k}")
    blank = np.ma.getmaskarray(array)
    tag = {"number": NUMBER, "integer": NUMBER, "date": DATE, "flag": FLAG}.get(kind, TEXT)
    tags = np.where(blank, BLANK, tag).astype(np.uint8)
    if tag == TEXT:
        return Cells(tags, texts=_filled(array, blank))
    if tag == DATE:
        return Cells(tags, days=_days(array, blank))
    return Cells(tags, _numbers(array, blank))


def _of_parts(found: dict[str, NDArray[Any]], k: int, rows: int) -> Cells:
    """A column of cells of any kind."""
    tags = np.zeros(rows, dtype=np.uint8)
    numbers: NDArray[np.float64] | None = None
    days = texts = None
    for part, tag in (("n", NUMBER), ("d", DATE), ("f", FLAG), ("t", TEXT)):
        array = found.pop(f"{part}{k}")
        blank = np.ma.getmaskarray(array)
        if blank.all():
            continue
        tags[~blank] = tag
        if tag == DATE:
            days = _days(array, blank)
        elif tag == TEXT:
            texts = _filled(array, blank)
        else:
            own = _numbers(array, blank)
            numbers = own if numbers is None else np.where(blank, numbers, own)
    return Cells(tags, numbers, days, texts)


def _numbers(array: NDArray[Any], blank: NDArray[np.bool_]) -> NDArray[np.float64]:
    numbers = np.ma.getdata(array).astype(np.float64)
    numbers[blank] = np.nan
    return numbers


def _days(array: NDArray[Any], blank: NDArray[np.bool_]) -> NDArray[Any]:
    days = np.ma.getdata(array).astype("datetime64[D]")
    days[blank] = np.datetime64("NaT")
    return days


def _filled(array: NDArray[Any], blank: NDArray[np.bool_]) -> NDArray[Any]:
    texts = np.ma.getdata(array).astype(object)
    texts[blank] = None
    return texts
