"""Where things will stand, settled before anything is written: sheets refer to each other both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlfv.excel.book.page import FIRST
from xlfv.excel.book.tables import Columns, in_cells
from xlfv.excel.functions.trust import trust_summary
from xlfv.tables.cells import as_text
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.yields import COLLATERAL, RESIDUAL

if TYPE_CHECKING:
    from xlfv.excel.book.frame import TrustPlace

MOST_ROWS = {"schedules": 240}
MOST_ROWS_ELSE = 60  # a longer table travels by the path of its file
SMALL = tuple(name for name in SCHEMAS if name != "loans")
TABLES_GAP = 2


@dataclass(frozen=True)
class Spot:
    """A table on a sheet: its header's row and first column (from 0), and its cells."""

    row: int
    column: int
    columns: Columns

    @property
    def last_row(self) -> int:
        """Its last row."""
        return self.row + len(self.columns.rows)

    @property
    def last_column(self) -> int:
        """Its last column."""
        return self.column + max(len(self.columns.headers), 1) - 1

    def at(self, row: int, header: str) -> tuple[int, int] | None:
        """The cell of a row (from 0) under a header; None where there is no such column."""
        if header not in self.columns.headers:
            return None
        return self.row + 1 + row, self.column + self.columns.headers.index(header)

    def span(self, header: str) -> tuple[int, int, int, int] | None:
        """First and last cell of a column's body."""
        cell = self.at(0, header)
        return (*cell, self.last_row, cell[1]) if cell else None


@dataclass(frozen=True)
class TrustPlan:
    """The rows (from 0) of a trust's sheet.

    Attributes:
        summary, classes: header rows of the summary and of the table of classes.
        summary_height: rows of the summary, its header included.
        tables: the small tables given as ranges.
    """

    summary: int
    summary_height: int
    classes: int
    tables: dict[str, Spot]


def plan_trust(place: TrustPlace) -> TrustPlan:
    """Plan a trust's sheet."""
    trust = place.valued.source.trust
    height = max(len(trust_summary(trust)), 24)
    summary = FIRST + 1
    classes = summary + height + 3
    row = classes + len(trust.tranches) + 4
    tables = {}
    for name in SMALL:
        columns = _as_range(place, name)
        if columns is not None:
            tables[name] = Spot(row + 1, 0, columns)
            row = tables[name].last_row + TABLES_GAP
    return TrustPlan(summary, len(trust_summary(trust)), classes, tables)


def _as_range(place: TrustPlace, name: str) -> Columns | None:
    """A table's cells where it is small enough to be seen; None where it is not given or goes by its file."""
    table = place.valued.source.tables.get(name)
    if table is None or len(table) > MOST_ROWS.get(name, MOST_ROWS_ELSE):
        return None
    columns = in_cells(table)
    return columns if len(columns.headers) > 1 or columns.rows else None


@dataclass(frozen=True)
class YieldsPlan:
    """The register of yields: where it stands, and the row (from 0) of each trust's items."""

    spot: Spot
    rows: dict[tuple[str, str], int]


def plan_yields(places: tuple[TrustPlace, ...], row: int) -> YieldsPlan:
    """Plan the register: trust by trust, classes first and in their order, the residual last, the collateral after it."""
    parts = [(place, in_cells(place.valued.source.tables["yields"])) for place in places]
    headers = list(dict.fromkeys(["trust", "item", *(h for _, columns in parts for h in columns.headers)]))
    numbers: dict[str, str] = {"trust": "text", "item": "text"}
    cells: list[list[object]] = []
    rows: dict[tuple[str, str], int] = {}
    for place, columns in parts:
        for header, number in zip(columns.headers, columns.numbers, strict=True):
            numbers.setdefault(header, number)
        for item, line in _own_lines(place, columns):
            rows[place.name, item] = row + 1 + len(cells)
            cells.append([line.get(header) for header in headers])
    register = Columns(tuple(headers), cells, tuple(numbers[header] for header in headers))
    return YieldsPlan(Spot(row, 0, register), rows)


def _own_lines(place: TrustPlace, columns: Columns) -> list[tuple[str, dict[str, object]]]:
    """A trust's lines of its table of yields, by item in small letters, in the order of its classes."""
    order = {name.lower(): k for k, name in enumerate((*place.valued.source.trust.tranches, RESIDUAL, COLLATERAL))}
    found = []
    for cells in columns.rows:
        line = dict(zip(columns.headers, cells, strict=True))
        item = as_text(line["item"]).lower()
        if as_text(line.get("trust") or place.name).lower() == place.name.lower() and item in order:
            found.append((item, {**line, "trust": place.name}))
    return sorted(found, key=lambda each: order[each[0]])
