"""The priority of payments: a table of steps run in order every month, each leaving what it saw, owed and paid.

A step takes cash from a bucket (interest, principal, excess, hedge) of one loan group or of all, owes an amount by its
kind, and pays its targets by its rule. It depends on nothing but the state at the start of the month and the steps
before it. What no step takes goes to the residual.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.accruals import (
    accrue_costs,
    accrue_interest,
    holds,
    measure_trigger,
    set_notionals,
    settle_hedges,
    steps_down,
)
from xlfv.kernels.deal import (
    AFTER_STEPDOWN,
    BEFORE_STEPDOWN,
    C_BEGIN,
    C_END,
    C_INTEREST,
    C_LATE,
    C_LOSS,
    C_PRINCIPAL,
    EXCESS,
    HEDGE,
    INTEREST,
    OFF,
    ON,
    PRINCIPAL,
    S_AVAILABLE,
    S_DUE,
    S_PAID,
    T_BASIS,
    T_END,
    T_SHORTFALL,
    TRANCHE_COLUMNS,
    Deal,
    Record,
    debt,
    total_of,
)
from xlfv.kernels.payments import entitle, pay_step


@njit(cache=True, error_model="numpy", nogil=True)
def run(deal: Deal, cash: np.ndarray) -> Record:
    """Run the waterfall.

    Args:
        deal: the rules.
        cash: float64[G, T+1, 8], collateral cash by group; see the C_ columns.

    Returns:
        What every month left. Nothing here raises: the caller proves conservation.
    """
    groups, rows, _ = cash.shape
    K, S, C, H, X = deal.balance.size, deal.op.size, deal.cost_rate.size, deal.hedge_rate.shape[0], deal.measure.size
    record = Record(
        np.zeros((K, rows, TRANCHE_COLUMNS)), np.zeros((S + 1, rows, 4)), np.zeros((C, rows, 2)),
        np.zeros((H, rows, 3)), np.zeros((X, rows, 3)), np.zeros((rows, 5)),
    )  # fmt: skip
    balance = deal.balance.copy()
    shortfall = deal.shortfall.copy()
    basis = deal.carryforward.copy()
    due = np.zeros(K)
    cost_due = np.zeros(C)
    hedge_due = np.zeros(H)
    funds = np.zeros((4, groups))
    entitled = np.zeros(groups)
    paid = np.zeros(max(K, max(H, 1)))
    on = np.zeros(X, np.bool_)
    late = np.zeros(rows)
    lost = deal.prior_loss
    stepped = False
    target = deal.oc_target
    for month in range(rows):
        pool = 0.0
        behind = 0.0
        for g in range(groups):
            pool += cash[g, month, C_END]
            behind += cash[g, month, C_LATE]
        late[month] = behind / pool if pool > 0.0 else 0.0
    pool = 0.0
    for g in range(groups):
        pool += cash[g, 0, C_END]
    set_notionals(deal, balance, pool)
    for k in range(K):
        record.tranches[k, 0, T_END] = balance[k]
        record.tranches[k, 0, T_SHORTFALL] = shortfall[k]
        record.tranches[k, 0, T_BASIS] = basis[k]
    record.deal[0, 1] = debt(deal, balance, -1)
    record.deal[0, 2] = pool - record.deal[0, 1]
    record.deal[0, 3] = target
    for month in range(1, rows):
        begin = 0.0
        end = 0.0
        for g in range(groups):
            begin += cash[g, month, C_BEGIN]
            end += cash[g, month, C_END]
            lost += cash[g, month, C_LOSS]
            funds[INTEREST, g] = cash[g, month, C_INTEREST]
            funds[PRINCIPAL, g] = cash[g, month, C_PRINCIPAL]
            funds[EXCESS, g] = 0.0
            funds[HEDGE, g] = 0.0
        fees = accrue_costs(deal, month, cash, balance, cost_due, record)
        accrue_interest(deal, month, cash, balance, fees, due, basis, record)
        funds[HEDGE, 0] = settle_hedges(deal, month, balance, begin, hedge_due, record)
        held = False
        for x in range(X):
            value = measure_trigger(deal, x, month, cash, balance, lost, late)
            fails = holds(value, deal.test[x], deal.threshold[x, month])
            on[x] = fails or (on[x] and not deal.cures[x])
            held = held or (on[x] and deal.holds_target[x])
            record.triggers[x, month, 0] = value
            record.triggers[x, month, 1] = deal.threshold[x, month]
            record.triggers[x, month, 2] = 1.0 if on[x] else 0.0
        seniors = total_of(balance, deal.is_senior)
        stepped = stepped or steps_down(deal, month, begin, seniors)
        if deal.has_oc and stepped and not held and not np.isnan(deal.oc_after):
            wanted = deal.oc_after * end if deal.oc_after < 1.0 else deal.oc_after
            target = max(min(target, wanted), deal.oc_floor)
        entitle(deal, funds, balance, end, target, entitled)
        residual = 0.0
        for s in range(S):
            w = deal.when[s]
            if (
                (w == BEFORE_STEPDOWN and stepped)
                or (w == AFTER_STEPDOWN and not stepped)
                or (w == ON and not on[deal.when_trigger[s]])
                or (w == OFF and on[deal.when_trigger[s]])
            ):
                continue
            source = deal.source[s]
            if source == EXCESS:
                # Excess is what the other buckets hold once no later step draws on them.
                for b in (INTEREST, PRINCIPAL, HEDGE):
                    if s > deal.last_of[b]:
                        for g in range(groups):
                            funds[EXCESS, g] += funds[b, g]
                            funds[b, g] = 0.0
            residual += pay_step(
                deal, s, month, funds, entitled, balance, due, shortfall, basis, cost_due, hedge_due, end, target,
                cash, paid, record,
            )  # fmt: skip
        left = 0.0
        for b in range(4):
            for g in range(groups):
                left += funds[b, g]
        record.steps[S, month, S_AVAILABLE] = left
        record.steps[S, month, S_DUE] = left
        record.steps[S, month, S_PAID] = left
        set_notionals(deal, balance, end)
        for k in range(K):
            shortfall[k] += due[k]
            record.tranches[k, month, T_SHORTFALL] = shortfall[k]
            record.tranches[k, month, T_BASIS] = basis[k]
            record.tranches[k, month, T_END] = balance[k]
        bonds = debt(deal, balance, -1)
        record.deal[month, 0] = residual + left
        record.deal[month, 1] = bonds
        record.deal[month, 2] = end - bonds
        record.deal[month, 3] = target
        record.deal[month, 4] = 1.0 if stepped else 0.0
    return record
