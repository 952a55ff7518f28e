"""What rarer loans cost, each kind on a path of its own: nanoseconds a loan-month."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from tests.bench.portfolio import Portfolio
from xlfv.kernels import layout as k
from xlfv.kernels.loans import Singles, work_out_blocks
from xlfv.projection.assumptions import LoanCurves

TURNS = 5


@dataclass(frozen=True)
class Feature:
    """What makes a loan rare.

    Attributes:
        numbers, counts: terms by place in the kernel's arrays.
        timing: assumptions by row.
        basis, timeline: what severity holds, months to liquidation.
    """

    numbers: dict[int, float] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    timing: dict[int, float] = field(default_factory=dict)
    basis: int = k.ALL_IN
    timeline: int = 0


FEATURES = {
    "none: a common loan taken singly": Feature(),
    "late today, on its timeline": Feature(
        counts={k.L_STATUS: k.IN_FORECLOSURE, k.L_MISSED: 3}, timing={k.CURE: 0.02, k.LATE_SEVERITY: 0.5}, timeline=14
    ),
    "advances in part, and stopped": Feature(timing={k.ADVANCE: 0.6, k.ADVANCE_MONTHS: 6}),
    "option ARM: payment cap, limit, recast": Feature(
        {k.L_PAYMENT_CAP: 0.075, k.L_NEGAM_LIMIT: 1.15},
        {k.L_INDEX: 0, k.L_FREQUENCY: 1, k.L_PAYMENT_FREQUENCY: 12, k.L_RECAST: 60, k.L_PAYMENT_RESET: 5},
    ),
    "simple interest by days": Feature(counts={k.L_ACCRUAL: k.DAILY}),
    "deferred balance": Feature({k.L_DEFERRED: 20000.0}),
    "mortgage insurance, expenses, recoveries": Feature(
        {k.L_COVER: 0.25}, timing={k.EXPENSE: 0.1, k.SUBSEQUENT: 0.05}, basis=k.ON_PROPERTY
    ),
    "yield maintenance, lockout": Feature(
        {k.L_PENALTY: 0.01},
        {k.L_PENALTY_KIND: k.YIELD_MAINTENANCE, k.L_PENALTY_MONTHS: 120, k.L_PENALTY_INDEX: 0, k.L_LOCKOUT: 24},
    ),
    "curtailments": Feature(timing={k.CURTAILMENT: 0.001}),
}


def singly(p: Portfolio, feature: Feature) -> float:
    """Seconds a loan-month of loans that have the feature, one at a time on one thread."""
    numbers, counts = p.numbers.copy(), p.counts.copy()
    for place, value in feature.numbers.items():
        numbers[:, place] = value
    for place, whole in feature.counts.items():
        counts[:, place] = whole
    curves = p.curves()
    for row, value in feature.timing.items():
        curves.arrays.timing[:, :, row] = value
    curves.arrays.counts[:, :, k.BASIS] = feature.basis
    curves.arrays.counts[:, :, k.TIMELINE] = feature.timeline
    curves.arrays.lags[:, :, k.SUBSEQUENT_LAG] = 12
    loans = _laid(replace(p, numbers=numbers, counts=counts), curves)
    blocks = loans.starts.size - 1
    parts = np.empty((blocks, 1, p.months + 1, k.COLUMNS))
    best = np.inf
    for _ in range(TURNS):
        start = time.perf_counter()
        work_out_blocks(loans, curves.arrays, p.months, 0, blocks, parts)
        best = min(best, time.perf_counter() - start)
    return float(best) / p.group.size / p.months


def _laid(p: Portfolio, curves: LoanCurves) -> Singles:
    starts = np.append(np.arange(0, p.group.size, k.BLOCK), p.group.size)
    fractions = np.full((3, p.months + 1), 1.0 / 12.0)
    originates = np.zeros(p.groups, dtype=bool)
    return Singles(
        p.numbers, p.counts, curves.rate_row, curves.timing, originates[curves.rate_row], starts, p.indices, fractions
    )
