"""What bounds a step's claim: shares of what came in, and targets that the classes are paid down to."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.deal import (
    C_BEGIN,
    C_END,
    CASH_COLUMNS,
    OWN_TIMES,
    P_FROM,
    P_GROUP,
    P_MOST,
    P_RANK,
    P_TO,
    PART,
    REST,
    SENIOR_PLUS,
    SENIOR_TIMES,
    T_BEGIN,
    TRANCHE_COLUMNS,
    Deal,
    inlined,
)
from xlfv.kernels.lanes import at, least, most, where_less


@inlined
def share_of_pool(
    deal: Deal, s: int, month: int, rows: int, first: int, last: int, brought: Any, cash: np.ndarray,
    ledger: np.ndarray, base: int, zero: Any,
) -> Any:  # fmt: skip
    """The most a step may pay that takes a share of what came into its bucket this month so far (dollars).

    The share is given, or what it makes of the senior classes' or the targets' own percentage of the pool, both at the
    start of the month: times it, or that much of the rest added to it.

    Args:
        first, last: the groups of the step.
        brought: what came in; or what is left, where the share is of that.
        base: where the month's record begins.
    """
    kind, group, part = deal.steps[s, P_MOST], deal.steps[s, P_GROUP], deal.part[s, month]
    if kind in (PART, REST):
        return brought * part
    pool = zero
    for g in range(first, last):
        pool = pool + at(cash, (g * rows + month) * CASH_COLUMNS + C_BEGIN, zero)
    own = zero
    if kind in (SENIOR_TIMES, SENIOR_PLUS):
        for k in range(deal.is_senior.size):
            if deal.is_senior[k] and (group < 0 or deal.bond_group[k] == group):
                own = own + at(ledger, base + k * TRANCHE_COLUMNS + T_BEGIN, zero)
    else:
        for t in range(deal.steps[s, P_FROM], deal.steps[s, P_TO]):
            own = own + at(ledger, base + deal.targets[t] * TRANCHE_COLUMNS + T_BEGIN, zero)
    own = where_less(0.0, pool, least(own / where_less(0.0, pool, pool, 1.0), 1.0), 1.0)
    if kind in (SENIOR_TIMES, OWN_TIMES):
        return brought * (own * part)
    return brought * (own + (1.0 - own) * part)


@inlined
def above_target(
    deal: Deal, s: int, month: int, rows: int, book: np.ndarray, end: Any, cash: np.ndarray, zero: Any
) -> Any:
    """What the classes up to the step's last stand above their target: the pool after the month less what stays behind.

    What stays behind them is their target enhancement of the pool, and never less than the OC floor.
    """
    group, rank = deal.steps[s, P_GROUP], deal.steps[s, P_RANK]
    pool = end if group < 0 else at(cash, (group * rows + month) * CASH_COLUMNS + C_END, zero)
    floor = deal.oc_floor if group < 0 else 0.0
    total = zero
    for k in range(rank + 1):
        if deal.is_note[k] and (group < 0 or deal.bond_group[k] == group):
            total = total + at(book, k, zero)
    return most(total - most(least((1.0 - deal.behind[s]) * pool, pool - floor), 0.0), 0.0)
