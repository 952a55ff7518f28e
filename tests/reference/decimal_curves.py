"""Curves of the reference: rows as they are typed, read month by month in Decimal.

A curve is a dict: ``axis`` (month or age), ``starts`` (the months or ages of its rows), ``severity_basis``, and a list of
``(month or age, value)`` a column, for the rows in which the column has a cell. The first row also holds before itself.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

ZERO, ONE = Decimal(0), Decimal(1)
HALF, TWELVE = Decimal("0.5"), Decimal(12)
DIGITS = 40


@lru_cache(maxsize=100_000)
def number(typed: float | int) -> Decimal:
    """The number that a person typed."""
    return Decimal(repr(typed))


def whole(value: Decimal) -> int:
    """To the nearest whole number, halves up."""
    return int((value + HALF).to_integral_value("ROUND_FLOOR"))


def held_to_share(value: Decimal) -> Decimal:
    return min(max(value, ZERO), ONE)


@lru_cache(maxsize=100_000)
def monthly(annual: Decimal) -> Decimal:
    """A month's share of an annual rate: the twelfth root, by logarithm."""
    if annual >= 1:
        return ONE
    return ONE - ((ONE - annual).ln() / TWELVE).exp()


def hundred_psa(age: int) -> Decimal:
    """100 PSA: 0.2% a month of age, to 6%."""
    return Decimal("0.002") * min(max(age, 0), 30)


def hundred_sda(age: int) -> Decimal:
    """100 SDA: 0.02% a month of age to 0.6% at 30, kept to 60, then down to 0.03% at 120."""
    if age <= 30:
        return Decimal("0.0002") * age
    if age <= 60:
        return Decimal("0.006")
    return max(Decimal("0.006") - Decimal("0.000095") * (age - 60), Decimal("0.0003"))


class Reading:
    """A curve as one loan reads it."""

    def __init__(self, curve: dict, age: int) -> None:
        self.curve, self.age = curve, age
        self.by_age = curve["axis"] == "age"

    def gives(self, column: str) -> bool:
        return bool(self.curve.get(column))

    def value(self, column: str, month: int, default: Decimal = ZERO) -> Decimal:
        """What holds in a month: the last cell not below it, or the default where there is none."""
        at = max(month + self.age if self.by_age else month, self.curve["starts"][0])
        found = None
        for start, typed in self.curve.get(column) or ():
            if start <= at:
                found = typed
        return default if found is None else number(found)

    def whole(self, column: str, month: int, default: int = 0) -> int:
        return whole(self.value(column, month, Decimal(default)))

    def of_status(self, column: str, status: str, month: int, default: Decimal = ZERO) -> Decimal:
        """What holds for loans of a status: in its own column, else in the plain one."""
        return self.value(f"{column}_{status}", month, self.value(column, month, default))

    def prepayment(self, month: int, multiplier: Decimal) -> Decimal:
        """SMM of a month; the multiplier holds on the rate as given."""
        life = self.age + month
        if self.gives("cpr"):
            return monthly(held_to_share(self.value("cpr", month) * multiplier))
        if self.gives("smm"):
            return held_to_share(self.value("smm", month) * multiplier)
        if self.gives("psa"):
            return monthly(held_to_share(self.value("psa", month) / 100 * hundred_psa(life) * multiplier))
        if self.gives("abs"):
            speed = held_to_share(self.value("abs", month) * multiplier)
            left = ONE - speed * (life - 1)  # share of the original number that can still be there
            return ONE if left <= speed and speed > 0 else speed / left
        return ZERO

    def default_rate(self, month: int, multiplier: Decimal) -> Decimal:
        """MDR of a month."""
        life = self.age + month
        if self.gives("cdr"):
            return monthly(held_to_share(self.value("cdr", month) * multiplier))
        if self.gives("mdr"):
            return held_to_share(self.value("mdr", month) * multiplier)
        if self.gives("sda"):
            return monthly(held_to_share(self.value("sda", month) / 100 * hundred_sda(life) * multiplier))
        return ZERO

    def cumulative(self, month: int) -> Decimal:
        """Cumulative share defaulted up to a month; nothing before the first row."""
        at = month + self.age if self.by_age else month
        return self.value("cumulative_default", month) if at >= self.curve["cumulative_default"][0][0] else ZERO

    def curtailment(self, month: int) -> Decimal:
        return monthly(self.value("curtailment", month))
