"""The clean-up call: in its month the pool is bought, the bonds are paid off, and cash ends.

The price is that of the usual optional termination clause of prospectuses (Pooling and Servicing Agreements, article
"Termination"): each loan at its unpaid balance with interest accrued, and property at its fair value. Here interest has
accrued up to the month of the call and came in with its collections, so loans are bought at their balance after the month,
late ones too; property owned brings what its sale would bring, and its loss is then realized. Who buys is repaid what it
advanced.

What the deal owes after a month's own distribution: the notes, their unpaid interest, costs under their caps and net payments
of derivatives not paid, what is due on swaps as they end, and draws of insurers. Interest capped and carried forward, and
write-downs, are not owed.

``economic``: whoever may call does so in the first month after which the pool is at or below call_factor and the loans at
``collateral_price`` with the property, less ``call_cost``, are worth more than the call's price, which is the usual one but never
less than what the deal owes.

``auction``: from ``auction_month`` on the loans are sold at ``collateral_price`` in the first month in which that and the
property, less ``call_cost``, pays all that the deal owes; else they are not sold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.market.indices import Indices
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.distributions import Distributions, distribute
from xlfv.projection.program_parts import original_pool
from xlfv.projection.rates import termination_values
from xlfv.projection.timeline import Timeline
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.terms import prices
from xlfv.trust.trust import Trust

Floats = NDArray[np.float64]
_BOUGHT = ("performing_balance", "delinquent_balance", "foreclosure_balance")
_BALANCES = (*_BOUGHT, "late_balance", "reo_balance")


@dataclass(frozen=True)
class Call:
    """When a deal is called, and at what.

    Attributes:
        month: its month, 0 for none.
        premium: what a dollar of the loans' balance brings beyond itself; below 0 where they are sold for less.
    """

    month: int = 0
    premium: float = 0.0


def call_of(trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline) -> Call:
    """The call of a deal as call_exercised says, while there are loans left.

    ``first`` is the first month after which the pool is at or below call_factor times the original pool.
    """
    word = trust.terms.get("call_exercised") or "never"
    if word == "never":
        return Call()
    end = cash.end_balance.sum(axis=0)
    callable_ = end <= trust.terms.number("call_factor") * original_pool(trust)
    callable_[0] = False
    if word == "economic":
        return _economic(trust, cash, indices, timeline, np.flatnonzero(callable_ & (end >= 0.01)))
    if word == "auction":
        return _auction(trust, cash, indices, timeline, np.flatnonzero(end >= 0.01))
    first = int(np.argmax(callable_)) if callable_.any() else 0
    month = first if word == "first" else int(re.sub(r"\D", "", word))
    return Call(month) if month <= cash.months and end[month] >= 0.01 else Call()


def _economic(trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline, months: NDArray) -> Call:
    if not months.size:
        return Call()
    paid = distribute(trust, cash, indices, timeline)
    loans, property_, worth = _values(trust, cash)
    for month in map(int, months):
        par = loans[month] + property_[month]
        price = max(par, owed(paid, trust, indices, timeline, month))
        if loans[month] >= 0.01 and worth[month] > price:
            return Call(month, float((price - par) / loans[month]))
    return Call()


def _auction(trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline, months: NDArray) -> Call:
    paid = distribute(trust, cash, indices, timeline)
    loans, property_, worth = _values(trust, cash)
    for month in map(int, months[months >= trust.terms.number("auction_month")]):
        brings = worth[month] - property_[month]
        if min(loans[month], brings) >= 0.01 and worth[month] >= owed(paid, trust, indices, timeline, month):
            return Call(month, float(brings / loans[month] - 1.0))
    return Call()


def _values(trust: Trust, cash: CollateralCash) -> tuple[Floats, Floats, Floats]:
    """Balance of the loans, what property would bring, and what both are worth less call_cost; float64[months + 1]."""
    loans = sum(cash[name].sum(axis=0) for name in _BOUGHT)
    property_ = np.zeros(cash.months + 1)
    reo = trust["reo"]
    _, sale = net_realizable_values(reo)
    for row in range(reo.count):
        sold = int(reo["months_to_sale"][row])
        if cash["reo_balance"][_group(trust, cash, row)].any():
            property_[:sold] += sale[row]
    market = prices(trust.terms, cash.months)
    return loans, property_, loans * market + property_ - trust.terms.number("call_cost")


def owed(paid: Distributions, trust: Trust, indices: Indices, timeline: Timeline, month: int) -> float:
    """What a deal that is not called owes after a month's distribution, were it called then (dollars)."""
    record, deal = paid.record, paid.deal
    until = slice(1, month + 1)
    costs = record.costs[deal.cost_basis != w.EXCEEDS][:, until]
    hedges = record.hedges[deal.hedge_inside][:, until]
    due = np.maximum(-hedges[:, :, 0] * deal.hedge_rate[deal.hedge_inside][:, until], 0.0)
    behind = (costs[:, :, 0] - costs[:, :, 1]).sum() + (due - hedges[:, :, 2]).sum()
    shortfall = record.tranches[:, month, w.T_SHORTFALL].sum() + record.insurers[:, month, 2].sum()
    ends = termination_values(trust, indices, timeline, month).sum()
    return float(max(record.deal[month, 1] + shortfall + behind - ends, 0.0))


def bought(
    trust: Trust, cash: CollateralCash, month: int, only: str | None = None, premium: float = 0.0
) -> CollateralCash:
    """The collateral's cash where the pool is bought in a month.

    What loans are bought for is the field ``call_price``; what of it is beyond their balance is ``call_premium``.

    Args:
        month: that of the call, 0 for none.
        only: the one loan whose cash it is; None for the whole trust.
        premium: what a dollar of the loans' balance brings beyond itself.
    """
    if not month:
        return cash
    fields = {name: values.copy() for name, values in cash.fields.items()}
    fields["call_price"][:, month] = sum(fields[name][:, month] for name in _BOUGHT)
    if premium:
        fields["call_premium"] = fields["call_price"] * premium
        fields["call_price"] += fields["call_premium"]
    reo = trust["reo"]
    _, sale = net_realizable_values(reo)
    for row in np.flatnonzero(reo["months_to_sale"] > month):
        if cash["reo_balance"][_group(trust, cash, int(row)), month] > 0.0 and only in (None, str(reo["loan_id"][row])):
            fields["reo_proceeds"][_group(trust, cash, int(row)), month] += sale[row]
    owned = fields["reo_balance"][:, month].copy()
    sold = fields["reo_sold"][:, month] + owned
    fields["reo_sold"][:, month] = sold
    fields["reo_losses"][:, month] = np.where(
        owned > 0.0, sold - fields["reo_proceeds"][:, month], fields["reo_losses"][:, month]
    )
    for name, values in fields.items():
        values[:, month if name in _BALANCES else month + 1 :] = 0.0

    def ledger() -> dict[str, NDArray[np.float64]]:
        kept = {name: values.copy() for name, values in cash.ledger.items()}
        kept["advances_repaid"][:, month] += kept["advances_outstanding"][:, month]
        kept["advances_outstanding"][:, month:] = 0.0
        for name in ("advances_repaid", "liquidation_expenses"):
            kept[name][:, month + 1 :] = 0.0
        return kept

    return CollateralCash(cash.groups, fields, cash.penalties_pass, ledger)


def _group(trust: Trust, cash: CollateralCash, row: int) -> int:
    return cash.groups.index(trust.reo_groups[row])
