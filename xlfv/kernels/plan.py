"""The contracts of common loans, eight side by side: fixed, adjustable, interest-only, balloon.

What a contract says does not depend on prepayments or defaults. It is planned once, as a list of events (a reset, the end
of interest-only, maturity) with the monthly rate and the payment that hold from there, and curves run over the plan as
often as wanted. A payment is kept as a factor of the balance at the event: 0 while interest only is paid and after
maturity, -1 where the payment stays. :func:`xlfv.kernels.contract.contract` says the same for every kind of loan, one
at a time; for these loans both give the same bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels import lanes
from xlfv.kernels.layout import (
    L_AMORTIZE,
    L_CAP,
    L_FIRST_CAP,
    L_FLOOR,
    L_FREQUENCY,
    L_INDEX,
    L_INTEREST_ONLY,
    L_LIFE_CAP,
    L_LOOKBACK,
    L_MARGIN,
    L_PAYMENT,
    L_RATE,
    L_RESET,
    L_ROUNDING,
    L_TERM,
    NEVER,
)

EVENT = 2 * lanes.LANES  # entries of an event: monthly rates, then payment factors
STAYS = -1.0  # the factor of a payment that does not change
NO_RESET = 1e9


@njit(cache=True, error_model="numpy", nogil=True)
def mark_events(counts: np.ndarray, at: int, months: int, marks: np.ndarray) -> None:
    """Mark the months at whose start something changes for one of eight loans.

    Args:
        counts: int64[LOAN_COUNTS, places], loans side by side.
        at: place of the first of the eight.
        months: months to plan.
        marks: bool[months + 2], filled.
    """
    marks[:] = False
    marks[1] = True
    for k in range(at, at + lanes.LANES):
        last = min(counts[L_TERM, k], months)
        recast = counts[L_INTEREST_ONLY, k] + 1
        if recast <= last:
            marks[recast] = True
        if counts[L_INDEX, k] >= 0:
            for month in range(counts[L_RESET, k] + 1, last + 1, counts[L_FREQUENCY, k]):
                marks[month] = True
        marks[last + 1] = True  # the month after maturity, from which nothing is paid


@njit(cache=True, error_model="numpy", nogil=True)
def plan_eight(
    numbers: np.ndarray, counts: np.ndarray, whole: np.ndarray, at: int, indices: np.ndarray, lead: int, months: int,
    marks: np.ndarray, rows: np.ndarray, when: np.ndarray, terms: np.ndarray, event: int,
) -> int:  # fmt: skip
    """Write the events of eight loans from number ``event`` on; the number after the last.

    Args:
        numbers, counts: float64[LOAN_NUMBERS, places], int64[LOAN_COUNTS, places].
        whole: ``counts`` as float64.
        at: place of the first of the eight.
        indices: float64[index, lead + months + 1], ``lead`` entries before month 0 (at least the longest lookback).
        months: months to plan.
        marks, rows: scratch, bool[months + 2] and int64[8].
        when: int64[events], filled with months.
        terms: float64[events * 16], filled: eight monthly rates and eight payment factors an event.
    """
    mark_events(counts, at, months, marks)
    width = numbers.shape[1]
    zero, one, twelve = lanes.spread(0.0), lanes.spread(1.0), lanes.spread(12.0)
    rate = lanes.load(numbers, L_RATE * width + at)
    margin = lanes.load(numbers, L_MARGIN * width + at)
    unit = lanes.load(numbers, L_ROUNDING * width + at)
    first_cap, cap = lanes.load(numbers, L_FIRST_CAP * width + at), lanes.load(numbers, L_CAP * width + at)
    low, high = lanes.load(numbers, L_FLOOR * width + at), lanes.load(numbers, L_LIFE_CAP * width + at)
    term = lanes.load(whole, L_TERM * width + at)
    amortize = lanes.load(whole, L_AMORTIZE * width + at) + 1.0
    recast = lanes.load(whole, L_INTEREST_ONLY * width + at) + 1.0
    frequency = lanes.load(whole, L_FREQUENCY * width + at)
    index = lanes.load(whole, L_INDEX * width + at)
    first = lanes.where_less(index, zero, lanes.spread(NO_RESET), lanes.load(whole, L_RESET * width + at) + 1.0)
    reset = first
    # A payment is fresh where it must be computed anew: none is given, after a reset, when interest-only ends.
    fresh = lanes.where_less(zero, lanes.load(numbers, L_PAYMENT * width + at), zero, one)
    adjustable, rounds = False, False
    for k in range(lanes.LANES):
        adjustable = adjustable or counts[L_INDEX, at + k] >= 0
        rounds = rounds or numbers[L_ROUNDING, at + k] > 0.0
        rows[k] = max(counts[L_INDEX, at + k], 0) * indices.shape[1] + lead - counts[L_LOOKBACK, at + k]
    for month in range(1, months + 1):
        if not marks[month]:
            continue
        now = lanes.spread(float(month))
        running = lanes.where_most(now, term, one, zero)
        if adjustable:
            new = lanes.gather(indices, rows, 0, month) + margin
            if rounds:
                rounded = lanes.floor(new / lanes.where_less(zero, unit, unit, one) + 0.5) * unit
                new = lanes.where_less(zero, unit, rounded, new)
            most = lanes.where_equal(first, now, first_cap, cap)
            new = lanes.least(lanes.most(new, rate - most), rate + most)
            new = lanes.least(lanes.most(new, low), high)
            resets = lanes.where_equal(reset, now, running, zero)
            rate = lanes.where_less(zero, resets, new, rate)
            reset = lanes.where_equal(reset, now, reset + frequency, reset)
            fresh = lanes.most(fresh, resets)
        monthly = rate / twelve
        if month > 1:
            fresh = lanes.where_equal(recast, now, one, fresh)
        pays = lanes.where_most(recast, now, running, zero)
        periods = lanes.most(amortize - float(month), one)
        growth = lanes.compound_less_one(monthly, periods)
        flat = lanes.where_equal(growth, zero, one, zero)  # at a rate of nil the balance is repaid in equal parts
        factor = lanes.where_less(zero, flat, one, monthly * (growth + 1.0)) / lanes.where_less(zero, flat, periods, growth)
        factor = lanes.where_less(zero, fresh * pays, factor, lanes.spread(STAYS))
        factor = lanes.where_less(zero, pays, factor, zero)
        fresh = fresh * (one - pays)
        when[event] = month
        lanes.store(terms, event * EVENT, monthly)
        lanes.store(terms, event * EVENT + lanes.LANES, factor)
        event += 1
    return event


@njit(cache=True, error_model="numpy", nogil=True)
def count_events(counts: np.ndarray, starts: np.ndarray, months: int, events: np.ndarray) -> None:
    """How many events each block has.

    Args:
        counts: int64[LOAN_COUNTS, places].
        starts: int64[blocks + 1], block b holds the places from starts[b] to starts[b + 1], a multiple of eight.
        months: months to plan.
        events: int64[blocks], filled.
    """
    marks = np.zeros(months + 2, np.bool_)
    for b in range(starts.size - 1):
        events[b] = 0
        for at in range(starts[b], starts[b + 1], lanes.LANES):
            mark_events(counts, at, months, marks)
            for month in range(1, months + 1):
                events[b] += marks[month]


@njit(cache=True, error_model="numpy", nogil=True)
def plan_blocks(
    numbers: np.ndarray, counts: np.ndarray, whole: np.ndarray, indices: np.ndarray, lead: int, months: int,
    starts: np.ndarray, first: np.ndarray, begin: int, end: int, terms: np.ndarray, by_month: np.ndarray,
) -> None:  # fmt: skip
    """Plan the blocks of loans from ``begin`` to ``end``.

    Args:
        numbers, counts, whole, indices, lead, months: as in :func:`plan_eight`.
        starts: int64[blocks + 1], places.
        first: int64[blocks + 1], block b has the events from first[b] to first[b + 1] (see :func:`count_events`).
        terms: float64[events * 16], filled, eight loans after eight.
        by_month: int64[events + blocks, 3], filled: month, eight of the block, event; by month within a block, and ended
            by a month that never comes (block b's begin at ``first[b] + b``).
    """
    marks = np.zeros(months + 2, np.bool_)
    rows = np.zeros(lanes.LANES, np.int64)
    tally = np.zeros(months + 2, np.int64)
    longest = 0
    for b in range(begin, end):
        longest = max(longest, first[b + 1] - first[b])
    when, whose = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    for b in range(begin, end):
        base = first[b]
        event = 0
        mine = terms[base * EVENT : first[b + 1] * EVENT]
        for at in range(starts[b], starts[b + 1], lanes.LANES):
            before = event
            event = plan_eight(numbers, counts, whole, at, indices, lead, months, marks, rows, when, mine, event)
            whose[before:event] = (at - starts[b]) // lanes.LANES
        # In order of months, by counting.
        tally[:] = 0
        for e in range(event):
            tally[when[e] + 1] += 1
        for month in range(1, months + 2):
            tally[month] += tally[month - 1]
        out = base + b
        for e in range(event):
            to = out + tally[when[e]]
            tally[when[e]] += 1
            by_month[to, 0], by_month[to, 1], by_month[to, 2] = when[e], whose[e], base + e
        by_month[out + event, 0], by_month[out + event, 1], by_month[out + event, 2] = NEVER, 0, 0
