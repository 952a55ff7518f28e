"""What the steps of a deal ask for together with its classes and loan groups, and cannot have."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from xlfv.tables import Fault, Table
from xlfv.tables.schema import Records
from xlfv.tables.words import bare, near_word
from xlfv.trust.conditions import NAMED
from xlfv.trust.waterfall import PAYS, Step

COLLECTED = ("", "interest", "principal", "scheduled", "prepaid")
"""Cash that the loans of a group bring: a class takes that of its own group."""
NO_CAP = ("none", "no", "n/a", "na", "nil", "false", "0", "-", "yes", "true")


def step_faults(
    steps: tuple[Step, ...], read: Mapping[str, Records], tables: Mapping[str, Table | None]
) -> list[Fault]:
    """Steps over classes of several loan groups that no group's cash can serve, and names that mean something else."""
    faults = [*_names_taken(read, tables), *_caps(read, tables)]
    table, bonds = tables.get("waterfall"), read["bonds"]
    if table is None:
        return faults
    home = dict(zip(map(str, bonds["tranche"]), map(str, bonds["group"]), strict=True))
    plan = dict(zip(map(str, bonds["tranche"]), map(str, bonds["schedule"]), strict=True))
    drawn = {step.source for step in steps}
    for row, step in enumerate(steps):
        groups = {home.get(name, "") for name in step.targets}
        if step.group or step.source not in COLLECTED or len(groups) < 2:
            continue
        if step.amount.kind and "" in groups:
            what = f"a share of {step.source} for classes of a loan group and of none would be taken twice"
            faults.append(Fault(what, table.where(row, "to"), "put the classes of no group in a step of their own"))
        plans = [plan.get(name, "") for name in step.targets]
        if step.rule == "schedule" and len(set(plans)) < len(plans):
            what = "a schedule is shared by classes of several loan groups, each of which is paid its own group's cash"
            faults.append(Fault(what, table.where(row, "to"), "give each group's classes a schedule of their own"))
    several = len({group for group in home.values() if group}) > 1
    listed = tables.get("bonds")
    for row in map(int, np.flatnonzero((bonds["kind"] == "z") & (bonds["group"] == ""))):
        name = str(bonds["tranche"][row])
        if several and listed is not None and name not in drawn:
            what = f"the z class {name} has no loan group, and there are several whose principal its accretion could be"
            faults.append(
                Fault(what, listed.where(row, "group"), "give its group, or draw on its accretion by its name")
            )
    return faults


def _names_taken(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """Triggers named like a condition, and costs named like a payment: the step that names them would mean another thing."""
    found = []
    for name, column, taken, what in (
        ("triggers", "trigger", ("always", *NAMED), "a condition"),
        ("costs", "cost", PAYS, "a payment"),
    ):
        table = tables.get(name)
        for row, given in enumerate(map(str, read[name][column])):
            negated = name == "triggers" and given.strip().lower().startswith("not ")
            if table is not None and (negated or bare(given) in {bare(word) for word in taken}):
                todo = "name it otherwise, in the waterfall too"
                found.append(Fault(f"the {column} '{given}' has the name of {what}", table.where(row, column), todo))
    return found


def _caps(read: Mapping[str, Records], tables: Mapping[str, Table | None]) -> list[Fault]:
    """A class without a net WAC cap leaves the cell blank: a word there is a cap."""
    table, caps = tables.get("bonds"), read["bonds"]["net_wac_cap"]
    if table is None:
        return []
    groups = sorted({*map(str, read["loans"]["group"]), *map(str, read["bonds"]["group"])} - {""})
    found = []
    for row, cap in enumerate(map(str, caps)):
        if not cap or cap.lower() == "pool" or cap in groups:
            continue
        near = near_word(cap, ["pool", *groups]) or next(
            (g for g in groups if re.search(rf"\b{re.escape(g)}$", cap)), ""
        )
        if near or cap.strip().lower() in NO_CAP:
            hint = f"did you mean {near}? " if near else "leave it blank for no cap; "
            todo = f"{hint}a cap is that of the pool, or of a loan group: {', '.join(groups) or 'none is named'}"
            found.append(Fault(f"the net WAC cap '{cap}' is not known", table.where(row, "net_wac_cap"), todo))
    return found
