"""Prepayment and default conventions: CPR and SMM, CDR and MDR, the PSA and SDA standards, absolute prepayment speed, level payments.

Source: Bond Market Association, Uniform Practices, chapter SF "Standard Formulas" (1999), SF-4 to SF-22.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlfv.kernels.elementary import compound_less_one, monthly_rate, payment_factor

Floats = NDArray[np.float64]


def smm_from_cpr(cpr: float) -> float:
    """Single monthly mortality of an annual prepayment (or default) rate, both decimals (SF-5)."""
    return float(monthly_rate(cpr))


def cpr_from_smm(smm: float) -> float:
    """Annual rate of a monthly one, ``1 - (1 - smm) ** 12``, both decimals (SF-5)."""
    return -float(compound_less_one(-min(max(smm, 0.0), 1.0), 12))


def monthly_rates(annual: ArrayLike) -> Floats:
    """Monthly rates of annual ones, element by element; any shape."""
    values = np.asarray(annual, dtype=np.float64)
    return np.array([monthly_rate(x) for x in values.ravel()], dtype=np.float64).reshape(values.shape)


def psa_cpr(speed: float, age: float) -> float:
    """CPR (decimal) at ``speed`` percent of the PSA standard for a loan of ``age`` months (SF-6).

    100 PSA is 0.2% CPR a month of age up to 6% at 30 months, then 6%; the standard counts months from 1. Held at 100%.
    """
    return min(speed / 100.0 * 0.06 * min(max(age, 1.0), 30.0) / 30.0, 1.0)


def abs_smm(speed: float, age: float) -> float:
    """SMM (decimal) of an absolute prepayment speed for a loan in month ``age`` of its life (SF-13).

    ``speed`` is the share (decimal: 0.015 for 1.5 ABS) of the loans originally in the pool that prepays every month; fewer
    and fewer are left, so ``smm = speed / (1 - speed * (age - 1))``. Months count from 1. Held at 100%, when none is left.
    """
    speed = max(speed, 0.0)
    left = 1.0 - speed * (max(age, 1.0) - 1.0)
    return 1.0 if speed >= left else speed / left


def sda_cdr(speed: float, age: float) -> float:
    """CDR (decimal) at ``speed`` percent of the Standard Default Assumption for a loan of ``age`` months (SF-20).

    100 SDA rises by 0.02% a month to 0.60% at month 30, stays to month 60, falls by 0.0095% a month to 0.03% at
    month 120 and stays. Held at 100%.
    """
    age = max(age, 0.0)
    if age <= 30.0:
        percent = 0.02 * age
    elif age <= 60.0:
        percent = 0.60
    elif age <= 120.0:
        percent = 0.60 - 0.0095 * (age - 60.0)
    else:
        percent = 0.03
    return min(speed / 100.0 * percent / 100.0, 1.0)


def level_payment(balance: float, rate: float, months: int) -> float:
    """Level monthly payment (dollars) that repays ``balance`` at the annual ``rate`` in ``months`` (SF-4)."""
    return balance * float(payment_factor(rate / 12.0, months))
