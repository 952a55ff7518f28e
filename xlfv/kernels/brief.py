"""A month of the record in brief: what most questions ask of it, and what its conservation is proved by."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xlfv.kernels.deal import (
    BRIEF_CASH,
    BRIEF_COSTS,
    BRIEF_DEAL,
    BRIEF_END,
    BRIEF_GAP,
    BRIEF_INSURED,
    BRIEF_LOSS,
    BRIEF_PAID,
    BRIEF_PRINCIPAL,
    BRIEF_PUT_ASIDE,
    BRIEF_RAISED,
    BRIEF_RECEIVED,
    BRIEF_TRANCHE,
    OWN,
    T_ACCRETED,
    T_BASIS_PAID,
    T_BEGIN,
    T_END,
    T_INTEREST_PAID,
    T_LOSS,
    T_LOSS_PAID,
    T_PRINCIPAL,
    T_SHORTFALL_PAID,
    T_WRITEDOWN,
    T_WRITEUP,
    TRANCHE_COLUMNS,
    Deal,
    Places,
    Record,
    inlined,
)
from xlfv.kernels.lanes import at, most, put


class Brief(NamedTuple):
    """Months in brief, of one scenario; or of eight, in a last axis."""

    tranches: np.ndarray  # [T + 1, K, BRIEF_TRANCHE]
    deal: np.ndarray  # [T + 1, BRIEF_DEAL]
    first: np.ndarray  # [K, TRANCHE_COLUMNS] month 1 in full


def brief_of(deal: Deal, record: Record) -> Brief:
    """The brief of a record, summed in the order in which :func:`summarize` does."""
    rows = record.tranches.transpose(1, 0, 2)
    principal, end = rows[:, :, T_PRINCIPAL], rows[:, :, T_END]
    interest = rows[:, :, T_INTEREST_PAID] + rows[:, :, T_SHORTFALL_PAID] + rows[:, :, T_BASIS_PAID]
    cash = interest + principal + rows[:, :, T_LOSS_PAID]
    moved = principal + rows[:, :, T_WRITEDOWN] - rows[:, :, T_ACCRETED] - rows[:, :, T_WRITEUP]
    own = deal.notional_kind == OWN
    gaps = [np.zeros((1, len(rows)))]
    gaps.append(np.abs(rows[:, own, T_BEGIN] - moved[:, own] - end[:, own]).T)
    before = np.concatenate([rows[:1, :, T_LOSS], rows[:-1, :, T_LOSS]])
    made_good = rows[:, :, T_WRITEUP] + rows[:, :, T_LOSS_PAID]
    gaps.append(np.abs(before + rows[:, :, T_WRITEDOWN] - made_good - rows[:, :, T_LOSS]).T)
    accounts = record.accounts
    drawn = accounts[:, :, 2] + accounts[:, :, 3]
    gaps.append(np.abs(accounts[:, :, 0] + accounts[:, :, 1] - drawn - accounts[:, :, 4]))
    gap = np.concatenate(gaps).max(axis=0)
    gap[0] = 0.0
    inside = record.hedges[deal.hedge_inside]
    sums = (
        record.costs[:, :, 1], inside[:, :, 1], inside[:, :, 2], accounts[:, :, 1] - drawn,
        record.insurers[:, :, 0] - record.insurers[:, :, 1], moved[:, deal.is_note].T,
    )  # fmt: skip
    whole = np.concatenate([record.deal, *(part.sum(axis=0)[:, None] for part in sums), gap[:, None]], axis=1)
    return Brief(np.stack([cash, principal, end, rows[:, :, T_LOSS]], axis=-1), whole, record.tranches[:, 1])


@inlined
def summarize(
    deal: Deal, places: Places, ledger: np.ndarray, month: int, classes: np.ndarray, whole: np.ndarray,
    first: np.ndarray, zero: Any,
) -> None:  # fmt: skip
    """Copy and sum what the brief keeps of a month whose record begins at entry 0."""
    count = deal.balance.size
    raised = zero
    gap = zero
    for k in range(count):
        place, brief = k * TRANCHE_COLUMNS, (month * count + k) * BRIEF_TRANCHE
        principal, end = at(ledger, place + T_PRINCIPAL, zero), at(ledger, place + T_END, zero)
        interest = at(ledger, place + T_INTEREST_PAID, zero) + at(ledger, place + T_SHORTFALL_PAID, zero)
        interest = interest + at(ledger, place + T_BASIS_PAID, zero)
        put(classes, brief + BRIEF_CASH, interest + principal + at(ledger, place + T_LOSS_PAID, zero))
        put(classes, brief + BRIEF_PRINCIPAL, principal)
        put(classes, brief + BRIEF_END, end)
        put(classes, brief + BRIEF_LOSS, at(ledger, place + T_LOSS, zero))
        moved = principal + at(ledger, place + T_WRITEDOWN, zero)
        moved = moved - at(ledger, place + T_ACCRETED, zero) - at(ledger, place + T_WRITEUP, zero)
        if deal.is_note[k]:
            raised = raised + moved
        if month > 0:
            made_good = at(ledger, place + T_WRITEUP, zero) + at(ledger, place + T_LOSS_PAID, zero)
            before = at(classes, brief - count * BRIEF_TRANCHE + BRIEF_LOSS, zero)
            rest = before + at(ledger, place + T_WRITEDOWN, zero) - made_good - at(ledger, place + T_LOSS, zero)
            gap = most(gap, most(rest, 0.0 - rest))
        if deal.notional_kind[k] == OWN and month > 0:
            rest = at(ledger, place + T_BEGIN, zero) - moved - end
            gap = most(gap, most(rest, 0.0 - rest))
        if month == 1:
            for column in range(TRANCHE_COLUMNS):
                put(first, place + column, at(ledger, place + column, zero))
    brief = month * BRIEF_DEAL
    for column in range(5):
        put(whole, brief + column, at(ledger, places.deal + column, zero))
    costs, received, paid, aside, insured = zero, zero, zero, zero, zero
    for c in range(deal.cost_rate.size):
        costs = costs + at(ledger, places.costs + 2 * c + 1, zero)
    for h in range(deal.hedge_linked.size):
        if deal.hedge_inside[h]:
            received = received + at(ledger, places.hedges + 3 * h + 1, zero)
            paid = paid + at(ledger, places.hedges + 3 * h + 2, zero)
    for a in range(deal.account_balance.size):
        place = places.accounts + 6 * a
        drawn = at(ledger, place + 2, zero) + at(ledger, place + 3, zero)
        aside = aside + (at(ledger, place + 1, zero) - drawn)
        if month > 0:
            rest = at(ledger, place, zero) + at(ledger, place + 1, zero) - drawn - at(ledger, place + 4, zero)
            gap = most(gap, most(rest, 0.0 - rest))
    for n in range(deal.insurers):
        back = at(ledger, places.insurers + 3 * n + 1, zero)
        insured = insured + (at(ledger, places.insurers + 3 * n, zero) - back)
    put(whole, brief + BRIEF_COSTS, costs)
    put(whole, brief + BRIEF_RECEIVED, received)
    put(whole, brief + BRIEF_PAID, paid)
    put(whole, brief + BRIEF_PUT_ASIDE, aside)
    put(whole, brief + BRIEF_INSURED, insured)
    put(whole, brief + BRIEF_RAISED, raised)
    put(whole, brief + BRIEF_GAP, gap)
