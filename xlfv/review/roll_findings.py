"""What is found between the loans of two month-ends, and the two laid side by side.

An *error* cannot be so: one of the two tapes is wrong. A *warning* may be so (a modification, a repurchase, a cure) and needs a
word from a person. A *note* is told. Loans with the same finding are counted, and the first of them are listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xlfv.review.actuals import Ints
from xlfv.review.follow import rows_of
from xlfv.review.tapes import state_of
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Array, Records

Level = Literal["error", "warning", "note"]
ERROR: Level = "error"
WARNING: Level = "warning"
NOTE: Level = "note"
MOST = 10  # loans listed of those with one finding
CENT = 0.005


@dataclass(frozen=True)
class RollFinding:
    """One thing found between two month-ends.

    Attributes:
        level: ``error``, ``warning`` or ``note``.
        check: its name, as :data:`xlfv.review.roll_rules.CHECKS` has it.
        fault: what (with how many loans and the first of them), where the first stands, and what to do.
        count: how many loans; 0 where it is of the pool.
        loans: the first of them.
    """

    level: Level
    check: str
    fault: Fault
    count: int = 0
    loans: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.level}: {self.fault}"


@dataclass(frozen=True)
class Tapes:
    """Two tables of loans, and beside them the loans that stand in both, row by row.

    Attributes:
        before, now: the tables.
        months: between them.
        was, is_now: the loans that stand in both, in the order of ``now``.
        row, row_before: where these stand in ``now`` and ``before``.
        state, state_before: their status as a place in :data:`xlfv.review.tape_table.STATES`.
        new, gone: rows of ``now`` that ``before`` has not, and the other way round.
    """

    before: Records
    now: Records
    months: int
    was: Records
    is_now: Records
    row: Ints
    row_before: Ints
    state: Ints
    state_before: Ints
    new: Ints
    gone: Ints


def side_by_side(before: Records, now: Records, months: int) -> Tapes:
    """Lay two tables of loans side by side."""
    at = rows_of(now["loan_id"], before["loan_id"])
    row = np.flatnonzero(at >= 0)
    stays = np.zeros(before.count, dtype=bool)
    stays[at[row]] = True
    was, is_now = before.take(at[row]), now.take(row)
    return Tapes(before, now, months, was, is_now, row, at[row], state_of(is_now), state_of(was), np.flatnonzero(at < 0),
                 np.flatnonzero(~stays))  # fmt: skip


class Findings:
    """Collects what is found, each with its loans, places and values."""

    def __init__(self, tapes: Tapes, now: Table | None, before: Table | None) -> None:
        self.tapes, self._now, self._before = tapes, now, before
        self.found: list[RollFinding] = []

    def pool(self, level: Level, check: str, what: str, todo: str) -> None:
        """A finding of the pool."""
        self.found.append(RollFinding(level, check, Fault(what, self._start(), todo)))

    def _start(self) -> str:
        return self._now.place.start if self._now is not None else "loans"

    def both(
        self, level: Level, check: str, rows: Array, column: str, words: str, todo: str,
        was: Array | None = None, now: Array | None = None,
    ) -> None:  # fmt: skip
        """Loans that stand in both tables: ``rows`` is a mask over them; values are those of the column unless given."""
        tapes = self.tapes
        old = tapes.was[column] if was is None else was
        new = tapes.is_now[column] if now is None else now
        self._add(level, check, np.flatnonzero(rows), tapes.row, tapes.now, self._now, column, words, todo,
                  lambda k: f"{_shown(old[k])} -> {_shown(new[k])}")  # fmt: skip

    def here(self, level: Level, check: str, rows: Ints, column: str, words: str, todo: str) -> None:
        """Rows of the later table."""
        values = self.tapes.now[column]
        self._add(level, check, np.arange(rows.size), rows, self.tapes.now, self._now, column, words, todo,
                  lambda k: _shown(values[rows[k]]))  # fmt: skip

    def there(self, level: Level, check: str, rows: Ints, column: str, words: str, todo: str) -> None:
        """Rows of the earlier table."""
        values = self.tapes.before[column]
        self._add(level, check, np.arange(rows.size), rows, self.tapes.before, self._before, column, words, todo,
                  lambda k: _shown(values[rows[k]]))  # fmt: skip

    def _add(
        self, level: Level, check: str, which: Ints, rows: Ints, records: Records, table: Table | None, column: str,
        words: str, todo: str, shown: Callable[[int], str],
    ) -> None:  # fmt: skip
        if not which.size:
            return
        first = [int(k) for k in which[:MOST]]
        names = tuple(str(records["loan_id"][rows[k]]) for k in first)
        listed = ", ".join(
            f"{name} ({shown(k)}{_line(table, int(rows[k]), column)})" for name, k in zip(names, first, strict=True)
        )
        more = f" and {which.size - MOST:,} more" if which.size > MOST else ""
        count = f"{which.size:,} {'loan' if which.size == 1 else 'loans'}"
        place = table.where(int(rows[first[0]]), column) if table is not None else f"loans, column {column}"
        what = f"{count} {words}: {listed}{more}"
        of_before = " (month before)" if records is self.tapes.before else ""
        fault = Fault(what, f"{place}, loan_id {names[0]}{of_before}", todo)
        self.found.append(RollFinding(level, check, fault, int(which.size), names))


def _line(table: Table | None, row: int, column: str) -> str:
    """``, row 17``: where a loan stands, beside the first one's full place."""
    if table is None:
        return ""
    return (
        f", {table.where(row, column).removesuffix(f', column {column}').removeprefix(table.place.label).strip(' !')}"
    )


def _shown(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, (float, np.floating)):
        return f"{value:,.2f}" if abs(float(value)) >= 10.0 else f"{value:.9g}"
    if isinstance(value, np.datetime64):
        return "blank" if np.isnat(value) else str(value)
    return str(value) if str(value) else "blank"
