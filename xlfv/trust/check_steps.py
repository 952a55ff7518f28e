"""Why a step of the waterfall can never pay: its condition, what it owes, and what it draws on."""

from __future__ import annotations

import numpy as np

from xlfv.market.vectors import is_vector
from xlfv.trust.conditions import CALLED, STEPPED
from xlfv.trust.deal_view import BOOKED, accruals, bears_interest, never_called, unlimited
from xlfv.trust.terms import of_enhancement, thresholds
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

SHARES = ("cumulative_loss", "delinquency", "rolling_delinquency", "enhancement", "pool_factor")
_HORIZON = 720  # months that a projection may have


def why_never(trust: Trust, k: int) -> tuple[str, str]:
    """Why step ``k`` can never pay, and what to do about it; empty where it can."""
    step = trust.steps[k]
    why = _no_condition(trust, step)
    if why:
        return why, "mend the condition, or take the step out"
    for look in (_draws_on_nothing, _owes_nothing, _pays_no_share):
        why, todo = look(trust, k)
        if why:
            return why, todo
    return "", ""


def _no_condition(trust: Trust, step: Step) -> str:
    """Why a step's condition can never hold; empty where it can."""
    terms = trust.terms
    dated = terms.get("stepdown_age") is not None or terms.get("stepdown_enhancement") is not None
    reasons = []
    for name, negated in step.when.states:
        why = ""
        row = np.flatnonzero(trust["triggers"]["trigger"] == name)
        if name == STEPPED and not negated and not dated and "senior" not in trust.classes["kind"]:
            why = "the terms give no stepdown_age or stepdown_enhancement, and there are no seniors to be retired"
        elif name == CALLED and not negated and terms.get("call_exercised") is None:
            why = "the terms say nothing of call_exercised, and the deal is never called"
        elif row.size and not negated:
            why = _never_on(trust, int(row[0]))
        reasons.append(why)
    found = [why for why in reasons if why]
    return found[0] if found and (step.when.every or len(found) == len(reasons)) else ""


def _never_on(trust: Trust, row: int) -> str:
    """Why a trigger can never be on; empty where it can."""
    rules = trust["triggers"]
    measure, test = str(rules["measure"][row]), str(rules["test"][row])
    if of_enhancement(str(rules["threshold"][row])):
        return ""  # it moves with the deal
    values = thresholds(rules, _HORIZON)[row]
    if measure in SHARES:
        # A share is 1 at most, and 0 at least; but enhancement, which falls below 0 where the seniors exceed the pool.
        above, below = (
            test == ">" and min(values) >= 1.0,
            test == "<" and max(values) <= 0.0 and measure != "enhancement",
        )
        if above or below:
            return f"its trigger {rules['trigger'][row]} never is on: no {measure} is {test} {values[0]:g}"
    if (
        measure == "month"
        and test in (">", ">=")
        and not is_vector(str(rules["threshold"][row]))
        and values[0] > _HORIZON
    ):
        return f"its trigger {rules['trigger'][row]} never is on: no projection has {values[0]:g} months"
    return ""


def _draws_on_nothing(trust: Trust, k: int) -> tuple[str, str]:
    """Why there never is cash of a step's source, and what to do; empty where there can be."""
    step, before = trust.steps[k], trust.steps[:k]
    accounts = trust["accounts"]
    if step.source in accounts["account"] and step.pay not in BOOKED:
        row = int(np.flatnonzero(accounts["account"] == step.source)[0])
        filled = any(s.pay == "deposit" and step.source in s.targets for s in trust.steps)
        if not filled and not accounts["balance"][row] > 0.0:
            todo = "give its balance, or a step that deposits to it"
            return f"the account {step.source} holds nothing and no step deposits to it", todo
    if step.source in accruals(trust):
        paying = [s for s in trust.steps if s.pay == "interest" and step.source in s.targets]
        if not paying:
            return f"no step pays {step.source} the interest that would accrete", "add one before it"
        if not any(s in before for s in paying):
            return f"{step.source} accretes in step {paying[0].name} only, later", "put it after that step"
    if step.source in trust.insurers and step.pay == "writedown":
        for at, s in enumerate(before):
            own = s.pay == "writedown" and s.source not in trust.insurers and s.group == step.group
            raised = any(each.pay == "writeup" for each in before[at + 1 :])
            if own and not raised and s.when.always and unlimited(s) and set(step.targets) <= set(s.targets):
                return f"step {s.name} writes {', '.join(step.targets)} down already", "put it before that step"
    return "", ""


def _pays_no_share(trust: Trust, k: int) -> tuple[str, str]:
    """Why the most a step may pay always is nothing, and what to do; empty where it is not."""
    step = trust.steps[k]
    amount, todo = step.amount, "mend its amount, or take the step out"
    if amount.limit == 0.0:
        return "its amount is 0", todo
    nothing = amount.kind and not amount.shares(_HORIZON)[1:].max() > 0.0
    if amount.kind in ("part", "own_times", "senior_times") and nothing:
        return f"its share is 0 in every month ({amount.words})", todo
    return "", ""


def _owes_nothing(trust: Trust, k: int) -> tuple[str, str]:
    """Why a step can never owe anything, and what to do; empty where it can."""
    step, bonds = trust.steps[k], trust.classes
    rows = [trust.tranches.index(name) for name in step.targets if name in trust.tranches]
    whom = ", ".join(step.targets)
    if step.pay == "oc" and trust.terms.get("oc_target") is None:
        return "the terms give no oc_target", "add the term oc_target"
    if step.pay == "cost" and step.cost in trust["costs"]["cost"]:
        at = int(np.flatnonzero(trust["costs"]["cost"] == step.cost)[0])
        given = any(trust["costs"][column][at] > 0.0 for column in ("rate", "amount", "minimum"))
        if not given and not trust["costs"]["schedule"][at]:
            return f"the cost {step.cost} has no rate, amount, minimum or schedule", "give one of them"
    if step.pay in ("interest", "interest_shortfall") and rows:
        owed = step.pay == "interest_shortfall" and np.any(bonds["interest_shortfall"][rows] > 0.0)
        if not owed and not any(bears_interest(trust, name) for name in step.targets):
            return f"{whom} bear no interest", "take them out of the step"
    if step.pay == "basis_risk" and rows:
        capped = any(bonds["net_wac_cap"][row] != "" or bonds["basis_risk_carryforward"][row] > 0.0 for row in rows)
        if not capped:
            return f"no net WAC cap cuts off interest of {whom}", "give the classes their net_wac_cap"
    if step.pay in ("unpaid_loss", "writeup") and rows:
        writing = [s for s in trust.steps if s.pay == "writedown" and s.source not in trust.insurers]
        down = any(set(step.targets) & set(s.targets) for s in writing)
        if not down and not np.any(bonds["writedown"][rows] > 0.0):
            return f"no step writes {whom} down", "add one, or give the write-downs so far"
    if step.pay == "deposit":
        accounts = trust["accounts"]
        aims = np.isin(accounts["account"], step.targets) & ((accounts["target"] > 0.0) | (accounts["floor"] > 0.0))
        if not aims.any():
            return f"{whom} has no target to be filled to", "give its target"
    if step.pay == "reimbursement" and not any(s.source in step.targets for s in trust.steps):
        return f"no step draws on {whom or 'an insurer'}", "add one, or take it out"
    if step.pay == "termination" and never_called(trust):
        why = "the deal is never called, and swaps are terminated at a call only"
        return why, "give call_exercised, or take it out"
    if step.pay in ("hedge", "termination") and not step.targets:
        return "the trust has no derivatives", "take it out, or give the hedges"
    return "", ""
