"""What an example of a deal's rule is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.excel.codec import Cell, Grid

AS_OF = dt.date(2009, 12, 31)


@dataclass(frozen=True)
class Shown:
    """A call on the example's projection and what it gives.

    Attributes:
        function: the function's name.
        args: its arguments behind the projection.
        gives: the whole grid, header first.
    """

    function: str
    args: tuple[Cell, ...]
    gives: Grid

    @property
    def formula(self) -> str:
        """The call as typed in a cell."""
        written = [f'"{arg}"' if isinstance(arg, str) else f"{arg:g}" for arg in self.args if arg is not None]
        return f"={self.function}({', '.join(['projection', *written])})"


@dataclass(frozen=True)
class RuleExample:
    """One rule of a deal in the smallest deal that has it.

    Attributes:
        title: the rule.
        text: what happens, in a sentence or two.
        tables: the trust's tables, its collateral's cash and the indices, by name.
        shows: what it gives.
    """

    title: str
    text: str
    tables: Mapping[str, Grid]
    shows: tuple[Shown, ...]


def tranche(name: str, columns: str, *rows: list[Cell]) -> Shown:
    """Columns of a class by month: a row a month, without month and date."""
    return _by_month("XLFV_TRANCHE_CASHFLOW", (name, columns), columns, rows)


def pool(columns: str, *rows: list[Cell]) -> Shown:
    """Columns of the trust by month."""
    return _by_month("XLFV_TRUST_CASHFLOW", (columns,), columns, rows)


def residual(*rows: list[Cell]) -> Shown:
    """Cash of the residual, overcollateralization and its target by month."""
    return _by_month("XLFV_RESIDUAL_CASHFLOW", (), "cash,oc,oc_target", rows)


def _by_month(function: str, args: tuple[Cell, ...], columns: str, rows: tuple[list[Cell], ...]) -> Shown:
    body: Grid = [[float(month), PAID_ON[month], *row] for month, row in enumerate(rows, 1)]
    return Shown(function, args, [["month", "date", *columns.split(",")], *body])


PAID_ON = (AS_OF, dt.date(2010, 1, 31), dt.date(2010, 2, 28), dt.date(2010, 3, 31), dt.date(2010, 4, 30))
"""Where a deal gives no remittance day, every month is a 30/360 month."""


def cash(*rows: list[Cell], also: str = "prepaid_principal") -> Grid:
    """The collateral's cash by month: balance, net interest, and what else is named."""
    return [
        ["month", "balance", "net_interest", *also.split(",")],
        *[[float(k), *row] for k, row in enumerate(rows, 1)],
    ]


def steps(*rows: str, more: str = "") -> Grid:
    """A waterfall, a step a row as ``from | pay | to``, then the cells of the columns that ``more`` names."""
    split: list[list[Cell]] = [[_cell(cell.strip()) for cell in row.split("|")] for row in rows]
    width = max(len(row) for row in split)
    header: list[Cell] = ["step", "from", "pay", "to", *more.split(",")]
    return [
        header[: width + 1],
        *[[float(k), *row, *[None] * (width - len(row))] for k, row in enumerate(split, 1)],
    ]


def _cell(text: str) -> Cell:
    return float(text) if text.isdecimal() else text or None


TENTH = cash([100_000.0, 1_000.0, 10_000.0], [90_000.0, 900.0, 9_000.0], [81_000.0, 810.0, 8_100.0])
"""A tenth of the pool prepays each month; it bears 12% a year."""
STILL = [row[:3] for row in cash([100_000.0, 1_000.0], [100_000.0, 1_000.0], [100_000.0, 1_000.0])]
"""Nothing is repaid in these months."""
