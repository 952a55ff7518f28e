"""Effective-yield interest of a month on opening values, and which period's yield it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from xlfv.market.calendar import add_months, is_month_end
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation import fair_value as fv
from xlfv.valuation.discounting import FREQUENCY
from xlfv.valuation.tranches import tranche_cash
from xlfv.valuation.yields import RESIDUAL, Chosen

POLICIES = ("opening", "closing", "average")


def monthly_yields(projection: Projection, yields: Mapping[str, Chosen], value: fv.FairValue) -> dict[str, float]:
    """The yield of a month from the as-of date, by item of the balance: a twelfth of a yield compounded monthly.

    A bond-equivalent or annual yield is turned into the one that compounds monthly; a discount margin is added to the index of
    month 1 that discounts the class, and counts the month's actual days over 360. The collateral's is the blended yield. Other
    items have none.

    Raises:
        Refused: the collateral has no yield; ``code`` is ``#NUM!``.
    """
    if not math.isfinite(value.collateral_yield):
        what = f"the collateral of {projection.name} has no yield on {projection.as_of}: its interest cannot be told"
        raise Refused(Fault(what, todo="measure it by a yield, or mend the yields that leave it none"), code="#NUM!")
    found = {fv.COLLATERAL: value.collateral_yield / 12.0}
    for name in projection.trust.tranches:
        margin = yields[name].basis == "dm"
        found[name] = _at_margin(projection, name, yields[name].rate) if margin else _monthly(yields[name])
    found[fv.RESIDUAL_INTEREST] = _monthly(yields[RESIDUAL])
    return found


def _monthly(chosen: Chosen) -> float:
    periods = FREQUENCY[chosen.basis]
    return chosen.rate / 12.0 if periods == 12.0 else (1.0 + chosen.rate / periods) ** (periods / 12.0) - 1.0


def _at_margin(projection: Projection, name: str, margin: float) -> float:
    """The month's yield of a class at a discount margin, as it is discounted: actual days over 360, its forward index."""
    start = projection.as_of
    days = (add_months(start, 1, 31 if is_month_end(start) else None) - start).days
    return (float(tranche_cash(projection, name).index[1]) + margin) * days / 360.0


def of_policy(opening: Mapping[str, float], closing: Mapping[str, float], policy: str) -> dict[str, float]:
    """The month's yield by item under a policy.

    Raises:
        Refused: there is no such policy.
    """
    if policy not in POLICIES:
        raise Refused(Fault(f"the policy is '{policy}'", todo=f"one of {', '.join(POLICIES)}"))
    weight = {"opening": 1.0, "closing": 0.0, "average": 0.5}[policy]
    return {item: weight * rate + (1.0 - weight) * closing.get(item, rate) for item, rate in opening.items()}
