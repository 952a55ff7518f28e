"""Where everything stands in the workbook over the book: a slot of rows for each trust, as tall as the tallest needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xlfv.excel.call import call
from xlfv.excel.codec import Grid
from xlfv.tables import ErrorCell, Fault, Refused

MONTH, CHECK, TRUST, VALUES = "Month", "Check", "Trust", "Fair value"
TIEOUT, HISTORY, NUMBERS, MONTHS = "Tie-out", "History", "Numbers", "Months"
SHEETS: Mapping[str, str] = {
    MONTH: "the month, how far it is, and what it is worth",
    CHECK: "what is open, counted, each with a link to where it stands",
    TRUST: "the chosen trust's classes, yields and curves as the book has them, and where they came from",
    VALUES: "every trust at fair value, worked out here, beside what the month's last run recorded",
    TIEOUT: "every trust held against its trustee's report",
    HISTORY: "thirteen months to As of, in pictures and in numbers",
    NUMBERS: "every measure of every month",
    MONTHS: "the months of the book, to choose from",
}
TOP = 3  # the first row (from 0) below a sheet's title
FAR = 9  # row (from 0) of the first trust in the first table of Month
STATUS = 9  # column (from 0) on Months where the status of the month stands
LAST = "IV"  # column: months that the sheet Numbers may hold
DRAWN = 13  # months in the pictures
HISTORY_ROWS = 50
_ROOM = {
    "Tie-out": 60,
    "Numbers": 40,
    "Fair value": 12,
    "Trust": 12,
}  # rows kept free below what is shown today: for other months


@dataclass(frozen=True)
class Plan:
    """What the workbook shows when it is written.

    Attributes:
        book: the book's file.
        named: the book as the workbook names it.
        as_of: the month's end.
        trusts: those of the month, by name.
    """

    book: Path
    named: str
    as_of: dt.date
    trusts: tuple[str, ...]

    def grid(self, name: str, *args: object) -> Grid:
        """What a function of the book shows now.

        Raises:
            Refused: it shows an error.
        """
        return sound(call(name, *args, str(self.book)))

    def rows(self, name: str, *args: object) -> int:
        """Rows of what a function of the book shows now, its header among them; 1 for an error."""
        return len(call(name, *args, str(self.book)))

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """Rows of each trust's fair value, its header among them."""
        found = {}
        for trust in self.trusts:
            parts = (("XLFV_MONTH", None), ("XLFV_CURVES", None), ("XLFV_MONTH", "indices"), ("XLFV_YIELDS",))
            handle, curves, indices, yields = (self.grid(name, trust, self.as_of, *more) for name, *more in parts)
            projection = sound(call("XLFV_PROJECT", handle, curves, indices))
            found[trust] = len(sound(call("XLFV_FAIR_VALUE", projection, yields)))
        return found

    @cached_property
    def tall(self) -> Mapping[str, int]:
        """Rows of a trust's slot, by sheet: its title, what is shown today with its header, and room."""
        tie = max(self.rows("XLFV_TIEOUT", trust, self.as_of) for trust in self.trusts)
        numbers = max(self.rows("XLFV_HISTORY", trust, "all") for trust in self.trusts)
        lines = max(self.lines.values())
        return {
            TIEOUT: tie + 1 + _ROOM[TIEOUT], NUMBERS: numbers + 1 + _ROOM[NUMBERS], VALUES: lines + 1 + _ROOM[VALUES],
            HISTORY: HISTORY_ROWS,
        }  # fmt: skip

    def slot(self, sheet: str, k: int) -> int:
        """The row (from 0) of the k-th trust's title on a sheet; its header stands below."""
        return TOP + k * self.tall[sheet]

    def below(self, sheet: str, k: int, columns: str) -> str:
        """What stands in columns of the k-th trust's slot, header first."""
        return area(sheet, columns, self.slot(sheet, k) + 1, self.tall[sheet] - 1)

    def room(self, table: str) -> int:
        """Rows for a table of whichever trust is chosen: of the longest, and room."""
        longest = max(self.rows("XLFV_MONTH", trust, self.as_of, table) for trust in self.trusts)
        return longest + _ROOM[TRUST]

    def first(self, sheet: str, k: int) -> str:
        """The cell from which the k-th trust's result spills: an error where it could not."""
        return area(sheet, "A", self.slot(sheet, k) + 1, 1)

    @property
    def worth(self) -> int:
        """The row (from 0) of the first trust in the second table of Month."""
        return FAR + len(self.trusts) + 5

    def trust(self, k: int) -> str:
        """The cell of Month with the k-th trust's name."""
        return f"'{MONTH}'!$A${FAR + k + 1}"

    def projection(self, k: int) -> str:
        """The cell of Month with the k-th trust's projection."""
        return f"'{MONTH}'!$H${self.worth + k + 1}"


def sound(grid: Grid) -> Grid:
    """A grid that is no error.

    Raises:
        Refused: it is one; with its reason.
    """
    cell = grid[0][0]
    if isinstance(cell, ErrorCell):
        raise Refused(Fault(cell.reason or str(cell)))
    return grid


def area(sheet: str, columns: str, first: int, rows: int) -> str:
    """A range of a sheet: ``'Fair value'!$B$5:$B$40``; rows from 0."""
    left, _, right = columns.partition(":")
    return f"'{sheet}'!${left}${first + 1}:${right or left}${first + rows}"
