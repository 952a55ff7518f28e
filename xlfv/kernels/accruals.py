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
    B_TERMINATION,
    B_USED,
    C_ACCRUES,
    C_BEGIN,
    C_END,
    C_NET_DUE,
    CAP_ALL,
    CAP_NONE,
    CAP_SWAPS,
    EXCEEDS,
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
    ON_BONDS,
    ON_LOANS,
    ON_POOL,
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
def set_notionals(deal: Deal, book: np.ndarray, pool: float) -> None:
    """Notionals of ios, from the balances they stand on."""
    for k in range(deal.notional_kind.size):
        if deal.notional_kind[k] == POOL:
            book[B_BALANCE, k] = pool
        elif deal.notional_kind[k] == LINKED:
            book[B_BALANCE, k] = total_of(book[B_BALANCE], deal.notional_of[k])


@inlined
def claimed(deal: Deal, c: int, month: int, cash: np.ndarray, book: np.ndarray) -> float:
    """What a cost comes to this month before its cap (dollars)."""
    base = 0.0
    begun = 0.0
    amount = deal.cost_amount[c, month]
    if deal.cost_basis[c] in (ON_POOL, ON_LOANS):
        for g in range(cash.shape[0]):
            if deal.cost_group[c] < 0 or deal.cost_group[c] == g:
                base += cash[g, month, C_BEGIN]
                begun += cash[g, 0, C_END]
    elif deal.cost_basis[c] == ON_BONDS:
        base = total_of(book[B_BALANCE], deal.cost_of[c])
    if deal.cost_basis[c] == ON_LOANS:
        return max(amount * base / begun if begun > 0.0 else 0.0, deal.cost_minimum[c])
    return max(base * deal.cost_rate[c] / 12.0 + amount, deal.cost_minimum[c])


@inlined
def accrue_costs(deal: Deal, month: int, cash: np.ndarray, book: np.ndarray, record: Record) -> None:
    """Add the month's costs to what is owed, up to their caps.

    What exceeds a cap and stays owed waits for a step of its own, or for room under the cap.
    """
    pool = 0.0
    for g in range(cash.shape[0]):
        pool += cash[g, month, C_BEGIN]
    for c in range(deal.cost_rate.size):
        if deal.cost_basis[c] == EXCEEDS:
            continue
        amount = claimed(deal, c, month, cash, book) if pool > 0.0 else 0.0
        over = deal.cost_excess[c]
        waiting = book[B_COST, over] if over >= 0 else 0.0
        if deal.cost_year[c, month] != deal.cost_year[c, month - 1]:
            book[B_USED, c] = 0.0
        elif month == 1:
            book[B_USED, c] = deal.cost_used[c]
        room = deal.cost_cap[c]
        if deal.cost_year[c, month] >= 0:
            room = max(room - book[B_USED, c], 0.0)
        due = min(amount + waiting, room)
        book[B_USED, c] += due
        book[B_COST, c] += due
        record.costs[c, month, 0] = due
        if over >= 0:
            book[B_COST, over] = amount + waiting - due
            record.costs[over, month, 0] = max(amount - due, 0.0)


@inlined
def costs_of(deal: Deal, month: int, group: int, accrues: float, whole: float, record: Record) -> float:
    """Rate a month that costs take out of the collateral: of a group its own, and of the others its part."""
    own = 0.0
    shared = 0.0
    for c in range(deal.cost_in_cap.size):
        if deal.cost_in_cap[c] and group >= 0 and deal.cost_group[c] >= 0:
            if deal.cost_group[c] == group:
                own += record.costs[c, month, 0]
        elif deal.cost_in_cap[c]:
            shared += record.costs[c, month, 0]
    return shared / whole + own / accrues


@inlined
def net_rate(deal: Deal, cash: np.ndarray, month: int, group: int, record: Record) -> float:
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
    return max(12.0 * (due / accrues - costs_of(deal, month, group, accrues, whole, record)), 0.0)


@inlined
def hedges_of(deal: Deal, month: int, group: int, counts: int, part: float, record: Record) -> float:
    """Net dollars of the derivatives inside the trust that a net WAC cap counts; of those of no group, ``part``."""
    total = 0.0
    for h in range(deal.hedge_swap.size):
        amount = record.hedges[h, month, 0] * deal.hedge_rate[h, month]
        mine = deal.hedge_group[h] < 0 or group < 0 or deal.hedge_group[h] == group
        brings = counts == CAP_ALL or (counts == CAP_SWAPS and deal.hedge_swap[h])
        if deal.hedge_inside[h] and mine and (amount < 0.0 or brings):
            total += amount * part if deal.hedge_group[h] < 0 else amount
    return total


@inlined
def cap_of(deal: Deal, k: int, month: int, cash: np.ndarray, book: np.ndarray, rate: float, record: Record) -> float:
    """A class's net WAC cap a year: the net rate of its collateral, after derivatives, on the balance it names.

    The usual definitions divide the interest due on the collateral, net of fees and net swap payments, by the balance
    of the loans ("Net WAC Cap Rate") or of the bonds ("Available Funds Cap"). Of bonds of no group a group bears its part.

    Args:
        rate: the net rate of the collateral before derivatives.
    """
    counts, group = deal.cap_hedges[k], deal.cap_group[k]
    if (counts == CAP_NONE or deal.hedge_swap.size == 0) and not deal.cap_on_bonds[k]:
        return rate
    whole = 0.0
    accrues = 0.0
    for g in range(cash.shape[0]):
        whole += cash[g, month, C_ACCRUES]
        if group < 0 or g == group:
            accrues += cash[g, month, C_ACCRUES]
    if accrues <= 0.0:
        return rate
    hedged = hedges_of(deal, month, group, counts, accrues / whole, record) if counts != CAP_NONE else 0.0
    if not deal.cap_on_bonds[k]:
        return max(rate + 12.0 * hedged / accrues, 0.0)
    bonds = 0.0
    for j in range(deal.is_note.size):
        if deal.is_note[j] and (group < 0 or deal.bond_group[j] == group):
            bonds += book[B_BALANCE, j]
        elif deal.is_note[j] and deal.bond_group[j] < 0:
            bonds += book[B_BALANCE, j] * (accrues / whole)
    return max((rate * accrues + 12.0 * hedged) / bonds, 0.0) if bonds >= ROUNDING else rate


@inlined
def accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, book: np.ndarray, past_call: bool, rates: np.ndarray, record: Record,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward.

    Interest on unpaid interest runs at the coupon paid, on capped interest at the coupon before the cap.

    Args:
        past_call: the first call date lies before this month: coupons and margins are those after it.
        rates: float64[G + 1], filled with the net rate of each group and, last, of the pool.
    """
    groups = cash.shape[0]
    for g in range(groups + 1):
        rates[g] = net_rate(deal, cash, month, g if g < groups else -1, record)
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
            cap = cap_of(deal, k, month, cash, book, cap, record)
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
    """Settle each derivative net; returns what the trust receives, and adds to what is owed what it owes.

    In the month of a call those inside the trust that are terminated settle what remains of them too.
    """
    received = 0.0
    for h in range(deal.hedge_linked.size):
        notional = deal.hedge_notional[h, month]
        if deal.hedge_linked[h] == POOL:
            notional *= pool
        elif deal.hedge_linked[h] == LINKED:
            notional *= total_of(book[B_BALANCE], deal.hedge_of[h])
        notional = min(notional, deal.hedge_most[h, month])
        amount = notional * deal.hedge_rate[h, month]
        record.hedges[h, month, 0] = notional
        record.hedges[h, month, 1] = max(amount, 0.0)
        if not deal.hedge_inside[h]:
            record.hedges[h, month, 2] = max(-amount, 0.0)
            continue
        if amount > 0.0:
            received += amount
        else:
            book[B_HEDGE, h] -= amount
        if month == deal.call_month:
            ends = deal.hedge_ends[h]
            received += max(ends, 0.0)
            record.hedges[h, month, 1] += max(ends, 0.0)
            book[B_TERMINATION if deal.hedge_apart[h] else B_HEDGE, h] += max(-ends, 0.0)
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
        first = max(month + 1 - deal.rolls[x], 0)
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
def threshold_of(deal: Deal, x: int, month: int, cash: np.ndarray, book: np.ndarray) -> float:
    """A trigger's threshold this month: as it stands, or times the senior enhancement at the start of the month."""
    value = deal.threshold[x, month]
    if deal.of_enhancement[x]:
        begin = 0.0
        for g in range(cash.shape[0]):
            begin += cash[g, month, C_BEGIN]
        value *= 1.0 - total_of(book[B_BALANCE], deal.is_senior) / begin if begin > 0.0 else 0.0
    return value


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
