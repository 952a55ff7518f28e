"""What a quote buys: the cash of an item after a settlement date, and yields of it on one basis or another.

Payments after the settlement date are the buyer's, payments on or before it the seller's. Accrued interest runs from the start
of the accrual period behind the first payment bought to the settlement date, at that period's coupon, on the balance then;
where a period starts is what :func:`xlfv.valuation.tranches.accrual_begins` says.
Source: Bond Market Association, Standard Formulas (1999), SF-44 to SF-55.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xlfv.market.calendar import days_30_360, year_fraction
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation.discounting import FREQUENCY, check_rate, margin_of, margin_worth, worth, yield_of
from xlfv.valuation.tranches import accrual_begins
from xlfv.valuation.yields import RESIDUAL

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SettledCash:
    """An item's expected cash as a buyer gets it who settles on a date.

    Attributes:
        item: the class, or residual.
        settlement: the date.
        balance: of the class on that date (dollars), what a price per 100 counts on; 0 of the residual.
        cash: float64[n + 1], entry 0 zero, then the payments after the settlement date.
        years: 30/360 years from the settlement date to each.
        days: actual days to the same.
        index: forward index of each payment's period, for a discount margin; empty where there is none.
        accrued: interest accrued to the settlement date (dollars).
    """

    item: str
    settlement: dt.date
    balance: float
    cash: Floats
    years: Floats
    days: Floats
    index: Floats
    accrued: float

    def worth_at(self, rate: float, basis: str) -> float:
        """Value on the settlement date (dollars, accrued interest included) at a yield or discount margin.

        Raises:
            Refused: no discount factor at ``rate``, or ``dm`` without an index (``#NUM!``).
        """
        if basis == "dm":
            return margin_worth(self.cash, self.days, self._forward(), rate)
        return worth(self.cash, self.years, rate, basis)

    def rate_at(self, dollars: float, basis: str) -> float:
        """The yield or discount margin at which the cash is worth ``dollars`` on the settlement date.

        Raises:
            Refused: none fits (``#NUM!``).
        """
        if basis == "dm":
            return margin_of(self.cash, self.days, self._forward(), dollars)
        return yield_of(self.cash, self.years, dollars, basis)

    def dollars(self, price: float, *, clean: bool) -> float:
        """Dollars of a price per 100 of balance.

        Raises:
            Refused: there is no balance to price (``#NUM!``).
        """
        self._priced()
        return price / 100.0 * self.balance + (self.accrued if clean else 0.0)

    def price(self, dollars: float, *, clean: bool) -> float:
        """Price per 100 of balance of so many dollars; refused as :meth:`dollars`."""
        self._priced()
        return 100.0 * (dollars - (self.accrued if clean else 0.0)) / self.balance

    def _priced(self) -> None:
        if not self.balance > 0.0:
            raise Refused(Fault(f"{self.item} has no balance to price"), code="#NUM!")

    def _forward(self) -> Floats:
        if self.index.size == 0:
            what = f"a discount margin of {self.item} needs its forward index"
            raise Refused(Fault(what, "indices", "add its index, or LIBOR_1M"), code="#NUM!")
        return self.index


def settled_cash(
    projection: Projection, item: str, settlement: dt.date | None = None, delay_days: int | None = None
) -> SettledCash:
    """The expected cash of a class, or of the residual, after a settlement date.

    Args:
        projection: our own.
        item: a class, or ``residual``.
        settlement: the date; None for the as-of date.
        delay_days: days from remittance to payment; None for the class's own.

    Raises:
        Refused: there is no such class (``#N/A``); or a payment lies between the settlement and the as-of date, which
            is no longer projected (``#NUM!``).
    """
    date = settlement or projection.as_of
    residual = item.strip().lower() == RESIDUAL
    name = RESIDUAL if residual else projection.check_tranche(item)
    bonds, row = projection.trust.classes, -1 if residual else projection.trust.tranches.index(name)
    delay = delay_days if delay_days is not None else (0 if residual else int(bonds["delay_days"][row]))
    years, days = _times(projection, date, delay)
    _check_settled(projection, date, delay)
    later = np.flatnonzero(years[1:] > 0.0) + 1
    first = int(later[0]) if later.size else years.size
    paid = projection.distributions.residual if residual else projection.distributions.cash(name)
    index, balance, accrued = np.zeros(0), 0.0, 0.0
    if not residual:
        forward = str(bonds["index"][row]).upper() or "LIBOR_1M"
        if forward in projection.indices.rates:
            index = _from(projection.indices.vector(forward, projection.months, int(bonds["lookback"][row])), first)
        balance = float(projection.distributions.end_balance(name)[min(first, years.size) - 1])
        accrued = _accrued(projection, row, name, first, date, balance)
    return SettledCash(name, date, balance, _from(paid, first), _from(years, first), _from(days, first), index, accrued)


def _from(values: Floats, first: int) -> Floats:
    """The entries from month ``first`` on, behind a zero."""
    return np.concatenate([np.zeros(1), values[first:]])


def _times(projection: Projection, date: dt.date, delay: int) -> tuple[Floats, Floats]:
    """30/360 years and actual days from a date to each month's payment, float64[months + 1]; not above 0 for those before."""
    line = projection.timeline
    if line.dated:
        there = replace(line, as_of=date)
        return there.years(delay), there.actual_days(delay)
    passed = float(days_30_360(line.as_of, date))  # every month is a 30/360 month of 30 days there
    return line.years(delay) - passed / 360.0, line.actual_days(delay) - passed


def _check_settled(projection: Projection, date: dt.date, delay: int) -> None:
    """A payment between settlement and as-of date was the quoter's and is not ours to project."""
    last = projection.timeline.dates[0] + dt.timedelta(days=delay)
    if date < projection.as_of and last > date:
        what = f"settled on {date}, before the payment of {last}, which is no longer projected"
        raise Refused(Fault(what, todo="quote for a settlement on the as-of date or after it"), code="#NUM!")


def _accrued(projection: Projection, row: int, name: str, first: int, date: dt.date, balance: float) -> float:
    """Interest from the start of the period behind payment ``first`` to the settlement date."""
    if first > projection.timeline.months:
        return 0.0
    count = str(projection.trust.classes["day_count"][row])
    start = accrual_begins(projection, row, first)
    coupon = projection.distributions.first_coupon(name)
    if first > 1:
        coupon = float(projection.distributions.tranche(name)["coupon"][first])
    return balance * coupon * year_fraction(start, date, count) if start < date else 0.0


def convert(rate: float, basis: str, to: str) -> float:
    """A yield on another compounding: ``(1 + r/f) ** f`` is the same of both; no ``dm``.

    Raises:
        Refused: the yield loses everything in a period (``#NUM!``).
    """
    if basis == to:
        return rate
    check_rate(rate, basis)
    own, wanted = FREQUENCY[basis], FREQUENCY[to]
    return float(wanted * np.expm1(own / wanted * np.log1p(rate / own)))


def rate_on(projection: Projection, item: str, rate: float, basis: str, to: str) -> float:
    """A yield or discount margin of an item on another basis, on its expected cash where a margin is concerned.

    Raises:
        Refused: none fits, or the item has no index for a margin (``#NUM!``).
    """
    if basis == to:
        return rate
    if basis in FREQUENCY and to in FREQUENCY:
        return convert(rate, basis, to)
    cash = settled_cash(projection, item)
    return cash.rate_at(cash.worth_at(rate, basis), to)
