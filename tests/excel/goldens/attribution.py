"""Calls about what a change in fair value came of."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import BLANK, PROJECTION, YIELDS, Of, changed
from tests.excel.goldens.months import WHOLE, WHOLE_AFTER, YIELDS_AFTER
from xlfv.excel.example_deal import DEAL

ENDS = [WHOLE, YIELDS, WHOLE_AFTER, YIELDS_AFTER]
YIELD_FIRST = "yield, performance, severity, default, prepayment, index"
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_ATTRIBUTION", ENDS),
    ("XLFV_ATTRIBUTION", [*ENDS, "shapley"]),
    ("XLFV_ATTRIBUTION", [*ENDS, BLANK, YIELD_FIRST]),
    ("XLFV_ATTRIBUTION", [*ENDS, "sequential", "performance, prepay, default, default, index, yield"]),
    ("XLFV_ATTRIBUTION", [WHOLE_AFTER, YIELDS_AFTER, WHOLE, YIELDS]),
    ("XLFV_ATTRIBUTION", [Of("XLFV_DISTRIBUTE", 1), DEAL["yields"], WHOLE_AFTER, YIELDS_AFTER]),
    ("XLFV_ATTRIBUTION", [WHOLE, changed(YIELDS, 1, 1, 8.0), WHOLE_AFTER, changed(YIELDS_AFTER, 2, 0, "Z")]),
    ("XLFV_ATTRIBUTION", [WHOLE, YIELDS, "#REF!", YIELDS_AFTER]),
    ("XLFV_ATTRIBUTION_STEP", [*ENDS, "prepayment"]),
    ("XLFV_ATTRIBUTION_STEP", [*ENDS, "Time"]),
    ("XLFV_ATTRIBUTION_STEP", [*ENDS, "index", YIELD_FIRST]),
    ("XLFV_ATTRIBUTION_STEP", [*ENDS, "rates"]),
    ("XLFV_ATTRIBUTION_STEP", [PROJECTION, YIELDS, PROJECTION, YIELDS, "time"]),
    ("XLFV_LOAN_CASHFLOW", [Of("XLFV_ATTRIBUTION_STEP", 1), 1001.0, "interest_due,end_balance"]),
    ("XLFV_FAIR_VALUE", [Of("XLFV_ATTRIBUTION_STEP", 1), YIELDS]),
    ("XLFV_EXPLAIN_CHANGE", ENDS),
    ("XLFV_EXPLAIN_CHANGE", [*ENDS, DEAL["cash_paid"], "shapley"]),
    ("XLFV_EXPLAIN_CHANGE", [*ENDS, changed(DEAL["cash_paid"], 3, 0, "Q")]),
    ("XLFV_EXPLAIN_CHANGE", [*ENDS, BLANK, BLANK, BLANK, BLANK, DEAL["ledger"]]),
    ("XLFV_EXPLAIN_CHANGE", [*ENDS, BLANK, BLANK, BLANK, BLANK, changed(DEAL["ledger"], 3, 2, "fee")]),
]
