"""Decrement tables as prospectuses print them: what share of a class is outstanding year by year at several speeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.market.curve_changes import Changeable
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.projection.projection import Projection, project_all
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation.tranches import tranche_life

Floats = NDArray[np.float64]
SPEEDS = (0.0, 0.5, 1.0, 1.5, 2.0)
FASTEST = 10.0


@dataclass(frozen=True)
class Decrement:
    """A class's decrement table.

    Attributes:
        tranche: the class.
        months: which months stand in it: 0, today, then the first asked for and every so many after it, to the first in
            which nothing is left at any speed (or the last projected).
        dates: of each month, its remittance date.
        shares: float64[months, speeds], the balance (an io's notional) after the month's payment over the original one.
        lives: of each speed, the weighted average life in years; or the refusal that says why there is none.
    """

    tranche: str
    months: tuple[int, ...]
    dates: tuple[dt.date, ...]
    shares: Floats
    lives: tuple[float | Refused, ...]


def decrements(
    trust: Trust, curves: Table, tranches: Sequence[str] = (), speeds: Sequence[float] = SPEEDS,
    indices: Indices = NO_INDICES, first: int = 12, every: int = 12,
) -> list[Decrement]:  # fmt: skip
    """The decrement table of each class.

    Args:
        trust: the trust.
        curves: a curves table.
        tranches: which classes; all of them where none is named.
        speeds: multiples of the prepayments that the curves give; defaults and severities stay.
        indices: forward indices.
        first, every: the first month shown after today, and the months from each to the next.

    Raises:
        Refused: a class that is not there (``#N/A``), a speed below 0 or above 10, or as
            :func:`xlfv.market.curve_changes.change_curves` and :func:`xlfv.projection.projection.project`.
    """
    if not len(speeds):
        raise Refused(Fault("no speed is given", "speeds", "give some, as 0%, 100%, 165%"))
    rows = trust.classes
    known = (rows["balance"] > 0.0) | (rows["original_balance"] > 0.0) | (rows["kind"] == "io")
    names = [trust.check_tranche(name) for name in tranches] or [str(name) for name in rows["tranche"][known]]
    todo = "speeds are multiples of the curves' prepayments: write 165% or 1.65"
    refuse_if([Fault(f"a speed is {x:g}", "speeds", todo) for x in speeds if not 0.0 <= x <= FASTEST])
    changeable = Changeable(curves)
    runs = list(project_all(trust, [changeable.changed(f"* {speed:.12f} for prepay") for speed in speeds], indices))
    return [_decrement(runs, name, first, every) for name in names]


def _decrement(runs: Sequence[Projection], tranche: str, first: int, every: int) -> Decrement:
    balances = [run.distributions.end_balance(tranche) for run in runs]
    longest = max(runs, key=lambda run: run.months)
    original = float(longest.trust.classes["original_balance"][longest.trust.tranches.index(tranche)])
    if not original > 0.0:  # blank: today's
        original = float(balances[0][0])
    if not original > 0.0:
        raise Refused(Fault(f"{tranche} has no balance: nothing of it can be outstanding"), code="#NUM!")
    months = [0]
    left = [[float(balance[0]) for balance in balances]]
    while months[-1] < longest.months and (len(months) == 1 or max(left[-1]) >= 0.005):
        months.append(min(first if len(months) == 1 else months[-1] + every, longest.months))
        left.append([float(balance[min(months[-1], balance.size - 1)]) for balance in balances])
    dates = tuple(longest.timeline.dates[month] for month in months)
    return Decrement(
        tranche, tuple(months), dates, np.array(left) / original, tuple(_life(run, tranche) for run in runs)
    )


def _life(run: Projection, tranche: str) -> float | Refused:
    try:
        return tranche_life(run, tranche)
    except Refused as refused:
        return refused
