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
    BLOCK,
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

EIGHTS = BLOCK // lanes.LANES  # most eights of a block
EVENT = 2 * lanes.LANES  # entries of an event: monthly rates, then payment factors
STAYS = -1.0  # the factor of a payment that does not change
NO_RESET = 1e9
# What is kept of eight loans while their block is planned, a vector each.
(P_RATE, P_RESET, P_FRESH) = range(0, 3 * lanes.LANES, lanes.LANES)
PLANNED = 3 * lanes.LANES


@njit(cache=True, error_model="numpy", nogil=True)
def mark_events(
    counts: np.ndarray, starts: np.ndarray, months: int, begin: int, end: int, marks: np.ndarray, events: np.ndarray
) -> None:
    """Mark the months at whose start something changes for one of eight loans, for the blocks from ``begin`` to ``end``.

    Args:
        counts: int64[LOAN_COUNTS, places], loans side by side.
        starts: int64[blocks + 1], block b holds the places from starts[b] to starts[b + 1], a multiple of eight.
        months: months to plan.
        marks: int64[blocks, months + 2], filled: bit c stands for a block's eight c.
        events: int64[blocks], filled with how many there are.
    """
    for b in range(begin, end):
        mine = marks[b]
        mine[:] = 0
        for c in range((starts[b + 1] - starts[b]) // lanes.LANES):
            at, bit = starts[b] + c * lanes.LANES, 1 << c
            mine[1] |= bit
            reset, frequency, reach = 0, 0, 0
            for k in range(at, at + lanes.LANES):
                last = min(counts[L_TERM, k], months)
                recast = counts[L_INTEREST_ONLY, k] + 1
                if recast <= last:
                    mine[recast] |= bit
                mine[last + 1] |= bit  # the month after maturity, from which nothing is paid
                if counts[L_INDEX, k] < 0:
                    continue
                same = counts[L_FREQUENCY, k] == frequency and counts[L_RESET, k] >= reset
                if same and (counts[L_RESET, k] - reset) % frequency == 0 and last <= reach:
                    continue  # the loan before has marked them
                reset, frequency, reach = counts[L_RESET, k], counts[L_FREQUENCY, k], last
                for month in range(reset + 1, last + 1, frequency):
                    mine[month] |= bit
        events[b] = 0
        for month in range(1, months + 1):
            events[b] += lanes.ones(mine[month])


@njit(cache=True, error_model="numpy", nogil=True)
def begin_block(
    numbers: np.ndarray, counts: np.ndarray, whole: np.ndarray, start: int, eights: int, width: int, lead: int,
    kept: np.ndarray, rows: np.ndarray, flags: np.ndarray, longest: np.ndarray,
) -> None:  # fmt: skip
    """Set up a block.

    Args:
        numbers, counts, whole: as in :func:`plan_blocks`.
        start, eights: its first place, and how many eights it has.
        width, lead: entries of a row of indices, and those before month 0.
        kept: float64[EIGHTS * PLANNED], filled.
        rows: int64[EIGHTS * 8], filled with where each loan's index is read for month 0.
        flags: bool[2, EIGHTS], filled: some rate resets; some rate is rounded.
        longest: float64[EIGHTS], filled with the most months over which one of eight amortizes.
    """
    places = numbers.shape[1]
    zero, one = lanes.spread(0.0), lanes.spread(1.0)
    for c in range(eights):
        at, to = start + c * lanes.LANES, c * PLANNED
        index = lanes.load(whole, L_INDEX * places + at)
        resets = lanes.load(whole, L_RESET * places + at) + 1.0
        lanes.store(kept, to + P_RATE, lanes.load(numbers, L_RATE * places + at))
        lanes.store(kept, to + P_RESET, lanes.where_less(index, zero, lanes.spread(NO_RESET), resets))
        # A payment is fresh where it must be computed anew: none is given, after a reset, when interest-only ends.
        given = lanes.load(numbers, L_PAYMENT * places + at)
        lanes.store(kept, to + P_FRESH, lanes.where_less(zero, given, zero, one))
        flags[0, c], flags[1, c], longest[c] = False, False, 1.0
        for k in range(at, at + lanes.LANES):
            flags[0, c] |= counts[L_INDEX, k] >= 0
            flags[1, c] |= numbers[L_ROUNDING, k] > 0.0
            longest[c] = max(longest[c], whole[L_AMORTIZE, k])
            rows[c * lanes.LANES + k - at] = max(counts[L_INDEX, k], 0) * width + lead - counts[L_LOOKBACK, k]


@njit(cache=True, error_model="numpy", nogil=True)
def plan_blocks(
    numbers: np.ndarray, counts: np.ndarray, whole: np.ndarray, indices: np.ndarray, lead: int, months: int,
    starts: np.ndarray, marks: np.ndarray, first: np.ndarray, begin: int, end: int, terms: np.ndarray, when: np.ndarray,
) -> None:  # fmt: skip
    """Plan the blocks of loans from ``begin`` to ``end``: month by month, eight after eight.

    Args:
        numbers, counts: float64[LOAN_NUMBERS, places], int64[LOAN_COUNTS, places].
        whole: ``counts`` as float64.
        indices: float64[index, lead + months + 1], ``lead`` entries before month 0 (at least the longest lookback).
        months: months to plan.
        starts, marks: as in :func:`mark_events`.
        first: int64[blocks + 1], block b has the events from first[b] to first[b + 1].
        terms: float64[events * EVENT], filled: eight monthly rates and eight payment factors an event.
        when: int64[events + blocks], filled: ``month * EIGHTS + eight`` of each event, those of block b from
            ``first[b] + b`` on, ended by a month that never comes.
    """
    kept = lanes.aligned(EIGHTS * PLANNED)
    rows = np.zeros(EIGHTS * lanes.LANES, np.int64)
    flags, longest = np.zeros((2, EIGHTS), np.bool_), np.zeros(EIGHTS)
    places = numbers.shape[1]
    zero, one, twelve = lanes.spread(0.0), lanes.spread(1.0), lanes.spread(12.0)
    for b in range(begin, end):
        eights = (starts[b + 1] - starts[b]) // lanes.LANES
        begin_block(numbers, counts, whole, starts[b], eights, indices.shape[1], lead, kept, rows, flags, longest)
        event = first[b]
        for month in range(1, months + 1):
            now, last = lanes.spread(float(month)), lanes.spread(float(month - 1))
            left = marks[b, month]
            while left != 0:
                c = lanes.lowest(left)
                left &= left - 1
                at, mine = starts[b] + c * lanes.LANES, c * PLANNED
                rate, fresh = lanes.load(kept, mine + P_RATE), lanes.load(kept, mine + P_FRESH)
                running = lanes.where_less(last, lanes.load(whole, L_TERM * places + at), one, zero)
                if flags[0, c]:
                    reset = lanes.load(kept, mine + P_RESET)
                    resets = lanes.where_equal(reset, now, running, zero)
                    new = lanes.gather(indices, rows, c * lanes.LANES, month)
                    new = new + lanes.load(numbers, L_MARGIN * places + at)
                    if flags[1, c]:
                        unit = lanes.load(numbers, L_ROUNDING * places + at)
                        rounded = lanes.floor(new / lanes.where_less(zero, unit, unit, one) + 0.5) * unit
                        new = lanes.where_less(zero, unit, rounded, new)
                    most = lanes.where_equal(
                        last, lanes.load(whole, L_RESET * places + at),
                        lanes.load(numbers, L_FIRST_CAP * places + at), lanes.load(numbers, L_CAP * places + at),
                    )  # fmt: skip
                    new = lanes.least(lanes.most(new, rate - most), rate + most)
                    new = lanes.most(new, lanes.load(numbers, L_FLOOR * places + at))
                    new = lanes.least(new, lanes.load(numbers, L_LIFE_CAP * places + at))
                    rate = lanes.where_less(zero, resets, new, rate)
                    lanes.store(kept, mine + P_RATE, rate)
                    after = reset + lanes.load(whole, L_FREQUENCY * places + at)
                    lanes.store(kept, mine + P_RESET, lanes.where_equal(reset, now, after, reset))
                    fresh = lanes.most(fresh, resets)
                monthly = rate / twelve
                free = lanes.load(whole, L_INTEREST_ONLY * places + at)
                if month > 1:
                    fresh = lanes.where_equal(free, last, one, fresh)
                pays = lanes.where_less(free, now, running, zero)
                due = fresh * pays
                factor = lanes.where_less(zero, pays, lanes.spread(STAYS), zero)
                if lanes.any_above(due, zero):
                    periods = lanes.most(lanes.load(whole, L_AMORTIZE * places + at) - float(month - 1), one)
                    growth = lanes.compound_less_one(monthly, periods, longest[c] - float(month - 1))
                    flat = lanes.where_equal(growth, zero, one, zero)  # at a rate of nil: repaid in equal parts
                    above = lanes.where_less(zero, flat, one, monthly * (growth + 1.0))
                    level = above / lanes.where_less(zero, flat, periods, growth)
                    factor = lanes.where_less(zero, due, level, factor)
                lanes.store(kept, mine + P_FRESH, fresh * (one - pays))
                when[event + b] = month * EIGHTS + c
                lanes.store(terms, event * EVENT, monthly)
                lanes.store(terms, event * EVENT + lanes.LANES, factor)
                event += 1
        when[event + b] = NEVER
