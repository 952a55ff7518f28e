"""A deal's tables as an analyst wrote them, read into words and Decimals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.reference.plain_cash import ONE, TWELVE, exact
from xlfv.market.vectors import is_vector, parse_vector

COLLECTED = ("interest", "principal", "scheduled", "prepaid")
PRINCIPAL = ("principal", "scheduled", "prepaid")
TO_CLASSES = ("interest", "interest_shortfall", "basis_risk", "unpaid_loss", "principal", "oc")
PAYS = (*TO_CLASSES, "writedown", "writeup", "hedge", "termination", "deposit", "release", "reimbursement", "residual")
HUNDRED = Decimal(100)


def rows_of(records: Any) -> list[dict]:
    """Checked rows as dictionaries: numbers exact, blanks None."""
    rows = []
    for k in range(records.count):
        row = {name: records[name][k].item() for name in records}
        rows.append({name: _plain(value) for name, value in row.items()})
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else exact(value)
    return value


def names_in(text: str) -> list[str]:
    return [name.strip() for name in re.split("[,;]", text) if name.strip()]


@dataclass(frozen=True)
class Amount:
    """The most a step pays: ``dollars``; or a share, by month, of what its cash was.

    ``of``: "" for the share itself, ``rest`` for that of what is left, else ``senior`` or ``own``: their percentage of the pool; the share times that
    (``sign`` *), or added to it as that much of what it leaves (+).
    """

    dollars: Decimal | None = None
    of: str = ""
    sign: str = ""
    shares: tuple[Decimal, ...] = ()


def amount_of(text: str, months: int) -> Amount:
    """Read the column amount: due, dollars, 70%, 0.7, a vector in words, or a percentage of the pool."""
    word = text.strip().lower()
    if word in ("", "due"):
        return Amount()
    if word.endswith(" of rest"):
        return Amount(None, "rest", "*", _by_month(word.removesuffix(" of rest"), months, ONE))
    match = re.fullmatch(r"(senior|own)\s*(?:([*+])\s*(.*))?", word)
    if match:
        return Amount(None, match[1], match[2] or "*", _by_month(match[3] or "100", months, HUNDRED))
    if is_vector(word) or word.endswith("%") or Decimal(word) < 1:
        return Amount(shares=_by_month(word, months, ONE))
    return Amount(Decimal(word))


def _by_month(words: str, months: int, bare: Decimal) -> tuple[Decimal, ...]:
    """Shares by month from month 1; a number that stands alone is divided by ``bare``."""
    if is_vector(words):
        return tuple(exact(value) for value in parse_vector(words, months))
    value = Decimal(words.rstrip("% ")) / (HUNDRED if words.endswith("%") else bare)
    return (value,) * months


@dataclass(frozen=True)
class Step:
    """A row of the waterfall, or its part for one loan group. ``row``: which row of the table."""

    row: int
    name: str
    source: str
    pay: str
    to: tuple[str, ...]
    rule: str
    weights: tuple[Decimal, ...]
    amount: Amount
    when: str
    group: str

    @property
    def draws(self) -> bool:
        """Whether it takes cash out of its source."""
        return self.pay not in ("writedown", "writeup")

    def draws_on(self, bucket: str) -> bool:
        """Whether it takes cash out of a bucket; principal is all of it, scheduled and prepaid alike."""
        return self.draws and (self.source == bucket or (self.source == "principal" and bucket in PRINCIPAL))


def steps_of(trust: Any, months: int, everybody: dict[str, list[str]]) -> list[Step]:
    """The waterfall's rows, in order, each class's own loan group paid out of its own group's cash.

    Args:
        everybody: whom a step pays that names nobody: all derivatives, all insurers.
    """
    found = []
    home = {row["tranche"]: row["group"] for row in rows_of(trust["bonds"])}
    for at, row in enumerate(rows_of(trust["waterfall"])):
        pay = row["pay"].strip()
        cost = pay.lower() not in PAYS
        words = row["rule"].strip().lower()
        weights = words.removeprefix("share").strip() if words.startswith("share") else ""
        rule = "share" if weights else words.replace(" ", "_").replace("-", "_")
        to = (pay,) if cost else () if pay in ("residual", "release") else tuple(names_in(row["to"]))
        step = Step(
            at, row["step"], row["from"].strip(), "cost" if cost else pay, to or tuple(everybody.get(pay, ())),
            rule or "sequential", tuple(Decimal(w) for w in weights.split(":") if w), amount_of(str(row["amount"]), months),
            row["when"].strip() or "always", row["group"],
        )  # fmt: skip
        split = not step.group and step.source in COLLECTED and step.pay in TO_CLASSES
        found += _by_group(step, home) if split else [step]
    return found


def _by_group(step: Step, home: dict[str, str]) -> list[Step]:
    """A class takes collections of its own loan group: the step runs group by group, in the order of its classes."""
    parts = []
    for group in dict.fromkeys(home[name] for name in step.to):
        mine = [k for k, name in enumerate(step.to) if home[name] == group]
        weights = tuple(step.weights[k] for k in mine) if step.weights else ()
        parts.append(replace(step, to=tuple(step.to[k] for k in mine), weights=weights, group=group))
    return parts


def thresholds_of(trigger: dict, months: int) -> list[Decimal]:
    """A trigger's threshold by month from month 1; words are percent of rates, and plain numbers of all else."""
    words = str(trigger["threshold"]).split(" of ")[0]
    if not is_vector(words):
        return [exact(float(words.rstrip("% "))) / (HUNDRED if words.endswith("%") else ONE)] * months
    number = trigger["measure"] in ("oc", "month", "deal_age", "subordination")
    return [exact(value) * (HUNDRED if number else ONE) for value in parse_vector(words, months)]


class Calendar:
    """Accrual periods: a twelfth of a year at 30/360, else the days between remittances, counted one by one."""

    def __init__(self, timeline: Any) -> None:
        self.timeline = timeline
        self.known: dict[tuple, Decimal] = {}

    def share(self, day_count: str, month: int, start: dt.date | None = None) -> Decimal:
        """Share of a year that a month accrues; the first runs from ``start`` where one is given."""
        key = (day_count, month, start)
        if key not in self.known:
            self.known[key] = self._share(day_count, month, start)
        return self.known[key]

    def _share(self, day_count: str, month: int, start: dt.date | None) -> Decimal:
        given = self.timeline.period_days
        if day_count == "act/360" and given:
            return Decimal(given[month]) / 360
        if not self.timeline.dated or (day_count == "30/360" and (month > 1 or start is None)):
            return ONE / TWELVE
        first, last = self.timeline.dates[month - 1], self.timeline.dates[month]
        if day_count == "30/360":
            if start.day == 1:
                last = dt.date(last.year, last.month, 1)
            months = (last.year - start.year) * 12 + last.month - start.month
            days = Decimal(30 * months + last.day - min(start.day, 30))
            return days / 360 if start < last else ONE / TWELVE
        if month == 1 and start is not None and start < last:
            first = start
        days = [first + dt.timedelta(days=k) for k in range((last - first).days)]
        if day_count == "act/360":
            return Decimal(len(days)) / 360
        leap = sum(1 for day in days if day.year % 4 == 0 and (day.year % 100 or day.year % 400 == 0))
        return Decimal(leap) / 366 + Decimal(len(days) - leap) / 365

    def year(self, month: int, counts: str, closing: dt.date | None) -> int:
        """The year in which a remittance falls: of the calendar, or of the deal, whose first has twelve months."""
        if counts == "calendar_year":
            return int(self.timeline.dates[month].year)
        return max(-(-int(self.age(month, closing)) // 12), 0)

    def age(self, month: int, closing: dt.date | None) -> Decimal:
        """Months from the closing date to the remittance; from the cut-off where there is none."""
        if closing is None:
            return Decimal(month)
        date = self.timeline.dates[month]
        return Decimal((date.year - closing.year) * 12 + date.month - closing.month)


def divide(cash: Any, owed: list, rule: str, weights: list) -> list:
    """What each of some creditors gets of the cash, none above what it is owed.

    In order; or each the same share of what it is owed; or by weights: one level is raised for all until the cash is
    gone, and who is full leaves the rest to the others.
    """
    cash = min(cash, sum(owed))
    if rule in ("sequential", "schedule", "target"):
        paid = []
        for amount in owed:
            paid.append(min(cash, amount))
            cash -= paid[-1]
        return paid
    if rule == "pro_rata":
        total = sum(owed)
        return [amount * cash / total if cash < total else amount for amount in owed]
    paid, left, waiting = [cash * 0] * len(owed), cash, sorted(range(len(owed)), key=lambda k: owed[k] / weights[k])
    while waiting:
        k = waiting[0]
        level = left / sum(weights[j] for j in waiting)
        if owed[k] / weights[k] > level:
            for j in waiting:
                paid[j] = weights[j] * level
            break
        paid[k] = owed[k]
        left -= owed[k]
        waiting = waiting[1:]
    return paid


def rate_rows(indices: Any) -> dict[str, list[Decimal]]:
    """Published index rows by name."""
    return {name: [exact(value) for value in values] for name, values in indices.rates.items()}
