"""Powers, roots, exponentials and annuity factors with the same bits on every machine.

numpy and libm round their transcendental functions differently by release and processor. Only ``+ - * /`` and
the square root are exact to the last bit everywhere (IEEE 754), so everything between inputs and cash is made
of these.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LN2_HIGH = 6.93147180369123816490e-01  # the leading bits of ln 2: k * LN2_HIGH is exact for |k| < 2**20
LN2_LOW = 1.90821492927058770002e-10  # the rest of ln 2
SQRT_HALF = 0.7071067811865476


@njit(cache=True, error_model="numpy", nogil=True)
def log(x: float) -> float:
    """Natural logarithm of ``x > 0``; not a number where ``x <= 0``. Error under two units in the last place."""
    if not x > 0.0:
        return np.nan
    mantissa, exponent = math.frexp(x)
    if mantissa < SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    f = (mantissa - 1.0) / (mantissa + 1.0)  # log m = 2 atanh f, |f| < 0.172
    q = f * f
    series = 0.0
    for k in range(25, 1, -2):
        series = (series + 1.0 / k) * q
    return exponent * LN2_HIGH + (exponent * LN2_LOW + 2.0 * f * (1.0 + series))


@njit(cache=True, error_model="numpy", nogil=True)
def exp(x: float) -> float:
    """Exponential of ``x``; 0 below -745, infinity above 709.78."""
    if x < -745.0:
        return 0.0
    if x > 709.78:
        return np.inf
    k = math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    series = 1.0
    for n in range(14, 0, -1):
        series = 1.0 + series * r / n
    return math.ldexp(series, int(k))


@njit(cache=True, error_model="numpy", nogil=True)
def power(x: float, n: int) -> float:
    """``x`` to the whole power ``n >= 0``, by squaring."""
    result = 1.0
    while n > 0:
        if n & 1:
            result *= x
        x *= x
        n >>= 1
    return result


@njit(cache=True, error_model="numpy", nogil=True)
def root12(x: float) -> float:
    """Twelfth root of ``x >= 0``: two square roots, then a cube root by Newton's method."""
    if x <= 0.0:
        return 0.0
    fourth = math.sqrt(math.sqrt(x))
    root = exp(log(fourth) / 3.0)
    for _ in range(2):
        root -= (root * root * root - fourth) / (3.0 * root * root)
    return root


@njit(cache=True, error_model="numpy", nogil=True)
def monthly_rate(annual: float) -> float:
    """A month's share of an annual rate, ``1 - (1 - annual) ** (1/12)``: CPR to SMM, CDR to MDR.

    Source: Bond Market Association, Standard Formulas, SF-5. Rates outside 0..1 are held at the bounds.
    """
    if annual <= 0.0:
        return 0.0
    if annual >= 1.0:
        return 1.0
    if annual < 1e-4:  # the difference of near-equal numbers would lose digits; expm1 by its series
        x = 0.0
        for k in range(6, 0, -1):  # log(1 - annual) = -(annual + annual**2/2 + ...)
            x = annual * (1.0 / k + x)
        y = -x / 12.0
        return -y * (1.0 + y / 2.0 * (1.0 + y / 3.0 * (1.0 + y / 4.0)))
    return 1.0 - root12(1.0 - annual)


@njit(cache=True, error_model="numpy", nogil=True)
def compound_less_one(rate: float, periods: int) -> float:
    """``(1 + rate) ** periods - 1`` without loss of digits near ``rate = 0``, by squaring on ``e -> e * (2 + e)``."""
    result = 0.0
    step = rate
    while periods > 0:
        if periods & 1:
            result = result + step + result * step
        step = step * (2.0 + step)
        periods >>= 1
    return result


@njit(cache=True, error_model="numpy", nogil=True)
def payment_factor(rate: float, periods: int) -> float:
    """Level payment a unit of balance at ``rate`` a period over ``periods``; right at 0 and near 0."""
    if periods <= 0:
        return 1.0 + rate
    growth = compound_less_one(rate, periods)
    if growth == 0.0:
        return 1.0 / periods
    return rate * (growth + 1.0) / growth
