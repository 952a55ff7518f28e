"""A trust's rules as the arrays that the waterfall kernel runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.kernels import hedges as hedge_kernel
from xlfv.market.indices import Indices, require
from xlfv.projection.timeline import Timeline, deal_ages
from xlfv.tables import Fault, refuse_if
from xlfv.tables.schema import Records
from xlfv.trust.bonds import split_names
from xlfv.trust.terms import thresholds
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step

SOURCES = {"": w.INTEREST, "interest": w.INTEREST, "principal": w.PRINCIPAL, "excess": w.EXCESS, "hedge": w.HEDGE}
PAYS = {
    "cost": w.PAY_COST, "interest": w.PAY_INTEREST, "interest_shortfall": w.PAY_SHORTFALL,
    "principal": w.PAY_PRINCIPAL, "oc": w.PAY_OC, "basis_risk": w.PAY_BASIS, "writedown": w.PAY_WRITEDOWN,
    "hedge": w.PAY_HEDGE, "residual": w.PAY_RESIDUAL,
}  # fmt: skip
RULES = {"sequential": w.SEQUENTIAL, "pro_rata": w.PRO_RATA, "share": w.SHARE}
SPLIT = ("interest", "interest_shortfall", "basis_risk", "principal", "oc")
CONDITIONS = {"always": w.ALWAYS, "before_stepdown": w.BEFORE_STEPDOWN, "after_stepdown": w.AFTER_STEPDOWN}
COUPONS = {"fixed": w.FIXED, "floating": w.FLOATING, "net_wac": w.NET_WAC, "none": w.NONE}
MEASURES = {
    "cumulative_loss": w.M_LOSS, "delinquency": w.M_DELINQUENCY, "rolling_delinquency": w.M_ROLLING, "oc": w.M_OC,
    "enhancement": w.M_ENHANCEMENT, "month": w.M_MONTH, "deal_age": w.M_AGE, "pool_factor": w.M_FACTOR,
}  # fmt: skip
TESTS = {">": w.GREATER, "<": w.LESS, ">=": w.AT_LEAST, "<=": w.AT_MOST}
HEDGES = {
    "swap": hedge_kernel.SWAP, "cap": hedge_kernel.CAP, "corridor": hedge_kernel.CORRIDOR, "floor": hedge_kernel.FLOOR,
}  # fmt: skip


def compile_deal(trust: Trust, indices: Indices, timeline: Timeline) -> w.Deal:
    """The arrays of a trust's deal.

    Raises:
        Refused: an index that a bond or derivative needs is not given, or a step asks for what the terms do not say.
    """
    refuse_if(missing_for_deal(trust, indices))
    months = timeline.months
    return w.Deal(
        **_bond_arrays(trust, indices, timeline),
        **_step_arrays(trust),
        **_cost_arrays(trust, months),
        **_hedge_arrays(trust, indices, timeline),
        **_trigger_arrays(trust, timeline),
        **_target_numbers(trust),
    )


def missing_for_deal(trust: Trust, indices: Indices) -> list[Fault]:
    """Indices that bonds and derivatives name and nobody gives, and terms that steps need."""
    faults = []
    bonds, hedges = trust["bonds"], trust["hedges"]
    for row in np.flatnonzero(bonds["coupon_type"] == "floating"):
        faults.append(require(indices, str(bonds["index"][row]).upper(), f"class {bonds['tranche'][row]}"))
    for at, name in enumerate(hedges["hedge"]):
        faults.append(require(indices, str(hedges["receive_index"][at]).upper(), f"derivative {name}"))
    if any(step.pay == "oc" for step in trust.steps) and trust.terms.get("oc_target") is None:
        faults.append(Fault("a step pays oc and the terms give no oc_target", "terms", "add the term oc_target"))
    if trust.terms.get("stepdown_age") is not None and trust.terms.date("closing_date") is None:
        faults.append(Fault("stepdown_age is given without closing_date", "terms", "add the term closing_date"))
    return [fault for fault in faults if fault is not None]


def _mask(text: str, names: list[str]) -> NDArray[np.bool_]:
    wanted = split_names(text)
    return np.array([name in wanted for name in names], dtype=bool)


def _group(name: str, groups: tuple[str, ...]) -> int:
    return groups.index(name) if name in groups else -1


def _cap_group(bonds: Records, row: int, groups: tuple[str, ...]) -> int:
    """The collateral whose net rate caps a class: the group named, else the class's own, else the pool; -2 for no cap."""
    name = str(bonds["net_wac_cap"][row])
    if not name:
        return -2
    return _group(name if name in groups else str(bonds["group"][row]), groups)


def _linked(text: str) -> int:
    if not text:
        return w.OWN
    return w.POOL if text.lower() == "pool" else w.LINKED


def coupon_rates(bonds: Records, row: int, indices: Indices, months: int) -> NDArray[np.float64]:
    """A class's coupon by month before net rate and net WAC cap, float64[months + 1]."""
    kind = str(bonds["coupon_type"][row])
    if kind == "fixed":
        rates = np.full(months + 1, float(bonds["coupon"][row]))
    elif kind == "floating":
        index = indices.vector(str(bonds["index"][row]).upper(), months, int(bonds["lookback"][row]))
        rates = index + bonds["margin"][row]
    else:
        return np.zeros(months + 1)
    cap = bonds["cap"][row]
    return np.maximum(np.minimum(rates, np.inf if np.isnan(cap) else cap), bonds["floor"][row])


def _bond_arrays(trust: Trust, indices: Indices, timeline: Timeline) -> dict:
    bonds, groups, months = trust.classes, trust.groups, timeline.months
    names = [str(t) for t in bonds["tranche"]]
    n = bonds.count
    starts = [None if np.isnat(d) else d.item() for d in bonds["accrual_start"]]
    return {
        "balance": bonds["balance"].copy(),
        "shortfall": bonds["interest_shortfall"].copy(),
        "carryforward": bonds["basis_risk_carryforward"].copy(),
        "is_note": bonds["kind"] != "io",
        "is_senior": (bonds["kind"] == "senior") | (bonds["kind"] == "po"),
        "notional_kind": np.array([_linked(str(t)) for t in bonds["notional_of"]], dtype=np.int64),
        "notional_of": np.array([_mask(str(t), names) for t in bonds["notional_of"]], dtype=bool).reshape(n, n),
        "coupon_kind": np.array([COUPONS[str(c)] for c in bonds["coupon_type"]], dtype=np.int64),
        "coupon": np.array([coupon_rates(bonds, k, indices, months) for k in range(n)]).reshape(n, months + 1),
        "net_margin": np.where(bonds["coupon_type"] == "net_wac", bonds["margin"], 0.0),
        "net_cap": np.where(np.isnan(bonds["cap"]), np.inf, bonds["cap"]),
        "net_floor": bonds["floor"].copy(),
        "cap_group": np.array([_cap_group(bonds, k, groups) for k in range(n)], dtype=np.int64),
        "wac_group": np.array([_group(str(g), groups) for g in bonds["group"]], dtype=np.int64),
        "bond_group": np.array([_group(str(g), groups) for g in bonds["group"]], dtype=np.int64),
        "accrual": np.array(
            [timeline.accrual(str(d), s) for d, s in zip(bonds["day_count"], starts, strict=True)]
        ).reshape(n, months + 1),
    }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A step of the table, or its part for one loan group.

    Attributes:
        row: which step of the table.
        step: the step, with the targets, shares and group of this part.
    """

    row: int
    step: Step


def parts_of(trust: Trust) -> list[Part]:
    """The steps as they are run.

    A class takes the interest and principal of its own loan group. A step that names no group and pays classes of
    several from these buckets is therefore run group by group, in the order of its classes; one that names a group
    pays whom it names.
    """
    bonds = trust.classes
    group_of = dict(zip(map(str, bonds["tranche"]), map(str, bonds["group"]), strict=True))
    parts = []
    for row, step in enumerate(trust.steps):
        names = list(dict.fromkeys(group_of.get(t, "") for t in step.targets))
        split = step.source in ("", "interest", "principal") and step.pay in SPLIT and any(names)
        if step.group or not split:
            parts.append(Part(row, step))
            continue
        for name in names:
            mine = [k for k, t in enumerate(step.targets) if group_of[t] == name]
            shares = tuple(step.shares[k] for k in mine) if step.shares else ()
            targets = tuple(step.targets[k] for k in mine)
            parts.append(Part(row, replace(step, targets=targets, shares=shares, group=name)))
    return parts


def _step_arrays(trust: Trust) -> dict:
    names = [str(t) for t in trust.classes["tranche"]]
    hedges = [str(h) for h in trust["hedges"]["hedge"]]
    costs = [str(c) for c in trust["costs"]["cost"]]
    triggers = [str(t) for t in trust["triggers"]["trigger"]]
    steps = [part.step for part in parts_of(trust)]
    starts, targets, when, which = [0], [], [], []
    weights: list[float] = []
    last_interest = np.full(len(names), -1, dtype=np.int64)
    last_of = np.full(4, -1, dtype=np.int64)
    for s, step in enumerate(steps):
        known = hedges if step.pay == "hedge" else names
        mine = [known.index(t) for t in step.targets] if step.pay not in ("cost", "residual") else []
        targets.extend(mine)
        weights.extend(step.shares or [1.0] * len(mine))
        starts.append(len(targets))
        trigger = step.when in triggers and step.when not in CONDITIONS
        when.append((w.OFF if step.negated else w.ON) if trigger else CONDITIONS[step.when])
        which.append(triggers.index(step.when) if trigger else -1)
        if step.pay == "interest":
            last_interest[mine] = s
        if step.pay != "writedown":
            last_of[SOURCES[step.source]] = s
    return {
        "last_interest": last_interest,
        "last_of": last_of,
        "op": np.array([PAYS[s.pay] for s in steps], dtype=np.int64),
        "source": np.array([SOURCES[s.source] for s in steps], dtype=np.int64),
        "rule": np.array([RULES[s.rule] for s in steps], dtype=np.int64),
        # What derivatives pay belongs to no loan group.
        "group": np.array(
            [-1 if s.source == "hedge" else _group(s.group, trust.groups) for s in steps], dtype=np.int64
        ),
        "cost_of": np.array([costs.index(s.cost) if s.cost else -1 for s in steps], dtype=np.int64),
        "when": np.array(when, dtype=np.int64),
        "when_trigger": np.array(which, dtype=np.int64),
        "limit": np.array([s.limit for s in steps]),
        "target_from": np.array(starts, dtype=np.int64),
        "targets": np.array(targets, dtype=np.int64),
        "weights": np.array(weights, dtype=np.float64),
    }


def _cost_arrays(trust: Trust, months: int) -> dict:
    costs = trust["costs"]
    groups = trust["loans"]["group"]
    loans = np.array([np.sum(groups == g) if str(g) else groups.size for g in costs["group"]], dtype=np.float64)
    amount = np.where(costs["basis"] == "loan_count", costs["amount"] * loans, costs["amount"]) / 12.0
    basis = {"pool_balance": 0, "bond_balance": 1, "fixed": 2, "loan_count": 2}
    return {
        "cost_basis": np.array([basis[str(b)] for b in costs["basis"]], dtype=np.int64),
        "cost_rate": costs["rate"].copy(),
        "cost_amount": np.repeat(amount[:, None], months + 1, axis=1),
        "cost_minimum": costs["minimum"] / 12.0,
        "cost_cap": np.where(np.isnan(costs["cap"]), np.inf, costs["cap"] / 12.0),
        "cost_group": np.array([_group(str(g), trust.groups) for g in costs["group"]], dtype=np.int64),
    }


def _hedge_arrays(trust: Trust, indices: Indices, timeline: Timeline) -> dict:
    hedges, months = trust["hedges"], timeline.months
    names = [str(t) for t in trust.classes["tranche"]]
    n = hedges.count
    return {
        "hedge_rate": np.array([hedge_rates(hedges, h, indices, timeline) for h in range(n)]).reshape(n, months + 1),
        "hedge_notional": np.array([notionals(trust, h, months) for h in range(n)]).reshape(n, months + 1),
        "hedge_linked": np.array([_linked(str(t)) for t in hedges["notional_of"]], dtype=np.int64),
        "hedge_of": np.array([_mask(str(t), names) for t in hedges["notional_of"]], dtype=bool).reshape(n, len(names)),
        "hedge_inside": hedges["in_trust"].copy(),
    }


def hedge_rates(hedges: Records, row: int, indices: Indices, timeline: Timeline) -> NDArray[np.float64]:
    """What a unit of notional settles at each month, day count included, float64[months + 1]."""
    index = indices.vector(str(hedges["receive_index"][row]).upper(), timeline.months, int(hedges["lookback"][row]))
    accrual = timeline.accrual(str(hedges["day_count"][row]))
    kind = HEDGES[str(hedges["type"][row])]
    terms = [float(hedges[name][row]) for name in ("pay_rate", "strike", "ceiling")]
    margin = float(hedges["margin"][row])
    rates = np.array([hedge_kernel.settlement_rate(kind, float(x) + margin, *terms) for x in index])
    return rates * accrual


def notionals(trust: Trust, row: int, months: int) -> NDArray[np.float64]:
    """A derivative's notional by month: its schedule or fixed amount between start and end; 1 where it is linked."""
    hedges = trust["hedges"]
    schedule = str(hedges["schedule"][row])
    amounts = np.ones(months + 1)
    if schedule:
        rows = trust["schedules"]["schedule"] == schedule
        given = sorted(zip(trust["schedules"]["month"][rows], trust["schedules"]["amount"][rows], strict=True))
        amounts = np.zeros(months + 1)
        for month, amount in given:
            amounts[month:] = amount
    elif np.isfinite(hedges["notional"][row]):
        amounts = np.full(months + 1, float(hedges["notional"][row]))
    month = np.arange(months + 1)
    alive = (month >= max(int(hedges["start"][row]), 1)) & (month <= hedges["end"][row])
    return np.where(alive, amounts, 0.0)


def _trigger_arrays(trust: Trust, timeline: Timeline) -> dict:
    triggers, months = trust["triggers"], timeline.months
    values = np.zeros((triggers.count, months + 1))
    if triggers.count:
        values[:, 1:] = thresholds(triggers, months)
    return {
        "measure": np.array([MEASURES[str(m)] for m in triggers["measure"]], dtype=np.int64),
        "test": np.array([TESTS[str(t)] for t in triggers["test"]], dtype=np.int64),
        "threshold": values,
        "cures": triggers["cure"].copy(),
        "holds_target": np.isin(triggers["measure"], ("cumulative_loss", "delinquency", "rolling_delinquency")),
        "age": deal_ages(trust, timeline),
    }


def original_pool(trust: Trust) -> float:
    """Pool balance at closing: the term, else today's."""
    return trust.terms.number("original_pool_balance", trust.pool_balance)


def _target_numbers(trust: Trust) -> dict:
    """OC and step-down terms: a number below 1 is a share of the original pool, else dollars."""
    original = original_pool(trust)

    def dollars(name: str) -> float:
        value = trust.terms.number(name)
        return value * original if value < 1.0 else value

    terms = trust.terms
    floor = dollars("oc_floor")
    return {
        "original_balance": original,
        "prior_loss": terms.number("cumulative_loss"),
        "has_oc": terms.get("oc_target") is not None,
        "oc_target": max(dollars("oc_target"), floor),
        "oc_after": terms.number("oc_target_after_stepdown", np.nan),
        "oc_floor": floor,
        "stepdown_age": terms.number("stepdown_age", np.nan),
        "stepdown_enhancement": terms.number("stepdown_enhancement", np.nan),
    }
