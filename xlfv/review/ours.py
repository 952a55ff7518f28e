"""Our own figures for a trustee's report: what our tables hold, and what our waterfall pays on the month's collections.

Nothing of the report goes into them, but for the collections by loan group of a trust of several groups: these no table of ours
holds. So a figure that ties was come by twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from xlfv.market.indices import Indices, require
from xlfv.projection.distributions import Distributions, distribute
from xlfv.projection.program import missing_for_deal
from xlfv.projection.timeline import build_timeline
from xlfv.review.actuals import Floats
from xlfv.review.collected import CENTS, MONEY, PoolMonth, collateral_of, pool_month
from xlfv.review.follow import months_between, whole_balance
from xlfv.review.remittance import ITEMS, LATE, POOL, Remittance
from xlfv.tables import Refused
from xlfv.tables.schema import Array, Records
from xlfv.trust.trust import Trust

Key = tuple[str, str]
HALF_CENT = 0.005  # amounts that both sides hold to the cent: only the sum of many floating numbers may move one
CENT = 0.01
_FEES = ("servicing_fee", "mi_premium", "other_fees")
PAID = ("interest_paid", "principal_paid", "writedown", "coupon")


@dataclass(frozen=True)
class Figure:
    """One of our figures.

    Attributes:
        value: dollars, loans, or a share.
        tolerance: by how much the trustee's may miss it and still tie; nan: half a digit of what the report prints.
        where: how it was made.
    """

    value: float
    tolerance: float
    where: str


@dataclass(frozen=True)
class Ours:
    """All our figures of a month.

    Attributes:
        figures: by item and what it is about.
        again: figures that our tables hold and that the waterfall gives too, as it gives them.
        why_not: item -> why there is no figure of ours.
        notices: what a reader must know.
    """

    figures: dict[Key, Figure] = field(default_factory=dict)
    again: dict[Key, Figure] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def standing(trust: Trust) -> Ours:
    """What the tables of a month-end hold: pool, delinquency, classes, accounts."""
    found: dict[Key, Figure] = {}
    if not trust.has_loans:
        reason = "the trust gives no loans"
        pool = {item: reason for item, (about, _, _) in ITEMS.items() if about == POOL}
        return Ours({key: one for key, one in _classes(trust).items() if key[0] != "oc"}, why_not={**pool, "oc": reason},
                    notices=(reason,))  # fmt: skip
    loans, reo = trust["loans"], trust["reo"]
    outside = trust.reo_outside
    groups = np.array(trust.reo_groups, dtype=np.str_)
    for name in ("", *trust.groups):
        mine = loans.take(loans["group"] == name) if name else loans
        beside = outside * (groups == name) if name and reo.count else outside
        found |= {
            (item, name): one for item, one in _pool(mine, beside, trust.pool_balance if not name else None).items()
        }
    why_not: dict[str, str] = {}
    original = trust.terms.get("original_pool_balance")
    if original:
        found["pool_factor", ""] = Figure(
            trust.pool_balance / original, np.nan, "loans over original_pool_balance of terms"
        )
    else:
        why_not["pool_factor"] = "original_pool_balance is not among the terms"
    lost = trust.terms.get("cumulative_loss")
    if lost is not None:
        found["cumulative_losses", ""] = Figure(float(lost), HALF_CENT, "cumulative_loss of terms")
    else:
        why_not["cumulative_losses"] = "cumulative_loss is not among the terms"
    if "advances_outstanding" in loans.given:
        out = float(loans["advances_outstanding"].sum())
        found["advances_outstanding", ""] = Figure(out, HALF_CENT, "advances_outstanding of loans")
    else:
        why_not["advances_outstanding"] = "the loans have no column advances_outstanding"
    found |= _classes(trust)
    for row, account in enumerate(map(str, trust["accounts"]["account"])):
        held = float(trust["accounts"]["balance"][row])
        found["account_balance", account] = Figure(held, HALF_CENT, "balance of accounts")
    return Ours(found, why_not=why_not)


def _pool(loans: Records, outside: Floats, whole: float | None) -> dict[str, Figure]:
    """The pool, or a group of it, at the cut-off."""
    balance, status = whole_balance(loans), loans["status"]
    beside, owned = float(outside.sum()), int((outside > 0.0).sum())
    pool = float(balance.sum()) + beside if whole is None else whole
    found = {
        "pool_balance": Figure(pool, HALF_CENT, "balance and deferred_balance of loans, and REO beside them"),
        "loan_count": Figure(loans.count + owned, 0.0, "rows of loans, and REO beside them"),
    }
    for late in LATE:
        there = status == late
        more = (beside, owned) if late == "reo" else (0.0, 0)
        where = f"loans whose status is {late}"
        found[f"{late}_balance"] = Figure(float(balance[there].sum()) + more[0], HALF_CENT, where)
        found[f"{late}_count"] = Figure(float(there.sum()) + more[1], 0.0, where)
    bears = np.where(status == "reo", 0.0, loans["balance"])
    if bears.sum() > 0.0:
        net = loans["rate"] - sum(loans[fee] for fee in _FEES)
        where = "rate less fees of the loans that are not REO, by balance"
        found["net_wac"] = Figure(float((bears * net).sum() / bears.sum()), np.nan, where)
    return found


def notes_of(trust: Trust) -> Array:
    """Which of the trust's classes are debt, bool[classes]: not notionals."""
    return trust.classes["kind"] != "io"


def _classes(trust: Trust) -> dict[Key, Figure]:
    """The classes as the bonds table has them."""
    bonds = trust.classes
    found: dict[Key, Figure] = {}
    for row, name in enumerate(map(str, bonds["tranche"])):
        for item in ("balance", "interest_shortfall", "basis_risk_carryforward"):
            found[item, name] = Figure(float(bonds[item][row]), HALF_CENT, f"{item} of bonds")
        issued = float(bonds["original_balance"][row])
        if issued > 0.0:
            share = float(bonds["balance"][row]) / issued
            found["factor", name] = Figure(share, np.nan, "balance over original_balance of bonds")
    debt = float(bonds["balance"][notes_of(trust)].sum())
    found["oc", ""] = Figure(
        trust.pool_balance - debt, HALF_CENT, "the pool less the balances of bonds that are no notional"
    )
    return found


def paid(
    before: Trust | None, now: Trust, remittance: Remittance, indices: Indices, actuals: Mapping[str, float],
    sold: Collection[str],
) -> Ours:  # fmt: skip
    """What the month's collections were, and what our waterfall pays on them.

    Args:
        before: the trust a month before; None: flows are not recomputed.
        now: the trust as it stands after the distribution.
        remittance: read only for collections by group, where there are several.
        indices: of the month before, on which coupons were set.
        actuals: the month's postings by :data:`xlfv.reporting.ledger.WORDS`; empty: not given.
        sold: REO sold in the month, by loan.
    """
    reason = _cannot(before, now, actuals) or (_lacking(before, indices) if before is not None else "")
    if reason or before is None:
        recorded = _recorded(actuals)
        return Ours(
            recorded, why_not=dict.fromkeys((*_PRINCIPAL, *_RUN), reason) | _not_recorded(actuals), notices=(reason,)
        )
    gone = actuals.get("liquidation_proceeds", 0.0) + actuals.get("losses", 0.0)
    month = pool_month(before, now, indices, gone, sold)
    figures = _recorded(actuals) | _principal(before, month)
    why_not = _not_recorded(actuals)
    if month.why_not:
        why_not |= dict.fromkeys(_PRINCIPAL, month.why_not)
    money, reason = _money(before, remittance, actuals)
    if not reason:
        try:
            cash = collateral_of(before, now, month, money, actuals.get("interest_not_advanced", 0.0))
            run = distribute(before, cash, indices, build_timeline(before, 1))
        except Refused as refusal:
            reason = f"the waterfall does not run on the month before: {refusal.faults[0]}"
        else:
            if run.deal.splits_principal and month.scheduled is None:
                reason = f"the deal pays scheduled and prepaid principal apart, and {month.why_not}"
    if reason:
        return Ours(figures, why_not=why_not | dict.fromkeys(_RUN, reason), notices=(reason,))
    notices = _short_history(before)
    return Ours(figures | _run_figures(before, run), _run_levels(before, now, run), why_not, notices)


_PRINCIPAL = ("scheduled_principal", "prepaid_principal", "liquidated_principal")
_RUN = (*PAID, "oc_target", "trigger", "hedge_received", "hedge_paid", "residual_paid", "trust_costs")


def _cannot(before: Trust | None, now: Trust, actuals: Mapping[str, float]) -> str:
    """Why flows cannot be recomputed, in words; empty where they can."""
    if before is None:
        return "there is no month before: what the month paid cannot be recomputed"
    if not before.has_loans or not now.has_loans:
        return "the trust gives no loans: what the month paid cannot be recomputed"
    apart = months_between(before.as_of, now.as_of)
    if apart != 1:
        return f"the month before is of {before.as_of}, {apart} months apart: what one month paid cannot be recomputed"
    if not actuals:
        return "the month's collections are given in no activity or ledger: what they paid cannot be recomputed"
    other = sorted(set(now.groups) - set(before.groups))
    if other:
        return f"the loan group {other[0]} was not there a month before: what the month paid cannot be recomputed"
    return ""


def _lacking(before: Trust, indices: Indices) -> str:
    """What the deal or its loans read and the indices of the month before do not hold; empty where nothing lacks."""
    loans = before["loans"]
    named = np.unique(loans["index"][loans["rate_type"] == "arm"])
    faults = [
        *missing_for_deal(before, indices),
        *(require(indices, str(name).upper(), "an adjustable loan") for name in named),
    ]
    lacking = next((fault for fault in faults if fault is not None), None)
    return f"what the month paid cannot be recomputed: {lacking.what}" if lacking is not None else ""


_POSTED = {
    "interest_collected": ("interest_collected",),
    "liquidation_proceeds": ("liquidation_proceeds", "reo_sales_proceeds"),
    "realized_losses": ("losses", "reo_losses"),
    "servicing_fee": ("servicing_paid",),
    "prepayment_penalties": ("penalties_collected",),
}


def _recorded(actuals: Mapping[str, float]) -> dict[Key, Figure]:
    """What the month's postings say of the pool."""
    return {
        (item, ""): Figure(sum(actuals.get(word, 0.0) for word in words), HALF_CENT, f"{' and '.join(words)} as posted")
        for item, words in _POSTED.items()
        if any(word in actuals for word in words)
    }


def _not_recorded(actuals: Mapping[str, float]) -> dict[str, str]:
    missing = {
        item: f"{words[0]} is not posted" for item, words in _POSTED.items() if not any(w in actuals for w in words)
    }
    return {"subsequent_recoveries": "postings hold them in liquidation_proceeds", **missing}


def _principal(before: Trust, month: PoolMonth) -> dict[Key, Figure]:
    """Principal by group and whole, out of the loans."""
    found: dict[Key, Figure] = {}
    near = 0.05 + CENTS * month.paid_off  # a cent or two for each loan paid off, whose last payment no tape shows
    for item, values, tolerance, where in (
        ("scheduled_principal", month.scheduled, near, "what balances fell by, up to each loan's schedule"),
        ("prepaid_principal", month.prepaid, near, "what balances fell by beyond it, and loans paid off"),
        ("liquidated_principal", month.liquidated, HALF_CENT, "balances of loans liquidated and REO sold"),
    ):
        if values is None:
            continue
        found[item, ""] = Figure(float(values.sum()), tolerance, where)
        found |= {(item, g): Figure(float(v), tolerance, where) for g, v in zip(before.groups, values, strict=True)}
    return found


def _money(before: Trust, remittance: Remittance, actuals: Mapping[str, float]) -> tuple[dict[str, Floats], str]:
    """Collections by group, float64[groups] each: as posted, or of several groups as reported; and why not, in words."""
    whole = {item: sum(actuals.get(word, 0.0) for word in _POSTED[item]) for item in MONEY}
    whole["principal_collected"] = actuals.get("principal_collected", 0.0)
    whole["interest_collected"] += actuals.get("penalties_collected", 0.0)
    if len(before.groups) == 1:
        return {item: np.array([amount]) for item, amount in whole.items()}, ""
    items = (*MONEY, "scheduled_principal", "prepaid_principal")
    lacking = [(i, g) for i in items for g in before.groups if remittance.get(i, g) is None]
    if lacking:
        item, group = lacking[0]
        return (
            {},
            f"the trust has {len(before.groups)} loan groups, and the report does not give {item} of group {group}",
        )
    money = {item: np.array([remittance.get(item, g) for g in before.groups], dtype=np.float64) for item in items}
    money["principal_collected"] = money.pop("scheduled_principal") + money.pop("prepaid_principal")
    return money, ""


def _run_figures(before: Trust, run: Distributions) -> dict[Key, Figure]:
    """What the waterfall pays."""
    found: dict[Key, Figure] = {}
    classes, where = len(run.tranches), "our waterfall on the month's collections"
    for name in run.tranches:
        one = {key: float(values[1]) for key, values in run.tranche(name).items()}
        interest = one["interest_paid"] + one["shortfall_paid"] + one["basis_risk_paid"]
        # Interest is paid in up to three parts, each cut to whole cents.
        found["interest_paid", name] = Figure(interest, 3 * CENT, where)
        found["principal_paid", name] = Figure(one["principal_paid"] + one["loss_paid"], 2 * CENT, where)
        # What cuts to whole cents leave unpaid of all classes is written down too, on the lowest.
        found["writedown", name] = Figure(one["writedown"] - one["writeup"], CENT * (classes + 1), where)
        found["coupon", name] = Figure(one["coupon"], np.nan, where)
    rest = CENT * (4 * classes + 5)  # all cents cut off end with the residual or in the costs
    found["residual_paid", ""] = Figure(float(run.residual[1]), rest, where)
    found["trust_costs", ""] = Figure(float(run.costs_paid[1]), rest, where)
    if run.deal.has_oc:
        found["oc_target", ""] = Figure(float(run.oc_target[1]), CENT, where)
    for row, name in enumerate(map(str, before["triggers"]["trigger"])):
        value, threshold, on = (float(x) for x in run.record.triggers[row, 1])
        found["trigger", name] = Figure(on, 0.0, f"{where}: {value:.6g} against {threshold:.6g}")
    for row, name in enumerate(map(str, before["hedges"]["hedge"])):
        if before["hedges"]["in_trust"][row]:
            found["hedge_received", name] = Figure(float(run.record.hedges[row, 1, 1]), CENT, where)
            found["hedge_paid", name] = Figure(float(run.record.hedges[row, 1, 2]), CENT, where)
    return found


def _run_levels(before: Trust, now: Trust, run: Distributions) -> dict[Key, Figure]:
    """What the waterfall leaves standing, which our tables hold too."""
    where = "our waterfall on the month's collections"
    cents = CENT * (len(run.tranches) + 1)
    found: dict[Key, Figure] = {}
    for name in run.tranches:
        one = run.tranche(name)
        found["balance", name] = Figure(float(one["end_balance"][1]), cents, where)
        found["interest_shortfall", name] = Figure(float(one["interest_shortfall"][1]), 3 * CENT, where)
        found["basis_risk_carryforward", name] = Figure(float(one["basis_risk_carryforward"][1]), 3 * CENT, where)
    if run.deal.has_oc:
        found["oc", ""] = Figure(float(run.oc[1]), cents, where)
    for row, name in enumerate(map(str, before["accounts"]["account"])):
        found["account_balance", name] = Figure(float(run.record.accounts[row, 1, 4]), 2 * CENT, where)
    there = {("balance", str(name)) for name in now.tranches}
    return {key: one for key, one in found.items() if key[0] != "balance" or key in there}


def _short_history(before: Trust) -> tuple[str, ...]:
    """Triggers that average more months than the two at hand."""
    triggers = before["triggers"]
    long = (triggers["measure"] == "rolling_delinquency") & (triggers["rolling_months"] > 2)
    return tuple(
        f"the trigger {triggers['trigger'][row]} averages {triggers['rolling_months'][row]} months; ours is the average of the"
        " two month-ends at hand"
        for row in np.flatnonzero(long)
    )
