"""Prospectus supplements of agency REMICs, run through the worksheet functions and read as they are printed.

A deal is typed as ranges of a sheet: ``XLFV_TRUST`` builds it, ``XLFV_DECREMENT`` answers with its decrement tables. What
the supplements of Fannie Mae say of their tables, and what is done here:

- settlement on a date (the as-of date), distributions on the 25th of each month from the next month on;
- loans of the assumed characteristics prepay at constant percentages of PSA, by their own age; interest and principal of a
  month are distributed in the next;
- a row shows what is left after the distribution of that month of the year, the first one year after settlement: the
  twelfth distribution and every twelfth after it;
- percentages are rounded to whole ones; an asterisk stands for more than none and less than half a percent;
- a life is each reduction of the balance times the years from settlement to the distribution date (30/360), over the sum of the
  reductions: what an accrual class accretes is none.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from tests.builders import Row
from xlfv.excel import call

CURVES = [["month", "psa"], [1, 100]]


def cells(rows: list[Row]) -> list[list[Any]]:
    """Rows as a range of a sheet with its header."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    return [header, *[[row.get(key) for key in header] for row in rows]]


def steps(*rows: tuple[Any, ...]) -> list[list[Any]]:
    """A waterfall: each step as from, pay, to, rule, amount, group."""
    table = [[f"s{k}", *row, *[None] * (6 - len(row))] for k, row in enumerate(rows, 1)]
    return [["step", "from", "pay", "to", "rule", "amount", "group"], *table]


def serial(date: dt.date) -> float:
    """A date as a sheet holds it."""
    return float((date - dt.date(1899, 12, 30)).days)


def trust(
    name: str, settles: dt.date, loans: list[Row], bonds: list[Row], waterfall: list[list[Any]],
    schedules: list[Row] | None = None, accounts: list[Row] | None = None,
) -> Any:  # fmt: skip
    """The handle of a deal that settles on a date and distributes on the 25th of each month after it."""
    first = (settles.replace(day=1) + dt.timedelta(days=32)).replace(day=25)
    terms = [["term", "value"], ["first_remittance", serial(first)], ["remittance_day", 25]]
    more = [cells(rows) if rows else None for rows in (schedules, accounts)]
    made = call(
        "XLFV_TRUST", name, serial(settles), cells(loans), cells(bonds), waterfall, None, terms, None, None, None, *more
    )
    assert made[0][0].startswith(f"trust:{name}"), call("XLFV_WHY", made)
    return made[0][0]


@dataclass(frozen=True)
class Printed:
    """A decrement table: by class, cells[speed][year] with today's first, and lives[speed] to one decimal."""

    shares: dict[str, list[list[float]]]
    lives: dict[str, list[float]]

    def column(self, tranche: str, at: int, years: int = 30) -> list[int | str]:
        """The column of a class at a speed as it is printed: today, then a row a year."""
        rows = self.shares[tranche][at]
        return [printed(rows[year]) if year < len(rows) else 0 for year in range(years + 1)]


def printed(share: float) -> int | str:
    """A whole percentage, or ``*`` for more than none and less than half a percent."""
    percent = 100.0 * share
    return 0 if percent < 1e-7 else "*" if percent < 0.5 else math.floor(percent + 0.5)


def decrements(handle: Any, speeds: list[float], indices: list[list[Any]] | None = None) -> Printed:
    """The decrement tables of every class at percentages of PSA."""
    answer = call("XLFV_DECREMENT", handle, CURVES, None, [[psa / 100.0] for psa in speeds], indices)
    assert len(answer) > 1, call("XLFV_WHY", answer)
    shares: dict[str, list[list[float]]] = {}
    lives: dict[str, list[float]] = {}
    for name, month, _, *row in answer[1:]:
        if month == "average life":
            lives[name] = [math.floor(10.0 * life + 0.5) / 10.0 for life in row]
        elif month % 12 == 0:  # the last projected month may lie between two anniversaries
            columns = shares.setdefault(name, [[] for _ in speeds])
            for column, share in zip(columns, row, strict=True):
                column.append(share)
    return Printed(shares, lives)
