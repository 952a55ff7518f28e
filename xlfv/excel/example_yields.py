"""Quotes, a policy of risk premiums, peers and a register of yields for the small deal: what its yields are reviewed against."""

from __future__ import annotations

from xlfv.excel.codec import Grid

QUOTES: Grid = [
    ["item", "source", "date", "quote", "quote_type", "basis", "settlement", "assumptions", "assumed_cdr", "orderly",
     "weight"],
    ["A", "pricing service", "2009-12-31", 85.25, "price", None, "2010-01-05", None, None, None, 2.0],
    ["A", "dealer 1", "2009-12-29", 0.0815, "yield", "bond_equivalent", None, None, None, None, None],
    ["A", "dealer 2", "2009-11-16", 83.0, "price", None, None, None, None, None, None],
    ["M", "pricing service", "2009-12-31", 0.175, "yield", None, None, None, None, None, None],
    ["M", "dealer 1", "2009-12-30", 31.0, "price", None, None, "sold for a margin call", None, "no", None],
    ["B", "pricing service", "2009-12-31", 0.30, "yield", None, None, "4 CDR throughout", 0.04, None, None],
]  # fmt: skip
RANGES: Grid = [
    ["collateral_type", "vintage_from", "vintage_to", "rating", "position", "base_rate", "risk_premium_low",
     "risk_premium_high", "source", "reviewed_date", "reviewed_by"],
    [None, 2005.0, 2007.0, None, "senior", "LIBOR_1M", 0.055, 0.09, "dealers' research", "2009-12-15", "controller"],
    [None, 2005.0, 2007.0, None, "mezzanine", "LIBOR_1M", 0.14, 0.22, "dealers' research", "2009-12-15", "controller"],
    [None, 2005.0, 2007.0, None, None, "LIBOR_1M", 0.20, 0.38, "dealers' research", "2009-12-15", "controller"],
    ["multifamily", None, None, None, "senior", 0.025, 0.03, 0.05, "dealers' research", "2009-12-15", "controller"],
]  # fmt: skip
REGISTER: Grid = [
    ["item", "yield", "low", "high", "base_rate", "risk_premium", "reason", "chosen_by", "chosen_date", "rating"],
    ["A", 0.0825, 0.06, 0.10, 0.0023, 0.0802, "quotes of two sources", "analyst", "2010-01-08", "BB"],
    ["M", 0.185, 0.14, 0.18, 0.0023, 0.1827, "thinly traded: above the one quote", "analyst", "2010-01-08", "CCC"],
    ["B", 0.30, 0.20, 0.40, None, None, None, "analyst", "2010-01-08", "C"],
    ["residual", 0.25, 0.20, 0.40, None, None, "required return of market participants", "analyst", "2010-01-08", None],
]  # fmt: skip
LAST_MONTH: Grid = [
    ["item", "yield"],
    ["A", 0.085],
    ["M", 0.18],
    ["B", 0.32],
    ["residual", 0.25],
]
PEERS: Grid = [
    ["trust", "item", "yield", "kind", "rating"],
    ["PEER-1", "A-1", 0.079, "senior", "BB"],
    ["PEER-1", "A-2", 0.084, "senior", "CCC"],
    ["PEER-1", "residual", 0.28, None, None],
    ["PEER-2", "A", 0.081, "senior", "Ba2"],
    ["PEER-2", "M-1", 0.17, "mezzanine", "B"],
    ["PEER-2", "M-2", 0.19, "mezzanine", "CCC"],
    ["PEER-2", "residual", 0.22, None, None],
]

REGISTERED: dict[str, Grid] = {
    "quotes": QUOTES, "ranges": RANGES, "register": REGISTER, "last_month": LAST_MONTH, "peers": PEERS,
}  # fmt: skip
"""The named ranges of the yield register."""
