"""What coupons, derivatives and schedules of a deal are, month by month, before the waterfall runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import hedges as hedge_kernel
from xlfv.market.indices import Indices
from xlfv.projection.timeline import Timeline
from xlfv.tables import Fault, Refused
from xlfv.tables.schema import Records
from xlfv.trust.trust import Trust

HEDGES = {
    "swap": hedge_kernel.SWAP, "cap": hedge_kernel.CAP, "corridor": hedge_kernel.CORRIDOR, "floor": hedge_kernel.FLOOR,
}  # fmt: skip


def coupon_rates(
    bonds: Records, row: int, indices: Indices, months: int, *, after_call: bool = False
) -> NDArray[np.float64]:
    """A class's coupon by month before net rate and net WAC cap, float64[months + 1].

    Args:
        after_call: the first call date is past: a floating coupon has its margin_after_call, a fixed one has it added.
    """
    kind = str(bonds["coupon_type"][row])
    stepped = bonds["margin_after_call"][row] if after_call else np.nan
    if kind == "fixed":
        rates = np.full(months + 1, float(bonds["coupon"][row]) + (0.0 if np.isnan(stepped) else stepped))
    elif kind == "floating":
        index = indices.vector(str(bonds["index"][row]).upper(), months, int(bonds["lookback"][row]))
        rates = bonds["multiplier"][row] * index + (bonds["margin"][row] if np.isnan(stepped) else stepped)
    else:
        return np.zeros(months + 1)
    cap = bonds["cap"][row]
    return np.maximum(np.minimum(rates, np.inf if np.isnan(cap) else cap), bonds["floor"][row])


def planned(trust: Trust, schedule: str, months: int) -> NDArray[np.float64]:
    """Planned balances by month, float64[months + 1]; a row of the schedule holds until the next; 0 without one."""
    amounts = np.zeros(months + 1)
    rows = trust["schedules"]["schedule"] == schedule
    given = sorted(zip(trust["schedules"]["month"][rows], trust["schedules"]["amount"][rows], strict=True))
    for month, amount in given:
        amounts[month:] = amount
    return amounts


def hedge_rates(hedges: Records, row: int, indices: Indices, timeline: Timeline) -> NDArray[np.float64]:
    """What a unit of notional settles at each month, day count included, float64[months + 1]."""
    index = indices.vector(str(hedges["receive_index"][row]).upper(), timeline.months, int(hedges["lookback"][row]))
    accrual = timeline.accrual(str(hedges["day_count"][row]))
    kind = HEDGES[str(hedges["type"][row])]
    terms = [float(hedges[name][row]) for name in ("pay_rate", "strike", "ceiling")]
    margin = float(hedges["margin"][row])
    rates = np.array([hedge_kernel.settlement_rate(kind, float(x) + margin, *terms) for x in index])
    return rates * accrual


def notionals(trust: Trust, row: int, months: int) -> NDArray[np.float64]:
    """A derivative's notional by month: its schedule or fixed amount between start and end; 1 where it is linked."""
    hedges = trust["hedges"]
    amounts = np.ones(months + 1) if hedges["notional_of"][row] else _amounts(trust, row, months)
    month = np.arange(months + 1)
    alive = (month >= max(int(hedges["start"][row]), 1)) & (month <= int(hedges["end"][row]))
    return np.where(alive, amounts, 0.0)


def limits(trust: Trust, row: int, months: int) -> NDArray[np.float64]:
    """The most a notional that is linked to a balance may be by month, float64[months + 1]; infinity for no limit."""
    none = np.full(months + 1, np.inf)
    return _amounts(trust, row, months) if trust["hedges"]["notional_of"][row] else none


def _amounts(trust: Trust, row: int, months: int) -> NDArray[np.float64]:
    """The schedule or fixed amount of a derivative; infinity where it has neither."""
    schedule = str(trust["hedges"]["schedule"][row])
    amount = float(trust["hedges"]["notional"][row])
    return planned(trust, schedule, months) if schedule else np.full(months + 1, np.inf if np.isnan(amount) else amount)


def terminates(trust: Trust, row: int) -> bool:
    """A call terminates a derivative for the value of what remains: a swap inside the trust, of a notional of its own.

    One linked to balances ends without a payment: the call brings these to nothing.
    """
    hedges = trust["hedges"]
    swap = bool(hedges["in_trust"][row]) and str(hedges["type"][row]) == "swap" and not hedges["notional_of"][row]
    return swap and trust.terms.get("swap_termination") != "none"


def termination_values(trust: Trust, indices: Indices, timeline: Timeline) -> NDArray[np.float64]:
    """What the trust receives (below 0: owes) where a call of a month terminates a derivative; float64[n, months + 1].

    It is the market value there: settlements of the months behind it on the forward curve, to the derivative's end or the
    last month projected, discounted to the call's remittance. Month 0, which stands for no call, has none, nor has a deal
    that is never called.
    """
    hedges, months = trust["hedges"], timeline.months
    values = np.zeros((hedges.count, months + 1))
    called = (trust.terms.get("call_exercised") or "never") != "never"
    ending = [row for row in range(hedges.count) if called and terminates(trust, row)]
    if not ending:
        return values
    factors = discount_factors(indices, timeline)
    for row in ending:
        worth = notionals(trust, row, months) * hedge_rates(hedges, row, indices, timeline) * factors
        values[row, 1:-1] = np.cumsum(worth[:1:-1])[::-1] / factors[1:-1]
    return values


def discounts(indices: Indices) -> bool:
    """There are rates to discount settlements at."""
    return "discount" in indices.rates or "LIBOR_1M" in indices.rates


def discount_factors(indices: Indices, timeline: Timeline) -> NDArray[np.float64]:
    """Discount factors to each month's remittance, float64[months + 1].

    From the zero curve in the column ``discount`` (annual, compounded once a year, by month of maturity); without one,
    by compounding the forward LIBOR_1M from month to month.

    Raises:
        Refused: neither is given.
    """
    years = timeline.years()
    if "discount" in indices.rates:
        zero = indices.rates["discount"]
        return np.asarray(hedge_kernel.discount_factors(np.interp(years * 12.0, np.arange(zero.size), zero), years))
    if "LIBOR_1M" not in indices.rates:
        raise Refused(Fault("derivatives need a column discount, or LIBOR_1M", "indices", "add one of them"))
    forward = indices.vector("LIBOR_1M", timeline.months, 1)
    return np.asarray(np.cumprod(1.0 / (1.0 + forward * np.diff(years, prepend=0.0))))
