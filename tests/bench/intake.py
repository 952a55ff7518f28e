"""A servicer's file of 350,000 loans in 40 columns, of 40 trusts, staged: ``python -m tests.bench.intake``. Prints seconds and memory."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.months.intake.small import SAMPLE
from xlfv.months.book.pieces import Nothing
from xlfv.months.intake.stage import stage

LOANS, TRUSTS, MONTH, MODEL = 350_000, 40, "2009-12", "ICMB-2004-F"
COLUMNS = {
    "Deal": "trust", "As Of": "as_of", "Loan No": "loan_id", "UPB": "balance", "Orig Bal": "original_balance",
    "Note Rate": "rate", "Rem Term": "remaining_term", "Age": "age", "Type": "rate_type", "Margin": "margin",
    "Svc Fee": "servicing_fee", "Prop": "property_type", "St": "state", "LTV": "ltv", "FICO": "fico", "DLQ": "status",
    "Last Paid": "last_paid_date", "Amort": "amortization_term", "IO": "interest_only_months", "P&I": "payment",
    "MI": "mi_premium", "Occ": "occupancy", "Lien": "lien", "Adv": "advances_outstanding", "Def Bal": "deferred_balance",
    "PPP": "prepay_penalty_months", "CPR x": "cpr_multiplier", "CDR x": "cdr_multiplier", "Sev x": "severity_multiplier",
    "Curve": "curve", "Grp": "group", "Other Fee": "other_fees",
}  # fmt: skip
LEFT_OUT = [f"X{k}" for k in range(8)]


def write_files(folder: Path) -> None:
    """The file, its mapping, and for each trust the model's other tables."""
    draws = np.random.default_rng(1)
    balances, rates = draws.uniform(5e4, 6e5, LOANS).round(2), draws.uniform(4, 8, LOANS).round(3)
    terms, states = draws.integers(100, 340, LOANS), draws.choice(["CA", "NY", "FL"], LOANS)
    codes = draws.choice(["C", "C", "C", "30", "60"], LOANS)
    names = [f"ICMB-{2000 + k}-F" for k in range(TRUSTS)]
    with (folder / "alpha_200912.csv").open("w") as out:
        out.write(",".join([*COLUMNS, *LEFT_OUT]) + "\n")
        for k in range(LOANS):
            out.write(
                f"{names[k % TRUSTS]},12/31/2009,{10_000_000 + k},{balances[k]},{balances[k] + 1000:.2f},{rates[k]},{terms[k]},"
                f"{360 - terms[k]},fixed,,0.25,sf,{states[k]},{0.5 + k % 40 / 100:.2f},{600 + k % 200},{codes[k]},12/01/2009,"
                f"{terms[k]},0,,0.0,owner,1,0.00,0.00,0,1.0,1.0,1.0,default,1,0.0,junk{k},{balances[k]},2,3,4,5,6,x\n"
            )
    head = 'sender = "Alpha"\nfile = "alpha_*.csv"\ntable = "loans"\ndates = "MM/DD/YYYY"\npercent = ["Note Rate", "Svc Fee"]\n'
    lines = "".join(f'"{theirs}" = "{ours}"\n' for theirs, ours in COLUMNS.items())
    (folder / "mappings").mkdir()
    (folder / "mappings" / "alpha.toml").write_text(
        f'{head}leave_out = {LEFT_OUT}\n[columns]\n{lines}[codes.status]\n"C" = "current"\n"30" = "d30"\n"60" = "d60"\n'
    )
    for name in names:
        home = folder / name / MONTH
        home.mkdir(parents=True)
        for table in ("bonds", "waterfall", "curves", "yields", "costs", "terms", "triggers", "hedges", "schedules"):
            text = (SAMPLE / MODEL / MONTH / f"{table}.csv").read_text().replace(MODEL, name)
            if table == "curves":  # the first of its curves for all loans
                first = text.splitlines()[1].split(",")[0]
                rows = [line for line in text.splitlines()[1:] if line.startswith(f"{first},")]
                text = "\n".join([text.splitlines()[0], *("default" + row[len(first) :] for row in rows)])
            (home / f"{table}.csv").write_text(text)
    (folder / "indices").mkdir()
    shutil.copy(SAMPLE / "indices" / f"{MONTH}.csv", folder / "indices")


def main() -> None:
    """Write, stage and tell."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_files(folder)
        begun = time.perf_counter()
        found = stage(folder, MONTH, Nothing())
        seconds = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        loans = sum(len(piece.content) for piece in found.pieces if piece.table == "loans")
        print(
            f"{loans:,} loans, {len(found.pieces)} tables, {len(found.errors)} errors: {seconds:.1f} s, {memory:.2f} GB at most"
        )


if __name__ == "__main__":
    main()
