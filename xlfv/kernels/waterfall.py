"""The priority of payments: a table of steps run in order every month, each leaving what it saw, owed and paid.

A step takes cash from a bucket (interest, principal, excess, hedge, an account ...) of one loan group or of all, owes an
amount by its kind, and pays its targets by its rule. It depends on nothing but the state at the start of the month and the
steps before it. What no step takes goes to the residual; what lies in accounts stays there.

The months of one scenario are run with every step on record, of eight side by side in brief: what of a class and of the
deal most questions ask. Both are this text; see :mod:`xlfv.kernels.runs`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xlfv.kernels.accruals import (
    accrue_costs,
    accrue_interest,
    of_cash,
    over,
    set_accounts,
    set_accreting,
    set_notionals,
    settle_hedges,
)
from xlfv.kernels.brief import summarize
from xlfv.kernels.deal import (
    ALWAYS,
    ANY_OF,
    B_BASIS,
    B_DRAWN,
    B_DUE,
    B_LOSS,
    B_SHORTFALL,
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
    P_NO,
    P_OP,
    P_PLAIN,
    P_SWEEP,
    P_WHEN,
    P_YES,
    PAY_WRITEDOWN,
    PAY_WRITEUP,
    PREPAID,
    PRINCIPAL,
    SCHEDULED,
    STEPPED,
    T_BASIS,
    T_END,
    T_LOSS,
    T_PAID,
    T_SHORTFALL,
    TRANCHE_COLUMNS,
    TRIGGERS,
    Deal,
    Places,
    compiled,
    debt,
    inlined,
    total_of,
)
from xlfv.kernels.funds import entitle, spread, tell
from xlfv.kernels.lanes import at, least, most, put, where_equal, where_less, where_most
from xlfv.kernels.losses import write_down, write_up
from xlfv.kernels.payments import pay_one, pay_step
from xlfv.kernels.triggers import holds, measure_trigger, steps_down, threshold_of


class Scratch(NamedTuple):
    """What the months work on."""

    book: np.ndarray  # [BOOKS, wide] what is owed
    funds: np.ndarray  # [B + A, G] buckets of cash, then accounts
    brought: np.ndarray  # [B + A, G] all that came into the buckets this month; accounts: with what they held before
    entitled: np.ndarray  # [G] principal that bonds may take
    recovered: np.ndarray  # [G] subsequent recoveries not yet written up
    shares: np.ndarray  # [G] of the pool at the start of the month
    rates: np.ndarray  # [G + 1] net rates of the groups and the pool
    room: np.ndarray  # [A] targets of accounts
    accreting: np.ndarray  # [K]
    paid: np.ndarray  # [wide]
    on: np.ndarray  # [TRIGGERS + X] states: 1 where they hold
    spent: np.ndarray  # [S] what steps bounded by dollars paid this month
    late: np.ndarray  # [T + 1]


@inlined
def _runs(deal: Deal, s: int, on: np.ndarray, zero: Any) -> Any:
    """1 where a step's condition lets it be run this month, else 0."""
    when = deal.steps[s, P_WHEN]
    runs = zero + (0.0 if when == ANY_OF else 1.0)
    if when != ALWAYS:
        for state in range(TRIGGERS + deal.measure.size):
            yes, no = (deal.steps[s, P_YES] >> state) & 1, (deal.steps[s, P_NO] >> state) & 1
            if yes or no:
                held = at(on, state, zero)
                held = 1.0 - held if no else held
                runs = most(runs, held) if when == ANY_OF else least(runs, held)
    return runs


@inlined
def _collect(
    deal: Deal,
    month: int,
    rows: int,
    groups: int,
    cash: np.ndarray,
    funds: np.ndarray,
    recovered: np.ndarray,
    zero: Any,
) -> None:
    """Fill the buckets with what the collateral brought; accounts keep what they hold."""
    for entry in range(deal.buckets * groups):
        put(funds, entry, zero)
    for g in range(groups):
        principal = of_cash(cash, groups, rows, month, C_PRINCIPAL, g, zero)
        put(funds, INTEREST * groups + g, of_cash(cash, groups, rows, month, C_INTEREST, g, zero))
        put(recovered, g, of_cash(cash, groups, rows, month, C_RECOVERED, g, zero))
        if deal.splits_principal:
            scheduled = of_cash(cash, groups, rows, month, C_SCHEDULED, g, zero)
            put(funds, SCHEDULED * groups + g, scheduled)
            put(funds, PREPAID * groups + g, principal - scheduled)
        else:
            put(funds, PRINCIPAL * groups + g, principal)


@inlined
def _test_triggers(
    deal: Deal, month: int, begin: Any, end: Any, lost: Any, scratch: Scratch, ledger: np.ndarray, base: int,
    places: Places, zero: Any,
) -> Any:  # fmt: skip
    """Measure every trigger; returns 1 where one holds the OC target, else 0."""
    held = zero
    for x in range(deal.measure.size):
        value = measure_trigger(deal, x, month, begin, end, scratch.book, lost, scratch.late, zero)
        wanted = threshold_of(deal, x, month, begin, scratch.book, zero)
        fails = holds(value, deal.test[x], wanted, zero)
        if not deal.cures[x]:
            fails = most(fails, at(scratch.on, TRIGGERS + x, zero))
        put(scratch.on, TRIGGERS + x, fails)
        if deal.holds_target[x]:
            held = most(held, fails)
        place = base + places.triggers + 3 * x
        put(ledger, place, value)
        put(ledger, place + 1, wanted)
        put(ledger, place + 2, fails)
    return held


@inlined
def _sweep(
    deal: Deal, s: int, groups: int, funds: np.ndarray, brought: np.ndarray, shares: np.ndarray, zero: Any
) -> None:
    """Excess is what the other buckets hold once no later step draws on them."""
    for b in range(deal.buckets):
        if ((deal.steps[s, P_SWEEP] >> b) & 1) and b == HEDGE:
            spread(funds, brought, groups, at(funds, b * groups, zero), shares, zero)
            put(funds, b * groups, zero)
        elif (deal.steps[s, P_SWEEP] >> b) & 1:
            for g in range(groups):
                left, to = at(funds, b * groups + g, zero), EXCESS * groups + g
                put(funds, to, at(funds, to, zero) + left)
                put(brought, to, at(brought, to, zero) + left)
                put(funds, b * groups + g, zero)


@inlined
def _clear(deal: Deal, places: Places, ledger: np.ndarray, base: int, month: int, zero: Any) -> None:
    """Nothing is paid yet in this month; nothing is due either in month 0."""
    if month == 0:
        for entry in range(places.size):
            put(ledger, base + entry, zero)
    for k in range(deal.balance.size):
        for column in range(T_PAID, TRANCHE_COLUMNS):
            put(ledger, base + k * TRANCHE_COLUMNS + column, zero)
    for entry in range(places.costs, places.size):
        put(ledger, base + entry, zero)


@compiled
def run_months(
    deal: Deal, places: Places, cash: np.ndarray, rows: int, groups: int, wide: int, called: Any, ends: np.ndarray,
    scratch: Scratch, ledger: np.ndarray, stride: int, classes: np.ndarray, whole: np.ndarray, first: np.ndarray, zero: Any,
) -> None:  # fmt: skip
    """Run every month in order; allocates nothing, so nothing is counted.

    Args:
        called: the month of the call, 0 for none.
        ends: dollars to the trust as each derivative is terminated then.
        ledger: the record, flat; a month takes ``stride`` entries of it, none where only the brief is kept.
        classes, whole, first: the brief, flat; see :class:`Brief`.
        zero: 0.0, of one scenario or of eight.
    """
    book, funds, late = scratch.book, scratch.funds, scratch.late
    K, S, A, N = deal.balance.size, deal.steps.shape[0], deal.account_balance.size, deal.insurers
    for month in range(rows):
        pool = of_cash(cash, groups, rows, month, C_END, -1, zero)
        put(late, month, over(of_cash(cash, groups, rows, month, C_LATE, -1, zero), pool, 0.0))
    for k in range(K):
        put(book, k, zero + deal.balance[k])
        put(book, B_SHORTFALL * wide + k, zero + deal.shortfall[k])
        put(book, B_BASIS * wide + k, zero + deal.carryforward[k])
        put(book, B_LOSS * wide + k, zero + deal.written[k])
    for a in range(A):
        put(funds, (deal.buckets + a) * groups, zero + deal.account_balance[a])
    end = of_cash(cash, groups, rows, 0, C_END, -1, zero)
    set_notionals(deal, book, end, zero)
    lost, stepped, target = zero + deal.prior_loss, zero, zero + deal.oc_target
    past_call = where_most(end, deal.call_factor * deal.original_balance, zero + 1.0, 0.0)
    residual = zero
    kept = stride > 0
    for month in range(rows):
        base = month * stride
        told = kept or month < 2
        _clear(deal, places, ledger, base, month, zero)
        if month > 0:
            begin = of_cash(cash, groups, rows, month, C_BEGIN, -1, zero)
            end = of_cash(cash, groups, rows, month, C_END, -1, zero)
            lost = lost + of_cash(cash, groups, rows, month, C_LOSS, -1, zero)
            for g in range(groups):
                share = over(of_cash(cash, groups, rows, month, C_BEGIN, g, zero), begin, 0.0)
                put(scratch.shares, g, share)
            call = where_equal(called, float(month), zero + 1.0, 0.0)
            _collect(deal, month, rows, groups, cash, funds, scratch.recovered, zero)
            accrue_costs(deal, month, cash, groups, rows, wide, book, ledger, base, places, zero)
            received = settle_hedges(deal, month, called, ends, wide, book, begin, ledger, base, places, zero)
            accrue_interest(
                deal, month, cash, groups, rows, wide, book, past_call, scratch.rates, ledger, base, places, told, zero
            )
            set_accreting(deal, book, scratch.accreting, zero)
            put(funds, HEDGE * groups, received)
            set_accounts(deal, book, end, scratch.room, zero)
            for a in range(A):
                put(ledger, base + places.accounts + 6 * a, at(funds, (deal.buckets + a) * groups, zero))
                put(ledger, base + places.accounts + 6 * a + 5, at(scratch.room, a, zero))
            for entry in range((deal.buckets + A) * groups):
                put(scratch.brought, entry, at(funds, entry, zero))
            held = _test_triggers(deal, month, begin, end, lost, scratch, ledger, base, places, zero)
            seniors = total_of(book, 0, deal.is_senior, zero)
            stepped = most(stepped, steps_down(deal, month, begin, seniors, zero))
            if deal.has_oc and not np.isnan(deal.oc_after):
                wanted = end * deal.oc_after if deal.oc_after < 1.0 else zero + deal.oc_after
                lower = most(least(target, wanted), deal.oc_floor)
                target = where_less(0.0, stepped, where_less(0.0, held, target, lower), target)
            entitle(deal, funds, book, end, target, groups, scratch.entitled, zero)
            put(scratch.on, STEPPED, stepped)
            put(scratch.on, CALLED, call)
            residual = zero
            for s in range(S):
                runs = _runs(deal, s, scratch.on, zero)
                if deal.steps[s, P_SWEEP]:
                    _sweep(deal, s, groups, funds, scratch.brought, scratch.shares, zero)
                op = deal.steps[s, P_OP]
                if op == PAY_WRITEDOWN:
                    write_down(
                        deal, s, month, rows, groups, wide, runs, funds, book, end, cash, scratch.entitled, scratch.recovered, scratch.paid,
                        ledger, base, places, kept, zero,
                    )  # fmt: skip
                elif op == PAY_WRITEUP:
                    write_up(
                        deal, s, groups, wide, runs, book, funds, scratch.recovered, scratch.entitled, scratch.paid,
                        ledger, base, places, kept, zero,
                    )  # fmt: skip
                elif deal.steps[s, P_PLAIN]:
                    pay_one(
                        deal, s, groups, wide, runs, funds, scratch.entitled, book, ledger, base, places, kept, zero
                    )
                else:
                    residual = residual + pay_step(
                        deal, s, month, rows, groups, wide, runs, call, funds, scratch.brought, scratch.entitled, book,
                        scratch.accreting, scratch.room, scratch.shares, scratch.spent, end, target, cash, scratch.paid, ledger, base,
                        places, kept, zero,
                    )  # fmt: skip
            left = zero
            for entry in range(deal.buckets * groups):
                left = left + at(funds, entry, zero)
            if kept:
                tell(ledger, base + places.steps + 4 * S, left, left, left)
            residual = residual + left
            set_notionals(deal, book, end, zero)
            past_call = where_most(end, deal.call_factor * deal.original_balance, zero + 1.0, past_call)
        for k in range(K):
            place = base + k * TRANCHE_COLUMNS
            short = at(book, B_SHORTFALL * wide + k, zero) + at(book, B_DUE * wide + k, zero)
            put(book, B_SHORTFALL * wide + k, short)
            put(book, B_DUE * wide + k, zero)
            if told:
                put(ledger, place + T_SHORTFALL, short)
                put(ledger, place + T_BASIS, at(book, B_BASIS * wide + k, zero))
            put(ledger, place + T_LOSS, at(book, B_LOSS * wide + k, zero))
            put(ledger, place + T_END, at(book, k, zero))
        for a in range(A):
            put(ledger, base + places.accounts + 6 * a + 4, at(funds, (deal.buckets + a) * groups, zero))
        for n in range(N):
            put(ledger, base + places.insurers + 3 * n + 2, at(book, B_DRAWN * wide + n, zero))
        bonds = debt(book, deal.is_note, deal.bond_group, -1, zero)
        place = base + places.deal
        put(ledger, place, residual)
        put(ledger, place + 1, bonds)
        put(ledger, place + 2, end - bonds)
        put(ledger, place + 3, target)
        put(ledger, place + 4, stepped)
        if not kept:
            summarize(deal, places, ledger, month, classes, whole, first, zero)
