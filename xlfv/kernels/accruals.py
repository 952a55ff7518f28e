"""What accrues at the start of a month: costs, interest, derivatives; and what the deal's tests measure."""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.deal import (
    AT_LEAST,
    C_ACCRUES,
    C_BEGIN,
    C_END,
    C_NET_DUE,
    GREATER,
    LESS,
    LINKED,
    M_AGE,
    M_DELINQUENCY,
    M_ENHANCEMENT,
    M_LOSS,
    M_MONTH,
    M_OC,
    M_ROLLING,
    NET_WAC,
    POOL,
    T_BEGIN,
    T_CAPPED,
    T_COUPON,
    T_INTEREST_DUE,
    Deal,
    Record,
    debt,
    total_of,
)


@njit(cache=True, error_model="numpy", nogil=True)
def net_rate(cash: np.ndarray, month: int, group: int, fees: float) -> float:
    """Annual net rate of the collateral: interest due after servicing and trust costs over the balance it accrues on."""
    due = 0.0
    accrues = 0.0
    whole = 0.0
    for g in range(cash.shape[0]):
        whole += cash[g, month, C_ACCRUES]
        if group < 0 or g == group:
            due += cash[g, month, C_NET_DUE]
            accrues += cash[g, month, C_ACCRUES]
    if accrues <= 0.0:
        return 0.0
    return max(12.0 * (due / accrues - fees / whole), 0.0)


@njit(cache=True, error_model="numpy", nogil=True)
def set_notionals(deal: Deal, balance: np.ndarray, pool: float) -> None:
    """Notionals of ios, from the balances they stand on."""
    for k in range(balance.size):
        if deal.notional_kind[k] == POOL:
            balance[k] = pool
        elif deal.notional_kind[k] == LINKED:
            balance[k] = total_of(balance, deal.notional_of[k])


@njit(cache=True, error_model="numpy", nogil=True)
def accrue_costs(
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
def accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, balance: np.ndarray, fees: float, due: np.ndarray, basis: np.ndarray,
    record: Record,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward."""
    for k in range(balance.size):
        rate = deal.coupon[k, month]
        if deal.coupon_kind[k] == NET_WAC:
            rate = net_rate(cash, month, deal.wac_group[k], fees) + deal.net_margin[k]
            rate = max(min(rate, deal.net_cap[k]), deal.net_floor[k])
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
def settle_hedges(
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
def steps_down(deal: Deal, month: int, pool: float, seniors: float) -> bool:
    """Whether the step-down date has come: age and enhancement are there, or the seniors are retired."""
    has_seniors = False
    for k in range(deal.is_senior.size):
        has_seniors = has_seniors or deal.is_senior[k]
    if has_seniors and seniors < 0.005:  # below half a cent it is the rounding of the last payment
        return True
    if np.isnan(deal.stepdown_age) and np.isnan(deal.stepdown_enhancement):
        return False
    old = np.isnan(deal.stepdown_age) or deal.age[month] >= deal.stepdown_age
    enough = np.isnan(deal.stepdown_enhancement) or (pool > 0.0 and 1.0 - seniors / pool >= deal.stepdown_enhancement)
    return old and enough
