"""The contract of one loan in Decimal: what the borrower owes if nobody prepays, curtails or defaults."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from tests.reference.decimal_curves import ONE, TWELVE, ZERO, number, whole

DUST = Decimal("1e-9")


@dataclass
class Due:
    """One month of the contract.

    ``interest``: a dollar of balance's interest. ``kept``: share of the balance a paying borrower still owes after the
    scheduled payment. ``kept_late``: the same for the advances of a late one, where a balloon is not advanced, and nothing
    is once the contract's own balance is paid: no payment falls due any more.
    """

    note_rate: Decimal
    interest: Decimal
    kept: Decimal
    kept_late: Decimal


def months_on(start: dt.date, months: int) -> dt.date:
    """The same day some months on; a month's end stays a month's end."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    at_end = start.day == calendar.monthrange(start.year, start.month)[1]
    return dt.date(year, month + 1, last if at_end else min(start.day, last))


def level(balance: Decimal, rate: Decimal, periods: int) -> Decimal:
    """Level payment: the balance over the worth of one dollar a period."""
    if rate == 0:
        return balance / periods
    return balance * rate / (ONE - (ONE + rate) ** -periods)


class Contract:
    """Walks a contract a month at a time; ``owed`` bears interest and amortizes, ``deferred`` waits for the end."""

    def __init__(self, loan: dict, indices: dict[str, list[float]], cutoff: dt.date) -> None:
        self.loan, self.cutoff = loan, cutoff
        self.term, self.age = loan["remaining_term"], loan.get("age") or 0
        self.span = loan.get("amortization_term") or self.term
        self.interest_only = loan.get("interest_only_months") or 0
        self.owed = number(loan["balance"])
        self.deferred = self._given("deferred_balance") or ZERO
        self.rate = number(loan["rate"])
        self.path = indices[loan["index"]] if loan.get("rate_type") == "arm" else []
        self.taken_initial_cap = 0 < (loan.get("first_reset_age") or 0) <= self.age
        self.payment = self._given("payment") or level(self.owed, self.rate / TWELVE, self.span)
        self.payment_cap, negam = self._given("payment_cap"), self._given("negam_limit")
        self.may_grow = self.payment_cap is not None or negam is not None
        self.original = self._given("original_balance") or self.owed  # a tape's 0 is a blank
        self.ceiling = None if negam is None else negam * self.original
        self.last_interest = ZERO

    @property
    def balloon(self) -> bool:
        """By its terms it does not amortize to nothing."""
        return self.span > self.term or self.interest_only >= self.term

    def _given(self, column: str) -> Decimal | None:
        typed = self.loan.get(column)
        return None if typed is None else number(typed)

    def _accrual(self, month: int) -> Decimal:
        """Share of a year that a month's interest accrues for."""
        basis = self.loan.get("accrual_basis") or "30/360"
        if basis == "30/360":
            return ONE / TWELVE
        days = (months_on(self.cutoff, month) - months_on(self.cutoff, month - 1)).days
        return Decimal(days) / (360 if basis == "act/360" else 365)

    def _rate_resets(self, month: int) -> bool:
        """Set the month's rate; whether it was a reset."""
        since = month - 1 - (self.loan.get("months_to_reset") or 0)
        if not self.path or since < 0 or since % (self.loan.get("reset_frequency") or 12):
            return False
        row = month - self.loan.get("lookback", 1)
        new = number(self.path[max(0, min(row, len(self.path) - 1))]) + (self._given("margin") or ZERO)
        if step := self._given("rate_rounding"):
            new = whole(new / step) * step
        cap = self._given("periodic_cap")
        if not self.taken_initial_cap and self._given("initial_cap") is not None:
            cap = self._given("initial_cap")
        self.taken_initial_cap = True
        if cap is not None:
            new = min(max(new, self.rate - cap), self.rate + cap)
        new = max(new, self._given("life_floor") or ZERO)
        if self._given("life_cap") is not None:
            new = min(new, self._given("life_cap"))
        self.rate = new
        return True

    def _anniversary(self, month: int, every: int) -> bool:
        """A multiple of ``every`` payments made before this month's."""
        made = self.age + month - 1
        return every > 0 and made > 0 and made % every == 0

    def _payment_changes(self, month: int, rate_reset: bool) -> bool:
        every = self.loan.get("payment_reset_frequency") or 0
        if not every:
            return rate_reset
        first = self.loan.get("months_to_payment_reset")
        if first is None:
            return self._anniversary(month, every)
        return month > first and (month - 1 - first) % every == 0

    def _set_payment(self, month: int, rate_reset: bool) -> None:
        full = level(self.owed, self.rate / TWELVE, self.span - month + 1)
        recast = self._anniversary(month, self.loan.get("recast_frequency") or 0)
        if recast or (0 < self.interest_only == month - 1):
            self.payment = full
        elif self._payment_changes(month, rate_reset):
            if self.payment_cap is not None:
                low, high = (self.payment * (ONE + sign * self.payment_cap) for sign in (-1, 1))
                full = min(max(full, low), high)
            self.payment = full

    def _principal(self, month: int, interest: Decimal) -> Decimal:
        """Principal of the month's payment; below zero where unpaid interest joins the balance."""
        if month <= self.interest_only:
            return ZERO
        if not self.may_grow:
            return min(max(self.payment - interest, ZERO), self.owed)
        unpaid = interest - self.payment
        if self.ceiling is not None and unpaid > 0 and self.owed + unpaid > self.ceiling:
            self.payment = level(self.owed, self.rate / TWELVE, self.span - month + 1)
        return min(self.payment - interest, self.owed)

    def month(self, month: int) -> Due:
        """The next month (1, 2, ... in turn)."""
        whole_balance = self.owed + self.deferred
        bearing = self.owed / whole_balance if whole_balance else ONE
        if month > self.term:
            return Due(self.rate, self.last_interest * bearing, ZERO, ONE)
        rate_reset = self._rate_resets(month)
        self._set_payment(month, rate_reset)
        self.last_interest = self.rate * self._accrual(month)
        principal = self._principal(month, self.owed * self.last_interest)
        left = self.owed - principal
        self.owed = ZERO if left <= DUST * self.owed else left
        if not whole_balance:
            return Due(self.rate, self.last_interest * bearing, ZERO, ONE)
        kept = (self.owed + self.deferred) / whole_balance
        return Due(self.rate, self.last_interest * bearing, ZERO if month == self.term else kept, min(kept, ONE))
