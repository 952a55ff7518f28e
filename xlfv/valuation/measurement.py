"""The collateral measured as the term ``measurement`` says on the as-of date.

- ``blended``: its cash at the blended yield (:mod:`xlfv.valuation.collateral`): C, by way of a rate that must exist.
- ``independent``: its cash at a yield of its own; assets less liabilities need not be the residual.
- ``cfe_liabilities``: C itself, the liabilities and the residual being more observable; the yield is only told.
- ``cfe_assets``: its cash at a yield of its own; what the assets leave after the residual, the company's own bonds,
  derivatives and other liabilities is spread over the other bonds in proportion to their values at their own yields.

Source: ASC 810-10-30-10 to 30-15 (ASU 2014-13, Measuring the Financial Assets and the Financial Liabilities of a Consolidated
Collateralized Financing Entity); Impac Mortgage Holdings, letter to the SEC of 3 February 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.trust.measurement import BLENDED, CFE_ASSETS, CFE_LIABILITIES, INDEPENDENT, measurement_at
from xlfv.valuation.chosen_cash import cash_of, chosen_tranche_cash
from xlfv.valuation.collateral import TRANCHE, Claims, Part, claims_of, loan_cash, yield_of_loans
from xlfv.valuation.discounting import margin_of, monthly_yield, worth, yield_of
from xlfv.valuation.yields import COLLATERAL, Chosen

SAID = {
    BLENDED: "blended: assets = liabilities + residual is imposed by the yield of the collateral",
    INDEPENDENT: "independent: the collateral is valued at its own yield; the difference is shown",
    CFE_LIABILITIES: "cfe_liabilities: the collateral is measured from liabilities and residual, so that assets equal them",
    CFE_ASSETS: "cfe_assets: the bonds are measured from the assets, so that assets equal liabilities + residual",
}
"""What is said of each measurement."""


@dataclass(frozen=True)
class Measured:
    """The collateral and what stands against it.

    Attributes:
        measurement: the word in force.
        claims: C as measured; under ``cfe_assets`` the bonds in it are those measured from the assets.
        value: of the collateral, dollars.
        rate: its yield, monthly compounding; not a number where it is measured from liabilities and no rate gives that.
        notices: what is said of it.
    """

    measurement: str
    claims: Claims
    value: float
    rate: float
    notices: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Assets less liabilities and residual (dollars); 0 but under ``independent``."""
        return self.value - self.claims.total if self.measurement == INDEPENDENT else 0.0


def measurement_of(projection: Projection) -> str:
    """The measurement in force on the projection's as-of date."""
    return measurement_at(projection.trust.terms.get("measurement"), projection.as_of)


def measured(projection: Projection, yields: Mapping[str, Chosen]) -> Measured:
    """The collateral's value, its yield, and the claims on it.

    Raises:
        Refused: a value or the yield does not exist (``#NUM!``); or an own yield is asked for and not given.
    """
    word, claims = measurement_of(projection), claims_of(projection, yields)
    if word in (INDEPENDENT, CFE_ASSETS):
        return _own_yield(projection, yields, claims, word)
    cash, years = loan_cash(projection), projection.timeline.years()
    if word == CFE_LIABILITIES:
        try:
            return Measured(word, claims, claims.total, yield_of_loans(cash, years, claims.total))
        except Refused as refusal:
            return Measured(word, claims, claims.total, float("nan"), (f"no yield of the collateral: {refusal}",))
    rate = yield_of_loans(cash, years, claims.total)
    return Measured(word, claims, worth(cash, years, rate), rate)


def collateral_value(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """Fair value of the securitized mortgage collateral (dollars), by the measurement in force on the as-of date."""
    return measured(projection, yields).value


def _own_yield(projection: Projection, yields: Mapping[str, Chosen], claims: Claims, word: str) -> Measured:
    chosen = yields.get(COLLATERAL)
    if chosen is None:
        what = f"the measurement of {projection.name} is {word} on {projection.as_of}, and its collateral has no yield"
        raise Refused(Fault(what, "yields", "add a row for the item collateral"))
    cash = loan_cash(cash_of(projection, chosen))
    value = worth(cash, projection.timeline.years(), chosen.rate, chosen.basis)
    rate = monthly_yield(chosen.rate, chosen.basis)
    if word == INDEPENDENT:
        return Measured(word, claims, value, rate)
    return Measured(word, _from_assets(projection, yields, claims, value), value, rate)


def _from_assets(projection: Projection, yields: Mapping[str, Chosen], claims: Claims, value: float) -> Claims:
    """The claims with the bonds of others than the company at what the assets leave for them."""
    bonds = projection.trust.classes
    held = {str(bonds["tranche"][row]) for row in range(bonds.count) if bonds["held_by"][row] == "company"}
    others = [part for part in claims.of(TRANCHE) if part.item not in held]
    own = sum(part.amount for part in others)
    left = value - (claims.total - own)
    if not (own > 0.0 and left > 0.0):
        what = f"the assets leave {left:,.2f} for bonds worth {own:,.2f} at their own yields: they cannot be measured by it"
        raise Refused(Fault(what, projection.name, "look at the collateral's yield and the residual's"), code="#NUM!")

    def scaled(part: Part) -> Part:
        if part.kind != TRANCHE or part.item in held:
            return part
        amount = part.amount * left / own
        return replace(part, amount=amount, rate=_rate_at(projection, part.item, yields[part.item], amount))

    return Claims(tuple(map(scaled, claims.parts)))


def _rate_at(projection: Projection, name: str, chosen: Chosen, value: float) -> float | None:
    """The yield, in the class's own basis, at which it is worth so much; None where there is no single one."""
    cash = chosen_tranche_cash(projection, name, chosen)
    try:
        if chosen.basis == "dm":
            return margin_of(cash.cash, cash.days, cash.index, value)
        return yield_of(cash.cash, cash.years, value, chosen.basis)
    except Refused:
        return None
