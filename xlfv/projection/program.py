"""A trust's rules as the arrays that the waterfall kernel runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.market.indices import Indices, require
from xlfv.projection.program_parts import (
    account_arrays,
    cost_arrays,
    group_at,
    hedge_arrays,
    linked,
    mask_of,
    original_pool,
    terminations_missing,
)
from xlfv.projection.rates import coupon_rates, planned
from xlfv.projection.timeline import Timeline, deal_ages
from xlfv.tables import Fault, refuse_if
from xlfv.tables.schema import Records
from xlfv.trust.bonds import ahead_of
from xlfv.trust.conditions import CALLED, STEPPED
from xlfv.trust.terms import of_enhancement, thresholds
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import OVER_CAP, Step

SOURCES = {
    "": w.INTEREST, "interest": w.INTEREST, "principal": w.PRINCIPAL, "scheduled": w.SCHEDULED, "prepaid": w.PREPAID,
    "excess": w.EXCESS, "hedge": w.HEDGE,
}  # fmt: skip
COLLECTED = ("", "interest", "principal", "scheduled", "prepaid")
"""Cash that the loans of a group bring."""
PAYS = {
    "cost": (w.PAY_COST, w.B_COST, -1),
    "interest": (w.PAY_INTEREST, w.B_DUE, w.T_INTEREST_PAID),
    "interest_shortfall": (w.PAY_SHORTFALL, w.B_SHORTFALL, w.T_SHORTFALL_PAID),
    "principal": (w.PAY_PRINCIPAL, w.B_BALANCE, w.T_PRINCIPAL),
    "oc": (w.PAY_OC, w.B_BALANCE, w.T_PRINCIPAL),
    "basis_risk": (w.PAY_BASIS, w.B_BASIS, w.T_BASIS_PAID),
    "unpaid_loss": (w.PAY_LOSS, w.B_LOSS, w.T_LOSS_PAID),
    "writedown": (w.PAY_WRITEDOWN, w.B_BALANCE, w.T_WRITEDOWN),
    "writeup": (w.PAY_WRITEUP, w.B_LOSS, w.T_WRITEUP),
    "hedge": (w.PAY_HEDGE, w.B_HEDGE, -1),
    "deposit": (w.PAY_DEPOSIT, w.B_ROOM, -1),
    "release": (w.PAY_RELEASE, -1, -1),
    "termination": (w.PAY_TERMINATION, w.B_TERMINATION, -1),
    "reimbursement": (w.PAY_REIMBURSEMENT, w.B_DRAWN, -1),
    "residual": (w.PAY_RESIDUAL, -1, -1),
}
"""Each payment: its kind, the book of what is owed, and the column of a tranche's month that it fills."""
RULES = {
    "sequential": w.SEQUENTIAL, "pro_rata": w.PRO_RATA, "share": w.SHARE, "schedule": w.SCHEDULE,
    "target": w.TARGET,
}  # fmt: skip
SPLIT = ("interest", "interest_shortfall", "basis_risk", "unpaid_loss", "principal", "oc")
CAP_HEDGES = {"none": w.CAP_NONE, "paid": w.CAP_PAID, "swaps": w.CAP_SWAPS, "all": w.CAP_ALL}
AMOUNTS = {
    "": w.DOLLARS, "part": w.PART, "senior_times": w.SENIOR_TIMES, "senior_plus": w.SENIOR_PLUS,
    "own_times": w.OWN_TIMES, "own_plus": w.OWN_PLUS, "rest": w.REST,
}  # fmt: skip
COUPONS = {"fixed": w.FIXED, "floating": w.FLOATING, "net_wac": w.NET_WAC, "none": w.NONE}
MEASURES = {
    "cumulative_loss": w.M_LOSS, "delinquency": w.M_DELINQUENCY, "rolling_delinquency": w.M_ROLLING, "oc": w.M_OC,
    "enhancement": w.M_ENHANCEMENT, "month": w.M_MONTH, "deal_age": w.M_AGE, "pool_factor": w.M_FACTOR,
    "subordination": w.M_SUBORDINATION,
}  # fmt: skip
TESTS = {">": w.GREATER, "<": w.LESS, ">=": w.AT_LEAST, "<=": w.AT_MOST}


def compile_deal(trust: Trust, indices: Indices, timeline: Timeline) -> w.Deal:
    """The arrays of a trust's deal.

    Raises:
        Refused: an index that a bond or derivative needs is not given, or a step asks for what the terms do not say.
    """
    refuse_if(missing_for_deal(trust, indices))
    months = timeline.months
    return w.Deal(
        **_bond_arrays(trust, indices, timeline),
        **_step_arrays(trust, months),
        **cost_arrays(trust, timeline, overflows(trust)),
        **hedge_arrays(trust, indices, timeline),
        **account_arrays(trust),
        insurers=len(trust.insurers),
        **_trigger_arrays(trust, timeline),
        **_target_numbers(trust),
        call_factor=trust.terms.number("call_factor", np.nan),
    )


def missing_for_deal(trust: Trust, indices: Indices) -> list[Fault]:
    """Indices that bonds and derivatives name and nobody gives, and terms that steps need."""
    faults = []
    bonds, hedges = trust["bonds"], trust["hedges"]
    for row in np.flatnonzero(bonds["coupon_type"] == "floating"):
        faults.append(require(indices, str(bonds["index"][row]).upper(), f"class {bonds['tranche'][row]}"))
    for at, name in enumerate(hedges["hedge"]):
        faults.append(require(indices, str(hedges["receive_index"][at]).upper(), f"derivative {name}"))
    faults += terminations_missing(trust, indices)
    if any(step.pay == "oc" for step in trust.steps) and trust.terms.get("oc_target") is None:
        faults.append(Fault("a step pays oc and the terms give no oc_target", "terms", "add the term oc_target"))
    if trust.terms.get("stepdown_age") is not None and trust.terms.date("closing_date") is None:
        faults.append(Fault("stepdown_age is given without closing_date", "terms", "add the term closing_date"))
    return [fault for fault in faults if fault is not None]


def _cap_group(bonds: Records, row: int, groups: tuple[str, ...]) -> int:
    """The collateral whose net rate caps a class: the pool or group named, else the class's own group; -2 for no cap."""
    name = str(bonds["net_wac_cap"][row])
    if not name:
        return -2
    if name.lower() == "pool":
        return -1
    return group_at(name if name in groups else str(bonds["group"][row]), groups)


def _bond_arrays(trust: Trust, indices: Indices, timeline: Timeline) -> dict:
    bonds, groups, months = trust.classes, trust.groups, timeline.months
    names = [str(t) for t in bonds["tranche"]]
    n = bonds.count
    starts = [None if np.isnat(d) else d.item() for d in bonds["accrual_start"]]
    net_wac, later = bonds["coupon_type"] == "net_wac", bonds["margin_after_call"]
    ahead = [ahead_of(bonds, k) if bonds["kind"][k] == "z" else [] for k in range(n)]
    own = own_buckets(trust)
    return {
        "balance": bonds["balance"].copy(),
        "shortfall": bonds["interest_shortfall"].copy(),
        "carryforward": bonds["basis_risk_carryforward"].copy(),
        "written": bonds["writedown"].copy(),
        "shortfall_bears": bonds["shortfall_interest"].copy(),
        "basis_bears": bonds["carryforward_interest"].copy(),
        "accretes_while": np.array([[name in them for name in names] for them in ahead], dtype=bool).reshape(n, n),
        "accretes_to": np.array(
            [own.get(name, w.PRINCIPAL) if kind == "z" else -1 for name, kind in zip(names, bonds["kind"], strict=True)],
            dtype=np.int64,
        ),
        "planned": np.array([planned(trust, str(s), months) for s in bonds["schedule"]]).reshape(n, months + 1),
        "is_note": bonds["kind"] != "io",
        "is_senior": np.isin(bonds["kind"], ("senior", "po", "z")),
        "notional_kind": np.array([linked(str(t)) for t in bonds["notional_of"]], dtype=np.int64),
        "notional_of": np.array([mask_of(str(t), names) for t in bonds["notional_of"]], dtype=bool).reshape(n, n),
        "notional_share": bonds["notional_share"].copy(),
        "coupon_kind": np.array([COUPONS[str(c)] for c in bonds["coupon_type"]], dtype=np.int64),
        "coupon": np.array([coupon_rates(bonds, k, indices, months) for k in range(n)]).reshape(n, months + 1),
        "coupon_after": np.array(
            [coupon_rates(bonds, k, indices, months, after_call=True) for k in range(n)]
        ).reshape(n, months + 1),
        "net_margin": np.where(net_wac, bonds["margin"], 0.0),
        "net_margin_after": np.where(net_wac, np.where(np.isnan(later), bonds["margin"], later), 0.0),
        "net_cap": np.where(np.isnan(bonds["cap"]), np.inf, bonds["cap"]),
        "net_floor": bonds["floor"].copy(),
        "cap_on_bonds": bonds["cap_balance"] == "bonds",
        "cap_hedges": np.array([CAP_HEDGES[str(c)] for c in bonds["cap_hedges"]], dtype=np.int64),
        "final_month": np.array([final_month(bonds, k, timeline) for k in range(n)], dtype=np.int64),
        "cap_group": np.array([_cap_group(bonds, k, groups) for k in range(n)], dtype=np.int64),
        "wac_group": np.array([group_at(str(g), groups) for g in bonds["group"]], dtype=np.int64),
        "bond_group": np.array([group_at(str(g), groups) for g in bonds["group"]], dtype=np.int64),
        "accrual": np.array(
            [timeline.accrual(str(d), s) for d, s in zip(bonds["day_count"], starts, strict=True)]
        ).reshape(n, months + 1),
    }  # fmt: skip


def final_month(bonds: Records, row: int, timeline: Timeline) -> int:
    """The month of a class's final maturity; one behind the last where it has none or it lies behind."""
    date, month = bonds["final_date"][row], int(bonds["final_month"][row])
    if np.isnat(date):
        return month or timeline.months + 1
    first = date.item().replace(day=1)
    return next((t for t in range(1, timeline.months + 1) if timeline.dates[t] >= first), timeline.months + 1)


def overflows(trust: Trust) -> tuple[str, ...]:
    """The costs whose excess over their cap a step pays, in the order of their table."""
    paid = {step.cost for step in trust.steps}
    return tuple(cost for cost in map(str, trust["costs"]["cost"]) if f"{cost}{OVER_CAP}" in paid)


def own_buckets(trust: Trust) -> dict[str, int]:
    """The bucket of each z class on whose accretion a step draws by its name; what others accrete is principal."""
    bonds, sources = trust.classes, {step.source for step in trust.steps}
    named = [str(t) for t in bonds["tranche"][bonds["kind"] == "z"] if str(t) in sources]
    return {name: w.BUCKETS + at for at, name in enumerate(named)}


def sources_of(trust: Trust) -> dict[str, int]:
    """Each source of cash by name: the buckets, then accounts, then insurers."""
    own = own_buckets(trust)
    behind = [*map(str, trust["accounts"]["account"]), *trust.insurers]
    return SOURCES | own | {name: w.BUCKETS + len(own) + at for at, name in enumerate(behind)}


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
        split = step.source in COLLECTED and step.pay in SPLIT and any(names)
        if step.group or not split:
            parts.append(Part(row, step))
            continue
        for name in names:
            mine = [k for k, t in enumerate(step.targets) if group_of[t] == name]
            shares = tuple(step.shares[k] for k in mine) if step.shares else ()
            targets = tuple(step.targets[k] for k in mine)
            parts.append(Part(row, replace(step, targets=targets, shares=shares, group=name)))
    return parts


def _step_arrays(trust: Trust, months: int) -> dict:
    names = [str(t) for t in trust.classes["tranche"]]
    costs = [*map(str, trust["costs"]["cost"]), *(f"{cost}{OVER_CAP}" for cost in overflows(trust))]
    triggers = [str(t) for t in trust["triggers"]["trigger"]]
    hedges = [str(h) for h in trust["hedges"]["hedge"]]
    known = {
        "hedge": hedges, "termination": hedges, "cost": costs, "reimbursement": list(trust.insurers),
        "deposit": [str(a) for a in trust["accounts"]["account"]],
    }  # fmt: skip
    sources = sources_of(trust)
    behind = dict(zip(names, map(float, trust.classes["target_enhancement"]), strict=True))
    buckets = w.BUCKETS + len(own_buckets(trust))
    parts = parts_of(trust)
    rows, steps = [part.row for part in parts], [part.step for part in parts]
    splits = any(step.source in ("scheduled", "prepaid") for step in steps)
    accrues = trust.classes["kind"] == "z"
    table = np.full((len(steps), w.STEP_COLUMNS), -1, dtype=np.int64)
    targets: list[int] = []
    weights: list[float] = []
    last_interest = np.full(len(names), -1, dtype=np.int64)
    last_of = np.full(buckets, -1, dtype=np.int64)
    for s, step in enumerate(steps):
        paid = (step.cost,) if step.pay == "cost" else () if step.pay in ("residual", "release") else step.targets
        mine = [known.get(step.pay, names).index(t) for t in paid]
        op, book, column = PAYS[step.pay]
        source = sources[step.source]
        when, yes, no = _when(step, triggers)
        # What derivatives pay, z classes accrete and accounts hold belongs to no loan group.
        grouped = step.source in (*COLLECTED, "excess", *trust.insurers)
        group = group_at(step.group, trust.groups) if grouped else -1
        table[s] = (
            op, source, w.AGGREGATE if _shares_plan(step, trust) else RULES[step.rule], group,
            when, yes, no,
            len(targets), len(targets) + len(mine), book, column, AMOUNTS[step.amount.kind],
            max(mine, default=-1), rows.index(rows[s]), 0,
            _is_plain(step, source, buckets, splits) and not accrues[mine].any(),
        )  # fmt: skip
        targets.extend(mine)
        weights.extend(step.shares or [1.0] * len(mine))
        if step.pay == "interest":
            last_interest[mine] = s
        if step.pay not in ("writedown", "writeup") and source < buckets:
            last_of[source] = s
            if source == w.PRINCIPAL:
                last_of[[w.SCHEDULED, w.PREPAID]] = s
    table[:, w.P_SWEEP] = _sweeps(table, last_of)
    return {
        "last_interest": last_interest,
        "buckets": buckets,
        "steps": table,
        "limit": np.array([step.amount.limit for step in steps]),
        "part": np.array([step.amount.shares(months) for step in steps]).reshape(len(steps), months + 1),
        "behind": np.array([behind.get(step.targets[0], 0.0) if step.rule == "target" else 0.0 for step in steps]),
        "targets": np.array(targets, dtype=np.int64),
        "weights": np.array(weights, dtype=np.float64),
        "splits_principal": splits,
    }


def _shares_plan(step: Step, trust: Trust) -> bool:
    """Whether a step pays classes down to one planned balance of them all."""
    if step.rule != "schedule" or len(step.targets) < 2:
        return False
    return len({str(trust.classes["schedule"][trust.tranches.index(name)]) for name in step.targets}) == 1


def _when(step: Step, triggers: list[str]) -> tuple[int, int, int]:
    """A step's condition: its kind, and the states that must hold and must not, a bit each."""
    places = {STEPPED: w.STEPPED, CALLED: w.CALLED} | {name: w.TRIGGERS + x for x, name in enumerate(triggers)}
    yes = sum(1 << places[name] for name, negated in step.when.states if not negated)
    no = sum(1 << places[name] for name, negated in step.when.states if negated)
    return (w.ALWAYS if step.when.always else w.ALL_OF if step.when.every else w.ANY_OF), yes, no


_PLAIN = ("interest", "interest_shortfall", "principal", "basis_risk", "unpaid_loss")


def _is_plain(step: Step, source: int, buckets: int, splits: bool) -> bool:
    """Whether a step pays one class what it is owed, with no more ado; most steps of most deals do."""
    split = source in (w.SCHEDULED, w.PREPAID) or (source == w.PRINCIPAL and splits)
    bounded = bool(step.amount.kind) or step.amount.limit < np.inf or step.rule in ("schedule", "target")
    return step.pay in _PLAIN and len(step.targets) == 1 and source < buckets and not bounded and not split


def _sweeps(table: NDArray[np.int64], last_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """The buckets, a bit each, that become excess before a step: those that no step from it on draws on, once."""
    found = np.zeros(len(table), dtype=np.int64)
    left = [b for b in range(last_of.size) if b != w.EXCESS]
    for s in np.flatnonzero(table[:, w.P_SOURCE] == w.EXCESS):
        gone = [b for b in left if last_of[b] < s]
        found[s] = sum(1 << b for b in gone)
        left = [b for b in left if b not in gone]
    return found


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
        "of_enhancement": np.array([of_enhancement(str(cell)) for cell in triggers["threshold"]], dtype=bool),
        "rolls": triggers["rolling_months"].copy(),
        "holds_target": np.isin(triggers["measure"], ("cumulative_loss", "delinquency", "rolling_delinquency")),
        "age": deal_ages(trust, timeline),
    }


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
