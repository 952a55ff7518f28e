"""The blended yield: the one rate at which the loans' cash is worth what the bonds and the residual leave for it.

The rate solves ``PV(loan cash) = C`` with

    C = tranche values + residual value + derivative liabilities - derivative assets - REO at net realizable value
        - other trust assets + other trust liabilities

all at the as-of date. Loan cash comes from loans that are not REO today, net of servicing and trust costs; it leaves
out REO on hand and derivatives, which the cash of tranches and residual includes.
Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1 ("blended yield").
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.projection import Projection
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import worth, yield_of
from xlfv.valuation.hedges import hedge_values
from xlfv.valuation.tranches import tranche_value
from xlfv.valuation.yields import RESIDUAL, Chosen

Floats = NDArray[np.float64]


def residual_value(projection: Projection, rate: float, basis: str = "monthly") -> float:
    """Value of the residual's expected cash at a yield (dollars)."""
    return worth(projection.distributions.residual, projection.timeline.years(), rate, basis)


def reo_value(trust: Trust) -> float:
    """Real estate owned at net realizable value (dollars)."""
    return float(net_realizable_values(trust["reo"])[0].sum())


def loan_cash(projection: Projection) -> Floats:
    """Cash of the loans, net of servicing and trust costs, float64[months + 1]."""
    return projection.collateral.loan_cash.sum(axis=0) - projection.distributions.costs_paid


def claims_on_loans(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """C: what bonds and residual, after everything else in the trust, leave the loans to be worth (dollars)."""
    trust = projection.trust
    bonds = sum(tranche_value(projection, name, yields[name].rate, yields[name].basis) for name in trust.tranches)
    residual = residual_value(projection, yields[RESIDUAL].rate, yields[RESIDUAL].basis)
    hedges = sum(hedge_values(projection).values())
    return bonds + residual - hedges - reo_value(trust) - other_assets(trust) + other_liabilities(trust)


def other_assets(trust: Trust) -> float:
    """Cash in transit, other trust assets from the terms, and what accounts hold (dollars)."""
    held = float(trust["accounts"]["balance"].sum())
    return trust.terms.number("cash_in_transit") + trust.terms.number("other_assets") + held


def other_liabilities(trust: Trust) -> float:
    """Other trust liabilities (dollars), from the terms."""
    return trust.terms.number("other_liabilities")


def collateral_yield(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """The blended yield, nominal annual, compounded monthly.

    Raises:
        Refused: no rate makes the loans' cash worth C; ``code`` is ``#NUM!``.
    """
    return yield_of(loan_cash(projection), projection.timeline.years(), claims_on_loans(projection, yields))


def collateral_value(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """Fair value of the securitized mortgage collateral: its cash discounted at the blended yield (dollars)."""
    return worth(loan_cash(projection), projection.timeline.years(), collateral_yield(projection, yields))
