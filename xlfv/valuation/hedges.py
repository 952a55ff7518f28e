"""What a trust's derivatives are worth, from the forward curve, with adjustments for the credit of both sides.

Before adjustment a derivative is worth its expected settlements, discounted. Credit enters as stated spreads, by the method of
Duffie and Huang (Swap Rates and Credit Quality, Journal of Finance 51, 1996): going back from the last month, what remains of
the derivative at each date is discounted over the month before at the curve and, beside it, at the spread of the side that owes it:
``counterparty_spread`` where it is the trust's asset then, ``own_spread`` where it is the trust's liability. For a derivative that
is an asset (or a liability) at every date this is plainly to multiply each discount factor by ``(1 + spread) ** -years``. Exposure
is that of the forward curve: the option to default on either side is not counted, and without spreads nothing is adjusted.

A derivative inside the trust is non-recourse to the company: ``own_spread`` is the trust's, and the company's own credit is no
factor of it, as of the trusts' borrowings.

Months are as the projection has them: month 1 is the period that runs. Its whole settlement is in the value (dirty), at the index row
already published, and its payment is discounted from the next remittance; one on the as-of date or before is settled. What of
it has accrued is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import hedges as kernel
from xlfv.market.calendar import year_fraction
from xlfv.market.indices import Indices
from xlfv.projection import rates
from xlfv.projection.projection import Projection
from xlfv.projection.rates import HEDGES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HedgeValue:
    """A derivative at fair value.

    Attributes:
        name, kind: its name, and swap, cap, corridor or floor.
        notional: of the period that runs (month 1), dollars.
        before: value to the trust before credit adjustment (dollars; below 0: a liability).
        value: after it.
        accrued: what of month 1's settlement has accrued since the last remittance; part of the value (dollars).
        counterparty: as the table names it.
        counterparty_spread, own_spread: decimals a year.
    """

    name: str
    kind: str
    notional: float
    before: float
    value: float
    accrued: float
    counterparty: str
    counterparty_spread: float
    own_spread: float

    @property
    def adjustment(self) -> float:
        """The credit adjustment (dollars): below 0 for the counterparty's credit, above 0 for the trust's own."""
        return self.value - self.before

    @property
    def side(self) -> str:
        """The line of the balance it stands in: asset or liability; none where it is worth nothing."""
        return "asset" if self.value > 0.0 else "liability" if self.value < 0.0 else "none"


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
    """Fair value to the trust (dollars) of each derivative inside it, credit adjustments made."""
    return {one.name: one.value for one in value_hedges(projection, curve)}


def hedge_value(projection: Projection, curve: Indices | None = None) -> float:
    """Net fair value to the trust of all derivatives inside it (dollars; negative: a liability)."""
    return float(sum(hedge_values(projection, curve).values()))


def value_hedges(projection: Projection, curve: Indices | None = None) -> tuple[HedgeValue, ...]:
    """Each derivative inside the trust: before adjustment, and after it.

    Caps, corridors and floors are valued by Black's formula where the indices hold a ``volatility``, else at what the
    forward curve pays.

    Raises:
        Refused: there are derivatives and nothing to discount at.
    """
    hedges = projection.trust["hedges"]
    inside = [row for row in range(hedges.count) if hedges["in_trust"][row]]
    if not inside:
        return ()
    factors = discount_factors(projection, curve)
    years = projection.timeline.years()
    values = []
    for row in inside:
        settled = expected_settlements(projection, row)
        theirs, ours = float(hedges["counterparty_spread"][row]), float(hedges["own_spread"][row])
        before = float((settled * factors).sum())
        adjusted = credit_adjusted(settled, factors, years, theirs, ours) if theirs or ours else before
        values.append(
            HedgeValue(
                name=str(hedges["hedge"][row]),
                kind=str(hedges["type"][row]),
                notional=float(projection.distributions.record.hedges[row, 1, 0]),
                before=before,
                value=adjusted,
                accrued=_accrued(projection, row, float(settled[1])),
                counterparty=str(hedges["counterparty"][row]),
                counterparty_spread=theirs,
                own_spread=ours,
            )
        )
    return tuple(values)


def expected_settlements(projection: Projection, row: int) -> Floats:
    """What a derivative is expected to pay the trust each month (below 0: the trust pays), float64[months + 1] dollars.

    The termination at a call is in it.
    """
    hedges = projection.trust["hedges"]
    deal = projection.distributions.deal
    unit = deal.hedge_rate[row]
    if str(hedges["type"][row]) != "swap" and "volatility" in projection.indices.rates:
        unit = _option_rates(projection, row)
    settled = np.asarray(projection.distributions.record.hedges[row, :, 0] * unit)
    if projection.called:
        settled[projection.called] += projection.distributions.ends[row]
    return settled


def credit_adjusted(settled: Floats, factors: Floats, years: Floats, theirs: float, ours: float) -> float:
    """Value (dollars) of settlements when what remains of them is discounted further at the spread of whoever owes it.

    Args:
        settled: to the trust by month, float64[months + 1].
        factors: discount factors to each month's payment.
        years: to each month's payment.
        theirs, ours: spreads a year, compounded once a year.
    """
    asset, liability = (
        factors * kernel.discount_factors(np.full(years.size, spread), years) for spread in (theirs, ours)
    )
    value = 0.0
    for month in range(settled.size - 1, 0, -1):
        value += float(settled[month])
        further = asset if value > 0.0 else liability
        value *= float(further[month] / further[month - 1])
    return (value + float(settled[0])) * float(factors[0])


def _option_rates(projection: Projection, row: int) -> Floats:
    """Expected settlement a unit of notional by month, under each month's volatility, day count included.

    The index alone is lognormal: a margin lowers the strike and the ceiling. It is set at the remittance ``lookback`` months before
    the payment, where its period begins; one set on the as-of date or before is known.
    """
    hedges, indices, months = projection.trust["hedges"], projection.indices, projection.months
    lookback, margin = int(hedges["lookback"][row]), float(hedges["margin"][row])
    forward = indices.vector(str(hedges["receive_index"][row]).upper(), months, lookback)
    volatility = indices.vector("volatility", months, lookback)
    fixing = projection.timeline.years()[np.maximum(np.arange(months + 1) - lookback, 0)]
    kind = HEDGES[str(hedges["type"][row])]
    strike, ceiling = float(hedges["strike"][row]) - margin, float(hedges["ceiling"][row]) - margin
    accrual = projection.timeline.accrual(str(hedges["day_count"][row]))
    rates = [
        kernel.option_rate(kind, float(f), strike, ceiling, float(v), float(t))
        for f, v, t in zip(forward, volatility, fixing, strict=True)
    ]
    return np.array(rates) * accrual


def _accrued(projection: Projection, row: int, settlement: float) -> float:
    """The share of month 1's settlement for the days from the last remittance to the as-of date (dollars)."""
    timeline = projection.timeline
    day_count = str(projection.trust["hedges"]["day_count"][row])
    whole = year_fraction(timeline.dates[0], timeline.dates[1], day_count)
    run = year_fraction(timeline.dates[0], timeline.as_of, day_count)
    return settlement * min(max(run / whole, 0.0), 1.0) if timeline.dated else 0.0
