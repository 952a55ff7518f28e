"""Monthly prepayment and default rates out of curves: by row for many loans, or for a single loan with its multiplier."""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.elementary import monthly_rate
from xlfv.kernels.layout import ABSOLUTE, ANNUAL


@njit(cache=True, error_model="numpy", nogil=True)
def spell_out(curve: np.ndarray, ramp: np.ndarray, by_age: bool, age: int, given: np.ndarray) -> None:
    """A curve's rate in each month, as it is given.

    Args:
        curve: by month (or by age where ``by_age``), entry 0 first; its last value holds on.
        ramp: a standard by age that multiplies the curve (PSA, SDA), or empty.
        age: age of the loans today, months.
        given: filled, float64[months + 1], not yet held to 0..1.
    """
    for month in range(given.size):
        at = month + age if by_age else month
        rate = curve[min(at, curve.size - 1)]
        if ramp.size > 0:
            rate *= ramp[min(age + month, ramp.size - 1)]
        given[month] = rate


@njit(cache=True, error_model="numpy", nogil=True)
def absolute(speed: float, life: int) -> float:
    """The monthly rate of an absolute prepayment speed (a share of the original number of loans a month).

    ``SMM = ABS / (1 - ABS * (n - 1))`` in month ``n`` of a loan's life, held at 1 (Standard Formulas, SF-13).
    """
    left = 1.0 - speed * (max(life, 1) - 1)
    return min(speed / left, 1.0) if left > 0.0 else 1.0


@njit(cache=True, error_model="numpy", nogil=True)
def make_monthly(given: np.ndarray, kind: int, multiple: float, age: int, monthly: np.ndarray) -> None:
    """A loan's monthly rates.

    Args:
        given: as given, float64[months + 1].
        kind: ANNUAL (CPR, CDR), ABSOLUTE (ABS), or else monthly already.
        multiple: the loan's multiplier, applied to the rate as given, before it is held to 0..1: half of 2% ABS is 1% ABS.
        age: age of the loan today, months; an absolute speed reads it.
        monthly: filled, float64[months + 1].
    """
    before = -1.0
    held = 0.0
    for month in range(given.size):
        rate = min(max(given[month] * multiple, 0.0), 1.0)
        if kind == ABSOLUTE:
            held = absolute(rate, age + month)
        elif rate != before:
            held = monthly_rate(rate) if kind == ANNUAL else rate
            before = rate
        monthly[month] = held
