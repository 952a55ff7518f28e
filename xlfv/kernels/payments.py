"""One step of the waterfall: the cash it finds, what it owes, and how it divides what it pays."""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.deal import (
    C_END,
    PAY_BASIS,
    PAY_COST,
    PAY_HEDGE,
    PAY_INTEREST,
    PAY_OC,
    PAY_PRINCIPAL,
    PAY_RESIDUAL,
    PAY_SHORTFALL,
    PAY_WRITEDOWN,
    PRINCIPAL,
    S_AVAILABLE,
    S_DUE,
    S_PAID,
    S_SHORT,
    SEQUENTIAL,
    SHARE,
    T_BASIS_PAID,
    T_INTEREST_PAID,
    T_PRINCIPAL,
    T_SHORTFALL_PAID,
    T_WRITEDOWN,
    Deal,
    Record,
    debt,
)


@njit(cache=True, error_model="numpy", nogil=True)
def available(funds: np.ndarray, source: int, group: int) -> float:
    """Cash in a bucket, of one group or of all (-1)."""
    if group >= 0:
        return funds[source, group]
    total = 0.0
    for g in range(funds.shape[1]):
        total += funds[source, g]
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def take(funds: np.ndarray, source: int, group: int, amount: float) -> None:
    """Take cash out of a bucket; over groups in their order where ``group`` is -1."""
    if group >= 0:
        funds[source, group] = max(funds[source, group] - amount, 0.0)
        return
    for g in range(funds.shape[1]):
        part = min(funds[source, g], amount)
        funds[source, g] -= part
        amount -= part


@njit(cache=True, error_model="numpy", nogil=True)
def share_out(
    cash: float, owed: np.ndarray, targets: np.ndarray, weights: np.ndarray, rule: int, paid: np.ndarray
) -> float:
    """Divide ``cash`` among targets, none above what it is owed; fills ``paid`` (by target) and returns the sum.

    Sequential pays each in full before the next. Pro rata and share divide by what is owed or by weights, and give
    what a full one cannot take to the others.
    """
    n = targets.size
    left = cash
    if rule == SEQUENTIAL:
        for k in range(n):
            paid[k] = min(left, owed[targets[k]])
            left -= paid[k]
        return cash - left
    for k in range(n):
        paid[k] = 0.0
    for _ in range(n):
        whole = 0.0
        for k in range(n):
            if paid[k] < owed[targets[k]]:
                whole += weights[k] if rule == SHARE else owed[targets[k]]
        if whole <= 0.0 or left <= 0.0:
            break
        round_cash = left
        full = False
        for k in range(n):
            room = owed[targets[k]] - paid[k]
            if room > 0.0:
                part = round_cash * ((weights[k] if rule == SHARE else owed[targets[k]]) / whole)
                if part >= room:
                    part = room
                    full = True
                part = min(part, left)
                paid[k] += part
                left -= part
                if part == room:
                    paid[k] = owed[targets[k]]
        if not full:
            break
    # The last crumbs of rounding go to the first that has room.
    for k in range(n):
        if left <= 0.0:
            break
        part = min(left, owed[targets[k]] - paid[k])
        if part > 0.0:
            paid[k] += part
            left -= part
    return cash - left


@njit(cache=True, error_model="numpy", nogil=True)
def entitle(
    deal: Deal, funds: np.ndarray, balance: np.ndarray, end: float, target: float, entitled: np.ndarray
) -> None:
    """Principal that bonds may take this month, by group: collections less the release of overcollateralization."""
    collected = available(funds, PRINCIPAL, -1)
    keep = 1.0
    if deal.has_oc and collected > 0.0:
        needed = max(debt(deal, balance, -1) - max(end - target, 0.0), 0.0)
        keep = min(needed / collected, 1.0)
    for g in range(entitled.size):
        entitled[g] = funds[PRINCIPAL, g] * keep


@njit(cache=True, error_model="numpy", nogil=True)
def _owed(owed: np.ndarray, targets: np.ndarray) -> float:
    total = 0.0
    for k in targets:
        total += owed[k]
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def _pay(
    cash: float, owed: np.ndarray, targets: np.ndarray, weights: np.ndarray, rule: int, paid: np.ndarray,
    out: np.ndarray, month: int, column: int,
) -> None:  # fmt: skip
    """Divide cash among targets, take it off what they are owed and record it."""
    share_out(cash, owed, targets, weights, rule, paid)
    for k in range(targets.size):
        owed[targets[k]] -= paid[k]
        out[targets[k], month, column] += paid[k]


@njit(cache=True, error_model="numpy", nogil=True)
def _use(entitled: np.ndarray, group: int, amount: float) -> None:
    """Take paid principal off what bonds may take."""
    if group >= 0:
        entitled[group] = max(entitled[group] - amount, 0.0)
        return
    for g in range(entitled.size):
        part = min(entitled[g], amount)
        entitled[g] -= part
        amount -= part


@njit(cache=True, error_model="numpy", nogil=True)
def _write_down(
    deal: Deal, s: int, month: int, balance: np.ndarray, group: int, end: float, cash: np.ndarray, entitled: np.ndarray,
    targets: np.ndarray, weights: np.ndarray, paid: np.ndarray, record: Record,
) -> None:  # fmt: skip
    """Write classes down by what the notes exceed the pool, principal still to be paid aside; no cash moves."""
    pool = end if group < 0 else cash[group, month, C_END]
    coming = entitled.sum() if group < 0 else entitled[group]
    owed = min(max(debt(deal, balance, group) - coming - pool, 0.0), deal.limit[s])
    if owed < 1e-9 * max(pool, 1.0):
        owed = 0.0  # rounding, not a loss
    able = _owed(balance, targets)
    written = min(owed, able)
    record.steps[s, month, S_AVAILABLE] = able
    record.steps[s, month, S_DUE] = owed
    record.steps[s, month, S_PAID] = written
    record.steps[s, month, S_SHORT] = owed - written
    share_out(written, balance, targets, weights, deal.rule[s], paid)
    for k in range(targets.size):
        balance[targets[k]] -= paid[k]
        record.tranches[targets[k], month, T_WRITEDOWN] += paid[k]


@njit(cache=True, error_model="numpy", nogil=True)
def pay_step(
    deal: Deal, s: int, month: int, funds: np.ndarray, entitled: np.ndarray, balance: np.ndarray, due: np.ndarray,
    shortfall: np.ndarray, basis: np.ndarray, cost_due: np.ndarray, hedge_due: np.ndarray, end: float, target: float,
    cash: np.ndarray, paid: np.ndarray, record: Record,
) -> float:  # fmt: skip
    """Run one step; returns what it paid to the residual."""
    op, source, group = deal.op[s], deal.source[s], deal.group[s]
    targets = deal.targets[deal.target_from[s] : deal.target_from[s + 1]]
    weights = deal.weights[deal.target_from[s] : deal.target_from[s + 1]]
    have = available(funds, source, group)
    if op == PAY_WRITEDOWN:
        _write_down(deal, s, month, balance, group, end, cash, entitled, targets, weights, paid, record)
        return 0.0
    if op == PAY_COST:
        owed = cost_due[deal.cost_of[s]]
    elif op == PAY_INTEREST:
        owed = _owed(due, targets)
    elif op == PAY_SHORTFALL:
        owed = _owed(shortfall, targets)
    elif op == PAY_BASIS:
        owed = _owed(basis, targets)
    elif op == PAY_HEDGE:
        owed = _owed(hedge_due, targets)
    elif op == PAY_RESIDUAL:
        owed = have
    else:
        owed = _owed(balance, targets)
        if op == PAY_OC:
            owed = min(owed, max(debt(deal, balance, -1) - max(end - target, 0.0), 0.0))
        elif source == PRINCIPAL:
            owed = min(owed, entitled[group] if group >= 0 else entitled.sum())
    owed = min(owed, deal.limit[s])
    cash_paid = min(have, owed)
    record.steps[s, month, S_AVAILABLE] = have
    record.steps[s, month, S_DUE] = owed
    record.steps[s, month, S_PAID] = cash_paid
    record.steps[s, month, S_SHORT] = owed - cash_paid
    take(funds, source, group, cash_paid)
    if op == PAY_RESIDUAL:
        return cash_paid
    if op == PAY_COST:
        cost_due[deal.cost_of[s]] -= cash_paid
        record.costs[deal.cost_of[s], month, 1] += cash_paid
    elif op == PAY_INTEREST:
        _pay(cash_paid, due, targets, weights, deal.rule[s], paid, record.tranches, month, T_INTEREST_PAID)
        for k in targets:
            if deal.last_interest[k] == s:  # what no later step can pay is short from here on
                shortfall[k] += due[k]
                due[k] = 0.0
    elif op == PAY_SHORTFALL:
        _pay(cash_paid, shortfall, targets, weights, deal.rule[s], paid, record.tranches, month, T_SHORTFALL_PAID)
    elif op == PAY_BASIS:
        _pay(cash_paid, basis, targets, weights, deal.rule[s], paid, record.tranches, month, T_BASIS_PAID)
    elif op == PAY_HEDGE:
        _pay(cash_paid, hedge_due, targets, weights, deal.rule[s], paid, record.hedges, month, 2)
    else:
        _pay(cash_paid, balance, targets, weights, deal.rule[s], paid, record.tranches, month, T_PRINCIPAL)
        if op == PAY_PRINCIPAL and source == PRINCIPAL:
            _use(entitled, group, cash_paid)
    return 0.0
