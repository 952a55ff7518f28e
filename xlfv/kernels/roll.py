"""Common loans rolled through the curves, eight side by side.

A common loan is current, has a contract that :mod:`xlfv.kernels.plan` plans, and is advanced in full. With ``S`` its
scheduled balance, survival ``u`` and the month's rates, the standard order of operations is::

    new defaults     D = S * u * MDR
    prepayments      V = S' * u * SMM                    SMM held at 1 - MDR
    amortization     (S - S') * u * (1 - MDR)
    performing       P' = S' * u * (1 - MDR - SMM)

Defaults and prepayments both apply to what stood at the start of the month; they add up and do not compete. A dollar in
default is advanced, so it amortizes as ``S`` does: what is late is ``S`` times the sum of ``u * MDR`` over the months not
yet liquidated. That sum is a difference of two running sums, kept for as many months as a liquidation takes.
Source: Bond Market Association, Standard Formulas (1999), SF-16 to SF-19. Whatever is not common rolls in
:mod:`xlfv.kernels.workout`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from xlfv.kernels import lanes
from xlfv.kernels.layout import (
    BASIS,
    COMMON_COLUMNS,
    DEFAULTS,
    L_BALANCE,
    L_DEFAULT,
    L_FEE,
    L_LAST_DEFAULT,
    L_PAYMENT,
    L_PREPAY,
    L_SEVERITY,
    L_TERM,
    LAG,
    LEAVES,
    LONGEST,
    ON_LIQUIDATION,
    PREPAYS,
    SEVERITY,
    TIMING_COUNTS,
)
from xlfv.kernels.plan import EIGHTS, EVENT

# What is kept of eight loans while their block runs, a vector each.
(
    K_BALANCE,
    K_PAYMENT,
    K_RATE,
    K_ALIVE,
    K_DEFAULT,
    K_PREPAY,
    K_SEVERITY,
    K_FEE,
    K_TERM,
    K_STOP,
    K_DEFAULTS,
    K_PREPAYS,
) = range(0, 12 * lanes.LANES, lanes.LANES)
KEPT = 12 * lanes.LANES
RUNNING = 2 * lanes.LANES  # of eight loans in a month of history: running sums of u * MDR, and of new defaults
MONTH = EIGHTS * RUNNING + lanes.LANES  # a line more: months a power of two apart would seem one to the processor


class Pool(NamedTuple):
    """Common loans side by side, in blocks, with their plan.

    Attributes:
        numbers, whole: float64[LOAN_NUMBERS, places], float64[LOAN_COUNTS, places]; places beyond the loans hold none.
        rate_row: int64[places], row of rates each loan has.
        starts: int64[blocks + 1], block b holds the places from starts[b] to starts[b + 1], a multiple of eight.
        timing: int64[blocks], row of severity and lag.
        mode: int64[blocks, 3]: rates differ between loans; prepayments, defaults are to be made monthly here.
        first, terms, when: the plan, see :func:`xlfv.kernels.plan.plan_blocks`.
    """

    numbers: np.ndarray
    whole: np.ndarray
    rate_row: np.ndarray
    starts: np.ndarray
    timing: np.ndarray
    mode: np.ndarray
    first: np.ndarray
    terms: np.ndarray
    when: np.ndarray


class Assumptions(NamedTuple):
    """Curves spelled out by row and month, for a number of scenarios.

    Attributes:
        given: float64[scenarios, rows, 2, months + 1], prepayment and default rates as given, annual or monthly.
        monthly: the same, made monthly.
        kinds: int64[rows, 2], how each is given.
        timing: float64[scenarios, rows, TIMING_ROWS, months + 1].
        lags: int64[scenarios, rows, LAG_ROWS, months + 1].
        counts: int64[scenarios, rows, TIMING_COUNTS].
    """

    given: np.ndarray
    monthly: np.ndarray
    kinds: np.ndarray
    timing: np.ndarray
    lags: np.ndarray
    counts: np.ndarray


@njit(cache=True, error_model="numpy", nogil=True)
def enter(pool: Pool, b: int, months: int, longest: int, kept: np.ndarray, plain: np.ndarray) -> int:
    """Set up block ``b``: what is kept of each eight, and the months that need no thought of an end; the last month.

    Args:
        longest: longest liquidation lag of the block.
        kept: float64[EIGHTS * KEPT], filled.
        plain: int64[EIGHTS], filled with the month from which a loan of the eight matures or may default no more.
    """
    width = pool.numbers.shape[1]
    last = 0
    for c in range((pool.starts[b + 1] - pool.starts[b]) // lanes.LANES):
        at = pool.starts[b] + c * lanes.LANES
        to = c * KEPT
        lanes.store(kept, to + K_BALANCE, lanes.load(pool.numbers, L_BALANCE * width + at))
        lanes.store(kept, to + K_PAYMENT, lanes.load(pool.numbers, L_PAYMENT * width + at))
        lanes.store(kept, to + K_RATE, lanes.spread(0.0))
        lanes.store(kept, to + K_ALIVE, lanes.spread(1.0))
        lanes.store(kept, to + K_DEFAULT, lanes.load(pool.numbers, L_DEFAULT * width + at))
        lanes.store(kept, to + K_PREPAY, lanes.load(pool.numbers, L_PREPAY * width + at))
        lanes.store(kept, to + K_SEVERITY, lanes.load(pool.numbers, L_SEVERITY * width + at))
        lanes.store(kept, to + K_FEE, lanes.load(pool.numbers, L_FEE * width + at) / 12.0)
        lanes.store(kept, to + K_TERM, lanes.load(pool.whole, L_TERM * width + at))
        lanes.store(kept, to + K_STOP, lanes.load(pool.whole, L_LAST_DEFAULT * width + at))
        plain[c] = months + 1
        for k in range(at, at + lanes.LANES):
            if pool.numbers[L_BALANCE, k] > 0.0:
                term = int(pool.whole[L_TERM, k])
                last = max(last, term + longest)
                stop = int(pool.whole[L_LAST_DEFAULT, k]) - longest + 1
                plain[c] = min(plain[c], min(term, stop))
    return min(last, months)


@njit(cache=True, error_model="numpy", nogil=True)
def unlike_rates(
    pool: Pool, rates: np.ndarray, which: int, b: int, at: int, month: int, kept: np.ndarray, multiple: int, to: int
) -> Any:
    """A month's rates where loans of a block differ in their curve's age, or an annual rate is multiplied.

    Args:
        rates: float64[rows, 2, months + 1], monthly, or as given where they are to be made monthly here.
        which: PREPAYS or DEFAULTS.
        at: place of the first of the eight.
        kept: the block's.
        multiple: where the loans' multipliers are kept.
        to: where last month's rates are kept: most curves stand still most of the time.
    """
    one = lanes.spread(1.0)
    months = rates.shape[2]
    if pool.mode[b, 0] != 0:
        rows = np.empty(lanes.LANES, np.int64)
        for k in range(lanes.LANES):
            rows[k] = (pool.rate_row[at + k] * 2 + which) * months
        found = lanes.least(lanes.gather(rates, rows, 0, month) * lanes.load(kept, multiple), one)
    else:
        row = pool.rate_row[at]
        if month > 1 and rates[row, which, month] == rates[row, which, month - 1]:
            return lanes.load(kept, to)
        found = lanes.least(rates[row, which, month] * lanes.load(kept, multiple), one)
    if pool.mode[b, 1 + which] != 0:
        found = one - lanes.root12(one - found)
    lanes.store(kept, to, found)
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def roll_blocks(pool: Pool, curves: Assumptions, months: int, begin: int, end: int, parts: np.ndarray) -> None:
    """Roll the blocks from ``begin`` to ``end``, each scenario into its own part.

    Args:
        parts: float64[end - begin, scenarios, months + 1, COMMON_COLUMNS], filled.
    """
    longest = 0
    for row in curves.counts.reshape(-1, TIMING_COUNTS):
        longest = max(longest, row[LONGEST])
    kept = lanes.aligned(EIGHTS * KEPT)
    history = lanes.aligned((longest + 2) * MONTH)
    plain = np.zeros(EIGHTS, np.int64)
    for b in range(begin, end):
        for s in range(parts.shape[1]):
            roll_block(pool, curves, months, b, s, kept, history, plain, parts[b - begin, s])


@njit(cache=True, error_model="numpy", nogil=True)
def roll_block(
    pool: Pool, curves: Assumptions, months: int, b: int, s: int, kept: np.ndarray, history: np.ndarray, plain: np.ndarray,
    part: np.ndarray,
) -> None:  # fmt: skip
    """Roll block ``b`` in scenario ``s``: months outside, eights inside, so that a month's sums stay in registers.

    Args:
        kept, history, plain: scratch: float64[EIGHTS * KEPT], float64[(longest lag + 2) * MONTH],
            int64[EIGHTS].
        part: float64[months + 1, COMMON_COLUMNS], filled.
    """
    timing, row = pool.timing[b], pool.rate_row[pool.starts[b]]
    alike = pool.mode[b, 0] + pool.mode[b, 1] + pool.mode[b, 2] == 0
    default_rates = curves.given[s] if pool.mode[b, 1 + DEFAULTS] else curves.monthly[s]
    prepay_rates = curves.given[s] if pool.mode[b, 1 + PREPAYS] else curves.monthly[s]
    leaves, lag = curves.lags[s, timing, LEAVES], curves.lags[s, timing, LAG]
    on_liquidation = curves.counts[s, timing, BASIS] == ON_LIQUIDATION
    ring = curves.counts[s, timing, LONGEST] + 2  # months of history in use
    eights = (pool.starts[b + 1] - pool.starts[b]) // lanes.LANES
    zero, one = lanes.spread(0.0), lanes.spread(1.0)
    last = enter(pool, b, months, ring - 2, kept, plain)
    part[last + 1 :] = 0.0
    opening = zero
    for c in range(eights):
        lanes.store(history, c * RUNNING, zero)
        lanes.store(history, c * RUNNING + lanes.LANES, zero)
        opening = opening + lanes.load(kept, c * KEPT + K_BALANCE)
    lanes.store(part, 0, lanes.sums(opening, zero, zero, zero, zero, zero, zero, zero))
    lanes.store(part, lanes.LANES, zero)
    event = pool.first[b]
    for month in range(1, last + 1):
        while pool.when[event + b] < (month + 1) * EIGHTS:
            to, at = (pool.when[event + b] - month * EIGHTS) * KEPT, event * EVENT
            factor = lanes.load(pool.terms, at + lanes.LANES)
            level = lanes.load(kept, to + K_BALANCE) * factor
            lanes.store(kept, to + K_RATE, lanes.load(pool.terms, at))
            lanes.store(kept, to + K_PAYMENT, lanes.where_less(factor, zero, lanes.load(kept, to + K_PAYMENT), level))
            event += 1
        default_rate, prepay_rate = default_rates[row, DEFAULTS, month], prepay_rates[row, PREPAYS, month]
        severity = curves.timing[s, timing, SEVERITY, month]
        liquidates = lanes.spread(float(month + lag[month]))
        now = lanes.spread(float(month))
        newest, this = (month - 1) % ring * MONTH, month % ring * MONTH
        gone, going = leaves[month - 1] % ring * MONTH, leaves[month] % ring * MONTH
        performing, foreclosure, scheduled, prepaid = zero, zero, zero, zero
        defaulted, advanced, paid, late_due, fees, liquidated, lost = zero, zero, zero, zero, zero, zero, zero
        for c in range(eights):
            to, here = c * KEPT, c * RUNNING
            # The contract's own month.
            rate = lanes.load(kept, to + K_RATE)
            s0 = lanes.load(kept, to + K_BALANCE)
            amortized = lanes.least(lanes.most(lanes.load(kept, to + K_PAYMENT) - s0 * rate, zero), s0)
            s1 = s0 - amortized
            lanes.store(kept, to + K_BALANCE, s1)
            p0, p1, repaid = s0, s1, amortized
            # The curves.
            if alike:
                mdr = lanes.least(default_rate * lanes.load(kept, to + K_DEFAULT), one)
                smm = prepay_rate * lanes.load(kept, to + K_PREPAY)
            else:
                at = pool.starts[b] + c * lanes.LANES
                mdr = unlike_rates(pool, default_rates, DEFAULTS, b, at, month, kept, to + K_DEFAULT, to + K_DEFAULTS)
                smm = unlike_rates(pool, prepay_rates, PREPAYS, b, at, month, kept, to + K_PREPAY, to + K_PREPAYS)
            if month >= plain[c]:
                # Somebody matures, or defaults no more: at maturity performing loans pay all there is.
                term = lanes.load(kept, to + K_TERM)
                p0, p1 = lanes.where_most(now, term, s0, zero), lanes.where_less(now, term, s1, zero)
                repaid = lanes.where_less(now, term, amortized, p0)  # to the bit what it is where nobody matures
                mdr = lanes.where_most(now, term, mdr, zero)
                mdr = lanes.where_most(liquidates, lanes.load(kept, to + K_STOP), mdr, zero)
            u = lanes.load(kept, to + K_ALIVE)
            fails, pays_off = u * mdr, u * lanes.least(smm, one - mdr)
            pays = u - fails
            keeps = pays - pays_off
            lanes.store(kept, to + K_ALIVE, keeps)
            # What is late.
            new = p0 * fails
            failed = lanes.load(history, newest + here) + fails
            lanes.store(history, this + here, failed)
            lanes.store(history, this + here + lanes.LANES, lanes.load(history, newest + here + lanes.LANES) + new)
            gone_before, gone_now = lanes.load(history, gone + here), lanes.load(history, going + here)
            left = (gone_now - gone_before) * s0
            at_default = left
            if not on_liquidation:
                before = lanes.load(history, gone + here + lanes.LANES)
                at_default = lanes.load(history, going + here + lanes.LANES) - before
            stock = failed - gone_now
            # What it brings.
            live, late = p0 * pays, (failed - gone_before) * s0
            performing = performing + p1 * keeps
            foreclosure = foreclosure + stock * s1
            scheduled = scheduled + repaid * pays
            prepaid = prepaid + p1 * pays_off
            defaulted = defaulted + new
            advanced = advanced + stock * amortized
            paid = paid + live * rate
            late_due = late_due + late * rate
            fees = fees + (live + late) * lanes.load(kept, to + K_FEE)
            liquidated = liquidated + left
            lost = lost + lanes.least(at_default * (severity * lanes.load(kept, to + K_SEVERITY)), left)
        at = month * COMMON_COLUMNS
        lanes.store(
            part, at, lanes.sums(performing, foreclosure, scheduled, prepaid, defaulted, advanced, paid, late_due)
        )
        # Late balances are advanced in full: so is their interest, and all fees are paid.
        lanes.store(part, at + lanes.LANES, lanes.sums(fees, liquidated, lost, late_due, fees, zero, zero, zero))
