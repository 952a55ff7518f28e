"""Unpaid principal beside fair value: the collateral, what of it is 90 days late or in nonaccrual, and the borrowings.

ASC 825-10-50-28 asks, for loans at fair value by option, for the difference between fair value and unpaid principal, the
fair value of loans 90 days or more past due and of those in nonaccrual status, and their differences; for long-term debt at
fair value for the difference from its unpaid principal.

Days late are counted as the Mortgage Bankers Association does: so many payments missed. A loan that does not say how many is
taken at what its status says (d90, bankruptcy and foreclosure: three). A loan in foreclosure counts as 90 days late.

What some loans are worth is their own cash, net of servicing and of their part of the trust's costs, discounted at the yield
of the whole collateral: loans do not touch each other, so that parts sum to the whole. Costs are shared by the balance at the
start of each month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.collateral import project_collateral
from xlfv.projection.loan_arrays import MISSED
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.trust.measurement import CFE_ASSETS, INDEPENDENT
from xlfv.valuation.balance import COLLATERAL as ITEM
from xlfv.valuation.balance import FairValue
from xlfv.valuation.chosen_cash import cash_of
from xlfv.valuation.contractual import uncalled, with_loans
from xlfv.valuation.discounting import worth
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.yields import COLLATERAL, Chosen

Floats = NDArray[np.float64]
LATE = 3  # payments missed


@dataclass(frozen=True)
class Unpaid:
    """Unpaid principal and fair value of an item.

    Attributes:
        item: what it is.
        count: number of loans, None where they are not counted.
        balance: unpaid principal, dollars.
        value: fair value, dollars; or the refusal that says why there is none.
    """

    item: str
    count: int | None
    balance: float
    value: float | Refused

    @property
    def difference(self) -> float | Refused:
        """Fair value less unpaid principal (dollars)."""
        return self.value if isinstance(self.value, Refused) else self.value - self.balance


def missed_payments(projection: Projection) -> NDArray[np.int64]:
    """Payments missed by each loan today; as many as its status says where it does not say."""
    loans = projection.trust["loans"]
    by_status = np.array([MISSED[str(status)] for status in loans["status"]], dtype=np.int64)
    return np.where(loans["months_delinquent"] > 0, loans["months_delinquent"], by_status)


def unpaid_principal(projection: Projection, yields: Mapping[str, Chosen], nonaccrual: int = LATE) -> list[Unpaid]:
    """The collateral, its loans 90 days late or more, its loans in nonaccrual, then each class, then all of them.

    Args:
        projection, yields: as :func:`xlfv.valuation.fair_value.fair_value` takes them.
        nonaccrual: payments missed from which a loan is in nonaccrual status; loans in foreclosure or bankruptcy are.

    Raises:
        Refused: as :func:`fair_value`.
    """
    value = fair_value(projection, yields)
    collateral = next(line for line in value.lines if line.item == ITEM)
    found = [Unpaid(ITEM, None, float(collateral.balance or 0.0), collateral.value)]
    loans = projection.trust["loans"]
    missed, status = missed_payments(projection), loans["status"]
    lives = status != "reo"
    if projection.given is None and projection.opening is None:  # else no loan is known by itself
        found[0] = replace(found[0], count=int(lives.sum()))
        late = lives & ((missed >= LATE) | (status == "foreclosure"))
        stopped = lives & ((missed >= nonaccrual) | (status == "foreclosure") | (status == "bankruptcy"))
        found.append(_of_loans(projection, yields, value, "of which 90 days late or more (MBA)", late))
        found.append(_of_loans(projection, yields, value, "of which in nonaccrual", stopped))
    bonds = [line for line in value.lines if line.side == "liability" and line.balance is not None]
    for line in bonds:
        notional = projection.trust.classes["kind"][projection.trust.tranches.index(line.item)] == "io"
        found.append(Unpaid(line.item, None, 0.0 if notional else float(line.balance or 0.0), line.value))
    owed = sum((one.balance for one in found[-len(bonds) :]), 0.0) if bonds else 0.0
    found.append(Unpaid("Securitized mortgage borrowings", None, owed, value.borrowings))
    return found


def _of_loans(
    projection: Projection, yields: Mapping[str, Chosen], value: FairValue, item: str, rows: NDArray[np.bool_]
) -> Unpaid:
    loans = projection.trust["loans"]
    balance = float((loans["balance"] + loans["deferred_balance"])[rows].sum())
    if not rows.any():
        return Unpaid(item, 0, 0.0, 0.0)
    own = value.measurement in (INDEPENDENT, CFE_ASSETS)
    run = uncalled(cash_of(projection, yields[COLLATERAL]) if own else projection)
    if np.isnan(value.collateral_yield):
        fault = Fault("the collateral has no yield at which some of its loans could be valued", projection.name)
        return Unpaid(item, int(rows.sum()), balance, Refused(fault, code="#NUM!"))
    cash = cash_of_loans(run, rows)
    return Unpaid(item, int(rows.sum()), balance, worth(cash, run.timeline.years(), value.collateral_yield))


def cash_of_loans(projection: Projection, rows: NDArray[np.bool_]) -> Floats:
    """Cash of some loans, net of servicing and their part of the trust's costs, float64[months + 1].

    Args:
        projection: one that is not called.
        rows: bool[loans]; none of them REO.
    """
    trust = projection.trust
    some = with_loans(trust, trust["loans"].take(rows), "loans " + np.packbits(rows).tobytes().hex())
    some = replace(some, tables={**some.tables, "reo": trust["reo"].take(np.zeros(trust["reo"].count, dtype=bool))})
    cash = project_collateral(some, projection.curves, projection.indices, projection.months)
    mine = cash.accruing_balance.sum(axis=0)
    whole = projection.collateral.accruing_balance.sum(axis=0)
    today = (cash.end_balance[:, 0] - cash["reo_balance"][:, 0]).sum()
    pool = (projection.collateral.end_balance[:, 0] - projection.collateral["reo_balance"][:, 0]).sum()
    share = np.divide(mine, whole, out=np.full(whole.size, today / pool if pool > 0.0 else 0.0), where=whole > 0.0)
    return np.asarray(cash.loan_cash.sum(axis=0) - share * projection.distributions.costs_paid)
