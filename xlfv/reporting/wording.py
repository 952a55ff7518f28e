"""Sentences whose words follow the numbers: each number is written once, in words that its sign and size choose, and kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
HALF = 0.5  # what rounds to nothing is told as nothing


@dataclass(frozen=True)
class Fact:
    """A number of a paragraph.

    Attributes:
        label: what it is.
        value: the number itself, with its sign, unrounded; or a date.
        unit: dollars, thousands of dollars, decimal, count, date.
        words: how the text says it.
        source: the table, row and column that it is in or made from.
    """

    label: str
    value: float | dt.date
    unit: str
    words: str
    source: str


@dataclass
class Paragraph:
    """A paragraph being written.

    Attributes:
        topic: its heading.
        unit: of its amounts, dollars or thousands of dollars.
        sentences, facts: what it says, and the numbers in it.
    """

    topic: str
    unit: str = "dollars"
    sentences: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole of it."""
        return " ".join(self.sentences)

    def say(self, sentence: str) -> None:
        """Add a sentence."""
        self.sentences.append(sentence)

    def _fact(self, label: str, value: float | dt.date, unit: str, words: str, source: str) -> str:
        self.facts.append(Fact(label, value, unit, words, source))
        return words

    def money(self, value: float, label: str, source: str) -> str:
        """An amount as it stands, ``$1,234``; below zero in parentheses."""
        return self._fact(label, value, self.unit, self._amount(value), source)

    def gain(self, value: float, label: str, source: str) -> str:
        """``a gain of $1,234``, ``a loss of $1,234``, or ``no gain or loss``."""
        words = "no gain or loss"
        if abs(value) >= HALF:
            words = f"a {'gain' if value > 0.0 else 'loss'} of {self._amount(abs(value))}"
        return self._fact(label, value, self.unit, words, source)

    def change(self, value: float, label: str, source: str) -> str:
        """``increased by $1,234``, ``decreased by $1,234``, or ``did not change``."""
        words = "did not change"
        if abs(value) >= HALF:
            words = f"{'increased' if value > 0.0 else 'decreased'} by {self._amount(abs(value))}"
        return self._fact(label, value, self.unit, words, source)

    def level(self, value: float, label: str, source: str) -> str:
        """``$1,234 higher``, ``$1,234 lower``, or ``unchanged``."""
        words = "unchanged"
        if abs(value) >= HALF:
            words = f"{self._amount(abs(value))} {'higher' if value > 0.0 else 'lower'}"
        return self._fact(label, value, self.unit, words, source)

    def rate(self, value: float, label: str, source: str) -> str:
        """A rate or share in percent with two places."""
        return self._fact(label, value, "decimal", percent(value), source)

    def count(self, value: int, label: str, source: str) -> str:
        """A whole number."""
        return self._fact(label, float(value), "count", f"{value:,}", source)

    def date(self, value: dt.date, label: str, source: str) -> str:
        """A date, ``31 December 2009``."""
        return self._fact(label, value, "date", f"{value.day} {MONTHS[value.month - 1]} {value.year}", source)

    def _amount(self, value: float) -> str:
        digits = f"${abs(value):,.0f}{' thousand' if self.unit == THOUSANDS else ''}"
        return f"({digits})" if value < 0.0 and abs(value) >= HALF else digits


THOUSANDS = "thousands of dollars"


def percent(value: float) -> str:
    """A decimal in percent with two places."""
    return f"{100.0 * value + 0.0:.2f}%"


def listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1] if parts else ""]))


def plural(count: int, one: str) -> str:
    """``trust`` or ``trusts``."""
    return one if count == 1 else f"{one}s"


def sign_of(value: float) -> int:
    """-1, 0 or 1; what rounds to nothing is 0."""
    return 0 if abs(value) < HALF else 1 if value > 0.0 else -1
