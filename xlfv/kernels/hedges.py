"""Settlement rates of swaps, caps, corridors and floors, and the value of an option on a forward rate."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from xlfv.kernels.elementary import exp, log

SWAP, CAP, CORRIDOR, FLOOR = range(4)


@njit(cache=True, error_model="numpy", nogil=True)
def settlement_rate(kind: int, index: float, pay_rate: float, strike: float, ceiling: float) -> float:
    """What a unit of notional settles at, to the trust, before the day count (negative: the trust pays)."""
    if kind == SWAP:
        return index - pay_rate
    if kind == CAP:
        return max(index - strike, 0.0)
    if kind == CORRIDOR:
        return max(min(index, ceiling) - strike, 0.0)
    return max(strike - index, 0.0)


@njit(cache=True, error_model="numpy", nogil=True)
def _normal(x: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit(cache=True, error_model="numpy", nogil=True)
def caplet(forward: float, strike: float, volatility: float, years: float) -> float:
    """Undiscounted lognormal (Black 1976) value of the right to ``max(forward - strike, 0)`` fixed after ``years``.

    Intrinsic where volatility, time, forward or strike leave no lognormal spread.
    """
    spread = volatility * math.sqrt(max(years, 0.0))
    if not spread > 0.0 or forward <= 0.0 or strike <= 0.0:
        return max(forward - strike, 0.0)
    d1 = log(forward / strike) / spread + 0.5 * spread
    return forward * _normal(d1) - strike * _normal(d1 - spread)


@njit(cache=True, error_model="numpy", nogil=True)
def option_rate(kind: int, forward: float, strike: float, ceiling: float, volatility: float, years: float) -> float:
    """Expected settlement rate of a cap, corridor or floor under :func:`caplet`."""
    if kind == CAP:
        return caplet(forward, strike, volatility, years)
    if kind == CORRIDOR:
        return caplet(forward, strike, volatility, years) - caplet(forward, ceiling, volatility, years)
    return caplet(forward, strike, volatility, years) - (forward - strike)


@njit(cache=True, error_model="numpy", nogil=True)
def discount_factors(zero: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Discount factors of zero rates compounded once a year, float64[n] each."""
    factors = np.empty(years.size)
    for k in range(years.size):
        factors[k] = exp(-years[k] * log(1.0 + zero[k]))
    return factors
