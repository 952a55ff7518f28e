"""Calls about consolidation and the rollforward."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import ACTIVITY, AS_OF, BLANK, CLOSING, OPENING, TRUST, YIELDS, Of, changed
from tests.excel.goldens.months import TRUST_AFTER, WHOLE, WHOLE_AFTER, YIELDS_AFTER
from xlfv.excel.example_deal import DEAL

LEDGER, FACTS, VALUES = DEAL["ledger"], DEAL["facts"], DEAL["trust_values"]
MONTH = [WHOLE, YIELDS, WHOLE_AFTER, YIELDS_AFTER, LEDGER]
OWN_FACTS = [FACTS[0], *[["SAMPLE-1", *row[1:]] for row in FACTS[1:4]]]
DEBTS = [DEAL["debt"], AS_OF, DEAL["debt_after"], AS_OF + 31.0, DEAL["debt_activity"], DEAL["debt_indices"],
         DEAL["debt_indices_after"]]  # fmt: skip
STACKED = [[["trust", *grid[0]], *[[name, *row] for name in ("T1", "T2") for row in grid[1:]]]
           for grid in (OPENING, ACTIVITY, CLOSING)]  # fmt: skip
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_IMPLIED_CASH", [WHOLE, WHOLE_AFTER]),
    ("XLFV_IMPLIED_CASH", [WHOLE, WHOLE_AFTER, LEDGER]),
    ("XLFV_IMPLIED_CASH", [WHOLE_AFTER, WHOLE]),
    ("XLFV_IMPLIED_CASH", [WHOLE, Of("XLFV_DISTRIBUTE")]),
    ("XLFV_TRUST_ROLLFORWARD", MONTH),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH, "gross", "average"]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH, "later", "closing", "oci"]),
    ("XLFV_TRUST_ROLLFORWARD", [WHOLE_AFTER, YIELDS_AFTER, WHOLE, YIELDS, LEDGER]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH[:4], changed(LEDGER, 3, 2, "servicing_payed")]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH[:4], [LEDGER[0], ["SAMPLE-1", "2009-11-25", "costs_paid", 5.0, BLANK]]]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH, "net"]),
    ("XLFV_CASH_RECONCILIATION", MONTH),
    ("XLFV_CASH_RECONCILIATION", [*MONTH[:4], changed(LEDGER, 7, 3, "#REF!")]),
    ("XLFV_ROLLFORWARD", STACKED),
    ("XLFV_ROLLFORWARD", [STACKED[0][:2], *STACKED[1:]]),
    ("XLFV_ROLLFORWARD", [OPENING, ACTIVITY, CLOSING, "later"]),
    ("XLFV_CHAIN_ROLLFORWARDS", [DEAL["rollforwards"]]),
    ("XLFV_CHAIN_ROLLFORWARDS", [DEAL["rollforwards"], "trusts", "later"]),
    ("XLFV_CHAIN_ROLLFORWARDS", [changed(DEAL["rollforwards"], 8, 1, 975.0)]),
    ("XLFV_CHAIN_ROLLFORWARDS", [DEAL["rollforwards"][:5]]),
    ("XLFV_NET_TRUST_GAIN", [OPENING, ACTIVITY, CLOSING]),
    ("XLFV_NET_TRUST_GAIN", [Of("XLFV_TRUST_ROLLFORWARD")]),
    ("XLFV_NET_TRUST_GAIN", [OPENING, ACTIVITY]),
    ("XLFV_REO_TABLE", [TRUST, TRUST_AFTER, 92000.0]),
    ("XLFV_REO_TABLE", [TRUST_AFTER, TRUST, 92000.0, 2.0]),
    ("XLFV_REO_TABLE", [TRUST, TRUST_AFTER, 92000.0, 4.0]),
    ("XLFV_TRUST_VALUES", [WHOLE, YIELDS]),
    ("XLFV_TRUST_VALUES", [WHOLE, YIELDS[:2]]),
    ("XLFV_CONSOLIDATE", [FACTS, VALUES, AS_OF]),
    ("XLFV_CONSOLIDATE", [FACTS, VALUES, AS_OF + 1.0, "trusts"]),
    ("XLFV_CONSOLIDATE", [FACTS, VALUES, AS_OF + 1.0, "changes"]),
    ("XLFV_CONSOLIDATE", [changed(FACTS, 1, 2, "qspee"), VALUES, AS_OF]),
    ("XLFV_CONSOLIDATE", [FACTS, [*VALUES, VALUES[1]], AS_OF]),
    ("XLFV_CONSOLIDATE", [FACTS[:4], VALUES, AS_OF]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH, "later", "closing", "oci", FACTS]),
    ("XLFV_TRUST_ROLLFORWARD", [*MONTH, "letter", "opening", "earnings", OWN_FACTS]),
    ("XLFV_CASH_RECONCILIATION", [*MONTH, "opening", OWN_FACTS]),
    ("XLFV_CONSOLIDATE", [OWN_FACTS, Of("XLFV_TRUST_VALUES"), AS_OF]),
    ("XLFV_CONSOLIDATE", [changed(OWN_FACTS, 1, 3, "yes"), Of("XLFV_TRUST_VALUES"), AS_OF]),
    ("XLFV_DEBT_ROLLFORWARD", DEBTS),
    ("XLFV_DEBT_ROLLFORWARD", [*DEBTS, "gross"]),
    ("XLFV_DEBT_ROLLFORWARD", [*DEBTS, "steps"]),
    ("XLFV_DEBT_ROLLFORWARD", [*DEBTS[:4], DEBTS[4][:2], *DEBTS[5:]]),
    ("XLFV_DEBT_ROLLFORWARD", [*DEBTS[:3], AS_OF - 31.0, *DEBTS[4:]]),
    ("XLFV_DEBT_ROLLFORWARD", DEBTS[:5]),
]
