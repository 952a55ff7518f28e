"""Long-term debt (trust preferred) at fair value, and the part of it that is the company's own credit.

The yield at which it is valued is ``yield + own_credit_spread``: the base yield asked for such debt, and the spread for
the company's own credit. The company owes this debt itself, so its own credit IS a factor of its value; for the trusts' borrowings,
which are non-recourse, it is not (Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1), and no spread of the
company's enters their yields. Value with the spread less value without it is the own-credit effect, which is disclosed
apart (ASC 825-10-50-28 to 50-30 for liabilities under the fair value option; since ASU 2016-01 the change of it is in other
comprehensive income).

Value is that of the whole claim at the as-of date (dirty): interest accrued and deferred is in it. Time is counted in 30/360 years
whatever the coupon's day count, as the street does for bonds: the first payment is away by its period less what of it has run, each
further one by its own period; so a day is either accrued or discounted, on a 31st too. The yield compounds as the column ``basis``
says.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import yields as kernel
from xlfv.market.calendar import days_30_360, year_fraction
from xlfv.market.indices import Indices, require
from xlfv.tables import Fault, Refused, refuse_if
from xlfv.valuation.debt_terms import Debt

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Payment:
    """One period and what is paid at its end.

    Attributes:
        start, date: first day of the period, and its payment date.
        accrual: share of a year that it counts.
        interest: due for the period on the principal (dollars).
        on_deferred: due on interest deferred before (dollars).
        deferred: what of both is put off (dollars).
        paid: interest paid, with what was deferred before and falls due (dollars).
        principal: repaid (dollars).
        left: deferred after it (dollars).
    """

    start: dt.date
    date: dt.date
    accrual: float
    interest: float
    on_deferred: float
    deferred: float
    paid: float
    principal: float
    left: float

    @property
    def cash(self) -> float:
        """Interest paid and principal (dollars)."""
        return self.paid + self.principal


@dataclass(frozen=True)
class DebtValue:
    """An instrument at fair value.

    Attributes:
        debt: its terms.
        payments: from the running period to maturity.
        years: from the as-of date to each payment, 30/360; float64[payments].
        value: at ``debt.discount_yield`` (dollars, accrued interest in it).
        value_without: the same at the base yield alone.
        accrued: interest owed and not paid at the as-of date, deferred interest in it (dollars).
    """

    debt: Debt
    payments: tuple[Payment, ...]
    years: Floats
    value: float
    value_without: float
    accrued: float

    @property
    def own_credit_effect(self) -> float:
        """What the company's own credit does to the value (dollars; below 0: the debt is worth less for it, a gain so far)."""
        return self.value - self.value_without

    @property
    def price(self) -> float | None:
        """Value without accrued interest, per 100 of unpaid principal; None where there is none."""
        return 100.0 * (self.value - self.accrued) / self.debt.balance if self.debt.balance else None

    @property
    def factors(self) -> Floats:
        """Discount factors of the payments, float64[payments]."""
        return _factors(self.debt, self.years, self.debt.discount_yield)


def debt_values(debts: Sequence[Debt], as_of: dt.date, indices: Indices) -> tuple[DebtValue, ...]:
    """Each instrument at fair value.

    Raises:
        Refused: naming every instrument that floats on an index which is not given.
    """
    faults = [
        fault
        for debt in debts
        for index in sorted({span.index for span in debt.spans if span.index and span.end > debt.start})
        if (fault := require(indices, index, f"the debt {debt.name}"))
    ]
    refuse_if(faults)
    return tuple(_value(debt, as_of, indices) for debt in debts)


def find(debts: Sequence[Debt], instrument: str) -> Debt:
    """The instrument of that name.

    Raises:
        Refused: there is none; ``code`` is ``#N/A``.
    """
    for debt in debts:
        if debt.name.lower() == instrument.strip().lower():
            return debt
    known = ", ".join(debt.name for debt in debts)
    raise Refused(Fault(f"there is no debt '{instrument}'", "debt", f"known: {known}"), code="#N/A")


def _value(debt: Debt, as_of: dt.date, indices: Indices) -> DebtValue:
    paid = payments(debt, as_of, indices)
    days = [days_30_360(one.start, one.date) for one in paid]
    days[0] -= days_30_360(debt.start, as_of)
    years = np.cumsum(days) / 360.0
    cash = np.array([one.cash for one in paid])
    with_spread, without = (
        float(kernel.present_value(cash, years, rate, debt.compounds))
        for rate in (debt.discount_yield, debt.base_yield)
    )
    return DebtValue(debt, paid, years, with_spread, without, accrued_interest(debt, as_of, indices))


def _factors(debt: Debt, years: Floats, rate: float) -> Floats:
    return np.array([float(kernel.present_value(np.ones(1), np.array([t]), rate, debt.compounds)) for t in years])


def payments(debt: Debt, as_of: dt.date, indices: Indices) -> tuple[Payment, ...]:
    """Every payment after the as-of date.

    Interest of a payment date before ``deferral`` is put off, and bears interest at the coupon where it compounds; the first
    payment on or after it, or maturity, pays all that was deferred.
    """
    rows: list[Payment] = []
    start, left = debt.start, debt.deferred
    for date in debt.dates:
        share = coupon_share(debt, start, date, as_of, indices)
        interest = debt.balance * share
        on_deferred = left * share if debt.compounding else 0.0
        due = interest + on_deferred
        put_off = debt.deferral is not None and date < min(debt.deferral, debt.maturity)
        deferred, paid = (due, 0.0) if put_off else (0.0, left + due)
        left = left + due if put_off else 0.0
        principal = debt.balance if date == debt.maturity else 0.0
        accrual = year_fraction(start, date, debt.day_count)
        rows.append(Payment(start, date, accrual, interest, on_deferred, deferred, paid, principal, left))
        start = date
    return tuple(rows)


def accrued_interest(debt: Debt, as_of: dt.date, indices: Indices) -> float:
    """Interest owed and not paid at the as-of date: accrued in the running period, and deferred before it (dollars)."""
    share = coupon_share(debt, debt.start, as_of, as_of, indices)
    return debt.deferred + (debt.balance + (debt.deferred if debt.compounding else 0.0)) * share


def coupon_share(debt: Debt, start: dt.date, end: dt.date, as_of: dt.date, indices: Indices) -> float:
    """Interest on a dollar from a period's start to a date in it.

    Interest accrues day by day at the rate in force: where the coupon changes inside the period, each stretch counts the
    days of the period up to its end less those up to its start. A floating rate is set when the period begins, or when it begins to
    float inside it: the index row of the month of that day, ``lookback`` months earlier.
    """
    total = []
    for span in debt.spans:
        begin, finish = max(start, span.start), min(end, span.end)
        if begin >= finish:
            continue
        share = year_fraction(start, finish, debt.day_count) - year_fraction(start, begin, debt.day_count)
        total.append(share * rate_of(debt, span.rate, span.index, begin, as_of, indices))
    return math.fsum(total)


def rate_of(debt: Debt, rate: float, index: str, begin: dt.date, as_of: dt.date, indices: Indices) -> float:
    """The coupon of a stretch that begins on a day."""
    if not index:
        return rate
    if begin <= as_of and not np.isnan(debt.current_coupon):
        return debt.current_coupon
    month = (begin.year - as_of.year) * 12 + begin.month - as_of.month - debt.lookback
    return float(max(min(indices.row(index, month) + rate, debt.cap), debt.floor))
