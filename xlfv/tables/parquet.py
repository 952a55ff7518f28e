"""Tables from Parquet files. Only the bytes of the one file are read: the reader works on a copy and is shut off from all else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xlfv.tables.faults import Fault, Refused
from xlfv.tables.limits import LONGEST_CELL, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, megabytes
from xlfv.tables.paths import legible
from xlfv.tables.table import Place, Table, plain

MOST_PARQUET_CELLS = 2 * MOST_CELLS  # columns of one type each take less than cells of all kinds
_NESTED = ("STRUCT", "MAP", "UNION", "BLOB", "[", "VARIANT", "GEOMETRY")


@contextmanager
def shut_off(folder: Path, file: Path) -> Iterator[Any]:
    """A connection to no database that can read one file and reach nothing else: no network, no other file, no extension."""
    import duckdb  # here, not above: a session without such files starts sooner

    link = duckdb.connect(":memory:")
    try:
        for setting in (
            "SET memory_limit='1300MB'", "SET temp_directory=''", "SET autoinstall_known_extensions=false",
            "SET autoload_known_extensions=false", "SET enable_progress_bar=false",
        ):  # fmt: skip
            link.execute(setting)
        link.execute(f"SET allowed_paths=[{quoted(file.as_posix())}]")
        link.execute("SET enable_external_access=false")
        link.execute("SET lock_configuration=true")
        yield link
    finally:
        link.close()


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def read_parquet(path: Path, name: str) -> Table:
    """Read a table of plain columns.

    Args:
        path: the file, checked to be an ordinary one.
        name: which table it is.

    Raises:
        Refused: it is damaged, past the limits of :mod:`xlfv.tables.limits`, or has columns of lists or records.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="xlfv") as folder:
        copy = Path(folder) / "table.parquet"  # a name without wildcards, which the reader would follow
        try:
            shutil.copyfile(path, copy)
            with shut_off(Path(folder), copy) as link:
                return _read(link, copy, path, name)
        except Refused:
            raise
        except (duckdb.Error, OSError, ValueError) as problem:
            what = f"{path.name} is not a Parquet file that can be read: {str(problem).splitlines()[0][:200]}"
            what = what.replace(str(copy), path.name)
            raise Refused(Fault(what, legible(str(path)), "export it again, or give it as CSV")) from None


def _read(link: Any, copy: Path, path: Path, name: str) -> Table:
    source = f"read_parquet({quoted(copy.as_posix())})"
    described = link.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    size = link.execute(
        f"SELECT sum(total_uncompressed_size) FROM parquet_metadata({quoted(copy.as_posix())})"
    ).fetchone()[0]
    rows = link.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
    _check(path, rows, [(str(each[0]), str(each[1])) for each in described], int(size or 0))
    columns: dict[str, list[Any]] = {}
    for header, kind, *_ in described:
        cells = link.execute(f"SELECT {_value(str(header), str(kind))} AS x FROM {source}").fetchnumpy()["x"].tolist()
        columns[plain(header)] = _plain_cells(cells, str(kind), path, str(header))
    return Table(name, columns, Place(path.name, row=0, kind="file"), tuple(plain(each[0]) for each in described))


def _value(header: str, kind: str) -> str:
    column = '"' + header.replace('"', '""') + '"'
    if kind.startswith(("DECIMAL", "FLOAT")):
        return f"CAST({column} AS VARCHAR)"  # a decimal as it is written, not its nearest binary of a shorter kind
    if kind in ("DATE",) or kind.startswith("TIMESTAMP"):
        return f"CAST(CAST({column} AS DATE) AS VARCHAR)"
    if "INT" in kind or kind in ("DOUBLE", "BOOLEAN"):
        return column
    return f"CAST({column} AS VARCHAR)"


def _plain_cells(cells: list[Any], kind: str, path: Path, header: str) -> list[Any]:
    import datetime as dt

    if kind.startswith(("DECIMAL", "FLOAT")):
        return [None if cell is None else float(cell) for cell in cells]
    if kind in ("DATE",) or kind.startswith("TIMESTAMP"):
        days = {cell: dt.date.fromisoformat(cell) for cell in set(cells) if cell is not None}
        return [days.get(cell) for cell in cells]
    if kind == "DOUBLE":  # a gap is written as nan by those who come from data frames
        return [None if cell is None or cell != cell else cell for cell in cells]
    for row, cell in enumerate(cells):
        if type(cell) is str and len(cell) > LONGEST_CELL:
            what = f"a cell holds over {LONGEST_CELL:,} characters"
            raise Refused(Fault(what, f"{path.name} row {row + 1}, column {header}", "check what it is"))
    return [None if type(cell) is str and not cell.strip() else cell for cell in cells]


def _check(path: Path, rows: int, columns: list[tuple[str, str]], size: int) -> None:
    where = legible(str(path))
    if size > MOST_UNPACKED:
        raise Refused(Fault(f"{path.name} unpacks to over {megabytes(MOST_UNPACKED)}", where, "check what it is"))
    if rows > MOST_ROWS or len(columns) > MOST_COLUMNS or rows * len(columns) > MOST_PARQUET_CELLS:
        limits = f"{MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and {MOST_PARQUET_CELLS:,} cells in all"
        raise Refused(Fault(f"the table is larger than {limits}", where, "split it, or check what it is"))
    faults, seen = [], set()
    for header, kind in columns:
        if any(word in kind for word in _NESTED):
            faults.append(
                Fault(f"the column {legible(header)} holds {kind[:40]}, no plain cells", where, "leave it out")
            )
        if plain(header) in seen:
            faults.append(Fault(f"the column {plain(header)} stands twice", where, "keep one of them"))
        seen.add(plain(header))
    if faults:
        raise Refused(faults)
