"""From collateral cash to bonds, costs, derivatives and residual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.kernels.brief import Brief, brief_of
from xlfv.kernels.lanes import LANES
from xlfv.kernels.runs import beside, run, run_eight
from xlfv.market.indices import Indices
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.cores import side_by_side
from xlfv.projection.program import compile_deal, parts_of
from xlfv.projection.rates import termination_values
from xlfv.projection.timeline import Timeline
from xlfv.trust.trust import Trust

TRANCHE_FIELDS: dict[str, int] = {
    "begin_balance": w.T_BEGIN,
    "coupon": w.T_COUPON,
    "interest_due": w.T_INTEREST_DUE,
    "interest_paid": w.T_INTEREST_PAID,
    "shortfall_paid": w.T_SHORTFALL_PAID,
    "interest_shortfall": w.T_SHORTFALL,
    "capped_interest": w.T_CAPPED,
    "basis_risk_paid": w.T_BASIS_PAID,
    "basis_risk_carryforward": w.T_BASIS,
    "principal_paid": w.T_PRINCIPAL,
    "writedown": w.T_WRITEDOWN,
    "end_balance": w.T_END,
    "shortfall_interest": w.T_SHORTFALL_INTEREST,
    "basis_risk_interest": w.T_BASIS_INTEREST,
    "accreted": w.T_ACCRETED,
    "writeup": w.T_WRITEUP,
    "loss_paid": w.T_LOSS_PAID,
    "unpaid_loss": w.T_LOSS,
}


@dataclass(frozen=True)
class Distributions:
    """What the waterfall paid, month by month.

    Attributes:
        tranches: names of the classes.
        deal: the compiled rules.
        rows: which step of the table each step that was run belongs to.
        brief: what most questions ask, see :class:`xlfv.kernels.waterfall.Brief`; without a last axis.
        ends: dollars to the trust as each derivative is terminated in the month of a call, float64[derivatives].
        work_record: gives the kernel's whole record.
    """

    tranches: tuple[str, ...]
    deal: w.Deal
    rows: tuple[int, ...]
    brief: Brief
    ends: NDArray[np.float64]
    work_record: Callable[[], w.Record] = field(repr=False)

    @cached_property
    def record(self) -> w.Record:
        """Every class, step, cost, derivative, trigger, account and insurer by month."""
        return self.work_record()

    def tranche(self, name: str) -> dict[str, NDArray[np.float64]]:
        """A class's columns by name, float64[months + 1] each; ``cash`` is all it is paid."""
        rows = self.record.tranches[self.tranches.index(name)]
        fields = {key: rows[:, column] for key, column in TRANCHE_FIELDS.items()}
        fields["coupon"] = _coupon_paid_on(rows)
        return {**fields, "cash": self.cash(name)}

    def cash(self, name: str) -> NDArray[np.float64]:
        """All that a class is paid, float64[months + 1]."""
        return self.brief.tranches[:, self.tranches.index(name), w.BRIEF_CASH]

    def principal(self, name: str) -> NDArray[np.float64]:
        """Principal that a class is paid, float64[months + 1]."""
        return self.brief.tranches[:, self.tranches.index(name), w.BRIEF_PRINCIPAL]

    def end_balance(self, name: str) -> NDArray[np.float64]:
        """A class's balance (an io's notional) at the end of each month, float64[months + 1]; month 0 is today's."""
        return self.brief.tranches[:, self.tranches.index(name), w.BRIEF_END]

    def unpaid_loss(self, name: str) -> NDArray[np.float64]:
        """A class's write-downs that are not made good, at the end of each month, float64[months + 1]."""
        return self.brief.tranches[:, self.tranches.index(name), w.BRIEF_LOSS]

    def first_coupon(self, name: str) -> float:
        """The coupon that a class is paid on in month 1."""
        return float(_coupon_paid_on(self.brief.first[self.tranches.index(name)]))

    @property
    def steps(self) -> NDArray[np.float64]:
        """Available, due, paid and short of each step of the table, float64[steps + 1, months + 1, 4]; last, left over."""
        whole = np.zeros((max(self.rows, default=-1) + 2, *self.record.steps.shape[1:]))
        for s, row in enumerate((*self.rows, len(whole) - 1)):
            whole[row] += self.record.steps[s]
        return whole

    @property
    def residual(self) -> NDArray[np.float64]:
        """Cash to the residual, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_RESIDUAL]

    @property
    def bond_cash(self) -> NDArray[np.float64]:
        """Cash to all classes, float64[months + 1]."""
        return self.brief.tranches[:, :, w.BRIEF_CASH].sum(axis=1)

    @property
    def insurer_cash(self) -> NDArray[np.float64]:
        """What insurers pay less what they are paid back, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_INSURED]

    @property
    def account_cash(self) -> NDArray[np.float64]:
        """What accounts give less what is deposited to them, float64[months + 1]."""
        return -self.brief.deal[:, w.BRIEF_PUT_ASIDE]

    @property
    def bond_balance(self) -> NDArray[np.float64]:
        """Balance of all notes at the end of each month, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_BONDS]

    @property
    def oc(self) -> NDArray[np.float64]:
        """Overcollateralization at the end of each month, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_OC]

    @property
    def oc_target(self) -> NDArray[np.float64]:
        """Its target, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_TARGET]

    @property
    def undercollateralization(self) -> NDArray[np.float64]:
        """What the notes exceed the pool by at the end of each month, float64[months + 1]; nobody has borne it yet."""
        return np.maximum(-self.oc, 0.0)

    @property
    def hedge_received(self) -> NDArray[np.float64]:
        """Cash from derivatives inside the trust, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_RECEIVED]

    @property
    def hedge_paid(self) -> NDArray[np.float64]:
        """Cash to derivatives inside the trust, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_PAID]

    @property
    def costs_paid(self) -> NDArray[np.float64]:
        """Trust costs paid, float64[months + 1]."""
        return self.brief.deal[:, w.BRIEF_COSTS]


def _coupon_paid_on(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The coupon after a net WAC cap, and none once the class is retired; of a class's record, [..., columns]."""
    due = rows[..., w.T_INTEREST_DUE]
    uncapped = due + rows[..., w.T_CAPPED]
    kept = np.divide(due, uncapped, out=np.zeros_like(uncapped), where=uncapped > 0.0)
    return np.asarray(rows[..., w.T_COUPON] * kept)


def distribute(
    trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline, called: int = 0
) -> Distributions:
    """Run the trust's waterfall over collateral cash.

    Args:
        called: the month of the clean-up call, whose price is in the cash; 0 for none.

    Raises:
        Refused: the deal asks for an index that is not given.
    """
    deal = compile_deal(trust, indices, timeline)
    ends = termination_values(trust, indices, timeline)[:, called].copy()
    record = run(deal, flows_of(cash), called, ends)
    return Distributions(trust.tranches, deal, _rows(trust), brief_of(deal, record), ends, lambda: record)


def distribute_all(
    trust: Trust, cash: Sequence[CollateralCash], indices: Indices, timeline: Timeline, called: Sequence[int]
) -> list[Distributions]:
    """Run the waterfall over the cash of several scenarios, eight side by side, on all cores.

    Each is what :func:`distribute` gives, to the last bit; the whole record is worked when it is asked for.
    """
    if len(cash) == 1:
        return [distribute(trust, cash[0], indices, timeline, called[0])]
    deal = compile_deal(trust, indices, timeline)
    rows = _rows(trust)
    flows = [flows_of(one) for one in cash]
    settlements = termination_values(trust, indices, timeline)
    ends = [settlements[:, month].copy() for month in called]
    eights = range(0, len(flows), LANES)
    found: list[Brief | None] = [None] * len(eights)

    def work(first: int, last: int) -> None:
        for e in range(first, last):
            at = slice(e * LANES, (e + 1) * LANES)
            months, settled = np.zeros(LANES), np.zeros((deal.hedge_linked.size, LANES))
            months[: len(called[at])] = called[at]
            settled[:, : len(called[at])] = np.array(ends[at]).T
            found[e] = run_eight(deal, beside(flows[at]), months, settled)

    side_by_side(work, 0, len(eights))
    paid = []
    for k, flow in enumerate(flows):
        eight = found[k // LANES]
        assert eight is not None
        brief = Brief(*(part[..., k % LANES] for part in eight))
        record = partial(run, deal, flow, called[k], ends[k])
        paid.append(Distributions(trust.tranches, deal, rows, brief, ends[k], record))
    return paid


def _rows(trust: Trust) -> tuple[int, ...]:
    return tuple(part.row for part in parts_of(trust))


def flows_of(cash: CollateralCash) -> NDArray[np.float64]:
    """Collateral cash as the waterfall takes it, float64[groups, months + 1, 10]; see the C_ columns of the kernel."""
    flows = np.zeros((len(cash.groups), cash.months + 1, w.CASH_COLUMNS))
    flows[:, :, w.C_INTEREST], flows[:, :, w.C_PRINCIPAL], _ = fees_made_good(cash.interest_funds, cash.principal)
    flows[:, :, w.C_LOSS] = cash.all_losses
    flows[:, :, w.C_BEGIN] = cash.begin_balance
    flows[:, :, w.C_END] = cash.end_balance
    flows[:, :, w.C_LATE] = cash.behind
    flows[:, :, w.C_ACCRUES] = cash.accruing_balance
    flows[:, :, w.C_NET_DUE] = cash["interest_due"] - cash["servicing_due"]
    scheduled = cash["scheduled_principal"] + cash["advanced_principal"]
    flows[:, :, w.C_SCHEDULED] = np.minimum(scheduled, flows[:, :, w.C_PRINCIPAL])  # fees may have taken some of it
    # A bond as collateral may be written up: no cash, yet its holders' write-downs are made good by it too.
    flows[:, :, w.C_RECOVERED] = cash["subsequent_recoveries"] + np.maximum(-cash["losses"], 0.0)
    return flows


def fees_made_good(
    interest: NDArray[np.float64], principal: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What the waterfall receives where servicing takes more than a group's interest (loans modified to a rate near nil).

    Servicers keep their fees out of all they collect: what interest lacks comes out of the group's principal, then out
    of the other groups' interest and principal in proportion. No class and no payee ever pays in.

    Args:
        interest: net of servicing, float64[groups, months + 1]; may be below 0.
        principal: float64[groups, months + 1].

    Returns:
        Interest and principal, none below 0, and what no collection covers, float64[months + 1]: the servicer goes without.
    """
    lack = np.maximum(-interest, 0.0)
    if not lack.any():
        return interest, principal, np.zeros(interest.shape[1])
    interest = np.maximum(interest, 0.0)
    own = np.minimum(lack, principal)
    principal, left = principal - own, (lack - own).sum(axis=0)
    for funds in (interest, principal):
        whole = funds.sum(axis=0)
        taken = np.minimum(left, whole)
        funds *= 1.0 - np.divide(taken, whole, out=np.zeros_like(whole), where=whole > 0.0)
        left = left - taken
    return interest, principal, left
