"""Long-term debt of the company that owns the small deal's residual, and the sale of its property in January 2010."""

from __future__ import annotations

from xlfv.excel.codec import Grid

DEBT: Grid = [
    ["instrument", "balance", "coupon", "index", "margin", "frequency", "day_count", "maturity", "deferral", "yield",
     "own_credit_spread"],
    ["notes 2034", 620000.0, "2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%", None, None, 4.0, "30/360",
     "2034-03-30", None, 0.085, 0.14],
    ["trust preferred 2035", 85000.0, "8.01% until 2015-07-30", "LIBOR_3M", 0.0375, 4.0, "30/360", "2035-07-30",
     "2011-01-01", 0.09, 0.14],
]  # fmt: skip
DEBT_INDICES: Grid = [
    ["month", "LIBOR_3M"],
    [0.0, 0.0025], [12.0, 0.0110], [24.0, 0.0210], [36.0, 0.0290], [60.0, 0.0360], [84.0, 0.0410],
]  # fmt: skip
SALES: Grid = [["loan_id", "date", "proceeds"], ["1006", "2010-01-15", 92000.0]]

DEBT_AFTER: Grid = [
    [*DEBT[0], "deferred_interest"],
    ["notes 2034", 600000.0, *DEBT[1][2:9], 0.083, 0.13, None],
    [*DEBT[2][:9], 0.088, 0.13, 1702.125],
]
"""A month later: 20,000 dollars of the notes were bought back, and the preferred securities' interest of 30 January was put off."""
DEBT_INDICES_AFTER: Grid = [
    ["month", "LIBOR_3M"],
    [0.0, 0.0025], [12.0, 0.0100], [24.0, 0.0195], [36.0, 0.0275], [60.0, 0.0350], [84.0, 0.0400],
]  # fmt: skip
DEBT_ACTIVITY: Grid = [
    ["instrument", "interest_paid", "principal_paid", "issued", "text"],
    ["notes 2034", 0.0, 3500.0, 0.0, "20,000 dollars bought back"],
    ["trust preferred 2035", 0.0, 0.0, 0.0, None],
]

LIABILITIES: dict[str, Grid] = {
    "debt": DEBT,
    "debt_indices": DEBT_INDICES,
    "debt_after": DEBT_AFTER,
    "debt_indices_after": DEBT_INDICES_AFTER,
    "debt_activity": DEBT_ACTIVITY,
    "sales": SALES,
}
