"""Calls about the collateral's yield and the values that rest on it."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import BLANK, CURVES, INDICES, TRUST, YIELDS, changed
from tests.excel.goldens.months import WHOLE, WHOLE_AFTER, YIELDS_AFTER
from xlfv.excel.example_deal import DEAL

GRID = DEAL["weighted_grid"]
BARE = [[*YIELDS[0], "cash_basis", "wrap"], *[[*row, "contractual", "no"] for row in YIELDS[1:]]]
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_BLENDED_YIELD", [WHOLE, YIELDS]),
    ("XLFV_BLENDED_YIELD", [WHOLE_AFTER, YIELDS_AFTER]),
    ("XLFV_BLENDED_YIELD", [WHOLE, changed(YIELDS, 2, 1, BLANK)]),
    ("XLFV_VALUE_CHECKS", [WHOLE, YIELDS]),
    ("XLFV_VALUE_CHECKS", [WHOLE_AFTER, BARE]),
    ("XLFV_VALUE_CHECKS", [TRUST, YIELDS]),
    ("XLFV_WEIGHTED_VALUE", [TRUST, CURVES, YIELDS, GRID, INDICES, 120.0]),
    ("XLFV_WEIGHTED_VALUE", [TRUST, CURVES, changed(YIELDS, 1, 0, "Q"), changed(GRID, 1, 1, 25.0), INDICES]),
    ("XLFV_WEIGHTED_VALUE", [TRUST, CURVES, YIELDS, changed(GRID, 1, 1, 0.75), INDICES]),
    ("XLFV_WEIGHTED_VALUE", [TRUST, CURVES, YIELDS, changed(GRID, 2, 2, -1.0), INDICES]),
    ("XLFV_UNPAID_PRINCIPAL", [WHOLE, YIELDS]),
    ("XLFV_UNPAID_PRINCIPAL", [WHOLE_AFTER, YIELDS_AFTER, 1.0]),
    ("XLFV_UNPAID_PRINCIPAL", [WHOLE, YIELDS, 0.0]),
    ("XLFV_FAIR_VALUE", [WHOLE, BARE]),
]
