"""Calls about debt, derivatives and real estate owned."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import AS_OF, BLANK, TRUST, changed
from tests.excel.goldens.months import TRUST_AFTER, WHOLE
from xlfv.excel.example_deal import DEAL

DEBT, LIBOR, SALES = DEAL["debt"], DEAL["debt_indices"], DEAL["sales"]

CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_DEBT_VALUE", [DEBT, AS_OF, LIBOR]),
    ("XLFV_DEBT_VALUE", [DEBT, AS_OF, LIBOR, "Trust Preferred 2035"]),
    ("XLFV_DEBT_VALUE", [changed(DEBT[:2], 1, 2, 0.0801), AS_OF]),
    ("XLFV_DEBT_VALUE", [DEBT, AS_OF]),
    ("XLFV_DEBT_VALUE", [DEBT, AS_OF, LIBOR, "notes 2033"]),
    ("XLFV_DEBT_VALUE", [changed(changed(DEBT, 1, 2, "2% then 3%"), 2, 10, 14.0), AS_OF, changed(LIBOR, 1, 1, 2.5)]),
    ("XLFV_DEBT_VALUE", [changed(DEBT, 2, 9, "#N/A"), AS_OF, LIBOR]),
    ("XLFV_DEBT_CASHFLOW", [DEBT, AS_OF, LIBOR, "notes 2034"]),
    ("XLFV_DEBT_CASHFLOW", [DEBT, AS_OF, LIBOR, "trust preferred 2035"]),
    ("XLFV_DEBT_CASHFLOW", [DEBT, 60000.0, LIBOR, "notes 2034"]),
    ("XLFV_DEBT_CASHFLOW", [DEBT, AS_OF, LIBOR]),
    ("XLFV_HEDGE_VALUES", [WHOLE]),
    ("XLFV_HEDGE_VALUES", [WHOLE, [["month", "discount"], [0.0, 0.03]]]),
    ("XLFV_HEDGE_VALUES", [WHOLE, [["month", "volatility"], [0.0, 0.3]]]),
    ("XLFV_REO_MOVEMENT", [TRUST, TRUST_AFTER, SALES]),
    ("XLFV_REO_MOVEMENT", [TRUST, TRUST_AFTER]),
    ("XLFV_REO_MOVEMENT", [TRUST_AFTER, TRUST, BLANK]),
    ("XLFV_REO_MOVEMENT", [TRUST, TRUST_AFTER, changed(changed(SALES, 1, 0, "1005"), 1, 2, "#DIV/0!")]),
    ("XLFV_REO_MOVEMENT", [TRUST, TRUST_AFTER, changed(SALES, 1, 0, "1007")]),
]
