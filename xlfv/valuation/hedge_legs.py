"""The legs of a trust's derivatives month by month: what each side owes, and what is really paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.projection import Projection

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Legs:
    """One derivative's months, float64[months + 1] each, month 0 first.

    Attributes:
        kind: swap, cap, corridor or floor.
        notional: dollars.
        index_rate: the index it receives with its margin, a decimal a year.
        accrual: share of a year that a month counts.
        received_leg, paid_leg: what the counterparty and the trust owe before they are netted (dollars); an option has one
            leg, which the counterparty owes.
        termination: market value to the trust of what remains of it, in the month of a call that ends it.
        net: what the trust is owed, termination included; below 0 what it owes.
        received: cash to the trust. Inside the trust it is the waterfall's.
        paid: cash from the trust; inside the trust what the waterfall's steps paid.
        unpaid: what the trust still owes after the month.
    """

    name: str
    kind: str
    notional: Floats
    index_rate: Floats
    accrual: Floats
    received_leg: Floats
    paid_leg: Floats
    termination: Floats
    net: Floats
    received: Floats
    paid: Floats
    unpaid: Floats


def hedge_legs(projection: Projection, row: int) -> Legs:
    """The legs of one derivative.

    Args:
        projection: whose trust, indices and record.
        row: which row of the trust's hedges.
    """
    hedges = projection.trust["hedges"]
    paid = projection.distributions
    notional, received, out = paid.record.hedges[row].T
    index = projection.indices.vector(
        str(hedges["receive_index"][row]).upper(), projection.months, int(hedges["lookback"][row])
    )
    index = index + float(hedges["margin"][row])
    accrual = projection.timeline.accrual(str(hedges["day_count"][row]))
    settled = notional * paid.deal.hedge_rate[row]
    ends = np.zeros_like(settled)
    if projection.called:
        ends[projection.called] = paid.ends[row]
    owed = np.maximum(-settled, 0.0) + np.maximum(-ends, 0.0)
    kind = str(hedges["type"][row])
    swap = kind == "swap"
    return Legs(
        name=str(hedges["hedge"][row]),
        kind=kind,
        notional=notional,
        index_rate=index,
        accrual=accrual,
        received_leg=notional * index * accrual if swap else settled,
        paid_leg=notional * float(hedges["pay_rate"][row]) * accrual if swap else np.zeros_like(settled),
        termination=ends,
        net=settled + ends,
        received=received,
        paid=out,
        unpaid=np.maximum(np.cumsum(owed - out), 0.0),
    )
