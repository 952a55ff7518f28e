"""How a trust's collateral and borrowings are measured, by date: the words of the term ``measurement``.

Grammar (case, spaces and hyphens do not matter)::

    measurement = part { ";" part }          dates ascend, each once; before the first date, and without the term: blended
    part        = word [ "from" date ]       only the first part may have no date
    word        = "blended" | "independent" | "cfe_liabilities" | "cfe_assets"

``blended; cfe_liabilities from 2014-01-01`` is the blended yield until the end of 2013 and the collateralized financing
entity option after it (ASU 2014-13, ASC 810-10-30-10 to 30-15). A part holds for valuations as of its date and later.
"""

from __future__ import annotations

import datetime as dt
import re

from xlfv.tables import Fault, Refused
from xlfv.tables.cells import as_date
from xlfv.tables.words import near_word, same_word

BLENDED, INDEPENDENT, CFE_LIABILITIES, CFE_ASSETS = "blended", "independent", "cfe_liabilities", "cfe_assets"
MEASUREMENTS = (BLENDED, INDEPENDENT, CFE_LIABILITIES, CFE_ASSETS)
_PART = re.compile(r"^(?P<word>.+?)(?:\s+from\s+(?P<date>.+))?$", re.IGNORECASE | re.DOTALL)
_LIKE = "write a word, or words by date like blended; cfe_liabilities from 2014-01-01"


def read_measurement(text: str) -> str:
    """The term in its own spelling, ``word; word from YYYY-MM-DD``.

    Raises:
        Refused: a word that is none, a date that is none, dates that do not ascend, a later part without a date.
    """
    parts: list[str] = []
    last: dt.date | None = None
    for number, part in enumerate(text.split(";")):
        match = _PART.match(part.strip())
        if match is None:
            raise Refused(Fault(f"'{text}' has an empty part", todo=_LIKE))
        word, when = _word(match["word"]), match["date"]
        if when is None:
            if number:
                raise Refused(Fault(f"'{part.strip()}' has no date from which it holds", todo=_LIKE))
            parts.append(word)
            continue
        date = as_date(when.strip(), text=True)
        if last is not None and date <= last:
            raise Refused(Fault(f"{date} follows {last}: dates must ascend", todo=_LIKE))
        last = date
        parts.append(f"{word} from {date.isoformat()}")
    return "; ".join(parts)


def _word(text: str) -> str:
    word = same_word(text, MEASUREMENTS)
    if word:
        return word
    near = near_word(text, MEASUREMENTS)
    hint = f"did you mean {near}? " if near else ""
    raise Refused(Fault(f"'{text}' is no measurement", todo=f"{hint}write one of {', '.join(MEASUREMENTS)}"))


def measurement_at(term: str | None, when: dt.date) -> str:
    """The word in force on a date.

    Args:
        term: as :func:`read_measurement` gives it; None where the trust has no such term.
        when: the date of the valuation.
    """
    word = BLENDED
    for part in (term or "").split("; "):
        told, _, date = part.partition(" from ")
        if told and (not date or dt.date.fromisoformat(date) <= when):
            word = told
    return word
