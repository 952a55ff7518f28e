"""One step of the waterfall: the cash it finds, what it owes, and how it divides what it pays."""

from __future__ import annotations

import numpy as np

from xlfv.kernels.deal import (
    B_BALANCE,
    B_DRAWN,
    B_DUE,
    B_LOSS,
    B_ROOM,
    B_SHORTFALL,
    BUCKETS,
    C_BEGIN,
    C_END,
    DOLLARS,
    EXCESS,
    OWN_TIMES,
    P_BOOK,
    P_COLUMN,
    P_FROM,
    P_GROUP,
    P_MOST,
    P_OP,
    P_RANK,
    P_RULE,
    P_SOURCE,
    P_TO,
    PART,
    PAY_COST,
    PAY_DEPOSIT,
    PAY_HEDGE,
    PAY_INTEREST,
    PAY_OC,
    PAY_PRINCIPAL,
    PAY_REIMBURSEMENT,
    PAY_RELEASE,
    PAY_RESIDUAL,
    PAY_TERMINATION,
    PAY_WRITEDOWN,
    PAY_WRITEUP,
    PREPAID,
    PRINCIPAL,
    S_AVAILABLE,
    S_DUE,
    S_PAID,
    S_SHORT,
    SCHEDULE,
    SCHEDULED,
    SENIOR_PLUS,
    SENIOR_TIMES,
    SEQUENTIAL,
    SHARE,
    T_ACCRETED,
    T_BEGIN,
    T_PRINCIPAL,
    T_WRITEDOWN,
    T_WRITEUP,
    TARGET,
    Deal,
    Record,
    compiled,
    debt,
    inlined,
)


@inlined
def available(funds: np.ndarray, source: int, group: int) -> float:
    """Cash in a bucket, of one group or of all (-1); principal is all of it, scheduled and prepaid alike."""
    total = 0.0
    first = group if group >= 0 else 0
    last = group + 1 if group >= 0 else funds.shape[1]
    for g in range(first, last):
        total += funds[source, g]
    if source == PRINCIPAL:
        for g in range(first, last):
            total += funds[SCHEDULED, g] + funds[PREPAID, g]
    return total


@inlined
def take(funds: np.ndarray, source: int, group: int, amount: float) -> None:
    """Take cash out of a bucket; over groups in their order where ``group`` is -1."""
    first = group if group >= 0 else 0
    last = group + 1 if group >= 0 else funds.shape[1]
    for g in range(first, last):
        part = min(funds[source, g], amount)
        funds[source, g] -= part
        amount -= part
    if source == PRINCIPAL and amount > 0.0:
        for bucket in (SCHEDULED, PREPAID):
            for g in range(first, last):
                part = min(funds[bucket, g], amount)
                funds[bucket, g] -= part
                amount -= part


@compiled
def share_out(
    cash: float, owed: np.ndarray, row: int, targets: np.ndarray, first: int, last: int, weights: np.ndarray,
    rule: int, paid: np.ndarray,
) -> float:  # fmt: skip
    """Divide ``cash`` among targets, none above what it is owed; fills ``paid`` (by target) and returns the sum.

    Sequential pays each in full before the next. Pro rata and share divide by what is owed or by weights, and give
    what a full one cannot take to the others.

    Args:
        owed: float64[rows, n], of which ``row`` counts.
        targets, weights: of which those from ``first`` to ``last`` count.
    """
    n = last - first
    left = cash
    if rule in (SEQUENTIAL, SCHEDULE, TARGET):
        for k in range(n):
            paid[k] = min(left, owed[row, targets[first + k]])
            left -= paid[k]
        return cash - left
    for k in range(n):
        paid[k] = 0.0
    for _ in range(n):
        whole = 0.0
        for k in range(n):
            due = owed[row, targets[first + k]]
            if paid[k] < due:
                whole += weights[first + k] if rule == SHARE else due
        if whole <= 0.0 or left <= 0.0:
            break
        round_cash = left
        full = False
        for k in range(n):
            due = owed[row, targets[first + k]]
            room = due - paid[k]
            if room > 0.0:
                part = round_cash * ((weights[first + k] if rule == SHARE else due) / whole)
                if part >= room:
                    part = room
                    full = True
                part = min(part, left)
                paid[k] += part
                left -= part
                if part == room:
                    paid[k] = due
        if not full:
            break
    # The last crumbs of rounding go to the first that has room.
    for k in range(n):
        if left <= 0.0:
            break
        part = min(left, owed[row, targets[first + k]] - paid[k])
        if part > 0.0:
            paid[k] += part
            left -= part
    return cash - left


@inlined
def entitle(deal: Deal, funds: np.ndarray, book: np.ndarray, end: float, target: float, entitled: np.ndarray) -> None:
    """Principal that bonds may take this month, by group: collections less the release of overcollateralization."""
    collected = available(funds, PRINCIPAL, -1)
    keep = 1.0
    if deal.has_oc and collected > 0.0:
        needed = max(debt(book, deal.is_note, deal.bond_group, -1) - max(end - target, 0.0), 0.0)
        keep = min(needed / collected, 1.0)
    for g in range(entitled.size):
        entitled[g] = available(funds, PRINCIPAL, g) * keep


@inlined
def entitlement(entitled: np.ndarray, group: int) -> float:
    """Principal that bonds may still take, of one group or of all (-1)."""
    if group >= 0:
        return entitled[group]
    total = 0.0
    for g in range(entitled.size):
        total += entitled[g]
    return total


@inlined
def use(entitled: np.ndarray, group: int, amount: float) -> None:
    """Take paid principal off what bonds may take."""
    for g in range(group if group >= 0 else 0, group + 1 if group >= 0 else entitled.size):
        part = min(entitled[g], amount)
        entitled[g] -= part
        amount -= part


@compiled
def most(
    kind: int, part: float, group: int, first: int, last: int, targets: np.ndarray, brought: float, month: int,
    cash: np.ndarray, classes: np.ndarray, is_senior: np.ndarray, bond_group: np.ndarray,
) -> float:  # fmt: skip
    """The most a step may pay that takes a share of what its bucket was brought this month (dollars).

    The share is ``part``, or what ``part`` makes of the senior classes' or the targets' own percentage of the pool,
    both at the start of the month: times it, or that much of the rest added to it.
    """
    if kind == PART:
        return brought * part
    pool = 0.0
    for g in range(cash.shape[0]):
        if group < 0 or g == group:
            pool += cash[g, month, C_BEGIN]
    own = 0.0
    if kind in (SENIOR_TIMES, SENIOR_PLUS):
        for k in range(is_senior.size):
            if is_senior[k] and (group < 0 or bond_group[k] == group):
                own += classes[k, month, T_BEGIN]
    else:
        for t in range(first, last):
            own += classes[targets[t], month, T_BEGIN]
    own = min(own / pool, 1.0) if pool > 0.0 else 1.0
    if kind in (SENIOR_TIMES, OWN_TIMES):
        return brought * (own * part)
    return brought * (own + (1.0 - own) * part)


@compiled
def above_target(deal: Deal, s: int, month: int, book: np.ndarray, end: float, cash: np.ndarray) -> float:
    """What the classes up to the step's last stand above their target: the pool after the month less what stays behind.

    What stays behind them is their target enhancement of the pool, and never less than the OC floor.
    """
    group, rank = deal.steps[s, P_GROUP], deal.steps[s, P_RANK]
    pool = end if group < 0 else cash[group, month, C_END]
    floor = deal.oc_floor if group < 0 else 0.0
    total = 0.0
    for k in range(rank + 1):
        if deal.is_note[k] and (group < 0 or deal.bond_group[k] == group):
            total += book[B_BALANCE, k]
    return max(total - max(min((1.0 - deal.behind[s]) * pool, pool - floor), 0.0), 0.0)


@inlined
def _tell(record: Record, s: int, month: int, have: float, owed: float, paid: float) -> None:
    """What a step saw, owed and paid."""
    record.steps[s, month, S_AVAILABLE] = have
    record.steps[s, month, S_DUE] = owed
    record.steps[s, month, S_PAID] = paid
    record.steps[s, month, S_SHORT] = owed - paid


@compiled
def write_down(
    deal: Deal, s: int, month: int, funds: np.ndarray, book: np.ndarray, end: float, cash: np.ndarray,
    entitled: np.ndarray, paid: np.ndarray, record: Record,
) -> None:  # fmt: skip
    """Write classes down by what the notes exceed the pool, principal still to be paid aside; no cash moves.

    Where an insurer is the source it pays the amount as principal instead, and its outstanding draws grow.
    """
    step = deal.steps[s]
    group, first, last = step[P_GROUP], step[P_FROM], step[P_TO]
    buckets = deal.last_of.size
    insurer = step[P_SOURCE] - buckets - deal.account_balance.size
    pool = end if group < 0 else cash[group, month, C_END]
    coming = entitlement(entitled, group)
    for b in range(BUCKETS, buckets):  # what z classes accreted is principal too
        coming += available(funds, b, group)
    owed = min(max(debt(book, deal.is_note, deal.bond_group, group) - coming - pool, 0.0), deal.limit[s])
    if owed < 1e-9 * max(pool, 1.0):
        owed = 0.0  # rounding, not a loss
    able = 0.0
    for t in range(first, last):
        able += book[B_BALANCE, deal.targets[t]]
    written = min(owed, able)
    _tell(record, s, month, able, owed, written)
    if written == 0.0:
        return
    share_out(written, book, B_BALANCE, deal.targets, first, last, deal.weights, step[P_RULE], paid)
    column = T_PRINCIPAL if insurer >= 0 else T_WRITEDOWN
    for t in range(first, last):
        k = deal.targets[t]
        book[B_BALANCE, k] -= paid[t - first]
        record.tranches[k, month, column] += paid[t - first]
        if insurer < 0:
            book[B_LOSS, k] += paid[t - first]
    if insurer >= 0:
        book[B_DRAWN, insurer] += written
        record.insurers[insurer, month, 0] += written


@compiled
def write_up(
    deal: Deal, s: int, month: int, book: np.ndarray, funds: np.ndarray, recovered: np.ndarray, entitled: np.ndarray,
    paid: np.ndarray, record: Record,
) -> None:  # fmt: skip
    """Raise classes written down by the month's subsequent recoveries, never above their write-downs; no cash moves."""
    step = deal.steps[s]
    group, first, last = step[P_GROUP], step[P_FROM], step[P_TO]
    have = entitlement(recovered, group)
    owed = 0.0
    for t in range(first, last):
        owed += book[B_LOSS, deal.targets[t]]
    owed = min(owed, deal.limit[s])
    raised = min(have, owed)
    _tell(record, s, month, have, owed, raised)
    share_out(raised, book, B_LOSS, deal.targets, first, last, deal.weights, step[P_RULE], paid)
    for t in range(first, last):
        k = deal.targets[t]
        book[B_LOSS, k] -= paid[t - first]
        book[B_BALANCE, k] += paid[t - first]
        record.tranches[k, month, T_WRITEUP] += paid[t - first]
    use(recovered, group, raised)
    # The recovery came in as principal: notes that stand higher may take more of it.
    for g in range(entitled.size):
        if group < 0 or g == group:
            more = min(max(available(funds, PRINCIPAL, g) - entitled[g], 0.0), raised)
            entitled[g] += more
            raised -= more


@inlined
def pay_step(
    deal: Deal, s: int, month: int, funds: np.ndarray, brought: np.ndarray, entitled: np.ndarray, recovered: np.ndarray,
    book: np.ndarray, accreting: np.ndarray, room: np.ndarray, end: float, target: float, cash: np.ndarray,
    paid: np.ndarray, record: Record,
) -> float:  # fmt: skip
    """Run one step; returns what it paid to the residual."""
    op = deal.steps[s, P_OP]
    if op == PAY_WRITEDOWN:
        write_down(deal, s, month, funds, book, end, cash, entitled, paid, record)
        return 0.0
    if op == PAY_WRITEUP:
        write_up(deal, s, month, book, funds, recovered, entitled, paid, record)
        return 0.0
    source, group, rule = deal.steps[s, P_SOURCE], deal.steps[s, P_GROUP], deal.steps[s, P_RULE]
    row, first, last = deal.steps[s, P_BOOK], deal.steps[s, P_FROM], deal.steps[s, P_TO]
    called = month == deal.call_month
    insurer = source - deal.last_of.size - deal.account_balance.size
    account = source - deal.last_of.size
    have = available(funds, source, group) if insurer < 0 else np.inf
    collected = source in (PRINCIPAL, SCHEDULED, PREPAID)
    owed = 0.0
    if op == PAY_RESIDUAL:
        owed = have
    elif op == PAY_RELEASE:
        owed = max(have - room[account], 0.0)
    else:
        if op == PAY_DEPOSIT:
            for t in range(first, last):
                a = deal.targets[t]
                book[B_ROOM, a] = max(room[a] - funds[deal.last_of.size + a, 0], 0.0)
        elif rule == SCHEDULE:
            for t in range(first, last):
                k = deal.targets[t]
                book[B_ROOM, k] = max(book[B_BALANCE, k] - (0.0 if called else deal.planned[k, month]), 0.0)
            row = B_ROOM
        elif insurer >= 0 and op == PAY_PRINCIPAL:
            for t in range(first, last):  # an insurer pays principal at final maturity, not before
                k = deal.targets[t]
                book[B_ROOM, k] = book[B_BALANCE, k] if month >= deal.final_month[k] else 0.0
            row = B_ROOM
        for t in range(first, last):
            owed += book[row, deal.targets[t]]
        if rule == TARGET:
            owed = min(owed, above_target(deal, s, month, book, end, cash))
        if op == PAY_OC:
            owed = min(owed, max(debt(book, deal.is_note, deal.bond_group, -1) - max(end - target, 0.0), 0.0))
        elif op == PAY_PRINCIPAL and collected:
            owed = min(owed, entitlement(entitled, group))
    # A deal that is called is paid off: nothing holds its principal back.
    if not (called and (op in (PAY_PRINCIPAL, PAY_OC))):
        kind = deal.steps[s, P_MOST]
        if kind == DOLLARS:
            owed = min(owed, deal.limit[s])
        else:
            base = available(brought, source, group) if source < brought.shape[0] else have
            owed = min(owed, most(
                kind, deal.part[s, month], group, first, last, deal.targets, base, month, cash, record.tranches,
                deal.is_senior, deal.bond_group,
            ))  # fmt: skip
    spent = min(have, owed)
    _tell(record, s, month, have if insurer < 0 else owed, owed, spent)
    if insurer < 0:
        take(funds, source, group, spent)
        if account >= 0:
            record.accounts[account, month, 3 if op == PAY_RELEASE else 2] += spent
    else:
        book[B_DRAWN, insurer] += spent
        record.insurers[insurer, month, 0] += spent
    if op == PAY_RESIDUAL:
        return spent
    if op == PAY_RELEASE:
        funds[EXCESS, 0] += spent
        return 0.0
    if spent == 0.0 and op != PAY_INTEREST:
        return 0.0
    column = deal.steps[s, P_COLUMN]
    if last - first == 1:
        paid[0] = spent
    else:
        share_out(spent, book, row, deal.targets, first, last, deal.weights, rule, paid)
    for t in range(first, last):
        k, part = deal.targets[t], paid[t - first]
        book[row, k] -= part
        if op == PAY_COST:
            record.costs[k, month, 1] += part
        elif op in (PAY_HEDGE, PAY_TERMINATION):
            record.hedges[k, month, 2] += part
        elif op == PAY_DEPOSIT:
            funds[deal.last_of.size + k, 0] += part
            record.accounts[k, month, 1] += part
        elif op == PAY_REIMBURSEMENT:
            record.insurers[k, month, 1] += part
        elif op == PAY_INTEREST:
            if accreting[k]:
                # What a z class is due joins its balance; the cash is principal of the classes ahead of it.
                home = max(deal.bond_group[k], 0)
                book[B_BALANCE, k] += part
                record.tranches[k, month, T_ACCRETED] += part
                funds[deal.accretes_to[k], home] += part
                if deal.accretes_to[k] == PRINCIPAL:
                    entitled[home] += part
            else:
                record.tranches[k, month, column] += part
            if deal.last_interest[k] == s:  # what no later step can pay is short from here on
                book[B_SHORTFALL, k] += book[B_DUE, k]
                book[B_DUE, k] = 0.0
        else:
            record.tranches[k, month, column] += part
            if row == B_ROOM:
                book[B_BALANCE, k] -= part
    if op == PAY_PRINCIPAL and collected:
        use(entitled, group, spent)
    return 0.0
