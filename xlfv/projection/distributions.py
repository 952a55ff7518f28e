"""From collateral cash to bonds, costs, derivatives and residual; and the proof that no cent is made or lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.kernels.waterfall import run
from xlfv.market.indices import Indices
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.program import compile_deal, parts_of
from xlfv.projection.timeline import Timeline
from xlfv.tables import Fault, Refused
from xlfv.trust.trust import Trust

CENT = 0.005

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
        record: the kernel's record.
        rows: which step of the table each step that was run belongs to.
    """

    tranches: tuple[str, ...]
    deal: w.Deal
    record: w.Record
    rows: tuple[int, ...]

    def tranche(self, name: str) -> dict[str, NDArray[np.float64]]:
        """A class's columns by name, float64[months + 1] each; ``cash`` is all it is paid."""
        rows = self.record.tranches[self.tranches.index(name)]
        fields = {key: rows[:, column] for key, column in TRANCHE_FIELDS.items()}
        # The coupon shown is the one paid on: after a net WAC cap, and none once the class is retired.
        uncapped = fields["interest_due"] + fields["capped_interest"]
        kept = np.divide(fields["interest_due"], uncapped, out=np.zeros_like(uncapped), where=uncapped > 0.0)
        fields["coupon"] = fields["coupon"] * kept
        interest = fields["interest_paid"] + fields["shortfall_paid"] + fields["basis_risk_paid"]
        return {**fields, "cash": interest + fields["principal_paid"] + fields["loss_paid"]}

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
        return self.record.deal[:, 0]

    @property
    def bond_cash(self) -> NDArray[np.float64]:
        """Cash to all classes, float64[months + 1]."""
        paid = [w.T_INTEREST_PAID, w.T_SHORTFALL_PAID, w.T_BASIS_PAID, w.T_PRINCIPAL, w.T_LOSS_PAID]
        return self.record.tranches[:, :, paid].sum(axis=(0, 2))

    @property
    def insurer_cash(self) -> NDArray[np.float64]:
        """What insurers pay less what they are paid back, float64[months + 1]."""
        return self.record.insurers[:, :, 0].sum(axis=0) - self.record.insurers[:, :, 1].sum(axis=0)

    @property
    def account_cash(self) -> NDArray[np.float64]:
        """What accounts give less what is deposited to them, float64[months + 1]."""
        rows = self.record.accounts.sum(axis=0)
        return rows[:, 2] + rows[:, 3] - rows[:, 1]

    @property
    def undercollateralization(self) -> NDArray[np.float64]:
        """What the notes exceed the pool by at the end of each month, float64[months + 1]; nobody has borne it yet."""
        return np.maximum(-self.record.deal[:, 2], 0.0)

    @property
    def hedge_received(self) -> NDArray[np.float64]:
        """Cash from derivatives inside the trust, float64[months + 1]."""
        return self.record.hedges[self.deal.hedge_inside, :, 1].sum(axis=0)

    @property
    def hedge_paid(self) -> NDArray[np.float64]:
        """Cash to derivatives inside the trust, float64[months + 1]."""
        return self.record.hedges[self.deal.hedge_inside, :, 2].sum(axis=0)

    @property
    def costs_paid(self) -> NDArray[np.float64]:
        """Trust costs paid, float64[months + 1]."""
        return self.record.costs[:, :, 1].sum(axis=0)


def distribute(
    trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline, called: int = 0
) -> Distributions:
    """Run the trust's waterfall over collateral cash.

    Args:
        called: the month of the clean-up call, whose price is in the cash; 0 for none.

    Raises:
        Refused: the deal asks for an index that is not given; or the proof of conservation fails, which is a defect.
    """
    deal = compile_deal(trust, indices, timeline, called)
    flows = flows_of(cash)
    rows = tuple(part.row for part in parts_of(trust))
    paid = Distributions(trust.tranches, deal, run(deal, flows), rows)
    prove_conservation(cash, paid)
    return paid


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
    flows[:, :, w.C_SCHEDULED] = cash["scheduled_principal"] + cash["advanced_principal"]
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


def prove_conservation(cash: CollateralCash, paid: Distributions) -> None:
    """Prove the law of cash to the cent, every month.

    Collections, advances, recoveries, derivative receipts, and draws on accounts and insurers equal servicing, costs, bond
    payments, derivative payments, deposits, reimbursements and the residual; pool, bond and account balances roll; no
    balance is negative; every loss is borne.

    Raises:
        Refused: naming the law, the month and the dollars missing.
    """
    faults: list[Fault] = []

    def prove(law: str, gap: NDArray[np.float64], scale: float) -> None:
        worst = int(np.argmax(np.abs(gap)))
        if not abs(gap.flat[worst]) <= max(CENT, 1e-13 * scale):
            month = np.unravel_index(worst, gap.shape)[-1]
            faults.append(
                Fault(f"{law}: {gap.flat[worst]:,.2f} dollars in month {month}", "projection", "a defect of xlfv")
            )

    pool = cash.end_balance.sum(axis=0)
    scale = float(pool[0])
    prove("cash is not conserved", _cash_gap(cash, paid), scale)
    prove("the pool balance does not roll", _pool_gap(cash), scale)
    rows = paid.record.tranches
    moved = rows[:, 1:, w.T_BEGIN] - rows[:, 1:, w.T_PRINCIPAL] - rows[:, 1:, w.T_WRITEDOWN] - rows[:, 1:, w.T_END]
    moved = moved + rows[:, 1:, w.T_ACCRETED] + rows[:, 1:, w.T_WRITEUP]
    own = paid.deal.notional_kind == w.OWN
    if np.any(own):
        prove("a bond balance does not roll", moved[own], scale)
        prove("write-downs do not roll", _unpaid_loss_gap(paid), scale)
    accounts = paid.record.accounts
    if accounts.size:
        kept = accounts[:, 1:, 0] + accounts[:, 1:, 1] - accounts[:, 1:, 2] - accounts[:, 1:, 3] - accounts[:, 1:, 4]
        prove("an account does not roll", kept, scale)
        prove("an account is negative", np.minimum(accounts, 0.0), scale)
    for name, values in (("pool", cash.end_balance), ("bond", rows[:, :, w.T_END]), ("residual", paid.residual)):
        if values.size:
            prove(f"a {name} balance or payment is negative", np.minimum(values, 0.0), scale)
    prove(
        "losses are not borne: bonds and overcollateralization move by other than cash and losses",
        _loss_gap(cash, paid),
        scale,
    )
    if faults:
        raise Refused(faults)


def _cash_gap(cash: CollateralCash, paid: Distributions) -> NDArray[np.float64]:
    """Cash in less cash out by month."""
    _, _, unpaid = fees_made_good(cash.interest_funds, cash.principal)
    into = (cash.interest_funds + cash["servicing_fee"] + cash.principal).sum(axis=0) + unpaid + paid.hedge_received
    into = into + paid.account_cash + paid.insurer_cash
    out = cash["servicing_fee"].sum(axis=0) + paid.costs_paid + paid.bond_cash + paid.hedge_paid + paid.residual
    return into - out


def _loss_gap(cash: CollateralCash, paid: Distributions) -> NDArray[np.float64]:
    """Change of overcollateralization less what moved it, by month from 1.

    What leaves the pool lowers it, paid or lost; principal paid to notes and write-downs raise it, and so does interest
    added to the loans' balances; what z classes accrete and write-ups lower it.
    """
    notes = paid.record.tranches[paid.deal.is_note]
    given = (notes[:, 1:, w.T_PRINCIPAL] + notes[:, 1:, w.T_WRITEDOWN]).sum(axis=0)
    given = given - (notes[:, 1:, w.T_ACCRETED] + notes[:, 1:, w.T_WRITEUP]).sum(axis=0)
    taken = cash.balance_gone[:, 1:].sum(axis=0)
    return np.diff(paid.record.deal[:, 2]) - (given - taken)


def _unpaid_loss_gap(paid: Distributions) -> NDArray[np.float64]:
    """Write-downs outstanding before, more written down, less made good, less outstanding after; by class from month 1."""
    rows = paid.record.tranches
    moved = rows[:, 1:, w.T_WRITEDOWN] - rows[:, 1:, w.T_WRITEUP] - rows[:, 1:, w.T_LOSS_PAID]
    return moved - np.diff(rows[:, :, w.T_LOSS], axis=1)


def _pool_gap(cash: CollateralCash) -> NDArray[np.float64]:
    """Balance before less what left less balance after, by group and month from 1; and interest due less its parts."""
    balance = cash.begin_balance - cash.balance_gone - cash.end_balance
    liquidated = cash["liquidated_balance"] - cash["liquidation_proceeds"] - cash["losses"]
    interest = cash["interest_due"] - cash["interest_paid"] - cash["interest_capitalized"]
    interest = interest - cash["interest_advanced"] - cash["interest_lost"]
    return np.concatenate([balance[:, 1:], liquidated[:, 1:], interest[:, 1:]])
