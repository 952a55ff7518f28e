"""The whole balance of a trust at fair value: trust assets = trust liabilities + residual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation.collateral import (
    collateral_yield,
    loan_cash,
    other_assets,
    other_liabilities,
    reo_value,
    residual_value,
)
from xlfv.valuation.discounting import worth
from xlfv.valuation.hedges import hedge_values
from xlfv.valuation.tranches import tranche_cash, tranche_value
from xlfv.valuation.yields import RESIDUAL, Chosen

TOLERANCE = 1e-9  # of trust assets


@dataclass(frozen=True)
class Line:
    """One line of the balance.

    Attributes:
        side: asset, liability or residual.
        item: what it is.
        balance: unpaid balance or notional, dollars; None where there is none.
        rate: yield it is valued at, or None.
        value: fair value, dollars (REO at net realizable value).
    """

    side: str
    item: str
    balance: float | None
    rate: float | None
    value: float

    @property
    def price(self) -> float | None:
        """Value per 100 of balance."""
        return 100.0 * self.value / self.balance if self.balance else None


@dataclass(frozen=True)
class FairValue:
    """A trust's balance.

    Attributes:
        lines: in the order of the letter.
        collateral_yield: the blended yield.
    """

    lines: tuple[Line, ...]
    collateral_yield: float

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


COLLATERAL = "Securitized mortgage collateral"
REO = "Real estate owned, at net realizable value"
DERIVATIVE_ASSETS = "Derivative assets"
DERIVATIVE_LIABILITIES = "Derivative liabilities"
OTHER_ASSETS = "Other trust assets"
OTHER_LIABILITIES = "Other trust liabilities"
RESIDUAL_INTEREST = "Residual interest"


def fair_value(projection: Projection, yields: Mapping[str, Chosen]) -> FairValue:
    """Value every line of a trust's balance.

    The identity assets = liabilities + residual is imposed by the blended yield; it is proved here all the same, from
    lines that are valued by separate code.

    Raises:
        Refused: a value does not exist, or the balance does not balance (a defect).
    """
    trust = projection.trust
    hedges = hedge_values(projection)
    blended = collateral_yield(projection, yields)
    loans = trust["loans"]
    pool = float((loans["balance"] + loans["deferred_balance"])[loans["status"] != "reo"].sum())
    if projection.given is not None:
        pool = trust.pool_balance
    lines = [
        Line("asset", COLLATERAL, pool, blended, worth(loan_cash(projection), projection.timeline.years(), blended)),
        Line("asset", REO, None, None, reo_value(trust)),
        Line("asset", DERIVATIVE_ASSETS, None, None, sum(v for v in hedges.values() if v > 0.0)),
        Line("asset", OTHER_ASSETS, None, None, other_assets(trust)),
    ]
    for name in trust.tranches:
        rate, basis = yields[name].rate, yields[name].basis
        value = tranche_value(projection, name, rate, basis)
        lines.append(Line("liability", name, tranche_cash(projection, name).balance, rate, value))
    owed = -sum(v for v in hedges.values() if v < 0.0)
    lines.append(Line("liability", DERIVATIVE_LIABILITIES, None, None, owed))
    lines.append(Line("liability", OTHER_LIABILITIES, None, None, other_liabilities(trust)))
    chosen = yields[RESIDUAL]
    lines.append(
        Line(RESIDUAL, RESIDUAL_INTEREST, None, chosen.rate, residual_value(projection, chosen.rate, chosen.basis))
    )
    balance = FairValue(tuple(lines), blended)
    gap = balance.total("asset") - balance.total("liability") - balance.total(RESIDUAL)
    if not abs(gap) <= max(0.01, TOLERANCE * abs(balance.total("asset"))):
        raise Refused(
            Fault(f"assets less liabilities less residual is {gap:,.2f} dollars", projection.name, "a defect of xlfv")
        )
    return balance
