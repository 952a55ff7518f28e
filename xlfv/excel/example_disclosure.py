"""Ranges and results of the examples about sensitivity and disclosure: shocks for the small deal, and a stack of inputs.

The stack is made up: two trusts that are consolidated, one that is not, and the company's own debt, in the columns of
XLFV_INPUTS and with the headers that stacking leaves in it.
"""

from __future__ import annotations

from typing import Any

from xlfv.excel.codec import Cell, Grid

SHOCKS: Grid = [
    ["scenario", "prepay", "default", "severity", "index_shift", "yield_shift", "residual_yield_shift"],
    ["as given", None, None, None, None, None, None],
    ["default +25%", None, 1.25, None, None, None, None],
    ["severity +10 points", None, None, "+ 1000", None, None, None],
    ["yields +100 bp", None, None, None, None, 100.0, None],
    ["residual yield +500 bp", None, None, None, None, None, 500.0],
    ["default +25% & severity +10 points", None, 1.25, "+ 1000", None, None, None],
]
YIELD_SHOCKS: Grid = [["yield_shift"], [-100.0], [0.0], [100.0]]
DEFAULT_SHOCKS: Grid = [["default"], [0.75], [1.0], [1.25]]
_HEADER: list[Cell] = [
    "trust", "class", "item", "level", "fair_value", "technique", "discount_rate", "prepayment_rate", "default_rate",
    "loss_severity", "sale_discount", "credit_spread", "index", "index_low", "index_high", "index_average",
]  # fmt: skip
_DCF = "discounted cash flow"
_FORWARD = "discounted cash flow of the forward index curve"
_ONE: list[Cell] = [0.08, 0.07, 0.45]
_TWO: list[Cell] = [0.10, 0.05, 0.40]
_NONE: list[Cell] = [None, None, None]
INPUTS: Grid = [
    _HEADER,
    ["T1", "securitized_mortgage_collateral", "collateral", 3.0, 600.0, _DCF, 0.11, *_ONE, None, None, None, *_NONE],
    ["T1", "real_estate_owned", "reo", 3.0, 90.0, "net realizable value", None, *_NONE, 0.10, None, None, *_NONE],
    ["T1", "securitized_mortgage_borrowings", "A", 3.0, 500.0, _DCF, 0.08, *_ONE, None, None, "LIBOR_1M", 0.01, 0.04, 0.02],
    ["T1", "securitized_mortgage_borrowings", "B", 3.0, 100.0, _DCF, 0.20, *_ONE, None, None, None, *_NONE],
    ["T1", "securitized_mortgage_borrowings", "C", 3.0, 0.0, _DCF, 0.40, *_ONE, None, None, None, *_NONE],
    ["T1", "derivative_liabilities", "SWAP", 3.0, 30.0, _FORWARD, None, *_NONE, None, None, "LIBOR_1M", 0.01, 0.04, 0.03],
    ["T1", "residual_interests", "residual", 3.0, 60.0, _DCF, 0.25, *_ONE, None, None, None, *_NONE],
    _HEADER,
    ["T2", "securitized_mortgage_collateral", "collateral", 3.0, 400.0, _DCF, 0.09, *_TWO, None, None, None, *_NONE],
    ["T2", "securitized_mortgage_borrowings", "A", 3.0, 360.0, _DCF, 0.07, *_TWO, None, None, "LIBOR_1M", 0.01, 0.05, 0.03],
    ["T2", "residual_interests", "residual", 3.0, 40.0, _DCF, 0.30, *_TWO, None, None, None, *_NONE],
    _HEADER,
    ["T3", "investment_securities_afs", "residual", 3.0, 8.0, _DCF, 0.28, *_TWO, None, None, None, *_NONE],
    ["company", "long_term_debt", "trust preferred", 3.0, 12.0, _DCF, 0.22, *_NONE, None, 0.18, None, *_NONE],
]  # fmt: skip

DISCLOSURE: dict[str, Grid] = {
    "shocks": SHOCKS, "yield_shocks": YIELD_SHOCKS, "default_shocks": DEFAULT_SHOCKS, "inputs": INPUTS,
}  # fmt: skip
"""The named ranges."""

EXAMPLES: dict[str, list[list[Any]]] = {
    "XLFV_SENSITIVITY": [
        ["scenario", "collateral", "reo", "derivatives", "other", "borrowings", "residual", "collateral_yield"],
        ["as given", 841629.89, 73780.0, -14847.9, 0.0, 887289.3, 13272.69, 0.111743],
        ["default +25%", 840386.89, 73780.0, -14847.9, 0.0, 886046.16, 13272.83, 0.109452],
        ["severity +10 points", 825977.67, 73780.0, -14847.9, 0.0, 871637.08, 13272.69, 0.106301],
        ["yields +100 bp", 817506.67, 73780.0, -14847.9, 0.0, 863190.95, 13247.82, 0.120683],
        ["residual yield +500 bp", 841506.34, 73780.0, -14847.9, 0.0, 887289.3, 13149.13, 0.111788],
        ["default +25% & severity +10 points", 821026.26, 73780.0, -14847.9, 0.0, 866685.53, 13272.83, 0.103853],
    ],
    "XLFV_SENSITIVITY_GRID": [
        ["residual", "default * 0.75", "default * 1", "default * 1.25"],
        ["yields -100 bp", 13328.82, 13297.63, 13297.77],
        ["as given", 13297.3, 13272.69, 13272.83],
        ["yields +100 bp", 13267.24, 13247.82, 13247.96],
    ],
    "XLFV_RESIDUAL_SENSITIVITY": [
        ["shock", "base", "down", "up", "down_change", "up_change"],
        ["prepayment -/+10%", 13272.69, 13286.38, 13258.91, 13.6978, -13.7706],
        ["default -/+10%", 13272.69, 13272.63, 13272.74, -0.0570161, 0.0573926],
        ["severity -/+10 points", 13272.69, 13276.0, 13272.69, 3.31598, 0.0],
        ["index -/+100 bp", 13272.69, 14139.57, 10920.89, 866.88, -2351.79],
        ["all yields -/+100 bp", 13272.69, 13297.63, 13247.82, 24.9442, -24.8661],
        ["residual yield -/+500 bp", 13272.69, 13398.19, 13149.13, 125.508, -123.556],
    ],
    "XLFV_INPUTS": [
        ["trust", "class", "item", "level", "fair_value", "technique", "discount_rate", "prepayment_rate", "default_rate", "loss_severity"],
        ["SAMPLE-1", "securitized_mortgage_collateral", "collateral", 3.0, 841629.89, "discounted cash flow", 0.111743, 0.109809, 0.0430873, 0.391694],
        ["SAMPLE-1", "real_estate_owned", "reo", 3.0, 73780.0, "net realizable value", None, None, None, None],
        ["SAMPLE-1", "securitized_mortgage_borrowings", "A", 3.0, 803528.47, "discounted cash flow", 0.08, 0.109809, 0.0430873, 0.391694],
        ["SAMPLE-1", "securitized_mortgage_borrowings", "M", 3.0, 73426.04, "discounted cash flow", 0.18, 0.109809, 0.0430873, 0.391694],
        ["SAMPLE-1", "securitized_mortgage_borrowings", "B", 3.0, 10334.79, "discounted cash flow", 0.3, 0.109809, 0.0430873, 0.391694],
        ["SAMPLE-1", "derivative_liabilities", "SWAP", 3.0, 14847.9, "discounted cash flow of the forward index curve", None, None, None, None],
        ["SAMPLE-1", "residual_interests", "residual", 3.0, 13272.69, "discounted cash flow", 0.25, 0.109809, 0.0430873, 0.391694],
    ],
    "XLFV_DEBT_INPUTS": [
        ["trust", "class", "item", "level", "fair_value", "technique", "discount_rate"],
        ["company", "long_term_debt", "notes 2034", 3.0, 99998.04, "discounted cash flow", 0.220908],
        ["company", "long_term_debt", "trust preferred 2035", 3.0, 30048.32, "discounted cash flow", 0.225727],
    ],
    "XLFV_DISCLOSURE": [
        ["class", "title", "fair_value", "technique", "input", "low", "high", "weighted_average", "average", "weight", "items", "note"],
        ["investment_securities_afs", "Investment securities available for sale", 8.0, "discounted cash flow", "Discount rate", 0.28, 0.28, 0.28, 0.28, 8.0, 1.0, ""],
        ["investment_securities_afs", "Investment securities available for sale", 8.0, "discounted cash flow", "Prepayment rate (CPR)", 0.1, 0.1, 0.1, 0.1, 8.0, 1.0, ""],
        ["investment_securities_afs", "Investment securities available for sale", 8.0, "discounted cash flow", "Default rate (CDR)", 0.05, 0.05, 0.05, 0.05, 8.0, 1.0, ""],
        ["investment_securities_afs", "Investment securities available for sale", 8.0, "discounted cash flow", "Loss severity", 0.4, 0.4, 0.4, 0.4, 8.0, 1.0, ""],
        ["securitized_mortgage_collateral", "Securitized mortgage collateral", 1000.0, "discounted cash flow", "Discount rate", 0.09, 0.11, 0.102, 0.1, 1000.0, 2.0, ""],
        ["securitized_mortgage_collateral", "Securitized mortgage collateral", 1000.0, "discounted cash flow", "Prepayment rate (CPR)", 0.08, 0.1, 0.088, 0.09, 1000.0, 2.0, ""],
        ["securitized_mortgage_collateral", "Securitized mortgage collateral", 1000.0, "discounted cash flow", "Default rate (CDR)", 0.05, 0.07, 0.062, 0.06, 1000.0, 2.0, ""],
        ["securitized_mortgage_collateral", "Securitized mortgage collateral", 1000.0, "discounted cash flow", "Loss severity", 0.4, 0.45, 0.43, 0.425, 1000.0, 2.0, ""],
        ["real_estate_owned", "Real estate owned", 90.0, "net realizable value", "Discount from stated value to net realizable value", 0.1, 0.1, 0.1, 0.1, 90.0, 1.0, ""],
        ["securitized_mortgage_borrowings", "Securitized mortgage borrowings", 960.0, "discounted cash flow", "Discount rate", 0.07, 0.2, 0.08875, 0.116667, 960.0, 3.0, "1 item of no fair value left out"],
        ["securitized_mortgage_borrowings", "Securitized mortgage borrowings", 960.0, "discounted cash flow", "Prepayment rate (CPR)", 0.08, 0.1, 0.0875, 0.0866667, 960.0, 3.0, "1 item of no fair value left out"],
        ["securitized_mortgage_borrowings", "Securitized mortgage borrowings", 960.0, "discounted cash flow", "Default rate (CDR)", 0.05, 0.07, 0.0625, 0.0633333, 960.0, 3.0, "1 item of no fair value left out"],
        ["securitized_mortgage_borrowings", "Securitized mortgage borrowings", 960.0, "discounted cash flow", "Loss severity", 0.4, 0.45, 0.43125, 0.433333, 960.0, 3.0, "1 item of no fair value left out"],
        ["securitized_mortgage_borrowings", "Securitized mortgage borrowings", 960.0, "discounted cash flow", "Forward index (LIBOR_1M)", 0.01, 0.05, 0.024186, 0.025, 860.0, 2.0, ""],
    ],
    "XLFV_HIERARCHY": [
        ["side", "title", "measurement", "level_1", "level_2", "level_3", "total"],
        ["asset", "Investment securities available for sale", "recurring", 0.0, 0.0, 8.0, 8.0],
        ["asset", "Securitized mortgage collateral", "recurring", 0.0, 0.0, 1000.0, 1000.0],
        ["asset", "Total assets, recurring", "recurring", 0.0, 0.0, 1008.0, 1008.0],
        ["liability", "Securitized mortgage borrowings", "recurring", 0.0, 0.0, 960.0, 960.0],
        ["liability", "Derivative liabilities", "recurring", 0.0, 0.0, 30.0, 30.0],
        ["liability", "Long-term debt", "recurring", 0.0, 0.0, 12.0, 12.0],
        ["liability", "Total liabilities, recurring", "recurring", 0.0, 0.0, 1002.0, 1002.0],
        ["asset", "Real estate owned", "nonrecurring", 0.0, 0.0, 90.0, 90.0],
    ],
    "XLFV_NARRATIVE": [
        ["paragraph", "topic", "kind", "words", "label", "value", "unit"],
        [1.0, "Trust assets, trust liabilities and residual interests", "text", "The assets of 2 consolidated trusts in the table are securit...", None, None, None],
        [1.0, "Trust assets, trust liabilities and residual interests", "number", "2", "consolidated trusts", 2.0, "count"],
        [1.0, "Trust assets, trust liabilities and residual interests", "number", "$1,000", "securitized mortgage collateral", 1000.0, "dollars"],
        [1.0, "Trust assets, trust liabilities and residual interests", "number", "$90", "real estate owned", 90.0, "dollars"],
        [1.0, "Trust assets, trust liabilities and residual interests", "number", "$960", "securitized mortgage borrowings", 960.0, "dollars"],
    ],
}  # fmt: skip
"""What the examples give: the leading columns and rows."""
