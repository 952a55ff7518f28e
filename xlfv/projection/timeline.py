"""When months are: payment dates, years from the as-of date, and accrual periods.

Month 1 is the next collection period and is paid at the first remittance date that is neither on nor before the
as-of date (such a remittance is settled) nor on or before the cut-off; months count on from there. Where a trust gives
no remittance, cut-off and remittance fall on the as-of date and every 30/360 month after it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.market.calendar import add_months, days_30_360, is_month_end, year_fraction
from xlfv.trust.trust import Trust


@dataclass(frozen=True)
class Timeline:
    """The months of a projection.

    Attributes:
        as_of: valuation date.
        dates: remittance date of each month, entry 0 the last one settled.
        dated: remittance dates are given by the deal (else every month is a 30/360 month).
        period_days: actual days of each month's accrual period, entry 0 unused, where they are given; else empty.
    """

    as_of: dt.date
    dates: tuple[dt.date, ...]
    dated: bool
    period_days: tuple[int, ...] = ()

    @property
    def months(self) -> int:
        """Number of months projected."""
        return len(self.dates) - 1

    def years(self, delay_days: int = 0) -> NDArray[np.float64]:
        """Years from the as-of date to each month's payment, 30/360, float64[months + 1]; entry 0 is 0."""
        return _days(self, delay_days, days_30_360) / 360.0

    def actual_days(self, delay_days: int = 0) -> NDArray[np.float64]:
        """Actual days from the as-of date to each month's payment, float64[months + 1]; entry 0 is 0."""
        return _days(self, delay_days, _actual).copy()

    def accrual(self, day_count: str, start: dt.date | None = None) -> NDArray[np.float64]:
        """Share of a year each month accrues, float64[months + 1]; entry 0 is 0.

        A 30/360 month is a twelfth; the first counts the 30/360 days from ``start`` where one is given: to the first of the
        remittance's month where ``start`` is the first of one (such a class accrues by calendar months), else to the
        remittance. Other day counts run from remittance to remittance, the first from ``start`` where one is given. Where
        days of the periods are given, act/360 counts these.
        """
        shares = np.full(self.months + 1, 1.0 / 12.0)
        shares[0] = 0.0
        if day_count == "30/360" and self.dated and start is not None:
            end = self.dates[1].replace(day=1) if start.day == 1 else self.dates[1]
            if start < end:
                shares[1] = days_30_360(start, end) / 360.0
            return shares
        if self.period_days and day_count == "act/360":
            shares[1:] = np.array(self.period_days[1:], dtype=np.float64) / 360.0
            return shares
        if self.dated and day_count != "30/360":
            begin = start if start is not None and start < self.dates[1] else self.dates[0]
            for month in range(1, self.months + 1):
                shares[month] = year_fraction(begin, self.dates[month], day_count)
                begin = self.dates[month]
        return shares


@functools.lru_cache(maxsize=256)  # each class of a deal asks for the same days at every valuation
def _days(timeline: Timeline, delay: int, between: Callable[[dt.date, dt.date], int]) -> NDArray[np.float64]:
    """Days from the as-of date to each month's payment, counted by ``between`` where remittances are dated."""
    if not timeline.dated:
        days = np.array([30.0 * t + delay for t in range(timeline.months + 1)])
    else:
        later = dt.timedelta(days=delay)
        days = np.array([float(between(timeline.as_of, date + later)) for date in timeline.dates])
    days[0] = 0.0
    return days


def _actual(start: dt.date, end: dt.date) -> int:
    return (end - start).days


def build_timeline(trust: Trust, months: int) -> Timeline:
    """The timeline of a trust's projection over ``months``."""
    first = trust.terms.date("first_remittance")
    day = trust.terms.get("remittance_day")
    if first is None and day is None:
        end = 31 if is_month_end(trust.as_of) else trust.as_of.day
        return Timeline(trust.as_of, tuple(add_months(trust.as_of, t, end) for t in range(months + 1)), False)
    cutoff = trust.terms.date("cutoff_date") or trust.as_of
    settled = max(cutoff, trust.as_of)
    day = int(day or (first.day if first else 1))
    anchor = first if first is not None else add_months(cutoff, 0, day)
    ahead = (settled.year - anchor.year) * 12 + settled.month - anchor.month
    month_one = max(ahead - 1, 0)
    while _remittance(anchor, month_one, day) <= settled:
        month_one += 1
    return Timeline(trust.as_of, tuple(_remittance(anchor, month_one + t, day) for t in range(-1, months)), True)


def _remittance(first: dt.date, k: int, day: int) -> dt.date:
    """The k-th remittance after the first, which falls on its own date; the others on their day of the month."""
    return first if k == 0 else add_months(first, k, day)


def deal_ages(trust: Trust, timeline: Timeline) -> NDArray[np.float64]:
    """Months from the closing date to each remittance, float64[months + 1]; counted from month 0 without one."""
    closing = trust.terms.date("closing_date")
    if closing is None:
        return np.arange(timeline.months + 1, dtype=np.float64)
    return np.array([float((d.year - closing.year) * 12 + d.month - closing.month) for d in timeline.dates])
