"""The blended yield: the one rate at which the loans' cash is worth what the bonds and the residual leave for it.

The rate solves ``PV(loan cash) = C`` with

    C = tranche values + residual value + derivative liabilities - derivative assets - REO at net realizable value
        - other trust assets + other trust liabilities

all dirty (accrued interest included) at the as-of date. Other trust assets are cash in transit, what accounts hold and the
term ``other_assets``; other trust liabilities the term ``other_liabilities`` and, where a class is valued without its wrap,
what the trust will pay back to its insurer.

Loan cash comes from the loans that are not REO today, what they bring after they have become REO included, net of servicing
and trust costs. Advances are in it as they are made; what is repaid of them, of today's too, is out of it already: a borrower
who cures or pays off repays them with what he was behind, which never reaches the trust; a severity ``all_in`` or on the
``liquidation_balance`` is a loss after they are repaid; and one on the ``property`` lowers what a sale brings by them. REO
on hand, derivatives, draws on accounts and insurers and call money are no loan cash, though tranches and residual are
paid with them. Where the deal is called in the projection, loan cash and costs are those of loans that nobody bought.
Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1 ("blended yield").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.collateral import CollateralCash
from xlfv.projection.distributions import fees_made_good
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust
from xlfv.valuation.chosen_cash import chosen_residual_value, chosen_tranche_value, reimbursements
from xlfv.valuation.contractual import uncalled
from xlfv.valuation.discounting import worth, yield_of
from xlfv.valuation.hedges import hedge_values
from xlfv.valuation.yields import RESIDUAL, Chosen

Floats = NDArray[np.float64]

TRANCHE, DERIVATIVE, REO, ASSET, LIABILITY = "tranche", "derivative", "reo", "asset", "liability"
"""Kinds of parts of C, beside the residual."""


@dataclass(frozen=True)
class Part:
    """One part of C.

    Attributes:
        kind: tranche, residual, derivative, reo, asset or liability.
        item: a class, a derivative, an account, ...
        amount: dollars as it enters C: claims on the loans above 0, what pays them beside the loans below.
        rate: the yield it is valued at, or None.
    """

    kind: str
    item: str
    amount: float
    rate: float | None = None


@dataclass(frozen=True)
class Claims:
    """C, part by part."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        """C: what bonds and residual, after everything else in the trust, leave the loans to be worth (dollars)."""
        return sum(part.amount for part in self.parts)

    def of(self, *kinds: str) -> tuple[Part, ...]:
        """The parts of some kinds, in order."""
        return tuple(part for part in self.parts if part.kind in kinds)


def claims_of(projection: Projection, yields: Mapping[str, Chosen]) -> Claims:
    """C, part by part: classes in the bonds' order, residual, derivatives, REO, other assets and liabilities.

    Raises:
        Refused: a value does not exist.
    """
    trust = projection.trust
    parts = [
        Part(TRANCHE, name, chosen_tranche_value(projection, name, yields[name]), yields[name].rate)
        for name in trust.tranches
    ]
    residual = yields[RESIDUAL]
    parts.append(Part(RESIDUAL, RESIDUAL, chosen_residual_value(projection, residual), residual.rate))
    parts += [Part(DERIVATIVE, name, -value) for name, value in hedge_values(projection).items()]
    parts.append(Part(REO, REO, -reo_value(trust)))
    terms, accounts = trust.terms, trust["accounts"]
    parts.append(Part(ASSET, "cash in transit", -terms.number("cash_in_transit")))
    held = zip(accounts["account"], accounts["balance"], strict=True)
    parts += [Part(ASSET, str(name), -float(balance)) for name, balance in held]
    parts.append(Part(ASSET, "other assets", -terms.number("other_assets")))
    parts.append(Part(LIABILITY, "other liabilities", terms.number("other_liabilities")))
    parts += [
        Part(LIABILITY, f"reimbursement of the insurer of {name}", value, yields[name].rate)
        for name, value in reimbursements(projection, yields).items()
    ]
    return Claims(tuple(parts))


def claims_on_loans(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """C: what bonds and residual, after everything else in the trust, leave the loans to be worth (dollars)."""
    return claims_of(projection, yields).total


def residual_value(projection: Projection, rate: float, basis: str = "monthly") -> float:
    """Value of the residual's expected cash at a yield (dollars)."""
    return worth(projection.distributions.residual, projection.timeline.years(), rate, basis)


def reo_value(trust: Trust) -> float:
    """Real estate owned at net realizable value (dollars)."""
    return float(net_realizable_values(trust["reo"])[0].sum())


def other_assets(trust: Trust) -> float:
    """Cash in transit, other trust assets from the terms, and what accounts hold (dollars)."""
    held = float(trust["accounts"]["balance"].sum())
    return trust.terms.number("cash_in_transit") + trust.terms.number("other_assets") + held


def other_liabilities(trust: Trust) -> float:
    """Other trust liabilities (dollars), from the terms."""
    return trust.terms.number("other_liabilities")


def loan_funds(cash: CollateralCash) -> Floats:
    """What the waterfall receives of loans that are not REO today, float64[months + 1]; trust costs still in it.

    Collections and advances, net of servicing as far as collections pay it; without REO on hand and call money.
    """
    unpaid = fees_made_good(cash.interest_funds, cash.principal)[2]  # the servicer goes without it
    return np.asarray(cash.loan_cash.sum(axis=0) - cash["call_price"].sum(axis=0) + unpaid)


def loan_cash(projection: Projection) -> Floats:
    """Cash of the loans net of servicing and trust costs, float64[months + 1], as the collateral's fair value discounts it.

    Of a deal that is called in the projection, that of the loans had they not been bought, and the costs of the deal that
    goes on; see the module for what is in it.
    """
    alone = uncalled(projection)
    return loan_funds(alone.collateral) - alone.distributions.costs_paid


def yield_of_loans(cash: Floats, years: Floats, price: float, what: str = "the loans' cash") -> float:
    """The monthly yield at which cash of the collateral is worth ``price``, or why there is none, in words.

    Raises:
        Refused: nothing or less is left for it, no rate fits, or several do; ``code`` is ``#NUM!``.
    """
    todo = "look at the parts of C: yields of tranches and residual, REO, derivatives, other assets"
    if not price > 0.0:
        told = f"no yield makes cash of loans worth {price:,.2f}: that is C, and nothing is left for {what}"
        raise Refused(Fault(told, todo=todo), code="#NUM!")
    if not cash.any():
        raise Refused(Fault(f"there is no cash of loans that could be worth {price:,.2f}", todo=todo), code="#NUM!")
    try:
        return yield_of(cash, years, price)
    except Refused as refusal:
        below = shortfall_months(cash)
        more = f"; {below}" if below else ""
        faults = [Fault(f"{what}: {fault.what}{more}", fault.where, fault.todo) for fault in refusal.faults]
        raise Refused(faults, code=refusal.code) from None


def shortfall_months(cash: Floats) -> str:
    """What is said of months in which costs exceed collections; empty where there are none."""
    below = np.flatnonzero(cash < -0.005)
    if not below.size:
        return ""
    count = "1 month" if below.size == 1 else f"{below.size:,} months"
    return f"it is below zero in {count} from month {below[0]}, by {-cash[below].sum():,.2f} dollars in all"


def below_zero(rate: float) -> tuple[str, ...]:
    """What is said of a yield below zero."""
    told = f"the collateral's yield is below zero ({rate:.4%}): C is more than all cash that the loans will bring"
    return (told,) if rate < 0.0 else ()


def collateral_yield(projection: Projection, yields: Mapping[str, Chosen]) -> float:
    """The blended yield, nominal annual, compounded monthly.

    Raises:
        Refused: no rate makes the loans' cash worth C; ``code`` is ``#NUM!``.
    """
    return yield_of_loans(loan_cash(projection), projection.timeline.years(), claims_on_loans(projection, yields))
