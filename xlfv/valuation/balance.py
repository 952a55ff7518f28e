"""A trust's balance at fair value, line by line, before it is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xlfv.projection.projection import Projection
from xlfv.trust.measurement import BLENDED, CFE_LIABILITIES, INDEPENDENT
from xlfv.valuation import collateral as c
from xlfv.valuation.measurement import SAID, Measured, measured
from xlfv.valuation.tranches import tranche_cash
from xlfv.valuation.yields import RESIDUAL, Chosen, yield_notices

COLLATERAL = "Securitized mortgage collateral"
REO = "Real estate owned, at net realizable value"
DERIVATIVE_ASSETS = "Derivative assets"
DERIVATIVE_LIABILITIES = "Derivative liabilities"
OTHER_ASSETS = "Other trust assets"
OTHER_LIABILITIES = "Other trust liabilities"
RESIDUAL_INTEREST = "Residual interest"
DIFFERENCE = "Assets less liabilities and residual, measured independently"


@dataclass(frozen=True)
class Line:
    """One line of the balance.

    Attributes:
        side: asset, liability, residual, or difference.
        item: what it is.
        balance: unpaid balance or notional, dollars; None where there is none.
        rate: yield it is valued at, or None.
        value: fair value, dollars (REO at net realizable value), accrued interest included.
    """

    side: str
    item: str
    balance: float | None
    rate: float | None
    value: float

    @property
    def price(self) -> float | None:
        """Value per 100 of balance, accrued interest included."""
        return 100.0 * self.value / self.balance if self.balance else None


@dataclass(frozen=True)
class FairValue:
    """A trust's balance.

    Attributes:
        lines: in the order of the letter; under the measurement ``independent`` the difference is the last.
        collateral_yield: the yield of the collateral, monthly compounding: the blended yield, or its own where it is measured
            at one. Not a number only where it is measured from the liabilities and no yield gives its value.
        measurement: how the collateral is measured on the as-of date; see :mod:`xlfv.valuation.measurement`.
        notices: what the reader should know: contractual cash, classes without their wrap, a yield that does not exist.
    """

    lines: tuple[Line, ...]
    collateral_yield: float
    measurement: str = BLENDED
    notices: tuple[str, ...] = ()

    def total(self, side: str) -> float:
        """Sum of a side (dollars)."""
        return sum(line.value for line in self.lines if line.side == side)

    def value(self, item: str) -> float:
        """Value of one line (dollars); 0 where the trust has no such line."""
        return sum(line.value for line in self.lines if line.item == item)

    @property
    def borrowings(self) -> float:
        """Securitized mortgage borrowings: all tranches (dollars)."""
        return sum(line.value for line in self.lines if line.side == "liability" and line.balance is not None)

    @property
    def gap(self) -> float:
        """Assets less liabilities, residual and the difference told as such (dollars): 0 where the balance ties."""
        return self.total("asset") - self.total("liability") - self.total(RESIDUAL) - self.total("difference")

    @property
    def said(self) -> str:
        """The measurement in words: whether the identity is imposed."""
        return SAID[self.measurement]


def balance_of(projection: Projection, yields: Mapping[str, Chosen]) -> tuple[FairValue, Measured]:
    """Every line of a trust's balance, and how the collateral was measured.

    Raises:
        Refused: a value does not exist.
    """
    found = measured(projection, yields)
    claims = found.claims
    hedges = [-part.amount for part in claims.of(c.DERIVATIVE)]
    rate = None if np.isnan(found.rate) else found.rate

    def held(*kinds: str) -> float:
        return -sum(part.amount for part in claims.of(*kinds)) + 0.0

    lines = [
        Line("asset", COLLATERAL, unpaid_principal(projection), rate, found.value),
        Line("asset", REO, None, None, held(c.REO)),
        Line("asset", DERIVATIVE_ASSETS, None, None, sum((value for value in hedges if value > 0.0), 0.0)),
        Line("asset", OTHER_ASSETS, None, None, held(c.ASSET)),
    ]
    for part in claims.of(c.TRANCHE):
        lines.append(Line("liability", part.item, tranche_cash(projection, part.item).balance, part.rate, part.amount))
    owed = -sum((value for value in hedges if value < 0.0), 0.0) + 0.0
    lines.append(Line("liability", DERIVATIVE_LIABILITIES, None, None, owed))
    lines.append(Line("liability", OTHER_LIABILITIES, None, None, -held(c.LIABILITY) + 0.0))
    for part in claims.of(RESIDUAL):
        lines.append(Line(RESIDUAL, RESIDUAL_INTEREST, None, part.rate, part.amount))
    if found.measurement == INDEPENDENT:
        lines.append(Line("difference", DIFFERENCE, None, None, found.gap))
    imposed = found.measurement in (BLENDED, CFE_LIABILITIES)
    notices = (*found.notices, *(c.below_zero(found.rate) if imposed else ()), *_told(projection, yields))
    return FairValue(tuple(lines), found.rate, found.measurement, notices), found


def unpaid_principal(projection: Projection) -> float:
    """Unpaid balance of the loans that are not REO, deferred balances included; of cash given, its pool (dollars)."""
    if projection.given is not None:
        return projection.trust.pool_balance
    if projection.opening is not None:  # its loans are known by group only
        return float((projection.collateral.end_balance - projection.collateral["reo_balance"])[:, 0].sum())
    loans = projection.trust["loans"]
    return float((loans["balance"] + loans["deferred_balance"])[loans["status"] != "reo"].sum())


def _told(projection: Projection, yields: Mapping[str, Chosen]) -> tuple[str, ...]:
    """What is told of yields outside their range, or of other cash than what is expected to be paid, and of cash given."""
    trust = projection.trust
    found = list(yield_notices(yields))
    promised = [name for name, chosen in yields.items() if chosen.cash == "contractual"]
    if promised:
        found.append(f"contractual cash (no defaults from today on) is discounted for {', '.join(promised)}")
    insured = [str(name) for name, by in zip(trust.classes["tranche"], trust.classes["insured_by"], strict=True) if by]
    bare = [name for name in insured if not yields[name].wrap]
    if bare:
        found.append(f"valued without what the insurer pays (ASC 820-10-35-18A): {', '.join(bare)}")
    paid = projection.distributions.record.insurers[:, :, 0].sum(axis=1)
    drawn = {insurer for insurer, dollars in zip(trust.insurers, paid, strict=True) if dollars > 0.005}
    bonds = trust.classes
    insurers = dict(zip(map(str, bonds["tranche"]), map(str, bonds["insured_by"]), strict=True))
    wrapped = [name for name in insured if name not in bare and insurers[name] in drawn]
    if wrapped:
        found.append(
            f"what insurers pay {', '.join(wrapped)} is in C, and no loan brings it: the collateral is worth more by it"
        )
    if (transit := trust.terms.number("cash_in_transit")) > 0.0:
        cutoff = trust.terms.date("cutoff_date") or trust.as_of
        told = "no class is paid it in the projection, and the collateral is worth less by it"
        if cutoff < trust.as_of:
            told = "month 1 of the loans' cash holds it too, and the collateral's yield is the higher for it"
        found.append(f"cash in transit of {transit:,.2f} dollars is taken off C; the cut-off is {cutoff}: {told}")
    if projection.given is not None and trust["reo"].count:
        found.append(
            "REO stands beside the collateral's cash as given: that must leave out what property on hand brings"
        )
    return tuple(found)
