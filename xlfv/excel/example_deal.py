"""The small deal on which the examples of the functions stand: made up, but with the parts of a real one.

Six loans, one of each kind; a floating senior class under a net WAC cap with a swap beside it, a mezzanine, a subordinate
that takes a loss, overcollateralization built from excess interest, and a loss trigger that turns the residual off. Rates of
month 0 are those of 31 December 2009. The rollforward is Impac's of 2009, in thousands, as printed in its letter to the
SEC of 3 February 2011, response 1.
"""

from __future__ import annotations

from xlfv.excel.codec import Cell, Grid
from xlfv.excel.example_attribution import ATTRIBUTION
from xlfv.excel.example_blended import BLENDED
from xlfv.excel.example_books import BOOKS
from xlfv.excel.example_disclosure import DISCLOSURE
from xlfv.excel.example_liabilities import LIABILITIES
from xlfv.excel.example_month import AFTER
from xlfv.excel.example_yields import REGISTERED

LOANS: Grid = [
    ["loan_id", "balance", "rate", "remaining_term", "age", "rate_type", "amortization_term", "interest_only_months",
     "index", "margin", "months_to_reset", "reset_frequency", "periodic_cap", "life_cap", "servicing_fee", "status"],
    ["1001", 320000.0, 0.0650, 318.0, 42.0, "fixed", None, None, None, None, None, None, None, None, 0.0025, "current"],
    ["1002", 285000.0, 0.0575, 319.0, 41.0, "arm", None, None, "LIBOR_6M", 0.0225, 4.0, 6.0, 0.01, 0.1175, 0.00375,
     "current"],
    ["1003", 250000.0, 0.0625, 320.0, 40.0, "fixed", None, 80.0, None, None, None, None, None, None, 0.0025, "current"],
    ["1004", 140000.0, 0.0700, 84.0, 36.0, "fixed", 324.0, None, None, None, None, None, None, None, 0.0025, "current"],
    ["1005", 160000.0, 0.0725, 317.0, 43.0, "fixed", None, None, None, None, None, None, None, None, 0.0025,
     "foreclosure"],
    ["1006", 100000.0, 0.0700, 316.0, 44.0, "fixed", None, None, None, None, None, None, None, None, 0.0025, "reo"],
]  # fmt: skip
BONDS: Grid = [
    ["tranche", "balance", "original_balance", "kind", "coupon_type", "coupon", "index", "margin", "net_wac_cap",
     "day_count", "cap_hedges"],
    ["A", 945000.0, 2100000.0, "senior", "floating", None, "LIBOR_1M", 0.0027, "pool", "act/360", "none"],
    ["M", 180000.0, 180000.0, "mezzanine", "fixed", 0.055, None, None, "pool", "30/360", "none"],
    ["B", 90000.0, 90000.0, "subordinate", "fixed", 0.06, None, None, "pool", "30/360", "none"],
]  # fmt: skip
WATERFALL: Grid = [
    ["step", "from", "pay", "to", "rule", "when", "note"],
    [1.0, "interest", "trustee", None, None, None, "the trustee's fee comes first"],
    [2.0, "interest", "hedge", "SWAP", None, None, "net payment of the swap"],
    [3.0, "interest", "interest", "A, M, B", "sequential", None, "current interest"],
    [4.0, "principal", "principal", "A, M, B", "sequential", None, "principal"],
    [5.0, "excess", "interest_shortfall", "A, M, B", "sequential", None, "unpaid interest"],
    [6.0, "excess", "oc", "A, M, B", "sequential", None, "overcollateralization to its target"],
    [7.0, "excess", "basis_risk", "A, M, B", "pro_rata", None, "interest cut off by the net WAC cap"],
    [8.0, "excess", "principal", "A, M, B", "sequential", "losses", "while the trigger is on, all excess repays bonds"],
    [9.0, "excess", "writedown", "B, M", "sequential", None, "losses not covered, from below"],
    [10.0, "excess", "residual", None, None, None, "what is left"],
]
COSTS: Grid = [["cost", "basis", "rate", "payee"], ["trustee", "pool_balance", 0.0003, "the trustee"]]
TERMS: Grid = [
    ["term", "value"],
    ["closing_date", "2006-06-29"],
    ["remittance_day", 25.0],
    ["original_pool_balance", 2400000.0],
    ["cumulative_loss", 96000.0],
    ["oc_target", 40000.0],
]
TRIGGERS: Grid = [["trigger", "measure", "test", "threshold"], ["losses", "cumulative_loss", ">", "8 for 36 then 11"]]
HEDGES: Grid = [
    ["hedge", "type", "notional", "pay_rate", "receive_index", "end", "counterparty"],
    ["SWAP", "swap", 200000.0, 0.0435, "LIBOR_1M", 24.0, "the dealer"],
]
REO: Grid = [
    ["loan_id", "balance", "value", "selling_cost", "advances", "months_to_sale", "foreclosure_date"],
    ["1006", 100000.0, 84000.0, 0.08, 3500.0, 5.0, "2009-08-14"],
]
CURVES: Grid = [
    ["month", "cpr", "cdr", "severity", "recovery_lag"],
    [1.0, "6 ramp 24 to 12", 0.07, 0.40, 9.0],
    [25.0, None, 0.05, 0.38, 9.0],
    [49.0, None, 0.02, 0.35, 9.0],
]
INDICES: Grid = [
    ["month", "LIBOR_1M", "LIBOR_6M", "discount"],
    [0.0, 0.0023094, 0.0042969, 0.0025],
    [12.0, 0.0100, 0.0130, 0.0069],
    [24.0, 0.0200, 0.0230, 0.0146],
    [36.0, 0.0280, 0.0310, 0.0210],
    [60.0, 0.0350, 0.0380, 0.0302],
    [84.0, 0.0400, 0.0430, 0.0356],
]
CASH: Grid = [
    ["month", "balance", "net_interest", "scheduled_principal", "prepaid_principal", "liquidation_proceeds", "losses",
     "delinquent_60"],
    [1.0, 1255000.0, 5900.0, 1100.0, 5000.0, None, None, 260000.0],
    [2.0, 1248900.0, 5880.0, 1100.0, 5200.0, 12000.0, 8000.0, 240000.0],
    [3.0, 1222600.0, 5750.0, 1080.0, 5100.0, None, None, 235000.0],
]  # fmt: skip
GRID: Grid = [
    ["scenario", "prepay", "default", "severity", "change", "index_shift"],
    ["as given", None, None, None, None, None],
    ["slow", 0.5, 0.8, None, None, None],
    ["stress", 0.8, 1.5, "+ 1000", None, 100.0],
    ["early", None, None, None, "* 2 for cdr then recovery_lag - 3", None],
]
MEASURES: Grid = [
    ["item", "measure", "at", "basis"],
    ["collateral", "loss_rate", None, None],
    ["A", "price", 0.08, None],
    ["A", "wal", None, None],
    ["B", "loss", None, None],
    ["residual", "pv", 0.25, None],
]
YIELDS: Grid = [
    ["item", "yield", "low", "high", "basis", "reason"],
    ["A", 0.08, 0.06, 0.10, "monthly", "quotes of two dealers"],
    ["M", 0.18, 0.14, 0.22, "monthly", "as above"],
    ["B", 0.30, 0.20, 0.40, "monthly", "as above"],
    ["residual", 0.25, 0.20, 0.40, "monthly", "market participants' required return"],
]

# A second deal, of one class: its bonds are insured, and a reserve account is filled from excess interest.
RESERVE_BONDS: Grid = [["tranche", "balance", "coupon", "insured_by"], ["A", 100000.0, 0.06, "FSA"]]
RESERVE_WATERFALL: Grid = [
    ["step", "from", "pay", "to"],
    [1.0, "interest", "interest", "A"],
    [2.0, "reserve", "interest", "A"],
    [3.0, "FSA", "interest", "A"],
    [4.0, "principal", "principal", "A"],
    [5.0, "FSA", "writedown", "A"],
    [6.0, "excess", "deposit", "reserve"],
    [7.0, "excess", "reimbursement", "FSA"],
    [8.0, "excess", "residual", None],
]
RESERVE_ACCOUNTS: Grid = [["account", "balance", "target"], ["reserve", 100.0, 700.0]]
RESERVE_CASH: Grid = [
    ["month", "balance", "net_interest", "prepaid_principal", "liquidation_proceeds", "losses"],
    [1.0, 100000.0, 1000.0, None, 5000.0, 5000.0],
    [2.0, 90000.0, 900.0, None, None, None],
    [3.0, 90000.0, 400.0, 30000.0, None, None],
]

_ITEMS: list[Cell] = [
    "investment_securities_afs", "securitized_mortgage_collateral", "derivative_assets", "real_estate_owned",
    "securitized_mortgage_borrowings", "derivative_liabilities", "long_term_debt",
]  # fmt: skip
OPENING: Grid = [_ITEMS, [2068.0, 5894424.0, 37.0, 599084.0, -6193984.0, -273584.0, -15403.0]]
ACTIVITY: Grid = [
    ["row", *_ITEMS],
    ["interest income", 109.0, 957103.0, None, None, None, None, None],
    ["interest expense", None, None, None, None, -1649686.0, None, -1274.0],
    ["change in fair value excluding REO", 3540.0, 27804.0, 109.0, None, 254007.0, -54298.0, None],
    ["change in fair value of long-term debt", None, None, None, None, None, None, 765.0],
    ["losses from REO", None, None, None, -218157.0, None, None, None],
    ["purchases, issuances and settlements", -4904.0, -1213209.0, None, -238563.0, 1929798.0, 201279.0, 6139.0],
]
CLOSING: Grid = [_ITEMS, [813.0, 5666122.0, 146.0, 142364.0, -5659865.0, -126603.0, -9773.0]]

_TAPE: list[Cell] = [
    "loan_id", "balance", "rate", "remaining_term", "interest_only_months", "status", "months_delinquent",
]  # fmt: skip
TAPE_NOVEMBER: Grid = [
    _TAPE,
    ["2001", 200000.0, 0.0600, 240.0, None, "current", 0.0],
    ["2002", 150000.0, 0.0650, 320.0, 80.0, "current", 0.0],
    ["2003", 250000.0, 0.0625, 320.0, 80.0, "current", 0.0],
    ["2004", 120000.0, 0.0700, 318.0, 78.0, "d30", 1.0],
    ["2005", 180000.0, 0.0675, 318.0, 78.0, "d60", 2.0],
    ["2006", 160000.0, 0.0725, 317.0, 77.0, "d90", 5.0],
    ["2007", 140000.0, 0.0700, 316.0, 76.0, "foreclosure", 14.0],
    ["2008", 100000.0, 0.0700, 316.0, 76.0, "reo", 20.0],
]
TAPE_DECEMBER: Grid = [
    [*_TAPE, "loss"],
    ["2001", 198567.14, 0.0600, 239.0, None, "current", 0.0, None],
    ["2002", 0.0, 0.0650, None, None, "paid_off", None, None],
    ["2003", 245000.0, 0.0625, 319.0, 79.0, "current", 0.0, None],
    ["2004", 120000.0, 0.0700, 317.0, 77.0, "d60", 2.0, None],
    ["2005", 180000.0, 0.0675, 317.0, 77.0, "current", 0.0, None],
    ["2006", 160000.0, 0.0725, 316.0, 76.0, "foreclosure", 6.0, None],
    ["2007", None, None, None, None, "liquidated", 15.0, 63000.0],
    ["2008", 100000.0, 0.0700, 315.0, 75.0, "reo", 21.0, None],
]

DEAL: dict[str, Grid] = {
    "loans": LOANS, "bonds": BONDS, "waterfall": WATERFALL, "costs": COSTS, "terms": TERMS, "triggers": TRIGGERS,
    "hedges": HEDGES, "reo": REO, "curves": CURVES, "indices": INDICES, "yields": YIELDS,
    "cash": CASH, "grid": GRID, "measures": MEASURES,
    "trust": [['=XLFV_TRUST("SAMPLE-1", DATE(2009,12,31), loans, bonds, waterfall, costs, terms, triggers, hedges, reo)']],
    "projection": [["=XLFV_PROJECT(trust, curves, indices)"]],
    "reserve_bonds": RESERVE_BONDS, "reserve_waterfall": RESERVE_WATERFALL, "reserve_accounts": RESERVE_ACCOUNTS,
    "reserve_cash": RESERVE_CASH,
    "reserve_trust": [['=XLFV_TRUST("RESERVE", DATE(2009,12,31), , reserve_bonds, reserve_waterfall, , , , , , , reserve_accounts)']],
    "reserve_projection": [["=XLFV_DISTRIBUTE(reserve_trust, reserve_cash)"]],
    "opening": OPENING, "activity": ACTIVITY, "closing": CLOSING,
    "tape_november": TAPE_NOVEMBER, "tape_december": TAPE_DECEMBER,
    **AFTER,
    **REGISTERED,
    **LIABILITIES,
    **BLENDED,
    **ATTRIBUTION,
    **BOOKS,
    **DISCLOSURE,
}  # fmt: skip
"""The named ranges of the deal; a text that begins with ``=`` is a formula."""
