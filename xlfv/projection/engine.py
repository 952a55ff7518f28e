"""Loans through the kernels: laid side by side, planned, rolled through the curves on all cores.

Common loans go eight at a time, the others one at a time; either way in blocks of loans of one group, each summed by
itself and added in order, so that the bits depend on the order of loans and not on threads. What a contract says is
planned once and kept: to change prepayments, defaults or severities costs only the rolling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xlfv import progress
from xlfv.kernels import layout as k
from xlfv.kernels import loans as singles
from xlfv.kernels import roll
from xlfv.kernels.lanes import room
from xlfv.projection.assumptions import LoanCurves
from xlfv.projection.cores import side_by_side, threads
from xlfv.projection.plans import Plan, keep, plan_of
from xlfv.projection.sections import lay, sections

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WAVE = 32  # blocks in flight on each core: at 480 months and one scenario some 2 MB


@dataclass(frozen=True)
class Sums:
    """What loans bring by group and month.

    Attributes:
        common: float64[groups, months + 1, COMMON_COLUMNS], of loans that go eight at a time.
        others: float64[groups, months + 1, COLUMNS], of the others.
    """

    common: Floats
    others: Floats

    def column(self, column: int) -> Floats:
        """A quantity of all loans, float64[groups, months + 1]."""
        if column >= k.COMMON_COLUMNS:
            return np.ascontiguousarray(self.others[:, :, column])
        return np.asarray(self.common[:, :, column] + self.others[:, :, column])


def project_loans(
    numbers: Floats, counts: Ints, group: Ints, groups: int, common: Bools, curves: LoanCurves, indices: Floats,
    fractions: Floats, months: int, made_of: str,
) -> list[Sums]:  # fmt: skip
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
        The sums of each scenario.
    """
    shape = (curves.arrays.timing.shape[0], groups, months + 1)
    eights, others = np.zeros((*shape, k.COMMON_COLUMNS)), np.zeros((*shape, k.COLUMNS))
    done = _Progress(int(group.size))
    _common(numbers, counts, group, np.flatnonzero(common), curves, indices, months, made_of, done, eights)
    _singles(numbers, counts, group, np.flatnonzero(~common), curves, indices, fractions, months, done, others)
    return [Sums(*both) for both in zip(eights, others, strict=True)]


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
    for section in sections(numbers, counts, group, rows, curves, months, made_of):
        plan = plan_of(section, indices, months)
        roll_section(plan, curves, done.add, total)
        if not plan.filled:
            keep(plan)


def roll_section(plan: Plan, curves: LoanCurves, tell: Callable[[int], None], total: Floats) -> None:
    """Roll a section wave by wave; its plan is filled on the way if it is not.

    Args:
        tell: is told how many loans each wave holds.
        total: float64[scenarios, groups, months + 1, COMMON_COLUMNS], added to.
    """
    section = plan.section
    parts = room(_wave(total), total.shape[0], plan.months + 1, k.COMMON_COLUMNS)
    for begin in range(0, section.group.size, _wave(total)):
        end = min(begin + _wave(total), section.group.size)
        tell(int(section.loans[end] - section.loans[begin]))
        side_by_side(partial(_roll, plan, curves.arrays, begin, parts), begin, end)
        singles.add_common(parts[: end - begin], section.group[begin:end], section.behind[begin:end], total)


def _roll(plan: Plan, curves: roll.Assumptions, first: int, parts: Floats, begin: int, end: int) -> None:
    if not plan.filled:
        plan.fill(begin, end)
    compiled: Callable[..., None] = roll.roll_blocks
    compiled(plan.pool, curves, plan.months, begin, end, parts[begin - first : end - first])


def _singles(
    numbers: Floats, counts: Ints, group: Ints, rows: Ints, curves: LoanCurves, indices: Floats, fractions: Floats,
    months: int, done: _Progress, total: Floats,
) -> None:  # fmt: skip
    """Loans one at a time, in the order of the tape within their groups."""
    laid = lay([group[rows]], 1)
    order = rows[laid.order]
    row = curves.rate_row[order]
    loans = singles.Singles(
        numbers[order],
        counts[order],
        row,
        curves.timing[order],
        curves.originates[row],
        laid.starts,
        indices,
        fractions,
    )
    for begin in range(0, laid.blocks, _wave(total)):
        end = min(begin + _wave(total), laid.blocks)
        done.add(int(laid.starts[end] - laid.starts[begin]))
        parts = np.empty((end - begin, total.shape[0], months + 1, k.COLUMNS))
        side_by_side(partial(_work_out, loans, curves.arrays, months, begin, parts), begin, end)
        singles.add_singles(parts, group[order[laid.starts[begin:end]]], total)


def _work_out(
    loans: singles.Singles, curves: roll.Assumptions, months: int, begin: int, parts: Floats, a: int, b: int
) -> None:
    compiled: Callable[..., None] = singles.work_out_blocks
    compiled(loans, curves, months, a, b, parts[a - begin : b - begin])


def _wave(total: Floats) -> int:
    """Blocks in flight: fewer where there are many scenarios."""
    return max(WAVE * threads() // total.shape[0], 4)
