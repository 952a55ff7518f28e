"""A made-up portfolio for the benches, as the kernels' arrays: mixed loans in groups, a curve set for each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout as k
from xlfv.kernels.roll import Assumptions
from xlfv.projection.assumptions import LoanCurves, leaves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Portfolio:
    """Loans and their curves.

    Attributes:
        numbers, counts: float64[loans, LOAN_NUMBERS], int64[loans, LOAN_COUNTS].
        group: int64[loans].
        groups, months: how many.
        smm, mdr, severity: float64[groups, months + 1], monthly.
        lag: int64[groups], months from default to liquidation.
        indices: float64[index, months + 1].
    """

    numbers: Floats
    counts: Ints
    group: Ints
    groups: int
    months: int
    smm: Floats
    mdr: Floats
    severity: Floats
    lag: Ints
    indices: Floats

    def curves(self, scenarios: int = 1) -> LoanCurves:
        """The assumptions, for so many scenarios: each a little worse than the one before."""
        worse = [1.0 + 0.02 * s for s in range(scenarios)]
        monthly = np.array([np.stack([self.smm / w, self.mdr * w], axis=1) for w in worse])
        timing = np.zeros((scenarios, self.groups, k.TIMING_ROWS, self.months + 1))
        timing[:, :, k.SEVERITY] = self.severity
        timing[:, :, k.ADVANCE] = 1.0
        timing[:, :, k.ADVANCE_MONTHS] = np.inf
        lags = np.zeros((scenarios, self.groups, k.LAG_ROWS, self.months + 1), dtype=np.int64)
        lags[:, :, k.LAG] = self.lag[:, None]
        lags[:, :, k.LEAVES] = [leaves(np.full(self.months + 1, float(lag))) for lag in self.lag]
        counts = np.zeros((scenarios, self.groups, k.TIMING_COUNTS), dtype=np.int64)
        counts[:, :, k.LONGEST] = self.lag
        kinds = np.full((self.groups, 2), k.MONTHLY, dtype=np.int64)
        arrays = Assumptions(monthly, monthly, kinds, timing, lags, counts)
        every = np.ones(self.groups, dtype=bool)
        return LoanCurves(self.group, self.group, arrays, every, ~every, int(self.lag.max()))


def portfolio(loans: int = 20_000, groups: int = 210, months: int = 360, seed: int = 7) -> Portfolio:
    """Half hybrid ARMs, 30% interest-only at first, a tenth balloons; groups of very different sizes."""
    g = np.random.default_rng(seed)
    share = g.lognormal(0, 0.8, groups)
    group = g.choice(groups, loans, p=share / share.sum()).astype(np.int64)
    arm = g.random(loans) < 0.5
    balloon = g.random(loans) < 0.1
    term = np.where(balloon, g.integers(24, 180, loans), months)
    interest_only = np.where(g.random(loans) < 0.3, np.minimum(g.integers(1, 61, loans), term - 1), 0)
    rate = np.round(g.uniform(0.03, 0.0875, loans) * 800) / 800
    margin = np.where(arm, np.round(g.uniform(0.02, 0.06, loans) * 800) / 800, 0.0)
    frequency = np.where(arm, np.where(g.random(loans) < 0.6, 6, 12), 1)
    fixed_for = np.where(g.random(loans) < 0.5, 0, g.integers(0, 60, loans))
    numbers = np.zeros((loans, k.LOAN_NUMBERS))
    counts = np.zeros((loans, k.LOAN_COUNTS), dtype=np.int64)
    amounts = {
        k.L_BALANCE: np.round(g.lognormal(12.3, 0.6, loans), 2),
        k.L_RATE: rate,
        k.L_MARGIN: margin,
        k.L_FIRST_CAP: np.where(g.random(loans) < 0.5, 0.02, 0.05),
        k.L_CAP: np.where(g.random(loans) < 0.7, 0.01, 0.02),
        k.L_LIFE_CAP: rate + np.where(g.random(loans) < 0.5, 0.05, 0.06),
        k.L_FLOOR: np.where(arm, np.maximum(margin, 0.02), 0.0),
        k.L_FEE: np.where(arm, 0.00375, 0.0025),
        k.L_SEVERITY: np.round(g.uniform(0.7, 1.3, loans), 3),
        k.L_PREPAY: np.round(g.choice([0.6, 0.9, 1.0, 1.2, 1.6], loans) * g.uniform(0.9, 1.1, loans), 3),
        k.L_DEFAULT: np.round(g.choice([0.5, 0.8, 1.0, 1.5, 2.5], loans) * g.uniform(0.9, 1.1, loans), 3),
        k.L_ADVANCED: 1.0,
        k.L_PAYMENT_CAP: np.inf,
    }
    months_of = {
        k.L_TERM: term,
        k.L_AMORTIZE: months,
        k.L_INTEREST_ONLY: interest_only,
        k.L_RESET: np.where(arm, fixed_for + g.integers(1, 13, loans) % frequency, 0),
        k.L_FREQUENCY: frequency,
        k.L_INDEX: np.where(arm, g.integers(0, 4, loans), -1),
        k.L_LOOKBACK: 1,
        k.L_LAST_DEFAULT: k.NEVER,
        k.L_PENALTY_INDEX: -1,
    }
    for row, values in amounts.items():
        numbers[:, row] = values
    for row, values in months_of.items():
        counts[:, row] = values
    numbers[:, k.L_ORIGINAL] = numbers[:, k.L_BALANCE]
    t = np.arange(months + 1.0)
    cdr = g.uniform(0.01, 0.06, groups)[:, None] * (0.4 + 0.6 * np.exp(-t / 60.0))
    cpr = g.uniform(0.04, 0.15, groups)[:, None] * (1.0 - 0.5 * np.exp(-t / 30.0))
    severity = np.clip(g.uniform(0.3, 0.65, groups)[:, None] - 0.0005 * t, 0.15, 1.0)
    level = 0.043 - 0.012 * (1.0 - np.exp(-t / 24.0)) + 0.004 * np.sin(t / 17.0)
    indices = np.array([level, level + 0.002, level + 0.004, level - 0.001])
    monthly = [1.0 - (1.0 - annual) ** (1.0 / 12.0) for annual in (cpr, cdr)]
    lag = g.integers(6, 19, groups).astype(np.int64)
    return Portfolio(numbers, counts, group, groups, months, *monthly, severity, lag, indices)
