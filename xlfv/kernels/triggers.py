"""What the deal's tests measure at the start of a month, and whether its step-down has come."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.accruals import over
from xlfv.kernels.deal import (
    AT_LEAST,
    GREATER,
    LESS,
    M_AGE,
    M_DELINQUENCY,
    M_ENHANCEMENT,
    M_LOSS,
    M_MONTH,
    M_OC,
    M_ROLLING,
    M_SUBORDINATION,
    ROUNDING,
    Deal,
    debt,
    inlined,
    total_of,
)
from xlfv.kernels.lanes import at, most, where_less, where_most


@inlined
def holds(value: Any, test: int, threshold: Any, zero: Any) -> Any:
    """1 where ``value test threshold``, else 0."""
    if test == GREATER:
        return where_less(threshold, value, zero + 1.0, 0.0)
    if test == LESS:
        return where_less(value, threshold, zero + 1.0, 0.0)
    if test == AT_LEAST:
        return where_most(threshold, value, zero + 1.0, 0.0)
    return where_most(value, threshold, zero + 1.0, 0.0)


@inlined
def measure_trigger(
    deal: Deal, x: int, month: int, begin: Any, end: Any, book: np.ndarray, lost: Any, late: np.ndarray, zero: Any
) -> Any:
    """A trigger's value this month, before anything is paid."""
    kind = deal.measure[x]
    value = zero
    if kind == M_LOSS:
        value = lost / deal.original_balance if deal.original_balance > 0.0 else zero
    elif kind == M_DELINQUENCY:
        value = at(late, month, zero)
    elif kind == M_ROLLING:
        first = max(month + 1 - deal.rolls[x], 0)
        for m in range(first, month + 1):
            value = value + at(late, m, zero)
        value = value / float(month + 1 - first)
    elif kind == M_OC:
        value = begin - debt(book, deal.is_note, deal.bond_group, -1, zero)
    elif kind == M_ENHANCEMENT:
        value = where_less(0.0, begin, 1.0 - over(total_of(book, 0, deal.is_senior, zero), begin, 0.0), 0.0)
    elif kind == M_MONTH:
        value = zero + float(month)
    elif kind == M_AGE:
        value = zero + deal.age[month]
    elif kind == M_SUBORDINATION:
        behind = debt(book, deal.is_note, deal.bond_group, -1, zero) - total_of(book, 0, deal.is_senior, zero)
        value = where_most(ROUNDING, behind, behind, 0.0)
    elif deal.original_balance > 0.0:
        value = end / deal.original_balance
    return value


@inlined
def threshold_of(deal: Deal, x: int, month: int, begin: Any, book: np.ndarray, zero: Any) -> Any:
    """A trigger's threshold this month: as it stands, or times the senior enhancement at the start of the month."""
    value = zero + deal.threshold[x, month]
    if deal.of_enhancement[x]:
        behind = 1.0 - over(total_of(book, 0, deal.is_senior, zero), begin, 0.0)
        behind = where_less(
            behind, -1e-12, behind, most(behind, 0.0)
        )  # nothing stands behind seniors as large as the pool
        value = value * where_less(0.0, begin, behind, 0.0)
    return value


@inlined
def steps_down(deal: Deal, month: int, pool: Any, seniors: Any, zero: Any) -> Any:
    """1 where the step-down date has come: age and enhancement are there, or the seniors are retired; else 0."""
    has_seniors = False
    for k in range(deal.is_senior.size):
        has_seniors = has_seniors or deal.is_senior[k]
    down = zero
    if not (np.isnan(deal.stepdown_age) and np.isnan(deal.stepdown_enhancement)):
        if np.isnan(deal.stepdown_age) or deal.age[month] >= deal.stepdown_age:
            down = zero + 1.0
        if not np.isnan(deal.stepdown_enhancement):
            behind = 1.0 - over(seniors, pool, 0.0)
            down = where_less(0.0, pool, where_most(deal.stepdown_enhancement, behind, down, 0.0), 0.0)
    return where_less(seniors, ROUNDING, zero + 1.0, down) if has_seniors else down
