"""What a trust's derivatives are worth, from the forward curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import hedges as kernel
from xlfv.market.indices import Indices
from xlfv.projection import rates
from xlfv.projection.projection import Projection
from xlfv.projection.rates import HEDGES

Floats = NDArray[np.float64]


def discount_factors(projection: Projection, curve: Indices | None = None) -> Floats:
    """Discount factors to each month's remittance, float64[months + 1].

    From the zero curve in the column ``discount`` (annual, compounded once a year, by month of maturity); without one,
    by compounding the forward LIBOR_1M from month to month.

    Args:
        projection: whose months and indices.
        curve: another table of indices that holds ``discount``.

    Raises:
        Refused: neither is given.
    """
    return rates.discount_factors(curve or projection.indices, projection.timeline)


def hedge_values(projection: Projection, curve: Indices | None = None) -> dict[str, float]:
    """Value to the trust (dollars) of each derivative inside it: projected settlements, discounted.

    Caps, corridors and floors are valued by Black's formula where the indices hold a ``volatility``, else at what the
    forward curve pays. Credit adjustments are not made.
    """
    trust = projection.trust
    hedges = trust["hedges"]
    if not hedges.count:
        return {}
    factors = discount_factors(projection, curve)
    record = projection.distributions.record.hedges
    deal = projection.distributions.deal
    values = {}
    for row, name in enumerate(hedges["hedge"]):
        if not hedges["in_trust"][row]:
            continue
        notional = record[row, :, 0]
        unit = deal.hedge_rate[row]
        if str(hedges["type"][row]) != "swap" and "volatility" in projection.indices.rates:
            unit = _option_rates(projection, row)
        ended = float(projection.distributions.ends[row] * factors[projection.called])
        values[str(name)] = float((notional * unit * factors).sum()) + ended
    return values


def _option_rates(projection: Projection, row: int) -> Floats:
    """Expected settlement a unit of notional by month, under each month's volatility, day count included."""
    hedges, indices, months = projection.trust["hedges"], projection.indices, projection.months
    lookback = int(hedges["lookback"][row])
    forward = indices.vector(str(hedges["receive_index"][row]).upper(), months, lookback) + hedges["margin"][row]
    volatility = indices.vector("volatility", months, lookback)
    fixing = np.maximum(np.arange(months + 1) - lookback, 0) / 12.0
    kind = HEDGES[str(hedges["type"][row])]
    strike, ceiling = float(hedges["strike"][row]), float(hedges["ceiling"][row])
    accrual = projection.timeline.accrual(str(hedges["day_count"][row]))
    rates = [
        kernel.option_rate(kind, float(f), strike, ceiling, float(v), float(t))
        for f, v, t in zip(forward, volatility, fixing, strict=True)
    ]
    return np.array(rates) * accrual


def hedge_value(projection: Projection, curve: Indices | None = None) -> float:
    """Net value to the trust of all derivatives inside it (dollars; negative: a liability)."""
    return float(sum(hedge_values(projection, curve).values()))
