"""A projection seen from a later date: what it expects from there on, of the trust that it expects there.

Months that remit on or before the later date are cash received and dropped; cash, balances, derivatives, accounts and REO
of the months after them stand as the projection has them. It is what a fair value of today would be by then if everything
went as expected.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.kernels.brief import brief_of
from xlfv.market.calendar import add_months
from xlfv.model import MODEL_HASH
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.distributions import Distributions
from xlfv.projection.timeline import Timeline
from xlfv.tables import Fault, Refused
from xlfv.tables.schema import Records
from xlfv.trust.trust import Trust

STANDING = (
    "performing_balance", "delinquent_balance", "foreclosure_balance", "late_balance", "reo_balance",
    "advances_outstanding",
)  # fmt: skip
"""Quantities of the collateral that stand at the end of a month; all others flow in it."""
_BY_MONTH = (
    "coupon", "coupon_after", "accrual", "planned", "part", "cost_amount", "hedge_rate", "hedge_notional", "threshold",
    "age", "cost_year", "hedge_most",
)  # fmt: skip


def months_passed(timeline: Timeline, as_of: dt.date) -> int:
    """How many months of a timeline remit on or before a date.

    Raises:
        Refused: the date is not after the timeline's own, or nothing is left after it.
    """
    if as_of <= timeline.as_of:
        what = f"{as_of} does not lie after {timeline.as_of}"
        raise Refused(Fault(what, todo="give the earlier month-end first"))
    passed = sum(date <= as_of for date in timeline.dates[1:])
    if passed >= timeline.months:
        what = f"the projection of {timeline.as_of} ends on {timeline.dates[-1]}: nothing of it is left on {as_of}"
        raise Refused(Fault(what, todo="project it further, or take month-ends that lie closer together"))
    return passed


def later_timeline(timeline: Timeline, as_of: dt.date, passed: int) -> Timeline:
    """The months left of a timeline."""
    days = (0, *timeline.period_days[passed + 1 :]) if timeline.period_days else ()
    dated = timeline.dated or timeline.dates[passed] != as_of
    return Timeline(as_of, timeline.dates[passed:], dated, days)


def later_cash(cash: CollateralCash, passed: int) -> CollateralCash:
    """Collateral cash of the months left; month 0 keeps what stands at its end."""

    def later(fields: dict[str, NDArray]) -> dict[str, NDArray]:
        return {name: _left(values, passed, stands=name in STANDING) for name, values in fields.items()}

    return CollateralCash(cash.groups, later(cash.fields), cash.penalties_pass, lambda: later(cash.ledger))


def _left(values: NDArray, passed: int, *, stands: bool) -> NDArray:
    """The months left of an array [groups, months + 1]."""
    left = values[:, passed:].copy()
    if not stands:
        left[:, 0] = 0.0
    return left


def later_paid(paid: Distributions, passed: int) -> Distributions:
    """What the waterfall pays in the months left."""
    record, deal = _record(paid.record, passed), _deal(paid.deal, paid.record, passed)
    return Distributions(paid.tranches, deal, paid.rows, brief_of(deal, record), paid.ends, lambda: record)


def _record(record: w.Record, passed: int) -> w.Record:
    """The months left of a record; entry 0 keeps balances, and nothing that flows."""
    whole = w.Record(*((part[passed:] if part is record.deal else part[:, passed:]).copy() for part in record))
    stands = {
        "tranches": [w.T_SHORTFALL, w.T_BASIS, w.T_LOSS, w.T_END], "triggers": [0, 1, 2], "deal": [1, 2, 3, 4],
        "accounts": [4, 5], "insurers": [2],
    }  # fmt: skip
    for name, part in zip(record._fields, whole, strict=True):
        first = part[0] if name == "deal" else part[:, 0]
        kept = first[..., stands.get(name, [])].copy()
        first[...] = 0.0
        first[..., stands.get(name, [])] = kept
    return whole


def _deal(deal: w.Deal, record: w.Record, passed: int) -> w.Deal:
    """The rules with the months passed left out, and what is owed then."""
    at = record.tranches[:, passed]
    monthly: dict[str, Any] = {name: np.ascontiguousarray(getattr(deal, name)[..., passed:]) for name in _BY_MONTH}
    return deal._replace(
        **monthly,
        balance=at[:, w.T_END].copy(), shortfall=at[:, w.T_SHORTFALL].copy(), carryforward=at[:, w.T_BASIS].copy(),
        written=at[:, w.T_LOSS].copy(), account_balance=record.accounts[:, passed, 4].copy(),
        final_month=np.where(deal.final_month > 0, np.maximum(deal.final_month - passed, 1), 0),
    )  # fmt: skip


def later_trust(
    trust: Trust, cash: CollateralCash, paid: Distributions, as_of: dt.date, passed: int, called: int = 0
) -> Trust:
    """The trust as it is expected at the later date: its loans by group only, their balances in ``pool``.

    Args:
        cash, paid: of the months left.
        called: the month of the call, 0 for none; in it property was sold with the loans.
    """
    reo, bonds, loans = trust["reo"], trust["bonds"], trust["loans"]
    real = bonds["kind"] != "residual"
    record = paid.record
    owed = {
        name: bonds[name].copy() for name in ("balance", "interest_shortfall", "basis_risk_carryforward", "writedown")
    }
    columns = (w.T_END, w.T_SHORTFALL, w.T_BASIS, w.T_LOSS)
    for name, column in zip(owed, columns, strict=True):
        owed[name][real] = record.tranches[:, 0, column]
    kept = (reo["months_to_sale"] > passed) & (not 0 < called <= passed)
    owned = reo.take(kept).replace(months_to_sale=reo["months_to_sale"][kept] - passed)
    if reo.count:  # the loans are no longer there to tell their groups
        carried = dict(zip(map(str, loans["loan_id"]), loans["balance"] + loans["deferred_balance"], strict=True))
        balance = [carried.get(str(i), float(b)) for i, b in zip(owned["loan_id"], owned["balance"], strict=True)]
        groups = np.array([g for g, k in zip(trust.reo_groups, kept, strict=True) if k], dtype=np.str_)
        owned = owned.replace(group=groups, balance=np.array(balance))
    hedges = trust["hedges"]
    tables = {
        **trust.tables,
        "loans": loans.take(np.zeros(loans.count, dtype=bool)),
        "bonds": bonds.replace(**owed, accrual_start=_later_dates(bonds, trust.as_of, passed)),
        "reo": owned,
        "hedges": hedges.replace(
            start=np.maximum(hedges["start"] - passed, 0), end=np.maximum(hedges["end"] - passed, 0)
        ),
        "accounts": trust["accounts"].replace(balance=record.accounts[:, 0, 4].copy()),
    }
    pool = dict(zip(cash.groups, cash.end_balance[:, 0].tolist(), strict=True))
    digest = hashlib.sha256(f"seen:{MODEL_HASH}:{trust.digest}:{as_of}".encode()).hexdigest()
    notice = (
        f"this is {trust.name} as expected on {as_of} by the projection of {trust.as_of}: its loans are known by group"
    )
    return Trust(trust.name, as_of, tables, trust.terms, trust.steps, (*trust.notices, notice), digest, {}, pool)


def _later_dates(bonds: Records, as_of: dt.date, passed: int) -> NDArray:
    """First days of the accrual periods that run then; blank where none is given."""
    starts = bonds["accrual_start"].copy()
    for row in np.flatnonzero(~np.isnat(starts)):
        start = starts[row].item()
        starts[row] = np.datetime64(add_months(start, passed, start.day), "D")
    return starts


def later_parts(
    timeline: Timeline, cash: CollateralCash, paid: Distributions, trust: Trust, as_of: dt.date, called: int = 0
) -> tuple[int, Timeline, CollateralCash, Distributions, Trust]:
    """The parts of a projection as seen from a later date, and the months passed.

    Raises:
        Refused: as :func:`months_passed`.
    """
    passed = months_passed(timeline, as_of)
    left, kept = later_cash(cash, passed), later_paid(paid, passed)
    later = later_trust(trust, left, kept, as_of, passed, called)
    return passed, later_timeline(timeline, as_of, passed), left, kept, later
