"""What the argument of a formula is worth, from the cells as they were read: a range, a constant, or texts joined by ``&``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlfv.excel.codec import Cell, Grid
from xlfv.excel.inplace.seen import Seen
from xlfv.excel.inplace.spelling import reference
from xlfv.tables import ErrorCell, Place

_PARTS = re.compile(r'\s*("(?:[^"]|"")*"|[^"&]+)\s*(?:&|$)')
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(%?)")
_WORDS = {"TRUE": True, "FALSE": False}


@dataclass(frozen=True)
class Worth:
    """The cells of an argument, and where they stand when it is a range."""

    grid: Grid
    place: Place | None = None


def worth(seen: Seen, sheet: str, text: str) -> Worth | None:
    """The cells of an argument; None where it would have to be calculated, or its sheet was not read.

    Args:
        seen: the book.
        sheet: that of the formula.
        text: the argument, as the formula spells it.
    """
    if not text.strip():
        return Worth([[None]])
    area = _range(seen, sheet, text)
    if area is not None:
        return area
    constant = _constant(text.strip())
    return Worth([[constant]]) if constant is not None else _joined(seen, sheet, text)


def _range(seen: Seen, sheet: str, text: str) -> Worth | None:
    found = reference(seen.names.get(text.strip().casefold(), text))
    if found is None:
        return None
    home, area = found[0] or sheet, found[1]
    read = seen.sheets.get(home)
    if read is None:
        return None
    return Worth(read.grid(area), Place(home, area[0] + 1, area[1] + 1, "sheet"))


def _constant(text: str) -> Cell:
    if re.fullmatch(r'"(?:[^"]|"")*"', text):
        return text[1:-1].replace('""', '"')
    match = _NUMBER.fullmatch(text)
    if match:
        return float(text.rstrip("%")) / (100.0 if match[3] else 1.0)
    return _WORDS.get(text.upper())


def _joined(seen: Seen, sheet: str, text: str) -> Worth | None:
    """Texts and cells joined by ``&``."""
    parts = _PARTS.findall(text)
    if len(parts) < 2 or "".join(_PARTS.split(text)[::2]).strip():
        return None
    words = []
    for part in parts:
        found = worth(seen, sheet, part)
        cell = found.grid[0][0] if found else None
        if found is None or isinstance(cell, ErrorCell):
            return found  # not known, or the error itself
        words.append("" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell))
    return Worth([["".join(words)]])
