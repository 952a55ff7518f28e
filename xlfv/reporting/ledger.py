"""The ledger of a trust's month: what was posted, item by item, several postings of an item added up.

Only a posting's dollars count: nothing here is worked out of the states, so that what the states imply and what was posted can
be held against each other (:mod:`xlfv.reporting.trust_rollforward`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from xlfv.reporting.rollforward import ITEMS
from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.schema import Column, Schema

ACTUALS = {
    "interest_collected": "interest collected and advanced, before servicing, and prepayment penalties of the trust",
    "principal_collected": "scheduled, prepaid (in full or in part) and advanced principal",
    "liquidation_proceeds": "proceeds of loans liquidated without REO, mortgage insurance and subsequent recoveries included",
    "losses": "realized losses of such loans",
    "reo_transfers": "balance foreclosed into REO",
    "reo_sales_proceeds": "proceeds of REO sold",
    "reo_losses": "realized losses of REO sold",
    "bond_interest_paid": "interest paid to bonds",
    "bond_principal_paid": "principal paid to bonds",
    "writedowns": "bonds written down",
    "hedge_received": "received from derivatives",
    "hedge_paid": "paid to derivatives",
    "costs_paid": "trust costs paid",
    "servicing_paid": "servicing fees paid",
    "residual_cash": "paid to the residual",
}
"""What a month's table of actuals holds, all dollars."""
MORE = {
    "penalties_collected": "prepayment penalties of the trust that are not in interest_collected",
    "interest_not_advanced": "interest due that was neither collected nor advanced, net of servicing (told, no cash)",
    "loans_bought": "paid for loans that came into the pool",
    "bonds_issued": "received for bonds issued",
    "held_interest": "what of bond_interest_paid went to the company, on bonds of the trust that it holds",
    "held_principal": "what of bond_principal_paid went to the company, on bonds of the trust that it holds",
    "residual_bought": "paid for a residual held as a security",
    "residual_sold": "received for one sold",
    "transfer_in": "fair value that came into level 3, of the item that line names",
    "transfer_out": "fair value that left level 3, of the item that line names",
}
"""What the ledger knows beside :data:`ACTUALS`."""
WORDS = {**ACTUALS, **MORE}
TOLD = ("losses", "reo_transfers", "reo_losses", "writedowns", "interest_not_advanced")
"""Facts of the trustee's report: no cash, and no row of the rollforward by themselves."""
TRANSFERS = ("transfer_in", "transfer_out")


LEDGER = Schema(
    "ledger",
    (
        Column("trust", "text", "whose posting it is; blank: the trust asked for"),
        Column("date", "date", "its day; blank: in the month asked for"),
        Column("item", "text", "what it is", required=True, allowed=tuple(WORDS)),
        Column(
            "amount", "number", "dollars, as the item's words mean them; several postings add up", "$", required=True
        ),
        Column("line", "text", "the column of the rollforward, of a transfer into or out of level 3", allowed=ITEMS),
        Column("text", "text", "what the books say of it (told only)"),
    ),
    key="item",
)


@dataclass(frozen=True)
class Ledger:
    """A trust's postings of a month.

    Attributes:
        amounts: dollars by item of :data:`WORDS`, transfers left out.
        transfers: dollars by ``transfer_in`` or ``transfer_out`` and the rollforward's item.
        postings: how many postings there are.
        passed: how many of the table's belong to another trust or another month.
    """

    amounts: Mapping[str, float]
    transfers: Mapping[tuple[str, str], float] = field(default_factory=dict)
    postings: int = 0
    passed: int = 0

    def total(self, *items: str) -> float:
        """Dollars posted to these items."""
        return sum(self.amounts.get(item, 0.0) for item in items)


def read_ledger(table: Table, trust: str, after: dt.date, until: dt.date) -> Ledger:
    """The postings of one trust after a date and up to another.

    Args:
        table: a :data:`LEDGER`; a month's ``activity.csv`` (item, amount) is one.
        trust: whose postings count; those without a trust do too.
        after, until: postings dated on or before the first or after the second are of another month, and passed over.

    Raises:
        Refused: with every fault; no posting is of this trust and month; a transfer does not say of what.
    """
    faults: list[Fault] = []
    book = LEDGER.read(table, faults)
    amounts: dict[str, float] = {}
    transfers: dict[tuple[str, str], float] = {}
    postings = 0
    for row, item in enumerate(map(str, book["item"])):
        if not book.sound(row, "item", "amount", "date", "trust", "line"):
            continue
        name, line, posted = str(book["trust"][row]), str(book["line"][row]), book["date"][row]
        if item in TRANSFERS and not line:
            faults.append(Fault(f"{item} does not say of what", table.where(row, "item"), f"line: {', '.join(ITEMS)}"))
        if line and item not in TRANSFERS:
            faults.append(Fault(f"{item} has its own line", table.where(row, "line"), "leave line blank"))
        day = dt.date.fromisoformat(str(posted.astype("datetime64[D]"))) if str(posted) != "NaT" else until
        if name.lower() not in ("", trust.lower()) or not after < day <= until:
            continue
        postings += 1
        if item in TRANSFERS:
            transfers[item, line] = transfers.get((item, line), 0.0) + float(book["amount"][row])
        else:
            amounts[item] = amounts.get(item, 0.0) + float(book["amount"][row])
    if not faults and not postings:
        what = f"no posting is of {trust} after {after} and up to {until}"
        faults.append(Fault(what, table.place.start, "give the month's postings; 0 where nothing moved"))
    refuse_if(faults)
    return Ledger(amounts, transfers, postings, book.count - postings)


def of_actuals(actuals: Mapping[str, float]) -> Ledger:
    """The ledger of a month's table of actuals."""
    return Ledger({name: float(actuals.get(name, 0.0)) for name in ACTUALS if name in actuals}, {}, len(actuals))
