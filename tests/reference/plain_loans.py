"""A plain, slow, separately written projection of one loan in Decimal, to hold the engine against.

Nothing of xlfv is used. Dollars are tracked, not shares that survive: the performing balance, and a list of vintages,
each the balance that fell late in one month (or stands late today) with its own dates and its own advances. Rows and
curves are those a person would type; the contract stands in ``decimal_contract``, the curves in ``decimal_curves``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext

from tests.reference.decimal_contract import Contract, Due
from tests.reference.decimal_curves import DIGITS, ONE, TWELVE, ZERO, Reading, number, whole

FIELDS = (
    "performing_balance", "delinquent_balance", "foreclosure_balance", "late_balance", "scheduled_principal",
    "prepaid_principal", "curtailed_principal", "new_defaults", "cured_balance", "advanced_principal",
    "liquidated_balance", "liquidation_proceeds", "losses", "mi_proceeds", "liquidation_expenses",
    "subsequent_recoveries", "interest_due", "interest_paid", "interest_advanced", "interest_lost",
    "interest_capitalized", "servicing_fee", "servicing_due", "penalties", "advances_repaid", "advances_outstanding",
)  # fmt: skip
LATE = ("d30", "d60", "d90", "bankruptcy", "foreclosure")
SIXTY = ("d60", "d90", "bankruptcy")
ADVANCES_USED = {"d30": 1, "d60": 2, "d90": 3, "bankruptcy": 3, "foreclosure": 3}
FOREVER = 10**6
CUTOFF = dt.date(2009, 12, 31)


@dataclass
class Vintage:
    """Balance that fell late in one month. ``status``: where it stands today, empty if it paid today."""

    status: str
    at_default: Decimal
    left: Decimal
    dies: int
    last_advance: int
    advances: Decimal = ZERO


class LoanMonths:
    """One loan on its way through the months."""

    def __init__(
        self, loan: dict, curve: dict, indices: dict[str, list[float]], months: int, stop: str, cutoff: dt.date
    ) -> None:
        self.loan, self.stop = loan, stop
        self.basis = curve.get("severity_basis") or "all_in"
        self.contract = Contract(loan, indices, cutoff)
        self.reading = Reading(curve, self.contract.age)
        self.indices = indices
        self.out = {name: [ZERO] * (months + 1) for name in FIELDS}
        self.months = months
        self.today = self.contract.owed + self.contract.deferred
        self.status = loan.get("status") or "current"
        self.performing = self.today
        self.carried = self._given("advances_outstanding")  # advances on what performs
        self.advancing = 0 if loan.get("advancing") in (False, "no") else 1
        self.fee = sum(map(self._given, ("servicing_fee", "mi_premium", "other_fees")), ZERO) / TWELVE
        self.vintages: list[Vintage] = []
        self.uncured = ZERO  # share of today's balance that is late today and has not cured
        if self._has_timeline():
            self._start_late()
        self._close(0)

    def _given(self, column: str, default: Decimal = ZERO) -> Decimal:
        typed = self.loan.get(column)
        return default if typed is None else number(typed)

    def _add(self, name: str, month: int, amount: Decimal) -> None:
        if month <= self.months:
            self.out[name][month] += amount

    def _has_timeline(self) -> bool:
        if self.status not in LATE:
            return False
        plain = ("months_to_liquidation", "cure")
        named = (*plain, *(f"{column}_{self.status}" for column in plain))
        return self.status == "foreclosure" or any(map(self.reading.gives, named))

    def _start_late(self) -> None:
        """The whole loan is late today and follows the timeline of its status."""
        lag = self.reading.value("recovery_lag", 1)
        dies = max(whole(self.reading.of_status("months_to_liquidation", self.status, 1, lag)), 1)
        used = self.loan.get("months_delinquent") or ADVANCES_USED[self.status]
        last = self.reading.whole("advance_months", 1, FOREVER) - used
        self.vintages.append(Vintage(self.status, self.performing, self.performing, dies, last, self.carried))
        self.performing = self.carried = ZERO
        self.uncured = ONE

    def _close(self, month: int) -> None:
        """Balances at a month's end."""
        stand = self.out
        late = dict.fromkeys(("", *LATE), ZERO)
        for one in self.vintages:
            late[one.status] += one.left
        stand["performing_balance"][month] = self.performing
        stand["foreclosure_balance"][month] = late[""] + late["foreclosure"]
        delinquent = sum((late[status] for status in LATE[:-1]), ZERO)
        stand["delinquent_balance"][month] = delinquent
        rolls_late = self.status in SIXTY and not self._has_timeline()
        stand["late_balance"][month] = (
            (self.performing if rolls_late else ZERO) + delinquent - (late["d30"] if month == 0 else ZERO)
        )
        stand["advances_outstanding"][month] = self.carried + sum((one.advances for one in self.vintages), ZERO)

    def month(self, t: int) -> None:
        """One month, in the order in which things happen."""
        due = self.contract.month(t)
        begin = self.performing + sum((one.left for one in self.vintages), ZERO)
        self._add("interest_due", t, begin * due.interest)
        self._add("servicing_due", t, begin * self.fee)
        self._cure(t)
        self._default(t)
        self._pay(t, due)
        self._advance(t, due)
        self._liquidate(t)
        self._close(t)

    def _cure(self, t: int) -> None:
        """A share of what was late today pays again; the borrower repays what was advanced on it."""
        share = self.reading.of_status("cure", self.status, t)
        for one in self.vintages:
            if one.status and t <= one.dies:
                self._add("cured_balance", t, one.left * share)
                self._add("advances_repaid", t, one.advances * share)
                self.performing += one.left * share
                self.uncured -= self.uncured * share
                one.at_default -= one.at_default * share
                one.left -= one.left * share
                one.advances -= one.advances * share

    def _default(self, t: int) -> None:
        """A share of what performs falls late."""
        lag = self.reading.whole("recovery_lag", t)
        term = self.contract.term
        multiplier = self._given("cdr_multiplier", ONE)
        too_late = self.stop != "at_maturity" and not self.contract.balloon and t + lag > term
        if t > term or too_late or not self.performing:
            self.defaulted = self.default_share = ZERO
            return
        if self.reading.gives("cumulative_default"):
            base = self.contract.original if self.reading.by_age else self.today
            base *= ONE - self.uncured  # what is late today is exposed once it has cured
            grown = max(self.reading.cumulative(t) - self.reading.cumulative(t - 1), ZERO)
            self.defaulted = min(grown * base * multiplier, self.performing)
            self.default_share = self.defaulted / self.performing
        else:
            self.default_share = self.reading.default_rate(t, multiplier)
            self.defaulted = self.performing * self.default_share
        last = t + self.reading.whole("advance_months", t, FOREVER) - 1
        advances = self.carried * self.default_share
        self.carried -= advances
        if self.defaulted:
            self.vintages.append(Vintage("", self.defaulted, self.defaulted, t + lag, last, advances))
        self._add("new_defaults", t, self.defaulted)

    def _pay(self, t: int, due: Due) -> None:
        """What still performs pays its month; some pay off, some curtail."""
        before, paying = self.performing, self.performing - self.defaulted
        kept = ZERO if t >= self.contract.term else due.kept
        capitalized = paying * max(kept - ONE, ZERO)
        scheduled = paying * max(ONE - kept, ZERO)
        locked = t <= (self.loan.get("lockout_months") or 0) or self._locked_out(t)
        smm = ZERO if locked else self.reading.prepayment(t, self._given("cpr_multiplier", ONE))
        smm = min(smm, ONE - self.default_share)
        cut = ZERO if locked else min(self.reading.curtailment(t), ONE - self.default_share - smm)
        prepaid, curtailed = before * kept * smm, before * kept * cut
        self._add("interest_paid", t, paying * due.interest - capitalized)
        self._add("interest_capitalized", t, capitalized)
        self._add("servicing_fee", t, paying * self.fee)
        self._add("scheduled_principal", t, scheduled)
        self._add("prepaid_principal", t, prepaid)
        self._add("curtailed_principal", t, curtailed)
        self._add("penalties", t, prepaid * self._penalty(t, due))
        self.performing = paying + capitalized - scheduled - prepaid - curtailed
        if t >= self.contract.term:
            self.performing = ZERO
        # Whoever pays off repays what had been advanced for him.
        still = ZERO if not self.performing else (ONE - self.default_share - smm - cut) / (ONE - self.default_share)
        self._add("advances_repaid", t, self.carried * (ONE - still))
        self.carried *= still

    def _advance(self, t: int, due: Due) -> None:
        """The servicer advances interest and principal on what is late, where and while it does."""
        for one in self.vintages:
            share = self.reading.value("advance", t, ONE) * self.advancing if t <= one.last_advance else ZERO
            interest = one.left * due.interest
            last = one.dies == t or (bool(one.status) and t >= self.contract.term)
            principal = ZERO if last else one.left * (ONE - due.kept_late) * share
            self._add("interest_advanced", t, interest * share)
            self._add("interest_lost", t, interest * (ONE - share))
            self._add("servicing_fee", t, one.left * share * self.fee)
            self._add("advanced_principal", t, principal)
            one.advances += interest * share + principal
            one.left -= principal

    def _liquidate(self, t: int) -> None:
        for one in [each for each in self.vintages if each.dies == t]:
            self.vintages.remove(one)
            read = self.reading
            severity = read.of_status("severity", one.status, t) if one.status else read.value("severity", t)
            severity *= self._given("severity_multiplier", ONE)
            loss, expenses, repaid = self._settle(one, severity, self.reading.value("liquidation_expense", t))
            insured = min(self._given("mi_coverage") * one.at_default, loss)
            loss -= insured
            self._add("liquidated_balance", t, one.left)
            self._add("losses", t, loss)
            self._add("liquidation_proceeds", t, one.left - loss)
            self._add("mi_proceeds", t, insured)
            self._add("liquidation_expenses", t, expenses)
            self._add("advances_repaid", t, repaid)
            later = t + self.reading.whole("subsequent_recovery_lag", t, 12)
            self._add("subsequent_recoveries", later, loss * self.reading.value("subsequent_recovery", t))

    def _settle(self, one: Vintage, severity: Decimal, cost: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Loss before insurance, expenses, advances repaid: of one vintage liquidated."""
        expenses = one.at_default * cost
        if self.basis == "all_in":
            return min(one.at_default * severity, one.left), expenses, one.advances
        if self.basis == "liquidation_balance":
            return min(one.left * severity, one.left), expenses, one.advances
        gross = one.at_default * max(ONE - severity, ZERO)
        expenses = min(expenses, gross)
        repaid = min(one.advances, gross - expenses)
        return min(max(one.left - (gross - expenses - repaid), ZERO), one.left), expenses, repaid

    def _locked_out(self, t: int) -> bool:
        penalty = self.loan.get("prepay_penalty_type") == "lockout"
        return penalty and t <= (self.loan.get("prepay_penalty_months") or 0)

    def _penalty(self, t: int, due: Due) -> Decimal:
        """Penalty on a dollar paid off."""
        left = (self.loan.get("prepay_penalty_months") or 0) - t + 1
        kind = self.loan.get("prepay_penalty_type") or "percent"
        if left < 1 or kind == "lockout":
            return ZERO
        if kind == "percent":
            return self._given("prepay_penalty_rate")
        if kind == "step_down":
            years = -(-left // 12)
            return self._given("prepay_penalty_rate", Decimal("0.01")) * years
        if kind == "interest_months":
            return self._given("prepay_penalty_rate", Decimal(6)) * due.note_rate / TWELVE
        path = self.indices[self.loan["prepay_penalty_index"]]
        market = number(path[min(t, len(path) - 1)])
        worth = Decimal(left) / TWELVE
        if market:
            worth = (ONE - (ONE + market) ** (-worth)) / market
        return max(self._given("prepay_penalty_rate", Decimal("0.01")), (due.note_rate - market) * worth)


def project_loan(
    loan: dict, curve: dict, indices: dict[str, list[float]], months: int, stop: str = "lag_before_maturity",
    cutoff: dt.date = CUTOFF,
) -> dict[str, list[Decimal]]:  # fmt: skip
    """A loan's months by name, month 0 first, dollars. A loan in REO brings nothing here."""
    with localcontext() as context:
        context.prec = DIGITS
        if loan.get("status") == "reo":
            return {name: [ZERO] * (months + 1) for name in FIELDS}
        one = LoanMonths(loan, curve, indices, months, stop, cutoff)
        for t in range(1, months + 1):
            one.month(t)
        return one.out
