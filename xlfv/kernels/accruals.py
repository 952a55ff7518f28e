"""What accrues at the start of a month: costs, interest, derivatives; and what the deal's tests measure."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.deal import (
    AT_LEAST,
    B_BASIS,
    B_COST,
    B_DUE,
    B_HEDGE,
    B_SHORTFALL,
    C_ACCRUES,
    C_BEGIN,
    C_NET_DUE,
    CASH_COLUMNS,
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
    TRANCHE_COLUMNS,
    Deal,
    Places,
    debt,
    inlined,
    total_of,
)
from xlfv.kernels.lanes import at, least, most, put, where_less, where_most


@inlined
def over(part: Any, whole: Any, otherwise: float) -> Any:
    """``part / whole`` where the whole is above 0."""
    return where_less(0.0, whole, part / where_less(0.0, whole, whole, 1.0), otherwise)


@inlined
def of_cash(cash: np.ndarray, groups: int, rows: int, month: int, column: int, group: int, zero: Any) -> Any:
    """A month's collateral quantity of one group, or of all (-1)."""
    if group >= 0:
        return at(cash, (group * rows + month) * CASH_COLUMNS + column, zero)
    total = zero
    for g in range(groups):
        total = total + at(cash, (g * rows + month) * CASH_COLUMNS + column, zero)
    return total


@inlined
def net_rate(cash: np.ndarray, groups: int, rows: int, month: int, group: int, fees: Any, zero: Any) -> Any:
    """Annual net rate of the collateral: interest due after servicing and trust costs over the balance it accrues on."""
    accrues = of_cash(cash, groups, rows, month, C_ACCRUES, group, zero)
    whole = of_cash(cash, groups, rows, month, C_ACCRUES, -1, zero)
    rate = over(of_cash(cash, groups, rows, month, C_NET_DUE, group, zero), accrues, 0.0) - over(fees, whole, 0.0)
    return where_less(0.0, accrues, most(12.0 * rate, 0.0), 0.0)


@inlined
def set_notionals(deal: Deal, book: np.ndarray, pool: Any, zero: Any) -> None:
    """Notionals of ios, from the balances they stand on."""
    for k in range(deal.notional_kind.size):
        if deal.notional_kind[k] == POOL:
            put(book, k, pool)
        elif deal.notional_kind[k] == LINKED:
            put(book, k, total_of(book, 0, deal.notional_of[k], zero))


@inlined
def accrue_costs(
    deal: Deal, month: int, cash: np.ndarray, groups: int, rows: int, wide: int, book: np.ndarray, ledger: np.ndarray,
    base: int, places: Places, zero: Any,
) -> Any:  # fmt: skip
    """Add the month's costs to what is owed; returns the month's sum. There are none once the loans are gone."""
    total = zero
    pool = of_cash(cash, groups, rows, month, C_BEGIN, -1, zero)
    for c in range(deal.cost_rate.size):
        stands_on = zero
        if deal.cost_basis[c] == 0:
            stands_on = of_cash(cash, groups, rows, month, C_BEGIN, deal.cost_group[c], zero)
        elif deal.cost_basis[c] == 1:
            stands_on = debt(book, deal.is_note, deal.bond_group, deal.cost_group[c], zero)
        amount = stands_on * deal.cost_rate[c] / 12.0 + deal.cost_amount[c, month]
        amount = least(most(amount, deal.cost_minimum[c]), deal.cost_cap[c])
        amount = where_less(0.0, pool, amount, 0.0)
        put(book, B_COST * wide + c, at(book, B_COST * wide + c, zero) + amount)
        put(ledger, base + places.costs + 2 * c, amount)
        total = total + amount
    return total


@inlined
def accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, groups: int, rows: int, wide: int, book: np.ndarray, fees: Any,
    past_call: Any, rates: np.ndarray, ledger: np.ndarray, base: int, told: bool, zero: Any,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward.

    Interest on unpaid interest runs at the coupon paid, on capped interest at the coupon before the cap.

    Args:
        past_call: 1 where the first call date lies before this month: coupons and margins are those after it.
        rates: G + 1 entries, filled with the net rate of each group and, last, of the pool.
        told: whether the record is to say all of it, or the balance only.
    """
    for g in range(groups + 1):
        put(rates, g, net_rate(cash, groups, rows, month, g if g < groups else -1, fees, zero))
    for k in range(deal.coupon_kind.size):
        place = base + k * TRANCHE_COLUMNS
        rate = where_less(0.0, past_call, deal.coupon_after[k, month], deal.coupon[k, month])
        if deal.coupon_kind[k] == NET_WAC:
            margin = where_less(0.0, past_call, deal.net_margin_after[k], deal.net_margin[k])
            group = deal.wac_group[k]
            rate = at(rates, group if group >= 0 else groups, zero) + margin
            rate = most(least(rate, deal.net_cap[k]), deal.net_floor[k])
        balance = at(book, k, zero)
        yearly = rate * deal.accrual[k, month]
        full = balance * rate * deal.accrual[k, month]
        on_basis, on_shortfall, cut = zero, zero, zero
        if deal.basis_bears[k]:
            on_basis = at(book, B_BASIS * wide + k, zero) * yearly
        if deal.cap_group[k] >= -1:
            # The collateral earns a twelfth of a year; a class that counts actual days is capped at the same dollars.
            cap = at(rates, deal.cap_group[k] if deal.cap_group[k] >= 0 else groups, zero) / 12.0
            cut = most(full - balance * cap, 0.0)
            full = least(full, balance * cap)
            yearly = least(yearly, cap)
        if deal.basis_bears[k] or deal.cap_group[k] >= -1:
            put(book, B_BASIS * wide + k, at(book, B_BASIS * wide + k, zero) + on_basis + cut)
        if deal.shortfall_bears[k]:
            on_shortfall = at(book, B_SHORTFALL * wide + k, zero) * yearly
            put(book, B_SHORTFALL * wide + k, at(book, B_SHORTFALL * wide + k, zero) + on_shortfall)
        put(book, B_DUE * wide + k, full)
        put(ledger, place + T_BEGIN, balance)
        if told:
            put(ledger, place + T_COUPON, zero + rate)
            put(ledger, place + T_INTEREST_DUE, full)
            put(ledger, place + T_CAPPED, cut)
            put(ledger, place + T_SHORTFALL_INTEREST, on_shortfall)
            put(ledger, place + T_BASIS_INTEREST, on_basis)


@inlined
def settle_hedges(
    deal: Deal, month: int, called: Any, wide: int, book: np.ndarray, pool: Any, ledger: np.ndarray, base: int,
    places: Places, zero: Any,
) -> Any:  # fmt: skip
    """Settle each derivative net; returns what the trust receives, and adds to what is owed what it owes.

    Args:
        called: the month of the call, 0 for none; derivatives inside the trust end with it.
    """
    received = zero
    for h in range(deal.hedge_linked.size):
        notional = zero + deal.hedge_notional[h, month]
        if deal.hedge_linked[h] == POOL:
            notional = notional * pool
        elif deal.hedge_linked[h] == LINKED:
            notional = notional * total_of(book, 0, deal.hedge_of[h], zero)
        if deal.hedge_inside[h]:
            ended = where_less(called, float(month), notional, 0.0)
            notional = notional - where_less(0.0, called, ended, 0.0)
        amount = notional * deal.hedge_rate[h, month]
        place = base + places.hedges + 3 * h
        put(ledger, place, notional)
        put(ledger, place + 1, most(amount, 0.0))
        if not deal.hedge_inside[h]:
            put(ledger, place + 2, most(0.0 - amount, 0.0))
        else:
            received = received + most(amount, 0.0)
            put(book, B_HEDGE * wide + h, at(book, B_HEDGE * wide + h, zero) + most(0.0 - amount, 0.0))
    return received


@inlined
def set_accounts(deal: Deal, book: np.ndarray, end: Any, room: np.ndarray, zero: Any) -> None:
    """Each account's target: dollars, or a share of the pool after the month or of the notes before it; then its floor.

    Nothing is kept once the loans are gone.
    """
    for a in range(deal.account_of.size):
        wanted = zero + deal.account_target[a]
        if deal.account_of[a] == POOL:
            wanted = wanted * end
        elif deal.account_of[a] == LINKED:
            wanted = wanted * debt(book, deal.is_note, deal.bond_group, -1, zero)
        put(room, a, where_less(0.0, end, most(wanted, deal.account_floor[a]), 0.0))


@inlined
def set_accreting(deal: Deal, book: np.ndarray, accreting: np.ndarray, zero: Any) -> None:
    """Which z classes accrete this month (1): those ahead of which a class is still outstanding."""
    for k in range(deal.accretes_to.size):
        if deal.accretes_to[k] >= 0:
            ahead = total_of(book, 0, deal.accretes_while[k], zero)
            put(accreting, k, where_most(ROUNDING, ahead, zero + 1.0, 0.0))


@inlined
def holds(value: Any, test: int, threshold: float, zero: Any) -> Any:
    """1 where ``value test threshold``, else 0."""
    if test == GREATER:
        return where_less(threshold, value, zero + 1.0, 0.0)
    if test == LESS:
        return where_less(value, threshold, zero + 1.0, 0.0)
    if test == AT_LEAST:
        return where_most(threshold, value, zero + 1.0, 0.0)
    return where_most(value, threshold, zero + 1.0, 0.0)


@inlined
def measure_trigger(
    deal: Deal, x: int, month: int, begin: Any, end: Any, book: np.ndarray, lost: Any, late: np.ndarray, zero: Any
) -> Any:
    """A trigger's value this month, before anything is paid."""
    kind = deal.measure[x]
    value = zero
    if kind == M_LOSS:
        value = lost / deal.original_balance if deal.original_balance > 0.0 else zero
    elif kind == M_DELINQUENCY:
        value = at(late, month, zero)
    elif kind == M_ROLLING:
        first = max(month - 2, 0)
        for m in range(first, month + 1):
            value = value + at(late, m, zero)
        value = value / float(month + 1 - first)
    elif kind == M_OC:
        value = begin - debt(book, deal.is_note, deal.bond_group, -1, zero)
    elif kind == M_ENHANCEMENT:
        value = where_less(0.0, begin, 1.0 - over(total_of(book, 0, deal.is_senior, zero), begin, 0.0), 0.0)
    elif kind == M_MONTH:
        value = zero + float(month)
    elif kind == M_AGE:
        value = zero + deal.age[month]
    elif kind == M_SUBORDINATION:
        behind = debt(book, deal.is_note, deal.bond_group, -1, zero) - total_of(book, 0, deal.is_senior, zero)
        value = where_most(ROUNDING, behind, behind, 0.0)
    elif deal.original_balance > 0.0:
        value = end / deal.original_balance
    return value


@inlined
def steps_down(deal: Deal, month: int, pool: Any, seniors: Any, zero: Any) -> Any:
    """1 where the step-down date has come: age and enhancement are there, or the seniors are retired; else 0."""
    has_seniors = False
    for k in range(deal.is_senior.size):
        has_seniors = has_seniors or deal.is_senior[k]
    down = zero
    if not (np.isnan(deal.stepdown_age) and np.isnan(deal.stepdown_enhancement)):
        if np.isnan(deal.stepdown_age) or deal.age[month] >= deal.stepdown_age:
            down = zero + 1.0
        if not np.isnan(deal.stepdown_enhancement):
            behind = 1.0 - over(seniors, pool, 0.0)
            down = where_less(0.0, pool, where_most(deal.stepdown_enhancement, behind, down, 0.0), 0.0)
    return where_less(seniors, ROUNDING, zero + 1.0, down) if has_seniors else down
