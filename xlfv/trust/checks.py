"""What looks wrong in a deal before it is run: read from its tables alone, no cash is looked at.

Nothing here refuses a trust. Each finding names the step, class, term or trigger, and what to do about it.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from xlfv.tables import Fault
from xlfv.trust.check_rules import SHORTFALLS, rule_findings
from xlfv.trust.check_steps import why_never
from xlfv.trust.conditions import STEPPED
from xlfv.trust.deal_view import (
    BOOKED,
    bears_interest,
    condition,
    covers,
    kind_of,
    last_draws,
    live_classes,
    never_called,
    of_step,
    paying,
    refilled,
    uncovered,
    unlimited,
)
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

HOLDING = (
    "cumulative_loss",
    "delinquency",
    "rolling_delinquency",
)  # triggers that hold the OC target while they are on
RANK = {"senior": 0, "po": 0, "z": 0, "mezzanine": 1, "subordinate": 2}


def check_deal(trust: Trust) -> list[Fault]:
    """What looks wrong in a trust's tables, the gravest first; then its notices.

    Classes that have no balance today are taken as retired, and not missed.
    """
    dead = _never_run(trust)
    alive = [step for k, step in enumerate(trust.steps) if k not in dead]
    found = [*_never_paid(trust, alive), *_paid_twice(trust), *dead.values(), *_left_over(trust, alive)]
    found += [*_not_read(trust, alive), *rule_findings(trust, alive), *_losses(trust, alive), *_names(trust)]
    retired = set(trust.tranches) - set(live_classes(trust))
    told = {fault.what for fault in found}
    told |= {f"the {word} of {name} is never paid" for name in retired for word in ("interest", "principal")}
    return found + [Fault(notice) for notice in trust.notices if notice not in told]


def _never_paid(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Classes that no step which can run pays out of the deal's own cash, always or under some condition."""
    found = []
    own = [step for step in steps if step.source not in trust.insurers]
    for name in live_classes(trust):
        wanted: list[tuple[str, tuple[str, ...]]] = [("interest", ("interest",))] if bears_interest(trust, name) else []
        if kind_of(trust, name) != "io":
            wanted.append(("principal", ("principal", "oc")))
        for word, pays in wanted:
            mine = paying(own, name, *pays)
            idle = uncovered(mine, not never_called(trust))
            if not mine:
                todo = f"add it to a step that pays {word}"
                found.append(Fault(f"the {word} of {name} is never paid", f"class {name}", todo))
            elif idle and word == "interest":
                todo = "add a step for that case, if it is not meant"
                found.append(Fault(f"{name} is paid no interest while {idle}", of_step(mine[0]), todo))
    return found


# What makes new dues of a payment between two steps that pay it.
_DUES = {"interest_shortfall": "interest", "unpaid_loss": "writedown", "principal": "writeup", "oc": "writeup"}


def _paid_twice(trust: Trust) -> list[Fault]:
    """Classes that a later step pays the same from the same cash, though an earlier one has paid all there was for them."""
    found = []
    for (at, first), (to, later) in combinations(enumerate(trust.steps), 2):
        same = (first.pay, first.source, first.group) == (later.pay, later.source, later.group)
        together = first.when.always or condition(first) == condition(later)
        twice = [name for name in later.targets if name in first.targets]
        whole = unlimited(first) and first.rule not in ("schedule", "target")
        if not (same and together and twice and whole) or first.pay in ("writedown", "residual"):
            continue
        between = trust.steps[at + 1 : to]
        new = any(s.pay == _DUES.get(first.pay) or (first.pay == "deposit" and s.source in twice) for s in between)
        drawn = first.pay == "reimbursement" and any(s.source in twice for s in between)
        if not (new or drawn or refilled(trust, first.source, at, to)):
            what = (
                f"{later.pay} of {', '.join(twice)} is paid twice from {later.source}: {of_step(first)} does so already"
            )
            todo = "take it out of one of them, or give the first an amount or a condition"
            found.append(Fault(what, of_step(later), todo))
    return found


def _never_run(trust: Trust) -> dict[int, Fault]:
    """Steps that can never pay anything, by their place in the waterfall."""
    found: dict[int, Fault] = {}
    inside = bool(np.any(trust["hedges"]["in_trust"]))
    taken: dict[str, int] = {}
    last = last_draws(trust)
    released = False
    for k, step in enumerate(trust.steps):
        why, todo = why_never(trust, k)
        by = [at for source, at in taken.items() if step.source in covers(source)]
        if step.pay in BOOKED:
            pass
        elif by and not refilled(trust, step.source, by[-1], k):
            why, todo = f"{of_step(trust.steps[by[-1]])} leaves no {step.source}", "put it before that step"
        elif step.source == "excess" and not released and all(at > k for at in last.values()):
            names = ", ".join(dict.fromkeys(of_step(trust.steps[at]) for at in last.values()))
            why, todo = f"there is no excess yet: {names} draw on other cash later", "put it after them"
        elif step.source == "hedge" and not inside:
            why, todo = "the trust has no derivatives that pay into it", "take it out, or give the hedges"
        released = released or (step.pay == "release" and not why)
        if why:
            found[k] = Fault(f"the step can never pay: {why}", of_step(step), todo)
        elif step.pay == "residual" and unlimited(step) and step.when.always and not step.group:
            taken[step.source] = k
    return found


def _left_over(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Cash that goes past classes which are owed, to the residual."""
    found = []
    live = live_classes(trust)
    called = not never_called(trust)
    turbo = [step for step in steps if step.source == "excess" and step.pay in ("principal", "oc") and unlimited(step)]
    if not turbo or uncovered(turbo, called):
        found += _principal_left(steps, called)
    of_principal = [step for step in steps if step.source in covers("principal") and step.pay == "principal"]
    group_of = dict(zip(trust.tranches, map(str, trust.classes["group"]), strict=True))
    groups = sorted({group_of[name] for name in live if kind_of(trust, name) != "io"} - {""})
    for group in groups:
        others = [name for name in live if group_of[name] not in ("", group) and kind_of(trust, name) != "io"]
        across = [
            s for s in [*of_principal, *(t for t in turbo if t.when.always)]
            if (s.group == group or s.source == "excess") and set(s.targets) & set(others)
        ]  # fmt: skip
        if others and not across:
            what = f"principal of group {group} that its own classes do not need goes past {', '.join(others)} to the residual"
            todo = f"add a step from principal, group {group}, that pays them, if the groups support each other"
            found.append(Fault(what, f"group {group}", todo))
    insured = {
        name for step in steps if step.source in trust.insurers and step.pay == "interest" for name in step.targets
    }
    short = [
        name for name in live
        if paying(steps, name, "interest") and not paying(steps, name, "interest_shortfall") and name not in insured
    ]  # fmt: skip
    if short:
        what = f"{SHORTFALLS} is never made good to {', '.join(short)}: no step pays them interest_shortfall"
        found.append(Fault(what, "waterfall", "add a step that pays it before the residual"))
    capped = trust.classes["net_wac_cap"] != ""
    lost = [
        n
        for n, cut in zip(trust.tranches, capped, strict=True)
        if cut and n in live and not paying(steps, n, "basis_risk")
    ]
    if lost:
        what = f"interest cut off by net WAC caps is carried forward and never paid to {', '.join(lost)}"
        found.append(Fault(what, "waterfall", "add a step that pays basis_risk, if the deal does"))
    return found


def _principal_left(steps: list[Step], called: bool) -> list[Fault]:
    """Principal, or a part of it, that no step takes: never, under some condition, or above an amount."""
    found = []
    split = any(step.source in ("scheduled", "prepaid") for step in steps)
    every = [step for step in steps if step.pay == "principal" and step.source in covers("principal")]
    for part in ("scheduled", "prepaid") if split else ("principal",):
        word = part if part == "principal" else f"{part} principal"
        mine = [step for step in every if part in covers(step.source)]
        whole = [step for step in mine if unlimited(step)]
        if not mine and every:
            what = f"no step pays {word} to classes: it goes to the residual"
            found.append(Fault(what, of_step(every[0]), f"add a step from {part} or from principal"))
        elif mine and not whole:
            what = f"every step that pays {word} to classes has an amount: what is above it goes to the residual"
            found.append(Fault(what, of_step(mine[-1]), "add a step without an amount after it"))
        idle = uncovered([step for step in whole if step.rule != "schedule"] or whole, called)
        if idle:
            what = f"no step pays {word} to classes while {idle}: what is collected then goes to the residual"
            found.append(Fault(what, of_step(whole[0]), "add a step for that case"))
    return found


def _not_read(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Targets, step-downs, triggers, schedules and costs that nothing reads."""
    found = []
    given = {name for name in trust.terms.values if trust.terms.get(name) is not None}
    if "oc_target" in given and not any(step.pay == "oc" for step in steps):
        found.append(
            Fault("oc_target is given and no step pays oc: overcollateralization is never built", "term oc_target",
                  "add a step from excess that pays oc, or take the target out")
        )  # fmt: skip
    found += [
        Fault(f"{name} is given without oc_target: nothing reads it", f"term {name}", "add oc_target, or take it out")
        for name in ("oc_floor", "oc_target_after_stepdown")
        if name in given
        and "oc_target" not in given
        and not (name == "oc_floor" and any(step.rule == "target" for step in steps))
    ]
    if "stepdown_age" in given and "closing_date" not in given:
        what = "stepdown_age is given without closing_date: the deal cannot be projected"
        found.append(Fault(what, "term stepdown_age", "add the term closing_date"))
    priced = trust.terms.get("call_exercised") in ("economic", "auction")
    found += [
        Fault(f"{name} is given and no call is priced: nothing reads it", f"term {name}",
              "write economic or auction in call_exercised, or take it out")
        for name in ("collateral_price", "call_cost", "auction_month")
        if name in given and not priced
    ]  # fmt: skip
    stepping = [step for step in trust.steps if STEPPED in step.when.names]
    dates = sorted(given & {"stepdown_age", "stepdown_enhancement"})
    if dates and not stepping and "oc_target_after_stepdown" not in given:
        what = f"{', '.join(dates)} is given and no step and no target depends on the step-down"
        found.append(
            Fault(
                what, f"term {dates[0]}", "add oc_target_after_stepdown or steps with before_stepdown, or take it out"
            )
        )
    if not dates and (stepping or "oc_target_after_stepdown" in given):
        where = of_step(stepping[0]) if stepping else "term oc_target_after_stepdown"
        what = "the terms give no stepdown_age and no stepdown_enhancement: the step-down comes once the seniors are retired"
        found.append(Fault(what, where, "add them to the terms"))
    rules = trust["triggers"]
    named = {name for step in trust.steps for name in step.when.names}
    for trigger, measure in zip(map(str, rules["trigger"]), map(str, rules["measure"]), strict=True):
        if trigger not in named and not (measure in HOLDING and "oc_target_after_stepdown" in given):
            found.append(
                Fault(f"the trigger {trigger} is read by no step", f"trigger {trigger}", "name it in a step's when")
            )
    read = {str(name) for table in ("bonds", "hedges", "costs") for name in trust[table]["schedule"]}
    for schedule in dict.fromkeys(map(str, trust["schedules"]["schedule"])):
        if schedule not in read:
            what = f"the schedule {schedule} is read by nobody"
            found.append(Fault(what, f"schedule {schedule}", "name it in bonds, hedges or costs, or take it out"))
    paid = {step.cost for step in steps}
    found += [
        Fault(f"the cost {cost} is never paid", f"cost {cost}", "add a step that pays it")
        for cost in map(str, trust["costs"]["cost"])
        if cost not in paid and cost not in {step.cost for step in trust.steps}
    ]
    return found


def _losses(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Write-downs that miss a class below the seniors, or that take classes in the wrong order; write-ups likewise."""
    found = []
    writing = [step for step in steps if step.pay == "writedown" and step.source not in trust.insurers]
    insured = {
        name for step in steps if step.pay == "writedown" and step.source in trust.insurers for name in step.targets
    }
    for name in live_classes(trust):
        row = trust.tranches.index(name)
        below = RANK.get(kind_of(trust, name), 0) > 0 and bool(trust.classes["writes_down"][row])
        if below and name not in insured and not any(name in step.targets for step in writing):
            what = f"no step writes {name} down: its losses stand as undercollateralization"
            found.append(Fault(what, f"class {name}", "add it to a step that pays writedown, or say no in writes_down"))
    raising = [step for step in steps if step.pay == "writeup"]
    for each, words, sign in ((writing, "losses reach", 1), (raising, "recoveries write up", -1)):
        order = [name for step in each if step.rule == "sequential" for name in step.targets]
        for first, later in combinations(order, 2):
            ranks = [RANK.get(kind_of(trust, name), 0) for name in (first, later)]
            if sign * ranks[0] < sign * ranks[1]:
                step = next(step for step in each if first in step.targets)
                what = f"{words} {first} ({kind_of(trust, first)}) before {later} ({kind_of(trust, later)})"
                way = "bottom up" if sign > 0 else "top down"
                found.append(Fault(what, of_step(step), f"name the classes from the {way}"))
    return found


def _names(trust: Trust) -> list[Fault]:
    """Steps of one name, which a record by step cannot tell apart."""
    names = [step.name for step in trust.steps]
    return [
        Fault(f"{names.count(name)} steps are named {name}", f"step {name}", "give each its own name")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
