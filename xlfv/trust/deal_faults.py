"""What one table of a deal asks for and another does not give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlfv.tables import Fault, Table
from xlfv.tables.schema import Records
from xlfv.trust.bonds import split_names
from xlfv.trust.terms import Terms
from xlfv.trust.waterfall import OVER_CAP


def deal_faults(read: Mapping[str, Records], tables: Mapping[str, Table | None], terms: Terms) -> list[Fault]:
    """Margins after a call without a call factor, planned balances that begin too late, names used twice; what steps need."""
    bonds, table = read["bonds"], tables.get("bonds")
    if table is None:
        return []
    faults = []
    if terms.get("call_factor") is None:
        for row in np.flatnonzero(np.isfinite(bonds["margin_after_call"])):
            what = (
                f"the margin of {bonds['tranche'][row]} steps up after the call date and the terms give no call_factor"
            )
            faults.append(Fault(what, table.where(row, "margin_after_call"), "add the term call_factor"))
    schedules = read["schedules"]
    for at, name in enumerate(map(str, bonds["schedule"])):
        months = schedules["month"][schedules["schedule"] == name]
        if name and months.size and months.min() > 1:
            what = f"the planned balances {name} of {bonds['tranche'][at]} begin in month {months.min()}"
            faults.append(Fault(what, table.where(at, "schedule"), "give them from month 1 on"))
    faults.extend(_too_many(read, tables))
    faults.extend(_named_alike(read, tables))
    faults.extend(_final_maturities(read, tables))
    faults.extend(_over_cap(read, tables))
    faults.extend(_delinquencies(read, tables))
    return faults


MOST_TRIGGERS = 60  # a condition is kept as a bit a trigger
MOST_ACCRUALS = 50


def _too_many(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """More triggers or z classes than a deal can have."""
    found = []
    for name, count, most in (
        ("triggers", read["triggers"].count, MOST_TRIGGERS),
        ("bonds", int((read["bonds"]["kind"] == "z").sum()), MOST_ACCRUALS),
    ):
        table = tables.get(name)
        if table is not None and count > most:
            what = "triggers" if name == "triggers" else "z classes"
            found.append(
                Fault(f"the deal has {count} {what}; {most} at most", table.place.start, "take out those not used")
            )
    return found


def _named_alike(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """Accounts, z classes and insurers are sources of cash by name: no two may share one."""
    bonds, accounts = read["bonds"], tables.get("accounts")
    taken = {"interest", "principal", "scheduled", "prepaid", "excess", "hedge"}
    taken |= {str(name).lower() for name in bonds["tranche"]} | {str(i).lower() for i in bonds["insured_by"] if i}
    if accounts is None:
        return []
    return [
        Fault(f"the account {name} has the name of other cash", accounts.where(row, "account"), "name it otherwise")
        for row, name in enumerate(map(str, read["accounts"]["account"]))
        if name.lower() in taken
    ]


def _final_maturities(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """An insurer pays principal at the final maturity of a class, which must be known."""
    bonds, rules, table = read["bonds"], read["waterfall"], tables.get("waterfall")
    if table is None:
        return []
    final = (bonds["final_month"] > 0) | ~np.isnat(bonds["final_date"])
    without = {str(name).lower() for name in bonds["tranche"][~final]}
    insurers = {str(name).lower() for name in bonds["insured_by"] if name}
    return [
        Fault(
            f"{name} has no final maturity, at which {rules['from'][row]} pays its principal",
            table.where(row, "to") + f", step {rules['step'][row]}",
            "give its final_month or final_date in bonds",
        )
        for row, (source, pay) in enumerate(zip(rules["from"], rules["pay"], strict=True))
        if str(source).lower() in insurers and str(pay).lower() == "principal"
        for name in split_names(str(rules["to"][row]))
        if name.lower() in without
    ]


def _over_cap(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """What a step pays over a cap needs the cap."""
    costs, pays, table = read["costs"], read["waterfall"]["pay"], tables.get("waterfall")
    if table is None:
        return []
    whole = {str(name).lower() for name, cap in zip(costs["cost"], costs["cap"], strict=True) if np.isnan(cap)}
    return [
        Fault(f"{pay} is paid, and the cost has no cap", table.where(row, "pay"), "give its cap in costs")
        for row, pay in enumerate(map(str, pays))
        if pay.lower().endswith(OVER_CAP) and pay.lower().removesuffix(OVER_CAP) in whole
    ]


def _delinquencies(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """OTS calls a loan late a month after MBA does; loans are projected into 60 days late or more by MBA, and no further."""
    triggers, table = read["triggers"], tables.get("triggers")
    if table is None or tables.get("loans") is None:
        return []
    late = np.isin(triggers["measure"], ("delinquency", "rolling_delinquency")) & (
        triggers["delinquency_method"] == "OTS"
    )
    todo = "write MBA with the threshold that the deal's history implies, or give the collateral's cash with its delinquent_60"
    return [
        Fault(
            f"the trigger {triggers['trigger'][row]} counts by OTS, and loans are projected by MBA",
            table.where(row, "delinquency_method"),
            todo,
        )
        for row in np.flatnonzero(late)
    ]
