"""The columns of collateral cash flows in cells: their names in the order in which they are told, and their numbers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from xlfv.excel.words import did_you_mean
from xlfv.kernels.deal import T_ACCRETED
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, plain, refuse_if

Floats = NDArray[np.float64]

LOANS: Final = (
    # balances
    "begin_balance", "performing_balance", "delinquent_balance", "foreclosure_balance", "reo_balance", "end_balance",
    "late_balance", "sixty_plus_balance",
    # principal
    "scheduled_principal", "prepaid_principal", "curtailed_principal", "advanced_principal", "call_price", "principal",
    # defaults and liquidations
    "new_defaults", "cured_balance", "liquidated_balance", "liquidation_proceeds", "mi_proceeds", "losses",
    "liquidation_expenses", "subsequent_recoveries", "reo_sold", "reo_proceeds", "reo_losses", "all_losses",
    # interest
    "interest_due", "interest_paid", "interest_capitalized", "interest_advanced", "interest_lost", "gross_interest",
    "servicing_due", "servicing_fee", "net_interest", "penalties", "interest_funds", "loan_cash",
    # the servicer's account
    "advances_repaid", "advances_outstanding",
    # rates
    "gross_wac", "net_wac",
)  # fmt: skip
"""What is told of the loans of a trust, of a group, and of a single one."""
DEAL: Final = (
    "costs", "hedge_received", "hedge_paid", "account_cash", "insurer_cash", "bond_cash", "accreted", "residual_cash",
    "oc", "oc_target", "stepped_down",
)  # fmt: skip
"""What is told of the whole trust only."""
USUAL: Final = (
    "begin_balance", "scheduled_principal", "prepaid_principal", "advanced_principal", "liquidation_proceeds",
    "reo_proceeds", "all_losses", "net_interest", "costs", "end_balance",
)  # fmt: skip
"""What is shown where no columns are asked for."""
TRANCHE: Final = (
    # balance
    "begin_balance", "principal_paid", "accreted", "writedown", "writeup", "end_balance", "factor",
    # interest
    "coupon", "interest_due", "interest_paid", "interest_shortfall", "shortfall_interest", "shortfall_paid",
    "capped_interest", "basis_risk_carryforward", "basis_risk_interest", "basis_risk_paid",
    # losses made good, and all cash
    "unpaid_loss", "loss_paid", "cash",
)  # fmt: skip
"""What is told of a class."""
TRANCHE_USUAL: Final = (
    "begin_balance", "coupon", "interest_due", "interest_paid", "shortfall_paid", "interest_shortfall",
    "basis_risk_paid", "basis_risk_carryforward", "principal_paid", "accreted", "writedown", "writeup", "loss_paid",
    "end_balance", "cash",
)  # fmt: skip
"""What is shown of a class where no columns are asked for: its balance rolls and its cash adds up."""
_RATES: Final = ("gross_wac", "net_wac")
_PROPERTIES: Final = {"sixty_plus_balance": "behind"}


def wanted(columns: tuple[str, ...] | None, known: tuple[str, ...], usual: tuple[str, ...] = USUAL) -> list[str]:
    """The columns asked for, or the usual ones of those known; month and date come anyway.

    Raises:
        Refused: naming each column that is not known.
    """
    asked = columns or [name for name in usual if name in known]
    names = [name for name in map(plain, asked) if name not in ("month", "date")]
    refuse_if(
        [Fault(f"there is no column '{name}'", "columns", _advice(name, known)) for name in names if name not in known]
    )
    return names


def _advice(name: str, known: tuple[str, ...]) -> str:
    if name in DEAL:
        return "it is of the whole trust: ask XLFV_TRUST_CASHFLOW for it without a group"
    return did_you_mean(name, known) or f"one of {', '.join(known)}"


def of_loans(cash: CollateralCash, name: str, rows: list[int] | None = None) -> Floats:
    """A column of :data:`LOANS`, float64[months + 1]: dollars, or a rate a year.

    Args:
        cash: the collateral, by group.
        name: the column.
        rows: which groups are summed; None for all.
    """
    if name in _RATES:
        due = of_loans(cash, "interest_due", rows)
        if name == "net_wac":
            due = due - of_loans(cash, "servicing_due", rows)
        accrues = of_loans(cash, "accruing_balance", rows)
        return np.divide(12.0 * due, accrues, out=np.zeros_like(due), where=accrues > 0.0)
    part = _PROPERTIES.get(name, name)
    values: Floats = getattr(cash, part) if hasattr(CollateralCash, part) else cash[part]
    return np.asarray((values if rows is None else values[rows]).sum(axis=0))


def of_deal(projection: Projection, name: str) -> Floats:
    """A column of :data:`DEAL`, float64[months + 1]: dollars; stepped_down is 1 from the step-down date on."""
    paid = projection.distributions
    columns = {
        "costs": paid.costs_paid, "hedge_received": paid.hedge_received, "hedge_paid": paid.hedge_paid,
        "account_cash": paid.account_cash, "insurer_cash": paid.insurer_cash, "bond_cash": paid.bond_cash,
        "accreted": paid.record.tranches[:, :, T_ACCRETED].sum(axis=0), "residual_cash": paid.residual,
        "oc": paid.oc,
        "oc_target": paid.oc_target,
        "stepped_down": paid.record.deal[:, 4],
    }  # fmt: skip
    return columns[name]


def of_tranche(projection: Projection, tranche: str) -> dict[str, Floats]:
    """The columns of :data:`TRANCHE`, float64[months + 1]: dollars; the coupon a year; the factor a share of the original.

    The original balance of a class is that of the bonds, today's where none is given.

    Raises:
        Refused: there is no such class; ``code`` is ``#N/A``.
    """
    name = projection.check_tranche(tranche)
    columns = projection.distributions.tranche(name)
    end = columns["end_balance"]
    original = float(projection.trust.classes["original_balance"][projection.trust.tranches.index(name)])
    original = original if original > 0.0 else float(end[0])
    return {**columns, "factor": end / original if original > 0.0 else np.zeros_like(end)}
