"""Loans of two months side by side: which row of the one is which row of the other, and the pair that measures read."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from xlfv.review.actuals import Floats, Ints
from xlfv.review.tapes import Pair, pair_of
from xlfv.tables.schema import Array, Records


def rows_of(wanted: Array, own: Array) -> Ints:
    """The row in ``own`` of each name wanted, int64[wanted]; -1 where it has none. No name stands twice in ``own``."""
    if wanted.size == own.size and bool(np.all(wanted == own)):
        return np.arange(own.size)
    return np.asarray(pd.Index(own.astype(object)).get_indexer(wanted.astype(object)), dtype=np.int64)


def months_between(before: dt.date, now: dt.date) -> int:
    """Calendar months from one date to another."""
    return (now.year - before.year) * 12 + now.month - before.month


def whole_balance(loans: Records) -> Floats:
    """Balance with what is deferred, float64[loans]."""
    return np.asarray(loans["balance"] + loans["deferred_balance"])


def pair_of_loans(before: Records, now: Records, months: int = 1) -> Pair:
    """Two tables of a trust's loans as a pair of tapes; the rate that a loan pays now is taken as that of the months between.

    A trust's table has no loans that are gone and no losses: what became of a loan that left is as :mod:`xlfv.review.tapes`
    takes it for granted. Payments missed of a late loan are by status where none are given.
    """
    at = rows_of(before["loan_id"], now["loan_id"])
    rate = np.where(at >= 0, now["rate"][np.maximum(at, 0)], before["rate"]) if now.count else before["rate"]
    return pair_of(as_tape(before).replace(rate=rate), as_tape(now), months)


def as_tape(loans: Records) -> Records:
    """A trust's loans as a tape: what only a tape may give is not given."""
    count = loans.count
    missed = loans["months_delinquent"].astype(np.float64)
    late = (loans["status"] != "current") & (missed == 0.0)
    nothing, never = np.full(count, np.nan), np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    return loans.replace(
        months_delinquent=np.where(late, np.nan, missed), loss=nothing, liquidation_proceeds=nothing.copy(),
        default_balance=nothing.copy(), liquidation_date=never,
    )  # fmt: skip
