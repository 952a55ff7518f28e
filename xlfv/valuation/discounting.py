"""Yields, their bases, and what a row of dated cash is worth at one.

``monthly``, ``bond_equivalent`` and ``annual`` yields compound 12, 2 and 1 times a year over 30/360 time. ``dm`` is a
discount margin: a spread over the class's forward index, compounding from payment to payment over actual/360 days.
Source: Bond Market Association, Standard Formulas (1999), SF-48 to SF-55.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import yields as kernel
from xlfv.kernels.elementary import exp, log
from xlfv.tables import Fault, Refused

Floats = NDArray[np.float64]
FREQUENCY = {"monthly": 12.0, "bond_equivalent": 2.0, "annual": 1.0}
BASES = (*FREQUENCY, "dm")


def check_rate(rate: float, basis: str) -> None:
    """Refuse a yield at which no discount factor exists.

    Raises:
        Refused: ``1 + rate / frequency`` is not above zero; ``code`` is ``#NUM!``.
    """
    if basis in FREQUENCY and not 1.0 + rate / FREQUENCY[basis] > 0.0:
        raise Refused(
            Fault(f"the yield {rate:g} loses everything in a period", todo="give a yield above -100%"), code="#NUM!"
        )


def monthly_yield(rate: float, basis: str) -> float:
    """The yield compounded monthly that discounts as one of another basis does, ``12 * ((1 + y / f) ** (f / 12) - 1)``.

    Args:
        rate: decimal.
        basis: ``monthly``, ``bond_equivalent`` or ``annual``.

    Raises:
        Refused: no discount factor exists at ``rate``.
    """
    check_rate(rate, basis)
    if basis == "monthly":
        return rate
    frequency = FREQUENCY[basis]
    return float(12.0 * (exp(frequency / 12.0 * log(1.0 + rate / frequency)) - 1.0))


def worth(cash: Floats, years: Floats, rate: float, basis: str = "monthly") -> float:
    """Present value (dollars) of cash due after ``years``, at a yield.

    Args:
        cash, years: float64[n].
        rate: decimal.
        basis: ``monthly``, ``bond_equivalent`` or ``annual``.

    Raises:
        Refused: no discount factor exists at ``rate``.
    """
    check_rate(rate, basis)
    return float(kernel.present_value(cash, years, rate, FREQUENCY[basis]))


def yield_of(cash: Floats, years: Floats, price: float, basis: str = "monthly") -> float:
    """The yield at which cash is worth ``price`` (dollars).

    Raises:
        Refused: no rate fits, or several do and none is the yield; ``code`` is ``#NUM!``.
    """
    rate, _, roots = kernel.internal_rate(cash, years, price, FREQUENCY[basis])
    if roots == 0:
        total = float(cash.sum())
        what = f"no yield makes cash of {total:,.2f} worth {price:,.2f}"
        raise Refused(
            Fault(what, todo="the price must lie above 0 and within what the cash can be worth"), code="#NUM!"
        )
    if roots > 1:
        what = f"{roots} yields fit: the cash changes sign and has no single yield (nearest to zero {rate:.6%})"
        raise Refused(Fault(what, todo="value it at a stated yield instead"), code="#NUM!")
    return float(rate)


def margin_worth(cash: Floats, days: Floats, index: Floats, margin: float) -> float:
    """Present value at a discount margin over a forward index.

    Args:
        cash: float64[months + 1], entry 0 unused.
        days: actual days from the as-of date to each payment.
        index: the forward index of each month's period.
        margin: decimal.
    """
    return float((cash[1:] * _margin_factors(days, index, margin)[0][1:]).sum())


def margin_slope(cash: Floats, days: Floats, index: Floats, margin: float) -> tuple[float, float]:
    """Present value at a discount margin, and its derivative by the margin: arguments of :func:`margin_worth`.

    With ``f_t`` the factor of month t and ``a_t`` its share of a year (actual/360), ``df_t/dm = -f_t * (sum over s up to t of
    a_s / (1 + (index_s + m) * a_s))``.

    Raises:
        Refused: a month loses everything at this margin; ``code`` is ``#NUM!``.
    """
    factors, bends = _margin_factors(days, index, margin)
    return float((cash[1:] * factors[1:]).sum()), -float((cash[1:] * factors[1:] * bends[1:]).sum())


def _margin_factors(days: Floats, index: Floats, margin: float) -> tuple[Floats, Floats]:
    """Discount factors by month, and the sums by which the margin bends them: float64[months + 1] each."""
    factors, bends = np.ones(days.size), np.zeros(days.size)
    for month in range(1, days.size):
        share = (days[month] - days[month - 1]) / 360.0
        growth = 1.0 + (index[month] + margin) * share
        if not growth > 0.0:
            raise Refused(Fault(f"the discount margin {margin:g} loses everything in month {month}"), code="#NUM!")
        factors[month] = factors[month - 1] / growth
        bends[month] = bends[month - 1] + share / growth
    return factors, bends


def margin_of(cash: Floats, days: Floats, index: Floats, price: float) -> float:
    """The discount margin at which cash is worth ``price``, by bisection.

    Raises:
        Refused: none between a loss of 90% in a month and 1,000%; ``code`` is ``#NUM!``.
    """
    last = int(np.max(np.flatnonzero(cash), initial=1))  # behind it nothing is discounted
    cash, days, index = cash[: last + 1], days[: last + 1], index[: last + 1]
    paid = np.flatnonzero(cash)

    def worth_at(margin: float) -> float:
        with np.errstate(over="ignore"):  # at 90% a month a far payment is worth more than a float64 holds
            return float((cash[paid] * _margin_factors(days, index, margin)[0][paid]).sum())

    steps = np.diff(days)
    low, high = float(np.max(-0.9 * 360.0 / steps - index[1:])), 10.0
    if not worth_at(high) <= price <= worth_at(low):
        raise Refused(Fault(f"no discount margin makes cash of {cash.sum():,.2f} worth {price:,.2f}"), code="#NUM!")
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if worth_at(middle) > price else (low, middle)
    return 0.5 * (low + high)
