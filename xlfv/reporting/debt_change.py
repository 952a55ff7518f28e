"""The change in fair value of one instrument of long-term debt, by independent revaluations of its opening terms.

From its opening value to its closing value one thing changes after another, each time valued by the code of XLFV_DEBT_VALUE:

- ``time``: the opening terms seen from the closing date, at the opening's yield and forward indices: what has been paid by then is
  cash and no longer value; effective interest is taken off;
- ``deferral``: what of interest was put off otherwise than those terms say, by the closing's deferred interest;
- ``index``: the closing's forward indices, and its coupon of the period that runs;
- ``base_yield``, ``own_credit``: the closing's base yield, then its own credit spread;
- ``retired``: of principal gone before it was due, what it was worth then less what was paid for it;
- ``issued``: of principal that came, what it is worth at the closing less what was received for it.

The closing value itself enters none of them: what the closing's own terms are worth beyond the opening's, revalued, stays in
the remainder, and so does a payment that the books lack.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, fields, replace

import numpy as np

from xlfv.market.indices import Indices
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_aging import Aged, aged
from xlfv.valuation.debt_terms import Debt

CENT = 0.005


@dataclass(frozen=True)
class DebtPaid:
    """What the books say of one instrument in a period (dollars).

    Attributes:
        interest, principal: paid.
        issued: received for debt issued.
        retired_for: agreed price of principal retired before it was due; not a number: what was paid beyond what was due.
    """

    interest: float = 0.0
    principal: float = 0.0
    issued: float = 0.0
    retired_for: float = math.nan


@dataclass(frozen=True)
class Ends:
    """An instrument at both dates, with the forward indices of each; None where it is not there."""

    opening: Debt | None
    closing: Debt | None
    dates: tuple[dt.date, dt.date]
    indices: tuple[Indices, Indices]

    @property
    def months(self) -> int:
        """Calendar months between."""
        first, last = self.dates
        return (last.year - first.year) * 12 + last.month - first.month

    @property
    def name(self) -> str:
        """Its name."""
        either = self.closing or self.opening
        assert either is not None
        return either.name


@dataclass(frozen=True)
class DebtChange:
    """An instrument over a period, dollars of value owed: above 0 it is worth more.

    Attributes:
        opening, closing: fair values.
        interest: effective-yield interest of the opening value.
        time, deferral, index, base_yield, own_credit, retired, issued: the change in fair value; see the module.
        interest_due: interest that the terms at both dates make paid.
        principal_due: principal due by its terms, and the price of what was retired.
        proceeds: received for what was issued.
    """

    opening: float
    interest: float
    time: float
    deferral: float
    index: float
    base_yield: float
    own_credit: float
    retired: float
    issued: float
    interest_due: float
    principal_due: float
    proceeds: float
    closing: float

    @property
    def change(self) -> float:
        """Change in fair value beyond interest and cash."""
        return self.time + self.deferral + self.index + self.base_yield + self.own_credit + self.retired + self.issued

    def unexplained(self, paid: DebtPaid) -> float:
        """The remainder: closing less opening, interest, change and the cash that the books have."""
        moved = self.opening + self.interest + self.change - paid.interest - paid.principal + paid.issued
        return self.closing - moved


def added(parts: list[DebtChange]) -> DebtChange:
    """Instruments together."""
    return DebtChange(**{one.name: math.fsum(getattr(part, one.name) for part in parts) for one in fields(DebtChange)})


def monthly_rate(debt: Debt) -> float:
    """A month's rate at the yield at which an instrument is valued."""
    return float(np.expm1(debt.compounds / 12.0 * np.log1p(debt.discount_yield / debt.compounds)))


def debt_change(ends: Ends, paid: DebtPaid) -> DebtChange:
    """The change in fair value of an instrument.

    Raises:
        Refused: an index that it floats on is not given.
    """
    first, last = ends.dates
    before, after = ends.indices
    nothing = dict.fromkeys((one.name for one in fields(DebtChange)), 0.0)
    closing = _value(ends.closing, last, after)
    if ends.opening is None or ends.opening.balance == 0.0 < (ends.closing.balance if ends.closing else 0.0):
        proceeds = paid.issued or closing
        return DebtChange(**{**nothing, "issued": closing - proceeds, "proceeds": proceeds, "closing": closing})
    opening = _value(ends.opening, first, before)
    seen = aged(ends.opening, first, last, before)
    interest = opening * monthly_rate(ends.opening) * ends.months
    kept, share = _kept(seen, ends.closing)
    values = _stages(kept, seen, ends.closing, last, after)
    put_off = (kept.deferred - seen.debt.deferred) if kept is not None and seen.debt is not None else 0.0
    scheduled = sum(one.principal for one in seen.paid)
    gone, more = max(1.0 - share, 0.0) * values[-1], max(share - 1.0, 0.0) * values[-1]
    price = _price(gone, paid, scheduled) if share < 1.0 else 0.0
    proceeds = (paid.issued or more) if share > 1.0 else 0.0
    return DebtChange(
        opening=opening,
        interest=interest,
        time=values[0] - opening + seen.cash - interest,
        deferral=values[1] - values[0] - put_off,
        index=values[2] - values[1],
        base_yield=values[3] - values[2],
        own_credit=values[4] - values[3],
        retired=price - gone,
        issued=more - proceeds,
        interest_due=sum(one.paid for one in seen.paid) - put_off,
        principal_due=scheduled + price,
        proceeds=proceeds,
        closing=closing,
    )


def _value(debt: Debt | None, as_of: dt.date, indices: Indices) -> float:
    return debt_values([debt], as_of, indices)[0].value if debt is not None else 0.0


def _kept(seen: Aged, closing: Debt | None) -> tuple[Debt | None, float]:
    """The opening's terms seen later with the closing's deferral, and what share of the balance is still there."""
    if seen.debt is None:
        return None, 1.0  # paid at maturity
    if closing is None:
        return seen.debt, 0.0
    share = closing.balance / seen.debt.balance if seen.debt.balance else 1.0
    deferred = closing.deferred / share if share > 0.0 else seen.debt.deferred
    if abs(deferred - seen.debt.deferred) < CENT and closing.deferral == seen.debt.deferral:
        return seen.debt, share
    return replace(seen.debt, deferred=deferred, deferral=closing.deferral, compounding=closing.compounding), share


def _price(worth: float, paid: DebtPaid, scheduled: float) -> float:
    """What principal gone before it was due cost: as agreed, else as the books have it beyond what was due, else its value."""
    if not math.isnan(paid.retired_for):
        return paid.retired_for
    beyond = paid.principal - scheduled
    return beyond if beyond > CENT else worth


def _stages(kept: Debt | None, seen: Aged, closing: Debt | None, last: dt.date, after: Indices) -> list[float]:
    """Values of the opening's terms at the closing date, on its whole balance: time, deferral, index, base yield, own credit."""
    if kept is None or seen.debt is None:
        return [0.0] * 5
    values = [_value(seen.debt, last, seen.indices), _value(kept, last, seen.indices)]
    if closing is None:  # retired in between: at the opening's rates
        return [*values, *[values[1]] * 3]
    debt = replace(kept, current_coupon=closing.current_coupon)
    values.append(_value(debt, last, after))
    debt = replace(debt, base_yield=closing.base_yield, compounds=closing.compounds)
    values.append(_value(debt, last, after))
    return [*values, _value(replace(debt, own_credit_spread=closing.own_credit_spread), last, after)]
