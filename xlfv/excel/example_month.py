"""The small deal one month later, 31 January 2010: what happened, and what is expected then.

In January the foreclosure of loan 1005 ended and the REO 1006 was sold for 92,000 dollars, 18,220 more than expected and
8,000 less than its balance; loan 1003 paid late. The bonds are what the deal's rules make of that: the loss breaks
overcollateralization, class A is turboed, and M and B are cut by the net WAC cap. Curves, LIBOR and yields have moved too.
"""

from __future__ import annotations

from xlfv.excel.codec import Grid

LOANS: Grid = [
    ["loan_id", "balance", "rate", "remaining_term", "age", "rate_type", "amortization_term", "interest_only_months",
     "index", "margin", "months_to_reset", "reset_frequency", "periodic_cap", "life_cap", "servicing_fee", "status"],
    ["1001", 316620.93, 0.0650, 317.0, 43.0, "fixed", None, None, None, None, None, None, None, None, 0.0025, "current"],
    ["1002", 284620.09, 0.0575, 318.0, 42.0, "arm", None, None, "LIBOR_6M", 0.0225, 3.0, 6.0, 0.01, 0.1175, 0.00375,
     "current"],
    ["1003", 250000.0, 0.0625, 319.0, 41.0, "fixed", None, 79.0, None, None, None, None, None, None, 0.0025, "d30"],
    ["1004", 139853.73, 0.0700, 83.0, 37.0, "fixed", 323.0, None, None, None, None, None, None, None, 0.0025, "current"],
    ["1005", 160000.0, 0.0725, 316.0, 44.0, "fixed", None, None, None, None, None, None, None, None, 0.0025, "reo"],
]  # fmt: skip
BONDS: Grid = [
    ["tranche", "balance", "original_balance", "kind", "coupon_type", "coupon", "index", "margin", "net_wac_cap",
     "day_count", "cap_hedges", "basis_risk_carryforward"],
    ["A", 846304.35, 2100000.0, "senior", "floating", None, "LIBOR_1M", 0.0027, "pool", "act/360", "none", None],
    ["M", 180000.0, 180000.0, "mezzanine", "fixed", 0.055, None, None, "pool", "30/360", "none", 115.13],
    ["B", 90000.0, 90000.0, "subordinate", "fixed", 0.06, None, None, "pool", "30/360", "none", 95.07],
]  # fmt: skip
TERMS: Grid = [
    ["term", "value"],
    ["closing_date", "2006-06-29"],
    ["remittance_day", 25.0],
    ["original_pool_balance", 2400000.0],
    ["cumulative_loss", 104000.0],
    ["oc_target", 40000.0],
]
HEDGES: Grid = [
    ["hedge", "type", "notional", "pay_rate", "receive_index", "end", "counterparty"],
    ["SWAP", "swap", 200000.0, 0.0435, "LIBOR_1M", 23.0, "the dealer"],
]
REO: Grid = [
    ["loan_id", "balance", "value", "selling_cost", "initial_basis", "months_to_sale", "foreclosure_date"],
    ["1005", 160000.0, 120000.0, 0.08, 112000.0, 6.0, "2010-01-20"],
]
CURVES: Grid = [
    ["month", "cpr", "cdr", "severity", "recovery_lag"],
    [1.0, "7 ramp 23 to 12", 0.072, 0.41, 9.0],
    [24.0, None, 0.052, 0.39, 9.0],
    [48.0, None, 0.02, 0.35, 9.0],
]
INDICES: Grid = [
    ["month", "LIBOR_1M", "LIBOR_6M", "discount"],
    [0.0, 0.0022906, 0.0038438, 0.0022],
    [12.0, 0.0085, 0.0115, 0.0058],
    [24.0, 0.0180, 0.0210, 0.0128],
    [36.0, 0.0260, 0.0290, 0.0191],
    [60.0, 0.0340, 0.0370, 0.0287],
    [84.0, 0.0390, 0.0420, 0.0344],
]
YIELDS: Grid = [
    ["item", "yield", "low", "high", "basis", "reason"],
    ["A", 0.075, 0.055, 0.095, "monthly", "quotes of two dealers"],
    ["M", 0.17, 0.13, 0.21, "monthly", "as above"],
    ["B", 0.30, 0.20, 0.40, "monthly", "as above"],
    ["residual", 0.25, 0.20, 0.40, "monthly", "market participants' required return"],
]
_PARTS = "loans_after, bonds_after, waterfall, costs, terms_after, triggers, hedges_after, reo_after"

AFTER: dict[str, Grid] = {
    "loans_after": LOANS, "bonds_after": BONDS, "terms_after": TERMS, "hedges_after": HEDGES, "reo_after": REO,
    "curves_after": CURVES, "indices_after": INDICES, "yields_after": YIELDS,
    "trust_after": [[f'=XLFV_TRUST("SAMPLE-1", DATE(2010,1,31), {_PARTS})']],
    "projection_after": [["=XLFV_PROJECT(trust_after, curves_after, indices_after)"]],
}  # fmt: skip
"""The named ranges of the deal a month later; the waterfall, the costs and the triggers are those of the first month."""
