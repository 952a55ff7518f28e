"""Long-term debt seen from a later date: what its terms pay until then, and what is left of them.

It is the opening's own terms, and the opening's own forward indices, that are looked at from the later date; nothing of what
happened in between is known. The result is valued by the same code as any other debt (:mod:`xlfv.valuation.debt`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from xlfv.market.index_moves import moved_on
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.valuation.debt import Payment, payments, rate_of
from xlfv.valuation.debt_terms import Debt


@dataclass(frozen=True)
class Aged:
    """An instrument at a later date.

    Attributes:
        debt: what its terms are then; None where it has matured.
        paid: what its terms pay until then, that day included.
        indices: the opening's forward indices as seen from then.
    """

    debt: Debt | None
    paid: tuple[Payment, ...]
    indices: Indices

    @property
    def cash(self) -> float:
        """All that its terms pay until the later date (dollars)."""
        return sum(one.cash for one in self.paid)


def aged(debt: Debt, as_of: dt.date, later: dt.date, indices: Indices) -> Aged:
    """An instrument's terms at a later date, if all is paid and put off as they say.

    A floating coupon of the period that runs at the later date is what the opening's indices say of it.
    """
    every = payments(debt, as_of, indices)
    paid = tuple(one for one in every if one.date <= later)
    months = (later.year - as_of.year) * 12 + later.month - as_of.month
    wanted = {span.index for span in debt.spans if span.index in indices.rates}
    held = indices.only(wanted)
    forward = moved_on(held, months) if wanted else NO_INDICES
    if len(paid) == len(every):
        return Aged(None, paid, forward)
    start, left = (paid[-1].date, paid[-1].left) if paid else (debt.start, debt.deferred)
    floats = next((span for span in debt.spans if span.index and span.end > start), None)
    current = np.nan
    if floats is not None and max(start, floats.start) <= later:
        current = rate_of(debt, floats.rate, floats.index, max(start, floats.start), as_of, indices)
    over = debt.deferral is not None and debt.deferral <= later
    rest = replace(
        debt,
        start=start,
        dates=tuple(one.date for one in every if one.date > later),
        deferred=left,
        deferral=None if over else debt.deferral,
        current_coupon=current,
    )
    return Aged(rest, paid, forward)
