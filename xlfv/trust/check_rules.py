"""What looks wrong in the rules that stand beside the plain waterfall: accounts, insurers, plans, lockouts, z classes, calls."""

from __future__ import annotations

import numpy as np

from xlfv.tables import Fault
from xlfv.trust.bonds import ahead_of
from xlfv.trust.deal_view import accruals, covers, kind_of, live_classes, of_step, unlimited
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

SHORTFALLS = "interest once unpaid"


def rule_findings(trust: Trust, steps: list[Step]) -> list[Fault]:
    """All of them, over the steps that can run."""
    looks = (_accounts, _insurers, _plans, _targets, _percentages, _lockouts, _accretions, _calls)
    return [fault for look in looks for fault in look(trust, steps)]


def _accounts(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Accounts that are never funded, never drawn on, or never released."""
    found = []
    rows = trust["accounts"]
    for row, name in enumerate(map(str, rows["account"])):
        where = f"account {name}"
        drawn = [step for step in trust.steps if step.source == name]
        filled = any(step.pay == "deposit" and name in step.targets for step in steps)
        funded = filled or rows["balance"][row] > 0.0
        if not funded:
            todo = "give its balance, or a step that deposits to it"
            found.append(Fault(f"the account {name} is never funded", where, todo))
        if not drawn:
            found.append(Fault(f"nothing draws on the account {name}", where, "draw on it by its name, or take it out"))
        elif funded and all(step.pay == "release" for step in drawn):
            what = f"the account {name} is held and released and pays for nothing"
            found.append(Fault(what, where, "add the step that it is held for, or take it out"))
        elif filled and not any(step.pay in ("release", "residual") for step in drawn):
            what = f"what the account {name} holds when the loans are gone stays in it: no step releases it"
            found.append(Fault(what, where, "add a step that pays release from it"))
    return found


def _insurers(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Insurers that pay before the deal's own cash does, or are never paid back."""
    found = []
    for insurer in trust.insurers:
        drawing = [step for step in steps if step.source == insurer]
        if drawing and not any(step.pay == "reimbursement" and insurer in step.targets for step in steps):
            what = f"what {insurer} pays is never paid back: no step pays reimbursement"
            found.append(Fault(what, f"insurer {insurer}", "add a step that pays reimbursement, if the deal does"))
        for step in drawing:
            later = [
                other for other in steps[steps.index(step) + 1 :]
                if other.pay == step.pay == "interest" and other.source not in trust.insurers
                and set(other.targets) & set(step.targets)
            ]  # fmt: skip
            if later:
                names = ", ".join(name for name in step.targets if name in later[0].targets)
                what = f"{insurer} pays the interest of {names} before the deal's own cash does in {of_step(later[0])}"
                found.append(Fault(what, of_step(step), "put it after that step"))
    return found


def _of_principal(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.pay == "principal" and step.source in covers("principal")]


def _plans(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Planned classes whose plan no step reads, or which no other class supports."""
    found = []
    bonds = trust.classes
    every = _of_principal(steps)
    read = {name for step in trust.steps if step.rule == "schedule" for name in step.targets}
    for name in live_classes(trust):
        schedule = str(bonds["schedule"][trust.tranches.index(name)])
        if schedule and name not in read:
            what = f"no step pays {name} by its schedule {schedule}: its planned balances are read by nobody"
            found.append(Fault(what, f"class {name}", "give its step the rule schedule, or take the schedule out"))
    for step in every:
        if step.rule != "schedule":
            continue
        planned = {name for other in every if other.rule == "schedule" for name in other.targets}
        group = set(_same_group(trust, step))
        support = [
            other for other in every[every.index(step) + 1 :]
            if other.rule != "schedule" and set(other.targets) & group - planned
        ]  # fmt: skip
        if not support:
            what = f"no class supports {', '.join(step.targets)}: no later step pays principal above the schedule to another"
            found.append(Fault(what, of_step(step), "add a step that pays the support classes after it"))
    return found


def _same_group(trust: Trust, step: Step) -> list[str]:
    """The classes that take principal of the loan groups whose principal a step pays."""
    group_of = dict(zip(trust.tranches, map(str, trust.classes["group"]), strict=True))
    groups = {step.group} if step.group else {group_of[name] for name in step.targets}
    return [name for name in trust.tranches if "" in groups or group_of[name] in ("", *groups)]


def _targets(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Target enhancements that no step reads."""
    read = {name for step in trust.steps if step.rule == "target" for name in step.targets}
    given = trust.classes["tranche"][np.isfinite(trust.classes["target_enhancement"])]
    missed = [name for name in map(str, given) if name not in read and name in live_classes(trust)]
    if not missed:
        return []
    what = f"target_enhancement of {', '.join(missed)} is read by no step of the rule target"
    return [Fault(what, f"class {missed[0]}", "give their steps the rule target, or take it out")]


def _percentages(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Senior percentages of loan groups that have no seniors."""
    found = []
    bonds = trust.classes
    senior = np.isin(bonds["kind"], ("senior", "po", "z"))
    for step in steps:
        mine = bonds["group"] == step.group if step.group else np.ones(bonds.count, dtype=bool)
        if step.amount.kind.startswith("senior") and not np.any(senior & mine):
            of = f" of group {step.group}" if step.group else ""
            what = f"no class{of} is senior: the senior percentage is 0 while there are loans"
            found.append(Fault(what, of_step(step), "give the classes their kind, or another amount"))
    return found


def _lockouts(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Classes locked out of principal by one step and paid it by a later one all the same, ahead of others."""
    found = []
    every = _of_principal(steps)
    for at, step in enumerate(every):
        if step.amount.kind != "own_times" or step.amount.shares(720)[1:].min() > 0.0:
            continue
        for other in every[at + 1 :]:
            cash = set(covers(step.source)) & set(covers(other.source))
            ahead = other.targets[:1] if other.rule == "sequential" else other.targets
            names = [name for name in step.targets if name in ahead]
            if cash and names and unlimited(other) and other.when.always and len(other.targets) > 1:
                what = f"{', '.join(names)} is locked out in {of_step(step)} and paid principal all the same"
                found.append(Fault(what, of_step(other), "name it last there, after the classes that it waits for"))
                break
    return found


def _accretions(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Z classes that are paid principal before a class ahead of which they accrete."""
    found = []
    bonds = trust.classes
    for z in accruals(trust):
        ahead = set(ahead_of(bonds, trust.tranches.index(z)))
        for step in _of_principal(steps):
            later = [] if z not in step.targets else step.targets[step.targets.index(z) + 1 :]
            passed = [name for name in later if name in ahead and kind_of(trust, name) != "io"]
            if passed and step.rule == "sequential":
                what = f"{z} is paid principal before {', '.join(passed)}, while which it accretes"
                found.append(Fault(what, of_step(step), f"name {z} after them"))
                break
    return found


def _calls(trust: Trust, steps: list[Step]) -> list[Fault]:
    """A call factor that nothing reads."""
    terms = trust.terms
    if terms.get("call_factor") is None or terms.get("call_exercised") is not None:
        return []
    if np.any(np.isfinite(trust.classes["margin_after_call"])):
        return []
    what = "call_factor is given and call_exercised is not: the deal is never called, and no margin steps up"
    return [Fault(what, "term call_factor", "add call_exercised: never, first or month n")]
