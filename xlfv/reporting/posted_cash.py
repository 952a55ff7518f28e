"""What a ledger posted as cash, held against what was paid by another account of it (the two states, a table of cash)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlfv.valuation import fair_value as fv

BORROWINGS = "borrowings"
SIDES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "collateral": (
        ("interest_collected", "principal_collected", "liquidation_proceeds", "penalties_collected"),
        ("servicing_paid", "costs_paid", "loans_bought"),
    ),
    "REO": (("reo_sales_proceeds",), ()),
    "derivatives received": (("hedge_received",), ()),
    BORROWINGS: (("bond_interest_paid", "bond_principal_paid"), ("bonds_issued",)),
    "derivatives paid": (("hedge_paid",), ()),
    "residual": (("residual_cash",), ()),
}
"""Side of the balance -> items of the ledger that are its cash, and those that lessen it."""
_ITEMS = {
    "collateral": fv.COLLATERAL, "REO": fv.REO, "derivatives received": fv.DERIVATIVE_ASSETS,
    "derivatives paid": fv.DERIVATIVE_LIABILITIES, "residual": fv.RESIDUAL_INTEREST,
}  # fmt: skip
SAME = 1.0  # dollars: trustees round loan by loan


@dataclass(frozen=True)
class Apart:
    """A side of the balance whose posted cash is not what was paid by the other account.

    Attributes:
        side: of :data:`SIDES`.
        posted: dollars by the ledger.
        paid: dollars by the other account.
    """

    side: str
    posted: float
    paid: float


def posted_by_side(amounts: Mapping[str, float]) -> dict[str, float]:
    """Dollars of cash by side of the balance, as a ledger's items say it; what is not posted is 0."""
    return {
        side: sum(amounts.get(item, 0.0) for item in more) - sum(amounts.get(item, 0.0) for item in less)
        for side, (more, less) in SIDES.items()
    }


def paid_by_side(paid: Mapping[str, float], classes: Iterable[str]) -> dict[str, float]:
    """The same of cash by item of the balance; classes are the borrowings."""
    found = {side: paid.get(item, 0.0) for side, item in _ITEMS.items()}
    return found | {BORROWINGS: sum(paid.get(name, 0.0) for name in classes)}


def apart(posted: Mapping[str, float], paid: Mapping[str, float], same: float = SAME) -> tuple[Apart, ...]:
    """Sides on which two accounts of the cash differ by more than ``same`` dollars, in the order of the balance."""
    return tuple(
        Apart(side, posted[side], paid[side])
        for side in SIDES
        if side in posted and abs(posted[side] - paid[side]) > same
    )
