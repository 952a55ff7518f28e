"""What the checks of a deal look at: its classes, its steps, and where cash lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from xlfv.trust.conditions import CALLED, STEPPED, Condition
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

BOOKED = ("writedown", "writeup")
"""Steps that move no cash."""
STEPPING = ("before_stepdown", "after_stepdown")
_MOST_STATES = 12  # every combination of them is looked at


def live_classes(trust: Trust) -> list[str]:
    """Classes that have something to be paid: a balance today, or a notional."""
    rows = trust.classes
    live = (rows["balance"] > 0.0) | (rows["kind"] == "io")
    return [str(name) for name in rows["tranche"][live]]


def kind_of(trust: Trust, name: str) -> str:
    """A class's kind."""
    return str(trust.classes["kind"][trust.tranches.index(name)])


def bears_interest(trust: Trust, name: str) -> bool:
    """Whether a class has a coupon."""
    row = trust.tranches.index(name)
    return str(trust.classes["coupon_type"][row]) != "none" and kind_of(trust, name) != "po"


def paying(steps: Iterable[Step], name: str, *pays: str) -> list[Step]:
    """The steps that pay a class one of these."""
    return [step for step in steps if step.pay in pays and name in step.targets]


def of_step(step: Step) -> str:
    """A step as a place."""
    return f"step {step.name}"


def unlimited(step: Step) -> bool:
    """Whether a step pays all that is due."""
    return bool(np.isinf(step.amount.limit)) and not step.amount.kind


def never_called(trust: Trust) -> bool:
    """Whether the terms exercise no call."""
    return (trust.terms.get("call_exercised") or "never") == "never"


def condition(step: Step) -> str:
    """A step's condition in words."""
    return step.when.words


def uncovered(steps: Iterable[Step], called: bool) -> str:
    """A condition under which none of the steps is run, in words; empty where one of them always is.

    Args:
        called: the terms exercise a call; else steps that wait for one are never run, and those that do not always are.
    """
    conditions = list(dict.fromkeys(step.when for step in steps))
    names = list(dict.fromkeys(name for one in conditions for name in one.names))
    if not conditions or len(names) > _MOST_STATES:
        return ""
    choices = [(False, True) if called or name != CALLED else (False,) for name in names]
    idle = _idle(conditions, names, choices)
    if not idle:
        return ""
    if len(names) > 1:
        return f"none of {', '.join(sorted(one.words for one in conditions))} holds"
    name, on = names[0], idle[names[0]]
    if name == STEPPED:
        return STEPPING[int(on)]
    if name == CALLED:
        return "the deal is called" if on else "the deal is not called"
    return f"{name} is {'on' if on else 'off'}"


def _idle(conditions: list[Condition], names: list[str], choices: Sequence[tuple[bool, ...]]) -> dict[str, bool]:
    """States of the deal in which no condition holds; empty where one always does."""
    for values in product(*choices):
        states = dict(zip(names, values, strict=True))
        if not any(one.holds(states.__getitem__) for one in conditions):
            return states
    return {}


def covers(source: str) -> tuple[str, ...]:
    """The cash that a source holds: principal is scheduled and prepaid principal."""
    return ("principal", "scheduled", "prepaid") if source == "principal" else (source,)


def buckets(trust: Trust) -> list[str]:
    """What the collateral and derivatives bring in, bucket by bucket; and what z classes accrete where drawn by name."""
    split = any(step.source in ("scheduled", "prepaid") for step in trust.steps)
    inside = ["hedge"] if np.any(trust["hedges"]["in_trust"]) else []
    own = [name for name in accruals(trust) if any(step.source == name for step in trust.steps)]
    return ["interest", *(["scheduled", "prepaid"] if split else ["principal"]), *inside, *own]


def accruals(trust: Trust) -> list[str]:
    """The z classes."""
    return [str(name) for name in trust.classes["tranche"][trust.classes["kind"] == "z"]]


def last_draws(trust: Trust) -> dict[str, int]:
    """Where in the waterfall each bucket is drawn on last, -1 for never; what is left then is excess."""
    return {
        bucket: max(
            [k for k, s in enumerate(trust.steps) if bucket in covers(s.source) and s.pay not in BOOKED], default=-1
        )
        for bucket in buckets(trust)
    }


def refilled(trust: Trust, source: str, first: int, later: int) -> bool:
    """Whether cash can come into a source between two steps of the waterfall."""
    between = trust.steps[first + 1 : later]
    if source == "excess":
        return any(first <= at < later for at in last_draws(trust).values()) or any(s.pay == "release" for s in between)
    zs = set(accruals(trust))
    if source == "principal" or source in zs:
        return any(step.pay == "interest" and zs & set(step.targets) for step in between)
    return any(step.pay == "deposit" and source in step.targets for step in between)
