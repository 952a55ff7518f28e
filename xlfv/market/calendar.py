"""Month counting, payment dates and day counts."""

from __future__ import annotations

import calendar
import datetime as dt


def add_months(date: dt.date, months: int, day: int | None = None) -> dt.date:
    """``date`` moved by whole months, on ``day`` (default its own), held at the month's last day.

    A month's last day stays one: 30 November and a month is 31 December only if ``day`` is 31.
    """
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day or date.day, last))


def is_month_end(date: dt.date) -> bool:
    """True on the last day of a month."""
    return date.day == calendar.monthrange(date.year, date.month)[1]


def days_30_360(start: dt.date, end: dt.date) -> int:
    """Days between two dates, 30/360 US: a start on a 31st or on the last of February counts as the 30th.

    An end on the 31st counts as the 30th after such a start, and so does an end on the last of February after a start on one.
    Source: Bond Market Association, Standard Formulas (1999), SF-44.
    """
    from_february = start.month == 2 and is_month_end(start)
    first = 30 if from_february else min(start.day, 30)
    second = 30 if end.day == 31 and first == 30 else end.day
    if from_february and end.month == 2 and is_month_end(end):
        second = 30
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + second - first


def year_fraction(start: dt.date, end: dt.date, day_count: str) -> float:
    """Share of a year between two dates: ``30/360``, ``act/360`` or ``act/act`` (ISDA: by calendar year)."""
    if day_count == "30/360":
        return days_30_360(start, end) / 360.0
    if day_count == "act/360":
        return (end - start).days / 360.0
    share = 0.0
    at = start
    while at < end:
        turn = min(dt.date(at.year + 1, 1, 1), end)
        share += (turn - at).days / (366.0 if calendar.isleap(at.year) else 365.0)
        at = turn
    return share
