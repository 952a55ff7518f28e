"""Ranges of the small deal for the collateral's yield and the values that rest on it."""

from __future__ import annotations

from xlfv.excel.codec import Grid

WEIGHTED_GRID: Grid = [
    ["scenario", "weight", "prepay", "default", "severity", "index_shift"],
    ["as given", 0.25, None, None, None, None],
    ["slow", 0.5, 0.5, 0.8, None, None],
    ["stress", 0.25, 0.8, 1.5, "+ 1000", 100.0],
]

BLENDED: dict[str, Grid] = {"weighted_grid": WEIGHTED_GRID}
