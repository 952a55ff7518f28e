"""Curves in words, as analysts write them: ``6 ramp 24 to 12``, ``2 for 6 then 8``.

Grammar (numbers are percent, with or without the sign; case and spaces do not matter)::

    vector  = piece { "then" piece }
    piece   = number                              holds on (only as the last piece) or for one month before "then"
            | number "for" months                 holds for that many months
            | number "ramp" months "to" number    starts at the first, reaches the second in month ``months``

The last value holds on. ``0.2 ramp 30 to 6`` is the PSA standard: 0.2 in month 1, 6 from month 30.
"""

from __future__ import annotations

import re

import numpy as np

from xlfv.market.rates import Floats
from xlfv.tables import Fault, Refused

_NUMBER = r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*%?"
_HOLD = re.compile(rf"^{_NUMBER}$")
_FOR = re.compile(rf"^{_NUMBER}\s*for\s*(\d+)$")
_RAMP = re.compile(rf"^{_NUMBER}\s*ramp\s*(\d+)\s*to\s*{_NUMBER}$")
MAX_MONTHS = 1200
LONGEST = 1_000  # characters, some 80 pieces; a cell could hold 32,767, and take minutes to read


def is_vector(cell: object) -> bool:
    """True for a text that is meant as a vector in words rather than a number kept as text."""
    return isinstance(cell, str) and bool(re.search(r"\b(ramp|for|then)\b", cell.lower()))


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
    if not 1 <= months <= MAX_MONTHS:
        raise Refused(Fault(f"months is {months}", todo=f"give a whole number from 1 to {MAX_MONTHS}"))
    if len(text) > LONGEST:
        what = f"the vector '{text[:40]}...' is {len(text):,} characters long; at most {LONGEST:,} are read"
        raise Refused(Fault(what, todo="give it as a column of numbers"))
    pieces = [piece.strip() for piece in re.split(r"\bthen\b", text.strip().lower())]
    values: list[float] = []
    for k, piece in enumerate(pieces):
        spelled = _spell(piece, text)
        values.extend(spelled[: max(months - len(values), 0)])
        if len(spelled) > MAX_MONTHS:
            raise Refused(Fault(f"'{piece}' runs over {MAX_MONTHS} months", f"in '{text}'"))
        if k == 0 and not values:
            raise Refused(Fault(f"'{piece}' gives no month", f"in '{text}'", "write at least 'for 1'"))
    last = values[-1]
    values.extend([last] * (months - len(values)))
    return np.array(values, dtype=np.float64) / 100.0


def _spell(piece: str, text: str) -> list[float]:
    """The monthly values, in percent, of one piece."""
    if match := _HOLD.match(piece):
        return [float(match[1])]
    if match := _FOR.match(piece):
        return [float(match[1])] * min(int(match[2]), MAX_MONTHS + 1)
    if match := _RAMP.match(piece):
        first, steps, last = float(match[1]), min(int(match[2]), MAX_MONTHS + 1), float(match[3])
        if steps <= 1:
            return [last] * steps
        return [first + (last - first) * k / (steps - 1) for k in range(steps)]
    raise Refused(
        Fault(
            f"cannot read '{piece}'" if piece else "a piece is missing",
            f"in the vector '{text}'",
            "write like '6', '2 for 6 then 8' or '6 ramp 24 to 12' (percent)",
        )
    )
