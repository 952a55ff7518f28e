"""The priority of payments: a table of steps run in order every month, each leaving what it saw, owed and paid.

A step takes cash from a bucket (interest, principal, excess, hedge) of one loan group or of all, owes an amount by its
kind, and pays its targets by its rule. It depends on nothing but the state at the start of the month and the steps
before it. What no step takes goes to the residual.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

# Buckets of cash.
INTEREST, PRINCIPAL, EXCESS, HEDGE = range(4)
# Kinds of payment.
PAY_COST, PAY_INTEREST, PAY_SHORTFALL, PAY_PRINCIPAL, PAY_OC, PAY_BASIS, PAY_WRITEDOWN, PAY_HEDGE, PAY_RESIDUAL = range(
    9
)
# Rules.
SEQUENTIAL, PRO_RATA, SHARE = range(3)
# Conditions.
ALWAYS, BEFORE_STEPDOWN, AFTER_STEPDOWN, ON, OFF = range(5)
# Coupons.
FIXED, FLOATING, NET_WAC, NONE = range(4)
# Trigger measures.
M_LOSS, M_DELINQUENCY, M_ROLLING, M_OC, M_ENHANCEMENT, M_MONTH, M_AGE, M_FACTOR = range(8)
# Trigger tests.
GREATER, LESS, AT_LEAST, AT_MOST = range(4)
# Notionals.
OWN, POOL, LINKED = range(3)

# Collateral cash, a column a quantity.
(C_INTEREST, C_PRINCIPAL, C_LOSS, C_BEGIN, C_END, C_LATE, C_NET_DUE) = range(7)
# A tranche's month, a column a quantity.
(
    T_BEGIN, T_COUPON, T_INTEREST_DUE, T_INTEREST_PAID, T_SHORTFALL_PAID, T_SHORTFALL, T_CAPPED, T_BASIS_PAID, T_BASIS,
    T_PRINCIPAL, T_WRITEDOWN, T_END,
) = range(12)  # fmt: skip
TRANCHE_COLUMNS = 12
# A step's month.
S_AVAILABLE, S_DUE, S_PAID, S_SHORT = range(4)


class Deal(NamedTuple):
    """A deal's rules as arrays. K tranches, S steps, C costs, H hedges, X triggers, G groups, T months."""

    balance: np.ndarray  # [K] at the cut-off; notional of an io
    shortfall: np.ndarray  # [K]
    carryforward: np.ndarray  # [K]
    is_note: np.ndarray  # bool[K]: counts as debt (not an io)
    is_senior: np.ndarray  # bool[K]
    notional_kind: np.ndarray  # int[K]: OWN, POOL, LINKED
    notional_of: np.ndarray  # bool[K, K]
    coupon_kind: np.ndarray  # int[K]
    coupon: np.ndarray  # [K, T+1] before net rate and net WAC cap
    cap_group: np.ndarray  # int[K]: -2 no net WAC cap, -1 pool, else group
    wac_group: np.ndarray  # int[K]: -1 pool, else group
    bond_group: np.ndarray  # int[K]: -1 all
    accrual: np.ndarray  # [K, T+1] share of a year
    op: np.ndarray  # int[S]
    source: np.ndarray  # int[S]
    rule: np.ndarray  # int[S]
    group: np.ndarray  # int[S]: -1 all
    cost_of: np.ndarray  # int[S]
    when: np.ndarray  # int[S]
    when_trigger: np.ndarray  # int[S]
    limit: np.ndarray  # [S]
    target_from: np.ndarray  # int[S+1]
    targets: np.ndarray  # int[sum]
    weights: np.ndarray  # [sum]
    cost_basis: np.ndarray  # int[C]: 0 pool, 1 bonds, 2 fixed or count (amount by month)
    cost_rate: np.ndarray  # [C]
    cost_amount: np.ndarray  # [C, T+1] dollars a month
    cost_minimum: np.ndarray  # [C] a month
    cost_cap: np.ndarray  # [C] a month
    cost_group: np.ndarray  # int[C]
    hedge_rate: np.ndarray  # [H, T+1] settlement a unit of notional, day count included
    hedge_notional: np.ndarray  # [H, T+1]
    hedge_linked: np.ndarray  # int[H]: OWN, POOL, LINKED
    hedge_of: np.ndarray  # bool[H, K]
    hedge_inside: np.ndarray  # bool[H]
    measure: np.ndarray  # int[X]
    test: np.ndarray  # int[X]
    threshold: np.ndarray  # [X, T+1]
    cures: np.ndarray  # bool[X]
    age: np.ndarray  # [T+1] deal age in months
    original_balance: float
    prior_loss: float
    has_oc: bool
    oc_target: float  # dollars
    oc_after: float  # a share of the pool where below 1, else dollars; nan: none
    oc_floor: float  # dollars
    stepdown_age: float  # nan: none
    stepdown_enhancement: float  # nan: none


class Record(NamedTuple):
    """What every month left: dollars, month 0 first."""

    tranches: np.ndarray  # [K, T+1, 12]
    steps: np.ndarray  # [S+1, T+1, 4], the last row is what was left over
    costs: np.ndarray  # [C, T+1, 2] due, paid
    hedges: np.ndarray  # [H, T+1, 3] notional, received, paid
    triggers: np.ndarray  # [X, T+1, 3] value, threshold, on
    deal: np.ndarray  # [T+1, 5] residual, bonds, oc, oc target, stepped down


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
def holds(value: float, test: int, threshold: float) -> bool:
    """Whether ``value test threshold``."""
    if test == GREATER:
        return value > threshold
    if test == LESS:
        return value < threshold
    if test == AT_LEAST:
        return value >= threshold
    return value <= threshold


@njit(cache=True, error_model="numpy", nogil=True)
def total_of(values: np.ndarray, mask: np.ndarray) -> float:
    """Sum of the masked values."""
    total = 0.0
    for k in range(values.size):
        if mask[k]:
            total += values[k]
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def debt(deal: Deal, balance: np.ndarray, group: int) -> float:
    """Balance of all notes (no ios), of one group or of all (-1)."""
    total = 0.0
    for k in range(balance.size):
        if deal.is_note[k] and (group < 0 or deal.bond_group[k] == group):
            total += balance[k]
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def measure_trigger(
    deal: Deal, x: int, month: int, cash: np.ndarray, balance: np.ndarray, lost: float, late: np.ndarray
) -> float:
    """A trigger's value this month, before anything is paid."""
    kind = deal.measure[x]
    begin = 0.0
    end = 0.0
    for g in range(cash.shape[0]):
        begin += cash[g, month, C_BEGIN]
        end += cash[g, month, C_END]
    if kind == M_LOSS:
        return lost / deal.original_balance if deal.original_balance > 0.0 else 0.0
    if kind == M_DELINQUENCY:
        return late[month]
    if kind == M_ROLLING:
        first = max(month - 2, 0)
        total = 0.0
        for m in range(first, month + 1):
            total += late[m]
        return total / (month + 1 - first)
    if kind == M_OC:
        return begin - debt(deal, balance, -1)
    if kind == M_ENHANCEMENT:
        return 1.0 - total_of(balance, deal.is_senior) / begin if begin > 0.0 else 0.0
    if kind == M_MONTH:
        return float(month)
    if kind == M_AGE:
        return deal.age[month]
    return end / deal.original_balance if deal.original_balance > 0.0 else 0.0


@njit(cache=True, error_model="numpy", nogil=True)
def net_rate(cash: np.ndarray, month: int, group: int, fees: float) -> float:
    """Annual net rate of the collateral: interest due after servicing and trust costs over the balance it accrues on."""
    due = 0.0
    begin = 0.0
    whole = 0.0
    for g in range(cash.shape[0]):
        whole += cash[g, month, C_BEGIN]
        if group < 0 or g == group:
            due += cash[g, month, C_NET_DUE]
            begin += cash[g, month, C_BEGIN]
    if begin <= 0.0:
        return 0.0
    return max(12.0 * (due / begin - fees / whole), 0.0)


@njit(cache=True, error_model="numpy", nogil=True)
def run(deal: Deal, cash: np.ndarray) -> Record:
    """Run the waterfall.

    Args:
        deal: the rules.
        cash: float64[G, T+1, 7], collateral cash by group; see the C_ columns.

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
        _set_notionals(deal, balance, begin)
        fees = _accrue_costs(deal, month, cash, balance, cost_due, record)
        _accrue_interest(deal, month, cash, balance, fees, due, basis, record)
        funds[HEDGE, 0] = _settle_hedges(deal, month, balance, begin, hedge_due, record)
        any_on = False
        for x in range(X):
            value = measure_trigger(deal, x, month, cash, balance, lost, late)
            fails = holds(value, deal.test[x], deal.threshold[x, month])
            on[x] = fails or (on[x] and not deal.cures[x])
            any_on = any_on or on[x]
            record.triggers[x, month, 0] = value
            record.triggers[x, month, 1] = deal.threshold[x, month]
            record.triggers[x, month, 2] = 1.0 if on[x] else 0.0
        seniors = total_of(balance, deal.is_senior)
        stepped = stepped or _steps_down(deal, month, begin, seniors)
        if deal.has_oc and stepped and not any_on and not np.isnan(deal.oc_after):
            wanted = deal.oc_after * end if deal.oc_after < 1.0 else deal.oc_after
            target = max(min(target, wanted), deal.oc_floor)
        _entitle(deal, funds, balance, end, target, entitled)
        swept = False
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
            if source == EXCESS and not swept:
                for g in range(groups):
                    funds[EXCESS, g] += funds[INTEREST, g] + funds[PRINCIPAL, g] + funds[HEDGE, g]
                    funds[INTEREST, g] = 0.0
                    funds[PRINCIPAL, g] = 0.0
                    funds[HEDGE, g] = 0.0
                swept = True
            residual += _step(
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


@njit(cache=True, error_model="numpy", nogil=True)
def _set_notionals(deal: Deal, balance: np.ndarray, pool: float) -> None:
    """Notionals of ios at the start of the month."""
    for k in range(balance.size):
        if deal.notional_kind[k] == POOL:
            balance[k] = pool
        elif deal.notional_kind[k] == LINKED:
            balance[k] = total_of(balance, deal.notional_of[k])


@njit(cache=True, error_model="numpy", nogil=True)
def _accrue_costs(
    deal: Deal, month: int, cash: np.ndarray, balance: np.ndarray, cost_due: np.ndarray, record: Record
) -> float:
    """Add the month's costs to what is owed; returns the month's sum."""
    total = 0.0
    for c in range(cost_due.size):
        base = 0.0
        if deal.cost_basis[c] == 0:
            for g in range(cash.shape[0]):
                if deal.cost_group[c] < 0 or deal.cost_group[c] == g:
                    base += cash[g, month, C_BEGIN]
        elif deal.cost_basis[c] == 1:
            base = debt(deal, balance, deal.cost_group[c])
        amount = base * deal.cost_rate[c] / 12.0 + deal.cost_amount[c, month]
        pool = 0.0
        for g in range(cash.shape[0]):
            pool += cash[g, month, C_BEGIN]
        amount = min(max(amount, deal.cost_minimum[c]), deal.cost_cap[c]) if pool > 0.0 else 0.0
        cost_due[c] += amount
        record.costs[c, month, 0] = amount
        total += amount
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def _accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, balance: np.ndarray, fees: float, due: np.ndarray, basis: np.ndarray,
    record: Record,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward."""
    for k in range(balance.size):
        rate = deal.coupon[k, month]
        if deal.coupon_kind[k] == NET_WAC:
            rate = net_rate(cash, month, deal.wac_group[k], fees)
        full = balance[k] * rate * deal.accrual[k, month]
        if deal.cap_group[k] >= -1:
            # The collateral earns a twelfth of a year; a class that counts actual days is capped at the same dollars.
            most = balance[k] * net_rate(cash, month, deal.cap_group[k], fees) / 12.0
            if full > most:
                basis[k] += full - most
                record.tranches[k, month, T_CAPPED] = full - most
                full = most
        due[k] = full
        record.tranches[k, month, T_BEGIN] = balance[k]
        record.tranches[k, month, T_COUPON] = rate
        record.tranches[k, month, T_INTEREST_DUE] = full


@njit(cache=True, error_model="numpy", nogil=True)
def _settle_hedges(
    deal: Deal, month: int, balance: np.ndarray, pool: float, hedge_due: np.ndarray, record: Record
) -> float:
    """Settle each derivative net; returns what the trust receives, and adds to ``hedge_due`` what it owes."""
    received = 0.0
    for h in range(hedge_due.size):
        notional = deal.hedge_notional[h, month]
        if deal.hedge_linked[h] == POOL:
            notional *= pool
        elif deal.hedge_linked[h] == LINKED:
            notional *= total_of(balance, deal.hedge_of[h])
        amount = notional * deal.hedge_rate[h, month]
        record.hedges[h, month, 0] = notional
        record.hedges[h, month, 1] = max(amount, 0.0)
        if not deal.hedge_inside[h]:
            record.hedges[h, month, 2] = max(-amount, 0.0)
        elif amount > 0.0:
            received += amount
        else:
            hedge_due[h] -= amount
    return received


@njit(cache=True, error_model="numpy", nogil=True)
def _steps_down(deal: Deal, month: int, pool: float, seniors: float) -> bool:
    """Whether the step-down date has come: age and enhancement are there, or the seniors are retired."""
    has_seniors = False
    for k in range(deal.is_senior.size):
        has_seniors = has_seniors or deal.is_senior[k]
    if has_seniors and seniors <= 0.0:
        return True
    if np.isnan(deal.stepdown_age) and np.isnan(deal.stepdown_enhancement):
        return False
    old = np.isnan(deal.stepdown_age) or deal.age[month] >= deal.stepdown_age
    enough = np.isnan(deal.stepdown_enhancement) or (pool > 0.0 and 1.0 - seniors / pool >= deal.stepdown_enhancement)
    return old and enough


@njit(cache=True, error_model="numpy", nogil=True)
def _entitle(
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
def _step(
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
        _write_down(deal, s, month, balance, group, end, cash, targets, weights, paid, record)
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
    deal: Deal, s: int, month: int, balance: np.ndarray, group: int, end: float, cash: np.ndarray,
    targets: np.ndarray, weights: np.ndarray, paid: np.ndarray, record: Record,
) -> None:  # fmt: skip
    """Write classes down by what the notes exceed the pool; no cash moves."""
    pool = end if group < 0 else cash[group, month, C_END]
    owed = min(max(debt(deal, balance, group) - pool, 0.0), deal.limit[s])
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
