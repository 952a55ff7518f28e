"""What the reader of a trust's rollforward should know: where two sources differ, and what a figure rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from xlfv.reporting.implied_cash import ImpliedCash
from xlfv.reporting.ledger import Ledger
from xlfv.reporting.rollforward import TITLES
from xlfv.reporting.trust_columns import Reconciled, held_classes, paid_to_held
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

DOLLAR = 1.0


def notices_of(
    cash: ImpliedCash, ledger: Ledger, before: Trust, after: Trust, columns: Sequence[Reconciled],
    changed_on: dt.date | None,
) -> list[str]:  # fmt: skip
    """Every notice of a trust's month beside those of the implied cash."""
    whole = before.consolidated or after.consolidated
    return [
        *_status(before, after, changed_on),
        *_held(cash, ledger, before, after),
        *_interest(columns),
        *(_reo(cash, ledger, before, after) if whole else []),
    ]


def _status(before: Trust, after: Trust, changed_on: dt.date | None) -> list[str]:
    if before.consolidated == after.consolidated:
        return []
    now = "consolidated" if after.consolidated else "not consolidated any more"
    day = changed_on or after.as_of
    at = after.as_of if day >= after.as_of else before.as_of
    since = f"since {day}" if changed_on else f"since {day}, as no recorded date says otherwise"
    return [f"{after.name} is {now} {since}: transferred at the values of {at}"]


def _held(cash: ImpliedCash, ledger: Ledger, before: Trust, after: Trust) -> list[str]:
    """Bonds of the trust that the company holds, what they were paid and by which source, and those that changed hands."""
    held, now = held_classes(before), held_classes(after)
    found = []
    if held:
        told = "eliminated" if before.consolidated else "part of the security, with the residual"
        interest, principal = paid_to_held(cash, ledger, before)
        posted = [name for name in ("held_interest", "held_principal") if name in ledger.amounts]
        source = "by the ledger" if len(posted) == 2 else f"as the states imply ({posted[0]} by the ledger)" if posted else (
            "as the states imply: post held_interest and held_principal to hold them against the books"
        )  # fmt: skip
        found.append(
            f"classes held by the company ({', '.join(held)}) are {told}: paid interest of {interest:,.2f} and principal of"
            f" {principal:,.2f} dollars {source}"
        )
    for names, what in ((set(now) - set(held), "has bought"), (set(held) - set(now), "has sold or lost")):
        gone = sorted(name for name in names if name in after.tranches)
        if gone:
            found.append(f"the company {what} {', '.join(gone)}: at closing values, whatever was paid")
    return found


def _interest(columns: Sequence[Reconciled]) -> list[str]:
    """Contractual interest of the ledger that is not what the states make due."""
    return [
        f"{TITLES[one.line]}: the ledger has contractual interest of {one.received:,.2f} dollars and the states make"
        f" {one.due:,.2f} due; the rollforward takes what is due"
        for one in columns
        if abs(one.received - one.due) > DOLLAR
    ]


def _reo(cash: ImpliedCash, ledger: Ledger, before: Trust, after: Trust) -> list[str]:
    """Transfers told otherwise than seen; properties that nothing caps because their initial basis is not given."""
    found = []
    told_of, seen = ledger.total("reo_transfers"), cash.properties.taken_balance
    if "reo_transfers" in ledger.amounts and abs(told_of - seen) > DOLLAR:
        found.append(
            f"the ledger has {told_of:,.2f} dollars of loans foreclosed into REO and the property lists {seen:,.2f}"
        )
    reo = after["reo"]
    was = dict(zip(map(str, before["reo"]["loan_id"]), net_realizable_values(before["reo"])[0], strict=True))
    now = net_realizable_values(reo)[0]
    for row in np.flatnonzero(np.isnan(reo["initial_basis"])):
        name, value = str(reo["loan_id"][row]), float(now[row])
        if name not in was:
            found.append(
                f"REO {name} came at {value:,.2f} dollars: its initial basis is not given, its value today stands for it"
            )
        elif value > float(was[name]):
            up = value - float(was[name])
            found.append(
                f"REO {name} is written up by {up:,.2f} dollars, and no initial basis is given that would hold it"
            )
        else:
            found.append(f"REO {name}: no initial basis is given that would cap its net realizable value")
    return found
