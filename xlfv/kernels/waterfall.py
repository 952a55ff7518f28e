"""The priority of payments: a table of steps run in order every month, each leaving what it saw, owed and paid.

A step takes cash from a bucket (interest, principal, excess, hedge, an account ...) of one loan group or of all, owes an
amount by its kind, and pays its targets by its rule. It depends on nothing but the state at the start of the month and the
steps before it. What no step takes goes to the residual; what lies in accounts stays there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xlfv.kernels.accruals import (
    accrue_costs,
    accrue_interest,
    holds,
    measure_trigger,
    set_accounts,
    set_accreting,
    set_notionals,
    settle_hedges,
    steps_down,
    threshold_of,
)
from xlfv.kernels.deal import (
    AFTER_STEPDOWN,
    B_BALANCE,
    B_BASIS,
    B_DRAWN,
    B_DUE,
    B_LOSS,
    B_SHORTFALL,
    BEFORE_STEPDOWN,
    BOOKS,
    C_BEGIN,
    C_END,
    C_INTEREST,
    C_LATE,
    C_LOSS,
    C_PRINCIPAL,
    C_RECOVERED,
    C_SCHEDULED,
    CALLED,
    EXCESS,
    HEDGE,
    INTEREST,
    NOT_CALLED,
    OFF,
    ON,
    P_SOURCE,
    P_TRIGGER,
    P_WHEN,
    PREPAID,
    PRINCIPAL,
    S_AVAILABLE,
    S_DUE,
    S_PAID,
    SCHEDULED,
    T_BASIS,
    T_END,
    T_LOSS,
    T_SHORTFALL,
    TRANCHE_COLUMNS,
    Deal,
    Record,
    compiled,
    debt,
    inlined,
    total_of,
)
from xlfv.kernels.payments import entitle, pay_step


@inlined
def skips(deal: Deal, s: int, month: int, stepped: bool, on: np.ndarray) -> bool:
    """Whether a step's condition keeps it from being run this month."""
    when = deal.steps[s, P_WHEN]
    return (
        (when == BEFORE_STEPDOWN and stepped)
        or (when == AFTER_STEPDOWN and not stepped)
        or (when == ON and not on[deal.steps[s, P_TRIGGER]])
        or (when == OFF and on[deal.steps[s, P_TRIGGER]])
        or (when == CALLED and month != deal.call_month)
        or (when == NOT_CALLED and month == deal.call_month)
    )


@inlined
def collect(deal: Deal, month: int, cash: np.ndarray, funds: np.ndarray, recovered: np.ndarray) -> None:
    """Fill the buckets with what the collateral brought; accounts keep what they hold."""
    for g in range(cash.shape[0]):
        for b in range(deal.last_of.size):
            funds[b, g] = 0.0
        funds[INTEREST, g] = cash[g, month, C_INTEREST]
        recovered[g] = cash[g, month, C_RECOVERED]
        if deal.splits_principal:
            funds[SCHEDULED, g] = cash[g, month, C_SCHEDULED]
            funds[PREPAID, g] = cash[g, month, C_PRINCIPAL] - cash[g, month, C_SCHEDULED]
        else:
            funds[PRINCIPAL, g] = cash[g, month, C_PRINCIPAL]


def run(deal: Deal, cash: np.ndarray) -> Record:
    """Run the waterfall.

    Args:
        deal: the rules.
        cash: float64[G, T+1, 10], collateral cash by group; see the C_ columns.

    Returns:
        What every month left. Nothing here raises: the caller proves conservation.
    """
    groups, rows, _ = cash.shape
    K, S, C, H = deal.balance.size, deal.steps.shape[0], deal.cost_rate.size, deal.hedge_rate.shape[0]
    X, A, N, B = deal.measure.size, deal.account_balance.size, deal.insurers, deal.last_of.size
    # Laid out month by month, as they are filled; read class by class and step by step.
    record = Record(
        np.zeros((rows, K, TRANCHE_COLUMNS)).transpose(1, 0, 2), np.zeros((rows, S + 1, 4)).transpose(1, 0, 2),
        np.zeros((C, rows, 2)), np.zeros((H, rows, 3)), np.zeros((X, rows, 3)), np.zeros((rows, 5)),
        np.zeros((A, rows, 6)), np.zeros((N, rows, 3)),
    )  # fmt: skip
    widest = max(K, H, C, A, N, 1)
    book = np.zeros((BOOKS, widest))
    book[B_BALANCE, :K] = deal.balance
    book[B_SHORTFALL, :K] = deal.shortfall
    book[B_BASIS, :K] = deal.carryforward
    book[B_LOSS, :K] = deal.written
    funds = np.zeros((B + A, groups))
    funds[B:, 0] = deal.account_balance
    record.accounts[:, 0, 4] = deal.account_balance
    scratch = Scratch(
        np.zeros((B, groups)), np.zeros(groups), np.zeros(groups), np.zeros(groups + 1), np.zeros(A),
        np.zeros(K, np.bool_), np.zeros(widest), np.zeros(X, np.bool_), np.zeros(rows),
    )  # fmt: skip
    run_months(deal, cash, book, funds, scratch, record)
    return record


class Scratch(NamedTuple):
    """What the months work on."""

    brought: np.ndarray  # [B, G] what the buckets held at the start of the month
    entitled: np.ndarray  # [G] principal that bonds may take
    recovered: np.ndarray  # [G] subsequent recoveries not yet written up
    rates: np.ndarray  # [G+1] net rates of the groups and the pool
    room: np.ndarray  # [A] targets of accounts
    accreting: np.ndarray  # bool[K]
    paid: np.ndarray  # [widest]
    on: np.ndarray  # bool[X]
    late: np.ndarray  # [T+1]


@compiled
def run_months(
    deal: Deal, cash: np.ndarray, book: np.ndarray, funds: np.ndarray, scratch: Scratch, record: Record
) -> None:
    """Run every month in order; allocates nothing, so nothing is counted."""
    groups, rows, _ = cash.shape
    K, S, X, A = deal.balance.size, deal.steps.shape[0], deal.measure.size, deal.account_balance.size
    N, B = deal.insurers, deal.last_of.size
    brought, entitled, recovered, rates, room, accreting, paid, on, late = scratch
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
    past_call = pool <= deal.call_factor * deal.original_balance
    set_notionals(deal, book, pool)
    for k in range(K):
        record.tranches[k, 0, T_END] = book[B_BALANCE, k]
        record.tranches[k, 0, T_SHORTFALL] = book[B_SHORTFALL, k]
        record.tranches[k, 0, T_BASIS] = book[B_BASIS, k]
        record.tranches[k, 0, T_LOSS] = book[B_LOSS, k]
    record.deal[0, 1] = debt(book, deal.is_note, deal.bond_group, -1)
    record.deal[0, 2] = pool - record.deal[0, 1]
    record.deal[0, 3] = target
    for month in range(1, rows):
        begin = 0.0
        end = 0.0
        for g in range(groups):
            begin += cash[g, month, C_BEGIN]
            end += cash[g, month, C_END]
            lost += cash[g, month, C_LOSS]
        collect(deal, month, cash, funds, recovered)
        accrue_costs(deal, month, cash, book, record)
        funds[HEDGE, 0] = settle_hedges(deal, month, book, begin, record)
        accrue_interest(deal, month, cash, book, past_call, rates, record)
        set_accreting(deal, book, accreting)
        set_accounts(deal, month, book, end, room)
        for a in range(A):
            record.accounts[a, month, 0] = funds[B + a, 0]
            record.accounts[a, month, 5] = room[a]
        for b in range(B):
            for g in range(groups):
                brought[b, g] = funds[b, g]
        held = False
        for x in range(X):
            value = measure_trigger(deal, x, month, cash, book, lost, late)
            wanted = threshold_of(deal, x, month, cash, book)
            fails = holds(value, deal.test[x], wanted)
            on[x] = fails or (on[x] and not deal.cures[x])
            held = held or (on[x] and deal.holds_target[x])
            record.triggers[x, month, 0] = value
            record.triggers[x, month, 1] = wanted
            record.triggers[x, month, 2] = 1.0 if on[x] else 0.0
        seniors = total_of(book[B_BALANCE], deal.is_senior)
        stepped = stepped or steps_down(deal, month, begin, seniors)
        if deal.has_oc and stepped and not held and not np.isnan(deal.oc_after):
            wanted = deal.oc_after * end if deal.oc_after < 1.0 else deal.oc_after
            target = max(min(target, wanted), deal.oc_floor)
        entitle(deal, funds, book, end, target, entitled)
        residual = 0.0
        for s in range(S):
            if skips(deal, s, month, stepped, on):
                continue
            if deal.steps[s, P_SOURCE] == EXCESS:
                # Excess is what the other buckets hold once no later step draws on them.
                for b in range(B):
                    if b != EXCESS and s > deal.last_of[b]:
                        for g in range(groups):
                            funds[EXCESS, g] += funds[b, g]
                            funds[b, g] = 0.0
            residual += pay_step(
                deal, s, month, funds, brought, entitled, recovered, book, accreting, room, end, target, cash, paid,
                record,
            )  # fmt: skip
        left = 0.0
        for b in range(B):
            for g in range(groups):
                left += funds[b, g]
        record.steps[S, month, S_AVAILABLE] = left
        record.steps[S, month, S_DUE] = left
        record.steps[S, month, S_PAID] = left
        set_notionals(deal, book, end)
        for k in range(K):
            book[B_SHORTFALL, k] += book[B_DUE, k]
            record.tranches[k, month, T_SHORTFALL] = book[B_SHORTFALL, k]
            record.tranches[k, month, T_BASIS] = book[B_BASIS, k]
            record.tranches[k, month, T_LOSS] = book[B_LOSS, k]
            record.tranches[k, month, T_END] = book[B_BALANCE, k]
        for a in range(A):
            record.accounts[a, month, 4] = funds[B + a, 0]
        for n in range(N):
            record.insurers[n, month, 2] = book[B_DRAWN, n]
        past_call = past_call or end <= deal.call_factor * deal.original_balance
        bonds = debt(book, deal.is_note, deal.bond_group, -1)
        record.deal[month, 0] = residual + left
        record.deal[month, 1] = bonds
        record.deal[month, 2] = end - bonds
        record.deal[month, 3] = target
        record.deal[month, 4] = 1.0 if stepped else 0.0
