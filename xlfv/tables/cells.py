"""One raw cell as a number, a date or a text; anything else is refused with what was expected and what came."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np

from xlfv.tables.faults import Fault, Refused

EXCEL_EPOCH = dt.date(1899, 12, 30)
DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y")


def as_number(cell: Any, *, text: bool = False, whole: bool = False) -> float:
    """A finite number.

    Args:
        cell: the raw cell.
        text: numbers come as text (a CSV), so text is read.
        whole: it must be a whole number.

    Raises:
        Refused: the cell is text, a date, a boolean, or not finite.
    """
    if isinstance(cell, (bool, np.bool_)):
        raise Refused(Fault(f"{str(bool(cell)).upper()} stands where a number should", todo="write the number"))
    if isinstance(cell, (dt.date, dt.datetime, np.datetime64)):
        raise Refused(Fault(f"the date {cell} stands where a number should", todo="write the number"))
    if isinstance(cell, str):
        if not text:
            todo = "it is a number kept as text: convert it to a number" if _reads(cell) else _advice(cell)
            raise Refused(Fault(f"the text '{cell}' stands where a number should", todo=todo))
        if not _reads(cell):
            raise Refused(Fault(f"'{cell}' is not a number", todo=_advice(cell)))
    elif not isinstance(cell, (int, float, Decimal, np.integer, np.floating)):
        raise Refused(Fault(f"{cell!r} is not a number", todo="write a number"))
    value = float(cell)
    if not math.isfinite(value):
        raise Refused(Fault(f"{cell} is not a finite number", todo="write a number, or leave it blank"))
    if whole and value != math.floor(value):
        raise Refused(Fault(f"{value:g} is not a whole number", todo="write a whole number"))
    return value


def _advice(cell: str) -> str:
    """What to do about a text that is no plain number."""
    bare = cell.strip()
    if bare.endswith("%") and _reads(bare[:-1]):
        return f"write the number {float(bare[:-1]) / 100:.15g}"
    if any(c.isdigit() for c in cell):
        return "write a plain number, without separators and signs"
    return "write a number"


def _reads(cell: str) -> bool:
    """True for plain decimal text (no separators, no underscores)."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def as_date(cell: Any, *, text: bool = False) -> dt.date:
    """A date from a date, an Excel serial number (1900 system), or text in a form that cannot be misread.

    Raises:
        Refused: anything else.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, np.datetime64):
        return dt.date.fromisoformat(str(cell.astype("datetime64[D]")))
    if isinstance(cell, str):
        for form in DATE_FORMS:
            try:
                date = dt.datetime.strptime(cell.strip()[:10] if form == "%Y-%m-%d" else cell.strip(), form).date()
            except ValueError:
                continue
            if form == "%m/%d/%Y" and date.day <= 12 and date.day != date.month:
                raise Refused(Fault(f"'{cell}' can be read as two dates", todo=f"write it like {date.isoformat()}"))
            return date
        if not (text and _reads(cell)):
            raise Refused(Fault(f"'{cell}' is not a date", todo="write a date cell, or text like 2009-12-31"))
    if isinstance(cell, (bool, np.bool_)):
        raise Refused(Fault(f"{str(bool(cell)).upper()} stands where a date should", todo="write a date"))
    serial = as_number(cell, text=text)
    if not 61 <= serial < 2958466:  # below 61 Excel counts a 29 February 1900 that never was
        raise Refused(Fault(f"{serial:g} is not a date", todo="write a date cell, or text like 2009-12-31"))
    return EXCEL_EPOCH + dt.timedelta(days=int(serial))


def as_text(cell: Any) -> str:
    """Text of a cell; whole numbers without a decimal point (ids often come as numbers)."""
    if isinstance(cell, (bool, np.bool_)):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (float, np.floating)) and math.isfinite(cell) and cell == math.floor(cell):
        return str(int(cell))
    if isinstance(cell, (float, np.floating)) and not math.isfinite(cell):
        raise Refused(Fault(f"{cell} is not a finite number", todo="write a text"))
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()[:10]
    return str(cell).strip()
