"""What a pool paid in a month, out of its own loans before and after, and as the cash on which the waterfall is run again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xlfv.market.curves import read_curves
from xlfv.market.indices import Indices
from xlfv.projection.collateral import CollateralCash, project_collateral
from xlfv.review.actuals import Floats, scheduled_of
from xlfv.review.follow import rows_of, whole_balance
from xlfv.tables import Table
from xlfv.tables.schema import Array, Records
from xlfv.trust.trust import Trust

# Dollars by which a loan's payment of the tape may miss its schedule: interest and payment are each rounded.
CENTS = 0.02
_BEHIND = ("d60", "d90", "bankruptcy")
_LATE = (*_BEHIND, "foreclosure")
MONEY = ("interest_collected", "liquidation_proceeds", "realized_losses", "servicing_fee")


@dataclass(frozen=True)
class PoolMonth:
    """What the loans of two month-ends say of the month between, dollars by loan group, float64[groups] each.

    Attributes:
        scheduled, prepaid: principal, None where it is not known which of the loans gone were liquidated.
        liquidated: balance of loans and REO liquidated; None likewise.
        principal: all that left the pool but what was liquidated; None likewise.
        paid_off: loans gone that were paid off.
        why_not: why parts are not known, in words; empty where all are.
    """

    scheduled: Floats | None
    prepaid: Floats | None
    liquidated: Floats | None
    principal: Floats | None
    paid_off: int
    why_not: str = ""


def pool_month(
    before: Trust, now: Trust, indices: Indices, liquidated: float | None, sold: Collection[str] = ()
) -> PoolMonth:
    """Follow every loan through the month.

    A loan that is still there paid its schedule (at the rate it has now) and beyond it a curtailment. One that is gone was
    REO sold, liquidated or paid off; a tape does not say which of the latter two, so the liquidated ones are those whose
    balances make up what was liquidated: all that were 90 days late or worse, or these but for one loan or two.

    Args:
        before, now: the trust at both month-ends.
        indices: of the month before; rates that reset in the month are read from it.
        liquidated: balance of loans liquidated without REO, as recorded (proceeds and losses), None where not known.
        sold: REO sold in the month, by loan.
    """
    was, is_now = before["loans"], now["loans"]
    group = _group_rows(before, was["group"])
    to = rows_of(was["loan_id"], is_now["loan_id"])
    stays, gone = to >= 0, to < 0
    owned = (was["status"] == "reo") | np.isin(was["loan_id"], list(sold))
    size = len(before.groups)
    balance = whole_balance(was)
    scheduled, prepaid = _paid(was.take(stays), is_now.take(to[stays]))
    reo_out = _reo_outside_gone(before, now, size)
    left = np.flatnonzero(gone & ~owned)
    lost = _liquidated(np.round(100.0 * balance[left]).astype(np.int64), np.isin(was["status"][left], ("d90", *_LATE[2:])),
                       liquidated)  # fmt: skip
    if lost is None:
        return PoolMonth(None, None, None, None, 0, _why_not(liquidated))
    paid_off = left[~lost]
    due = _due(before, paid_off, indices, size)
    payoffs = _sum(balance[paid_off], group[paid_off], size)
    bad = np.concatenate([left[lost], np.flatnonzero(gone & owned)])
    all_scheduled = _sum(scheduled, group[stays], size) + due
    all_prepaid = _sum(prepaid, group[stays], size) + payoffs - due
    whole = _sum(balance[bad], group[bad], size) + reo_out
    return PoolMonth(all_scheduled, all_prepaid, whole, all_scheduled + all_prepaid, int(paid_off.size))


def _why_not(liquidated: float | None) -> str:
    if liquidated is None:
        return "the month's liquidation_proceeds and losses are not recorded, so it is not known which loans gone were liquidated"
    return (
        f"no loans that are gone make up the {liquidated:,.2f} liquidated (or several sets do), and the tape does not say which"
        " were"
    )


def _paid(was: Records, now: Records) -> tuple[Floats, Floats]:
    """Scheduled and prepaid principal of loans that go on, float64[loans] each."""
    fell = whole_balance(was) - whole_balance(now)
    changed = (was["rate"] != now["rate"]) & (was["payment_reset_frequency"] == 0)
    terms = was.replace(rate=now["rate"], payment=np.where(changed, np.nan, was["payment"]))
    due = np.where(was["status"] == "reo", 0.0, whole_balance(was) - scheduled_of(terms, 1))
    scheduled = np.where(fell <= due + CENTS, fell, np.round(np.maximum(due, 0.0), 2))
    return scheduled, fell - scheduled


def _due(before: Trust, rows: Array, indices: Indices, size: int) -> Floats:
    """Scheduled principal due of some loans in the month, by group: the engine's first month of them, none of them late."""
    if not rows.size:
        return np.zeros(size)
    loans = before["loans"].take(rows)
    alike = loans.replace(
        status=np.full(rows.size, "current"), months_delinquent=np.zeros(rows.size, dtype=np.int64),
        curve=np.full(rows.size, "default"),
    )  # fmt: skip
    reo = before["reo"].take(np.zeros(before["reo"].count, dtype=bool))
    some = replace(before, tables={**before.tables, "loans": alike, "reo": reo})
    none = read_curves(Table("curves", {"month": [1], "cpr": [0.0]}, order=("month", "cpr")))
    cash = project_collateral(some, none, indices, 1)
    found = np.zeros(size)
    for g, name in enumerate(cash.groups):
        found[before.groups.index(name)] = cash["scheduled_principal"][g, 1] + cash["advanced_principal"][g, 1]
    return found


def _liquidated(cents: Array, serious: Array, liquidated: float | None) -> Array | None:
    """Which of the loans gone were liquidated, bool[loans]; None where balances do not tell.

    Args:
        cents: balances of the loans gone.
        serious: which were 90 days late or worse.
        liquidated: dollars of them all.
    """
    if not cents.size:
        return np.zeros(0, dtype=bool) if liquidated is None or abs(liquidated) < 0.005 else None
    if liquidated is None:
        return None
    target = round(100.0 * liquidated)
    over = int(cents[serious].sum()) - target  # what the serious ones make too much
    if over == 0:
        return serious.copy()
    # A loan changes sides: one more serious loan paid off takes its balance away, one more liquidated brings it.
    moves = np.where(serious, cents, -cents)
    ones = np.flatnonzero(moves == over)
    if ones.size:
        return _moved(serious, ones) if ones.size == 1 else None
    order = np.argsort(moves, kind="stable")
    found = np.searchsorted(moves[order], over - moves)
    found = np.minimum(found, moves.size - 1)
    match = moves[order][found] == over - moves
    pairs = {tuple(sorted((int(a), int(order[found[a]])))) for a in np.flatnonzero(match)}
    pairs = {both for both in pairs if both[0] != both[1]}
    return _moved(serious, np.array(next(iter(pairs)))) if len(pairs) == 1 else None


def _moved(serious: Array, rows: Array) -> Array:
    changed = serious.copy()
    changed[rows] = ~changed[rows]
    return changed


def _reo_outside_gone(before: Trust, now: Trust, size: int) -> Floats:
    """Balances of REO that stood in no table of loans and are gone, by group."""
    owned = before["reo"]
    gone = ~np.isin(owned["loan_id"], now["reo"]["loan_id"])
    return _sum(before.reo_outside * gone, _group_rows(before, np.array(before.reo_groups, dtype=np.str_)), size)


def _group_rows(trust: Trust, names: Array) -> Array:
    """Each name's place among the trust's groups, int64[names]."""
    return np.searchsorted(np.array(trust.groups), names) if names.size else np.zeros(0, dtype=np.int64)


def _sum(values: Floats, group: Array, size: int) -> Floats:
    """Sums by group, float64[groups], exact to the cent."""
    return np.round(np.bincount(group, weights=values, minlength=size), 2)


def balances_by_group(trust: Trust, groups: tuple[str, ...]) -> dict[str, Floats]:
    """Balances at the cut-off as the waterfall reads them, float64[groups] each."""
    loans, reo = trust["loans"], trust["reo"]
    balance, status = whole_balance(loans), loans["status"]
    place = np.searchsorted(np.array(groups), loans["group"]) if loans.count else np.zeros(0, dtype=np.int64)
    outside = (
        np.searchsorted(np.array(groups), np.array(trust.reo_groups)) if reo.count else np.zeros(0, dtype=np.int64)
    )
    size = len(groups)

    def of(rows: Array) -> Floats:
        return _sum(np.where(rows, balance, 0.0), place, size)

    return {
        "performing_balance": of(~np.isin(status, ("foreclosure", "reo"))),
        "late_balance": of(np.isin(status, _BEHIND)),
        "foreclosure_balance": of(status == "foreclosure"),
        "reo_balance": of(status == "reo") + _sum(trust.reo_outside, outside, size),
    }


def collateral_of(
    before: Trust, now: Trust, month: PoolMonth, money: Mapping[str, Floats], not_advanced: float = 0.0
) -> CollateralCash:
    """The month's collections as collateral of one month.

    Args:
        before, now: the trust at both month-ends.
        month: what the loans say.
        money: the quantities of :data:`MONEY` and ``principal_collected``, dollars by group, float64[groups] each; proceeds
            and losses are those of loans and REO together.
        not_advanced: interest due, net of servicing, that nobody paid: it counts in net WAC caps.
    """
    groups = before.groups
    opening, closing = balances_by_group(before, groups), balances_by_group(now, groups)
    principal = money["principal_collected"]
    scheduled = principal if month.scheduled is None else np.minimum(month.scheduled, principal)
    share = opening["performing_balance"] / max(float(opening["performing_balance"].sum()), 0.01)
    flows = {
        "scheduled_principal": scheduled,
        "prepaid_principal": principal - scheduled,
        "liquidation_proceeds": money["liquidation_proceeds"],
        "liquidated_balance": money["liquidation_proceeds"] + money["realized_losses"],
        "losses": money["realized_losses"],
        "interest_due": money["interest_collected"] + not_advanced * share,
        "interest_paid": money["interest_collected"],
        "servicing_fee": money["servicing_fee"],
        "servicing_due": money["servicing_fee"],
    }
    fields = {name: np.column_stack([np.zeros(len(groups)), amounts]) for name, amounts in flows.items()}
    fields |= {name: np.column_stack([opening[name], closing[name]]) for name in opening}
    return CollateralCash(groups, fields)
