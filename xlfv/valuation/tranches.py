"""What a class is worth at a market yield: value, price, yield, average life, duration, loss."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import yields as kernel
from xlfv.market.calendar import year_fraction
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation.discounting import FREQUENCY, check_rate, margin_of, margin_slope, margin_worth, worth, yield_of

Floats = NDArray[np.float64]
CENT = 0.005


@dataclass(frozen=True)
class TrancheCash:
    """A class's expected cash, and when.

    Attributes:
        name: the class.
        balance: today's balance (an io's notional), dollars.
        cash: float64[months + 1], entry 0 zero.
        years: 30/360 years from the as-of date to each payment, delay included.
        days: actual days to the same.
        index: forward index of each month, for a discount margin; empty where the trust has none.
        accrued: interest accrued to the as-of date, dollars, from :func:`accrual_begins`.
    """

    name: str
    balance: float
    cash: Floats
    years: Floats
    days: Floats
    index: Floats
    accrued: float


def tranche_cash(projection: Projection, tranche: str) -> TrancheCash:
    """The expected cash of a class.

    Raises:
        Refused: there is no such class.
    """
    name = projection.check_tranche(tranche)
    bonds = projection.trust.classes
    row = projection.trust.tranches.index(name)
    paid = projection.distributions
    delay = int(bonds["delay_days"][row])
    timeline = projection.timeline
    index = str(bonds["index"][row]).upper() or "LIBOR_1M"
    forward = np.zeros(0)
    if index in projection.indices.rates:
        forward = projection.indices.vector(index, timeline.months, int(bonds["lookback"][row]))
    return TrancheCash(
        name,
        float(paid.end_balance(name)[0]),
        paid.cash(name),
        timeline.years(delay),
        timeline.actual_days(delay),
        forward,
        _accrued(projection, row, name),
    )


def _accrued(projection: Projection, row: int, name: str) -> float:
    """Interest accrued from the start of the period that runs to the as-of date."""
    start = accrual_begins(projection, row)
    if start >= projection.as_of:
        return 0.0
    share = year_fraction(start, projection.as_of, str(projection.trust.classes["day_count"][row]))
    paid = projection.distributions
    return float(paid.end_balance(name)[0]) * paid.first_coupon(name) * share


def accrual_begins(projection: Projection, row: int, month: int = 1) -> dt.date:
    """First day of the accrual period whose interest a class is paid in a month.

    The period that runs today begins on ``accrual_start``; where that is blank, on the last remittance settled (of a trust
    without remittance dates: the as-of date), since periods run from remittance to remittance whatever days pass until they
    are paid. Later ones begin on the remittance before, or of a 30/360 class that accrues by calendar months on the first of
    that remittance's month: the periods of :meth:`xlfv.projection.timeline.Timeline.accrual`, in which interest is paid.
    """
    bonds, dates = projection.trust.classes, projection.timeline.dates
    given = bonds["accrual_start"][row]
    if month == 1:
        return dates[0] if np.isnat(given) else given.item()
    last = dates[month - 1]
    calendar = not np.isnat(given) and given.item().day == 1 and str(bonds["day_count"][row]) == "30/360"
    return last.replace(day=1) if calendar else last


def tranche_value(projection: Projection, tranche: str, rate: float, basis: str = "monthly") -> float:
    """Fair value (dollars, accrued interest included) of a class at a yield or discount margin.

    Raises:
        Refused: no such class; no discount factor at ``rate``; ``dm`` without a forward index.
    """
    return cash_value(tranche_cash(projection, tranche), rate, basis)


def cash_value(cash: TrancheCash, rate: float, basis: str = "monthly") -> float:
    """Value (dollars) of a class's dated cash at a yield or discount margin.

    Raises:
        Refused: no discount factor at ``rate``; ``dm`` without a forward index.
    """
    if basis == "dm":
        return margin_worth(cash.cash, cash.days, _index_of(cash), rate)
    return worth(cash.cash, cash.years, rate, basis)


def _index_of(cash: TrancheCash) -> Floats:
    if cash.index.size == 0:
        raise Refused(
            Fault(f"a discount margin of {cash.name} needs its forward index", "indices", "add its index, or LIBOR_1M")
        )
    return cash.index


def tranche_price(projection: Projection, tranche: str, rate: float, basis: str = "monthly") -> float:
    """Price per 100 of today's balance, accrued interest taken off.

    Raises:
        Refused: as :func:`tranche_value`; or the class has no balance (``#NUM!``).
    """
    cash = tranche_cash(projection, tranche)
    if not cash.balance > 0.0:
        raise Refused(Fault(f"{cash.name} has no balance to price"), code="#NUM!")
    return 100.0 * (tranche_value(projection, tranche, rate, basis) - cash.accrued) / cash.balance


def tranche_yield(projection: Projection, tranche: str, price: float, basis: str = "monthly") -> float:
    """The yield (or discount margin) at a price per 100 of balance, without accrued interest.

    Raises:
        Refused: no yield fits (``#NUM!``).
    """
    cash = tranche_cash(projection, tranche)
    if not cash.balance > 0.0:
        raise Refused(Fault(f"{cash.name} has no balance to price"), code="#NUM!")
    dollars = price / 100.0 * cash.balance + cash.accrued
    if basis == "dm":
        return margin_of(cash.cash, cash.days, _index_of(cash), dollars)
    return yield_of(cash.cash, cash.years, dollars, basis)


def principal_of(projection: Projection, tranche: str) -> Floats:
    """Principal a class is paid by month, float64[months + 1]; of an io, how its notional falls.

    Raises:
        Refused: there is no such class.
    """
    name = projection.check_tranche(tranche)
    paid = projection.distributions
    if paid.deal.is_note[projection.trust.tranches.index(name)]:
        return paid.principal(name)
    end = np.append(paid.end_balance(name)[:-1], 0.0)
    return np.append(0.0, end[:-1] - end[1:])


def tranche_life(projection: Projection, tranche: str) -> float:
    """Weighted average life of principal in years from the as-of date; of notional paid down for an io.

    Principal counts as far as it reduces the balance: what a z class is paid out of its own accretion of the month does
    not. Source: Fannie Mae, Single-Family REMIC Prospectus (the reductions of the balance from one distribution date to
    the next).

    Raises:
        Refused: the class gets no principal (``#NUM!``).
    """
    cash = tranche_cash(projection, tranche)
    principal = principal_of(projection, tranche)
    if projection.trust.classes["kind"][projection.trust.tranches.index(cash.name)] == "z":
        accreted = projection.distributions.tranche(cash.name)["accreted"]
        principal = np.where(accreted > 0.0, np.maximum(principal - accreted, 0.0), principal)
    total = float(principal.sum())
    if not total > 0.0:
        raise Refused(Fault(f"{cash.name} is paid no principal: it has no average life"), code="#NUM!")
    return float((principal * cash.years).sum()) / total


@dataclass(frozen=True)
class Window:
    """The months between which a class is paid principal: the first and the last of half a cent or more.

    Attributes:
        first, last: months of the projection.
        first_date, last_date: when these are paid, delay included.
    """

    first: int
    first_date: dt.date
    last: int
    last_date: dt.date


def tranche_window(projection: Projection, tranche: str) -> Window:
    """The principal window of a class; of an io, the months in which its notional falls.

    Raises:
        Refused: the class gets no principal (``#NUM!``).
    """
    name = projection.check_tranche(tranche)
    months = np.flatnonzero(principal_of(projection, name) >= CENT)
    if not months.size:
        raise Refused(Fault(f"{name} is paid no principal: it has no window"), code="#NUM!")
    later = dt.timedelta(days=int(projection.trust.classes["delay_days"][projection.trust.tranches.index(name)]))
    first, last = int(months[0]), int(months[-1])
    dates = projection.timeline.dates
    return Window(first, dates[first] + later, last, dates[last] + later)


def tranche_spread_duration(projection: Projection, tranche: str, rate: float, basis: str = "monthly") -> float:
    """Share of its value (accrued interest included) that a class loses for a spread wider by one, cash and index held.

    For a yield this is the modified duration; for ``dm`` the derivative by the margin, over the value, with its sign turned.

    Raises:
        Refused: as :func:`tranche_value`; or the class has no value at ``rate`` (``#NUM!``).
    """
    if basis != "dm":
        return tranche_duration(projection, tranche, rate, basis)
    cash = tranche_cash(projection, tranche)
    value, slope = margin_slope(cash.cash, cash.days, _index_of(cash), rate)
    if not value > 0.0:
        raise Refused(Fault(f"{cash.name} has no value at a margin of {rate:g}: it has no duration"), code="#NUM!")
    return -slope / value


def tranche_writedown(projection: Projection, tranche: str, *, net: bool = False) -> float:
    """Write-downs that losses bring a class over the projection (dollars); what was written down before is not in it.

    Args:
        net: less what subsequent recoveries write the class up by.

    Raises:
        Refused: there is no such class.
    """
    columns = projection.distributions.tranche(projection.check_tranche(tranche))
    return float(columns["writedown"].sum() - (columns["writeup"].sum() if net else 0.0))


def tranche_duration(
    projection: Projection, tranche: str, rate: float, basis: str = "monthly", measure: str = "modified"
) -> float:
    """Duration (years), modified or macaulay, or convexity (years squared), of fixed cash at a yield.

    Raises:
        Refused: no such class, no value at ``rate``; or ``dm``, which has no duration of this kind.
    """
    cash = tranche_cash(projection, tranche)
    if basis not in FREQUENCY:
        raise Refused(
            Fault(
                "a discount margin has no duration of its own", todo="give a yield: monthly, bond_equivalent or annual"
            )
        )
    check_rate(rate, basis)
    value, macaulay, convexity = kernel.moments(cash.cash, cash.years, rate, FREQUENCY[basis])
    if not value > 0.0:
        raise Refused(Fault(f"{cash.name} has no value at {rate:g}: it has no duration"), code="#NUM!")
    modified = macaulay / (1.0 + rate / FREQUENCY[basis])
    return float({"modified": modified, "macaulay": macaulay, "convexity": convexity}[measure])


def tranche_loss(projection: Projection, tranche: str) -> float:
    """Principal a class is expected to lose (dollars): write-downs not made good, and what stays unpaid at the end."""
    name = projection.check_tranche(tranche)
    paid = projection.distributions
    if not paid.deal.is_note[projection.trust.tranches.index(name)]:
        return 0.0
    unpaid = paid.unpaid_loss(name)
    gone = projection.collateral.end_balance[:, -1].sum() < 0.01
    return float(unpaid[-1] - unpaid[0] + (paid.end_balance(name)[-1] if gone else 0.0))
