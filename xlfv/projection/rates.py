"""What coupons, derivatives and schedules of a deal are, month by month, before the waterfall runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import hedges as hedge_kernel
from xlfv.market.indices import Indices
from xlfv.projection.timeline import Timeline
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
    schedule = str(hedges["schedule"][row])
    amounts = np.ones(months + 1)
    if schedule:
        amounts = planned(trust, schedule, months)
    elif np.isfinite(hedges["notional"][row]):
        amounts = np.full(months + 1, float(hedges["notional"][row]))
    month = np.arange(months + 1)
    alive = (month >= max(int(hedges["start"][row]), 1)) & (month <= int(hedges["end"][row]))
    return np.where(alive, amounts, 0.0)
