"""Calls that every host must answer alike: names and arguments as cells hold them."""

from __future__ import annotations

from typing import Any

BLANK = None
CASH = [["Month", "Cash"], [0.0, 5.0], [1.0, 100.0], [2.0, None], [3.0, 50.0]]

GOLDEN: list[tuple[str, list[Any]]] = [
    ("XLFV_SMM", [0.06]),
    ("XLFV_SMM", [6.0]),
    ("XLFV_SMM", [BLANK]),
    ("XLFV_SMM", ["0.06"]),
    ("XLFV_SMM", [True]),
    ("XLFV_SMM", ["#REF!"]),
    ("XLFV_SMM", ["#SPILL!"]),
    ("XLFV_SMM", [[[0.1, 0.2]]]),
    ("XLFV_CPR", [0.01]),
    ("XLFV_CPR", ["#N/A"]),
    ("XLFV_PSA", [150.0, 15.0]),
    ("XLFV_PSA", [150.0, -1.0]),
    ("XLFV_SDA", [100.0, 90.0]),
    ("XLFV_SDA", [100.0, "old"]),
    ("XLFV_VECTOR", ["6 ramp 3 to 12 then 4", 5.0]),
    ("XLFV_VECTOR", ["6", 2.5]),
    ("XLFV_VECTOR", ["six", 2.0]),
    ("XLFV_PAYMENT", [100_000.0, 0.08, 360.0]),
    ("XLFV_PAYMENT", [100_000.0, 0.08, 0.0]),
    ("XLFV_PV", [CASH, 0.06]),
    ("XLFV_PV", [CASH, 0.06, "Annual"]),
    ("XLFV_PV", [CASH, 0.06, BLANK]),
    ("XLFV_PV", [CASH, 0.06, "anual"]),
    ("XLFV_PV", [[[1.0], ["x"], [3.0]], 0.06]),
    ("XLFV_PV", [[[1.0], ["#DIV/0!"], [3.0]], 0.06]),
    ("XLFV_PV", [[[1.0, 2.0, None]], 0.06]),
    ("XLFV_IRR", [CASH, 140.0]),
    ("XLFV_IRR", [CASH, -140.0]),
    ("XLFV_WAL", [[[1.0], [None], [3.0]]]),
    ("XLFV_WAL", [[[0.0], [0.0]]]),
    ("XLFV_TABLE", [CASH, "cash"]),
    ("XLFV_TABLE", ["nowhere.csv"]),
    ("XLFV_TABLE", [[["a", "a"], [1.0, 2.0]]]),
]
