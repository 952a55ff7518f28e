"""Calls of the book of months, on the example book that lies beside the workbook."""

from __future__ import annotations

from typing import Any

from tests.excel.golden_parts import AS_OF, BLANK
from tests.excel.goldens.months import AFTER
from xlfv.excel.examples import BOOK

_TRUST = "SAMPLE-1"
CALLS: list[tuple[str, list[Any]]] = [
    ("XLFV_MONTH", [_TRUST, AS_OF, "bonds", BOOK]),
    ("XLFV_MONTH", ["sample-1", AS_OF, BLANK, BOOK]),
    ("XLFV_MONTH", [_TRUST, AS_OF, "Contents", BOOK]),
    ("XLFV_MONTH", [_TRUST, AS_OF, "bnods", BOOK]),
    ("XLFV_MONTH", ["SAMPLE-2", AS_OF, BLANK, BOOK]),
    ("XLFV_MONTH", [_TRUST, AS_OF - 90.0, "loans", BOOK]),
    ("XLFV_MONTH", [_TRUST, AS_OF, "loans", "nowhere.duckdb"]),
    ("XLFV_MONTH", [_TRUST, AS_OF, "loans", "\\\\server\\share\\months.duckdb"]),
    ("XLFV_CURVES", [_TRUST, AS_OF, BLANK, BOOK]),
    ("XLFV_CURVES", [_TRUST, AS_OF, 1.0, BOOK]),
    ("XLFV_CURVES", [_TRUST, AS_OF, 3.0, BOOK]),
    ("XLFV_YIELDS", [_TRUST, AFTER, BOOK]),
    ("XLFV_YIELDS", [BLANK, AFTER, BOOK]),
    ("XLFV_TIEOUT", [_TRUST, AS_OF, BOOK]),
    ("XLFV_TIEOUT", [_TRUST, AFTER, BOOK]),
    ("XLFV_TIEOUT", [_TRUST, "December", BOOK]),
    ("XLFV_HISTORY", [_TRUST, "oc, cpr, sixty_plus, value A", BOOK]),
    ("XLFV_HISTORY", [_TRUST, "all", BOOK]),
    ("XLFV_HISTORY", [_TRUST, "crp", BOOK]),
    ("XLFV_STATUS", [AS_OF, BOOK]),
    ("XLFV_STATUS", [BLANK, BOOK]),
    ("XLFV_STATUS", [AS_OF, 7.0]),
]
