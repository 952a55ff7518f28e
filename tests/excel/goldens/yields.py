"""Calls about the yield register."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import AS_OF, BLANK, TRUST, YIELDS, changed
from tests.excel.goldens.months import AFTER, WHOLE
from xlfv.excel.example_deal import DEAL

QUOTES, RANGES, REGISTER = DEAL["quotes"], DEAL["ranges"], DEAL["register"]
LAST, PEERS = DEAL["last_month"], DEAL["peers"]
YIELDS_ONLY = [["trust", "item", "source", "date", "quote", "quote_type", "basis"],
               ["T", "A", "X", 40178.0, 0.08, "yield", "annual"],
               ["T", "A", "Y", 40100.0, 0.09, "yield", BLANK],
               ["U", "A", "X", 40178.0, 0.07, "yield", BLANK]]  # fmt: skip
WRONG = changed(changed(changed(QUOTES, 1, 2, "2010-01-04"), 2, 3, 8.15), 4, 0, "MM")
UPSIDE_DOWN = changed(changed(RANGES, 1, 6, 0.1), 2, 5, "LIBOR1M")
BESIDE = [["item", "yield", "quote", "quote_type"], ["A", 0.08, 85.0, "price"], ["M", 0.18, 0.17, "yield"],
          ["B", 0.3, BLANK, BLANK], ["residual", 0.25, BLANK, BLANK]]  # fmt: skip

CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_QUOTES", [QUOTES, WHOLE, "bond_equivalent", AS_OF, 60.0]),
    ("XLFV_QUOTES", [QUOTES, WHOLE, "dm"]),
    ("XLFV_QUOTES", [YIELDS_ONLY]),
    ("XLFV_QUOTES", [WRONG, WHOLE]),
    ("XLFV_QUOTES", [QUOTES, WHOLE, BLANK, AFTER]),
    ("XLFV_QUOTES", [QUOTES, TRUST]),
    ("XLFV_QUOTES", [changed(QUOTES, 1, 3, "#N/A"), WHOLE]),
    ("XLFV_YIELD_RANGE", [QUOTES, WHOLE, RANGES, "monthly", AS_OF, 30.0, "overlap"]),
    ("XLFV_YIELD_RANGE", [YIELDS_ONLY]),
    ("XLFV_YIELD_RANGE", [BLANK, WHOLE, RANGES]),
    ("XLFV_YIELD_RANGE", [BLANK, WHOLE]),
    ("XLFV_YIELD_RANGE", [YIELDS_ONLY, BLANK, RANGES]),
    ("XLFV_YIELD_RANGE", [WRONG, WHOLE, UPSIDE_DOWN]),
    ("XLFV_YIELD_REVIEW", [WHOLE, REGISTER, QUOTES, LAST, PEERS, RANGES, 30.0, 0.005, 0.002, "widest"]),
    ("XLFV_YIELD_REVIEW", [WHOLE, YIELDS]),
    ("XLFV_YIELD_REVIEW", [WHOLE, changed(REGISTER, 2, 6, BLANK), WRONG, YIELDS, PEERS, UPSIDE_DOWN]),
    ("XLFV_YIELD_REVIEW", [WHOLE, REGISTER, BLANK, changed(LAST, 2, 0, "A"), changed(PEERS, 1, 3, BLANK)]),
    ("XLFV_YIELD_REVIEW", [WHOLE, BESIDE]),
    ("XLFV_YIELD_REVIEW", [WHOLE, changed(BESIDE, 1, 3, BLANK)]),
    ("XLFV_FAIR_VALUE", [WHOLE, changed(YIELDS, 1, 1, 0.12)]),
    ("XLFV_FAIR_VALUE", [WHOLE, changed(changed(YIELDS, 1, 1, 0.12), 1, 5, BLANK)]),
]
