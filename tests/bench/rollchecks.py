"""Roll checks, tie-out pieces and measures of 350,000 loans, timed by hand: ``python -m tests.bench.rollchecks``."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import numpy as np

from tests.builders import make_trust
from xlfv.review.follow import pair_of_loans
from xlfv.review.measures import measure
from xlfv.review.remittance import Remittance
from xlfv.review.roll_checks import roll_checks
from xlfv.review.tieout import tie_out
from xlfv.tables.schema import Records
from xlfv.trust.loans import LOANS
from xlfv.trust.trust import Trust

LOANS_COUNT = 350_000


def tape(count: int) -> Records:
    """Loans of a plain month."""
    draws = np.random.default_rng(7)
    empty = LOANS.empty()
    columns = {}
    for column in LOANS.columns:
        array = empty[column.name]
        value = column.default if column.default is not None else {"f": np.nan, "U": ""}.get(array.dtype.kind, 0)
        columns[column.name] = np.full(count, np.datetime64("NaT") if array.dtype.kind == "M" else value)
    columns["loan_id"] = np.array([f"LN{k:08d}" for k in draws.permutation(count)])
    columns["balance"] = np.round(draws.uniform(5e4, 9e5, count), 2)
    columns["rate"] = np.round(draws.uniform(0.04, 0.08, count), 5)
    columns["remaining_term"] = draws.integers(100, 360, count)
    columns["age"] = draws.integers(10, 60, count)
    columns["status"] = draws.choice(
        ["current", "d30", "d60", "d90", "foreclosure"], count, p=[0.9, 0.04, 0.02, 0.02, 0.02]
    )
    return Records(columns, frozenset(columns))


def trust_of(loans: Records, as_of: dt.date) -> Trust:
    """A small trust with these loans in it."""
    small = make_trust(as_of=as_of)
    return replace(small, tables={**small.tables, "loans": loans})


def main() -> None:
    """Time them."""
    before = tape(LOANS_COUNT)
    order = np.random.default_rng(8).permutation(LOANS_COUNT)[: LOANS_COUNT - 4000]
    later = before.take(order)
    now = later.replace(balance=np.round(later["balance"] * 0.999, 2), remaining_term=later["remaining_term"] - 1,
                        age=later["age"] + 1)  # fmt: skip
    trusts = [trust_of(before, dt.date(2009, 11, 30)), trust_of(now, dt.date(2009, 12, 31))]
    gone = before.take(np.setdiff1d(np.arange(LOANS_COUNT), order))
    serious = np.isin(gone["status"], ("d90", "foreclosure"))
    lost = float(gone["balance"][serious].sum())
    posted = {"interest_collected": 5e8, "principal_collected": 2e9, "liquidation_proceeds": lost / 2, "losses": lost / 2,
              "servicing_paid": 1e7}  # fmt: skip
    report = Remittance({("pool_balance", ""): 1.0})
    for name, work in (
        ("tie_out", lambda: tie_out(trusts[1], report, trusts[0], actuals=posted)),
        ("roll_checks", lambda: roll_checks(before, now, dt.date(2009, 11, 30), dt.date(2009, 12, 31))),
        ("pair and measure", lambda: measure(pair_of_loans(before, now))),
    ):
        began = time.perf_counter()
        work()
        print(f"{name}: {time.perf_counter() - began:.2f} s for {LOANS_COUNT:,} loans")


if __name__ == "__main__":
    main()
