"""What accrues at the start of a month: costs, interest, derivatives, the targets of accounts."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.kernels.deal import (
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
    CASH_COLUMNS,
    EXCEEDS,
    LINKED,
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
    TRANCHE_COLUMNS,
    Deal,
    Places,
    debt,
    inlined,
    total_of,
)
from xlfv.kernels.lanes import at, least, most, put, where_equal, where_less, where_most


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
def set_notionals(deal: Deal, book: np.ndarray, pool: Any, zero: Any) -> None:
    """Notionals of ios, from the balances they stand on."""
    for k in range(deal.notional_kind.size):
        if deal.notional_kind[k] == POOL:
            put(book, k, pool * deal.notional_share[k])
        elif deal.notional_kind[k] == LINKED:
            put(book, k, total_of(book, 0, deal.notional_of[k], zero) * deal.notional_share[k])


@inlined
def _claimed(
    deal: Deal, c: int, month: int, cash: np.ndarray, groups: int, rows: int, book: np.ndarray, zero: Any
) -> Any:
    """What a cost comes to this month before its cap (dollars)."""
    basis, group = deal.cost_basis[c], deal.cost_group[c]
    amount = zero + deal.cost_amount[c, month]
    if basis == ON_LOANS:
        begun = of_cash(cash, groups, rows, 0, C_END, group, zero)
        amount = over(amount * of_cash(cash, groups, rows, month, C_BEGIN, group, zero), begun, 0.0)
    elif basis == ON_POOL:
        amount = of_cash(cash, groups, rows, month, C_BEGIN, group, zero) * deal.cost_rate[c] / 12.0 + amount
    elif basis == ON_BONDS:
        amount = total_of(book, 0, deal.cost_of[c], zero) * deal.cost_rate[c] / 12.0 + amount
    return most(amount, deal.cost_minimum[c])


@inlined
def accrue_costs(
    deal: Deal, month: int, cash: np.ndarray, groups: int, rows: int, wide: int, book: np.ndarray, ledger: np.ndarray,
    base: int, places: Places, zero: Any,
) -> None:  # fmt: skip
    """Add the month's costs to what is owed, up to their caps. There are none once the loans are gone.

    What exceeds a cap and stays owed waits for a step of its own, or for room under the cap.
    """
    pool = of_cash(cash, groups, rows, month, C_BEGIN, -1, zero)
    for c in range(deal.cost_rate.size):
        if deal.cost_basis[c] == EXCEEDS:
            continue
        amount = where_less(0.0, pool, _claimed(deal, c, month, cash, groups, rows, book, zero), 0.0)
        excess, year, used = deal.cost_excess[c], deal.cost_year[c, month], B_USED * wide + c
        waiting = at(book, B_COST * wide + excess, zero) if excess >= 0 else zero
        if year != deal.cost_year[c, month - 1]:
            put(book, used, zero)
        elif month == 1:
            put(book, used, zero + deal.cost_used[c])
        room = zero + deal.cost_cap[c]
        if year >= 0:
            room = most(deal.cost_cap[c] - at(book, used, zero), 0.0)
        due = least(amount + waiting, room)
        put(book, used, at(book, used, zero) + due)
        put(book, B_COST * wide + c, at(book, B_COST * wide + c, zero) + due)
        put(ledger, base + places.costs + 2 * c, due)
        if excess >= 0:
            put(book, B_COST * wide + excess, amount + waiting - due)
            put(ledger, base + places.costs + 2 * excess, most(amount - due, 0.0))


@inlined
def _costs_of(
    deal: Deal, group: int, accrues: Any, whole: Any, ledger: np.ndarray, base: int, places: Places, zero: Any
) -> Any:
    """Rate a month that costs take out of the collateral: of a group its own, and of the others its part."""
    own, shared = zero, zero
    for c in range(deal.cost_in_cap.size):
        due = at(ledger, base + places.costs + 2 * c, zero)
        if deal.cost_in_cap[c] and group >= 0 and deal.cost_group[c] >= 0:
            if deal.cost_group[c] == group:
                own = own + due
        elif deal.cost_in_cap[c]:
            shared = shared + due
    return over(shared, whole, 0.0) + over(own, accrues, 0.0)


@inlined
def net_rate(
    deal: Deal, cash: np.ndarray, groups: int, rows: int, month: int, group: int, ledger: np.ndarray, base: int,
    places: Places, zero: Any,
) -> Any:  # fmt: skip
    """Annual net rate of the collateral: interest due after servicing and trust costs over the balance it accrues on."""
    accrues = of_cash(cash, groups, rows, month, C_ACCRUES, group, zero)
    whole = of_cash(cash, groups, rows, month, C_ACCRUES, -1, zero)
    rate = over(of_cash(cash, groups, rows, month, C_NET_DUE, group, zero), accrues, 0.0)
    rate = rate - _costs_of(deal, group, accrues, whole, ledger, base, places, zero)
    return where_less(0.0, accrues, most(12.0 * rate, 0.0), 0.0)


@inlined
def _hedges_of(
    deal: Deal, month: int, group: int, counts: int, part: Any, ledger: np.ndarray, base: int, places: Places, zero: Any
) -> Any:
    """Net dollars of the derivatives inside the trust that a net WAC cap counts; of those of no group, ``part``."""
    total = zero
    for h in range(deal.hedge_swap.size):
        mine = deal.hedge_group[h] < 0 or group < 0 or deal.hedge_group[h] == group
        if deal.hedge_inside[h] and mine:
            amount = at(ledger, base + places.hedges + 3 * h, zero) * deal.hedge_rate[h, month]
            if counts != CAP_ALL and not (counts == CAP_SWAPS and deal.hedge_swap[h]):
                amount = least(amount, 0.0)
            total = total + (amount * part if deal.hedge_group[h] < 0 else amount)
    return total


@inlined
def _cap_of(
    deal: Deal, k: int, month: int, cash: np.ndarray, groups: int, rows: int, book: np.ndarray, rate: Any,
    ledger: np.ndarray, base: int, places: Places, zero: Any,
) -> Any:  # fmt: skip
    """A class's net WAC cap a year: the net rate of its collateral, after derivatives, on the balance it names.

    The usual definitions divide the interest due on the collateral, net of fees and net swap payments, by the balance
    of the loans ("Net WAC Cap Rate") or of the bonds ("Available Funds Cap"). Of bonds of no group a group bears its part.

    Args:
        rate: the net rate of the collateral before derivatives.
    """
    counts, group = deal.cap_hedges[k], deal.cap_group[k]
    capped = rate
    if (counts != CAP_NONE and deal.hedge_swap.size > 0) or deal.cap_on_bonds[k]:
        accrues = of_cash(cash, groups, rows, month, C_ACCRUES, group, zero)
        part = over(accrues, of_cash(cash, groups, rows, month, C_ACCRUES, -1, zero), 0.0)
        hedged = zero
        if counts != CAP_NONE:
            hedged = 12.0 * _hedges_of(deal, month, group, counts, part, ledger, base, places, zero)
        if deal.cap_on_bonds[k]:
            bonds = zero
            for j in range(deal.is_note.size):
                if deal.is_note[j] and (group < 0 or deal.bond_group[j] == group):
                    bonds = bonds + at(book, j, zero)
                elif deal.is_note[j] and deal.bond_group[j] < 0:
                    bonds = bonds + at(book, j, zero) * part
            brought = over(rate * accrues + hedged, bonds, 0.0)
            capped = where_most(ROUNDING, bonds, most(brought, 0.0), rate)
        else:
            capped = most(rate + over(hedged, accrues, 0.0), 0.0)
        capped = where_less(0.0, accrues, capped, rate)
    return capped


@inlined
def accrue_interest(
    deal: Deal, month: int, cash: np.ndarray, groups: int, rows: int, wide: int, book: np.ndarray,
    past_call: Any, rates: np.ndarray, ledger: np.ndarray, base: int, places: Places, told: bool, zero: Any,
) -> None:  # fmt: skip
    """Set each class's coupon and interest due; what a net WAC cap cuts off joins the carryforward.

    Interest on unpaid interest runs at the coupon paid, on capped interest at the coupon before the cap.

    Args:
        past_call: 1 where the first call date lies before this month: coupons and margins are those after it.
        rates: G + 1 entries, filled with the net rate of each group and, last, of the pool.
        told: whether the record is to say all of it, or the balance only.
    """
    for g in range(groups + 1):
        group = g if g < groups else -1
        put(rates, g, net_rate(deal, cash, groups, rows, month, group, ledger, base, places, zero))
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
            cap = at(rates, deal.cap_group[k] if deal.cap_group[k] >= 0 else groups, zero)
            cap = _cap_of(deal, k, month, cash, groups, rows, book, cap, ledger, base, places, zero) / 12.0
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
    deal: Deal, month: int, called: Any, ends: np.ndarray, wide: int, book: np.ndarray, pool: Any, ledger: np.ndarray,
    base: int, places: Places, zero: Any,
) -> Any:  # fmt: skip
    """Settle each derivative net; returns what the trust receives, and adds to what is owed what it owes.

    Those inside the trust end with a call; in its month those that are terminated settle what remains of them too.

    Args:
        called: the month of the call, 0 for none.
        ends: dollars to the trust at each one's termination, H entries.
    """
    received = zero
    for h in range(deal.hedge_linked.size):
        notional = zero + deal.hedge_notional[h, month]
        if deal.hedge_linked[h] == POOL:
            notional = notional * pool
        elif deal.hedge_linked[h] == LINKED:
            notional = notional * total_of(book, 0, deal.hedge_of[h], zero)
        notional = least(notional, deal.hedge_most[h, month])
        place = base + places.hedges + 3 * h
        if not deal.hedge_inside[h]:
            amount = notional * deal.hedge_rate[h, month]
            put(ledger, place, notional)
            put(ledger, place + 1, most(amount, 0.0))
            put(ledger, place + 2, most(0.0 - amount, 0.0))
            continue
        ended = where_less(called, float(month), notional, 0.0)
        notional = notional - where_less(0.0, called, ended, 0.0)
        amount = notional * deal.hedge_rate[h, month]
        end = where_equal(called, float(month), at(ends, h, zero), 0.0)
        brought = most(amount, 0.0) + most(end, 0.0)
        received = received + brought
        put(ledger, place, notional)
        put(ledger, place + 1, brought)
        owed, apart = B_HEDGE * wide + h, B_TERMINATION * wide + h
        put(book, owed, at(book, owed, zero) + most(0.0 - amount, 0.0))
        if not deal.hedge_apart[h]:
            apart = owed
        put(book, apart, at(book, apart, zero) + most(0.0 - end, 0.0))
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
