"""Runs in Windows Python: imports what the server imports (which writes the compiled modules) and compiles the kernels."""

from __future__ import annotations

from xlfv.excel import call, handles
from xlfv.excel.example_deal import DEAL

# As the server does; under Wine only.
import xlfv.excel.hosts.xlwings  # noqa: F401  # isort: skip

handles.configure(None)
parts = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
trust = call("XLFV_TRUST", "SAMPLE-1", 40178.0, *parts)[0][0]
projection = call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"])[0][0]
for name, *args in (
    ("XLFV_SMM", 0.06),
    ("XLFV_IRR", [0.0, 60.0, 60.0], 100.0),
    ("XLFV_TRANCHE_PV", projection, "A", 0.08),
    ("XLFV_FAIR_VALUE", projection, DEAL["yields"]),
):
    call(name, *args)
