"""One loan's contract from the terms that a table has, for tests: what the kernel makes of it, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout
from xlfv.kernels.contract import contract, next_payment, penalties, reset_rate
from xlfv.kernels.elementary import payment_factor
from xlfv.trust.loans import PENALTY_RATES

Floats = NDArray[np.float64]
ACCRUALS = {"30/360": layout.THIRTY, "act/360": layout.ACTUAL, "simple": layout.DAILY}
KINDS = {
    "percent": layout.PERCENT, "step_down": layout.STEP_DOWN, "interest_months": layout.INTEREST_MONTHS,
    "yield_maintenance": layout.YIELD_MAINTENANCE,
}  # fmt: skip
BLANK = np.array([[0.0]])


@dataclass(frozen=True)
class Plan:
    """Month 0 first.

    Attributes:
        balances, shares, notes, penalties: from the kernels.
        days: days of each month.
    """

    balances: Floats
    shares: Floats
    notes: Floats
    penalties: Floats
    days: NDArray[np.int64]

    @property
    def interest(self) -> Floats:
        """Interest due of each month, dollars."""
        return np.concatenate([[0.0], self.balances[:-1] * self.shares[1:]])

    @property
    def principal(self) -> Floats:
        """Principal of each month, dollars; below 0 where unpaid interest joins the balance."""
        return np.concatenate([[0.0], -np.diff(self.balances)])

    @property
    def payments(self) -> Floats:
        """Interest and principal of each month, dollars."""
        return self.interest + self.principal


def days_of(start: dt.date, months: int) -> NDArray[np.int64]:
    """Days from one payment date to the next, entry 0 is 0; the last day of a month stays the last."""
    first = np.datetime64(start, "M") + np.arange(months + 1)
    ends = (first + 1).astype("datetime64[D]") - 1
    if (start + dt.timedelta(days=1)).day == 1:
        dates = ends
    else:
        dates = np.minimum(first.astype("datetime64[D]") + (start.day - 1), ends)
    return np.concatenate([[0], np.diff(dates).astype(np.int64)])


def arrays(**terms: Any) -> tuple[Floats, NDArray[np.int64]]:
    """The kernel's row of a loan; terms are columns of the loans table, index is a row number."""
    numbers, counts = np.zeros(layout.LOAN_NUMBERS), np.zeros(layout.LOAN_COUNTS, dtype=np.int64)
    given = {key: value for key, value in terms.items() if value is not None}
    take = given.pop
    balance, term = float(take("balance", 100000.0)), int(take("remaining_term", 360))
    periodic = take("periodic_cap", np.inf)
    payment_cap = take("payment_cap", np.inf)
    kind = take("prepay_penalty_type", "percent" if "prepay_penalty_rate" in given else "")
    often = take("payment_reset_frequency", 0)
    age = take("age", 0)
    numbers[:] = [
        balance, take("rate", 0.06), take("margin", 0.0), take("initial_cap", periodic), periodic,
        take("life_cap", np.inf), take("life_floor", 0.0), take("rate_rounding", 0.0), take("payment", 0.0), 0.0, 1.0, 1.0,
        1.0, 1.0, take("original_balance", balance), payment_cap,
        take("negam_limit", np.inf if payment_cap < np.inf else 0.0), take("deferred_balance", 0.0),
        take("prepay_penalty_rate", PENALTY_RATES.get(kind, 0.0)), 0.0, 0.0,
    ]  # fmt: skip
    until = -age % often if often else 0
    until = often if often and age == 0 else until
    counts[:] = [
        term, take("amortization_term", term), take("interest_only_months", 0), age, take("months_to_reset", 0),
        take("reset_frequency", 12), take("index", -1), take("lookback", 1), ACCRUALS[take("accrual_basis", "30/360")],
        take("months_to_payment_reset", until), often, take("recast_frequency", 0), take("prepay_penalty_months", 0),
        KINDS.get(kind, layout.NO_PENALTY), take("prepay_penalty_index", -1), 0, 0, 0, 0,
    ]  # fmt: skip
    assert not given, f"not terms of a loan: {list(given)}"
    return numbers, counts


def plan(
    months: int | None = None, indices: Sequence[Sequence[float]] | Floats = BLANK,
    start: dt.date = dt.date(2009, 12, 31), **terms: Any,
) -> Plan:  # fmt: skip
    """Plan a loan of 100,000 at 6% over 360 months, except as said.

    Args:
        months: to plan; to maturity if not said.
        indices: index rows, month 0 first.
        start: cut-off, for accrual by actual days.
        terms: columns of the loans table; ``index`` and ``prepay_penalty_index`` are rows of ``indices``.
    """
    numbers, counts = arrays(**terms)
    months = int(counts[layout.L_TERM]) if months is None else months
    days = days_of(start, months)
    fractions = np.vstack([np.full(months + 1, 1 / 12), days / 360, days / 365])
    rows = np.asarray(indices, dtype=np.float64)
    balances, shares, notes, out = (np.full(months + 1, np.nan) for _ in range(4))
    contract(numbers, counts, rows, fractions, months, balances, shares, notes)
    penalties(numbers, counts, rows, notes, months, out)
    return Plan(balances, shares, notes, out, days)


CENT = Decimal("0.01")


def to_the_cent(
    months: int, indices: Sequence[Sequence[float]] | Floats = BLANK, start: dt.date = dt.date(2009, 12, 31), **terms: Any
) -> dict[int, tuple[float, float, float, float]]:  # fmt: skip
    """Month -> payment, principal, interest, balance, each rounded to the cent as a servicer does.

    The kernel carries full precision; printed schedules round each new payment and each month's interest. Rates and
    payments come from the functions that the kernel itself calls, so that only the rounding is this one's.
    """
    numbers, counts = arrays(**terms)
    rows = np.asarray(indices, dtype=np.float64)
    basis = 360 if counts[layout.L_ACCRUAL] == layout.ACTUAL else 365
    days = days_of(start, months)
    rate, balance, reset = float(numbers[layout.L_RATE]), _cents(numbers[layout.L_BALANCE]), counts[layout.L_RESET] + 1
    level = float(balance) * payment_factor(rate / 12.0, int(counts[layout.L_AMORTIZE]))
    payment = _cents(numbers[layout.L_PAYMENT] or level)
    table = {}
    for month in range(1, months + 1):
        resets = bool(month == reset and counts[layout.L_INDEX] >= 0)
        if resets:
            row = min(max(month - counts[layout.L_LOOKBACK], 0), rows.shape[1] - 1)
            rate = reset_rate(rate, numbers, rows[counts[layout.L_INDEX], row], month == counts[layout.L_RESET] + 1)
            reset += counts[layout.L_FREQUENCY]
        payment = _cents(next_payment(float(payment), float(balance), rate, resets, month, numbers, counts))
        share = Decimal(repr(round(rate, 9)))
        thirty = counts[layout.L_ACCRUAL] == layout.THIRTY
        interest = _cents(balance * share / 12 if thirty else balance * share * int(days[month]) / basis)
        balance -= payment - interest
        table[month] = (float(payment), float(payment - interest), float(interest), float(balance))
    return table


def _cents(amount: float | Decimal) -> Decimal:
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)
