"""What one table of a deal asks for and another does not give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlfv.tables import Fault, Table
from xlfv.tables.schema import Records
from xlfv.trust.terms import Terms


def deal_faults(read: Mapping[str, Records], tables: Mapping[str, Table | None], terms: Terms) -> list[Fault]:
    """Margins after a call without a call factor, planned balances that begin too late, names used twice."""
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
    faults.extend(_named_alike(read, tables))
    return faults


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
