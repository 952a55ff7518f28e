"""The memory that a whole shelf of trusts takes; the bench runs it in a process of its own."""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from pathlib import Path

from tests.builders import AS_OF, PASS_THROUGH, make_curves, make_indices, table
from xlfv.projection.collateral import project_collateral
from xlfv.tables.files import read_file
from xlfv.trust.trust import build_trust

MONTHS = 360
HEADER = (
    "loan_id", "balance", "rate", "remaining_term", "interest_only_months", "servicing_fee", "status", "rate_type",
    "index", "margin", "months_to_reset", "reset_frequency", "periodic_cap", "life_cap",
)  # fmt: skip


def write_tape(path: Path, loans: int, first: int = 0) -> float:
    """Write a tape of mixed loans, half adjustable, some interest-only, some late; their balance."""
    total = 0.0
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for n in range(first, first + loans):
            arm = n % 2 == 1
            balance = 40000.0 + 97.0 * (n * 37 % 4999)
            total += balance
            rows.writerow([
                1_000_000 + n, balance, (450 + n * 53 % 400) / 10000, 120 + n * 29 % 240, 36 if n % 5 == 0 else 0, 0.0025,
                "foreclosure" if n % 11 == 0 else "current", "arm" if arm else "fixed", "LIBOR_6M" if arm else "",
                0.0225 if arm else 0.0, n % 30 if arm else 0, 6 if arm else 12, 0.01, 0.12,
            ])  # fmt: skip
    return total


def shelf(loans: int, trusts: int) -> None:
    """Read so many loans in so many trusts, keep them all, project each; prints the most memory taken, bytes."""
    curves = make_curves(cpr="6 ramp 24 to 12", cdr="2 ramp 30 to 5", severity=0.4, recovery_lag=12)
    indices = make_indices(LIBOR_6M=[(23 + 17 * (m % 40)) / 10000 for m in range(MONTHS + 1)])
    kept, seconds = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loans.csv"
        for each in range(trusts):
            size = write_tape(path, loans // trusts, each * (loans // trusts))
            bonds = table("bonds", [{"tranche": "A", "balance": size, "coupon": 0.0}])
            tables = {"loans": read_file(path, "loans"), "bonds": bonds, "waterfall": table("waterfall", PASS_THROUGH)}
            trust = build_trust(f"TRUST-{each}", AS_OF, tables)
            del tables
            start = time.perf_counter()
            kept.append((trust, project_collateral(trust, curves, indices, MONTHS)))
            seconds += time.perf_counter() - start
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, seconds)
