"""One step of the waterfall: the cash it finds, what it owes, and how it divides what it pays."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.claims import above_target, share_of_pool
from xlfv.kernels.deal import (
    AGGREGATE,
    ALWAYS,
    B_BALANCE,
    B_DRAWN,
    B_DUE,
    B_ROOM,
    B_SHORTFALL,
    DOLLARS,
    P_BOOK,
    P_COLUMN,
    P_FIRST,
    P_FROM,
    P_GROUP,
    P_MOST,
    P_OP,
    P_RULE,
    P_SOURCE,
    P_TO,
    P_WHEN,
    PAY_COST,
    PAY_DEPOSIT,
    PAY_HEDGE,
    PAY_INTEREST,
    PAY_OC,
    PAY_PRINCIPAL,
    PAY_REIMBURSEMENT,
    PAY_RELEASE,
    PAY_RESIDUAL,
    PAY_TERMINATION,
    PREPAID,
    PRINCIPAL,
    REST,
    SCHEDULE,
    SCHEDULED,
    T_ACCRETED,
    TARGET,
    TRANCHE_COLUMNS,
    Deal,
    Places,
    debt,
    inlined,
)
from xlfv.kernels.funds import available, entitlement, share_out, spread, take, tell, use
from xlfv.kernels.lanes import any_above, at, least, most, put, where_less


@inlined
def add(array: np.ndarray, place: int, amount: Any, zero: Any) -> None:
    """Add to an entry."""
    put(array, place, at(array, place, zero) + amount)


@inlined
def _planned(
    deal: Deal, s: int, month: int, wide: int, called: Any, funds: np.ndarray, groups: int, book: np.ndarray,
    room: np.ndarray, zero: Any,
) -> None:  # fmt: skip
    """What a step owes that is neither due nor a balance.

    Up to an account's target; down to a planned balance; and of an insurer all of a class at its final maturity.
    """
    op = deal.steps[s, P_OP]
    for t in range(deal.steps[s, P_FROM], deal.steps[s, P_TO]):
        k = deal.targets[t]
        if op == PAY_DEPOSIT:
            owed = at(room, k, zero) - at(funds, (deal.buckets + k) * groups, zero)
        elif deal.steps[s, P_RULE] == SCHEDULE:
            owed = at(book, k, zero) - where_less(0.0, called, 0.0, deal.planned[k, month])
        else:
            owed = at(book, k, zero) if month >= deal.final_month[k] else zero
        put(book, B_ROOM * wide + k, most(owed, 0.0))


@inlined
def _leave_short(deal: Deal, s: int, k: int, wide: int, book: np.ndarray, zero: Any) -> None:
    """Interest that no later step can pay is short from here on, whether the last one was run or not."""
    if deal.last_interest[k] == s:
        due = B_DUE * wide + k
        add(book, B_SHORTFALL * wide + k, at(book, due, zero), zero)
        put(book, due, zero)


@inlined
def _accrete(
    deal: Deal, k: int, part: Any, groups: int, funds: np.ndarray, brought: np.ndarray, entitled: np.ndarray,
    book: np.ndarray, accreting: np.ndarray, ledger: np.ndarray, base: int, zero: Any,
) -> Any:  # fmt: skip
    """Interest of a z class that accretes is added to its balance, and the cash is principal; returns what is paid out."""
    home, group = deal.accretes_to[k], max(deal.bond_group[k], 0)
    grown = where_less(0.0, at(accreting, k, zero), part, 0.0)
    add(book, k, grown, zero)
    add(ledger, base + k * TRANCHE_COLUMNS + T_ACCRETED, grown, zero)
    add(funds, home * groups + group, grown, zero)
    add(brought, home * groups + group, grown, zero)
    if home == PRINCIPAL:
        add(entitled, group, grown, zero)
    return part - grown


@inlined
def pay_one(
    deal: Deal, s: int, groups: int, wide: int, runs: Any, funds: np.ndarray, entitled: np.ndarray, book: np.ndarray,
    ledger: np.ndarray, base: int, places: Places, kept: bool, zero: Any,
) -> None:  # fmt: skip
    """Run a plain step: one class is paid what it is owed out of one bucket. It is what :func:`pay_step` does, sooner."""
    op, source, group = deal.steps[s, P_OP], deal.steps[s, P_SOURCE], deal.steps[s, P_GROUP]
    k = deal.targets[deal.steps[s, P_FROM]]
    low, high = (0, groups) if group < 0 else (group, group + 1)
    claim = deal.steps[s, P_BOOK] * wide + k
    have = available(funds, source, low, high, groups, False, zero)
    due = at(book, claim, zero)
    owed = due
    if op == PAY_PRINCIPAL and source == PRINCIPAL:
        owed = least(owed, entitlement(entitled, low, high, zero))
    if deal.steps[s, P_WHEN] != ALWAYS:
        have = where_less(0.0, runs, have, 0.0)
        owed = where_less(0.0, runs, owed, 0.0)
    spent = least(have, owed)
    if kept:
        tell(ledger, base + places.steps + 4 * s, have, owed, spent)
    if op == PAY_INTEREST:
        put(book, claim, due - spent)
        _leave_short(deal, s, k, wide, book, zero)
    elif any_above(spent, zero):
        put(book, claim, due - spent)
    else:
        return
    take(funds, source, low, high, groups, False, spent, zero)
    add(ledger, base + k * TRANCHE_COLUMNS + deal.steps[s, P_COLUMN], spent, zero)
    if op == PAY_PRINCIPAL and source == PRINCIPAL:
        use(entitled, low, high, spent, zero)


@inlined
def pay_step(
    deal: Deal, s: int, month: int, rows: int, groups: int, wide: int, runs: Any, called: Any, funds: np.ndarray,
    brought: np.ndarray, entitled: np.ndarray, book: np.ndarray, accreting: np.ndarray, room: np.ndarray,
    shares: np.ndarray, spent_of: np.ndarray, end: Any, target: Any, cash: np.ndarray, paid: np.ndarray, ledger: np.ndarray, base: int, places: Places, kept: bool, zero: Any,
) -> Any:  # fmt: skip
    """Run one step of cash; returns what it paid to the residual.

    Args:
        rows: months of the cash, month 0 too.
        groups, wide: entries of a bucket, and of a row of what is owed.
        runs, called: 1 where the step is run, and where the deal is called this month; else 0.
        kept: whether the record of steps is.
    """
    op, source, group = deal.steps[s, P_OP], deal.steps[s, P_SOURCE], deal.steps[s, P_GROUP]
    row, first, last = deal.steps[s, P_BOOK], deal.steps[s, P_FROM], deal.steps[s, P_TO]
    rule, kind = deal.steps[s, P_RULE], deal.steps[s, P_MOST]
    low, high = (0, groups) if group < 0 else (group, group + 1)
    account = source - deal.buckets
    insurer = account - deal.account_balance.size
    collected = source in (PRINCIPAL, SCHEDULED, PREPAID)
    of_bonds = op in (PAY_PRINCIPAL, PAY_OC)
    have = zero
    if insurer < 0:
        have = available(funds, source, low, high, groups, deal.splits_principal, zero)
    owed, whole = have, zero
    if op == PAY_RELEASE:
        owed = most(have - at(room, account, zero), 0.0)
    elif op != PAY_RESIDUAL:
        if op == PAY_DEPOSIT or rule == SCHEDULE or (insurer >= 0 and op == PAY_PRINCIPAL):
            _planned(deal, s, month, wide, called, funds, groups, book, room, zero)
            row = B_ROOM
        for t in range(first, last):
            whole = whole + at(book, row * wide + deal.targets[t], zero)
        owed = whole
        if rule == AGGREGATE:
            owed = most(owed - where_less(0.0, called, 0.0, deal.planned[deal.targets[first], month]), 0.0)
        elif rule == TARGET:
            owed = least(owed, above_target(deal, s, month, rows, book, end, cash, zero))
        if op == PAY_OC:
            notes = debt(book, deal.is_note, deal.bond_group, -1, zero)
            owed = least(owed, most(notes - most(end - target, 0.0), 0.0))
        elif op == PAY_PRINCIPAL and collected:
            owed = least(owed, entitlement(entitled, low, high, zero))
    bounded = owed
    if kind != DOLLARS:
        base_cash = have
        if kind != REST:
            base_cash = available(brought, source, low, high, groups, deal.splits_principal, zero)
        bounded = least(owed, share_of_pool(deal, s, month, rows, low, high, base_cash, cash, ledger, base, zero))
    elif deal.limit[s] < np.inf:
        limit = zero + deal.limit[s]  # of the table's step, whichever loan groups it is run for
        for before in range(deal.steps[s, P_FIRST], s):
            limit = limit - at(spent_of, before, zero)
        bounded = least(owed, most(limit, 0.0))
    # A deal that is called is paid off: nothing holds its principal back.
    owed = where_less(0.0, called, owed, bounded) if of_bonds else bounded
    owed = where_less(0.0, runs, owed, 0.0)
    have = where_less(0.0, runs, have, 0.0) if insurer < 0 else owed
    spent = least(have, owed)
    if kept:
        tell(ledger, base + places.steps + 4 * s, have, owed, spent)
    if kind == DOLLARS and deal.limit[s] < np.inf:
        put(spent_of, s, spent)
    if op != PAY_INTEREST and not any_above(spent, zero):
        return zero
    if insurer >= 0:
        add(book, B_DRAWN * wide + insurer, spent, zero)
        add(ledger, base + places.insurers + 3 * insurer, spent, zero)
    else:
        take(funds, source, low, high, groups, deal.splits_principal, spent, zero)
        if account >= 0:
            add(ledger, base + places.accounts + 6 * account + (3 if op == PAY_RELEASE else 2), spent, zero)
    if op == PAY_RESIDUAL:
        return spent
    if op == PAY_RELEASE:
        spread(funds, brought, groups, spent, shares, zero)
        return zero
    if last - first == 1:
        put(paid, 0, spent)
    else:
        reached = share_out(spent, whole, book, row * wide, deal.targets, first, last, deal.weights, rule, paid, zero)
        if op != PAY_INTEREST:
            last = first + reached
    for t in range(first, last):
        k, part = deal.targets[t], at(paid, t - first, zero)
        put(book, row * wide + k, at(book, row * wide + k, zero) - part)
        if op == PAY_INTEREST:
            if deal.accretes_to[k] >= 0:
                part = _accrete(deal, k, part, groups, funds, brought, entitled, book, accreting, ledger, base, zero)
            add(ledger, base + k * TRANCHE_COLUMNS + deal.steps[s, P_COLUMN], part, zero)
            _leave_short(deal, s, k, wide, book, zero)
        elif op == PAY_COST:
            add(ledger, base + places.costs + 2 * k + 1, part, zero)
        elif op in (PAY_HEDGE, PAY_TERMINATION):
            add(ledger, base + places.hedges + 3 * k + 2, part, zero)
        elif op == PAY_DEPOSIT:
            add(funds, (deal.buckets + k) * groups, part, zero)
            add(brought, (deal.buckets + k) * groups, part, zero)
            add(ledger, base + places.accounts + 6 * k + 1, part, zero)
        elif op == PAY_REIMBURSEMENT:
            add(ledger, base + places.insurers + 3 * k + 1, part, zero)
        else:
            add(ledger, base + k * TRANCHE_COLUMNS + deal.steps[s, P_COLUMN], part, zero)
            if row == B_ROOM:
                put(book, B_BALANCE * wide + k, at(book, B_BALANCE * wide + k, zero) - part)
    if op == PAY_PRINCIPAL and collected:
        use(entitled, low, high, spent, zero)
    return zero
