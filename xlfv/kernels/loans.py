"""Loans projected in blocks: each block is summed by itself and blocks are added in order.

So the bits depend on the order of loans and on nothing else: not on threads, processor or library.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from xlfv.kernels import lanes
from xlfv.kernels.contract import contract, penalties
from xlfv.kernels.layout import (
    BEHIND,
    CUMULATIVE,
    DEFAULTS,
    L_AGE,
    L_BALANCE,
    L_DEFAULT,
    L_DEFERRED,
    L_ORIGINAL,
    L_PREPAY,
    PERFORMING,
    PREPAYS,
)
from xlfv.kernels.rates import make_monthly
from xlfv.kernels.roll import Assumptions
from xlfv.kernels.workout import DUE, work_out


class Singles(NamedTuple):
    """Loans that are projected one at a time.

    Attributes:
        numbers, counts: float64[loans, LOAN_NUMBERS], int64[loans, LOAN_COUNTS].
        rate_row, timing: int64[loans], rows of the assumptions.
        originates: bool[loans], a cumulative default stands on the original balance rather than today's.
        starts: int64[blocks + 1], block b holds the loans from starts[b] to starts[b + 1].
        indices: float64[index, rows], row 0 for month 0; the last row holds on.
        fractions: float64[3, months + 1], share of a year of each month by accrual.
    """

    numbers: np.ndarray
    counts: np.ndarray
    rate_row: np.ndarray
    timing: np.ndarray
    originates: np.ndarray
    starts: np.ndarray
    indices: np.ndarray
    fractions: np.ndarray


@njit(cache=True, error_model="numpy", nogil=True)
def work_out_blocks(loans: Singles, curves: Assumptions, months: int, begin: int, end: int, parts: np.ndarray) -> None:
    """Project the blocks from ``begin`` to ``end``, each scenario into its own part.

    Args:
        parts: float64[end - begin, scenarios, months + 1, COLUMNS], filled.
    """
    planned = np.zeros((4, months + 1))
    rates = np.zeros((2, months + 1))
    paths = np.zeros((3, months + 1))
    due = np.zeros((DUE, months + 2))
    for b in range(begin, end):
        parts[b - begin] = 0.0
        for j in range(loans.starts[b], loans.starts[b + 1]):
            numbers, counts = loans.numbers[j], loans.counts[j]
            contract(numbers, counts, loans.indices, loans.fractions, months, planned[0], planned[1], planned[2])
            penalties(numbers, counts, loans.indices, planned[2], months, planned[3])
            row, timing = loans.rate_row[j], loans.timing[j]
            original = numbers[L_ORIGINAL] if loans.originates[j] else numbers[L_BALANCE] + numbers[L_DEFERRED]
            for s in range(parts.shape[1]):
                given, kinds = curves.given[s, row], curves.kinds[row]
                make_monthly(given[PREPAYS], kinds[PREPAYS], numbers[L_PREPAY], counts[L_AGE], rates[PREPAYS])
                if kinds[DEFAULTS] == CUMULATIVE:
                    rates[DEFAULTS] = given[DEFAULTS]
                else:
                    make_monthly(given[DEFAULTS], kinds[DEFAULTS], numbers[L_DEFAULT], counts[L_AGE], rates[DEFAULTS])
                work_out(
                    numbers, counts, rates[PREPAYS], rates[DEFAULTS], kinds[DEFAULTS], original, numbers[L_DEFAULT],
                    curves.timing[s, timing], curves.lags[s, timing], curves.counts[s, timing], months,
                    planned[0], planned[1], planned[3], paths, due, parts[b - begin, s],
                )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def add_common(parts: np.ndarray, group: np.ndarray, behind: np.ndarray, total: np.ndarray) -> None:
    """Add parts of common loans to their groups' totals, in the order of blocks.

    What is late among them is advanced in full: interest advanced is interest late, and every fee due is paid.

    Args:
        parts: float64[blocks, scenarios, months + 1, COMMON_COLUMNS].
        group: int64[blocks].
        behind: bool[blocks], the block's loans are 60 days late today and count as such until they leave.
        total: float64[scenarios, groups, months + 1, COMMON_COLUMNS], added to.
    """
    for b in range(group.size):
        for s in range(parts.shape[1]):
            part, to = parts[b, s], total[s, group[b]]
            for at in range(0, part.size, lanes.LANES):
                lanes.store(to, at, lanes.load(to, at) + lanes.load(part, at))
            if behind[b]:
                to[:, BEHIND] += part[:, PERFORMING]


@njit(cache=True, error_model="numpy", nogil=True)
def add_singles(parts: np.ndarray, group: np.ndarray, total: np.ndarray) -> None:
    """Add parts of loans projected one at a time to their groups' totals, in the order of blocks.

    Args:
        parts: float64[blocks, scenarios, months + 1, COLUMNS].
        group: int64[blocks].
        total: float64[scenarios, groups, months + 1, COLUMNS], added to.
    """
    for b in range(group.size):
        for s in range(parts.shape[1]):
            total[s, group[b]] += parts[b, s]
