"""The proof that no cent is made or lost between the collateral and those it is paid to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.distributions import Distributions, fees_made_good
from xlfv.tables import Fault, Refused

CENT = 0.005


def prove_conservation(cash: CollateralCash, paid: Distributions) -> None:
    """Prove the law of cash to the cent, every month.

    Collections, advances, recoveries, derivative receipts, and draws on accounts and insurers equal servicing, costs, bond
    payments, derivative payments, deposits, reimbursements and the residual; pool, bond and account balances roll; no
    balance is negative; every loss is borne.

    Raises:
        Refused: naming the law, the month and the dollars missing.
    """
    faults: list[Fault] = []
    end = cash.end_balance
    scale = float(end[:, 0].sum())

    def prove(law: str, gap: NDArray[np.float64]) -> None:
        worst = int(np.argmax(np.abs(gap)))
        if not abs(gap.flat[worst]) <= max(CENT, 1e-13 * scale):
            month = np.unravel_index(worst, gap.shape)[-1]
            faults.append(
                Fault(f"{law}: {gap.flat[worst]:,.2f} dollars in month {month}", "projection", "a defect of xlfv")
            )

    brief = paid.brief
    gone = cash.balance_gone
    prove("cash is not conserved", _cash_gap(cash, paid))
    prove("the pool balance does not roll", _pool_gap(cash, end, gone))
    prove("a bond or account balance does not roll", brief.deal[:, w.BRIEF_GAP])
    negative = [end.min(axis=0), paid.residual]
    if brief.tranches.shape[1]:
        negative.append(brief.tranches[:, :, w.BRIEF_END].min(axis=1))
    prove("a balance or payment is negative", np.minimum(np.array(negative), 0.0))
    moved = np.diff(brief.deal[:, w.BRIEF_OC]) - (brief.deal[1:, w.BRIEF_RAISED] - gone[:, 1:].sum(axis=0))
    prove("losses are not borne: bonds and overcollateralization move by other than cash and losses", moved)
    if faults:
        raise Refused(faults)


def _cash_gap(cash: CollateralCash, paid: Distributions) -> NDArray[np.float64]:
    """Cash in less cash out by month."""
    _, _, unpaid = fees_made_good(cash.interest_funds, cash.principal)
    deal = paid.brief.deal
    into = (cash.interest_funds + cash.principal).sum(axis=0) + unpaid + deal[:, w.BRIEF_RECEIVED]
    into = into - deal[:, w.BRIEF_PUT_ASIDE] + deal[:, w.BRIEF_INSURED]
    out = deal[:, w.BRIEF_COSTS] + paid.bond_cash + deal[:, w.BRIEF_PAID] + paid.residual
    return into - out


def _pool_gap(cash: CollateralCash, end: NDArray[np.float64], gone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Balance before less what left less balance after, by group and month from 1; and interest due less its parts."""
    liquidated = cash["liquidated_balance"] - cash["liquidation_proceeds"] - cash["losses"]
    interest = cash["interest_due"] - cash["interest_paid"] - cash["interest_capitalized"]
    interest = interest - cash["interest_advanced"] - cash["interest_lost"]
    return np.concatenate([end[:, :-1] - gone[:, 1:] - end[:, 1:], liquidated[:, 1:], interest[:, 1:]])
