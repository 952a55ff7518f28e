"""Present value, internal rate of return, duration and convexity of a row of dated cash.

Discount factors are ``(1 + rate/frequency) ** (-frequency * years)`` with ``rate`` nominal annual, compounded
``frequency`` times a year (12 monthly, 2 bond-equivalent, 1 effective annual).
Source: Bond Market Association, Standard Formulas, SF-48 to SF-51.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.elementary import exp, log

SCAN_POINTS = 500
MAX_STEPS = 200


@njit(cache=True, error_model="numpy", nogil=True)
def present_value(cash: np.ndarray, years: np.ndarray, rate: float, frequency: float) -> float:
    """Present value of ``cash`` (float64[n]) due after ``years`` (float64[n]); nan where ``1 + rate/frequency <= 0``."""
    speed = frequency * log(1.0 + rate / frequency)
    total = 0.0
    for k in range(cash.size):
        if cash[k] != 0.0:
            total += cash[k] * exp(-speed * years[k])
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def moments(cash: np.ndarray, years: np.ndarray, rate: float, frequency: float) -> tuple[float, float, float]:
    """Present value, Macaulay duration (years) and convexity (years squared).

    Convexity is the second derivative of value by ``rate`` over value:
    ``sum(t * (t + 1/frequency) * pv_t) / (1 + rate/frequency)**2 / sum(pv_t)``.
    """
    base = 1.0 + rate / frequency
    speed = frequency * log(base)
    value = 0.0
    first = 0.0
    second = 0.0
    for k in range(cash.size):
        if cash[k] != 0.0:
            t = years[k]
            worth = cash[k] * exp(-speed * t)
            value += worth
            first += worth * t
            second += worth * t * (t + 1.0 / frequency)
    if value == 0.0:
        return 0.0, np.nan, np.nan
    return value, first / value, second / value / (base * base)


@njit(cache=True, error_model="numpy", nogil=True)
def _refine(
    cash: np.ndarray, years: np.ndarray, price: float, frequency: float, low: float, high: float
) -> tuple[float, int]:
    """The root between two rates of opposite sign: the secant inside a shrinking bracket (Illinois rule)."""
    at_low = present_value(cash, years, low, frequency) - price
    at_high = present_value(cash, years, high, frequency) - price
    if at_low == 0.0:
        return low, 0
    if at_high == 0.0:
        return high, 0
    side = 0
    middle = low
    for step in range(1, MAX_STEPS + 1):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high or step % 20 == 0:
            middle = 0.5 * (low + high)
        gap = present_value(cash, years, middle, frequency) - price
        if gap == 0.0 or high - low <= 1e-15 * max(1.0, abs(middle)):
            return middle, step
        if (gap > 0.0) == (at_low > 0.0):
            low, at_low = middle, gap
            if side == -1:
                at_high *= 0.5
            side = -1
        else:
            high, at_high = middle, gap
            if side == 1:
                at_low *= 0.5
            side = 1
    return middle, MAX_STEPS


@njit(cache=True, error_model="numpy", nogil=True)
def _scan(k: int, points: int, low: float, high: float) -> float:
    """The k-th growth a year looked at: eight tenths of the points lie between -1 and 3, the others on either side."""
    tenth = points // 10
    if k <= tenth:
        return low + (-1.0 - low) * k / tenth
    if k <= 9 * tenth:
        return -1.0 + 4.0 * (k - tenth) / (8 * tenth)
    return 3.0 + (high - 3.0) * (k - 9 * tenth) / (points - 9 * tenth)


@njit(cache=True, error_model="numpy", nogil=True)
def internal_rate(cash: np.ndarray, years: np.ndarray, price: float, frequency: float) -> tuple[float, int, int]:
    """The rate at which ``cash`` is worth ``price``.

    Cash that never changes sign has one rate at most, found between -90% a period and 1,000 a year. Other cash is
    scanned for every rate in that span, finely (1% of growth a year) where yields live.

    Returns:
        ``(rate, steps, roots)``: the root nearest to zero, the steps its search took, and how many roots were seen.
        ``rate`` is nan where ``roots`` is 0.
    """
    low = log(0.1) * frequency
    high = log(1.0 + 1000.0 / frequency) * frequency
    negative = False
    positive = False
    for k in range(cash.size):
        negative = negative or cash[k] < 0.0
        positive = positive or cash[k] > 0.0
    points = SCAN_POINTS if negative and positive else 1
    best = np.nan
    best_steps = 0
    roots = 0
    before_rate = frequency * (exp(low / frequency) - 1.0)
    before = present_value(cash, years, before_rate, frequency) - price
    for k in range(1, points + 1):
        growth = _scan(k, points, low, high) if points > 1 else high
        rate = frequency * (exp(growth / frequency) - 1.0)
        gap = present_value(cash, years, rate, frequency) - price
        crosses = (before < 0.0 <= gap) or (before > 0.0 >= gap)
        if crosses:
            root, steps = _refine(cash, years, price, frequency, before_rate, rate)
            roots += 1
            if not abs(root) >= abs(best):
                best = root
                best_steps = steps
        if gap != 0.0 or crosses:
            before_rate = rate
            before = gap
    return best, best_steps, roots
