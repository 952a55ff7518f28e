"""Buckets of cash and what classes may take of them: found, taken, divided."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.deal import (
    EXCESS,
    PREPAID,
    PRINCIPAL,
    PRO_RATA,
    S_AVAILABLE,
    S_DUE,
    S_PAID,
    S_SHORT,
    SCHEDULED,
    SHARE,
    Deal,
    debt,
    inlined,
)
from xlfv.kernels.lanes import any_above, at, least, most, put, where_less, where_most


@inlined
def available(funds: np.ndarray, source: int, first: int, last: int, groups: int, splits: bool, zero: Any) -> Any:
    """Cash in a bucket, of the groups from ``first`` to ``last``; principal is all of it, scheduled and prepaid alike."""
    total = at(funds, source * groups + first, zero)
    for g in range(first + 1, last):
        total = total + at(funds, source * groups + g, zero)
    if splits and source == PRINCIPAL:
        for g in range(first, last):
            total = total + (at(funds, SCHEDULED * groups + g, zero) + at(funds, PREPAID * groups + g, zero))
    return total


@inlined
def _draw(held: np.ndarray, first: int, last: int, amount: Any, zero: Any) -> Any:
    """Take an amount out of entries in proportion to what each holds; returns what was there to be taken."""
    if last - first == 1:
        there = at(held, first, zero)
        taken = least(there, amount)
        put(held, first, there - taken)
    else:
        whole = zero
        for e in range(first, last):
            whole = whole + at(held, e, zero)
        taken = least(whole, amount)
        rate = taken / where_less(0.0, whole, whole, 1.0)
        left = taken
        for e in range(first, last):
            there = at(held, e, zero)
            part = where_most(whole, amount, there, least(least(there * rate, there), left))
            put(held, e, there - part)
            left = left - part
        for e in range(first, last):  # the last crumbs of rounding
            there = at(held, e, zero)
            part = most(least(there, left), 0.0)
            put(held, e, there - part)
            left = left - part
    return taken


@inlined
def _take_of(funds: np.ndarray, bucket: int, first: int, last: int, groups: int, amount: Any, zero: Any) -> Any:
    return amount - _draw(funds, bucket * groups + first, bucket * groups + last, amount, zero)


@inlined
def take(
    funds: np.ndarray, source: int, first: int, last: int, groups: int, splits: bool, amount: Any, zero: Any
) -> None:
    """Take cash out of a bucket, of each group in proportion to what it holds there."""
    amount = _take_of(funds, source, first, last, groups, amount, zero)
    if splits and source == PRINCIPAL:
        amount = _take_of(funds, SCHEDULED, first, last, groups, amount, zero)
        _take_of(funds, PREPAID, first, last, groups, amount, zero)


@inlined
def spread(funds: np.ndarray, brought: np.ndarray, groups: int, amount: Any, shares: np.ndarray, zero: Any) -> None:
    """Make cash of no loan group excess: of each group by its share of the pool."""
    left = amount
    for g in range(groups):
        part = least(amount * at(shares, g, zero), left) if g < groups - 1 else left
        to = EXCESS * groups + g
        put(funds, to, at(funds, to, zero) + part)
        put(brought, to, at(brought, to, zero) + part)
        left = left - part


@inlined
def entitle(
    deal: Deal, funds: np.ndarray, book: np.ndarray, end: Any, target: Any, groups: int, entitled: np.ndarray, zero: Any
) -> None:
    """Principal that bonds may take this month, by group: collections less the release of overcollateralization."""
    keep = zero + 1.0
    if deal.has_oc:
        collected = available(funds, PRINCIPAL, 0, groups, groups, deal.splits_principal, zero)
        needed = most(debt(book, deal.is_note, deal.bond_group, -1, zero) - most(end - target, 0.0), 0.0)
        keep = where_less(0.0, collected, least(needed / where_less(0.0, collected, collected, 1.0), 1.0), 1.0)
    for g in range(groups):
        put(entitled, g, available(funds, PRINCIPAL, g, g + 1, groups, deal.splits_principal, zero) * keep)


@inlined
def entitlement(entitled: np.ndarray, first: int, last: int, zero: Any) -> Any:
    """Principal that bonds may still take, of the groups from ``first`` to ``last``."""
    total = at(entitled, first, zero)
    for g in range(first + 1, last):
        total = total + at(entitled, g, zero)
    return total


@inlined
def use(entitled: np.ndarray, first: int, last: int, amount: Any, zero: Any) -> None:
    """Take paid principal off what bonds may take, of each group in proportion."""
    _draw(entitled, first, last, amount, zero)


@inlined
def share_out(
    cash: Any, whole: Any, owed: np.ndarray, row: int, targets: np.ndarray, first: int, last: int, weights: np.ndarray,
    rule: int, paid: np.ndarray, zero: Any,
) -> int:  # fmt: skip
    """Divide ``cash`` among targets, none above what it is owed, all in full where it suffices; fills ``paid`` by target.

    Sequential pays each in full before the next. Pro rata and share divide by what is owed or by weights, and give what a
    full one cannot take to the others. Returns how many targets there are up to the last that may be paid anything.

    Args:
        whole: what the targets are owed, summed in their order.
        owed: what is owed; that of the targets begins at entry ``row``.
        targets, weights: of which those from ``first`` to ``last`` count.
    """
    n = last - first
    if not any_above(whole, cash):
        for k in range(n):
            put(paid, k, at(owed, row + targets[first + k], zero))
        return n
    left = cash
    if rule != PRO_RATA and rule != SHARE:
        reached = 0
        for k in range(n):
            if any_above(left, zero):
                reached = k + 1
            due = at(owed, row + targets[first + k], zero)
            part = where_most(whole, cash, due, least(left, due))
            put(paid, k, part)
            left = left - part
        return reached
    if rule == PRO_RATA:
        base = where_less(0.0, whole, whole, 1.0)
        for k in range(n):
            due = at(owed, row + targets[first + k], zero)
            part = least(least(cash * (due / base), due), left)
            put(paid, k, part)
            left = left - part
    else:
        for k in range(n):
            put(paid, k, zero)
        for _ in range(n):
            heavy = zero
            for k in range(n):
                due = at(owed, row + targets[first + k], zero)
                heavy = heavy + where_less(at(paid, k, zero), due, zero + weights[first + k], 0.0)
            if not any_above(heavy, zero) or not any_above(left, zero):
                break
            base, round_cash = where_less(0.0, heavy, heavy, 1.0), left
            for k in range(n):
                due, had = at(owed, row + targets[first + k], zero), at(paid, k, zero)
                part = least(least(round_cash * (weights[first + k] / base), due - had), left)
                put(paid, k, where_most(due - had, part, due, had + part))
                left = left - part
    # The last crumbs of rounding go to the first that has room.
    for k in range(n):
        due, had = at(owed, row + targets[first + k], zero), at(paid, k, zero)
        part = most(least(left, due - had), 0.0)
        left = left - part
        put(paid, k, where_most(whole, cash, due, had + part))
    return n


@inlined
def tell(ledger: np.ndarray, place: int, have: Any, owed: Any, paid: Any) -> None:
    """What a step saw, owed and paid."""
    put(ledger, place + S_AVAILABLE, have)
    put(ledger, place + S_DUE, owed)
    put(ledger, place + S_PAID, paid)
    put(ledger, place + S_SHORT, owed - paid)
