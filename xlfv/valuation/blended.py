"""The blended yield with every part of C, and beside it the other yields that one might mean by the word.

- The internal rate of bond and residual cash at their combined price: "the blended yield of the bond tranches together with
  the residual interests", the letter's literal words. At it the collateral is worth something else than C.
- The whole-asset yield: loans and REO sales together, at C and net realizable value together.
- The value-weighted average of the yields of tranches and residual, each as a monthly yield.
- What of the collateral's yield comes from discounting the tranches' cash, which REO pays too, against net realizable value,
  which is not discounted: the collateral's yield less the whole-asset yield.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation import collateral as c
from xlfv.valuation.chosen_cash import chosen_residual_cash, chosen_tranche_cash
from xlfv.valuation.contractual import uncalled
from xlfv.valuation.discounting import monthly_yield, worth, yield_of
from xlfv.valuation.yields import RESIDUAL, Chosen, yield_notices

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Blended:
    """The blended yield, its parts, and what stands beside it.

    Attributes:
        claims: C, part by part.
        rate: the collateral's yield, monthly compounding.
        value: the loans' cash at that rate, dollars: C.
        cash: undiscounted, the loans' cash of all months, dollars.
        combined_price: what bonds and residual are worth together, dollars.
        combined: the internal rate of their cash at that price, or the refusal that says why there is none; as are the
            others.
        collateral_there: the loans' cash at ``combined``, dollars.
        gap: that less C, dollars.
        whole_price: C and REO at net realizable value, dollars.
        whole: the whole-asset yield.
        average: the value-weighted average yield.
        from_discounting: the collateral's yield less ``whole``.
        notices: what is said of the loans' cash.
        flags: what is said of the chosen yields: those that lie outside their range.
    """

    claims: c.Claims
    rate: float
    value: float
    cash: float
    combined_price: float
    combined: float | Refused
    collateral_there: float | Refused
    gap: float | Refused
    whole_price: float
    whole: float | Refused
    average: float | Refused
    from_discounting: float | Refused
    notices: tuple[str, ...]
    flags: tuple[str, ...] = ()


def blended(projection: Projection, yields: Mapping[str, Chosen]) -> Blended:
    """The blended yield and what stands beside it.

    A yield beside it that does not exist is told in its place. All are nominal annual, compounded monthly.

    Raises:
        Refused: there is no blended yield (``#NUM!``), or a part of C has no value.
    """
    claims = c.claims_of(projection, yields)
    cash, years = c.loan_cash(projection), projection.timeline.years()
    rate = c.yield_of_loans(cash, years, claims.total)
    price = sum(part.amount for part in claims.of(c.TRANCHE, RESIDUAL))
    combined = _tried(lambda: _combined(projection, yields, price))
    there = _with(combined, lambda found: worth(cash, years, found))
    owned = -sum((part.amount for part in claims.of(c.REO)), 0.0)
    whole_price = claims.total + owned
    sold = uncalled(projection).collateral["reo_proceeds"].sum(axis=0)
    whole = _tried(lambda: c.yield_of_loans(cash + sold, years, whole_price, "cash of loans and REO"))
    return Blended(
        claims=claims,
        rate=rate,
        value=worth(cash, years, rate),
        cash=float(cash.sum()),
        combined_price=price,
        combined=combined,
        collateral_there=there,
        gap=_with(there, lambda value: value - claims.total),
        whole_price=whole_price,
        whole=whole,
        average=_tried(lambda: _average(projection, yields, claims)),
        from_discounting=_with(whole, lambda found: rate - found),
        notices=_notices(projection, cash, rate),
        flags=yield_notices(yields),
    )


def _tried(work: Callable[[], float]) -> float | Refused:
    try:
        return work()
    except Refused as refusal:
        return refusal


def _with(known: float | Refused, work: Callable[[float], float]) -> float | Refused:
    """Something worked of a number; where there is none, the refusal that says why."""
    return known if isinstance(known, Refused) else _tried(lambda: work(known))


def _combined(projection: Projection, yields: Mapping[str, Chosen], price: float) -> float:
    """The internal rate of all cash of classes and residual at their combined price, each on its own days."""
    cash, years = [], []
    for name in projection.trust.tranches:
        one = chosen_tranche_cash(projection, name, yields[name])
        cash.append(one.cash)
        years.append(one.years)
    cash.append(chosen_residual_cash(projection, yields[RESIDUAL]))
    years.append(projection.timeline.years())
    return yield_of(np.concatenate(cash), np.concatenate(years), price)


def _average(projection: Projection, yields: Mapping[str, Chosen], claims: c.Claims) -> float:
    """Yields of classes and residual, as monthly ones, weighted by value; those without a value left out."""
    weights, rates = [], []
    for part in claims.of(c.TRANCHE, RESIDUAL):
        if part.amount <= 0.0:
            continue
        weights.append(part.amount)
        rates.append(_monthly(projection, part, yields[part.item]))
    if not weights:
        raise Refused(Fault("neither a class nor the residual has a value to weight by"), code="#NUM!")
    return sum(weight * rate for weight, rate in zip(weights, rates, strict=True)) / sum(weights)


def _monthly(projection: Projection, part: c.Part, chosen: Chosen) -> float:
    """A chosen yield as a monthly one; a discount margin as that at which the class's cash has its value."""
    if chosen.basis != "dm":
        return monthly_yield(chosen.rate, chosen.basis)
    cash = chosen_tranche_cash(projection, part.item, chosen)
    return yield_of(cash.cash, cash.years, part.amount)


def _notices(projection: Projection, cash: Floats, rate: float) -> tuple[str, ...]:
    found = list(c.below_zero(rate))
    if projection.called:
        found.append(
            f"the deal is called in month {projection.called}: loan cash and costs are those of loans that nobody buys"
        )
    below = c.shortfall_months(cash)
    if below:
        found.append(f"loan cash is short of costs: {below}")
    return tuple(found)
