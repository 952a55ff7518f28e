"""The small deal at two month-ends: the trusts and projections that other calls point to."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import CURVES, INDICES, TRUST, Of
from xlfv.excel.example_deal import DEAL

AFTER = 40209.0  # 31 January 2010, as a sheet hands a date over
AFTERWARDS = [
    DEAL[name]
    for name in (
        "loans_after",
        "bonds_after",
        "waterfall",
        "costs",
        "terms_after",
        "triggers",
        "hedges_after",
        "reo_after",
    )
]
CURVES_AFTER, INDICES_AFTER, YIELDS_AFTER = DEAL["curves_after"], DEAL["indices_after"], DEAL["yields_after"]
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_TRUST", ["SAMPLE-1", AFTER, *AFTERWARDS]),
    ("XLFV_PROJECT", [TRUST, CURVES, INDICES]),
    ("XLFV_PROJECT", [Of("XLFV_TRUST", 8), DEAL["curves_after"], DEAL["indices_after"]]),
]
TRUST_AFTER = Of("XLFV_TRUST", 8)
WHOLE, WHOLE_AFTER = Of("XLFV_PROJECT", 5), Of("XLFV_PROJECT", 6)
"""The projections to their end at both dates."""
