"""Loans through the kernels: laid side by side, planned, rolled through the curves on all cores.

Common loans go eight at a time, the others one at a time; either way in blocks of loans of one group, each summed by
itself and added in order, so that the bits depend on the order of loans and not on threads. What a contract says is
planned once and kept: to change prepayments, defaults or severities costs only the rolling.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from xlfv import progress
from xlfv.kernels import layout as k
from xlfv.kernels import loans as singles
from xlfv.kernels import plan, roll
from xlfv.kernels.lanes import LANES
from xlfv.projection.assumptions import LoanCurves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_THREADS = 8
WAVE = 64  # blocks in flight: at 480 months and one scenario some 4 MB
SECTION = 1024  # blocks laid out and planned together: some 65,000 loans
PLANS_KEPT = 64 << 20  # bytes of plans kept for the next curves


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Threads of our own: compiled kernels let go of the interpreter. One pool a process: a fork has no threads."""
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=f"xlfv-{process}")


def _side_by_side(job: Callable[[int, int], None], begin: int, end: int) -> None:
    """Run ``job(from, to)`` over parts of a range on all cores."""
    workers = max(min(os.cpu_count() or 1, MOST_THREADS), 1)
    if workers == 1 or end - begin < 2 * workers:
        job(begin, end)
        return
    edges = np.linspace(begin, end, workers + 1).astype(int)
    for done in [_threads(os.getpid()).submit(job, int(a), int(b)) for a, b in pairwise(edges)]:
        done.result()


@dataclass(frozen=True)
class Laid:
    """Loans in the order in which they are summed.

    Attributes:
        order: int64[loans], which loan comes when.
        starts: int64[blocks + 1], block b holds the loans ``order[starts[b]:starts[b + 1]]``.
    """

    order: Ints
    starts: Ints

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return self.starts.size - 1


def lay(keys: list[NDArray], alike: int) -> Laid:
    """Order loans by keys, the first first, and cut them into blocks wherever one of the first ``alike`` keys changes."""
    count = keys[0].size
    order = np.lexsort(keys[::-1]) if count else np.zeros(0, dtype=np.int64)
    turns = np.zeros(count, dtype=bool)
    for key in keys[:alike]:
        sorted_ = key[order]
        turns[1:] |= sorted_[1:] != sorted_[:-1]
    begins = np.flatnonzero(turns | (np.arange(count) == 0)) if count else np.zeros(0, dtype=np.int64)
    ends = np.append(begins[1:], count)[: begins.size]
    starts = [at for a, b in zip(begins, ends, strict=True) for at in range(a, b, k.BLOCK)]
    return Laid(order.astype(np.int64), np.array([*starts, count], dtype=np.int64))


def project_loans(
    numbers: Floats, counts: Ints, group: Ints, groups: int, common: Bools, curves: LoanCurves, indices: Floats,
    fractions: Floats, months: int, made_of: str,
) -> Floats:  # fmt: skip
    """Project loans under each scenario.

    Args:
        numbers, counts: as :mod:`xlfv.projection.loan_arrays` gives them.
        group: int64[loans].
        groups: number of groups.
        common: bool[loans], the loans that go eight at a time.
        curves: the assumptions.
        indices: float64[index, rows].
        fractions: float64[3, months + 1], share of a year of each month by accrual.
        months: horizon.
        made_of: what the plan is made of besides the order of loans: plans of equal names are equal.

    Returns:
        float64[scenarios, groups, months + 1, COLUMNS].
    """
    total = np.zeros((curves.arrays.timing.shape[0], groups, months + 1, k.COLUMNS))
    done = _Progress(int(group.size))
    _common(numbers, counts, group, np.flatnonzero(common), curves, indices, months, made_of, done, total)
    _singles(numbers, counts, group, np.flatnonzero(~common), curves, indices, fractions, months, done, total)
    return total


class _Progress:
    """Tells how many loans are done."""

    def __init__(self, loans: int) -> None:
        self.loans, self.done = max(loans, 1), 0

    def add(self, loans: int) -> None:
        """Tell, before ``loans`` more are projected."""
        progress.tell(f"projecting loans, {100 * self.done // self.loans}%")
        self.done += loans


def _common(
    numbers: Floats, counts: Ints, group: Ints, rows: Ints, curves: LoanCurves, indices: Floats, months: int,
    made_of: str, done: _Progress, total: Floats,
) -> None:  # fmt: skip
    """Loans eight at a time, section by section."""
    numbers, counts, group = numbers[rows], counts[rows], group[rows]
    rate_row, timing = curves.rate_row[rows], curves.timing[rows]
    kinds = curves.arrays.kinds[rate_row] if rows.size else np.zeros((0, 2), dtype=np.int64)
    convert = [
        (kinds[:, which] == k.ANNUAL) & (numbers[:, column] != 1.0)
        for which, column in ((k.PREPAYS, k.L_PREPAY), (k.DEFAULTS, k.L_DEFAULT))
    ]
    behind = counts[:, k.L_STATUS] > k.D30
    adjustable = counts[:, k.L_INDEX] >= 0
    reset = np.where(adjustable, counts[:, k.L_RESET] + 1, 0)
    frequency = np.where(adjustable, counts[:, k.L_FREQUENCY], 0)
    keys = [
        group, timing, *convert, behind, rate_row, frequency, reset % np.maximum(frequency, 1), reset,
        counts[:, k.L_INTEREST_ONLY], counts[:, k.L_TERM],
    ]  # fmt: skip
    laid = lay(keys, 5)
    name = hashlib.sha256(f"{made_of}:{months}:".encode())
    for part in (rows, laid.order, laid.starts):
        name.update(part.tobytes())
    for section in range(0, laid.blocks, SECTION):
        edges = laid.starts[section : section + SECTION + 1]
        order, starts = laid.order[edges[0] : edges[-1]], edges - edges[0]
        whose = order[starts[:-1]]  # a loan of each block: they are alike in what matters here
        pool, whole = _pool(numbers[order], counts[order], rate_row[order], starts)
        first, terms, by_month = _plan(f"{name.hexdigest()}:{section}", pool, whole, indices, months)
        pool.mode[:, 1 + k.PREPAYS], pool.mode[:, 1 + k.DEFAULTS] = convert[0][whose], convert[1][whose]
        pool = pool._replace(timing=timing[whose], first=first, terms=terms, by_month=by_month)
        for begin in range(0, whose.size, _wave(total)):
            end = min(begin + _wave(total), whose.size)
            done.add(int(starts[end] - starts[begin]))
            parts = np.empty((end - begin, total.shape[0], months + 1, k.COMMON_COLUMNS))
            _side_by_side(partial(_roll, pool, curves.arrays, months, begin, parts), begin, end)
            singles.add_common(parts, group[whose[begin:end]], behind[whose[begin:end]], total)


def _roll(pool: roll.Pool, curves: roll.Assumptions, months: int, begin: int, parts: Floats, a: int, b: int) -> None:
    compiled: Callable[..., None] = roll.roll_blocks
    compiled(pool, curves, months, a, b, parts[a - begin : b - begin])


def _singles(
    numbers: Floats, counts: Ints, group: Ints, rows: Ints, curves: LoanCurves, indices: Floats, fractions: Floats,
    months: int, done: _Progress, total: Floats,
) -> None:  # fmt: skip
    """Loans one at a time, in the order of the tape within their groups."""
    laid = lay([group[rows]], 1)
    order = rows[laid.order]
    row = curves.rate_row[order]
    loans = singles.Singles(
        numbers[order], counts[order], row, curves.timing[order], curves.originates[row], laid.starts, indices, fractions
    )
    for begin in range(0, laid.blocks, _wave(total)):
        end = min(begin + _wave(total), laid.blocks)
        done.add(int(laid.starts[end] - laid.starts[begin]))
        parts = np.empty((end - begin, total.shape[0], months + 1, k.COLUMNS))
        _side_by_side(partial(_work_out, loans, curves.arrays, months, begin, parts), begin, end)
        singles.add_singles(parts, group[order[laid.starts[begin:end]]], total)


def _work_out(loans: singles.Singles, curves: roll.Assumptions, months: int, begin: int, parts: Floats, a: int, b: int) -> None:
    compiled: Callable[..., None] = singles.work_out_blocks
    compiled(loans, curves, months, a, b, parts[a - begin : b - begin])


def _wave(total: Floats) -> int:
    """Blocks in flight: fewer where there are many scenarios."""
    return max(WAVE // total.shape[0], 4)


def _pool(numbers: Floats, counts: Ints, rate_row: Ints, starts: Ints) -> tuple[roll.Pool, Ints]:
    """Loans side by side, every block filled up to a multiple of eight with loans of nothing; not planned yet.

    Args:
        numbers, counts, rate_row: the loans in order.
        starts: int64[blocks + 1].

    Returns:
        The pool, and its ``whole`` as int64.
    """
    sizes = np.diff(starts)
    padded = -(-sizes // LANES) * LANES
    places = np.concatenate([[0], np.cumsum(padded)]).astype(np.int64)
    to = np.repeat(places[:-1] - starts[:-1], sizes) + np.arange(starts[-1])
    side = np.zeros((k.LOAN_NUMBERS, places[-1]))
    whole = np.zeros((k.LOAN_COUNTS, places[-1]), dtype=np.int64)
    whole[[k.L_TERM, k.L_AMORTIZE, k.L_FREQUENCY]] = 1
    whole[[k.L_INDEX, k.L_PENALTY_INDEX]] = -1
    side[:, to], whole[:, to] = numbers.T, counts.T
    rates = np.repeat(rate_row[starts[:-1]], padded)  # places without a loan follow the block's first
    rates[to] = rate_row
    mode = np.zeros((sizes.size, 3), dtype=np.int64)
    mode[:, 0] = np.logical_or.reduceat(rates != np.repeat(rates[places[:-1]], padded), places[:-1])
    nothing = np.zeros(0, dtype=np.int64)
    return roll.Pool(side, whole.astype(np.float64), rates, places, nothing, mode, nothing, np.zeros(0), np.zeros((0, 3), dtype=np.int64)), whole


Plan = tuple[Ints, Floats, Ints]
_plans: OrderedDict[str, Plan] = OrderedDict()
_plans_lock = Lock()


def _plan(name: str, pool: roll.Pool, whole: Ints, indices: Floats, months: int) -> Plan:
    """The plan of a pool (see :func:`xlfv.kernels.plan.plan_blocks`), kept for the next curves if it is not too large."""
    with _plans_lock:
        if name in _plans:
            _plans.move_to_end(name)
            return _plans[name]
    lead = int(whole[k.L_LOOKBACK].max())
    last = indices.shape[1] - 1
    spread = np.ascontiguousarray(indices[:, np.clip(np.arange(-lead, months + 1), 0, last)])
    blocks = pool.starts.size - 1
    events = np.zeros(blocks, dtype=np.int64)
    plan.count_events(whole, pool.starts, months, events)
    first = np.concatenate([[0], np.cumsum(events)]).astype(np.int64)
    terms, by_month = np.empty(int(first[-1]) * plan.EVENT), np.empty((int(first[-1]) + blocks, 3), dtype=np.int64)
    compiled: Callable[..., None] = plan.plan_blocks

    def job(a: int, b: int) -> None:
        compiled(pool.numbers, whole, pool.whole, spread, lead, months, pool.starts, first, a, b, terms, by_month)

    _side_by_side(job, 0, blocks)
    made = (first, terms, by_month)
    with _plans_lock:
        _plans[name] = made
        while _plans and sum(_size(each) for each in _plans.values()) > PLANS_KEPT:
            _plans.popitem(last=False)
    return made


def _size(made: Plan) -> int:
    return sum(part.nbytes for part in made)
