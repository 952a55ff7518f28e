"""A table beside the same table a month before: other units, swapped columns, ids that lost their zeros, columns gone blank."""

from __future__ import annotations

import itertools

import numpy as np

from xlfv.months.intake.finding import ERROR, WARNING, Finding
from xlfv.months.intake.tables import MONTHLY, REVIEWED
from xlfv.months.intake.values import alike, median, numbers, texts
from xlfv.review.roll_findings import Level
from xlfv.tables import Fault, Table

COMPARED = {
    "loans": ("balance", "original_balance", "rate", "remaining_term", "age", "margin", "servicing_fee", "ltv", "fico",
              "payment", "life_cap", "life_floor", "initial_cap", "periodic_cap"),
    "bonds": ("balance", "original_balance", "coupon", "margin"),
    "curves": ("cpr", "cdr", "severity", "advance", "recovery_lag", "smm", "mdr"),
    "reo": ("balance", "value", "initial_basis", "selling_cost"),
    "yields": ("yield", "low", "high", "base_rate", "risk_premium"),
    "hedges": ("notional", "pay_rate", "strike"),
    "schedules": ("amount",),
    "costs": ("rate", "amount"),
}  # fmt: skip
"""Columns whose median does not move far in a month."""
FAR, NEAR, APART = 5.0, 0.1, 1.5
FILLED, BLANK = 0.5, 0.05
FEWEST = 3
_WORDS = ("text", "note", "reason", "source")  # columns that may be filled or not
COUNTED = 0.2  # share by which the number of loans may change


def compare(new: Table, old: Table, trust: str, month: str, before: str) -> list[Finding]:
    """What of a table is not as it was a month before, and should be.

    Args:
        new, old: the table, and as the book has it of the month before.
        trust, month, before: whose it is, and both months.
    """
    own = _Beside(new, old, trust, month, before)
    if own.same():
        return own.found
    swapped = own.swapped()
    own.medians(swapped)
    own.gone_blank()
    if new.name == "loans":
        own.count()
        own.ids()
    return own.found


def same_content(new: Table, old: Table) -> bool:
    """True where two tables say the same, column by column; a column without a filled cell says nothing."""
    if len(new) != len(old):
        return False
    blank = [None] * len(new)
    pairs = ((new.columns.get(name, blank), old.columns.get(name, blank)) for name in {**new.columns, **old.columns})
    return all(one == other or all(map(alike, one, other)) for one, other in pairs)


class _Beside:
    """Two tables side by side."""

    def __init__(self, new: Table, old: Table, trust: str, month: str, before: str) -> None:
        self.new, self.old, self.trust, self.month, self.before = new, old, trust, month, before
        self.found: list[Finding] = []
        columns = COMPARED.get(new.name, ())
        if new.name == "indices":
            columns = tuple(name for name in new.columns if name != "month")
        both = {
            name: (numbers(new, name), numbers(old, name))
            for name in columns
            if name in new.columns and name in old.columns
        }
        self.middle = {
            name: (median(now), median(was))
            for name, (now, was) in both.items()
            if min(np.isfinite(now).sum(), np.isfinite(was).sum()) >= FEWEST
        }

    def add(self, level: Level, what: str, where: str, todo: str) -> None:
        """Add a finding."""
        self.found.append(
            Finding(level, Fault(what, f"{self.trust}/{self.month}: {where}", todo), self.trust, self.new.name)
        )

    def same(self) -> bool:
        """A table made anew each month that is last month's again."""
        name = self.new.name
        if name not in MONTHLY | REVIEWED or not len(self.new) or not same_content(self.new, self.old):
            return False
        moves = name in ("loans", "bonds", "remittance", "activity", "ledger")
        level = ERROR if moves else WARNING
        self.add(
            level,
            f"the table {name} is the same as that of {self.before}",
            self.new.place.start,
            f"give the table of {self.month}",
        )
        return True

    def swapped(self) -> set[str]:
        """Pairs of columns each of which is what the other was."""
        found: set[str] = set()
        for (one, (now, was)), (other, (now2, was2)) in itertools.combinations(self.middle.items(), 2):
            apart = was > 0 and was2 > 0 and max(was / was2, was2 / was) > APART
            if apart and _near(now, was2) and _near(now2, was) and not {one, other} & found:
                found |= {one, other}
                what = (
                    f"the medians of {one} and {other} are {now:g} and {now2:g}, and were {was:g} and {was2:g} in {self.before}:"
                    " the columns look swapped"
                )
                self.add(WARNING, what, self.new.where(-1, one), "give each under its own header, or mend the mapping")
        return found

    def medians(self, leave: set[str]) -> None:
        """Columns whose middle is five times or a fifth of what it was."""
        for name, (now, was) in self.middle.items():
            if name in leave or was == 0.0 or now == was:
                continue
            if now / was > FAR or now / was < 1.0 / FAR:
                what = f"the median of {name} is {now:g} and was {was:g} in {self.before}"
                self.add(
                    WARNING, what, self.new.where(-1, name), "check its unit: a decimal or a percent, dollars or cents"
                )

    def gone_blank(self) -> None:
        """Columns that were filled and are not any more."""
        for name, cells in self.old.columns.items():
            if name in _WORDS:
                continue
            was = sum(cell is not None for cell in cells) / max(len(cells), 1)
            own = self.new.columns.get(name)
            now = sum(cell is not None for cell in own) / max(len(own), 1) if own is not None else 0.0
            if len(self.new) and was > FILLED and now < BLANK:
                state = "is not there" if own is None else "is blank"
                where = self.new.place.start if own is None else self.new.where(-1, name)
                self.add(
                    WARNING,
                    f"the column {name} {state}, and was filled in {self.before}",
                    where,
                    "add it, or say why it ended",
                )

    def count(self) -> None:
        """Many more loans, or many fewer."""
        now, was = len(self.new), len(self.old)
        if was and abs(now / was - 1.0) > COUNTED:
            what = f"the table has {now:,} loans and had {was:,} in {self.before}"
            self.add(WARNING, what, self.new.place.start, "check that it is whole, and that nothing stands in it twice")

    def ids(self) -> None:
        """Names of loans that are last month's but for zeros before them, blanks or capitals."""
        now, was = texts(self.new, "loan_id"), set(texts(self.old, "loan_id"))
        lost = [row for row, name in enumerate(now) if name not in was]
        bare = {_bare(name): name for name in was}
        again = [row for row in lost if _bare(now[row]) in bare]
        if again:
            row = again[0]
            what = f"{len(again)} loans are named otherwise than in {self.before}: '{now[row]}' was '{bare[_bare(now[row])]}'"
            self.add(
                ERROR,
                what,
                self.new.where(row, "loan_id") + f", loan_id {now[row]}",
                "write loan_id as text, as before",
            )


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= NEAR * abs(other)


def _bare(name: str) -> str:
    return "".join(name.lower().replace("-", "").split()).lstrip("0")
