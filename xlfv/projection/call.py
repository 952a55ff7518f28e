"""The clean-up call: in its month the pool is bought, the bonds are paid off, and cash ends.

The price is that of the usual optional termination clause of prospectuses (Pooling and Servicing Agreements, article
"Termination"): each loan at its unpaid balance with interest accrued, and property at its fair value. Here interest has
accrued up to the month of the call and came in with its collections, so loans are bought at their balance after the month,
late ones too; property owned brings what its sale would bring, and its loss is then realized. Who buys is repaid what it
advanced.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.collateral import CollateralCash
from xlfv.projection.program_parts import original_pool
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

_BOUGHT = ("performing_balance", "delinquent_balance", "foreclosure_balance")
_BALANCES = (*_BOUGHT, "late_balance", "reo_balance")


def call_month(trust: Trust, cash: CollateralCash) -> int:
    """The month of the call, 0 for none: as call_exercised says, while there are loans left.

    ``first`` is the first month after which the pool is at or below call_factor times the original pool.
    """
    word = trust.terms.get("call_exercised") or "never"
    if word == "never":
        return 0
    end = cash.end_balance.sum(axis=0)
    if word == "first":
        callable_ = end <= trust.terms.number("call_factor") * original_pool(trust)
        callable_[0] = False
        month = int(np.argmax(callable_)) if callable_.any() else 0
    else:
        month = int(re.sub(r"\D", "", word))
    return month if month <= cash.months and end[month] >= 0.01 else 0


def bought(trust: Trust, cash: CollateralCash, month: int, only: str | None = None) -> CollateralCash:
    """The collateral's cash where the pool is bought in a month; the price of loans is the field ``call_price``.

    Args:
        month: that of the call, 0 for none.
        only: the one loan whose cash it is; None for the whole trust.
    """
    if not month:
        return cash
    fields = {name: values.copy() for name, values in cash.fields.items()}
    fields["call_price"][:, month] = sum(fields[name][:, month] for name in _BOUGHT)
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
