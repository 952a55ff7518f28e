"""Curves in words, as analysts write them: ``6 ramp 24 to 12``, ``2 for 6 then 8``, ``8 ramp 24 to 15 * 1.1``.

Grammar (numbers are percent, with or without the sign; case and spaces do not matter)::

    vector  = piece { "then" piece } { change }
    piece   = number [ "thereafter" ]             holds on (only as the last piece) or for one month before "then"
            | number "for" time                   holds for that long
            | number "ramp" time "to" number      starts at the first, reaches the second in the last of these months
            | number "ramp" "to" number "over" time   the same
    time    = whole number [ "months" | "years" ]     months where nothing is said
    change  = "*" factor | "/" factor | "+" number | "-" number

The last value holds on. ``0.2 ramp 30 to 6`` is the PSA standard: 0.2 in month 1, 6 from month 30.

Changes stand at the end and hold for the whole vector, from left to right: ``2 for 6 then 8 + 1`` is 3 for six months, then
9, and ``8 + 1 * 2`` is 18. What is added or taken away is in the vector's own unit (percentage points for a rate); a factor
with a percent sign is a share (``* 110%`` is ``* 1.1``). Before ``-`` and ``/`` stands a space. Nothing is evaluated: what is not of
this grammar is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Final

import numpy as np

from xlfv.market.rates import Floats
from xlfv.tables import Fault, Refused

_DIGITS = r"(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = rf"([+-]?{_DIGITS})\s*%?"
_TIME = r"(\d+)\s*(months?|mos?|years?|yrs?|)"
_HOLD = re.compile(rf"^{_NUMBER}(?:\s*thereafter)?$")
_FOR = re.compile(rf"^{_NUMBER}\s*for\s*{_TIME}$")
_RAMP = re.compile(rf"^{_NUMBER}\s*ramp\s*{_TIME}\s*to\s*{_NUMBER}$")
_RAMP_OVER = re.compile(rf"^{_NUMBER}\s*ramp\s*to\s*{_NUMBER}\s*over\s*{_TIME}$")
# A change follows a number or its unit; "to -3" is a number, and neither a range such as "3-4" nor a date is a change.
_BEFORE = r"(?:[\d.%]|months?|mos?|years?|yrs?|thereafter)"
_CHANGE = re.compile(rf"^(.*{_BEFORE})(\s*[*+]|\s+[-/])\s*({_DIGITS})\s*(%?)$", re.DOTALL)
_WORDS = re.compile(r"(?<![a-z])(?:ramp|for|then)(?![a-z])")
# No date and no code is one; each space can be read in one way only, or a long text would take for ever.
_CHANGED = re.compile(rf"^[+-]?{_DIGITS}(?:\s*%)?(?:\s*\*\s*{_DIGITS}(?:\s*%)?|\s+[/+-]\s+{_DIGITS}(?:\s*%)?)+$")
# A number with a word or a sign behind it: no number kept as text, which has one letter at most (1e5), and no "5 %".
_MEANT = re.compile(r"[a-z]{2}|\d[\s%]*[*/+]|\d%?\s+-?[a-z]")
_KEYS = (
    "ramp", "for", "then", "to", "over", "thereafter", "month", "months", "mo", "mos", "year", "years", "yr", "yrs",
)  # fmt: skip
MAX_MONTHS: Final = 1200
LONGEST: Final = 1_000  # characters, some 80 pieces; a cell could hold 32,767, and take minutes to read
_LIMIT = 1e12  # no rate, speed, balance or month count is larger

Change = tuple[str, float]
"""What is done to a whole vector: ``*``, ``/``, ``+`` or ``-``, and by how much."""
CHANGES: Final[dict[str, Callable[[Floats, float], Floats]]] = {
    "*": lambda values, by: values * by,
    "/": lambda values, by: values / by,
    "+": lambda values, by: values + by,
    "-": lambda values, by: values - by,
}


def is_vector(cell: object) -> bool:
    """True for a text that is meant as a vector in words rather than a number kept as text."""
    if not isinstance(cell, str):
        return False
    text = cell.strip().lower()
    return bool(_WORDS.search(text)) or (len(text) <= LONGEST and bool(_CHANGED.match(text)))


def may_be_vector(cell: object) -> bool:
    """True for a text with a number and words or signs, which is no number whatever its words: perhaps a misspelt vector."""
    if not isinstance(cell, str):
        return False
    text = cell.strip().lower()
    return any(c.isdigit() for c in text) and bool(_MEANT.search(text))


def part_at(text: str, month: int, least: float, most: float) -> str:
    """The part of a vector that takes it out of bounds in a month: a number, or else the changes at its end.

    Args:
        text: a vector that can be read.
        month: the month in which it is out of bounds, 1 the first.
        least, most: the bounds, in the numbers of the words.
    """
    whole = text.strip().lower()
    plain, _ = _without_changes(whole, text)
    piece, spelled = "", [0.0]
    left = month
    for each in _pieces(plain):
        values = _spell(each, text)
        if values:
            piece, spelled = each, values
        if left <= len(values):
            break
        left -= len(values)
    value = spelled[min(left, len(spelled)) - 1]
    if least <= value <= most:
        return whole[len(plain) :].strip()
    numbers = re.findall(rf"(?:^|to\s*)([+-]?{_DIGITS})", piece)
    return str(min(numbers, key=lambda one: abs(float(one) - value)))


def parse_vector(text: str, months: int) -> Floats:
    """Spell out a vector in words.

    Args:
        text: the vector, in percent.
        months: how many values to give (1 to 1200).

    Returns:
        float64[months], decimals, month 1 first.

    Raises:
        Refused: quoting the piece that cannot be read.
    """
    return spell_vector(text, months) / 100.0


def spell_vector(text: str, months: int) -> Floats:
    """A vector in words in the numbers of the words: those of months or speeds are no percent.

    Args:
        text: the vector.
        months: how many values to give (1 to 1200).

    Returns:
        float64[months], month 1 first.

    Raises:
        Refused: quoting the piece that cannot be read.
    """
    if not 1 <= months <= MAX_MONTHS:
        raise Refused(Fault(f"months is {months}", todo=f"give a whole number from 1 to {MAX_MONTHS}"))
    if len(text) > LONGEST:
        what = f"the vector '{text[:40]}...' is {len(text):,} characters long; at most {LONGEST:,} are read"
        raise Refused(Fault(what, todo="give it as a column of numbers"))
    plain, changes = _without_changes(text.strip().lower(), text)
    values: list[float] = []
    for k, piece in enumerate(_pieces(plain)):
        spelled = _spell(piece, text)
        values.extend(spelled[: max(months - len(values), 0)])
        if len(spelled) > MAX_MONTHS:
            raise Refused(Fault(f"'{piece}' runs over {MAX_MONTHS} months", f"in '{text}'"))
        if k == 0 and not values:
            raise Refused(Fault(f"'{piece}' gives no month", f"in '{text}'", "write at least 'for 1'"))
    values.extend([values[-1]] * (months - len(values)))
    vector = np.array(values, dtype=np.float64)
    with np.errstate(all="ignore"):  # what runs over is refused below
        for sign, by in changes:
            vector = CHANGES[sign](vector, by)
    if not np.all(np.abs(vector) <= _LIMIT):
        raise Refused(Fault("a number is too large", f"in the vector '{text}'", "write rates in percent"))
    return vector


def _pieces(plain: str) -> list[str]:
    return [piece.strip() for piece in re.split(r",?\s*\bthen\b", plain)]


def _without_changes(text: str, whole: str) -> tuple[str, list[Change]]:
    """The pieces of a vector, and the changes that stand behind them in order."""
    changes: list[Change] = []
    while match := _CHANGE.match(text):
        text, sign, by = match[1], match[2].strip(), float(match[3])
        if sign in "*/" and match[4]:
            by /= 100.0
        if sign == "/" and by == 0.0:
            raise Refused(
                Fault(f"'/ {match[3]}{match[4]}' divides by zero", f"in the vector '{whole}'", "write another")
            )
        changes.append((sign, by))
    return text, changes[::-1]


def _spell(piece: str, text: str) -> list[float]:
    """The monthly values, in the numbers of the words, of one piece."""
    if match := _HOLD.match(piece):
        return [float(match[1])]
    if match := _FOR.match(piece):
        return [float(match[1])] * _months(match[2], match[3])
    if match := _RAMP.match(piece):
        return _ramp(float(match[1]), _months(match[2], match[3]), float(match[4]))
    if match := _RAMP_OVER.match(piece):
        return _ramp(float(match[1]), _months(match[3], match[4]), float(match[2]))
    todo = "write like '6', '2 for 6 then 8' or '6 ramp 24 to 12' (percent)"
    for word in re.findall(r"[a-z]+", piece):
        near = [] if word in _KEYS else difflib.get_close_matches(word, _KEYS, 1, 0.7)
        if near:
            what = f"cannot read '{piece}': '{word}' is not known"
            raise Refused(Fault(what, f"in the vector '{text}'", f"did you mean {near[0]}? {todo}"))
    if re.search(r"[*/+]|\s-", piece):
        todo += "; put a change like '* 1.1', '/ 2', '+ 1' or '- 0.5' at the end, for the whole vector"
    raise Refused(Fault(f"cannot read '{piece}'" if piece else "a piece is missing", f"in the vector '{text}'", todo))


def _months(count: str, unit: str) -> int:
    """Months of a time in words, held just above what is taken."""
    return min(int(count) * (12 if unit.startswith("y") else 1), MAX_MONTHS + 1)


def _ramp(first: float, steps: int, last: float) -> list[float]:
    if steps <= 1:
        return [last] * steps
    return [first + (last - first) * k / (steps - 1) for k in range(steps)]
