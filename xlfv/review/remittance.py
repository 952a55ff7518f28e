"""The trustee's report of a month, as a table: what the pool did, what each class was paid, what the deal's tests said.

One row a figure: ``item``, what of the trust it is about (``tranche``), and its ``amount`` or ``date``. The items are those
that pooling and servicing agreements make a trustee state on each distribution date ("Statements to Certificateholders"):
principal with prepayments and liquidation proceeds apart, interest paid and left unpaid, basis risk carried forward, balances
after the distribution, delinquencies by age, foreclosure and REO by number and balance, realized losses, overcollateralization
and its target, triggers, and what swaps and caps brought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xlfv.projection.timeline import build_timeline
from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.columns import Array
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import near_word, same_word
from xlfv.trust.trust import Trust

POOL, CLASS, DEAL, TRIGGER, ACCOUNT, HEDGE = "loan group", "class", "", "trigger", "account", "derivative"
MONEY, COUNT, SHARE, SIGNED, FLAG, DAY = "$", "loans", "share", "signed $", "1 or 0", "date"
LATE = ("d30", "d60", "d90", "bankruptcy", "foreclosure", "reo")

ITEMS: dict[str, tuple[str, str, str]] = {
    "distribution_date": (DEAL, DAY, "day on which the classes were paid"),
    "period_end": (DEAL, DAY, "cut-off of the balances: the last day of the collection period"),
    "pool_balance": (POOL, MONEY, "balance of all loans and REO at the cut-off, deferred principal included"),
    "pool_factor": (POOL, SHARE, "that balance as a share of the pool at closing"),
    "loan_count": (POOL, COUNT, "loans and REO at the cut-off"),
    **{f"{s}_balance": (POOL, MONEY, f"balance of loans in status {s}, none of them counted elsewhere") for s in LATE},
    **{f"{s}_count": (POOL, COUNT, f"number of loans in status {s}") for s in LATE},
    "net_wac": (POOL, SHARE, "note rate less fees of the loans at the cut-off, by balance, REO left out"),
    "interest_collected": (POOL, MONEY, "interest collected and advanced, before servicing"),
    "scheduled_principal": (POOL, SIGNED, "scheduled principal, advanced principal included"),
    "prepaid_principal": (POOL, MONEY, "prepayments, in full and in part"),
    "liquidated_principal": (POOL, MONEY, "balance of the loans and REO that were liquidated"),
    "liquidation_proceeds": (POOL, MONEY, "what liquidations of loans and REO brought as principal"),
    "realized_losses": (POOL, SIGNED, "losses of loans and REO liquidated"),
    "cumulative_losses": (POOL, SIGNED, "losses realized since closing"),
    "servicing_fee": (POOL, MONEY, "servicing fees kept or paid"),
    "subsequent_recoveries": (POOL, MONEY, "recoveries of losses of months before"),
    "prepayment_penalties": (POOL, MONEY, "prepayment penalties"),
    "advances_outstanding": (POOL, MONEY, "advances not given back to the servicer"),
    "trust_costs": (DEAL, MONEY, "costs paid ahead of the classes: trustee, master servicer, insurers"),
    "balance": (CLASS, MONEY, "balance after the distribution; notional of an io"),
    "factor": (CLASS, SHARE, "that balance as a share of the balance at issue"),
    "coupon": (CLASS, SHARE, "rate on which the class was paid, after its cap"),
    "interest_paid": (CLASS, MONEY, "interest paid, with what was unpaid before and capped interest carried forward"),
    "principal_paid": (CLASS, MONEY, "principal paid"),
    "writedown": (CLASS, MONEY, "realized loss that the class took in the month"),
    "interest_shortfall": (CLASS, MONEY, "interest unpaid after the distribution"),
    "basis_risk_carryforward": (CLASS, MONEY, "capped interest carried forward after the distribution"),
    "oc": (DEAL, SIGNED, "overcollateralization after the distribution: the pool less the classes"),
    "oc_target": (DEAL, MONEY, "overcollateralization wanted"),
    "trigger": (TRIGGER, FLAG, "1 where the trigger is on (its test failed), 0 where not"),
    "account_balance": (ACCOUNT, MONEY, "what the account holds after the distribution"),
    "hedge_received": (HEDGE, MONEY, "net payment from a swap, or what a cap or corridor brought"),
    "hedge_paid": (HEDGE, MONEY, "net payment to a swap's counterparty"),
    "residual_paid": (DEAL, MONEY, "paid to the residual holder"),
}  # fmt: skip
"""Each item -> what its ``tranche`` names, its unit, and its meaning."""
NEEDS_NAME = (CLASS, TRIGGER, ACCOUNT, HEDGE)
MOST_DAYS = 62  # a distribution lies no further from the month-end whose folder holds it


def _rows(records: Records, table: Table) -> list[Fault]:
    """Each row gives a day or an amount as its item wants it, names what it is about, and stands once."""
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for row, item in enumerate(map(str, records["item"])):
        if not item or not records.sound(row, "item"):
            continue
        about, unit, _ = ITEMS[item]
        name = str(records["tranche"][row])
        faults += _value_faults(records, table, row, item, unit)
        if about in NEEDS_NAME and not name:
            faults.append(
                Fault(f"{item} does not say of which {about}", table.where(row, "tranche"), f"name the {about}")
            )
        if about == DEAL and name:
            what = f"{item} is of the whole trust and names '{name}'"
            faults.append(Fault(what, table.where(row, "tranche"), "leave tranche blank"))
        first = seen.setdefault((item, name.lower()), row)
        if first != row:
            what = f"{item}{f' of {name}' if name else ''} stands twice"
            faults.append(
                Fault(what, table.where(row, "item"), f"keep one; the other is at {table.where(first, 'item')}")
            )
    return faults


def _value_faults(records: Records, table: Table, row: int, item: str, unit: str) -> list[Fault]:
    """What is wrong with the amount or date of a row."""
    amount, day = float(records["amount"][row]), records["date"][row]
    where = table.where(row, "date" if unit == DAY else "amount") + f", item {item}"
    meaning = ITEMS[item][2]
    if not records.sound(row, "amount", "date"):
        return []
    if unit == DAY:
        return [Fault(f"{item} has no date", where, f"give the date: {meaning}")] if np.isnat(day) else []
    if np.isnan(amount):
        return [Fault(f"{item} has no amount", where, f"give it: {meaning}; or take the row out")]
    if unit != SIGNED and amount < 0.0:
        return [Fault(f"{item} is {amount:g}, below 0", where, f"{meaning}: at least 0")]
    if unit == COUNT and amount != np.floor(amount):
        return [Fault(f"{item} is {amount:g}, no whole number", where, "write how many loans")]
    if unit == FLAG and amount not in (0.0, 1.0):
        return [Fault(f"{item} is {amount:g}", where, "write 1 where the trigger is on, 0 where it is not")]
    if unit == SHARE and amount > 1.0:
        near = amount / 100.0 if amount <= 100.0 else amount / 1000.0
        return [Fault(f"{item} is {amount:g}, above 1", where, f"write it as a decimal: {near:.12g}")]
    return []


REMITTANCE = Schema(
    "remittance",
    (
        Column("item", "text", "what figure it is", required=True, allowed=tuple(ITEMS)),
        Column("tranche", "text", "the class, loan group, trigger, account or derivative that it is about; blank: the whole"
               " trust"),
        Column("amount", "number", "the figure: dollars, loans, or a share as a decimal"),
        Column("date", "date", "the day, of distribution_date and period_end"),
        Column("text", "text", "the report's own words (told only)"),
    ),
    key="item",
    may_be_empty=False,
    checks=(_rows,),
)  # fmt: skip


@dataclass(frozen=True)
class Remittance:
    """A trustee's report, checked.

    Attributes:
        figures: by item and what it is about (``""``: the whole trust), in the order of the table.
        places: where each stands.
        distribution_date, period_end: its days; None where not given.
        digits: decimals to which it prints factors and rates.
    """

    figures: Mapping[tuple[str, str], float]
    places: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    distribution_date: dt.date | None = None
    period_end: dt.date | None = None
    digits: int = 8

    def get(self, item: str, name: str = "") -> float | None:
        """A figure, or None where it is not reported."""
        return self.figures.get((item, name))


def read_remittance(table: Table, trust: Trust) -> Remittance:
    """Read and check a trustee's report of a trust's month.

    Args:
        table: see :data:`REMITTANCE`.
        trust: as it stands after the distribution; classes, groups, triggers, accounts and derivatives are its own.

    Raises:
        Refused: with every fault: of cells, of names that the trust does not have, and where it is of another month.
    """
    faults: list[Fault] = []
    records = REMITTANCE.read(table, faults)
    figures: dict[tuple[str, str], float] = {}
    places: dict[tuple[str, str], str] = {}
    days: dict[str, tuple[dt.date, int]] = {}
    for row, item in enumerate(map(str, records["item"])):
        if not item or not records.sound(row, "item", "tranche", "amount", "date"):
            continue
        name = _named(str(records["tranche"][row]), item, trust, table, row, faults)
        if ITEMS[item][1] == DAY:
            if not np.isnat(records["date"][row]):
                days.setdefault(item, (records["date"][row].item(), row))
        else:
            figures.setdefault((item, name), float(records["amount"][row]))
            places.setdefault((item, name), f"{table.where(row, 'amount')}, item {item}")
    faults += _month_faults(days, trust, table)
    refuse_if(faults)
    found = {item: day for item, (day, _) in days.items()}
    return Remittance(
        figures, places, found.get("distribution_date"), found.get("period_end"), _digits(records["item"], table)
    )


def _named(name: str, item: str, trust: Trust, table: Table, row: int, faults: list[Fault]) -> str:
    """What the row is about, as the trust spells it; a name that it does not have is a fault."""
    about = ITEMS[item][0]
    if not name or about == DEAL:
        return ""
    known = names_of(trust, about)
    found = same_word(name, known)
    near = near_word(name, known, 0.75)
    if not found and (near or about != HEDGE):  # one that ended in the month stands in the trust no more
        hint = f"did you mean {near}? " if near else ""
        what = f"{item}: trust {trust.name} has no {about} '{name}'"
        faults.append(Fault(what, table.where(row, "tranche"), f"{hint}write one of: {', '.join(known) or 'none'}"))
    return found or name


def names_of(trust: Trust, about: str) -> tuple[str, ...]:
    """The names that a trust has of what an item may be about."""
    if about == CLASS:
        return trust.tranches
    if about == POOL:
        return trust.groups
    columns = {TRIGGER: ("triggers", "trigger"), ACCOUNT: ("accounts", "account"), HEDGE: ("hedges", "hedge")}
    table, column = columns[about]
    return tuple(map(str, trust[table][column]))


def _month_faults(days: Mapping[str, tuple[dt.date, int]], trust: Trust, table: Table) -> list[Fault]:
    """Days of another month: the report is not the one of this folder."""
    faults = []
    cutoff = trust.terms.date("cutoff_date") or trust.as_of
    if "period_end" in days:
        end, row = days["period_end"]
        if (end.year, end.month) != (cutoff.year, cutoff.month):
            what = f"period_end is {end}, and the trust's balances are of {cutoff}"
            faults.append(Fault(what, table.where(row, "date"), "give the report of that month"))
    if "distribution_date" in days:
        day, row = days["distribution_date"]
        timeline = build_timeline(trust, 1)
        settled = timeline.dates[0]
        other = (day.year, day.month) != (settled.year, settled.month) if timeline.dated else False
        if other or abs((day - trust.as_of).days) > MOST_DAYS:
            what = (
                f"distribution_date is {day}, and the last remittance before {timeline.dates[1]} is that of {settled}"
            )
            faults.append(Fault(what, table.where(row, "date"), "give the report of that distribution"))
    return faults


def _digits(items: Array, table: Table) -> int:
    """Decimals of the factors and rates of a report: the most that any of them shows, 4 to 12."""
    most = 4
    for item, cell in zip(map(str, items), table.columns.get("amount", []), strict=False):
        if item in ITEMS and ITEMS[item][1] == SHARE and cell is not None:
            written = cell if isinstance(cell, str) else f"{float(cell):.12f}".rstrip("0")
            most = max(most, len(written.strip().partition(".")[2]))
    return min(most, 12)
