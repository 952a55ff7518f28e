"""Small deals for the tests of values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.projection import Projection, project
from xlfv.tables import Table, from_grid
from xlfv.trust.trust import build_trust

AS_OF = dt.date(2009, 12, 31)
LOANS = [
    ["loan_id", "balance", "rate", "remaining_term", "servicing_fee"],
    ["L1", 6e6, 0.07, 300, 0.0025],
    ["L2", 4e6, 0.06, 180, 0.0],
]
BONDS = [
    ["tranche", "balance", "coupon", "kind"],
    ["A", 8e6, 0.05, "senior"],
    ["M", 1e6, 0.06, "mezzanine"],
    ["B", 0.8e6, 0.07, "subordinate"],
]
WATERFALL = [
    ["step", "from", "pay", "to"],
    ["fee", "interest", "trustee", None],
    ["i", "interest", "interest", "A, M, B"],
    ["p", "principal", "principal", "A, M, B"],
    ["oc", "excess", "oc", "A, M, B"],
    ["loss", "principal", "writedown", "B, M, A"],
    ["r", "excess", "residual", None],
]
COSTS = [["cost", "basis", "rate"], ["trustee", "pool_balance", 0.0003]]
TERMS = [["term", "value"], ["oc_target", 300_000]]
CURVES = [["month", "cpr", "cdr", "severity", "recovery_lag"], [1, "6 ramp 24 to 12", 0.04, 0.45, 9]]
INDICES = [["month", "LIBOR_1M", "discount"], *[[m, 0.01 + 0.0002 * m, 0.012 + 0.0001 * m] for m in range(0, 121)]]


def grid_table(name: str, grid: list[list[Any]]) -> Table:
    """A table of a grid."""
    return from_grid(name, grid)


def small_deal(*, months: int | None = None, curves: Any = None, indices: Any = None, **changed: Any) -> Projection:
    """A projection of the small deal, with some of its tables changed (None takes one out)."""
    grids = {"loans": LOANS, "bonds": BONDS, "waterfall": WATERFALL, "costs": COSTS, "terms": TERMS, **changed}
    trust = build_trust("SMALL", AS_OF, {name: grid_table(name, grid) for name, grid in grids.items() if grid})
    given = read_indices(grid_table("indices", indices)) if indices else NO_INDICES
    return project(trust, read_curves(grid_table("curves", curves or CURVES)), given, months)


def yields_of(**rates: float) -> Table:
    """A yields table."""
    return grid_table("yields", [["item", "yield"], *[[name, rate] for name, rate in rates.items()]])
