"""What the small deal's January really paid, as a trustee's report would say it: for the explanation of its change in value.

Bonds: what their balances fell by, and the month's interest after what the net WAC cap took (115.13 of M, 95.07 of B). The
REO 1006 was sold for 92,000; the collateral brought the rest of what bonds, swap and residual were paid.
"""

from __future__ import annotations

from xlfv.excel.codec import Grid

CASH_PAID: Grid = [
    ["item", "amount"],
    ["Securitized mortgage collateral", 9787.94],
    ["Real estate owned, at net realizable value", 92000.0],
    ["A", 99103.29],
    ["M", 709.87],
    ["B", 354.93],
    ["Derivative liabilities", 686.51],
    ["Residual interest", 933.34],
]
ATTRIBUTION: dict[str, Grid] = {"cash_paid": CASH_PAID}
"""The named ranges."""
