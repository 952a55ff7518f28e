"""Common loans laid side by side, in the order in which they are summed.

The order is part of the model: it decides the bits. Loans of one group and one row of assumptions make a block; within
it those come together that share their curve and the months in which their rates reset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout as k
from xlfv.kernels import roll
from xlfv.kernels.lanes import LANES, room
from xlfv.projection.assumptions import LoanCurves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECTION = 512  # blocks laid out and planned together: some 65,000 loans


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


@dataclass(frozen=True)
class Section:
    """Common loans side by side: so many as are planned together.

    Attributes:
        pool: the loans, not planned yet.
        whole: ``pool.whole`` as int64.
        group: int64[blocks].
        behind: bool[blocks], the loans are 60 days late today.
        loans: int64[blocks + 1], loans before each block.
        name: names the plan: plans of equal names are equal.
    """

    pool: roll.Pool
    whole: Ints
    group: Ints
    behind: Bools
    loans: Ints
    name: str


def sections(
    numbers: Floats, counts: Ints, group: Ints, rows: Ints, curves: LoanCurves, months: int, made_of: str
) -> Iterator[Section]:
    """Lay common loans side by side: ``rows`` of the arrays that :func:`project_loans` takes."""
    numbers, counts, group = numbers[rows], counts[rows], group[rows]
    rate_row, timing = curves.rate_row[rows], curves.timing[rows]
    kinds = curves.arrays.kinds[rate_row] if rows.size else np.zeros((0, 2), dtype=np.int64)
    convert = [
        (kinds[:, which] == k.ANNUAL) & (numbers[:, column] != 1.0)
        for which, column in ((k.PREPAYS, k.L_PREPAY), (k.DEFAULTS, k.L_DEFAULT))
    ]
    behind = counts[:, k.L_STATUS] > k.D30
    apart = [group, timing, *convert, behind, rate_row]
    laid = lay([*apart, *_phases(counts, apart)], 5)
    name = hashlib.sha256(f"{made_of}:{months}:".encode())
    for part in (rows, laid.order, laid.starts):
        name.update(part.tobytes())
    for section in range(0, laid.blocks, SECTION):
        edges = laid.starts[section : section + SECTION + 1]
        order, starts = laid.order[edges[0] : edges[-1]], edges - edges[0]
        whose = order[starts[:-1]]  # a loan of each block: they are alike in what matters here
        pool, whole = _pool(numbers[order], counts[order], rate_row[order], starts)
        pool.mode[:, 1 + k.PREPAYS], pool.mode[:, 1 + k.DEFAULTS] = convert[0][whose], convert[1][whose]
        pool = pool._replace(timing=timing[whose])
        yield Section(pool, whole, group[whose], behind[whose], starts, f"{name.hexdigest()}:{section}")


def _phases(counts: Ints, apart: list[NDArray]) -> list[Ints]:
    """Keys that bring loans together whose rates reset in the same months: eight loans then share their events.

    Adjustable loans of one rhythm seldom fill their last eight. Fixed loans, which have few events, fill it up.

    Args:
        counts: int64[loans, LOAN_COUNTS].
        apart: keys of loans that are not to be mixed.
    """
    adjustable = counts[:, k.L_INDEX] >= 0
    frequency = np.where(adjustable, counts[:, k.L_FREQUENCY], 0)
    rhythm = np.gcd(frequency, 6)  # a yearly reset falls together with one of every half year
    reset = np.where(adjustable, counts[:, k.L_RESET] + 1, 0)
    _, segment = np.unique(np.column_stack(apart), axis=0, return_inverse=True)
    segment = segment.reshape(-1)
    beat = np.column_stack([segment, rhythm, reset % np.maximum(rhythm, 1)])[adjustable]
    classes, mine, sizes = np.unique(beat, axis=0, return_inverse=True, return_counts=True)
    wanted = -sizes % LANES
    # Those that want least come first: what fixed loans there are go furthest, and the other classes share their eights.
    turn = np.lexsort((wanted, classes[:, 0]))
    place = np.empty_like(turn)
    place[turn] = np.arange(turn.size)
    order = np.full(segment.size, k.NEVER)
    order[adjustable] = place[mine.reshape(-1)]
    whose, upto = classes[turn, 0], np.concatenate([[0], np.cumsum(wanted[turn])])
    fixed = np.flatnonzero(~adjustable)
    fixed = fixed[np.lexsort((counts[fixed, k.L_TERM], counts[fixed, k.L_INTEREST_ONLY], segment[fixed]))]
    rank = np.arange(fixed.size) - np.searchsorted(segment[fixed], segment[fixed])
    filler = upto[np.searchsorted(whose, segment[fixed])] + rank
    fills = filler < upto[np.searchsorted(whose, segment[fixed], side="right")]
    order[fixed[fills]] = np.searchsorted(upto, filler[fills], side="right") - 1
    return [order, frequency, reset, counts[:, k.L_INTEREST_ONLY], counts[:, k.L_TERM]]


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
    side = room(k.LOAN_NUMBERS, int(places[-1]))
    side[:] = 0.0
    whole = np.zeros((k.LOAN_COUNTS, places[-1]), dtype=np.int64)
    whole[[k.L_TERM, k.L_AMORTIZE, k.L_FREQUENCY]] = 1
    whole[[k.L_INDEX, k.L_PENALTY_INDEX]] = -1
    side[:, to], whole[:, to] = numbers.T, counts.T
    rates = np.repeat(rate_row[starts[:-1]], padded)  # places without a loan follow the block's first
    rates[to] = rate_row
    mode = np.zeros((sizes.size, 3), dtype=np.int64)
    mode[:, 0] = np.logical_or.reduceat(rates != np.repeat(rates[places[:-1]], padded), places[:-1])
    nothing = np.zeros(0, dtype=np.int64)
    return roll.Pool(side, whole.astype(np.float64), rates, places, nothing, mode, nothing, np.zeros(0), nothing), whole
