"""How much a step of the waterfall may pay: all that is due, dollars, or a share of what its cash was this month.

Grammar (case and spaces do not matter; a vector is in words, in percent, by month of the projection)::

    amount = "due"                        what is due
           | dollars                      at most so many a month (1 or more)
           | share                        0.7, 70%, or a vector: so much of what its bucket was brought this month
           | share "of rest"              so much of what earlier steps left of it
           | percentage                   as much of it as the percentage is of the pool
           | percentage "*" vector        times the vector
           | percentage "+" vector        and that much of what the percentage leaves
    percentage = "senior" | "own"         of the senior classes, or of the classes the step pays; of the step's loan group

``senior`` is the senior percentage of a shifting interest deal and ``senior + 100 for 60 then 70 for 12 then 60`` its senior
prepayment percentage; ``own * 0 for 60 then 30`` locks a class out (NAS).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.market.vectors import is_vector, parse_vector
from xlfv.tables import Fault, Refused
from xlfv.tables.cells import as_number
from xlfv.tables.words import near_word

_OF_POOL = re.compile(r"^(senior|own)\s*(?:([*+])\s*(.+))?$", re.DOTALL)
_REST = re.compile(r"^(.+?)\s+of\s+(?:the\s+)?rest$", re.DOTALL)
_PERCENT = re.compile(r"^[\d.]+\s*%$")
_TODO = "write due, dollars a month, a share like 70%, or like senior + 100 for 60 then 70"


@dataclass(frozen=True)
class Amount:
    """The most a step pays.

    Attributes:
        limit: dollars a month, infinity for none.
        kind: "" for dollars; part, rest, senior_times, senior_plus, own_times or own_plus for a share.
        words: the share as it was written, a number or a vector; "" for dollars.
    """

    limit: float = float(np.inf)
    kind: str = ""
    words: str = ""

    def shares(self, months: int) -> NDArray[np.float64]:
        """The share by month, float64[months + 1], entry 0 not used; 1 where none is given."""
        values = np.ones(months + 1)
        if self.kind:
            values[1:] = _share(self.words, months, of_pool=self.kind not in ("part", "rest"))
        return values


def parse_amount(text: str) -> Amount:
    """The amount that a cell says.

    Raises:
        Refused: it is none, or a share is not between 0 and 100 percent.
    """
    word = text.strip().lower()
    if word in ("", "due"):
        return Amount()
    match, rest = _OF_POOL.match(word), _REST.match(word)
    if not match and word[0].isalpha():
        raise Refused(_unknown(word))
    if rest:
        amount = Amount(kind="rest", words=rest[1])
    elif match:
        amount = Amount(kind=f"{match[1]}_{'plus' if match[2] == '+' else 'times'}", words=match[3] or "100")
    elif is_vector(word) or _PERCENT.match(word):
        amount = Amount(kind="part", words=word)
    else:
        number = _number(word)
        if number == 1.0:
            raise Refused(
                Fault(f"the amount {text.strip()} is one dollar a month", todo="write due or 100%, or dollars")
            )
        if number > 1.0:
            return Amount(number)
        amount = Amount(kind="part", words=word)
    if match and match[3] and not is_vector(match[3]) and not match[3].endswith("%") and 0.0 < _number(match[3]) <= 1.0:
        what = f"the amount '{text}' is {_number(match[3]):g} percent behind its percentage of the pool"
        raise Refused(Fault(what, todo=f"write {100 * _number(match[3]):g}, or {100 * _number(match[3]):g}%"))
    shares = amount.shares(1200)
    if not (shares.min() >= 0.0 and shares.max() <= 1.0):
        raise Refused(Fault(f"the amount '{text}' is a share that leaves 0 to 100 percent", todo=_TODO))
    return amount


def _unknown(word: str) -> Fault:
    """An amount that begins with no known word; where it is none of a vector either, the nearest is told."""
    letters = re.match(r"[^\W\d]+", word)
    near = near_word(letters[0], ("due", "senior", "own")) if letters else ""
    hint = f"did you mean {near}? " if near else ""
    return Fault(f"the amount '{word}' is not known", todo=hint + _TODO)


def _number(word: str) -> float:
    try:
        number = as_number(word, text=True)
    except Refused:
        raise Refused(_unknown(word)) from None
    if number < 0.0:
        raise Refused(Fault(f"the amount {word} is negative", todo=_TODO))
    return float(number)


def _share(words: str, months: int, *, of_pool: bool) -> NDArray[np.float64]:
    """A share by month: of words in percent, or a decimal that stands alone."""
    if is_vector(words):
        return parse_vector(words, months)
    if words.endswith("%"):
        return np.full(months, _number(words.rstrip("% ")) / 100.0)
    return np.full(months, _number(words) / (100.0 if of_pool else 1.0))
