"""What accrues at the start of a month: costs, interest, derivatives; and what the deal's tests measure."""

from __future__ import annotations

import numpy as np

from xlfv.kernels.deal import (
    AT_LEAST,
    B_BALANCE,
    B_BASIS,
    B_COST,
    B_DUE,
    B_HEDGE,
    B_SHORTFALL,
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
    M_SUBORDINATION,
    NET_WAC,
    POOL,
    ROUNDING,
    T_BASIS_INTEREST,
    T_BEGIN,
    T_CAPPED,
    T_COUPON,
    T_INTEREST_DUE,
    T_SHORTFALL_INTEREST,
    Deal,
    Record,
    debt,
    inlined,
    total_of,
)


@inlined
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


@inlined
def set_notionals(deal: Deal, book: np.ndarray, pool: float) -> None:
    """Notionals of ios, from the balances they stand on."""
    for k in range(deal.notional_kind.size):
        if deal.notional_kind[k] == POOL:
            book[B_BALANCE, k] = pool
        elif deal.notional_kind[k] == LINKED:
            book[B_BALANCE, k] = total_of(book[B_BALANCE], deal.notional_of[k])


@inlined
def accrue_costs(deal: Deal, month: int, cash: np.ndarray, book: np.ndarray, record: Record) -> float:
    """Add the month's costs to what is owed; returns the month's sum."""
    total = 0.0
    for c in range(deal.cost_rate.size):
        base = 0.0
        if deal.cost_basis[c] == 0:
            for g in range(cash.shape[0]):
                if deal.cost_group[c] < 0 or deal.cost_group[c] == g:
                    base += cash[g, month, C_BEGIN]
        elif deal.cost_basis[c] == 1:
            base = debt(book, deal.is_note, deal.bond_group, deal.cost_group[c])
        amount = base * deal.cost_rate[c] / 12.0 + deal.cost_amount[c, month]
        pool = 0.0
        for g in range(cash.shape[0]):
            pool += cash[g, month, C_BEGIN]
        amount = min(max(amount, deal.cost_minimum[c]), deal.cost_cap[c]) if pool > 0.0 else 0.0
        book[B_COST, c] += amount
        record.costs[c, month, 0] = amount
        total += amount
    return total


@inlined
def accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, book: np.ndarray, fees: float, past_call: bool, rates: np.ndarray,
    record: Record,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward.

    Interest on unpaid interest runs at the coupon paid, on capped interest at the coupon before the cap.

    Args:
        past_call: the first call date lies before this month: coupons and margins are those after it.
        rates: float64[G + 1], filled with the net rate of each group and, last, of the pool.
    """
    groups = cash.shape[0]
    for g in range(groups + 1):
        rates[g] = net_rate(cash, month, g if g < groups else -1, fees)
    for k in range(deal.coupon_kind.size):
        rate = deal.coupon_after[k, month] if past_call else deal.coupon[k, month]
        if deal.coupon_kind[k] == NET_WAC:
            margin = deal.net_margin_after[k] if past_call else deal.net_margin[k]
            group = deal.wac_group[k]
            rate = max(min(rates[group if group >= 0 else groups] + margin, deal.net_cap[k]), deal.net_floor[k])
        balance = book[B_BALANCE, k]
        full = balance * rate * deal.accrual[k, month]
        yearly = rate * deal.accrual[k, month]
        if deal.basis_bears[k]:
            more = book[B_BASIS, k] * yearly
            book[B_BASIS, k] += more
            record.tranches[k, month, T_BASIS_INTEREST] = more
        if deal.cap_group[k] >= -1:
            # The collateral earns a twelfth of a year; a class that counts actual days is capped at the same dollars.
            cap = rates[deal.cap_group[k] if deal.cap_group[k] >= 0 else groups]
            most = balance * cap / 12.0
            if full > most:
                book[B_BASIS, k] += full - most
                record.tranches[k, month, T_CAPPED] = full - most
                full = most
            yearly = min(yearly, cap / 12.0)
        if deal.shortfall_bears[k]:
            more = book[B_SHORTFALL, k] * yearly
            book[B_SHORTFALL, k] += more
            record.tranches[k, month, T_SHORTFALL_INTEREST] = more
        book[B_DUE, k] = full
        record.tranches[k, month, T_BEGIN] = balance
        record.tranches[k, month, T_COUPON] = rate
        record.tranches[k, month, T_INTEREST_DUE] = full


@inlined
def settle_hedges(deal: Deal, month: int, book: np.ndarray, pool: float, record: Record) -> float:
    """Settle each derivative net; returns what the trust receives, and adds to what is owed what it owes."""
    received = 0.0
    for h in range(deal.hedge_linked.size):
        notional = deal.hedge_notional[h, month]
        if deal.hedge_linked[h] == POOL:
            notional *= pool
        elif deal.hedge_linked[h] == LINKED:
            notional *= total_of(book[B_BALANCE], deal.hedge_of[h])
        amount = notional * deal.hedge_rate[h, month]
        record.hedges[h, month, 0] = notional
        record.hedges[h, month, 1] = max(amount, 0.0)
        if not deal.hedge_inside[h]:
            record.hedges[h, month, 2] = max(-amount, 0.0)
        elif amount > 0.0:
            received += amount
        else:
            book[B_HEDGE, h] -= amount
    return received


@inlined
def set_accounts(deal: Deal, month: int, book: np.ndarray, end: float, room: np.ndarray) -> None:
    """Each account's target: dollars, or a share of the pool after the month or of the notes before it; then its floor.

    Nothing is kept once the loans are gone.
    """
    for a in range(room.size):
        wanted = deal.account_target[a]
        if deal.account_of[a] == POOL:
            wanted *= end
        elif deal.account_of[a] == LINKED:
            wanted *= debt(book, deal.is_note, deal.bond_group, -1)
        room[a] = max(wanted, deal.account_floor[a]) if end > 0.0 else 0.0


@inlined
def set_accreting(deal: Deal, book: np.ndarray, accreting: np.ndarray) -> None:
    """Which z classes accrete this month: those ahead of which a class is still outstanding."""
    for k in range(accreting.size):
        accreting[k] = False
        if deal.accretes_to[k] >= 0:
            accreting[k] = total_of(book[B_BALANCE], deal.accretes_while[k]) >= ROUNDING


@inlined
def holds(value: float, test: int, threshold: float) -> bool:
    """Whether ``value test threshold``."""
    if test == GREATER:
        return value > threshold
    if test == LESS:
        return value < threshold
    if test == AT_LEAST:
        return value >= threshold
    return value <= threshold


@inlined
def measure_trigger(
    deal: Deal, x: int, month: int, cash: np.ndarray, book: np.ndarray, lost: float, late: np.ndarray
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
        return begin - debt(book, deal.is_note, deal.bond_group, -1)
    if kind == M_ENHANCEMENT:
        return 1.0 - total_of(book[B_BALANCE], deal.is_senior) / begin if begin > 0.0 else 0.0
    if kind == M_MONTH:
        return float(month)
    if kind == M_AGE:
        return deal.age[month]
    if kind == M_SUBORDINATION:
        behind = debt(book, deal.is_note, deal.bond_group, -1) - total_of(book[B_BALANCE], deal.is_senior)
        return behind if behind >= ROUNDING else 0.0
    return end / deal.original_balance if deal.original_balance > 0.0 else 0.0


@inlined
def steps_down(deal: Deal, month: int, pool: float, seniors: float) -> bool:
    """Whether the step-down date has come: age and enhancement are there, or the seniors are retired."""
    has_seniors = False
    for k in range(deal.is_senior.size):
        has_seniors = has_seniors or deal.is_senior[k]
    if has_seniors and seniors < ROUNDING:
        return True
    if np.isnan(deal.stepdown_age) and np.isnan(deal.stepdown_enhancement):
        return False
    old = np.isnan(deal.stepdown_age) or deal.age[month] >= deal.stepdown_age
    enough = np.isnan(deal.stepdown_enhancement) or (pool > 0.0 and 1.0 - seniors / pool >= deal.stepdown_enhancement)
    return old and enough
