"""Costs, accounts and derivatives of a trust as the arrays that the waterfall kernel runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.market.indices import Indices
from xlfv.projection.rates import discounts, hedge_rates, limits, notionals, planned, terminates
from xlfv.projection.timeline import Timeline, deal_ages
from xlfv.tables import Fault
from xlfv.trust.bonds import split_names
from xlfv.trust.trust import Trust

TARGETS_OF = {"original": w.OWN, "pool": w.POOL, "bonds": w.LINKED}
BASES = {
    "pool_balance": w.ON_POOL, "bond_balance": w.ON_BONDS, "fixed": w.ON_NOTHING, "loan_count": w.ON_NOTHING,
    "loans_left": w.ON_LOANS,
}  # fmt: skip


def mask_of(text: str, names: list[str]) -> NDArray[np.bool_]:
    """Which of the names stand in a text, bool[names]."""
    wanted = split_names(text)
    return np.array([name in wanted for name in names], dtype=bool)


def group_at(name: str, groups: tuple[str, ...]) -> int:
    """The place of a group, -1 for none."""
    return groups.index(name) if name in groups else -1


def linked(text: str) -> int:
    """What a notional stands on."""
    if not text:
        return w.OWN
    return w.POOL if text.lower() == "pool" else w.LINKED


def original_pool(trust: Trust) -> float:
    """Pool balance at closing: the term, else today's."""
    return trust.terms.number("original_pool_balance", trust.pool_balance)


def cost_arrays(trust: Trust, timeline: Timeline, overflows: tuple[str, ...]) -> dict:
    """Costs, and behind them a row for each of ``overflows``: what that cost exceeds its cap by."""
    costs, months = trust["costs"], timeline.months
    names, extra = [str(c) for c in costs["cost"]], len(overflows)
    groups = trust["loans"]["group"]
    loans = np.array([np.sum(groups == g) if str(g) else groups.size for g in costs["group"]], dtype=np.float64)
    by_loan = np.isin(costs["basis"], ("loan_count", "loans_left"))
    amount = np.where(by_loan, costs["amount"] * loans, costs["amount"]) / 12.0
    dollars = np.array([planned(trust, str(s), months) for s in costs["schedule"]]).reshape(len(names), months + 1)
    yearly = costs["cap_counts"] != "twelfths"
    years = np.full((len(names) + extra, months + 1), -1, dtype=np.int64)
    for row in np.flatnonzero(yearly):
        years[row] = _years(trust, timeline, str(costs["cap_counts"][row]))
    cap = np.where(yearly, costs["cap"], costs["cap"] / 12.0)
    excess = [len(names) + overflows.index(c) if c in overflows else -1 for c in names]
    none = np.zeros(extra)
    return {
        "cost_basis": np.array([*(BASES[str(b)] for b in costs["basis"]), *[w.EXCEEDS] * extra], dtype=np.int64),
        "cost_rate": np.append(costs["rate"], none),
        "cost_amount": np.concatenate([dollars + amount[:, None], np.zeros((extra, months + 1))]),
        "cost_minimum": np.append(costs["minimum"] / 12.0, none),
        "cost_cap": np.append(np.where(np.isnan(cap), np.inf, cap), none),
        "cost_group": np.array([*(group_at(str(g), trust.groups) for g in costs["group"]), *[-1] * extra], np.int64),
        "cost_in_cap": np.append(costs["in_net_wac"], np.zeros(extra, dtype=bool)),
        "cost_of": _counted_on(trust, extra),
        "cost_excess": np.array([*excess, *[-1] * extra], dtype=np.int64),
        "cost_year": years,
        "cost_used": np.append(costs["used_this_year"], none),
    }


def _counted_on(trust: Trust, extra: int) -> NDArray[np.bool_]:
    """The bonds each cost is counted on: those it names, else all notes of its group."""
    costs, bonds = trust["costs"], trust.classes
    names, notes = [str(t) for t in bonds["tranche"]], bonds["kind"] != "io"
    rows = [
        mask_of(str(named), names) if named else notes & ((bonds["group"] == group) | (str(group) == ""))
        for named, group in zip(costs["bonds"], costs["group"], strict=True)
    ]
    return np.array([*rows, *[np.zeros(len(names), dtype=bool)] * extra], dtype=bool).reshape(
        costs.count + extra, len(names)
    )


def _years(trust: Trust, timeline: Timeline, counts: str) -> NDArray[np.int64]:
    """The year of each month's remittance: of the calendar, or of the deal (1 is its first twelve months)."""
    if counts == "calendar_year":
        return np.array([date.year for date in timeline.dates], dtype=np.int64)
    return np.maximum((deal_ages(trust, timeline) + 11.0) // 12.0, 0.0).astype(np.int64)


def account_arrays(trust: Trust) -> dict:
    """Accounts: a target below 1 is a share of what target_of says, a floor below 1 of the original pool."""
    accounts, original = trust["accounts"], original_pool(trust)
    target, of = accounts["target"], accounts["target_of"]
    fixed = (target >= 1.0) | (of == "original")
    return {
        "account_balance": accounts["balance"].copy(),
        "account_target": np.where((target < 1.0) & fixed, target * original, target),
        "account_floor": np.where(accounts["floor"] < 1.0, accounts["floor"] * original, accounts["floor"]),
        "account_of": np.where(fixed, w.OWN, np.array([TARGETS_OF[str(name)] for name in of], dtype=np.int64)),
    }


def hedge_arrays(trust: Trust, indices: Indices, timeline: Timeline) -> dict:
    """Derivatives; those inside the trust end with a call."""
    hedges, months = trust["hedges"], timeline.months
    names = [str(t) for t in trust.classes["tranche"]]
    apart = {name for step in trust.steps if step.pay == "termination" for name in step.targets}
    n = hedges.count
    return {
        "hedge_rate": np.array([hedge_rates(hedges, h, indices, timeline) for h in range(n)]).reshape(n, months + 1),
        "hedge_notional": np.array([notionals(trust, h, months) for h in range(n)]).reshape(n, months + 1),
        "hedge_most": np.array([limits(trust, h, months) for h in range(n)]).reshape(n, months + 1),
        "hedge_linked": np.array([linked(str(t)) for t in hedges["notional_of"]], dtype=np.int64),
        "hedge_of": np.array([mask_of(str(t), names) for t in hedges["notional_of"]], dtype=bool).reshape(
            n, len(names)
        ),
        "hedge_inside": hedges["in_trust"].copy(),
        "hedge_swap": hedges["type"] == "swap",
        "hedge_group": np.array([group_at(str(g), trust.groups) for g in hedges["group"]], dtype=np.int64),
        "hedge_apart": np.array([str(name) in apart for name in hedges["hedge"]], dtype=bool),
    }


def terminations_missing(trust: Trust, indices: Indices) -> list[Fault]:
    """A swap that a call terminates needs rates to be discounted at."""
    if (trust.terms.get("call_exercised") or "never") == "never" or discounts(indices):
        return []
    todo = "add one of them, or write the term swap_termination as none"
    return [
        Fault(
            f"the swap {name} is terminated at the call and there is no column discount, nor LIBOR_1M", "indices", todo
        )
        for row, name in enumerate(trust["hedges"]["hedge"])
        if terminates(trust, row)
    ]
