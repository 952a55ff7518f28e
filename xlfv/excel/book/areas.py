"""Cells as few rectangles: to write them in blocks, and to note them in words such as ``A1 B3:D9``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from xlfv.excel.book.sketch import Spot
from xlfv.excel.codec import cell_name

Area: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row and last column, from 0."""

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def rectangles(spots: Iterable[Spot]) -> list[Area]:
    """The cells as rectangles that do not overlap: runs of a row, joined where rows beneath have the same run."""
    done: list[Area] = []
    growing: dict[tuple[int, int], tuple[int, int]] = {}  # columns of a run -> its first and last row so far
    for row, runs in _runs(spots):
        for run, (first, last) in list(growing.items()):
            if last != row - 1 or run not in runs:
                done.append((first, run[0], last, run[1]))
                del growing[run]
        for run in runs:
            growing[run] = (growing.get(run, (row, row))[0], row)
    done += [(first, run[0], last, run[1]) for run, (first, last) in growing.items()]
    return sorted(done)


def _runs(spots: Iterable[Spot]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Row by row, the runs of columns in it."""
    rows: dict[int, list[int]] = {}
    for row, column in sorted(spots):
        rows.setdefault(row, []).append(column)
    for row, columns in rows.items():
        runs = [[columns[0], columns[0]]]
        for column in columns[1:]:
            if column == runs[-1][1] + 1:
                runs[-1][1] = column
            else:
                runs.append([column, column])
        yield row, [(first, last) for first, last in runs]


def spots_of(area: Area) -> Iterator[Spot]:
    """Every cell of an area, row by row."""
    top, left, bottom, right = area
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def area_name(area: Area) -> str:
    """``A1`` or ``A1:B9``."""
    top, left, bottom, right = area
    first, last = cell_name(top + 1, left + 1), cell_name(bottom + 1, right + 1)
    return first if first == last else f"{first}:{last}"


def parse_area(name: str) -> Area | None:
    """Read ``A1``, ``$A$1:$B$9``; None when it is neither."""
    ends = [_CELL.fullmatch(each) for each in name.replace("$", "").upper().split(":")]
    if len(ends) > 2 or None in ends:
        return None
    found = [(int(end[2]) - 1, column_number(end[1]) - 1) for end in ends if end]
    (top, left), (bottom, right) = found[0], found[-1]
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def column_number(letters: str) -> int:
    """The number of a column from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def box(spots: Iterable[Spot]) -> Area:
    """The area from the sheet's first cell to the last row and column of the cells."""
    rows, columns = zip(*spots, strict=True)
    return 0, 0, max(rows), max(columns)
