"""What looks wrong in a deal before it is run: read from its tables alone, no cash is looked at.

Nothing here refuses a trust. Each finding names the step, class, term or trigger, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from xlfv.market.vectors import is_vector
from xlfv.tables import Fault
from xlfv.trust.terms import of_enhancement, thresholds
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

SHARES = ("cumulative_loss", "delinquency", "rolling_delinquency", "enhancement", "pool_factor")
HOLDING = (
    "cumulative_loss",
    "delinquency",
    "rolling_delinquency",
)  # triggers that hold the OC target while they are on
RANK = {"senior": 0, "po": 0, "z": 0, "mezzanine": 1, "subordinate": 2}
_STEPPING = ("before_stepdown", "after_stepdown")


def check_deal(trust: Trust) -> list[Fault]:
    """What looks wrong in a trust's tables, the gravest first; then its notices.

    Classes that have no balance today are taken as retired, and not missed.
    """
    dead = _never_run(trust)
    alive = [step for k, step in enumerate(trust.steps) if k not in dead]
    found = [*_never_paid(trust, alive), *_paid_twice(trust.steps), *dead.values(), *_left_over(trust, alive)]
    found += [*_not_read(trust, alive), *_losses(trust, alive), *_names(trust)]
    retired = set(trust.tranches) - set(_classes(trust))
    told = {fault.what for fault in found}
    told |= {f"the {word} of {name} is never paid" for name in retired for word in ("interest", "principal")}
    return found + [Fault(notice) for notice in trust.notices if notice not in told]


def _classes(trust: Trust) -> list[str]:
    """Classes that have something to be paid: a balance today, or a notional."""
    rows = trust.classes
    live = (rows["balance"] > 0.0) | (rows["kind"] == "io")
    return [str(name) for name in rows["tranche"][live]]


def _kind(trust: Trust, name: str) -> str:
    return str(trust.classes["kind"][trust.tranches.index(name)])


def _bears_interest(trust: Trust, name: str) -> bool:
    row = trust.tranches.index(name)
    return str(trust.classes["coupon_type"][row]) != "none" and _kind(trust, name) != "po"


def _paying(steps: Iterable[Step], name: str, *pays: str) -> list[Step]:
    return [step for step in steps if step.pay in pays and name in step.targets]


def _step(step: Step) -> str:
    return f"step {step.name}"


def _condition(step: Step) -> str:
    return f"not {step.when}" if step.negated else step.when


def _uncovered(steps: Iterable[Step]) -> str:
    """A condition under which none of the steps is run, in words; empty where one of them always is."""
    words = {_condition(step) for step in steps}
    if not words or "always" in words or set(_STEPPING) <= words:
        return ""
    for word in words:
        if f"not {word}" in words:
            return ""
    if len(words) > 1:
        return f"none of {', '.join(sorted(words))} holds"
    (word,) = words
    if word in _STEPPING:
        return _STEPPING[1 - _STEPPING.index(word)]
    return f"{word.removeprefix('not ')} is {'on' if word.startswith('not ') else 'off'}"


def _never_paid(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Classes that no step which can run pays, always or under some condition."""
    found = []
    for name in _classes(trust):
        wanted: list[tuple[str, tuple[str, ...]]] = (
            [("interest", ("interest",))] if _bears_interest(trust, name) else []
        )
        if _kind(trust, name) != "io":
            wanted.append(("principal", ("principal", "oc")))
        for word, pays in wanted:
            paying = _paying(steps, name, *pays)
            idle = _uncovered(paying)
            if not paying:
                todo = f"add it to a step that pays {word}"
                found.append(Fault(f"the {word} of {name} is never paid", f"class {name}", todo))
            elif idle and word == "interest":
                todo = "add a step for that case, if it is not meant"
                found.append(Fault(f"{name} is paid no interest while {idle}", _step(paying[0]), todo))
    return found


def _paid_twice(steps: tuple[Step, ...]) -> list[Fault]:
    """Classes that a later step pays the same from the same cash, though an earlier one has paid all there was for them."""
    found = []
    for first, later in combinations(steps, 2):
        same = (first.pay, first.source, first.group) == (later.pay, later.source, later.group)
        together = first.when == "always" or _condition(first) == _condition(later)
        twice = [name for name in later.targets if name in first.targets]
        if same and together and twice and np.isinf(first.amount.limit) and first.pay not in ("writedown", "residual"):
            what = (
                f"{later.pay} of {', '.join(twice)} is paid twice from {later.source}: {_step(first)} does so already"
            )
            found.append(
                Fault(what, _step(later), "take it out of one of them, or give the first an amount or a condition")
            )
    return found


def _never_run(trust: Trust) -> dict[int, Fault]:
    """Steps that can never pay anything, by their place in the waterfall."""
    found: dict[int, Fault] = {}
    inside = bool(np.any(trust["hedges"]["in_trust"]))
    taken: dict[str, Step] = {}
    buckets = ["interest", "principal"] + (["hedge"] if inside else [])
    last = {
        b: max([k for k, s in enumerate(trust.steps) if s.source == b and s.pay != "writedown"], default=-1)
        for b in buckets
    }
    for k, step in enumerate(trust.steps):
        why, todo = _no_condition(trust, step), "mend the condition, or take the step out"
        if step.source in taken and step.pay != "writedown":
            why, todo = f"{_step(taken[step.source])} leaves no {step.source}", "put it before that step"
        elif step.source == "excess" and step.pay != "writedown" and all(last[b] > k for b in buckets):
            names = ", ".join(dict.fromkeys(_step(trust.steps[last[b]]) for b in buckets))
            why, todo = f"there is no excess yet: {names} draw on other cash later", "put it after them"
        elif step.source == "hedge" and not inside:
            why, todo = "the trust has no derivatives that pay into it", "take it out, or give the hedges"
        elif not why:
            why, todo = _owes_nothing(trust, step)
        if why:
            found[k] = Fault(f"the step can never pay: {why}", _step(step), todo)
        elif step.pay == "residual" and np.isinf(step.amount.limit) and step.when == "always" and not step.group:
            taken[step.source] = step
    return found


def _no_condition(trust: Trust, step: Step) -> str:
    """Why a step's condition can never hold; empty where it can."""
    terms = trust.terms
    dated = terms.get("stepdown_age") is not None or terms.get("stepdown_enhancement") is not None
    if step.when == "after_stepdown" and not dated and "senior" not in trust.classes["kind"]:
        return "the terms give no stepdown_age or stepdown_enhancement, and there are no seniors to be retired"
    row = np.flatnonzero(trust["triggers"]["trigger"] == step.when)
    if not row.size or step.negated:
        return ""
    return _never_on(trust, int(row[0]))


def _never_on(trust: Trust, row: int) -> str:
    """Why a trigger can never be on; empty where it can."""
    rules = trust["triggers"]
    measure, test = str(rules["measure"][row]), str(rules["test"][row])
    if of_enhancement(str(rules["threshold"][row])):
        return ""  # it moves with the deal
    values = thresholds(rules, 720)[row]
    if measure in SHARES:
        # A share is 1 at most, and 0 at least; but enhancement, which falls below 0 where the seniors exceed the pool.
        above, below = (
            test == ">" and min(values) >= 1.0,
            test == "<" and max(values) <= 0.0 and measure != "enhancement",
        )
        if above or below:
            return f"its trigger {rules['trigger'][row]} never is on: no {measure} is {test} {values[0]:g}"
    if measure == "month" and test in (">", ">=") and not is_vector(str(rules["threshold"][row])) and values[0] > 720:
        return f"its trigger {rules['trigger'][row]} never is on: no projection has {values[0]:g} months"
    return ""


def _owes_nothing(trust: Trust, step: Step) -> tuple[str, str]:
    """Why a step can never owe anything, and what to do; empty where it can."""
    bonds = trust.classes
    rows = [trust.tranches.index(name) for name in step.targets if name in trust.tranches]
    if step.pay == "cost" and step.cost in trust["costs"]["cost"]:
        at = int(np.flatnonzero(trust["costs"]["cost"] == step.cost)[0])
        given = any(trust["costs"][column][at] > 0.0 for column in ("rate", "amount", "minimum"))
        if not given and not trust["costs"]["schedule"][at]:
            return f"the cost {step.cost} has no rate, amount, minimum or schedule", "give one of them"
    if step.pay == "interest" and rows and not any(_bears_interest(trust, name) for name in step.targets):
        return f"{', '.join(step.targets)} bear no interest", "take them out of the step"
    if step.pay == "basis_risk" and rows:
        capped = any(bonds["net_wac_cap"][row] != "" or bonds["basis_risk_carryforward"][row] > 0.0 for row in rows)
        if not capped:
            return (
                f"no net WAC cap cuts off interest of {', '.join(step.targets)}",
                "give the classes their net_wac_cap",
            )
    if step.pay == "termination" and (trust.terms.get("call_exercised") or "never") == "never":
        return (
            "the deal is never called, and swaps are terminated at a call only",
            "give call_exercised, or take it out",
        )
    if step.pay in ("hedge", "termination") and not step.targets:
        return "the trust has no derivatives", "take it out, or give the hedges"
    return "", ""


def _left_over(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Cash that goes past classes which are owed, to the residual."""
    found = []
    live = _classes(trust)
    turbo = [
        step for step in steps if step.source == "excess" and step.pay in ("principal", "oc") and step.when == "always"
    ]
    paying = [step for step in steps if step.source == "principal" and step.pay == "principal"]
    idle = _uncovered(paying)
    if idle and not turbo:
        what = f"no step pays principal to classes while {idle}: what is collected then goes to the residual"
        found.append(Fault(what, _step(paying[0]), "add a step for that case"))
    group_of = dict(zip(trust.tranches, map(str, trust.classes["group"]), strict=True))
    groups = sorted({group_of[name] for name in live if _kind(trust, name) != "io"} - {""})
    for group in groups:
        others = [name for name in live if group_of[name] not in ("", group) and _kind(trust, name) != "io"]
        across = [
            s for s in [*paying, *turbo] if (s.group == group or s.source == "excess") and set(s.targets) & set(others)
        ]
        if others and not across:
            what = f"principal of group {group} that its own classes do not need goes past {', '.join(others)} to the residual"
            todo = f"add a step from principal, group {group}, that pays them, if the groups support each other"
            found.append(Fault(what, f"group {group}", todo))
    short = [
        name for name in live if _paying(steps, name, "interest") and not _paying(steps, name, "interest_shortfall")
    ]
    if short:
        what = f"interest once unpaid is never made good to {', '.join(short)}: no step pays them interest_shortfall"
        found.append(Fault(what, "waterfall", "add a step that pays it before the residual"))
    capped = trust.classes["net_wac_cap"] != ""
    lost = [
        n
        for n, cut in zip(trust.tranches, capped, strict=True)
        if cut and n in live and not _paying(steps, n, "basis_risk")
    ]
    if lost:
        what = f"interest cut off by net WAC caps is carried forward and never paid to {', '.join(lost)}"
        found.append(Fault(what, "waterfall", "add a step that pays basis_risk, if the deal does"))
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
        if name in given and "oc_target" not in given
    ]
    stepping = [step for step in trust.steps if step.when in _STEPPING]
    dates = sorted(given & {"stepdown_age", "stepdown_enhancement"})
    if dates and not stepping and "oc_target_after_stepdown" not in given:
        what = f"{', '.join(dates)} is given and no step and no target depends on the step-down"
        found.append(
            Fault(
                what, f"term {dates[0]}", "add oc_target_after_stepdown or steps with before_stepdown, or take it out"
            )
        )
    if not dates and (stepping or "oc_target_after_stepdown" in given):
        where = _step(stepping[0]) if stepping else "term oc_target_after_stepdown"
        what = "the terms give no stepdown_age and no stepdown_enhancement: the step-down comes once the seniors are retired"
        found.append(Fault(what, where, "add them to the terms"))
    rules = trust["triggers"]
    named = {step.when for step in trust.steps}
    for trigger, measure in zip(map(str, rules["trigger"]), map(str, rules["measure"]), strict=True):
        if trigger not in named and not (measure in HOLDING and "oc_target_after_stepdown" in given):
            found.append(
                Fault(f"the trigger {trigger} is read by no step", f"trigger {trigger}", "name it in a step's when")
            )
    texts = [str(cell) for table in ("waterfall", "hedges", "bonds") for column in trust[table].values()
             if column.dtype.kind == "U" for cell in column]  # fmt: skip
    for schedule in dict.fromkeys(map(str, trust["schedules"]["schedule"])):
        if not any(schedule in text for text in texts):
            found.append(
                Fault(f"the schedule {schedule} is read by nobody", f"schedule {schedule}", "name it, or take it out")
            )
    paid = {step.cost for step in steps}
    found += [
        Fault(f"the cost {cost} is never paid", f"cost {cost}", "add a step that pays it")
        for cost in map(str, trust["costs"]["cost"])
        if cost not in paid and cost not in {step.cost for step in trust.steps}
    ]
    return found


def _losses(trust: Trust, steps: list[Step]) -> list[Fault]:
    """Write-downs that miss a class below the seniors, or reach a class before one below it."""
    found = []
    writing = [step for step in steps if step.pay == "writedown"]
    for name in _classes(trust):
        row = trust.tranches.index(name)
        below = RANK.get(_kind(trust, name), 0) > 0 and bool(trust.classes["writes_down"][row])
        if below and not any(name in step.targets for step in writing):
            what = f"no step writes {name} down: its losses stand as undercollateralization"
            found.append(Fault(what, f"class {name}", "add it to a step that pays writedown, or say no in writes_down"))
    order = [name for step in writing if step.rule == "sequential" for name in step.targets]
    for first, later in combinations(order, 2):
        ranks = [RANK.get(_kind(trust, name), 0) for name in (first, later)]
        if ranks[0] < ranks[1]:
            step = next(step for step in writing if first in step.targets)
            what = f"losses reach {first} ({_kind(trust, first)}) before {later} ({_kind(trust, later)})"
            found.append(Fault(what, _step(step), "name the classes from the bottom up"))
    return found


def _names(trust: Trust) -> list[Fault]:
    """Steps of one name, which a record by step cannot tell apart."""
    names = [step.name for step in trust.steps]
    return [
        Fault(f"{names.count(name)} steps are named {name}", f"step {name}", "give each its own name")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
