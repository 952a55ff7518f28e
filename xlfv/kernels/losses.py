"""Steps that move no cash of the trust: write-downs, and write-ups by subsequent recoveries."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.deal import (
    B_DRAWN,
    B_LOSS,
    BUCKETS,
    C_END,
    CASH_COLUMNS,
    P_FROM,
    P_GROUP,
    P_RULE,
    P_SOURCE,
    P_TO,
    PRINCIPAL,
    T_PRINCIPAL,
    T_WRITEDOWN,
    T_WRITEUP,
    TRANCHE_COLUMNS,
    Deal,
    Places,
    debt,
    inlined,
)
from xlfv.kernels.funds import available, entitlement, share_out, tell, use
from xlfv.kernels.lanes import any_above, at, least, most, put, where_less


@inlined
def write_down(
    deal: Deal, s: int, month: int, rows: int, groups: int, wide: int, runs: Any, funds: np.ndarray, book: np.ndarray,
    end: Any, cash: np.ndarray, entitled: np.ndarray, recovered: np.ndarray, paid: np.ndarray, ledger: np.ndarray,
    base: int, places: Places, kept: bool, zero: Any,
) -> None:  # fmt: skip
    """Write classes down by what the notes exceed the pool, principal still to be paid aside; no cash moves.

    Where an insurer is the source it pays the amount as principal instead, and its outstanding draws grow. Of the month's
    subsequent recoveries a later step can only write up what the notes have room for: the rest has lessened the loss.
    """
    step = deal.steps[s]
    group, first, last = step[P_GROUP], step[P_FROM], step[P_TO]
    low, high = (0, groups) if group < 0 else (group, group + 1)
    insurer = step[P_SOURCE] - deal.buckets - deal.account_balance.size
    pool = end if group < 0 else at(cash, (group * rows + month) * CASH_COLUMNS + C_END, zero)
    # What paid interest or went to the excess is no longer to come.
    held = available(funds, PRINCIPAL, low, high, groups, deal.splits_principal, zero)
    coming = least(entitlement(entitled, low, high, zero), held)
    for b in range(BUCKETS, deal.buckets):  # what z classes accreted is principal too
        coming = coming + available(funds, b, low, high, groups, False, zero)
    over = debt(book, deal.is_note, deal.bond_group, group, zero) - coming - pool
    netted = most(entitlement(recovered, low, high, zero) - most(0.0 - over, 0.0), 0.0)
    use(recovered, low, high, where_less(0.0, runs, netted, 0.0), zero)
    owed = least(most(over, 0.0), deal.limit[s])
    owed = where_less(owed, 1e-9 * most(pool, 1.0), 0.0, owed)  # rounding, not a loss
    owed = where_less(0.0, runs, owed, 0.0)
    whole = zero
    for t in range(first, last):
        whole = whole + at(book, deal.targets[t], zero)
    able = where_less(0.0, runs, whole, 0.0)
    written = least(owed, able)
    if kept:
        tell(ledger, base + places.steps + 4 * s, able, owed, written)
    if not any_above(written, zero):
        return
    reached = share_out(written, whole, book, 0, deal.targets, first, last, deal.weights, step[P_RULE], paid, zero)
    column = T_PRINCIPAL if insurer >= 0 else T_WRITEDOWN
    for t in range(first, first + reached):
        k, part = deal.targets[t], at(paid, t - first, zero)
        put(book, k, at(book, k, zero) - part)
        place = base + k * TRANCHE_COLUMNS + column
        put(ledger, place, at(ledger, place, zero) + part)
        if insurer < 0:
            put(book, B_LOSS * wide + k, at(book, B_LOSS * wide + k, zero) + part)
    if insurer >= 0:
        place = base + places.insurers + 3 * insurer
        put(book, B_DRAWN * wide + insurer, at(book, B_DRAWN * wide + insurer, zero) + written)
        put(ledger, place, at(ledger, place, zero) + written)


@inlined
def write_up(
    deal: Deal, s: int, groups: int, wide: int, runs: Any, book: np.ndarray, funds: np.ndarray, recovered: np.ndarray,
    entitled: np.ndarray, paid: np.ndarray, ledger: np.ndarray, base: int, places: Places, kept: bool,
    zero: Any,
) -> None:  # fmt: skip
    """Raise classes written down by the month's subsequent recoveries, never above their write-downs; no cash moves."""
    step = deal.steps[s]
    group, first, last = step[P_GROUP], step[P_FROM], step[P_TO]
    low, high = (0, groups) if group < 0 else (group, group + 1)
    have = where_less(0.0, runs, entitlement(recovered, low, high, zero), 0.0)
    whole = zero
    for t in range(first, last):
        whole = whole + at(book, B_LOSS * wide + deal.targets[t], zero)
    owed = where_less(0.0, runs, least(whole, deal.limit[s]), 0.0)
    raised = least(have, owed)
    if kept:
        tell(ledger, base + places.steps + 4 * s, have, owed, raised)
    if not any_above(raised, zero):
        return
    reached = share_out(
        raised, whole, book, B_LOSS * wide, deal.targets, first, last, deal.weights, step[P_RULE], paid, zero
    )
    for t in range(first, first + reached):
        k, part = deal.targets[t], at(paid, t - first, zero)
        put(book, B_LOSS * wide + k, at(book, B_LOSS * wide + k, zero) - part)
        put(book, k, at(book, k, zero) + part)
        place = base + k * TRANCHE_COLUMNS + T_WRITEUP
        put(ledger, place, at(ledger, place, zero) + part)
    use(recovered, low, high, raised, zero)
    # The recovery came in as principal: notes that stand higher may take more of it.
    for g in range(low, high):
        held = at(entitled, g, zero)
        more = available(funds, PRINCIPAL, g, g + 1, groups, deal.splits_principal, zero) - held
        more = least(most(more, 0.0), raised)
        put(entitled, g, held + more)
        raised = raised - more
