"""Calls about sensitivity and disclosure."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import AS_OF, BLANK, CURVES, INDICES, PROJECTION, RESERVED, TRUST, YIELDS, changed
from tests.excel.goldens.months import WHOLE, WHOLE_AFTER, YIELDS_AFTER
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL

SHOCKS, DOWN, ACROSS, INPUTS = (DEAL[name] for name in ("shocks", "yield_shocks", "default_shocks", "inputs"))
RESERVE_YIELDS = [["item", "yield"], ["A", 0.07], ["residual", 0.2]]
ROLLFORWARD: list[list[Any]] = call("XLFV_ROLLFORWARD", DEAL["opening"], DEAL["activity"], DEAL["closing"])
SENSITIVE: list[list[Any]] = [
    ["scenario", "collateral", "borrowings", "residual"],
    ["as given", 1000.0, 900.0, 100.0],
    ["up", 950.0, 870.0, 80.0],
    ["down", 1040.0, 925.0, 115.0],
    ["none", "#NUM!", "#NUM!", "#NUM!"],
    ["up & down", 990.0, 900.0, 90.0],
]
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_SENSITIVITY", [TRUST, CURVES, YIELDS, SHOCKS, INDICES]),
    ("XLFV_SENSITIVITY", [TRUST, CURVES, YIELDS, BLANK, INDICES]),
    ("XLFV_SENSITIVITY", [TRUST, CURVES, YIELDS, [["yield_shift"], [0.0], [-9900.0]], INDICES]),
    ("XLFV_SENSITIVITY", [TRUST, CURVES, YIELDS, [["yield_shift", "defalt"], [0.01, 2.0]], INDICES]),
    ("XLFV_SENSITIVITY", [TRUST, CURVES, changed(YIELDS, 2, 0, "X"), changed(SHOCKS, 4, 5, "#N/A"), INDICES]),
    ("XLFV_SENSITIVITY_GRID", [TRUST, CURVES, YIELDS, DOWN, ACROSS, "residual", INDICES]),
    ("XLFV_SENSITIVITY_GRID", [TRUST, CURVES, YIELDS, DOWN, SHOCKS, "m", INDICES]),
    ("XLFV_SENSITIVITY_GRID", [TRUST, CURVES, YIELDS, DOWN, ACROSS, "Z", INDICES]),
    ("XLFV_RESIDUAL_SENSITIVITY", [WHOLE, YIELDS]),
    ("XLFV_RESIDUAL_SENSITIVITY", [RESERVED, RESERVE_YIELDS]),
    ("XLFV_RESIDUAL_SENSITIVITY", [WHOLE, RESERVE_YIELDS]),
    ("XLFV_INPUTS", [WHOLE, YIELDS]),
    ("XLFV_INPUTS", [WHOLE_AFTER, YIELDS_AFTER]),
    ("XLFV_INPUTS", [WHOLE, YIELDS, False]),
    ("XLFV_DEBT_INPUTS", [DEAL["debt"], AS_OF, DEAL["debt_indices"]]),
    ("XLFV_DEBT_INPUTS", [DEAL["debt"], AS_OF]),
    ("XLFV_INPUTS", [PROJECTION, changed(YIELDS, 1, 1, 8.0)]),
    ("XLFV_DISCLOSURE", [INPUTS]),
    ("XLFV_DISCLOSURE", [[*INPUTS, *INPUTS]]),
    ("XLFV_DISCLOSURE", [changed(changed(INPUTS, 1, 1, "loans"), 3, 7, 8.0)]),
    ("XLFV_HIERARCHY", [INPUTS]),
    ("XLFV_HIERARCHY", [[row[:4] + row[5:] for row in INPUTS]]),
    ("XLFV_NARRATIVE", [INPUTS, ROLLFORWARD, [*SENSITIVE[:4], *SENSITIVE[5:]], "thousands of dollars"]),
    (
        "XLFV_NARRATIVE",
        [INPUTS, ROLLFORWARD, [*SENSITIVE[:4], ["none", "#N/A", "#N/A", "#N/A"], SENSITIVE[5]], "thousands of dollars"],
    ),
    ("XLFV_NARRATIVE", [INPUTS]),
    ("XLFV_NARRATIVE", [INPUTS, BLANK, BLANK, BLANK, YIELDS, CURVES]),
    ("XLFV_NARRATIVE", [INPUTS, BLANK, BLANK, BLANK, changed(YIELDS, 2, 0, "A"), changed(CURVES, 0, 2, "crd")]),
    ("XLFV_NARRATIVE", [changed(INPUTS, 2, 4, -5.0), ROLLFORWARD[:3], [["scenario", "collateral"], ["a", 1.0]]]),
    ("XLFV_NARRATIVE", [INPUTS, BLANK, changed(SENSITIVE, 1, 1, "#REF!")]),
]
