"""Dates in the forms that senders write, and the form that a column of dates is in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from xlfv.tables import Refused
from xlfv.tables.cells import as_date

EXCEL = "excel"
_PARTS = {"YYYY": r"(?P<y>\d{4})", "YY": r"(?P<y>\d{2})", "MON": r"(?P<n>[A-Za-z]{3})", "MM": r"(?P<m>\d{1,2})", "DD": r"(?P<d>\d{1,2})"}  # fmt: skip
_PART = re.compile("YYYY|YY|MON|MM|DD")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CENTURY = 70  # two figures from here on are of the last century
FORMS = (
    "YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY", "YYYYMMDD", "MMDDYYYY", "DD-MON-YYYY", "YYYY/MM/DD", "MM-DD-YYYY",
    "DD-MM-YYYY", "MM/DD/YY", "DD/MM/YY", "DD.MM.YY", "DD-MON-YY", "MM/YYYY", "YYYY-MM", "YYYYMM",
)  # fmt: skip
"""Forms that are tried in a guess; a month without a day is its first."""


def form_fault(form: str) -> str:
    """What is wrong with a form, in words; empty for a good one."""
    if form == EXCEL:
        return ""
    parts = _PART.findall(form)
    years, months, days = (sum(part in kinds for part in parts) for kinds in (("YYYY", "YY"), ("MM", "MON"), ("DD",)))
    if years != 1 or months != 1 or days > 1 or re.search(r"[A-Za-z0-9]", _PART.sub("", form)) or len(form) > 20:
        return f"'{form[:40]}' is no form of a date"
    return ""


def pattern(form: str) -> re.Pattern[str]:
    """What a date of a form looks like; figures that stand together are all there."""
    tight = re.search(r"(?:YYYY|MM|DD){2}", form) is not None
    text, at = "", 0
    for part in _PART.finditer(form):
        text += re.escape(form[at : part.start()])
        piece = _PARTS[part[0]]
        text += piece.replace("{1,2}", "{2}") if tight else piece
        at = part.end()
    # A time of day may follow; it counts for nothing.
    return re.compile(text + re.escape(form[at:]) + r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?")


def read_date(cell: str, form: re.Pattern[str]) -> dt.date | None:
    """The date that a text in a form is; None where it is none of that form."""
    match = form.fullmatch(cell.strip())
    if not match:
        return None
    parts = match.groupdict()
    try:
        year = int(parts["y"])
        if len(parts["y"]) == 2:
            year += 1900 if year >= _CENTURY else 2000
        month = _NAMES.index(parts["n"].lower()) + 1 if parts.get("n") else int(parts["m"])
        return dt.date(year, month, int(parts["d"]) if parts.get("d") else 1)
    except ValueError:
        return None


def dated(cells: Iterable[Any], form: str) -> dict[Any, Any]:
    """Each distinct cell -> its date in a form; one that is not in it is left out, unless it is a date already.

    A text like 2009-12-31 cannot be misread, and is read whatever the form.
    """
    shape = None if form == EXCEL or not form else pattern(form)
    found: dict[Any, Any] = {}
    for cell in cells:
        day: dt.date | None = None
        if isinstance(cell, dt.datetime):
            day = cell.date()
        elif isinstance(cell, dt.date):
            day = cell
        elif shape is not None and isinstance(cell, (str, int, float)) and not isinstance(cell, bool):
            text = f"{cell:.0f}" if isinstance(cell, (int, float)) else cell
            day = read_date(text, shape) or (read_date(text, _ISO) if isinstance(cell, str) else None)
        else:
            try:
                day = as_date(cell, text=form == EXCEL)
            except Refused:
                day = None
        if day is not None:
            found[cell] = day
    return found


_ISO = pattern("YYYY-MM-DD")


def likely_forms(cells: Iterable[Any]) -> list[str]:
    """The forms that every one of some cells can be read in, those that are tried first first; none where they are no dates."""
    texts = [str(cell).strip() for cell in cells if cell is not None]
    found = []
    for form in FORMS:
        shape = pattern(form)
        days = [read_date(text, shape) for text in texts]
        if texts and all(day is not None and 1900 <= day.year <= 2100 for day in days):
            found.append(form)
    if not found and texts:
        try:
            serials = [float(text) for text in texts]
        except ValueError:
            return []
        if all(20_000 <= one <= 80_000 and one.is_integer() for one in serials):
            return [EXCEL]
    return found
