"""Large texts read at once: the same cells as the careful reader gives, some ten times as fast.

The text is unpacked, decoded and measured into a passing file, within the limits of every other reading; a database shut off
from all else takes its columns apart. Whatever it stumbles on is left to the careful reader, which says where it is wrong.
"""

from __future__ import annotations

import codecs
import csv
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from xlfv import progress
from xlfv.tables import ErrorCell, Fault, Refused, Table, from_grid
from xlfv.tables.files import TEXTS, USUAL, Layout, opened, read_file
from xlfv.tables.limits import LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from xlfv.tables.parquet import quoted, shut_off
from xlfv.tables.paths import check_file
from xlfv.tables.table import ERROR_CODES, Place

LARGE = 1 << 20
"""Bytes on disk from which a text is read at once; below, the careful reader takes no time."""
MOST_CELLS_AT_ONCE = 2 * MOST_CELLS
_TOP, _FIRST = 64, 1 << 20  # lines and bytes in which the headers stand


@dataclass(frozen=True)
class _Text:
    """A text as it lies in the passing file: its first lines, how many there are, and whether each is a row."""

    top: list[str]
    lines: int
    quoted_breaks: bool


def read_large(
    path: Path, name: str, layout: Layout | None = None, numbers: Collection[str] = (), leave: Collection[str] = ()
) -> Table:
    """A table, read at once where it is a large text, else as :func:`xlfv.tables.files.read_file` reads it.

    Args:
        path, name, layout: as of that reader.
        numbers: headers (as tables match them) whose cells come as numbers where all of them are.
        leave: headers whose cells nobody needs; a large text is read without them.

    Raises:
        Refused: as that reader.
    """
    check_file(path)
    if not path.name.lower().endswith(TEXTS) or path.stat().st_size < LARGE:
        return read_file(path, name, layout)
    progress.tell(f"reading {path.name}")
    with tempfile.TemporaryDirectory(prefix="xlfv") as folder:
        copy = Path(folder) / "table.csv"
        try:
            text = _spooled(path, layout or USUAL, copy)
            found = (
                _taken_apart(copy, path, name, layout or USUAL, text, frozenset(numbers), frozenset(leave))
                if text
                else None
            )
        except (OSError, EOFError, ValueError) as problem:
            if isinstance(problem, Refused):
                raise
            found = None
        if found is None and text is not None:
            _refuse_ragged(copy, path, layout or USUAL)
    return found if found is not None else read_file(path, name, layout)


def _spooled(path: Path, layout: Layout, copy: Path) -> _Text | None:
    """The text as UTF-8 in a file of its own; None where a line is too long or it is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first, lines, run, last = b"", 0, 0, b""
    with opened(path, layout) as counted, copy.open("wb") as out:
        for piece in iter(counted.read1, b""):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                return None
            if len(first) < _FIRST:
                first += piece
            breaks = piece.count(b"\n")
            lines += breaks
            run = len(piece) - piece.rfind(b"\n") - 1 if breaks else run + len(piece)
            if run > LONGEST_LINE:
                return None
            out.write(piece)
            last = piece
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    top = first[:_FIRST].decode("utf-8-sig", errors="ignore").splitlines()[:_TOP]
    return _Text(top, lines + (not last.endswith(b"\n")), False)


def _headers(text: _Text, layout: Layout) -> tuple[int, list[str]]:
    """The line of headers, from 0, and the headers; none where the first lines do not hold them."""
    for k, line in enumerate(text.top):
        if k + 1 >= layout.header_row and line.strip(f" \t{layout.separator}"):
            return k, next(csv.reader([line], delimiter=layout.separator, strict=True))
        if line.count('"') % 2:  # a cell runs over several lines: rows are not lines
            break
    return 0, []


def _taken_apart(
    copy: Path, path: Path, name: str, layout: Layout, text: _Text, numbers: frozenset[str], leave: frozenset[str]
) -> Table | None:
    """The table; None where anything is out of the ordinary."""
    import duckdb

    try:
        top, headers = _headers(text, layout)
    except csv.Error:
        return None
    if not headers or len(headers) > MOST_COLUMNS:
        return None
    rows = text.lines - top - 1
    if rows > MOST_ROWS or rows * len(headers) > MOST_CELLS_AT_ONCE:
        limits = f"{MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and {MOST_CELLS_AT_ONCE:,} cells in all"
        raise Refused(Fault(f"the table is larger than {limits}", path.name, "split it, or check what it is"))
    # Headers are checked as everywhere: none twice, none an error.
    named = [_cell(header) for header in headers]
    while named and named[-1] is None:
        named.pop()
    head = from_grid(name, [named], Place(path.name, top + 1, kind="file"), text=True)
    kinds = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(headers)))
    read = (
        f"read_csv({quoted(copy.as_posix())}, auto_detect=false, header=false, skip={top + 1}, delim={quoted(layout.separator)},"
        f" quote='\"', escape='\"', null_padding=true, max_line_size={4 * LONGEST_LINE}, columns={{{kinds}}})"
    )
    try:
        with shut_off(copy.parent, copy) as link:
            wanted = [f"c{k}" for k, header in enumerate(head.order) if header and header not in leave]
            link.execute(f"CREATE TABLE t AS SELECT {', '.join(wanted) or 'c0'} FROM {read}")
            if link.execute("SELECT count(*) FROM t").fetchone()[0] != rows:  # blank lines, or cells over several lines
                return None
            columns: dict[str, list[Any]] = {}
            for k, header in enumerate(head.order):
                if header and header not in leave:
                    cells = _column(link, f"c{k}", header in numbers)
                    if cells is None:
                        return None
                    columns[header] = cells
    except duckdb.Error:
        return None
    return replace(head, columns=columns)


def _column(link: Any, column: str, number: bool) -> list[Any] | None:
    """The cells of a column as the careful reader has them, as numbers where that is asked for and all of them are."""
    if number:
        cells = link.execute(f"SELECT TRY_CAST({column} AS DOUBLE) AS x FROM t").fetchnumpy()["x"]
        gaps = np.ma.getmaskarray(cells)
        found = np.ma.getdata(cells)
        blank, odd = link.execute(
            f"SELECT count(*) FILTER ({column} IS NULL OR {column} = ''), count(*) FILTER (contains({column}, '_')) FROM t"
        ).fetchone()
        # What is neither a number nor blank, and what only this reader takes for a number, is left as text.
        if gaps.sum() == blank and not odd and np.isfinite(found[~gaps]).all():
            listed: list[Any] = found.tolist()
            return [None if gap else cell for cell, gap in zip(listed, gaps, strict=True)] if blank else listed
    texts = link.execute(f"SELECT {column} AS x FROM t").fetchnumpy()["x"].tolist()
    words = {word: _cell(word) for word in set(texts)}
    if any(type(word) is str and len(word) > LONGEST_CELL for word in words):
        return None
    return [words[text] for text in texts]  # one object for each word, however often it stands


def _cell(word: str | None) -> Any:
    bare = word.strip() if word is not None else ""
    if not bare:
        return None
    return ErrorCell(bare) if bare[0] == "#" and bare in ERROR_CODES else bare


def _refuse_ragged(copy: Path, path: Path, layout: Layout) -> None:
    """Name the first rows that have more cells than the header, in a text too large to be kept as cells."""
    wide, faults = 0, []
    with copy.open(encoding="utf-8-sig", newline="") as stream:
        try:
            for row, cells in enumerate(csv.reader(_bounded(stream), strict=True, delimiter=layout.separator), 1):
                whole = len(cells)
                while cells and not cells[-1].strip():
                    cells.pop()
                if cells and not wide and row >= layout.header_row:
                    wide = whole
                elif wide and len(cells) > wide:
                    what = f"the row has {len(cells)} cells and the header {wide}"
                    faults.append(Fault(what, f"{path.name} row {row}", "quote commas in texts"))
                if len(faults) >= 20:
                    break
        except (csv.Error, Refused):
            return
    if faults:
        raise Refused(faults)


def _bounded(stream: Any) -> Iterator[str]:
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Refused("a line is too long")
        yield line
